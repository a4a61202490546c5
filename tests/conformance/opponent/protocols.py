"""An honest server for nine operations over the six other protocols, with one deviation on demand.

It was written from botocore's models and their documentation and from the wire contract, never from
the suite, so that the suite can be tried against somebody else's reading of the same texts. Nothing
here is imported from the suite, and nothing but the standard library is needed.

    awsJson 1.0   stepfunctions.CreateStateMachine
    awsJson 1.1   kinesis.CreateStream, secretsmanager.CreateSecret
    query         iam.CreateRole
    ec2           ec2.CreateKeyPair
    rest-xml      route53.CreateHealthCheck (wrapped errors), s3.PutObjectTagging (bare errors)
    rpc-v2-cbor   cloudwatch.PutMetricStream, cloudwatch.DescribeAlarmHistory (pages)

A *deviation* is a fault: a suite must find it. A *reading* is not: the texts leave the point open,
and a suite should find nothing with it on or off. Members are named by their path: `Tags[].Key`,
`Tags{key}`, `Tags{}`.

Clean mode checks in two passes: first all types (an unreadable request), then required members,
enums, lengths in code points (bytes for blobs), ranges, patterns in full, and the sentences of the
documentation that say what must, must not, or can only be. What stays open: contents of policies
and state machines, whether ARNs exist, which statistics a format allows, the 50 tags of a stream
that the model allows 200 of, checksums of S3.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
import struct
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

# --------------------------------------------------------------------------------------------
# Shapes: what the models and their sentences say a value must be.

Rule = Callable[[str], bool]


@dataclass(frozen=True)
class Text:
    """A string, its length in code points; `rule` is a pattern in full or a predicate."""

    min: int = 0
    max: int | None = None
    enum: tuple[str, ...] = ()
    rule: str | Rule | None = None


@dataclass(frozen=True)
class Whole:
    """A 32-bit integer."""

    min: int | None = None
    max: int | None = None


@dataclass(frozen=True)
class Flag:
    """A boolean."""


@dataclass(frozen=True)
class Moment:
    """A point in time, held as seconds since the epoch."""


@dataclass(frozen=True)
class Blob:
    """Bytes; the length counts them after decoding."""

    min: int = 0
    max: int | None = None


@dataclass(frozen=True)
class Seq:
    """A list; `tag` is the name of an item in XML."""

    item: Shape
    min: int = 0
    max: int | None = None
    tag: str = "member"


@dataclass(frozen=True)
class Table:
    """A map of texts."""

    key: Text
    value: Shape
    min: int = 0
    max: int | None = None


@dataclass(frozen=True)
class Record:
    """A structure: `Name!` is required, `Name@wire` has another name or place on the wire."""

    fields: Mapping[str, Shape]

    def members(self) -> Iterator[tuple[str, str, bool, Shape]]:
        """Name, name on the wire, required, shape."""
        for spelled, shape in self.fields.items():
            name, _, wire = spelled.partition("@")
            bare = name.rstrip("!")
            yield bare, wire or bare, name.endswith("!"), shape


Shape: TypeAlias = "Text | Whole | Flag | Moment | Blob | Seq | Table | Record"


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


def in_classes(*more: str) -> Rule:
    """Unicode letters, separators and numbers, and these characters."""
    return lambda text: all(unicodedata.category(c)[0] in "LZN" or c in more for c in text)


def no_odd_names(text: str) -> bool:
    """What the name of a state machine must not contain."""
    forbidden = set(' \t\n\r\v\f<>{}[]?*"#%\\^|~`$&,;:/')
    controls = any(ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F for c in text)
    return not controls and not forbidden & set(text) and not any(c.isspace() for c in text)


def is_address(text: str) -> bool:
    """An IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def printable(text: str) -> bool:
    """ASCII from 32 to 126, with something that is no white space."""
    return all(32 <= ord(c) <= 126 for c in text) and bool(text.strip())


def namespace(text: str) -> bool:
    """The model's pattern and the page's sentence."""
    return printable(text) and not text.startswith(":")


NAMESPACE = Text(1, 255, rule=lambda text: not text.startswith(":"))
FILTERED = Text(1, 255, rule=namespace)
METRIC = Text(1, 255, rule=printable)
SFN_TEXT = in_classes(*"_.:/=+-@\t\n\r")
IAM_TEXT = in_classes(*"_.:/=+-@")
KEY = Text(1, 128)
VALUE = Text(0, 256)
ANY = Text()
FILTERS = Seq(Record({"Namespace": FILTERED, "MetricNames": Seq(METRIC)}))

STATE_MACHINE = Record({
    "name!": Text(1, 80, rule=no_odd_names),
    "definition!": Text(1, 1048576),
    "roleArn!": Text(1, 256),
    "type": Text(enum=("STANDARD", "EXPRESS")),
    "loggingConfiguration": Record({
        "level": Text(enum=("ALL", "ERROR", "FATAL", "OFF")),
        "includeExecutionData": Flag(),
        "destinations": Seq(
            Record({
                "cloudWatchLogsLogGroup": Record({
                    "logGroupArn": Text(1, 256, rule=lambda text: text.endswith(":*"))
                })
            }),
            max=1,
        ),
    }),
    "tags": Seq(Record({"key": Text(1, 128, rule=SFN_TEXT), "value": Text(0, 256, rule=SFN_TEXT)})),
    "tracingConfiguration": Record({"enabled": Flag()}),
    "publish": Flag(),
    "versionDescription": Text(0, 256),
    "encryptionConfiguration": Record({
        "kmsKeyId": Text(1, 2048),
        "kmsDataKeyReusePeriodSeconds": Whole(60, 900),
        "type!": Text(enum=("AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY")),
    }),
})  # fmt: skip

STREAM = Record(
    {
        "StreamName!": Text(1, 128, rule="[a-zA-Z0-9_.-]+"),
        "ShardCount": Whole(1),
        "StreamModeDetails": Record({"StreamMode!": Text(enum=("PROVISIONED", "ON_DEMAND"))}),
        "Tags": Table(KEY, VALUE, 1, 200),
        "WarmThroughputMiBps": Whole(0),
        "MaxRecordSizeInKiB": Whole(1024, 10240),
        "RecordDistributionStrategy": Text(enum=("AUTO", "USER_PARTITION_KEY")),
    }
)

SECRET = Record(
    {
        "Name!": Text(1, 512, rule="[A-Za-z0-9/_+=.@-]+"),
        "ClientRequestToken": Text(32, 64),
        "Description": Text(0, 2048),
        "KmsKeyId": Text(0, 2048),
        "SecretBinary": Blob(1, 65536),
        "SecretString": Text(1, 65536),
        "Tags": Seq(Record({"Key": KEY, "Value": VALUE})),
        "AddReplicaRegions": Seq(
            Record({"Region": Text(1, 128, rule=r"([a-z]+-)+\d+"), "KmsKeyId": Text(0, 2048)}), 1
        ),
        "ForceOverwriteReplicaSecret": Flag(),
        "Type": Text(0, 256),
        "CrossAccountPrimaryARN": Text(20, 2048),
    }
)

ROLE = Record(
    {
        "Path": Text(1, 512, rule=r"/|/[\x21-\x7e]+/"),
        "RoleName!": Text(1, 64, rule=r"[A-Za-z0-9_+=,.@-]+"),
        "AssumeRolePolicyDocument!": Text(1, 131072, rule=r"[\t\n\r\x20-\xff]+"),
        "Description": Text(0, 1000, rule=r"[\t\n\r\x20-\x7e\xa1-\xff]*"),
        "MaxSessionDuration": Whole(3600, 43200),
        "PermissionsBoundary": Text(20, 2048),
        "Tags": Seq(
            Record({"Key!": Text(1, 128, rule=IAM_TEXT), "Value!": Text(0, 256, rule=IAM_TEXT)}),
            0,
            50,
        ),
    }
)

