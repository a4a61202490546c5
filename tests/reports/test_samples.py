"""The published sample reports are what the renderers make of their results today."""

from pathlib import Path

import pytest

from aws_reports.registry import default_formats
from aws_reports.schema import load_results
from aws_reports.summary import summarise

SAMPLES = Path(__file__).parents[2] / "reports" / "samples"


@pytest.mark.parametrize("name", default_formats().names())
def test_sample_is_what_the_renderer_makes_today(name: str):
    results = load_results(SAMPLES / "results.json")
    file = SAMPLES / default_formats().get(name).file
    made = default_formats().render(name, results)
    assert made == file.read_bytes(), f"stale: see {SAMPLES.name}/README.md"


def test_sample_shows_what_a_finding_looks_like():
    summary = summarise(load_results(SAMPLES / "results.json"))
    assert summary.findings
    assert all(one.first.evidence and one.first.reproducer for one in summary.findings)
