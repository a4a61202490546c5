"""Drift: what two specs of an operation say differently.

Page against page, page against model, SDK version against SDK version: `diff` is a pure function
from two specs to changes; `aws_specs.diff.references` reads what people name.
"""

from aws_specs.diff.change import Change, What
from aws_specs.diff.compare import diff

__all__ = ["Change", "What", "diff"]
