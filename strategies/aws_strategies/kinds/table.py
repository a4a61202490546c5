"""The table of rule kinds: one row a kind."""

from __future__ import annotations

from collections.abc import Mapping

from aws_specs.spec import Kind
from aws_strategies.kinds.breach import Behaviour, always, never
from aws_strategies.kinds.limits import (
    break_items,
    break_length,
    break_range,
    keeps_items,
    keeps_length,
    keeps_range,
)
from aws_strategies.kinds.relations import break_conditional, break_exclusive, break_exists
from aws_strategies.kinds.texts import break_format, break_pattern, keeps_format, keeps_pattern
from aws_strategies.kinds.types import break_required, break_type, keeps_type
from aws_strategies.kinds.values import (
    break_enum,
    break_unsupported,
    keeps_enum,
    keeps_unsupported,
)

_SIZE = frozenset({"validation", "quota"})

KINDS: Mapping[Kind, Behaviour] = {
    "required": Behaviour(break_required, always),
    "type": Behaviour(break_type, keeps_type),
    "enum": Behaviour(break_enum, keeps_enum),
    "unsupported": Behaviour(
        break_unsupported, keeps_unsupported, frozenset({"validation", "unknown-operation"})
    ),
    "length": Behaviour(break_length, keeps_length, _SIZE),
    "items": Behaviour(break_items, keeps_items, _SIZE),
    "range": Behaviour(break_range, keeps_range, _SIZE),
    "pattern": Behaviour(break_pattern, keeps_pattern),
    "format": Behaviour(break_format, keeps_format),
    "conditional": Behaviour(break_conditional, always),
    "exclusive": Behaviour(break_exclusive, always),
    "exists": Behaviour(break_exists, always, frozenset({"not-found"})),
    "idempotency": Behaviour(never, always, frozenset({"conflict"})),
}
"""The table. Kinds without an entry state nothing that one request could break."""
