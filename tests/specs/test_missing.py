"""Which error says that what a member names is not there."""

from __future__ import annotations

import pytest

from aws_specs import catalog
from aws_specs.missing import missing_error, removes_quietly

TABLE = [
    (("ResourceNotFoundException",), "GetThing", "ThingId", "ResourceNotFoundException"),
    (("TransactionNotFoundException",), "ExecuteStatement", "secretArn", ""),
    (("TransactionNotFoundException",), "CommitTransaction", "transactionId",
     "TransactionNotFoundException"),
    (("NoSuchDelegationSet",), "DeleteReusableDelegationSet", "Id", "NoSuchDelegationSet"),
    (("NoSuchHealthCheck", "NoSuchHostedZone"), "ListTagsForResource", "ResourceId",
     "NoSuchHealthCheck"),
    (("OrganizationNotFoundException", "EntityNotFoundException"), "DeleteUser", "UserId",
     "EntityNotFoundException"),
    (("OrganizationNotFoundException", "EntityNotFoundException"), "DeleteUser", "OrganizationId",
     "OrganizationNotFoundException"),
    (("SNSTopicArnNotFoundFault",), "CreateEventSubscription", "SnsTopicArn",
     "SNSTopicArnNotFoundFault"),
    (("UnknownResourceFault",), "TagResource", "resourceArn", "UnknownResourceFault"),
    (("NoSuchEntityException",), "GetAccessKeyLastUsed", "AccessKeyId", "NoSuchEntityException"),
    (("EntityDoesNotExistException",), "ListIpRoutes", "DirectoryId",
     "EntityDoesNotExistException"),
    (("CloudHsmResourceNotFoundException",), "CreateHsm", "ClusterId",
     "CloudHsmResourceNotFoundException"),
    (("ClusterNotFoundFault",), "ListTags", "ResourceArn", "ClusterNotFoundFault"),
    (("ClusterNotFoundFault",), "DeregisterNamespace", "NamespaceIdentifier", ""),
    (("ValidationException",), "GetThing", "ThingId", ""),
    (("NoSuchOriginRequestPolicy", "NoSuchOrigin"), "CreateDistribution", "TargetOriginId",
     "NoSuchOrigin"),
    (("NoSuchOriginRequestPolicy",), "CreateDistribution", "TargetOriginId", ""),
    (("DBParameterGroupNotFoundFault",), "CreateDBInstance", "DBInstanceIdentifier", ""),
    (("DBClusterSnapshotNotFoundFault", "DBClusterNotFoundFault"), "RestoreDBClusterToPointInTime",
     "DBClusterIdentifier", "DBClusterNotFoundFault"),
    (("DBClusterNotFoundFault",), "CreateDBClusterEndpoint", "DBClusterEndpointIdentifier", ""),
    (("NoSuchFieldLevelEncryptionConfig",), "GetFieldLevelEncryption", "Id",
     "NoSuchFieldLevelEncryptionConfig"),
    (("TargetNotFoundException",), "ListPoliciesForTarget", "TargetId", "TargetNotFoundException"),
    (("UserNotFoundException", "ResourceNotFoundException"), "AdminAddUserToGroup", "UserPoolId",
     "ResourceNotFoundException"),
]  # fmt: skip


@pytest.mark.parametrize(("errors", "operation", "member", "expected"), TABLE)
def test_the_error_is_about_what_the_member_names(
    errors: tuple[str, ...], operation: str, member: str, expected: str
) -> None:
    assert missing_error(errors, operation, member) == expected


def test_an_error_about_one_kind_of_thing_makes_no_rule_for_another() -> None:
    rules = catalog.load("rds-data.ExecuteStatement").rules
    assert not [rule for rule in rules if rule.kind == "exists"]


def test_what_is_removed_quietly_need_not_be_there() -> None:
    """IAM: "it does not fail or return an error if you attempt to delete a provider that does not
    exist"; DynamoDB's DeleteItem is idempotent, and the table has to be there all the same."""
    assert "exists" not in {rule.kind for rule in catalog.load(f"iam.{QUIET}").rules}
    assert "exists" in {rule.kind for rule in catalog.load("iam.DeleteSAMLProvider").rules}
    said = "DeleteItem is an idempotent operation; running it multiple times is no error."
    assert not removes_quietly("DeleteItem", "TableName", said)
    assert removes_quietly("DeleteThing", "ThingId", "This operation is idempotent.")
    assert not removes_quietly("DeleteThing", "ThingId", "Deletes a thing.")
    assert not removes_quietly("DescribeThing", "ThingId", "This operation is idempotent.")


QUIET = "DeleteOpenIDConnectProvider"
