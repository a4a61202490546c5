"""No renderer lets a secret through, whatever the runner forgot to remove."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_reports.redact import MARK, redact_text, redacted
from aws_reports.registry import default_formats, render, render_comparison
from aws_reports.results import Evidence, Message, Reproducer, Results
from reports import anything, runs

SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
AUTHORIZATION = (
    f"AWS4-HMAC-SHA256 Credential={KEY_ID}/20260301/us-east-1/connect/aws4_request, "
    f"SignedHeaders=host;x-amz-date, Signature={SECRET}"
)
TEXTS = {
    "authorization header of curl": f"curl -H 'Authorization: {AUTHORIZATION}' http://x/",
    "authorization in python": f'headers={{"Authorization": "{AUTHORIZATION}"}}',
    "presigned query": f"GET /?X-Amz-Credential={KEY_ID}%2F2026&X-Amz-Signature={SECRET}&A=1",
    "escaped query": f"X-Amz-Security-Token%3D{SECRET}",
    "session token header": f"-H 'x-amz-security-token: {SECRET}'",
    "json body": f'{{"SecretAccessKey":"{SECRET}","SessionToken" : "{SECRET}"}}',
    "json in json": f'{{"body":"{{\\"SessionToken\\":\\"{SECRET}\\"}}"}}',
    "xml body": f"<SecretAccessKey>{SECRET}</SecretAccessKey>",
    "participant token": f'{{"ParticipantCredentials":{{"ParticipantToken":"{SECRET}"}}}}',
    "environment": f"AWS_SECRET_ACCESS_KEY={SECRET} AWS_SESSION_TOKEN={SECRET} aws connect",
    "settings": f"aws_secret_access_key = {SECRET}",
    "boto3": f'boto3.client("connect", aws_secret_access_key="{SECRET}")',
    "url": f"http://user:{SECRET}@host/path",
    "cut in the middle": f'{{"SessionToken":"{SECRET}',
    "key id alone": f"The key {KEY_ID} is unknown",
}


def leaky(text: str) -> Results:
    """A run with a secret in every place that evidence has."""
    message = Message(
        start=f"PUT /?X-Amz-Signature={SECRET}",
        headers=(
            ("Authorization", AUTHORIZATION),
            ("X-Amz-Security-Token", SECRET),
            ("Set-Cookie", f"session={SECRET}"),
            ("X-Note", text),
        ),
        body=text,
        size=len(text),
    )
    evidence = Evidence(request=message, answer=message, silence=text)
    run = runs.realistic()
    verdicts = tuple(
        msgspec.structs.replace(
            verdict,
            evidence=evidence,
            twin=evidence,
            reproducer=Reproducer(curl=text, boto3=text, cli=text),
            expected=text,
            observed=text,
            hint=text,
            fault="value",
            old={"SecretAccessKey": SECRET, "Other": [text]},
            new=text,
            baseline=text if verdict.baseline else "",
        )
        for verdict in run.verdicts
    )
    return msgspec.structs.replace(run, verdicts=verdicts, target=f"http://u:{SECRET}@host")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_removes_the_secret_from_text(text: str):
    clean = redact_text(text)
    assert SECRET not in clean
    assert KEY_ID not in clean
    assert MARK in clean


@pytest.mark.parametrize("name", default_formats().names())
def test_no_format_shows_a_secret(name: str):
    for text in TEXTS.values():
        shown = render(name, leaky(text)).decode()
        assert SECRET not in shown
        assert KEY_ID not in shown


@pytest.mark.parametrize("name", ["html", "json", "markdown", "terminal"])
def test_no_comparison_shows_a_secret(name: str):
    assert SECRET not in render_comparison(name, [leaky(SECRET), runs.realistic()]).decode()


@pytest.mark.parametrize("module", ["html", "junit", "markdown", "sarif", "terminal"])
def test_renderers_redact_also_when_called_directly(module: str):
    import importlib

    shown = importlib.import_module(f"aws_reports.{module}").render(leaky(TEXTS["json body"]))
    assert SECRET not in (shown if isinstance(shown, str) else shown.decode())


def test_keeps_what_only_looks_like_a_secret():
    text = (
        '{"ClientToken":"t-1","NextToken":"n","DeviceToken":"d",'
        '"ContactArn":"arn:aws:connect:us-east-1:123456789012:instance/i","at":"a@b.example"}'
    )
    assert redact_text(text) == text
    assert redact_text("see https://example.com/a?mail=a@b") == "see https://example.com/a?mail=a@b"


def test_keeps_references_to_variables_so_that_commands_work():
    text = 'curl --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "SessionToken: ${TOKEN}"'
    assert redact_text(text) == text


def test_keeps_every_name_and_every_other_value():
    run = runs.realistic()
    assert redacted(run) == run


def test_removes_values_known_to_be_secret_wherever_they_are():
    run = redacted(leaky("the word sesame opens"), secrets=["sesame"])
    assert "sesame" not in msgspec.json.encode(run).decode()


@anything.ANY
@given(anything.runs())
def test_redacting_twice_is_redacting_once(run: Results):
    assert redacted(redacted(run)) == redacted(run)


@anything.ANY
@given(st.sampled_from(sorted(TEXTS)), st.text(max_size=10), st.text(max_size=10))
def test_text_around_a_secret_does_not_save_it(name: str, before: str, after: str):
    assert SECRET not in redact_text(f"{before}\n{TEXTS[name]}\n{after}")
