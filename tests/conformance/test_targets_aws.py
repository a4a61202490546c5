"""AWS with a fake STS and a fake service on loopback: which account, and nothing before that."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.session import Session
from msgspec.structs import replace

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
        self.keys: list[str] = []
        self.paths: list[str] = []
        self.answers: dict[str, str] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fake.paths.append(self.path)
                role = {"accessKeyId": "ASIASSO", "secretAccessKey": "k",
                        "sessionToken": "of-sso", "expiration": 4070908800000}  # fmt: skip
                answer = json.dumps({"roleCredentials": role}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                scope = self.headers["Authorization"].split("/")
                fake.heard.append((scope[3], scope[2], body))
                fake.keys.append(scope[0].rpartition("=")[2])
                action = body.partition("&")[0].removeprefix("Action=")
                found = fake.answers.get(action, "<a/>")
                answer = (IDENTITY if action == "GetCallerIdentity" else found).encode()
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


ROLE = f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><Arn>arn:aws:sts::{ACCOUNT}:assumed-role/r/s</Arn><AssumedRoleId>x</AssumedRoleId>
</AssumedRoleUser><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>k
</SecretAccessKey><SessionToken>of-the-role</SessionToken><Expiration>2099-01-01T00:00:00Z
</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


def test_a_role_is_assumed_before_its_account_is_looked_at(aws: FakeAws, tmp_path: Path) -> None:
    aws.answers["AssumeRole"] = ROLE
    (tmp_path / "config").write_text(
        f"[profile base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = s\n"
        f"region = eu-west-1\nendpoint_url = {aws.url}\n"
        f"[profile sandbox]\nrole_arn = arn:aws:iam::{ACCOUNT}:role/r\nsource_profile = base\n"
        f"region = eu-west-1\nendpoint_url = {aws.url}\n"
    )
    target = open_aws(Options(profile="sandbox", allow=(ACCOUNT,)))
    credentials = wiring(target, "sqs").credentials
    target.close()
    assert [body.partition("&")[0] for _, _, body in aws.heard] == [
        "Action=AssumeRole", "Action=GetCallerIdentity",
    ]  # fmt: skip
    assert aws.keys == ["AKIDBASE", "ASIAROLE"]
    assert (credentials.access_key, credentials.token) == ("ASIAROLE", "of-the-role")


def sso(folder: Path, url: str, region: str = "eu-west-1") -> None:
    """Write an SSO profile, and the token that `aws sso login` would have left."""
    (folder / "config").write_text(
        f"[profile sandbox]\nsso_session = s\nsso_account_id = {ACCOUNT}\nsso_role_name = r\n"
        f"region = {region}\nendpoint_url = {url}\n"
        f"[sso-session s]\nsso_region = {region}\nsso_start_url = https://start.example\n"
    )
    cache = folder / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    (cache / f"{hashlib.sha1(b's', usedforsecurity=False).hexdigest()}.json").write_text(
        json.dumps({"accessToken": "of-the-login", "expiresAt": "2099-01-01T00:00:00Z"})
    )


def test_the_token_of_a_login_buys_the_credentials_of_its_role(
    aws: FakeAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sso(tmp_path, aws.url)
    cache = str(tmp_path / ".aws" / "sso" / "cache")
    monkeypatch.setattr("botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR", cache)
    monkeypatch.setattr("botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR", cache)
    target = open_aws(Options(profile="sandbox", allow=(ACCOUNT,)))
    credentials = wiring(target, "sqs").credentials
    target.close()
    assert (credentials.access_key, credentials.token) == ("ASIASSO", "of-sso")
    assert aws.paths[0].startswith("/federation/credentials?")


def test_a_service_that_takes_a_bearers_token_never_gets_the_sessions(
    aws: FakeAws, tmp_path: Path
) -> None:
    profile(tmp_path, aws.url)
    target = open_aws(Options(profile="sandbox", allow=(ACCOUNT,)))
    wired = wiring(target, "codecatalyst")
    target.close()
    operation = operation_from_model("codecatalyst", "ListSpaces")
    case = Case(id="x", operation=operation.id, kind="valid", params={})
    request = encode(
        operation, case, endpoint=wired.endpoint, credentials=wired.credentials,
        region=wired.region,
    )  # fmt: skip
    assert "authorization" not in {name.lower() for name, _ in request.headers}
    with_token = replace(wired.credentials, bearer="of-the-bearer")
    request = encode(
        operation, case, endpoint=wired.endpoint, credentials=with_token, region=wired.region
    )
    assert dict(request.headers)["Authorization"] == "Bearer of-the-bearer"


@pytest.mark.parametrize(
    ("line", "host"),
    [
        ("use_fips_endpoint = true", "sqs-fips.us-west-2.amazonaws.com"),
        ("use_dualstack_endpoint = true", "sqs.us-west-2.api.aws"),
        ("services = here", "127.0.0.1:9"),
        ("", "sqs.us-west-2.amazonaws.com"),
    ],
)
def test_endpoints_are_those_of_the_profile(
    line: str, host: str, aws: FakeAws, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text(
        "[profile sandbox]\nregion = us-west-2\naws_access_key_id = AKIDEXAMPLE\n"
        f"aws_secret_access_key = secret\n{line}\n"
        "[services here]\nsqs =\n  endpoint_url = http://127.0.0.1:9\n"
    )
    session = Session(profile="sandbox")
    target = AwsTarget(session, "us-west-2", ACCOUNT, Options())
    assert urlsplit(wiring(target, "sqs").endpoint).netloc == host
    target.close()


def test_a_global_service_is_signed_for_its_own_region() -> None:
    assert signing_region("iam", "eu-west-1") == "us-east-1"
    assert signing_region("sqs", "eu-west-1") == "eu-west-1"
