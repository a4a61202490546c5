"""How to send a request again by hand: curl, boto3, AWS CLI.

Every value is data to the shell and to Python, whatever it holds: quoting is `shlex.quote` and
`repr`, and nothing of a request is ever put into a comment or a name. Credentials are variables of
the shell; boto3 finds its own, or gets dummies where the endpoint is no AWS one.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import shlex
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from aws_conformance.exchange import Request
from aws_conformance.redact import is_secret
from aws_conformance.wire.values import to_boto, unwrap
from aws_reports.results import Reproducer
from aws_specs import sdk
from aws_specs.jsonvalues import is_list, is_object
from aws_specs.spec import Operation
from aws_strategies.case import Case

_MAX_ARGUMENT: Final = 64 * 1024
"""Bytes of a body that are put into an argument; Linux takes 128 KiB for one."""

_MADE_AGAIN: Final = frozenset({"host", "content-length", "user-agent", "x-amz-date"})
_MADE_BY_SIGNER: Final = frozenset({"x-amz-content-sha256"})
_SIGNATURES: Final = frozenset({"bad-signature", "expired-signature"})

CLI_NAMES: Final[Mapping[str, str]] = {
    "s3": "s3api",
    "config": "configservice",
    "codedeploy": "deploy",
}
"""Commands of the AWS CLI that are not named like the service in botocore."""


def reproducer(
    operation: Operation, case: Case, request: Request, *, endpoint: str = ""
) -> Reproducer:
    """Return the three ways of sending a request again; empty text where a tool cannot.

    `endpoint` is what the request was encoded for; without it, the `Host` header says (https for
    names, http for addresses, ports and localhost).
    """
    place = _Place(operation, request, endpoint)
    return Reproducer(
        curl="" if case.wire in _SIGNATURES else _curl(operation, request, place),
        boto3=_boto3(operation, case, request, place),
        cli=_cli(operation, case, request, place),
    )


class _Place:
    """Where a request goes and how it is signed, read from the request itself."""

    def __init__(self, operation: Operation, request: Request, endpoint: str) -> None:
        host = _header(request, "host") or "localhost"
        self.endpoint = endpoint or f"{_scheme(host)}://{host}"
        parts = urlsplit(self.endpoint)
        self.root = f"{parts.scheme}://{host}"
        self.is_aws = (parts.hostname or "").endswith(
            (".amazonaws.com", ".api.aws", ".amazonaws.com.cn")
        )
        self.signed = bool(_header(request, "authorization"))
        self.region, self.service = _scope(_header(request, "authorization"), operation)


def _scheme(host: str) -> str:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        plain = "." not in name or name.endswith(".localhost") or ":" in host
        return "http" if plain else "https"
    return "http"


def _scope(authorization: str, operation: Operation) -> tuple[str, str]:
    """Return region and signing name from the credential scope of a signature."""
    scope = authorization.partition("Credential=")[2].partition(",")[0].split("/")
    if len(scope) == 5:
        return scope[2], scope[3]
    return "us-east-1", operation.wire.signing_name


def _header(request: Request, name: str) -> str:
    return next((value for key, value in request.headers if key.lower() == name), "")


def _shown_headers(request: Request) -> Iterator[tuple[str, str]]:
    """Yield the headers that a tool does not make by itself; never a secret one."""
    skipped = _MADE_AGAIN | _MADE_BY_SIGNER
    for name, value in request.headers:
        if name.lower() not in skipped and not is_secret(name):
            yield name, value


# ---------------------------------------------------------------- curl


def _curl(operation: Operation, request: Request, place: _Place) -> str:
    method = ["--head"] if request.method == "HEAD" else ["--request", shlex.quote(request.method)]
    lines = [" ".join(["curl", "--silent", "--show-error", "--include", "--globoff", *method])]
    lines.append(f"--path-as-is {shlex.quote(place.root + request.path)}")
    if place.signed and not _header(request, "authorization").startswith("Bearer"):
        provider = shlex.quote(f"aws:amz:{place.region}:{place.service}")
        lines.append(f'--aws-sigv4 {provider} --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"')
        if _header(request, "x-amz-security-token"):
            lines.append('--header "X-Amz-Security-Token: $AWS_SESSION_TOKEN"')
    elif place.signed:
        lines.append('--header "Authorization: Bearer $AWS_BEARER_TOKEN"')
    lines += [f"--header {shlex.quote(_curl_header(*pair))}" for pair in _shown_headers(request)]
    if request.body and not _header(request, "content-type"):
        lines.append("--header 'Content-Type:'")
    data, pipe = _curl_data(request)
    return pipe + " \\\n  ".join([*lines, *data])


def _curl_header(name: str, value: str) -> str:
    """Write one header; curl takes "Name;" for a header without value, "Name:" removes it."""
    return f"{name}: {value}" if value.strip() else f"{name};"


def _curl_data(request: Request) -> tuple[list[str], str]:
    """Return curl's arguments for the body, and the pipe in front where it is not plain text."""
    if not request.body:
        return (["--data-raw ''"] if request.method in ("POST", "PUT", "PATCH") else []), ""
    try:
        text = request.body.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or len(request.body) > _MAX_ARGUMENT:
        encoded = base64.b64encode(request.body).decode()
        return ["--data-binary @-"], f"printf %s {encoded} | base64 --decode | "
    return [f"--data-raw {shlex.quote(text)}"], ""