TAGGED_TYPES = words("""
    capacity-reservation client-vpn-endpoint customer-gateway carrier-gateway coip-pool
    declarative-policies-report dedicated-host dhcp-options egress-only-internet-gateway
    elastic-ip elastic-gpu export-image-task export-instance-task fca-policy fleet fpga-image
    host-reservation image image-usage-report import-image-task import-snapshot-task instance
    instance-event-window internet-gateway ipam ipam-pool ipam-scope ipv4pool-ec2 ipv6pool-ec2
    key-pair launch-template local-gateway local-gateway-route-table
    local-gateway-virtual-interface local-gateway-virtual-interface-group
    local-gateway-route-table-vpc-association
    local-gateway-route-table-virtual-interface-group-association natgateway network-acl
    network-interface network-insights-analysis network-insights-path
    network-insights-access-scope network-insights-access-scope-analysis outpost-lag
    placement-group prefix-list replace-root-volume-task reserved-instances route-table
    security-group security-group-rule service-link-virtual-interface snapshot
    spot-fleet-request spot-instances-request subnet subnet-cidr-reservation
    traffic-mirror-filter traffic-mirror-session traffic-mirror-target transit-gateway
    transit-gateway-attachment transit-gateway-connect-peer transit-gateway-multicast-domain
    transit-gateway-policy-table transit-gateway-metering-policy transit-gateway-route-table
    transit-gateway-route-table-announcement volume vpc vpc-endpoint vpc-endpoint-connection
    vpc-endpoint-service vpc-endpoint-service-permission vpc-peering-connection vpn-connection
    vpn-gateway vpc-flow-log capacity-reservation-fleet traffic-mirror-filter-rule
    vpc-endpoint-connection-device-type verified-access-instance verified-access-group
    verified-access-endpoint verified-access-policy verified-access-trust-provider
    vpn-connection-device-type vpc-block-public-access-exclusion vpc-encryption-control
    route-server route-server-endpoint route-server-peer ipam-resource-discovery
    ipam-resource-discovery-association instance-connect-endpoint
    verified-access-endpoint-target ipam-external-resource-verification-token capacity-block
    mac-modification-task ipam-prefix-list-resolver ipam-policy
    ipam-prefix-list-resolver-target ipam-internet-registry-association secondary-interface
    secondary-network secondary-subnet capacity-manager-data-export vpn-concentrator
    ipam-pool-allocation capacity-reservation-cancellation-quote application-status-check
    capacity-reservation-modification-quote metric-category
""")

KEY_PAIR = Record(
    {
        "KeyName!": Text(0, 255, rule=lambda text: text.isascii()),
        "KeyType": Text(enum=("rsa", "ed25519")),
        "TagSpecifications@TagSpecification": Seq(
            Record(
                {
                    "ResourceType": Text(enum=TAGGED_TYPES),
                    "Tags@Tag": Seq(
                        Record(
                            {
                                "Key": Text(0, 127, rule=lambda text: not text.startswith("aws:")),
                                "Value": Text(0, 256),
                            }
                        )
                    ),
                }
            )
        ),
        "KeyFormat": Text(enum=("pem", "ppk")),
        "DryRun": Flag(),
    }
)

ALARM_REGIONS = words("""
    us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 eu-central-1 eu-central-2 eu-west-1
    eu-west-2 eu-west-3 ap-east-1 me-south-1 me-central-1 ap-south-1 ap-south-2 ap-southeast-1
    ap-southeast-2 ap-southeast-3 ap-northeast-1 ap-northeast-2 ap-northeast-3 eu-north-1
    sa-east-1 cn-northwest-1 cn-north-1 af-south-1 eu-south-1 eu-south-2 us-gov-west-1
    us-gov-east-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 ap-southeast-4 il-central-1
    ca-west-1 ap-southeast-5 mx-central-1 us-isof-south-1 us-isof-east-1 ap-southeast-7
    ap-east-2 eu-isoe-west-1 ap-southeast-6 us-isob-west-1 eusc-de-east-1
""")

CHECKED_FROM = (
    "us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-southeast-2",
    "ap-northeast-1", "sa-east-1",
)  # fmt: skip

HEALTH_CHECK = Record({
    "CallerReference!": Text(1, 64),
    "HealthCheckConfig!": Record({
        "IPAddress": Text(0, 45, rule=is_address),
        "Port": Whole(1, 65535),
        "Type!": Text(enum=(
            "HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP", "CALCULATED",
            "CLOUDWATCH_METRIC", "RECOVERY_CONTROL",
        )),
        "ResourcePath": Text(0, 255),
        "FullyQualifiedDomainName": Text(0, 255),
        "SearchString": Text(0, 255),
        "RequestInterval": Whole(10, 30),
        "FailureThreshold": Whole(1, 10),
        "MeasureLatency": Flag(),
        "Inverted": Flag(),
        "Disabled": Flag(),
        "HealthThreshold": Whole(0, 256),
        "ChildHealthChecks": Seq(Text(0, 64), 0, 256, "ChildHealthCheck"),
        "EnableSNI": Flag(),
        "Regions": Seq(Text(1, 64, CHECKED_FROM), 3, 64, "Region"),
        "AlarmIdentifier": Record({"Region!": Text(1, 64, ALARM_REGIONS), "Name!": Text(1, 256)}),
        "InsufficientDataHealthStatus": Text(enum=("Healthy", "Unhealthy", "LastKnownStatus")),
        "RoutingControlArn": Text(1, 255),
    }),
})  # fmt: skip

CHECKSUMS = (
    "CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME", "SHA512", "MD5", "XXHASH64", "XXHASH3",
    "XXHASH128",
)  # fmt: skip

TAGGING = Record(
    {
        "Bucket!@uri:Bucket": ANY,
        "Key!@uri:Key": Text(1),
        "VersionId@query:versionId": ANY,
        "ContentMD5@header:content-md5": ANY,
        "ChecksumAlgorithm@header:x-amz-sdk-checksum-algorithm": Text(enum=CHECKSUMS),
        "Tagging!@payload:Tagging": Record(
            {"TagSet!": Seq(Record({"Key!": Text(1), "Value!": ANY}), 0, 10, "Tag")}
        ),
        "ExpectedBucketOwner@header:x-amz-expected-bucket-owner": ANY,
        "RequestPayer@header:x-amz-request-payer": Text(enum=("requester",)),
    }
)

METRIC_STREAM = Record(
    {
        "Name!": Text(1, 255, rule="[A-Za-z0-9_-]+"),
        "IncludeFilters": FILTERS,
        "ExcludeFilters": FILTERS,
        "FirehoseArn!": Text(1, 1024),
        "RoleArn!": Text(1, 1024),
        "OutputFormat!": Text(1, 255, ("json", "opentelemetry0.7", "opentelemetry1.0")),
        "Tags": Seq(Record({"Key!": KEY, "Value!": VALUE}), 0, 50),
        "StatisticsConfigurations": Seq(
            Record(
                {
                    "IncludeMetrics!": Seq(
                        Record({"Namespace!": NAMESPACE, "MetricName!": Text(1, 255)}), 0, 100
                    ),
                    "AdditionalStatistics!": Seq(ANY, 0, 20),
                }
            ),
            0,
            100,
        ),
        "IncludeLinkedAccountsMetrics": Flag(),
    }
)

HISTORY_TYPES = (
    "ConfigurationUpdate", "StateUpdate", "Action", "AlarmContributorStateUpdate",
    "AlarmContributorAction",
)  # fmt: skip

HISTORY = Record(
    {
        "AlarmName": Text(1, 255),
        "AlarmContributorId": Text(1, 16),
        "AlarmTypes": Seq(Text(enum=("CompositeAlarm", "MetricAlarm", "LogAlarm"))),
        "HistoryItemType": Text(enum=HISTORY_TYPES),
        "StartDate": Moment(),
        "EndDate": Moment(),
        "MaxRecords": Whole(1, 100),
        "NextToken": ANY,
        "ScanBy": Text(enum=("TimestampDescending", "TimestampAscending")),
    }
)


# --------------------------------------------------------------------------------------------
# What travels between the parts.


class RefusedError(Exception):
    """A request that breaks something: `what` is the category, `code` overrides its error."""

    def __init__(self, what: str, member: str = "", code: str = "") -> None:
        super().__init__(f"{what} at {member}")
        self.what, self.member, self.code = what, member, code


@dataclass(frozen=True)
class Reply:
    """One answer; `code` is empty for a success, `output` what was serialized."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    code: str = ""

    def header(self, name: str, value: str | None) -> Reply:
        """The same with one header replaced or removed."""
        kept = tuple((k, v) for k, v in self.headers if k.lower() != name.lower())
        return replace(self, headers=kept if value is None else (*kept, (name, value)))


@dataclass(frozen=True)
class Operation:
    """One operation: its wire, its input, what its errors are called, what it says."""

    name: str
    protocol: str
    service: str
    input: Record
    codes: Mapping[str, tuple[str, int]]
    output: Callable[[dict[str, Any], World], dict[str, Any]]
    required_output: tuple[str, ...] = ()
    optional_output: tuple[str, ...] = ()
    cross: Callable[[dict[str, Any]], Iterator[tuple[str, str, str]]] = lambda given: iter(())
    others: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    declared: tuple[tuple[str, int], ...] = ()
    unique: str = ""
    namespace: str = ""
    status: int = 200
    numbers: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The operation without its service."""
        return self.name.partition(".")[2]


