"""Pages read per second, beside docutils and lxml on the same pages in the same run.

    python benchmarks/bench_readers.py [FOLDER] [--rounds N]

FOLDER holds `<rendering>/<service>/<method>.*` (default: the pages of the tests). Every round reads
every page once with each program, one after the other; the table shows medians over the rounds.
docutils and lxml only parse: what they give would still have to be understood.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import lxml.html
from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import Directive
from docutils.parsers.rst.directives import register_directive
from docutils.parsers.rst.roles import register_generic_role

from aws_specs.readers import read_page

PAGES = Path(__file__).parent.parent / "tests" / "specs" / "data" / "pages"
QUIET = {"report_level": 5, "halt_level": 5, "file_insertion_enabled": False, "raw_enabled": False}

Parser = Callable[[str], object]


class Method(Directive):
    """Sphinx's `py:method`, as far as its content is concerned."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Parse what is nested in the directive."""
        body = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, body)
        return [body]


register_directive("py:method", Method)
for role in ("class", "doc", "py:class", "ref"):
    register_generic_role(role, nodes.literal)


def docutils(text: str) -> object:
    """Parse page source with docutils, which needs to be told of Sphinx's markup."""
    return publish_doctree(text, settings_overrides=QUIET)


RIVALS: dict[str, dict[str, Parser]] = {
    "rst": {"docutils": docutils},
    "html": {"lxml": lxml.html.document_fromstring},
}


def pages(folder: Path) -> list[str]:
    """Return the texts of all pages of one rendering."""
    paths = sorted(path for path in folder.glob("*/*") if path.suffix != ".json")
    return [path.read_text(encoding="utf-8") for path in paths]


def seconds(parse: Parser, texts: list[str]) -> float:
    """Return the CPU seconds that parsing all texts takes."""
    start = time.process_time()
    for text in texts:
        parse(text)
    return time.process_time() - start


def rows(folder: Path, rounds: int) -> Iterator[tuple[str, str, int, float, float]]:
    """Yield (rendering, program, pages, median seconds, time relative to ours)."""
    for rendering in sorted(path.name for path in folder.iterdir()):
        texts = pages(folder / rendering)
        parsers = {"readers": lambda text: read_page(text, file="page")}
        parsers |= RIVALS.get(rendering, {})
        times: dict[str, list[float]] = {name: [] for name in parsers}
        for _ in range(rounds):
            for name, parse in parsers.items():
                times[name].append(seconds(parse, texts))
        ours = statistics.median(times["readers"])
        for name, taken in times.items():
            median = statistics.median(taken)
            yield rendering, name, len(texts), median, median / ours


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=PAGES)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(
        f"{'rendering':10} {'program':10} {'pages':>6} {'seconds':>9} {'pages/s':>9} {'ratio':>7}"
    )
    for rendering, name, count, median, ratio in rows(options.folder, options.rounds):
        line = (
            f"{rendering:10} {name:10} {count:6} {median:9.3f} {count / median:9.0f} {ratio:7.2f}"
        )
        print(line)


if __name__ == "__main__":
    main()
