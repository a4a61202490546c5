"""Small services with a memory, written from AWS's documentation alone, each wrong where asked.

Three protocols' worth is not needed to test lives: CodeCommit's repositories (JSON, a name that the
caller chooses), AppConfig's applications and their environments (REST, ids that the service
chooses) and Kinesis' streams (JSON, a deletion that takes its time).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from aws_conformance.exchange import Answer, Request, Response

ACCOUNT = "111122223333"


def reply(status: int, value: Any, error: str = "") -> Response:
    headers = [("Content-Type", "application/json")]
    if error:
        headers.append(("x-amzn-ErrorType", error))
        value = {"__type": error, "message": "no"}
    return Response(status, tuple(headers), json.dumps(value).encode())


class Toy:
    """A target with a memory. `wrong` names the ways in which it is to deviate."""

    endpoint = "http://127.0.0.1:4599"
    name = "toy"

    def __init__(self, *wrong: str) -> None:
        self.wrong = frozenset(wrong)
        self.bindings: Mapping[str, str] = {}
        self.things: dict[str, dict[str, Any]] = {}
        self.gone: set[str] = set()
        self.sent: list[str] = []
        self.count = 0

    def send(self, request: Request) -> Answer:
        self.sent.append(request.operation)
        body = json.loads(request.body or b"{}")
        return self.answer(request, body)

    def answer(self, request: Request, body: dict[str, Any]) -> Answer:
        raise NotImplementedError

    def close(self) -> None:
        return

    def number(self) -> int:
        self.count += 1
        return self.count


class Repositories(Toy):
    """CodeCommit's repositories."""

    def answer(self, request: Request, body: dict[str, Any]) -> Answer:
        name = dict(request.headers)["X-Amz-Target"].partition(".")[2]
        handler: Callable[[dict[str, Any]], Response] | None = {
            "CreateRepository": self.create,
            "GetRepository": self.get,
            "UpdateRepositoryDescription": self.update,
            "DeleteRepository": self.delete,
            "ListRepositories": self.list,
        }.get(name)
        return handler(body) if handler else reply(404, None, "UnknownOperationException")

    def missing(self) -> Response:
        return reply(400, None, "RepositoryDoesNotExistException")

    def create(self, body: dict[str, Any]) -> Response:
        name = body["repositoryName"]
        if name in self.things and "idempotent" in self.wrong:
            return reply(200, {"repositoryMetadata": self.things[name]})
        if name in self.things and "second 500" in self.wrong:
            return reply(500, None, "InternalFailure")
        if name in self.things and "overwritten" in self.wrong:
            self.describe(name, body.get("repositoryDescription", ""))
            return reply(200, {"repositoryMetadata": self.things[name]})
        if name in self.things and "second" not in self.wrong:
            return reply(400, None, "RepositoryNameExistsException")
        if "named otherwise" in self.wrong:
            name = f"other{self.number()}"
        made = {
            "accountId": ACCOUNT,
            "repositoryId": f"00000000-0000-4000-8000-{self.identity():012}",
            "repositoryName": name,
            "Arn": f"arn:aws:codecommit:us-east-1:{ACCOUNT}:{name}",
        }
        if "repositoryDescription" in body and "no descriptions" not in self.wrong:
            made["repositoryDescription"] = body["repositoryDescription"]
        self.things[name] = made
        self.gone.discard(name)
        return reply(200, {"repositoryMetadata": made})

    def identity(self) -> int:
        """Return the number of a new repository: one that is taken, or was, where asked."""
        if "id in use" in self.wrong:
            return 7
        if "id used again" in self.wrong:
            return next(number for number in range(1, 99) if number not in self.used())
        return self.number()

    def used(self) -> set[int]:
        return {int(str(one["repositoryId"])[-12:]) for one in self.things.values()}

    def get(self, body: dict[str, Any]) -> Response:
        name = body["repositoryName"]
        if name in self.things and "reverts" in self.wrong:
            self.revert(name)
        if name in self.gone and "500 when gone" in self.wrong:
            return reply(500, None, "InternalFailure")
        if name in self.gone and "another error when gone" in self.wrong:
            return reply(400, None, "InvalidRepositoryNameException")
        if name in self.gone and "another status when gone" in self.wrong:
            return reply(404, None, "RepositoryDoesNotExistException")
        if name in self.gone and "hang up when gone" in self.wrong:
            return Response(200, (("Content-Type", "application/json"),), b"{")
        if "unknown shown" in self.wrong:
            found = {"repositoryName": name, "repositoryId": "x", "Arn": "arn:x", "accountId": "1"}
            return reply(200, {"repositoryMetadata": self.things.get(name, found)})
        if name not in self.things or "not shown" in self.wrong:
            return self.missing()
        if "another shown" in self.wrong:
            name = next(iter(self.things))
        return reply(200, {"repositoryMetadata": self.things[name]})

    def update(self, body: dict[str, Any]) -> Response:
        name = body["repositoryName"]
        if name in self.gone and "updated when gone" in self.wrong:
            return reply(200, {})
        if name not in self.things:
            return self.missing()
        if "lost when updated" in self.wrong:
            del self.things[name]
            return reply(200, {})
        if "no descriptions" not in self.wrong:
            self.describe(name, body.get("repositoryDescription", ""))
        return reply(200, {})

    def revert(self, name: str) -> None:
        """Show what a repository was told, but once."""
        one = self.things[name]
        told = one.get("looks", 0)
        if one.get("first") and told:
            one = {**one, "repositoryDescription": one["first"]}
        self.things[name] = {**one, "looks": told + bool(one.get("first"))}

    def describe(self, name: str, text: str) -> None:
        if "reverts" in self.wrong:
            first = self.things[name].get("repositoryDescription", "")
            self.things[name] = {**self.things[name], "first": first, "looks": 0}
        told = self.things if "all updated" in self.wrong else (name,)
        if "another updated" in self.wrong:
            told = [other for other in self.things if other != name]
        for one in told if "update forgotten" not in self.wrong else ():
            self.things[one] = {**self.things[one], "repositoryDescription": text}
        if "described otherwise" in self.wrong:
            self.things[name] = {**self.things[name], "repositoryDescription": "of its own"}

    def delete(self, body: dict[str, Any]) -> Response:
        name = body["repositoryName"]
        if name in self.gone and "500 when deleted again" in self.wrong:
            return reply(500, None, "InternalFailure")
        if name in self.gone and "refuses a second deletion" in self.wrong:
            return self.missing()
        if name not in self.things:
            return reply(200, {})
        kept = self.things[name]
        if "another deleted" in self.wrong and len(self.things) > 1:
            name = next(other for other in self.things if other != name)
        if "nothing deleted" not in self.wrong:
            del self.things[name]
            self.gone.add(name)
        if "all deleted" in self.wrong:
            self.gone |= set(self.things)
            self.things.clear()
        return reply(200, {"repositoryId": kept["repositoryId"]})

    def list(self, body: dict[str, Any]) -> Response:
        shown = ("repositoryName", "repositoryId")
        found = [{key: one[key] for key in shown} for one in self.things.values()]
        if "list keeps" in self.wrong:
            found += [{"repositoryName": name, "repositoryId": "gone"} for name in self.gone]
        if "list lacks" in self.wrong:
            found = found[1:]
        if "list refuses" in self.wrong:
            return reply(400, None, "InvalidOrderException")
        return reply(200, self.page(found, body.get("nextToken", "")))

    def page(self, found: list[dict[str, Any]], token: str) -> dict[str, Any]:
        """Return one page of a list: all of it, or one item at a time where asked."""
        if not {"pages", "pages lose one"} & self.wrong:
            return {"repositories": found}
        at = int(token or 0)
        body: dict[str, Any] = {"repositories": found[at : at + 1]}
        on = at + (2 if "pages lose one" in self.wrong and at == 0 else 1)
        return {**body, "nextToken": str(on)} if on < len(found) else body