@dataclass
class World:
    """What the server remembers."""

    names: set[tuple[str, str]] = field(default_factory=set)
    tokens: dict[tuple[str, str], tuple[str, dict[str, Any]]] = field(default_factory=dict)
    count: int = 0
    pages: Callable[[dict[str, Any]], dict[str, Any]] | None = None

    def next(self) -> int:
        """A number that was not given before."""
        self.count += 1
        return self.count


class Given(dict[str, Any]):
    """What was accepted; what a fault let be missing is an empty text."""

    def __missing__(self, name: str) -> str:
        return ""


NOW = 1767225600


def role_answer(given: dict[str, Any], world: World) -> dict[str, Any]:
    path = given.get("Path", "/")
    role = {
        "Path": path,
        "RoleName": given["RoleName"],
        "RoleId": f"AROA{world.next():017d}",
        "Arn": f"arn:aws:iam::123456789012:role{path}{given['RoleName']}",
        "CreateDate": Stamp(NOW),
        "AssumeRolePolicyDocument": given["AssumeRolePolicyDocument"],
        "MaxSessionDuration": given.get("MaxSessionDuration", 3600),
    }
    return {"Role": role}


def key_pair_answer(given: dict[str, Any], world: World) -> dict[str, Any]:
    specifications = given.get("TagSpecifications", ())
    tags = [t for one in specifications for t in one.get("Tags", ())]
    answer = {
        "keyName": given["KeyName"],
        "keyPairId": f"key-{world.next():017x}",
        "keyFingerprint": "1f:51:ae:28:bf:89",
        "keyMaterial": "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
    }
    lower = [{k.lower(): v for k, v in tag.items()} for tag in tags]
    return {**answer, **({"tagSet": Items("item", lower)} if lower else {})}


def health_check_answer(given: dict[str, Any], world: World) -> dict[str, Any]:
    config = dict(given["HealthCheckConfig"])
    for name, tag in (("ChildHealthChecks", "ChildHealthCheck"), ("Regions", "Region")):
        if name in config:
            config[name] = Items(tag, config[name])
    check = {
        "Id": f"{world.next():08x}-0000-4000-8000-000000000000",
        "CallerReference": given["CallerReference"],
        "HealthCheckConfig": config,
        "HealthCheckVersion": 1,
    }
    location = f"https://route53.amazonaws.com/2013-04-01/healthcheck/{check['Id']}"
    return {"HealthCheck": check, "header:Location": location}


def secret_answer(given: dict[str, Any], world: World) -> dict[str, Any]:
    arn = f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{given['Name'][:200]}-AbCdEf"
    answer = {"ARN": arn, "Name": given["Name"][:256]}
    if "SecretString" in given or "SecretBinary" in given:
        made = f"{world.next():08x}-0000-4000-8000-000000000000"
        answer["VersionId"] = given.get("ClientRequestToken") or made
    return answer


def machine_answer(given: dict[str, Any], world: World) -> dict[str, Any]:
    arn = f"arn:aws:states:us-east-1:123456789012:stateMachine:{given['name']}"
    answer = {"stateMachineArn": arn, "creationDate": Stamp(NOW)}
    return {**answer, **({"stateMachineVersionArn": f"{arn}:1"} if given.get("publish") else {})}


def stream_answer(given: dict[str, Any], world: World) -> dict[str, Any]:
    arn = f"arn:aws:cloudwatch:us-east-1:123456789012:metric-stream/{given['Name']}"
    return {"Arn": arn}


def histories() -> list[dict[str, Any]]:
    return [
        {
            "AlarmName": "cpu-high",
            "AlarmType": "MetricAlarm",
            "Timestamp": Stamp(NOW - 60 * number),
            "HistoryItemType": "StateUpdate",
            "HistorySummary": f"Alarm updated for the {number}. time",
            "HistoryData": "{}",
        }
        for number in range(7)
    ]


def history_answer(given: dict[str, Any], world: World) -> dict[str, Any]:
    token = given.get("NextToken")
    if token is not None and not re.fullmatch(r"page-\d+", token):
        raise RefusedError("token", "NextToken")
    start = int(token.partition("-")[2]) if token else 0
    found = histories()
    if given.get("ScanBy") == "TimestampAscending":
        found.reverse()
    if given.get("AlarmName", "cpu-high") != "cpu-high":
        found = []
    limit = given.get("MaxRecords")
    stop = start + (limit if isinstance(limit, int) else 100)
    answer: dict[str, Any] = {"AlarmHistoryItems": found[start:stop]}
    return {**answer, **({"NextToken": f"page-{stop}"} if stop < len(found) else {})}


# Rules over several members: name of the rule, member, error code (or category).
Crossed = Iterator[tuple[str, str, str]]


def machine_rules(given: dict[str, Any]) -> Crossed:
    logging = given.get("loggingConfiguration") or {}
    if logging.get("level", "OFF") != "OFF" and not logging.get("destinations"):
        yield "destinations", "loggingConfiguration.destinations", "InvalidLoggingConfiguration"
    if given.get("versionDescription") is not None and not given.get("publish"):
        yield "description", "versionDescription", "ValidationException"


def secret_rules(given: dict[str, Any]) -> Crossed:
    if "SecretString" in given and "SecretBinary" in given:
        yield "both", "SecretString", "InvalidParameterException"
    if "CrossAccountPrimaryARN" in given:
        for other in ("SecretString", "SecretBinary", "Description", "AddReplicaRegions", "Type"):
            if other in given:
                yield f"replica-{other}", other, "InvalidParameterException"
        if "KmsKeyId" not in given:
            yield "replica-key", "KmsKeyId", "InvalidParameterException"


def health_rules(given: dict[str, Any]) -> Crossed:
    config = given.get("HealthCheckConfig") or {}
    if config.get("Type") in ("CLOUDWATCH_METRIC", "CALCULATED") and "Port" in config:
        yield "port", "HealthCheckConfig.Port", "InvalidInput"
    if config.get("Type") == "RECOVERY_CONTROL":
        for name in ("RequestInterval", "FailureThreshold", "MeasureLatency"):
            if name in config:
                yield f"recovery-{name}", f"HealthCheckConfig.{name}", "InvalidInput"


def stream_rules(given: dict[str, Any]) -> Crossed:
    if "IncludeFilters" in given and "ExcludeFilters" in given:
        yield "filters", "IncludeFilters", "InvalidParameterCombinationException"


def alike(code: str, status: int = 400) -> dict[str, tuple[str, int]]:
    """One error for everything that a request may break."""
    return dict.fromkeys(("missing", "constraint", "type", "malformed", "token"), (code, status))


def framework(**more: tuple[str, int]) -> dict[str, tuple[str, int]]:
    unreadable = ("SerializationException", 400)
    return {**alike("ValidationException"), "type": unreadable, "malformed": unreadable, **more}


