"""The kinds of rules: one entry a kind, its functions side by side.

* *satisfy* narrows a member's domain to what keeps the rule (`aws_strategies.domain.NARROW`);
* *break* yields every way of being wrong, the smallest first;
* *keeps* says of a value whether it keeps one statement: yes, no, or it depends on the reading;
* *expect* names the classes of errors that may answer a broken rule.

A valid request keeps every statement surely; an invalid one breaks every statement surely.
Adding a kind: its functions in the module of its concern, a row in `table`, the reader that
recognises it, a test.
"""

from aws_strategies.kinds.breach import Behaviour, Breach
from aws_strategies.kinds.checking import broken, places, value_at
from aws_strategies.kinds.limits import entries_of
from aws_strategies.kinds.table import KINDS
from aws_strategies.kinds.types import streamed
from aws_strategies.kinds.values import OUTSIDER

__all__ = [
    "KINDS",
    "OUTSIDER",
    "Behaviour",
    "Breach",
    "broken",
    "entries_of",
    "places",
    "streamed",
    "value_at",
]
