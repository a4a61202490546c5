"""The suite against its own emulator: every fault found and named, nothing else."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from importlib.resources import files

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from aws_conformance.cli.selftest import selftest as command
from aws_conformance.emulator.faults import FAULTS, fault_ids
from aws_conformance.selftest import Bench, jobs, selftest, spread, work
from aws_conformance.selftest_report import from_json, schema, summed_up, to_json, to_text
from aws_conformance.selftest_sample import OF_EACH, SHARES, Drawn, operation_in, sampled
from aws_conformance.selftest_trial import FAMILIES, Clean, Trial, names
from aws_conformance.survivors import explained
from aws_specs import catalog
from aws_specs.errors import UsageError

PARTICIPANT = "connect.CreateParticipant"
CONTACT_ID = f"{PARTICIPANT}/input/ContactId/length"


def bench(name: str) -> Bench:
    return Bench(catalog.load(name))


def survivors(trials: tuple[Trial, ...]) -> list[str]:
    return [f"{t.outcome}: {t.fault} {t.found} {t.detail}" for t in trials if t.survives]


def run(most: int, *operations: str | Drawn) -> tuple[list[Clean], list[Trial]]:
    items = list(selftest(jobs(operations, most=most)))
    return [i for i in items if isinstance(i, Clean)], [i for i in items if isinstance(i, Trial)]


@pytest.mark.parametrize("name", catalog.names())
def test_faults_of_every_family_are_found_and_named(name: str) -> None:
    clean, trials = run(45, name)
    assert [one.findings for one in clean] == [()]
    assert survivors(tuple(trials)) == []
    assert len(trials) >= 25


@pytest.mark.nightly
@pytest.mark.parametrize("name", catalog.names())
def test_every_fault_is_found_and_named(name: str) -> None:
    clean, trials = run(0, name)
    assert [one.findings for one in clean] == [()]
    assert survivors(tuple(trials)) == []


@pytest.mark.nightly
def test_faults_of_two_hundred_operations_are_found_and_named() -> None:
    clean, trials = run(20, *sampled(200, seed=1))
    assert [one for one in clean if one.findings] == []
    assert survivors(tuple(trials)) == []


@pytest.mark.parametrize("one", OF_EACH, ids=lambda one: one.protocol)
def test_faults_are_found_and_named_in_every_other_protocol(one: Drawn) -> None:
    clean, trials = run(20, one)
    assert {each.protocol for each in (*clean, *trials)} == {one.protocol}
    assert [each.findings for each in clean] == [()]
    assert survivors(tuple(trials)) == []
    assert sum(trial.outcome == "named" for trial in trials) >= 8


def test_every_protocol_is_in_the_default_selftest() -> None:
    pages = {catalog.load(name).wire.protocol for name in catalog.names()}
    assert pages | {one.protocol for one in OF_EACH} == set(SHARES)


def test_an_explanation_that_strictness_does_not_keep_explains_nothing() -> None:
    one = Bench(operation_in("ec2.AcceptAddressTransfer"))
    fault = "undocumented-error:ec2.AcceptAddressTransfer/input/Address/required"
    assert one.trial(fault).strict
    lenient = [replace(entry, strict=True, fault="*", doubt="") for entry in explained()]
    weak = bench(PARTICIPANT)
    weak.settings = replace(weak.settings, only=("valid",))
    weak._explained = tuple(lenient)
    assert weak.trial(CONTACT_ID).survives


DECIDED = [
    ("cloudfront.DeletePublicKey/input/Id/required", ""),
    ("repostspace.TagResource/input/resourceArn/required", ""),
    ("not-found:cloudwatch.DescribeAnomalyDetectors/input/AnomalyDetectorIds/items",
     "smithy-rpc-v2-cbor"),
    ("not-found:ec2.DisassociateInstanceEventWindow/input/DryRun/type", ""),
    ("off-by-one:s3control.PutAccessGrantsInstanceResourcePolicy/input/Policy/length", ""),
    ("refuse:s3control.PutAccessGrantsInstanceResourcePolicy/input/Policy/length", ""),
    ("refuse:controlcatalog.GetControl/input/ControlArn/length", ""),
    ("refuse:fsx.DescribeFileCaches/input/FileCacheIds/items", ""),
    ("refuse:ecr.ListReplicationBackfills/input/maxResults/range", ""),
    ("success-status:s3.RestoreObject/output/status", ""),
    ("wrong-error:m2.StopApplication/input/applicationId/pattern", ""),
    ("wrong-error:kinesis-video-media.GetMedia/input/StreamName/type", ""),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "protocol"), DECIDED, ids=[row[0] for row in DECIDED])
def test_what_one_more_request_decides_is_found_and_named(fault: str, protocol: str) -> None:
    name = fault.rpartition(":")[2].partition("/")[0]
    trial = Bench(operation_in(name, protocol)).trial(fault)
    assert trial.outcome == "named"


TOKENS = [
    ("amp.CreateAnomalyDetector/input/clientToken", "rest-json"),
    ("athena.CreateNamedQuery/input/ClientRequestToken", "json"),
    ("cloudformation.CreateStackInstances/input/OperationId", "query"),
    ("ec2.CreateCapacityManagerDataExport/input/ClientToken", "ec2"),
    ("s3control.CreateJob/input/ClientRequestToken", "rest-xml"),
    ("cloudwatchomni.CreateAccessProfile/input/clientToken", "smithy-rpc-v2-cbor"),
]


@pytest.mark.parametrize(("member", "protocol"), TOKENS, ids=[row[1] for row in TOKENS])
def test_a_token_that_is_ignored_is_found_and_named_in_every_protocol(
    member: str, protocol: str
) -> None:
    one = Bench(operation_in(member.partition("/")[0], protocol))
    trial = one.trial(f"{member}/idempotency")
    assert (trial.outcome, trial.family) == ("named", "token ignored")
    assert one.clean().findings == ()


def test_a_token_that_is_used_again_gets_the_conflict_that_is_documented_for_it() -> None:
    """Other conflicts that the operation declares are not mistaken for it."""
    fault = "wrong-status:codecommit.CreatePullRequest/input/clientRequestToken/idempotency"
    assert Bench(operation_in("codecommit.CreatePullRequest")).trial(fault).outcome == "named"


def test_a_token_is_used_again_though_nothing_but_a_text_can_be_another() -> None:
    name = "compute-optimizer-automation.StartAutomationEvent"
    trial = Bench(operation_in(name)).trial(
        f"token-too-sticky:{name}/input/clientToken/idempotency"
    )
    assert trial.outcome == "named"


def test_an_operation_that_is_not_spoken_is_told_and_has_no_faults() -> None:
    one = Bench(operation_in("bedrock-runtime.InvokeModelWithBidirectionalStream"))
    clean = one.clean()
    assert (one.faults, clean.state, clean.requests) == ((), "unimplemented", 0)
    text = to_text(summed_up([clean], tool="0", sdk="1"))
    assert f"unimplemented: {clean.operation}: not-spoken: the request is an event stream" in text


def test_faults_that_no_request_can_show_are_not_injected() -> None:
    """Text in XML has no type, two members may be one element, HTTP has a type for each body, and
    one error that answers one rule looks like a fault of it.
    """
    versioning = fault_ids(catalog.load("s3.PutBucketVersioning"))
    assert not [one for one in versioning if one.endswith("MFADelete/type")]
    noted = fault_ids(catalog.load("s3.PutBucketNotification"))
    assert not [one for one in noted if ".Event/" in one and "refuse" not in one and "=" not in one]
    profile = fault_ids(catalog.load("codeguruprofiler.GetProfile"))
    assert not [one for one in profile if "/output/contentType/" in one]
    alone = fault_ids(catalog.load("ssm-guiconnect.DeleteConnectionRecordingPreferences"))
    assert not [one for one in alone if one.endswith("/idempotency")]
    mail = fault_ids(catalog.load("pinpoint-email.PutEmailIdentityMailFromAttributes"))
    assert not [one for one in mail if one.endswith("/error")]


def test_a_limit_that_is_too_large_to_try_is_explained_and_listed_as_not_checked() -> None:
    one = Bench(operation_in("textract.DetectDocumentText"))
    limit = "textract.DetectDocumentText/input/Document.Bytes/length"
    trial = one.trial(f"off-by-one:{limit}")
    assert (trial.outcome, trial.doubts) == ("missed", ("too-large",))
    assert trial.explained.startswith("not sent, and listed as not checked")
    made, _ = one._run(())
    assert list(made.events())
    assert f"{limit}~above-max" in dict(made.result().unchecked)


STRICT = [
    "outside-enum:scheduler.GetScheduleGroup/output/State/enum",
    "lacks:savingsplans.CreateSavingsPlan/output/savingsPlanId/present",
    "null:ce.GetAnomalies/output/Anomalies/required",
]


@pytest.mark.parametrize("fault", STRICT)
def test_what_answers_of_aws_depart_in_is_a_finding_with_strict_alone(fault: str) -> None:
    trial = Bench(operation_in(fault.partition(":")[2].partition("/")[0])).trial(fault)
    assert (trial.outcome, trial.strict, trial.survives) == ("missed", True, False)


def test_every_verb_has_a_family() -> None:
    assert set(FAMILIES) == set(FAULTS)


def test_a_suite_that_sends_too_little_has_survivors() -> None:
    weak = bench(PARTICIPANT)
    weak.settings = replace(weak.settings, only=("valid",))
    trial = weak.trial(CONTACT_ID)
    assert (trial.outcome, trial.survives) == ("missed", True)


def test_a_trial_says_what_was_found_and_after_how_many_requests() -> None:
    trial = bench(PARTICIPANT).trial(f"wrong-status:{CONTACT_ID}")
    assert trial.outcome == "named"
    assert trial.found[0] == f"{CONTACT_ID} (wrong-status)"
    assert (trial.member, trial.kind) == ("ContactId", "length")
    assert 0 < trial.requests <= trial.total


def test_a_finding_on_another_rule_or_for_another_reason_names_nothing() -> None:
    one = bench(PARTICIPANT)
    made, emulator = one._run((CONTACT_ID,))
    fault = emulator.faults[0]
    found = [v for event in made.events() for v in getattr(event, "verdicts", ())]
    mine = next(v for v in found if v.verdict == "fail")
    assert names(fault, mine)
    assert not names(fault, replace(mine, rule=f"{PARTICIPANT}/input/InstanceId/length"))
    assert not names(fault, replace(mine, reason="wrong-error"))
    assert not names(fault, replace(mine, flaky=True))


def test_trials_do_not_disturb_each_other() -> None:
    """A refused value of the control makes the suite prefer another one: in that run only."""
    one = bench("connect.CreateContact")
    refused = "connect.CreateContact/input/Channel/enum=VOICE"
    before = one.clean()
    assert one.trial(refused).outcome == "named"
    assert one.clean() == before
    assert one.trial(refused) == bench("connect.CreateContact").trial(refused)


def test_entries_for_single_faults_are_needed() -> None:
    """A fault that is found after all needs no explanation."""
    certain = [one for one in explained() if not one.doubt and not one.stream]
    assert certain
    for entry in certain:
        fitting = [
            (one, fault)
            for one in map(bench, catalog.names())
            for fault in one.faults
            if fnmatchcase(fault, entry.fault)
        ]
        assert fitting or not any(name in entry.fault for name in catalog.names())
        assert all(one.trial(fault).outcome != "named" for one, fault in fitting)


def test_every_entry_gives_a_reason() -> None:
    assert all(len(entry.reason) > 30 for entry in explained())


def verb(fault: str) -> str:
    head = fault.partition(":")[0]
    return head if head in FAULTS else ""


def test_a_spread_has_faults_of_every_verb() -> None:
    faults = bench("pinpoint.SendMessages").faults
    chosen = spread(faults, 60)
    assert 40 <= len(chosen) <= 60
    assert {verb(fault) for fault in chosen} == {verb(fault) for fault in faults}
    assert spread(faults, 0) == faults


def test_a_sample_is_the_same_for_the_same_seed_and_of_many_services() -> None:
    drawn = sampled(20, seed=3)
    assert drawn == sampled(20, seed=3)
    assert len({one.operation.partition(".")[0] for one in drawn}) >= 15
    assert drawn != sampled(20, seed=4)


def test_a_sample_has_operations_of_every_protocol() -> None:
    drawn = sampled(20)
    assert len(drawn) == 20
    assert {one.protocol for one in drawn} == set(SHARES)


def test_a_sample_can_be_of_one_protocol() -> None:
    assert {one.protocol for one in sampled(3, protocol="rest-xml")} == {"rest-xml"}


def test_an_operation_is_spoken_in_any_protocol_that_its_model_lists() -> None:
    assert operation_in("cloudwatch.PutMetricAlarm").wire.protocol == "json"
    for protocol in ("json", "query", "smithy-rpc-v2-cbor"):
        spoken_to = operation_in("cloudwatch.PutMetricAlarm", protocol)
        assert spoken_to.wire.protocol == protocol
    with pytest.raises(UsageError, match="does not speak ec2"):
        operation_in("cloudwatch.PutMetricAlarm", "ec2")


def test_an_error_is_known_by_the_name_of_its_shape_too() -> None:
    """CBOR sends that, where a query service sends the code that the model gives it."""
    bench = Bench(operation_in("cloudwatch.SetAlarmState", "smithy-rpc-v2-cbor"))
    fault = "wrong-status:cloudwatch.SetAlarmState/errors/InvalidFormatFault/error"
    assert bench.trial(fault).outcome == "named"


def test_parts_of_the_work_are_the_whole() -> None:
    parts = [item for job in jobs([PARTICIPANT], parts=3, most=30) for item in work(job)]
    whole = [item for job in jobs([PARTICIPANT], most=30) for item in work(job)]
    key = lambda item: msgspec.json.encode(item)  # noqa: E731
    assert sorted(parts, key=key) == sorted(whole, key=key)


def test_the_file_is_read_back_and_fits_its_published_schema() -> None:
    items = [item for job in jobs([PARTICIPANT], most=20) for item in work(job)]
    report = summed_up(items, tool="0", sdk="1")
    assert from_json(to_json(report)) == report
    published = json.loads(
        files("aws_conformance").joinpath("selftest.schema.json").read_text(encoding="utf-8")
    )
    assert published == json.loads(json.dumps(schema()))
    jsonschema.validate(json.loads(to_json(report)), published)


def test_the_table_counts_by_family_and_names_survivors() -> None:
    trial = bench(PARTICIPANT).trial(CONTACT_ID)
    missed = replace(trial, outcome="missed", found=(), detail="decided")
    report = summed_up([trial, missed], tool="0", sdk="1")
    text = to_text(report)
    assert not report.passed
    assert report.families[0].faults == 2
    assert report.families[0].named == 1
    assert f"survivor: missed: {CONTACT_ID}" in text
    assert "rule not enforced" in text.splitlines()[1]


def test_the_command_exits_0_and_writes_json(tmp_path: object) -> None:
    out = f"{tmp_path}/selftest.json"
    result = CliRunner().invoke(
        command, [PARTICIPANT, "--faults", "20", "-q", "-o", out], standalone_mode=False
    )
    assert result.exception is None
    assert result.return_value == 0
    assert "clean: 1 operations" in result.output
    with open(out, "rb") as file:  # noqa: PTH123
        assert from_json(file.read()).passed