OPERATIONS: dict[str, Operation] = {
    one.name: one
    for one in (
        Operation(
            "stepfunctions.CreateStateMachine", "json-1.0", "AWSStepFunctions", STATE_MACHINE,
            framework(conflict=("StateMachineAlreadyExists", 400)), machine_answer,
            ("stateMachineArn", "creationDate"), ("stateMachineVersionArn",), machine_rules,
            alike("InvalidDefinition"), (("StateMachineLimitExceeded", 400), ("InvalidArn", 400)),
            "name", numbers=("creationDate",),
        ),
        Operation(
            "kinesis.CreateStream", "json-1.1", "Kinesis_20131202", STREAM,
            framework(conflict=("ResourceInUseException", 400)), lambda given, world: {},
            others=alike("InvalidArgumentException"), unique="StreamName",
            declared=(("LimitExceededException", 400), ("ResourceInUseException", 400)),
        ),
        Operation(
            "secretsmanager.CreateSecret", "json-1.1", "secretsmanager", SECRET,
            framework(conflict=("ResourceExistsException", 400)), secret_answer, (),
            ("ARN", "Name", "VersionId"), secret_rules, alike("InvalidParameterException"),
            (("ResourceNotFoundException", 400), ("LimitExceededException", 400)), "Name",
        ),
        Operation(
            "iam.CreateRole", "query", "2010-05-08", ROLE,
            {**alike("ValidationError"), "conflict": ("EntityAlreadyExists", 409)}, role_answer,
            ("Role", "Role.RoleId", "Role.Arn", "Role.CreateDate", "Role.Path", "Role.RoleName"),
            others=alike("InvalidInput"), unique="RoleName",
            declared=(("LimitExceeded", 409), ("EntityAlreadyExists", 409)),
            namespace="https://iam.amazonaws.com/doc/2010-05-08/",
            numbers=("Role.CreateDate", "Role.MaxSessionDuration"),
        ),
        Operation(
            "ec2.CreateKeyPair", "ec2", "2016-11-15", KEY_PAIR,
            {**alike("InvalidParameterValue"), "missing": ("MissingParameter", 400),
             "conflict": ("InvalidKeyPair.Duplicate", 400)}, key_pair_answer, (),
            ("keyName", "keyPairId", "keyFingerprint", "keyMaterial"),
            others={**alike("InvalidParameter"), "missing": ("MissingParameter", 400)},
            unique="KeyName", namespace="http://ec2.amazonaws.com/doc/2016-11-15/",
        ),
        Operation(
            "route53.CreateHealthCheck", "rest-xml", "/2013-04-01/healthcheck", HEALTH_CHECK,
            {**alike("InvalidInput"), "conflict": ("HealthCheckAlreadyExists", 409)},
            health_check_answer,
            ("HealthCheck", "header:Location", "HealthCheck.Id", "HealthCheck.CallerReference",
             "HealthCheck.HealthCheckConfig", "HealthCheck.HealthCheckVersion"),
            cross=health_rules, others={**alike("InvalidInput"), "malformed": ("MalformedXML", 400)},
            declared=(("TooManyHealthChecks", 400), ("HealthCheckAlreadyExists", 409)),
            unique="CallerReference", namespace="https://route53.amazonaws.com/doc/2013-04-01/",
            status=201, numbers=("HealthCheck.HealthCheckVersion",),
        ),
        Operation(
            "s3.PutObjectTagging", "rest-xml-bare", "?tagging", TAGGING,
            {**alike("InvalidTag"), "missing": ("MalformedXML", 400),
             "malformed": ("MalformedXML", 400), "type": ("MalformedXML", 400),
             "header": ("InvalidArgument", 400)},
            lambda given, world: {"header:x-amz-version-id": given.get("VersionId") or "null"},
            others={**alike("MalformedXML"), "header": ("InvalidRequest", 400)},
        ),
        Operation(
            "cloudwatch.PutMetricStream", "cbor", "GraniteServiceVersion20100801", METRIC_STREAM,
            {**alike("InvalidParameterValueException"),
             "missing": ("MissingRequiredParameterException", 400),
             "type": ("SerializationException", 400),
             "malformed": ("SerializationException", 400)}, stream_answer, (), ("Arn",),
            stream_rules, framework(),
            (("ConcurrentModificationException", 429),),
        ),
        Operation(
            "cloudwatch.DescribeAlarmHistory", "cbor", "GraniteServiceVersion20100801", HISTORY,
            framework(token=("InvalidNextToken", 400)), history_answer, (), ("AlarmHistoryItems",),
            others={**alike("InvalidParameterValueException"), "token": ("InvalidNextToken", 400)},
        ),
    )
}  # fmt: skip


# --------------------------------------------------------------------------------------------
# Switches.

Change = Callable[[Reply, Operation], Reply]


@dataclass(frozen=True)
class Deviation:
    """One fault: a hook that a check asks for at a member, or a change of the reply."""

    name: str
    operation: str
    member: str
    kind: str
    hook: str = ""
    arg: Any = True
    change: Change | None = None


READINGS = {
    "other-names": "constraints answer another validation error that is declared or usual",
    "parse-errors-documented": "unreadable requests answer like broken constraints",
    "remembers": "names that were given before are conflicts",
    "lenient-text": "numbers and booleans in texts are read leniently: +5, ' 5', True, 1",
    "whole-floats": "5.0 is read as 5",
    "empty-lists-absent": "an empty list in a form or in XML is no list",
    "qualified-error-type": "errors are named `com.amazonaws#Name`, in the header too",
    "extra-members": "answers carry members that nobody documented",
    "indented": "XML is declared and indented, JSON is spaced",
    "streamed-cbor": "CBOR answers use indefinite lengths and small floats",
    "contents": "policies and state machines must be JSON",
    "tags-50": "a stream takes 50 tags, as the sentence says",
    "no-combinations": "rules over several members that a sentence only describes are not checked",
    "empty-bodies": "an operation without output answers no body",
}


class Switches:
    """The deviations and readings that are on."""

    def __init__(self, deviations: Iterable[Deviation] = (), readings: Iterable[str] = ()) -> None:
        self.readings = frozenset(readings)
        self.chosen = tuple(deviations)

    def on(self, operation: Operation, member: str, hook: str) -> Any:
        """What a hook was switched on with, or None."""
        for one in self.chosen:
            if (one.operation, one.member, one.hook) == (operation.name, member, hook):
                return one.arg
        return None


# --------------------------------------------------------------------------------------------
# CBOR: a small codec of our own.


class Stamp(float):
    """Seconds since the epoch: tag 1 in CBOR, a number in JSON, ISO 8601 in XML."""


