"""Where AWS has its services: host names and signing regions, from the SDK's own data.

botocore has two tables: the endpoint rules of each service, which its clients follow, and an older
one of hosts, which knows nothing of newer services (`dsql.us-east-1.api.aws`). The rules come
first; some need more than a region, then the table must do.
"""

# botocore is untyped: pyright infers partly unknown types from its source.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlsplit

from aws_specs import sdk


@cache
def host(service: str, region: str) -> str:
    """Return the host of a service in a region, e.g. `sqs.eu-west-1.amazonaws.com`."""
    return _by_rules(service, region) or _by_table(service, region)


def _by_rules(service: str, region: str) -> str:
    """Return the host that the service's endpoint rules give for a region alone, or ""."""
    from botocore.endpoint_provider import EndpointProvider
    from botocore.exceptions import BotoCoreError

    loader: Any = sdk.loader()
    try:
        rules = loader.load_service_model(service, "endpoint-rule-set-1")
        provider: Any = EndpointProvider(rules, loader.load_data("partitions"))
        found = provider.resolve_endpoint(Region=region, UseFIPS=False, UseDualStack=False)
    except BotoCoreError:
        return ""
    return urlsplit(str(found.url)).hostname or ""


def _by_table(service: str, region: str) -> str:
    model: Any = sdk.service_model(service)
    prefix = str(model.endpoint_prefix)
    return str(_endpoint(prefix, region).get("hostname", f"{prefix}.{region}.amazonaws.com"))


def signing_region(service: str, region: str) -> str:
    """Return the region a signature names: that of a global service is fixed."""
    model: Any = sdk.service_model(service)
    prefix = str(model.endpoint_prefix)
    return str(_endpoint(prefix, region).get("credentialScope", {}).get("region", region))


@cache
def _endpoint(prefix: str, region: str) -> dict[str, Any]:
    return dict(_resolver().construct_endpoint(prefix, region) or {})


@cache
def _resolver() -> Any:
    from botocore.regions import EndpointResolver

    loader: Any = sdk.loader()
    return EndpointResolver(loader.load_data("endpoints"))
