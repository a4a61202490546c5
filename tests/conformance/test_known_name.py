"""A target that knows one thing by a name, not an id: the run asks for the name, and says so."""

from __future__ import annotations

import json

from aws_conformance.exchange import Answer, Request, Response
from tests_support import miniatures as m

NAME = "eks.DescribeCluster"
BIND = f"{NAME}.name"
MISSING = (*m.JSON, ("X-Amzn-Errortype", "ResourceNotFoundException"))


def one_cluster(request: Request) -> Answer:
    """Answer DescribeCluster of the one cluster, `prod`."""
    if request.method != "GET" or not request.path.startswith("/clusters/"):
        return Response(404, m.JSON, b"{}")
    if request.path.removeprefix("/clusters/") != "prod":
        body = json.dumps({"message": "No cluster found for name."}).encode()
        return Response(404, MISSING, body)
    return Response(200, m.JSON, b'{"cluster": {"name": "prod"}}')


def test_without_the_name_nothing_is_claimed_and_the_bind_is_named() -> None:
    verdicts, (result,) = m.judged(m.Miniature(one_cluster), [NAME])
    assert m.findings(verdicts) == set()
    assert (result.state, result.binds) == ("undecided", (BIND,))


def test_with_the_name_the_operation_is_decided() -> None:
    verdicts, (result,) = m.judged(m.Miniature(one_cluster), [NAME], bindings={BIND: "prod"})
    assert m.findings(verdicts) == set()
    assert (result.state, result.binds) == ("decided", ())
