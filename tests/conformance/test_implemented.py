"""Is an operation there? Each way of not being there has one reason code; what is there is judged."""

from __future__ import annotations

import json

import pytest

from aws_conformance.bootstrap import Bootstrap
from aws_conformance.events import Judged, OperationFinished
from aws_conformance.exchange import Answer, Request, Response, Silence
from aws_conformance.runner import Settings, run
from aws_reports.results import OperationResult
from tests_support import miniatures as m

HTML = (("Content-Type", "text/html"),)
XML = (("Content-Type", "application/xml"),)
JSON = (("Content-Type", "application/json"),)
PAGE = b"<!doctype html><title>x</title>"
NONE: tuple[tuple[str, str], ...] = ()


def result(name: str, answer: Answer) -> OperationResult:
    target = m.Miniature(lambda request: answer)
    events = run([name], target, Settings(examples=0))
    return next(e.result for e in events if isinstance(e, OperationFinished))


def error(code: str, status: int = 400) -> Response:
    return Response(status, JSON, b'{"__type": "%s"}' % code.encode())


NOT_THERE: list[tuple[str, str, Answer, str]] = [
    ("501", "sqs.ListQueues", Response(501, NONE, b""), "not-implemented"),
    ("an error of that name", "sqs.ListQueues", error("NotImplemented"), "not-implemented"),
    ("a Python exception of that name", "sqs.ListQueues",
     Silence("crash", "NotImplementedError: not yet"), "not-implemented"),
    ("unknown operation", "dynamodb.ListTables", error("UnknownOperationException"),
     "unknown-operation"),
    ("invalid action", "kinesis.ListStreams", error("InvalidAction"), "unknown-operation"),
    ("an HTML page with 404", "connect.ListInstances", Response(404, HTML, PAGE), "no-route"),
    ("405 without an error", "pinpoint.GetApps", Response(405, NONE, b""), "no-route"),
    ("the service is not supported", "connect.ListInstances",
     Response(400, JSON, b'{"error": "Unsupported service: connect"}'), "unsupported-service"),
    ("the same 500 to everything", "ec2.DescribeVpcs", Response(500, HTML, PAGE), "as-unknown"),
    ("an error of its own that calls it unknown", "kms.ListKeys",
     Response(400, JSON, b'{"__type": "ValidationException", "message": "No route for POST /."}'),
     "as-unknown"),
    ("the same 403 to everything", "lambda.ListFunctions",
     Response(403, NONE, b"<AccessDeniedException/>"), "as-unknown"),
    ("200 to everything, as S3 for a bucket", "connect.CreateContact",
     Response(200, XML, b""), "answers-everything"),
    ("200 to everything, and nothing is required", "connect.TagResource",
     Response(200, NONE, b""), "answers-everything"),
    ("text that is no XML", "s3.ListBuckets", Response(200, NONE, b"healthy"),
     "answers-everything"),
    ("refused without an AWS error", "s3.CreateBucket", Response(403, HTML, PAGE),
     "other-protocol"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "answer", "code"), [row[1:] for row in NOT_THERE], ids=[row[0] for row in NOT_THERE]
)
def test_says_why_an_operation_is_not_there(name: str, answer: Answer, code: str) -> None:
    found = result(name, answer)
    assert (found.state, found.reason.partition(":")[0]) == ("unimplemented", code)
    assert found.requests <= 8


@pytest.mark.parametrize("name", ["apigatewayv2.GetAuthorizers", "ec2.DescribeVpcs"])
def test_a_page_with_500_is_no_operation_though_unknown_paths_are_404(name: str) -> None:
    """As moto server answers an operation of a known path that it does not have."""

    def answer(request: Request) -> Answer:
        unknown = b"ConformanceNoSuch" in request.body or "ConformanceNoSuch" in request.path
        return Response(404 if unknown else 500, HTML, PAGE)

    events = list(run([name], m.Miniature(answer), Settings(examples=0)))
    found = next(e.result for e in events if isinstance(e, OperationFinished))
    assert (found.state, found.reason.partition(":")[0]) == ("unimplemented", "error-page")