# ---------------------------------------------------------------- boto3


def _boto3(operation: Operation, case: Case, request: Request, place: _Place) -> str:
    from aws_conformance.wire.encoding import client_sends

    model: Any = sdk.operation_model(operation.service, operation.name)
    # A client fills in a token by itself: it cannot be left out.
    token = case.fault is not None and case.fault.member in model.idempotent_members
    if case.wire or token or not client_sends(operation, case.params, request, place.endpoint):
        return _bytes_snippet(request, place)
    return _client_snippet(operation, case, place)


def _client_snippet(operation: Operation, case: Case, place: _Place) -> str:
    values = _values(operation, case)
    arguments = "".join(
        f"    {name}={literal(value, 1)},\n" if name.isidentifier() else ""
        for name, value in values.items()
    )
    body = (
        f"client.{operation.method}(\n{arguments})" if arguments else f"client.{operation.method}()"
    )
    dates = "import datetime\n\n" if "datetime.datetime(" in arguments else ""
    return (
        f"{dates}import boto3\nfrom botocore.config import Config\n\n"
        "# Without validation, boto3 sends what the service is to refuse.\n"
        "config = Config(parameter_validation=False, retries={'total_max_attempts': 1})\n"
        "client = boto3.client(\n"
        f"    {operation.service!r},\n"
        f"    region_name={place.region!r},\n"
        f"    endpoint_url={place.endpoint!r},\n"
        f"    config=config,\n{_dummies(place)})\n"
        f"response = {body}\nprint(response)\n"
    )


def _dummies(place: _Place) -> str:
    if place.is_aws:
        return ""
    return "    aws_access_key_id='test',\n    aws_secret_access_key='test',\n"


def _values(operation: Operation, case: Case) -> dict[str, Any]:
    model: Any = sdk.operation_model(operation.service, operation.name)
    params: dict[str, Any] = dict(case.params)
    if model.input_shape is None:
        return params
    values: dict[str, Any] = unwrap(to_boto(model.input_shape, params))
    return values