class Cbor:
    """Reads one item from bytes."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        if self.at + size > len(self.data):
            raise RefusedError("malformed")
        self.at += size
        return self.data[self.at - size : self.at]

    def size(self, info: int) -> int | None:
        if info < 24:
            return info
        if info == 31:
            return None
        if info > 27:
            raise RefusedError("malformed")
        return int.from_bytes(self.take(1 << (info - 24)))

    def ended(self) -> bool:
        if self.at < len(self.data) and self.data[self.at] == 0xFF:
            self.at += 1
            return True
        return False

    def item(self) -> Any:
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if major == 7:
            return self.simple(info)
        size = self.size(info)
        if major in (2, 3):
            return self.text(major, size)
        if major == 4:
            return list(self.several(size, self.item))
        if major == 5:
            return dict(self.several(size, lambda: (self.key(), self.item())))
        if size is None:
            raise RefusedError("malformed")
        if major == 6:
            return self.tagged(size)
        return size if major == 0 else -1 - size

    def key(self) -> str:
        key = self.item()
        if not isinstance(key, str):
            raise RefusedError("malformed")
        return key

    def tagged(self, tag: int) -> Any:
        value = self.item()
        if tag == 1 and isinstance(value, int | float) and not isinstance(value, bool):
            return Stamp(value)
        raise RefusedError("type")

    def several(self, size: int | None, one: Callable[[], Any]) -> Iterator[Any]:
        if size is None:
            while not self.ended():
                yield one()
        else:
            for _ in range(size):
                yield one()

    def text(self, major: int, size: int | None) -> Any:
        if size is None:
            parts = []
            while not self.ended():
                parts.append(self.item())
            kind = bytes if major == 2 else str
            if not all(isinstance(part, kind) for part in parts):
                raise RefusedError("malformed")
            return b"".join(parts) if major == 2 else "".join(parts)
        data = self.take(size)
        if major == 2:
            return data
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise RefusedError("malformed") from None

    def simple(self, info: int) -> Any:
        if info in (20, 21):
            return info == 21
        if info in (22, 23):
            return None
        forms = {25: (">e", 2), 26: (">f", 4), 27: (">d", 8)}
        if info not in forms:
            raise RefusedError("malformed")
        form, size = forms[info]
        return struct.unpack(form, self.take(size))[0]


def cbor_head(major: int, size: int) -> bytes:
    for info, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if size < 24:
            return bytes([major << 5 | size])
        if size < 1 << 8 * width:
            return bytes([major << 5 | info]) + size.to_bytes(width)
    raise OverflowError(size)


def to_cbor(value: Any, streamed: bool = False) -> bytes:
    """Write a value; `streamed` with indefinite lengths and half floats."""
    if isinstance(value, bool) or value is None:
        return {True: b"\xf5", False: b"\xf4", None: b"\xf6"}[value]
    if isinstance(value, Stamp):
        whole = int(value)
        return b"\xc1" + (to_cbor(whole) if streamed else b"\xfb" + struct.pack(">d", value))
    if isinstance(value, int):
        return cbor_head(0, value) if value >= 0 else cbor_head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, bytes):
        return cbor_head(2, len(value)) + value
    if isinstance(value, str):
        data = value.encode()
        plain = cbor_head(3, len(data)) + data
        return b"\x7f" + plain + b"\xff" if streamed else plain
    if isinstance(value, list):
        inner = b"".join(to_cbor(one, streamed) for one in value)
        return b"\x9f" + inner + b"\xff" if streamed else cbor_head(4, len(value)) + inner
    inner = b"".join(to_cbor(k) + to_cbor(v, streamed) for k, v in value.items())
    return b"\xbf" + inner + b"\xff" if streamed else cbor_head(5, len(value)) + inner


# --------------------------------------------------------------------------------------------
# XML and query: values as texts, made into values by their shape.


class Items(list[Any]):
    """A list that knows the name of its items."""

    def __init__(self, tag: str, items: Iterable[Any]) -> None:
        super().__init__(items)
        self.tag = tag


def to_xml(name: str, value: Any, attributes: str = "") -> str:
    if isinstance(value, dict):
        inner = "".join(to_xml(k, v) for k, v in value.items())
    elif isinstance(value, list):
        tag = getattr(value, "tag", "member")
        inner = "".join(to_xml(tag, one) for one in value)
    elif isinstance(value, bool):
        inner = str(value).lower()
    elif isinstance(value, Stamp):
        inner = iso(value)
    else:
        inner = escape(str(value), {"\r": "&#xD;"})
    return f"<{name}{attributes}>{inner}</{name}>"


def iso(value: float) -> str:
    return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Reader:
    """Makes values of texts; a text that cannot be one is kept as it is, for the type check."""

    def __init__(self, lenient: bool) -> None:
        self.lenient = lenient

    def scalar(self, shape: Shape, text: str) -> Any:
        if isinstance(shape, Whole):
            return self.whole(text)
        if isinstance(shape, Flag):
            return self.flag(text)
        return text

    def whole(self, text: str) -> Any:
        form = r"\s*[+-]?\d+\s*" if self.lenient else r"-?\d+"
        return int(text) if re.fullmatch(form, text, re.ASCII) else text

    def flag(self, text: str) -> Any:
        known = {"true": True, "false": False}
        if self.lenient:
            known |= {"1": True, "0": False}
            text = text.lower()
        return known.get(text, text)


class QueryReader(Reader):
    """Reads the flat keys of a form; `ec2` has lists without `member`."""

    def __init__(self, pairs: list[tuple[str, str]], ec2: bool, lenient: bool) -> None:
        super().__init__(lenient)
        self.pairs: dict[str, str] = {}
        for key, value in pairs:
            self.pairs.setdefault(key, value)
        self.ec2 = ec2

    def under(self, prefix: str) -> bool:
        return prefix in self.pairs or any(key.startswith(f"{prefix}.") for key in self.pairs)

    def read(self, shape: Shape, prefix: str) -> Any:
        if isinstance(shape, Record):
            return self.record(shape, f"{prefix}.")
        if isinstance(shape, Seq):
            return self.items(shape, prefix)
        return self.scalar(shape, self.pairs.get(prefix, ""))

    def record(self, shape: Record, prefix: str = "") -> dict[str, Any]:
        found = {}
        for name, wire, _, inner in shape.members():
            if self.under(prefix + wire):
                found[name] = self.read(inner, prefix + wire)
        return found

    def items(self, shape: Seq, prefix: str) -> list[Any]:
        base = prefix if self.ec2 else f"{prefix}.member"
        found: list[Any] = []
        while self.under(f"{base}.{len(found) + 1}"):
            found.append(self.read(shape.item, f"{base}.{len(found) + 1}"))
        return found


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


class XmlReader(Reader):
    """Reads elements by the shape that they should have."""

    def read(self, shape: Shape, element: ElementTree.Element) -> Any:
        if isinstance(shape, Record):
            return self.record(shape, element)
        if isinstance(shape, Seq):
            return [self.read(shape.item, one) for one in element if local(one.tag) == shape.tag]
        if len(element):
            raise RefusedError("type")
        return self.scalar(shape, element.text or "")

    def record(self, shape: Record, element: ElementTree.Element) -> dict[str, Any]:
        children = {local(child.tag): child for child in reversed(element)}
        found = {}
        for name, wire, _, inner in shape.members():
            if wire in children:
                found[name] = self.read(inner, children[wire])
        return found


# --------------------------------------------------------------------------------------------
# Checking.

INT32 = range(-(2**31), 2**31)
TYPES: dict[type, tuple[type, ...]] = {
    Text: (str,),
    Whole: (int,),
    Flag: (bool,),
    Seq: (list,),
    Table: (dict,),
    Record: (dict,),
    Moment: (Stamp,),
}


class Whatever(str):
    """What a fault took without being able to read it."""


class Checker:
    """Checks one request in two passes."""

    def __init__(self, operation: Operation, switches: Switches) -> None:
        self.operation, self.switches = operation, switches
        self.binary = operation.protocol == "cbor"

    def on(self, member: str, hook: str) -> Any:
        return self.switches.on(self.operation, member, hook)

    # ---------------------------------------------------------------- types

    def typed(self, shape: Shape, value: Any, at: str) -> Any:
        """The value with blobs decoded and nulls dropped; raises for another type."""
        try:
            return self.plainly_typed(shape, value, at)
        except RefusedError:
            if not self.on(at, "type-off"):
                raise
            return None if isinstance(shape, Record | Seq | Table) else Whatever("whatever")

    def plainly_typed(self, shape: Shape, value: Any, at: str) -> Any:
        if isinstance(shape, Blob):
            return self.blob(value, at)
        if isinstance(shape, Whole):
            value = self.whole(value, at)
        if isinstance(shape, Moment) and not self.binary and isinstance(value, int | float):
            value = Stamp(value)
        wrong_bool = isinstance(value, bool) and not isinstance(shape, Flag)
        if not isinstance(value, TYPES[type(shape)]) or wrong_bool:
            raise RefusedError("type", at)
        return self.inside(shape, value, at)

    def whole(self, value: Any, at: str) -> Any:
        wide = "whole-floats" in self.switches.readings
        if wide and isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and value not in INT32:
            raise RefusedError("type", at)
        return value

    def blob(self, value: Any, at: str) -> bytes:
        if self.binary and isinstance(value, bytes):
            return value
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError, TypeError):
            raise RefusedError("type", at) from None

    def inside(self, shape: Shape, value: Any, at: str) -> Any:
        if isinstance(shape, Seq):
            items = [self.dense(shape.item, one, f"{at}[]") for one in value]
            return [one for one in items if one is not None]
        if isinstance(shape, Table):
            pairs = {k: self.dense(shape.value, v, f"{at}{{}}") for k, v in value.items()}
            return {k: v for k, v in pairs.items() if v is not None}
        if not isinstance(shape, Record):
            return value
        found = {}
        for name, _, _, inner in shape.members():
            if value.get(name) is not None:
                one = self.typed(inner, value[name], joined(at, name))
                if one is not None:
                    found[name] = one
        return found

    def dense(self, shape: Shape, value: Any, at: str) -> Any:
        if value is None:
            raise RefusedError("type", at)
        return self.typed(shape, value, at)

    # ---------------------------------------------------------------- constraints

    def check(self, shape: Shape, value: Any, at: str) -> None:
        """Raise for the first constraint that is broken."""
        if isinstance(value, Whatever) or self.on(at, "unchecked"):
            return
        if self.on(at, "refused"):
            raise RefusedError("constraint", at)
        kind = type(shape)
        if kind is Record:
            self.record(shape, value, at)
        elif kind is Whole:
            self.limits(shape, value, at)
        elif kind is Text:
            self.limits(shape, len(value), at)
            self.text(shape, value, at)
        elif kind in (Blob, Seq, Table):
            self.limits(shape, len(value), at)
            self.entries(shape, value, at)

    def limits(self, shape: Any, size: int, at: str) -> None:
        low = shape.min
        if self.on(at, "min-minus"):
            low -= 1
        if self.on(at, "min-plus"):
            low += 1
        if low is not None and size < low and not self.on(at, "min-off"):
            raise RefusedError("constraint", at)
        high = shape.max
        if high is not None and "tags-50" in self.switches.readings and at == "Tags":
            high = min(high, 50)
        if self.on(at, "max-plus"):
            high += 1
        if self.on(at, "max-minus"):
            high -= 1
        if high is not None and size > high and not self.on(at, "max-off"):
            raise RefusedError("constraint", at)

    def text(self, shape: Text, value: str, at: str) -> None:
        known = shape.enum
        if self.on(at, "enum-anycase"):
            known += tuple(one for one in (value,) if value.lower() in map(str.lower, known))
        if self.on(at, "enum-prefix"):
            known += tuple(one for one in (value,) if value.startswith(known))
        refused = self.on(at, "enum-refuses")
        outside = bool(shape.enum) and value not in known and not self.on(at, "enum-off")
        if outside or (refused is not None and value == refused):
            raise RefusedError("constraint", at)
        if shape.rule is None or self.on(at, "pattern-off"):
            return
        whole = self.on(at, "pattern-start") is None
        if not follows(shape.rule, value, whole):
            raise RefusedError("constraint", at)

    def entries(self, shape: Any, value: Any, at: str) -> None:
        if isinstance(shape, Seq):
            few = self.on(at, "first-only")
            for one in value[:1] if few else value:
                self.check(shape.item, one, f"{at}[]")
        if isinstance(shape, Table):
            for key, one in value.items():
                self.check(shape.key, key, f"{at}{{key}}")
                self.check(shape.value, one, f"{at}{{}}")

    def record(self, shape: Record, value: dict[str, Any], at: str) -> None:
        for name, _, required, _ in shape.members():
            member = joined(at, name)
            asked = required and not self.on(member, "required-off")
            if name not in value and (asked or self.on(member, "required-on")):
                raise RefusedError("missing", member)
        for name, _, _, inner in shape.members():
            if name in value:
                self.check(inner, value[name], joined(at, name))


def follows(rule: str | Rule, value: str, whole: bool) -> bool:
    if callable(rule):
        return rule(value)
    return bool((re.fullmatch if whole else re.match)(rule, value))


def joined(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


# --------------------------------------------------------------------------------------------
# The application.

JSON_TYPES = {"json-1.0": "application/x-amz-json-1.0", "json-1.1": "application/x-amz-json-1.1"}
FORM = "application/x-www-form-urlencoded"


class Application:
    """Answers requests; sockets are somebody else's."""

    def __init__(self, switches: Switches) -> None:
        self.switches = switches
        self.world = World()
        self.serial = 0

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The answer to one request; header names are in lower case."""
        self.serial += 1
        operation = route(method, path, headers, body)
        if operation is None:
            return unknown(headers)
        try:
            reply = self.success(operation, self.performed(operation, path, headers, body))
        except RefusedError as refused:
            reply = self.refusal(operation, refused)
        for one in self.switches.chosen:
            if one.operation == operation.name and one.change is not None:
                reply = one.change(reply, operation)
        return reply

    def performed(
        self, operation: Operation, path: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, Any]:
        checker = Checker(operation, self.switches)
        raw = self.parsed(operation, path, headers, body)
        given = checker.typed(operation.input, raw, "")
        texts = operation.protocol not in (*JSON_TYPES, "cbor")
        if texts and "empty-lists-absent" in self.switches.readings:
            given = without_empty(given)
        checker.check(operation.input, given, "")
        self.combined(operation, given)
        return self.made(operation, given)

    def combined(self, operation: Operation, given: dict[str, Any]) -> None:
        for rule, member, code in operation.cross(given):
            soft = rule.startswith("recovery-") and "no-combinations" in self.switches.readings
            if not soft and not self.switches.on(operation, member, f"cross-{rule}"):
                raise RefusedError("cross", member, code)
        if given.get("DryRun") and operation.protocol == "ec2":
            raise RefusedError("dry", "DryRun", "DryRunOperation")
        if "contents" in self.switches.readings:
            policies(given)

    def made(self, operation: Operation, given: dict[str, Any]) -> dict[str, Any]:
        token = given.get("ClientRequestToken")
        asked = json.dumps(given, sort_keys=True, default=repr)
        key = (given.get("Name", ""), token or "")
        on = self.switches.on
        if token and not on(operation, "ClientRequestToken", "token-ignored"):
            if on(operation, "ClientRequestToken", "token-global"):
                key = ("", token)
            if key in self.world.tokens:
                before, answer = self.world.tokens[key]
                sticky = on(operation, "ClientRequestToken", "token-sticky")
                if before != asked and not sticky:
                    raise RefusedError("conflict", "ClientRequestToken")
                return answer
        if on(operation, "NextToken", "token-any") and "NextToken" in given:
            token_text = given["NextToken"]
            if not re.fullmatch(r"page-\d+", token_text):
                given = {k: v for k, v in given.items() if k != "NextToken"}
        if on(operation, "MaxRecords", "limit-ignored"):
            given = {k: v for k, v in given.items() if k != "MaxRecords"}
        self.remember(operation, given)
        answer = operation.output(Given(given), self.world)
        if token:
            self.world.tokens[key] = (asked, answer)
        return answer

    def remember(self, operation: Operation, given: dict[str, Any]) -> None:
        if not operation.unique or "remembers" not in self.switches.readings:
            return
        key = (operation.name, given.get(operation.unique, ""))
        if key in self.world.names:
            raise RefusedError("conflict", operation.unique)
        self.world.names.add(key)

    # ---------------------------------------------------------------- reading

    def parsed(
        self, operation: Operation, path: str, headers: Mapping[str, str], body: bytes
    ) -> Any:
        lenient = "lenient-text" in self.switches.readings
        if operation.protocol in JSON_TYPES:
            return from_json(body)
        if operation.protocol == "cbor":
            return from_cbor(body)
        if operation.protocol in ("query", "ec2"):
            pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
            reader = QueryReader(pairs, operation.protocol == "ec2", lenient)
            return reader.record(operation.input)
        return from_rest(operation.input, path, headers, body, lenient)

    # ---------------------------------------------------------------- writing

    def refusal(self, operation: Operation, refused: RefusedError) -> Reply:
        table = dict(operation.codes)
        if "other-names" in self.switches.readings:
            table |= operation.others
        what = refused.what
        if what in ("type", "malformed") and "parse-errors-documented" in self.switches.readings:
            what = "constraint"
        headed = operation.protocol == "rest-xml-bare" and not refused.member.startswith("Tagging")
        if what == "constraint" and headed:
            what = "header"
        code, status = (refused.code, 400) if refused.code else table[what]
        if refused.code == "DryRunOperation":
            status = 412
        return write_error(operation, code, status, str(refused), self.switches.readings)

    def success(self, operation: Operation, output: dict[str, Any]) -> Reply:
        for one in self.switches.chosen:
            if one.operation == operation.name and one.hook == "output":
                output = one.arg(json_copy(output))
        if "extra-members" in self.switches.readings:
            output = {**output, "UndocumentedMember": "x"}
        return write_success(operation, output, self.switches.readings)


def json_copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: json_copy(v) for k, v in value.items()}
    if isinstance(value, Items):
        return Items(value.tag, (json_copy(one) for one in value))
    return [json_copy(one) for one in value] if isinstance(value, list) else value


def without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_empty(v) for k, v in value.items() if v != []}
    return [without_empty(one) for one in value] if isinstance(value, list) else value


def policies(given: dict[str, Any]) -> None:
    contents = {
        "AssumeRolePolicyDocument": "MalformedPolicyDocument",
        "definition": "InvalidDefinition",
    }
    for name, code in contents.items():
        if name in given:
            try:
                json.loads(given[name])
            except ValueError:
                raise RefusedError("content", name, code) from None


def route(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Operation | None:
    """The operation that a request is for."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    parts = urlsplit(path)
    found = [one for one in OPERATIONS.values() if claims(one, method, parts, kind, headers, body)]
    return found[0] if found else None


