"""Print the published schema of results files, made anew from the types.

`python -m aws_reports.publish > reports/aws_reports/results.schema.json`
"""

from __future__ import annotations

import sys

from aws_reports.schema import schema_text

if __name__ == "__main__":
    sys.stdout.write(schema_text())