def test_an_operation_that_refuses_what_another_is_refused_for_is_there() -> None:
    """Everything is refused with one error, but an unknown operation is not."""

    def answer(request: Request) -> Answer:
        unknown = any("ConformanceNoSuch" in value for _, value in request.headers)
        return error("UnknownOperationException" if unknown else "ValidationException")

    events = list(run(["kms.DescribeKey"], m.Miniature(answer), Settings(examples=0)))
    found = next(e.result for e in events if isinstance(e, OperationFinished))
    assert found.state != "unimplemented"


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("sesv2.ListRecommendations", "NotFoundException", "Unknown SES v2 path: POST /v2/email/x"),
        ("route53.ActivateKeySigningKey", "InvalidInput", "Unknown Route53 endpoint: POST /x"),
        ("cloudfront.CreateConnectionFunction", "NoSuchResource", "No route for POST /x"),
        (
            "secretsmanager.RestoreSecret",
            "InvalidRequestException",
            "Unknown action: RestoreSecret",
        ),
    ],
)
def test_a_path_that_is_called_unknown_is_not_there_whatever_the_error(
    name: str, code: str, message: str
) -> None:
    xml = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    said = json.dumps({"__type": code, "message": message})
    rest_xml = name.startswith(("route53", "cloudfront"))
    answer = Response(400, XML, xml.encode()) if rest_xml else Response(400, JSON, said.encode())
    found = result(name, answer)
    assert (found.state, found.reason.partition(":")[0]) == ("unimplemented", "as-unknown")


def test_what_is_too_large_for_a_server_does_not_show_that_an_operation_is_there() -> None:
    def answer(request: Request) -> Answer:
        if len(request.path) > 2000:
            return Response(431, NONE, b"")
        return Response(400, JSON, b'{"error": "Unsupported service: application-cost-profiler"}')

    target = m.Miniature(answer)
    names = ["applicationcostprofiler.ListReportDefinitions"]
    events = list(run(names, target, Settings(examples=0)))
    found = next(e.result for e in events if isinstance(e, OperationFinished))
    assert found.reason.startswith("unsupported-service")


def test_an_operation_whose_answers_are_empty_is_there_where_another_method_is_refused() -> None:
    """All of its broken requests stand in the path, and may be another operation's."""

    def answer(request: Request) -> Answer:
        return Response(204 if request.method == "DELETE" else 405, NONE, b"")

    events = run(["cloudfront.DeletePublicKey"], m.Miniature(answer), Settings(examples=0))
    found = next(e.result for e in events if isinstance(e, OperationFinished))
    assert found.state == "decided"
    everything = result("cloudfront.DeletePublicKey", Response(204, NONE, b""))
    assert everything.reason.startswith("answers-everything")


THERE: list[tuple[str, str, Answer]] = [
    ("the same error to everything", "kms.ListKeys", error("ValidationException")),
    ("a list with an item that lacks something", "cloudwatch.ListMetrics",
     Response(200, JSON, b'{"Metrics": [{"MetricName": "m", "Dimensions": [{"Name": "n"}]}]}')),
    ("access denied to everything", "kms.ListKeys", error("AccessDeniedException", 400)),
    ("not found to everything", "kms.DescribeKey", error("NotFoundException")),
    ("an empty list of nothing", "kinesis.ListStreams",
     Response(200, JSON, b'{"StreamNames": [], "HasMoreStreams": false}')),
    ("an AWS error of its own", "dynamodb.ListTables", error("InternalServerError", 500)),
    ("a connection that breaks", "dynamodb.ListTables", Silence("hangup")),
    ("a typed 404", "lambda.GetFunction", error("ResourceNotFoundException", 404)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "answer"), [row[1:] for row in THERE], ids=[row[0] for row in THERE]
)
def test_what_answers_as_aws_does_is_there(name: str, answer: Answer) -> None:
    assert result(name, answer).state != "unimplemented"


def test_an_operation_that_answers_one_request_otherwise_is_there() -> None:
    """An HTML page with 500 to most requests is a finding where some other gets an answer."""

    def answer(request: Request) -> Response:
        if b"MaxResults" in request.body:
            return Response(
                400,
                XML,
                b"<Response><Errors><Error><Code>InvalidParameterValue</Code></Error></Errors></Response>",
            )
        return Response(500, HTML, PAGE)

    events = list(run(["ec2.DescribeVpcs"], m.Miniature(answer), Settings(examples=0)))
    state = next(e.result.state for e in events if isinstance(e, OperationFinished))
    assert state != "unimplemented"