def claims(
    operation: Operation,
    method: str,
    parts: Any,
    kind: str,
    headers: Mapping[str, str],
    body: bytes,
) -> bool:
    if operation.protocol in JSON_TYPES:
        target = f"{operation.service}.{operation.short}"
        typed = kind == JSON_TYPES[operation.protocol]
        return method == "POST" and typed and headers.get("x-amz-target") == target
    if operation.protocol == "cbor":
        wanted = f"/service/{operation.service}/operation/{operation.short}"
        spoken = headers.get("smithy-protocol") == "rpc-v2-cbor" and "x-amz-target" not in headers
        return method == "POST" and spoken and parts.path.endswith(wanted)
    if operation.protocol in ("query", "ec2"):
        form = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        named = (form.get("Action"), form.get("Version")) == (operation.short, operation.service)
        return method == "POST" and kind == FORM and named
    if operation.protocol == "rest-xml-bare":
        return method == "PUT" and "tagging" in dict(parse_qsl(parts.query, keep_blank_values=True))
    return method == "POST" and parts.path.rstrip("/") == operation.service


def unknown(headers: Mapping[str, str]) -> Reply:
    """The answer to a request that nobody claims."""
    if "smithy-protocol" in headers:
        body = to_cbor({"__type": "aws#UnknownOperationException"})
        spoken = (("Content-Type", "application/cbor"), ("Smithy-Protocol", "rpc-v2-cbor"))
        return Reply(404, body, spoken, "UnknownOperationException")
    if "x-amz-target" in headers:
        body = b'{"__type": "UnknownOperationException"}'
        kind = headers.get("content-type", "application/x-amz-json-1.1")
        return Reply(400, body, (("Content-Type", kind),), "UnknownOperationException")
    body = (
        b"<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code>"
        b"<Message>no such operation</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    )
    return Reply(400, body, (("Content-Type", "text/xml"),), "InvalidAction")


def refuse_constant(text: str) -> Any:
    raise RefusedError("malformed")


def from_json(body: bytes) -> Any:
    if not body.strip():
        return {}
    try:
        return json.loads(body.decode(), parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise RefusedError("malformed") from None


def from_cbor(body: bytes) -> Any:
    if not body:
        return {}
    source = Cbor(body)
    value = source.item()
    if source.at != len(body):
        raise RefusedError("malformed")
    return value


def from_rest(
    shape: Record, path: str, headers: Mapping[str, str], body: bytes, lenient: bool
) -> dict[str, Any]:
    reader = XmlReader(lenient)
    parts = urlsplit(path)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    bucket, _, key = parts.path.lstrip("/").partition("/")
    root = element_of(body)
    found: dict[str, Any] = {} if root is None else reader.record(shape, root)
    places: dict[str, Mapping[str, str]] = {
        "uri": {"Bucket": unquote(bucket), "Key": unquote(key)},
        "query": query,
        "header": headers,
    }
    for name, wire, _, inner in shape.members():
        place, _, label = wire.partition(":")
        if place == "payload" and root is not None and local(root.tag) == label:
            found[name] = reader.read(inner, root)
        elif label in places.get(place, {}):
            found[name] = reader.scalar(inner, places[place][label])
    return found


def element_of(body: bytes) -> ElementTree.Element | None:
    if not body.strip():
        return None
    if b"<!DOCTYPE" in body:
        raise RefusedError("malformed")
    try:
        return ElementTree.fromstring(body)
    except ElementTree.ParseError:
        raise RefusedError("malformed") from None


# ---------------------------------------------------------------- forms on the wire

REQUEST_ID = "6f1c2a3e-0000-4000-8000-1234567890ab"
CODE_OF = {
    "InvalidParameterValueException": "InvalidParameterValue",
    "MissingRequiredParameterException": "MissingParameter",
    "InvalidParameterCombinationException": "InvalidParameterCombination",
    "ValidationException": "ValidationError",
}
PRETTY = ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n  ")


def in_json(value: Any) -> Any:
    """Numbers as JSON writes them."""
    if isinstance(value, dict):
        return {k: in_json(v) for k, v in value.items()}
    if isinstance(value, list):
        return [in_json(one) for one in value]
    return float(value) if isinstance(value, Stamp) else value


def write_error(
    operation: Operation, code: str, status: int, message: str, readings: frozenset[str]
) -> Reply:
    protocol = operation.protocol
    if protocol in JSON_TYPES:
        qualified = "qualified-error-type" in readings or protocol == "json-1.0"
        named = f"com.amazonaws.{operation.name.partition('.')[0]}#{code}" if qualified else code
        body = json.dumps({"__type": named, "message": message}).encode()
        headers = (("Content-Type", JSON_TYPES[protocol]), ("x-amzn-RequestId", REQUEST_ID))
        extra = (("X-Amzn-Errortype", f"{code}:http://internal.amazon.com/"),)
        return Reply(
            status, body, headers + (extra if "qualified-error-type" in readings else ()), code
        )
    if protocol == "cbor":
        body = to_cbor(
            {"__type": f"com.amazonaws.cloudwatch#{code}", "message": message},
            "streamed-cbor" in readings,
        )
        compatible = f"{CODE_OF.get(code, code)};Sender"
        return Reply(
            status,
            body,
            (
                ("Content-Type", "application/cbor"),
                ("Smithy-Protocol", "rpc-v2-cbor"),
                ("x-amzn-query-error", compatible),
            ),
            code,
        )
    text = xml_error(operation, code, message)
    return Reply(status, dressed(text, readings), (("Content-Type", "text/xml"),), code)


def xml_error(operation: Operation, code: str, message: str) -> str:
    if operation.protocol == "ec2":
        errors = {"Errors": {"Error": {"Code": code, "Message": message}}, "RequestID": REQUEST_ID}
        return to_xml("Response", errors)
    if operation.protocol == "rest-xml-bare":
        return to_xml("Error", {"Code": code, "Message": message, "RequestId": REQUEST_ID})
    inner = {"Type": "Sender", "Code": code, "Message": message}
    answer = {"Error": inner, "RequestId": REQUEST_ID}
    return to_xml("ErrorResponse", answer, f' xmlns="{operation.namespace}"')


def dressed(text: str, readings: frozenset[str]) -> bytes:
    if "indented" in readings:
        text = PRETTY[0] + text.replace("><", f">{PRETTY[1]}<")
    return text.encode()


def write_success(operation: Operation, output: dict[str, Any], readings: frozenset[str]) -> Reply:
    headers = tuple(
        (k.partition(":")[2], str(v)) for k, v in output.items() if k.startswith("header:")
    )
    members = {k: v for k, v in output.items() if not k.startswith("header:")}
    protocol = operation.protocol
    if protocol in JSON_TYPES:
        body = json.dumps(in_json(members), indent=1 if "indented" in readings else None).encode()
        if not members and "empty-bodies" in readings:
            body = b""
        return Reply(200, body, (("Content-Type", JSON_TYPES[protocol]),))
    if protocol == "cbor":
        spoken = (("Content-Type", "application/cbor"), ("Smithy-Protocol", "rpc-v2-cbor"))
        return Reply(200, to_cbor(members, "streamed-cbor" in readings), spoken)
    if not members or (protocol == "rest-xml-bare"):
        return Reply(operation.status, b"", headers)
    space = f' xmlns="{operation.namespace}"'
    named = f"{operation.short}Response"
    if protocol == "query":
        members = {
            f"{operation.short}Result": members,
            "ResponseMetadata": {"RequestId": REQUEST_ID},
        }
    elif protocol == "ec2":
        members = {"requestId": REQUEST_ID, **members}
    text = dressed(to_xml(named, members, space), readings)
    return Reply(operation.status, text, (("Content-Type", "text/xml"), *headers))


# --------------------------------------------------------------------------------------------
# Deviations: systematic ones for every member, those of the wire for every protocol.


def nodes(shape: Shape, at: str = "", required: bool | None = None) -> Iterator[Any]:
    """Path, shape and requiredness (None: not a member) of everything in an input."""
    if at:
        yield at, shape, required
    if isinstance(shape, Record):
        for name, _, needed, inner in shape.members():
            yield from nodes(inner, joined(at, name), needed)
    elif isinstance(shape, Seq):
        yield from nodes(shape.item, f"{at}[]")
    elif isinstance(shape, Table):
        yield f"{at}{{key}}", shape.key, None
        yield from nodes(shape.value, f"{at}{{}}")


LIMIT_KIND = {Text: "length", Whole: "range", Blob: "length", Seq: "items", Table: "items"}


def hooks_of(shape: Any, required: bool | None, protocol: str) -> Iterator[tuple[str, str, Any]]:
    """Hook, kind and argument of every fault that fits a shape."""
    if required:
        yield "required-off", "required", True
    if required is False:
        yield "refused", "refused", True
    kind = LIMIT_KIND.get(type(shape), "")
    if kind and shape.max is not None:
        for hook in ("max-off", "max-plus", "max-minus"):
            yield hook, kind, True
    low = getattr(shape, "min", None)
    if kind and low is not None and (low > 0 or isinstance(shape, Whole)):
        for hook in ("min-off", "min-minus", "min-plus"):
            yield hook, kind, True
    if getattr(shape, "enum", ()):
        yield "enum-off", "enum", True
        yield "enum-anycase", "enum", True
        yield "enum-prefix", "enum", True
        for value in (shape.enum[0], shape.enum[-1]):
            yield "enum-refuses", "enum", value
    if getattr(shape, "rule", None) is not None:
        yield "pattern-off", "pattern", True
    if isinstance(shape, Seq) and not isinstance(shape.item, Flag):
        yield "first-only", "items", True
    if isinstance(shape, Record | Table | Seq):
        yield "unchecked", "nested", True
    textual = protocol in JSON_TYPES or protocol == "cbor" or isinstance(shape, Whole | Flag)
    if textual:
        yield "type-off", "type", True


def systematic(operation: Operation) -> Iterator[Deviation]:
    for at, shape, required in nodes(operation.input):
        for hook, kind, arg in hooks_of(shape, required, operation.protocol):
            spelled = hook if arg is True else f"{hook}-{arg}"
            name = f"{operation.name}:{at}:{spelled}"
            yield Deviation(name, operation.name, at, kind, hook, arg)


CROSSED = {
    "stepfunctions.CreateStateMachine": (
        ("loggingConfiguration.destinations", "destinations"),
        ("versionDescription", "description"),
    ),
    "secretsmanager.CreateSecret": (
        ("SecretString", "both"), ("KmsKeyId", "replica-key"),
        ("SecretString", "replica-SecretString"), ("Description", "replica-Description"),
        ("AddReplicaRegions", "replica-AddReplicaRegions"), ("Type", "replica-Type"),
    ),
    "route53.CreateHealthCheck": (
        ("HealthCheckConfig.Port", "port"),
        ("HealthCheckConfig.RequestInterval", "recovery-RequestInterval"),
        ("HealthCheckConfig.FailureThreshold", "recovery-FailureThreshold"),
        ("HealthCheckConfig.MeasureLatency", "recovery-MeasureLatency"),
    ),
    "cloudwatch.PutMetricStream": (("IncludeFilters", "filters"),),
}  # fmt: skip


def crossed(operation: Operation) -> Iterator[Deviation]:
    for member, rule in CROSSED.get(operation.name, ()):
        name = f"{operation.name}:{member}:cross-{rule}"
        yield Deviation(name, operation.name, member, "cross", f"cross-{rule}")


TOKENS = (
    ("secretsmanager.CreateSecret", "ClientRequestToken", "token-ignored"),
    ("secretsmanager.CreateSecret", "ClientRequestToken", "token-sticky"),
    ("secretsmanager.CreateSecret", "ClientRequestToken", "token-global"),
    ("cloudwatch.DescribeAlarmHistory", "NextToken", "token-any"),
    ("cloudwatch.DescribeAlarmHistory", "MaxRecords", "limit-ignored"),
)


def on_errors(change: Callable[[Reply, Operation], Reply]) -> Change:
    return lambda reply, operation: change(reply, operation) if reply.code else reply


def on_success(change: Callable[[Reply, Operation], Reply]) -> Change:
    return lambda reply, operation: reply if reply.code else change(reply, operation)


def renamed(code: str, status: int) -> Change:
    def change(reply: Reply, operation: Operation) -> Reply:
        return write_error(operation, code, status, "refused", frozenset())

    return on_errors(change)


def status_of(status: int) -> Callable[[Reply, Operation], Reply]:
    return lambda reply, operation: replace(reply, status=status)


def body_of(body: bytes, kind: str | None = None) -> Callable[[Reply, Operation], Reply]:
    def change(reply: Reply, operation: Operation) -> Reply:
        changed = replace(reply, body=body)
        return changed.header("Content-Type", kind) if kind else changed

    return change


def foreign(reply: Reply, operation: Operation) -> Reply:
    """The error as another protocol writes it: JSON in XML, XML elsewhere."""
    if operation.protocol in JSON_TYPES or operation.protocol == "cbor":
        text = f"<ErrorResponse><Error><Code>{reply.code}</Code></Error></ErrorResponse>"
        return Reply(reply.status, text.encode(), (("Content-Type", "text/xml"),), reply.code)
    body = json.dumps({"__type": reply.code, "message": "refused"}).encode()
    return Reply(reply.status, body, (("Content-Type", "application/json"),), reply.code)


def nameless(reply: Reply, operation: Operation) -> Reply:
    """The error without its code."""
    if operation.protocol in JSON_TYPES:
        return replace(reply, body=b'{"message": "refused"}')
    if operation.protocol == "cbor":
        bare = reply.header("x-amzn-query-error", None)
        return replace(bare, body=to_cbor({"message": "refused"}))
    return replace(reply, body=re.sub(rb"<Code>[^<]*</Code>", b"", reply.body))


def unwrapped(reply: Reply, operation: Operation) -> Reply:
    """The XML error without (for S3: with) its envelope."""
    if operation.protocol == "rest-xml-bare":
        return replace(reply, body=b"<ErrorResponse>" + reply.body + b"</ErrorResponse>")
    inner = re.search(rb"<Error>.*</Error>", reply.body, re.DOTALL)
    return replace(reply, body=inner.group() if inner else reply.body)


def without_id(reply: Reply, operation: Operation) -> Reply:
    body = re.sub(rb"<(RequestI[dD]|requestId)>[^<]*</\1>", b"", reply.body)
    return replace(reply, body=body)


def without_result(reply: Reply, operation: Operation) -> Reply:
    """The query answer without its result wrapper."""
    tag = f"{operation.short}Result".encode()
    return replace(reply, body=re.sub(rb"</?" + tag + rb">", b"", reply.body))


def truncated(reply: Reply, operation: Operation) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def without_protocol(reply: Reply, operation: Operation) -> Reply:
    return reply.header("Smithy-Protocol", None)


HTML = body_of(b"<html><body>Oops</body></html>", "text/html")
XML_FAMILY = ("query", "ec2", "rest-xml", "rest-xml-bare")


def wire_faults(operation: Operation) -> Iterator[tuple[str, str, Change]]:
    """Name, kind and change of every fault on the wire."""
    for status in (200, 422, 500):
        yield f"error-status-{status}", "error", on_errors(status_of(status))
    yield "error-undeclared", "error", renamed("TeapotException", 400)
    yield "error-internal", "error", renamed("InternalFailure", 500)
    yield "error-not-found", "error", renamed("NoSuchThingNotFound", 404)
    for code, status in operation.declared:
        yield f"error-{code}", "error", renamed(code, status)
    yield "error-foreign", "error-form", on_errors(foreign)
    yield "error-nameless", "error-form", on_errors(nameless)
    yield "error-html", "error-form", on_errors(HTML)
    yield "error-empty", "error-form", on_errors(body_of(b""))
    if operation.protocol in ("query", "ec2", "rest-xml", "rest-xml-bare"):
        yield "error-envelope", "error-form", on_errors(unwrapped)
        yield "error-request-id", "error-form", on_errors(without_id)
    yield "success-500", "status", on_success(status_of(500))
    other = 202 if operation.protocol != "rest-xml" else 200
    yield f"success-{other}", "status", on_success(status_of(other))
    yield "success-html", "output", on_success(HTML)
    if operation.protocol == "cbor":
        yield "success-protocol", "output", on_success(without_protocol)
        yield "success-json", "output", on_success(body_of(b"{}", "application/json"))
    if operation.protocol == "query":
        yield "success-unwrapped", "output", on_success(without_result)
    if operation.required_output or operation.optional_output:
        yield "success-truncated", "output", on_success(truncated)
    if operation.required_output and "header:" not in operation.required_output[0]:
        yield "success-empty", "output", on_success(body_of(b""))


def edited(path: str, value: Any) -> Callable[[Any], Any]:
    """Remove (None) or replace what is at a path of an output."""

    def edit(output: Any) -> Any:
        holder, names = output, path.split(".")
        for name in names[:-1]:
            holder = holder.get(name, {})
        if names[-1] in holder:
            if value is None:
                del holder[names[-1]]
            else:
                holder[names[-1]] = value
        return output

    return edit


def output_faults(operation: Operation) -> Iterator[Deviation]:
    for member in operation.required_output:
        name = f"{operation.name}:{member}:missing"
        bare = member.removeprefix("header:")
        yield Deviation(name, operation.name, bare, "output", "output", edited(member, None))
    for member in operation.numbers:
        name = f"{operation.name}:{member}:mistyped"
        yield Deviation(name, operation.name, member, "output", "output", edited(member, "soon"))
    structured = operation.protocol in JSON_TYPES or operation.protocol == "cbor"
    for member in (*operation.required_output, *operation.optional_output) if structured else ():
        name = f"{operation.name}:{member}:is-a-list"
        yield Deviation(name, operation.name, member, "output", "output", edited(member, [{}]))
    if operation.short == "DescribeAlarmHistory":
        yield from history_faults(operation)


def each_item(**members: Any) -> Callable[[Any], Any]:
    def edit(output: Any) -> Any:
        return {
            **output,
            "AlarmHistoryItems": [{**i, **members} for i in output["AlarmHistoryItems"]],
        }

    return edit


def history_faults(operation: Operation) -> Iterator[Deviation]:
    edits: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
        ("AlarmHistoryItems[].Timestamp", "iso", each_item(Timestamp=iso(NOW))),
        ("AlarmHistoryItems[].Timestamp", "untagged", each_item(Timestamp=float(NOW))),
        ("AlarmHistoryItems[].AlarmType", "enum", each_item(AlarmType="Nonsense")),
        ("AlarmHistoryItems[].AlarmName", "number", each_item(AlarmName=5)),
        ("NextToken", "always", lambda output: {**output, "NextToken": "page-0"}),
        ("NextToken", "never", edited("NextToken", None)),
        ("NextToken", "number", edited("NextToken", 5)),
    )
    for member, what, edit in edits:
        name = f"{operation.name}:{member}:{what}"
        yield Deviation(name, operation.name, member, "output", "output", edit)


def all_deviations() -> dict[str, Deviation]:
    """Every deviation by its name."""
    found: list[Deviation] = []
    for operation in OPERATIONS.values():
        found += systematic(operation)
        found += crossed(operation)
        found += output_faults(operation)
        for name, kind, change in wire_faults(operation):
            spelled = f"{operation.name}::{name}"
            found.append(Deviation(spelled, operation.name, "", kind, change=change))
    for operation_name, member, hook in TOKENS:
        spelled = f"{operation_name}:{member}:{hook}"
        found.append(Deviation(spelled, operation_name, member, "token", hook))
    return {one.name: one for one in found}
