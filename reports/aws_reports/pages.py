"""The shell of every HTML page: one file, nothing loaded, nothing run that is not ours.

Three walls stand between a hostile answer and a reader's browser: every value is made visible and
escaped on its way into the template, the page's Content-Security-Policy allows the one style sheet
and the one script of this package by their hashes and nothing else, and the page needs neither.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from aws_reports.summary import percent, plural
from aws_reports.visible import visible

_HUMP: Final = re.compile("(?<=[a-z])(?=[A-Z])")
_INVISIBLE: Final = re.compile(r"‹U\+[0-9A-F]{4,6}›")


def page(template: str, **values: Any) -> bytes:
    """Return a template of this package rendered to a whole page in UTF-8."""
    style, script = _asset("style.css"), _asset("script.js")
    text = (
        _environment()
        .get_template(template)
        .render(
            style=Markup(style),  # noqa: S704  ours, from this package
            script=Markup(script),  # noqa: S704
            policy=_policy(style, script),
            **values,
        )
    )
    return text.encode("utf-8")


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


@cache
def _asset(name: str) -> str:
    return resources.files("aws_reports").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("aws_reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    filters: dict[str, Any] = environment.filters
    filters.update(percent=percent, plural=plural, evidence=_marked, camel=_breakable)
    return environment


def _finalized(value: object) -> object:
    """Make every text that reaches the page visible, whatever path it came by."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _marked(text: str) -> Markup:
    """Return escaped text in which the names of invisible characters stand out."""
    escaped = str(escape(visible(text)))
    return Markup(_INVISIBLE.sub(r'<span class="ctl">\g<0></span>', escaped))  # noqa: S704


def _breakable(text: str) -> Markup:
    """Return an escaped name that breaks between its words where it has to."""
    return Markup(_HUMP.sub("<wbr>", str(escape(visible(text)))))  # noqa: S704
