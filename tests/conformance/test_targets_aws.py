"""AWS with a fake STS and a fake service on loopback: which account, and nothing before that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from aws_conformance.exchange import Request, Response
from aws_conformance.targets import AwsTarget, Options, open_aws, open_target, wiring
from aws_conformance.targets.places import signing_region
from aws_conformance.wire import encode
from aws_specs.errors import TargetError
from aws_specs.from_model import operation_from_model
from aws_strategies.case import Case

ACCOUNT = "123456789012"
IDENTITY = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/u</Arn><UserId>u</UserId>
<Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""


class FakeAws:
    """Answers STS and anything else, and remembers what it heard."""

    def __init__(self, status: int = 200) -> None:
        fake = self
        self.heard: list[tuple[str, str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                scope = self.headers["Authorization"].split("/")
                fake.heard.append((scope[3], scope[2], body))
                answer = IDENTITY.encode() if "GetCallerIdentity" in body else b"<a/>"
                self.send_response(status)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    fake = FakeAws()
    yield fake
    fake.close()


@pytest.fixture(autouse=True)
def _own_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


def profile(tmp_path: Path, url: str) -> None:
    """Write a profile `sandbox` whose every service is at `url`."""
    (tmp_path / "config").write_text(
        f"[profile sandbox]\nregion = eu-west-1\nendpoint_url = {url}\n"
        "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n"
    )


def test_an_allowed_account_is_opened_after_one_request_to_sts(
    aws: FakeAws, tmp_path: Path
) -> None:
    profile(tmp_path, aws.url)
    target = open_target("aws", Options(profile="sandbox", allow=("1", ACCOUNT)))
    assert isinstance(target, AwsTarget)
    assert [heard[0] for heard in aws.heard] == ["sts"]
    assert (target.account, target.name) == (ACCOUNT, f"aws {ACCOUNT} eu-west-1")
    target.close()


@pytest.mark.parametrize("allow", [(), ("999999999999",), ("12345678901",)])
def test_any_other_account_is_refused(aws: FakeAws, tmp_path: Path, allow: tuple[str, ...]) -> None:
    profile(tmp_path, aws.url)
    with pytest.raises(TargetError, match="allow"):
        open_aws(Options(profile="sandbox", allow=allow))
    assert len(aws.heard) == (1 if allow else 0)


def test_nobody_without_credentials_gets_in() -> None:
    with pytest.raises(TargetError, match="credentials"):
        open_aws(Options(allow=(ACCOUNT,)))


def test_a_profile_that_does_not_exist_is_a_target_error() -> None:
    with pytest.raises(TargetError, match="nosuch"):
        open_aws(Options(profile="nosuch", allow=(ACCOUNT,)))


def test_an_sts_that_refuses_is_a_target_error(tmp_path: Path) -> None:
    fake = FakeAws(status=403)
    profile(tmp_path, fake.url)
    with pytest.raises(TargetError, match="which account"):
        open_aws(Options(profile="sandbox", allow=(ACCOUNT,)))
    fake.close()


def test_requests_go_to_the_services_endpoint_with_the_profiles_credentials(
    aws: FakeAws, tmp_path: Path
) -> None:
    profile(tmp_path, aws.url)
    target = open_aws(Options(profile="sandbox", allow=(ACCOUNT,)))
    operation = operation_from_model("sns", "ListTopics")
    wired = wiring(target, "sns")
    assert (wired.endpoint, wired.region) == (aws.url, "eu-west-1")
    case = Case(id="x", operation=operation.id, kind="valid", params={})
    request = encode(
        operation,
        case,
        endpoint=wired.endpoint,
        credentials=wired.credentials,
        region=wired.region,
    )
    answer = target.send(request)
    target.close()
    assert isinstance(answer, Response)
    assert aws.heard[1][:2] == ("sns", "eu-west-1")


def test_a_request_for_somewhere_else_is_refused(aws: FakeAws, tmp_path: Path) -> None:
    profile(tmp_path, aws.url)
    target = open_aws(Options(profile="sandbox", allow=(ACCOUNT,)))
    with pytest.raises(TargetError, match="elsewhere"):
        target.send(Request("GET", "/", (("Host", "elsewhere.example"),), b"", "sns"))
    target.close()


def test_a_global_service_is_signed_for_its_own_region() -> None:
    assert signing_region("iam", "eu-west-1") == "us-east-1"
    assert signing_region("sqs", "eu-west-1") == "eu-west-1"
