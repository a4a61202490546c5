"""Where AWS has its services: host names and signing regions, from the SDK's own data."""

# botocore is untyped: pyright infers partly unknown types from its source.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from functools import cache
from typing import Any

from aws_specs import sdk


def host(service: str, region: str) -> str:
    """Return the host of a service in a region, e.g. `sqs.eu-west-1.amazonaws.com`."""
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
