"""AWS itself, with a named profile, in an account that was allowed by name.

Nothing is sent before STS has said which account the credentials belong to and that account is
on the list. Endpoints, regions, FIPS, SSO, roles and refreshing are botocore's, configured as ever.
"""

# botocore is untyped: pyright infers partly unknown types from its source.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.httpsession import get_cert_path
from botocore.session import Session

from aws_conformance.exchange import Answer, Request
from aws_conformance.targets import Options, Wiring
from aws_conformance.targets.places import signing_region
from aws_conformance.targets.url import Limits, UrlTarget
from aws_conformance.wire.signing import Credentials
from aws_specs import sdk
from aws_specs.errors import TargetError


def open_aws(options: Options) -> AwsTarget:
    """Return AWS as a target once its account is known to be on the allow-list.

    Raises `TargetError` where the list is empty, there are no credentials, STS does not answer, or
    the account is another one.
    """
    if not options.allow:
        raise TargetError(
            "no AWS account is allowed",
            hint="List the sandbox's account id under `allow-accounts` in the configuration.",
        )
    try:
        session = Session(profile=options.profile or None)
        region = options.region or session.get_config_variable("region") or "us-east-1"
        account = _account(session, str(region))
    except (BotoCoreError, ClientError) as error:
        raise TargetError(
            f"AWS does not say which account this is: {error}",
            hint="Check the profile, its credentials and the region; nothing was sent but to STS.",
        ) from error
    if account not in options.allow:
        raise TargetError(
            f"account {account} is not on the allow-list ({', '.join(options.allow)})",
            hint="Use another profile, or add the account if it is a sandbox.",
        )
    return AwsTarget(session, str(region), account, options)


def has_token(profile: str) -> bool:
    """Return whether botocore would find a bearer's token; nothing is sent to find out."""
    try:
        return Session(profile=profile or None).get_auth_token() is not None
    except BotoCoreError:
        return False


def _account(session: Any, region: str) -> str:
    if session.get_credentials() is None:
        raise TargetError(
            "there are no AWS credentials",
            hint="Name a profile that has some (`aws configure`, or `aws sso login`).",
        )
    config = Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 2})
    client = session.create_client("sts", region_name=region, config=config)
    return str(client.get_caller_identity()["Account"])


class AwsTarget:
    """AWS in one region and one account. Each service has its own endpoint: see `wiring`."""

    def __init__(self, session: Any, region: str, account: str, options: Options) -> None:
        """Take a session whose account has been checked; use `open_aws`."""
        self.name = f"aws {account} {region}"
        self.endpoint = f"https://amazonaws.com/{region}"
        self.bindings: Mapping[str, str] = options.bindings
        self.account = account
        self._session = session
        self._region = region
        self._limits = options.limits or Limits()
        self._endpoints: dict[str, str] = {}
        self._pools: dict[str, UrlTarget] = {}
        self._lock = threading.Lock()

    def wiring(self, service: str) -> Wiring:
        """Return endpoint, region and credentials of a service; the credentials are fresh."""
        try:
            frozen = self._session.get_credentials().get_frozen_credentials()
        except (BotoCoreError, ClientError) as error:
            raise TargetError(
                f"the credentials of {self.name} cannot be renewed: {error}",
                hint="Log in again, and go on with --resume.",
            ) from error
        credentials = Credentials(
            frozen.access_key, frozen.secret_key, frozen.token, self._bearer(service)
        )
        return Wiring(self._endpoint(service), credentials, signing_region(service, self._region))

    def send(self, request: Request) -> Answer:
        """Send a request to its service, or to a name before its host if the operation says so.

        Raises `TargetError` for a request that was encoded for somewhere else.
        """
        endpoint = self._endpoint(request.service)
        parts = urlsplit(endpoint)
        host = next((value for name, value in request.headers if name.lower() == "host"), "")
        if not host.endswith(parts.netloc):
            raise TargetError(
                f"a request for {host!r} does not belong to {request.service} at {endpoint}",
                hint="Encode it for `wiring(target, service).endpoint`.",
            )
        return self._pool(f"{parts.scheme}://{host}").send(request)

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()

    def _endpoint(self, service: str) -> str:
        """Return the endpoint botocore resolves for a service, with all of its configuration."""
        with self._lock:
            if service not in self._endpoints:
                client = self._session.create_client(service, region_name=self._region)
                self._endpoints[service] = str(client.meta.endpoint_url)
            return self._endpoints[service]

    def _bearer(self, service: str) -> str:
        """Return the token of a service that takes one (`aws sso login`), "" where there is none.

        Raises `TargetError` where one is configured and cannot be had.
        """
        model: Any = sdk.service_model(service)
        if model.signature_version != "bearer":
            return ""
        try:
            token = self._session.get_auth_token()
            return str(token.get_frozen_token().token) if token is not None else ""
        except BotoCoreError as error:
            raise TargetError(
                f"there is no token for {service}: {error}", hint="Run `aws sso login`."
            ) from error

    def _pool(self, url: str) -> UrlTarget:
        with self._lock:
            if url not in self._pools:
                bundle = self._session.get_config_variable("ca_bundle") or get_cert_path(True)
                self._pools[url] = UrlTarget(url, limits=self._limits, ca_certs=str(bundle))
            return self._pools[url]