class Applications(Toy):
    """AppConfig's applications and their environments; names need not be unique."""

    def answer(self, request: Request, body: dict[str, Any]) -> Answer:
        parts = request.path.partition("?")[0].strip("/").split("/")
        if parts[0] != "applications":
            return Response(404, (("Content-Type", "text/plain"),), b"no route")
        where = parts[1] if len(parts) > 2 else ""
        if where and where not in self.things:
            return reply(404, None, "ResourceNotFoundException")
        identity = parts[1] if len(parts) == 2 else parts[3] if len(parts) == 4 else ""
        return self.about(request.method, where, identity, body)

    def about(self, method: str, where: str, identity: str, body: dict[str, Any]) -> Response:
        if not identity and method == "POST":
            identity = f"{self.number():07x}"
            made = {"Id": identity, "Name": body["Name"]}
            if where:
                made |= {"ApplicationId": where, "State": "READY_FOR_DEPLOYMENT"}
            self.things[identity] = made
            return reply(201, made)
        if not identity:
            return reply(200, {"Items": list(self.things.values())})
        found = self.things.get(identity)
        if found is None or (method == "GET" and "not shown" in self.wrong):
            return reply(404, None, "ResourceNotFoundException")
        if method == "DELETE":
            if "nothing deleted" not in self.wrong:
                del self.things[identity]
            return Response(204)
        if method == "PATCH" and "lost when updated" in self.wrong:
            del self.things[identity]
        elif method == "PATCH" and "name kept" not in self.wrong:
            self.things[identity] = found = {**found, **body}
        return reply(200, found)


