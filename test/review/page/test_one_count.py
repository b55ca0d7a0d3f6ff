"""The page, the report and the terminal show the same numbers."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from iatro_governor.cli.main import app
from iatro_governor.ledger import Reader
from iatro_governor.review.report import write_report
from iatro_governor.testimony.verdicts import VERDICTS
from test.review.oracle import incidents
from test.review.page.conftest import Page
from test.review.page.test_incident_pages import words


def test_page_report_and_terminal_show_the_same_verdicts(page: Page, sample: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["review", "overview", str(sample), "--by", "all", "--json"])
    (everything,) = json.loads(result.stdout)
    with Reader(sample) as reader:
        found = incidents(reader)
    write_report(sample, tmp_path / "report.html")
    fleet, report = words(page.ask("/fleet").text), words((tmp_path / "report.html").read_text())
    assert everything["records"] == len(found) > everything["statements"]
    for name in VERDICTS:
        count = sum(one.verdict == name for one in found)
        assert everything["verdicts"].get(name, 0) == count
        shown = f"{name.replace('_', ' ').capitalize()} {count} "
        assert shown in fleet and shown in report