def test_what_refuses_a_broken_request_is_there_though_it_takes_one_and_its_answer_is_hollow() -> (
    None
):
    """A server that cannot read bodies and leaves a member out has two deviations."""

    def answer(request: Request) -> Answer:
        try:
            asked = json.loads(request.body)
        except ValueError:
            return Response(200, JSON, b"{}")
        wrong = not isinstance(asked.get("InstanceId"), str)
        return error("InvalidParameterException") if wrong else Response(200, JSON, b"{}")

    events = list(run(["connect.CreateContact"], m.Miniature(answer), Settings(examples=0)))
    state = next(e.result.state for e in events if isinstance(e, OperationFinished))
    assert state == "decided"
    assert "connect.CreateContact/protocol/json-syntax/protocol" in {
        v.rule for e in events if isinstance(e, Judged) for v in e.verdicts if v.verdict == "fail"
    }


def test_a_page_of_health_is_no_list_of_buckets() -> None:
    """A router that refuses another method says nothing of the operation."""

    def answer(request: Request) -> Answer:
        healthy = request.method == "GET" and request.path.partition("?")[0] == "/"
        return Response(200, (), b"healthy: ok") if healthy else Response(404, NONE, b"")

    events = list(run(["s3.ListBuckets"], m.Miniature(answer), Settings(examples=0)))
    result = next(e.result for e in events if isinstance(e, OperationFinished))
    assert (result.state, result.reason.partition(":")[0]) == ("unimplemented", "other-protocol")


# ---------------------------------------------------------------- missing, or breaking


def breaking_without(member: bytes, sent: list[Request]) -> m.Miniature:
    """Return a server with one page for what it has not and for what breaks it.

    It breaks on whatever has not that member, streams that are made apart.
    """

    def answer(request: Request) -> Answer:
        sent.append(request)
        asked = dict(request.headers).get("X-Amz-Target", "").rpartition(".")[2]
        if asked == "CreateStream":
            return Response(200, AWS_JSON, b"")
        if asked == "ListShards" and member and member in request.body:
            return Response(200, AWS_JSON, b'{"Shards": []}')
        return Response(500, HTML, PAGE)

    return m.Miniature(answer)


AWS_JSON = (("Content-Type", "application/x-amz-json-1.1"),)


def with_bootstrap(target: m.Miniature) -> tuple[OperationResult, set[str]]:
    settings = Settings(examples=0, seed=1)
    bootstrap = Bootstrap(target, settings)
    events = list(run(["kinesis.ListShards"], target, settings, bootstrap=bootstrap))
    found = next(e.result for e in events if isinstance(e, OperationFinished))
    verdicts = [v for e in events if isinstance(e, Judged) for v in e.verdicts]
    return found, {v.reason for v in verdicts if v.verdict == "fail"}


def test_an_operation_that_breaks_on_its_smallest_request_is_there_if_another_is_accepted() -> None:
    """As moto server answers a crash like an operation it has not: the crashes are findings."""
    found, reasons = with_bootstrap(breaking_without(b"StreamName", []))
    assert found.state == "decided"
    assert "server-error" in reasons


def test_an_operation_that_breaks_on_every_request_is_not_told_from_one_that_is_missing() -> None:
    sent: list[Request] = []
    found, reasons = with_bootstrap(breaking_without(b"", sent))
    assert (found.state, found.reason.partition(":")[0]) == ("unimplemented", "as-unknown")
    assert not reasons
    assert len(sent) < 40


def test_what_says_of_itself_that_it_is_not_there_is_not_tried_again() -> None:
    sent: list[Request] = []

    def answer(request: Request) -> Answer:
        sent.append(request)
        made = any("CreateStream" in value for _, value in request.headers)
        return Response(200, AWS_JSON, b"") if made else Response(501, NONE, b"")

    found, _ = with_bootstrap(m.Miniature(answer))
    assert found.reason.startswith("not-implemented")
    asked = [r for r in sent if any("ListShards" in value for _, value in r.headers)]
    assert len(asked) == 1