def _bytes_snippet(request: Request, place: _Place) -> str:
    """Return Python that signs and sends the very bytes, where no client would send them."""
    parts = urlsplit(place.root)
    connection = "HTTPSConnection" if parts.scheme == "https" else "HTTPConnection"
    headers = dict(_shown_headers(request))
    signed = place.signed and not _header(request, "authorization").startswith("Bearer")
    sign = (
        "credentials = boto3.Session().get_credentials() or Credentials('test', 'test')\n"
        f"SigV4Auth(credentials, {place.service!r}, {place.region!r}).add_auth(request)\n"
    )
    return (
        "# boto3 cannot send this request; these are its bytes"
        + (", signed by botocore.\n" if signed else ", without a signature.\n")
        + "import http.client\n\n"
        + ("import boto3\nfrom botocore.auth import SigV4Auth\n" if signed else "")
        + "from botocore.awsrequest import AWSRequest\n"
        + ("from botocore.credentials import Credentials\n" if signed else "")
        + "\nrequest = AWSRequest(\n"
        f"    method={request.method!r},\n"
        f"    url={place.root + request.path!r},\n"
        f"    headers={literal(headers, 1)},\n"
        f"    data={request.body!r},\n)\n"
        + (sign if signed else "")
        + f"connection = http.client.{connection}({parts.netloc!r}, timeout=30)\n"
        "headers = {name: value for name, value in request.headers.items()}\n"
        f"connection.request(request.method, {request.path!r}, request.data, headers)\n"
        "response = connection.getresponse()\n"
        "print(response.status, response.getheaders(), response.read())\n"
    )


def literal(value: Any, depth: int = 0) -> str:
    """Return a value as Python source, one entry a line; safe for any text, exact for bytes."""
    pad, end = "    " * (depth + 1), "    " * depth
    if isinstance(value, datetime):
        moment = value
        return (
            f"datetime.datetime({moment.year}, {moment.month}, {moment.day}, {moment.hour}, "
            f"{moment.minute}, {moment.second}, {moment.microsecond}, tzinfo=datetime.timezone.utc)"
        )
    if isinstance(value, float) and value not in (float("inf"), float("-inf")) and value == value:
        return repr(value)
    if isinstance(value, float):
        return f"float({str(value)!r})"
    if is_object(value):
        lines = [f"{pad}{key!r}: {literal(item, depth + 1)},\n" for key, item in value.items()]
        return "{\n" + "".join(lines) + end + "}" if lines else "{}"
    if is_list(value):
        lines = [f"{pad}{literal(item, depth + 1)},\n" for item in value]
        return "[\n" + "".join(lines) + end + "]" if lines else "[]"
    return repr(value)


# ---------------------------------------------------------------- AWS CLI


def _cli(operation: Operation, case: Case, request: Request, place: _Place) -> str:
    """Return the command, or nothing where the CLI's own validation refuses the parameters."""
    model: Any = sdk.operation_model(operation.service, operation.name)
    token = case.fault is not None and case.fault.member in model.idempotent_members
    if case.wire or token or model.has_streaming_input:
        return ""
    if not _valid_for_client(operation, case, model):
        return ""
    command = CLI_NAMES.get(operation.service, operation.service)
    lines = [f"aws {shlex.quote(command)} {operation.method.replace('_', '-')}"]
    lines.append(f"--region {shlex.quote(place.region)}")
    if not place.is_aws:
        lines.append(f"--endpoint-url {shlex.quote(place.endpoint)}")
    if not place.signed:
        lines.append("--no-sign-request")
    if case.params:
        text = json.dumps(case.params, ensure_ascii=not _encodable(case.params))
        lines.append("--cli-binary-format base64")
        lines.append(f"--cli-input-json {shlex.quote(text)}")
    if model.has_streaming_output:
        lines.append("/dev/stdout")
    return " \\\n  ".join(lines)


def _encodable(params: Any) -> bool:
    try:
        json.dumps(params, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _valid_for_client(operation: Operation, case: Case, model: Any) -> bool:
    """Whether the CLI sends the parameters: it validates them and has no way not to."""
    from botocore.validate import ParamValidator

    if not is_object(case.params):
        return False
    if model.input_shape is None:
        return not case.params
    validator: Any = ParamValidator()
    report: Any = validator.validate(_values(operation, case), model.input_shape)
    return not report.has_errors()