class Queues(Toy):
    """SQS's queues: a deletion takes up to a minute. `now` is the time in seconds."""

    now = 0.0

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def answer(self, request: Request, body: dict[str, Any]) -> Answer:
        verb = dict(request.headers)["X-Amz-Target"].partition(".")[2]
        url = body.get("QueueUrl") or f"{self.endpoint}/{ACCOUNT}/{body.get('QueueName')}"
        if verb == "CreateQueue":
            self.things[url] = {"QueueUrl": url}
            return reply(200, {"QueueUrl": url})
        found = self.things.get(url)
        if found is not None and "until" in found and self.now >= found["until"]:
            found = None
        if found is None:
            return reply(400, None, "QueueDoesNotExist")
        if verb == "DeleteQueue" and "nothing deleted" not in self.wrong:
            found["until"] = self.now + (60 if "slow" in self.wrong else 0)
        return reply(200, {"QueueUrl": url} if verb == "GetQueueUrl" else {})


class Streams(Toy):
    """Kinesis' streams: a deleted one is DELETING, and stays so for as long as anybody looks."""

    def answer(self, request: Request, body: dict[str, Any]) -> Answer:
        name = dict(request.headers)["X-Amz-Target"].partition(".")[2]
        stream = body.get("StreamName", "")
        found = self.things.get(stream)
        if name == "CreateStream":
            if found is not None:
                return reply(400, None, "ResourceInUseException")
            self.things[stream] = {
                "StreamName": stream,
                "StreamARN": f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/{stream}",
                "StreamStatus": "ACTIVE",
                "RetentionPeriodHours": 24,
                "StreamCreationTimestamp": 1700000000.0,
                "EnhancedMonitoring": [],
                "OpenShardCount": 1,
            }
            return Response(200)
        if found is None:
            return reply(400, None, "ResourceNotFoundException")
        if name == "DeleteStream":
            if "nothing deleted" not in self.wrong:
                found["StreamStatus"] = "DELETING"
            return Response(200)
        return reply(200, {"StreamDescriptionSummary": found})


class Registries(Toy):
    """ECR's repositories: a deletion of what is not there is refused."""

    def answer(self, request: Request, body: dict[str, Any]) -> Answer:
        verb = dict(request.headers)["X-Amz-Target"].partition(".")[2].partition("Repositor")[0]
        name = body.get("repositoryName", "")
        if verb == "Create":
            if name in self.things and "overwritten" not in self.wrong:
                return reply(400, None, "RepositoryAlreadyExistsException")
            self.things[name] = {
                "repositoryName": name,
                "registryId": ACCOUNT,
                "repositoryArn": f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/{name}",
                "imageTagMutability": body.get("imageTagMutability", "MUTABLE"),
            }
            return reply(200, {"repository": self.things[name]})
        if verb == "Delete":
            found = self.things.pop(name, None)
            if found is None and "unknown deleted" not in self.wrong:
                return reply(400, None, "RepositoryNotFoundException")
            return reply(200, {"repository": found} if found else {})
        asked = body.get("repositoryNames")
        if asked is not None and not set(asked) <= set(self.things):
            return reply(400, None, "RepositoryNotFoundException")
        shown = [one for name, one in self.things.items() if asked is None or name in asked]
        if asked is None and "list lacks" in self.wrong:
            shown = []
        return reply(200, {"repositories": shown})
