"""A server that lists keys page by page, written from KMS's documentation alone.

It is right in several ways that clients must live with, and wrong in one at a time.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from aws_conformance.exchange import Request, Response

_JSON = (("Content-Type", "application/x-amz-json-1.1"),)


class Keys:
    """Answers ListKeys; `ways` are what is peculiar about it. `sent` are the requests it got."""

    name = "keys"
    endpoint = "http://127.0.0.1:4599"

    def __init__(self, count: int, *ways: str) -> None:
        self.bindings: Mapping[str, str] = {}
        self.ways = frozenset(ways)
        self.keys = [self.key(number) for number in range(count)]
        self.sent: list[dict[str, Any]] = []
        self.turns = 0

    def close(self) -> None:
        return

    @staticmethod
    def key(number: int) -> dict[str, Any]:
        name = f"1234abcd-12ab-34cd-56ef-{number:012d}"
        return {"KeyId": name, "KeyArn": f"arn:aws:kms:us-east-1:111122223333:key/{name}"}

    # ------------------------------------------------------------ answering

    def send(self, request: Request) -> Response:
        params = json.loads(request.body or b"{}")
        self.sent.append(params)
        limit = params.get("Limit", 100)
        start = self.start(params.get("Marker"))
        if isinstance(start, Response):
            return start
        if "grows" in self.ways:
            self.keys.insert(0, self.key(1000 + len(self.sent)))
        return Response(200, _JSON, json.dumps(self.page(start, limit, "Limit" in params)).encode())

    def start(self, marker: str | None) -> int | Response:
        """Return where the page of a marker starts, or how it is refused."""
        if marker is None or "token ignored" in self.ways:
            return 0
        offset = self.offset(marker)
        if offset is None:
            if "accepts broken tokens" in self.ways:
                return 0
            if "breaks on broken tokens" in self.ways:
                return self.error("KMSInternalException", 500)
            status = 404 if "another status" in self.ways else 400
            return self.error("InvalidMarkerException", status)
        if "refuses its tokens" in self.ways:
            return self.error("InvalidMarkerException", 400)
        return offset

    def page(self, start: int, limit: int, limited: bool) -> dict[str, Any]:
        size = self.size(limit)
        end = min(start + size, len(self.keys))
        keys, there = self.keys[start:end], len(self.keys)
        if "empty pages" in self.ways and self.turn():
            keys, end = [], start
        more = end < there
        if "drops the last" in self.ways and more and limited:
            keys = keys[:-1]
        if "whole lacks one" in self.ways and not limited:
            keys = keys[:-1]
        if "no end" in self.ways:
            more, end = True, end + 1
        if "changes" in self.ways:
            keys = [{**key, "Seen": len(self.sent)} for key in keys]
        if "shuffled" in self.ways:
            keys = keys[::-1]
        answer: dict[str, Any] = {"Keys": keys, "Truncated": more}
        if more:
            answer["NextMarker"] = self.marker(self.next(end, limited))
        if "truncated says no" in self.ways:
            answer["Truncated"] = False
        if "truncated says yes" in self.ways and not more:
            answer["Truncated"] = True
        return answer

    def turn(self) -> bool:
        """Whether the page is to be empty: every second one is."""
        self.turns += 1
        return self.turns % 2 == 0

    def size(self, limit: int) -> int:
        if "limit ignored" in self.ways:
            return 100
        if "one too many" in self.ways:
            return limit + 1
        if "fewer" in self.ways:
            return max(1, limit - 1)
        return limit

    def next(self, end: int, limited: bool) -> int:
        overlaps = "overlaps" in self.ways and limited
        return end - 1 if overlaps else end

    # ------------------------------------------------------------ tokens

    def marker(self, offset: int) -> str:
        """Return a token: opaque, and another each time where it should be."""
        if "one token" in self.ways:
            offset = 1
        if "plain tokens" in self.ways:
            return f"offset-{offset:06d}"
        salt = len(self.sent) if "fresh tokens" in self.ways else 0
        return base64.b64encode(f"keys|{offset}|{salt}".encode()).decode()

    def offset(self, marker: str) -> int | None:
        if "plain tokens" in self.ways:
            number = marker.removeprefix("offset-")
            return int(number) if marker != number and number.isdigit() else None
        try:
            word, offset, _ = base64.b64decode(marker, validate=True).decode().split("|")
            return int(offset) if word == "keys" else None
        except ValueError:
            return None

    @staticmethod
    def error(code: str, status: int) -> Response:
        body = json.dumps({"__type": code, "message": "no"}).encode()
        return Response(status, _JSON, body)
