"""How far each family is trusted: one number a family, from measurements where there is a truth.

`docs/prose-rules.md` has the measurements. At or above `aws_specs.spec.DEFAULT_CONFIDENCE` a rule
makes findings; below it only shapes valid requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

CONFIDENCE: Final[Mapping[str, float]] = MappingProxyType(
    {
        # limits
        "length-max": 0.85,
        "length-min": 0.85,
        "length-span": 0.85,
        "length-exact": 0.7,
        "length-total": 0.85,
        "items-max": 0.9,
        "items-min": 0.6,
        "items-span": 0.85,
        "range-max": 0.85,
        "range-min": 0.7,
        "range-span": 0.85,
        "unit": 0.5,
        # enumerations
        "enum-inline": 0.85,
        "enum-bullets": 0.9,
        "enum-broken-bullets": 0.8,
        "enum-last-words": 0.8,
        "enum-indicates": 0.8,
        "enum-described": 0.7,
        "enum-include": 0.6,
        # support
        "only-supported": 0.95,
        "only-valid": 0.9,
        "not-supported-here": 0.9,
        "not-supported": 0.7,
        "reserved": 0.7,
        # conditions
        "required": 0.7,
        "required-if": 0.8,
        "for-types-only": 0.6,
        "must-be-of-type": 0.8,
        "exclusive": 0.85,
        "union": 0.95,
        "not-together": 0.85,
        "forbidden-if": 0.85,
        "only-if": 0.8,
        "required-with": 0.8,
        "of-no-use-if": 0.6,
        "of-no-use-beside": 0.6,
        "hint-if": 0.3,
        "external": 0.7,
        # formats
        "format-must": 0.9,
        "format-stated": 0.8,
        "format-said": 0.6,
        "format-of": 0.5,
        "format-hint": 0.4,
        # states: never checkable from one answer
        "default": 0.9,
        "default-words": 0.5,
        "exists": 0.7,
        "unique": 0.7,
        "immutable": 0.7,
        "recommended": 0.7,
        "idempotency": 0.9,
    }
)
