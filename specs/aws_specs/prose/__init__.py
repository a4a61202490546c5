"""Rules out of prose: what sentences of the documentation say and no syntax block shows.

`prose_rules` reads a page, `find` any tree of members with prose; both try every row of `FAMILIES`
on every sentence. A wrong rule becomes a false finding, so every family is measured against the
SDK's models (`benchmarks/bench_prose.py`, `docs/prose-rules.md`) and carries what it earned as
its confidence.
"""

from aws_specs.prose._confidence import CONFIDENCE
from aws_specs.prose._families import FAMILIES
from aws_specs.prose._find import find, prose_rules
from aws_specs.prose._formats import FORMATS
from aws_specs.prose._html import prose_from_html
from aws_specs.prose._sentences import sentences, split
from aws_specs.prose._types import Context, Draft, Family, Sentence

__all__ = [
    "CONFIDENCE",
    "FAMILIES",
    "FORMATS",
    "Context",
    "Draft",
    "Family",
    "Sentence",
    "find",
    "prose_from_html",
    "prose_rules",
    "sentences",
    "split",
]
