"""The ledger's benchmark asks every page that there is, and none that is empty."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the page's parts are not installed")

from bench.ledger import DECISIONS, fill, middle, pages
from bench.page.figures import OF_A_LEDGER
from iatro_governor.ledger import Reader
from iatro_governor.review.incidents import numbered


def test_every_page_is_measured_and_an_incident_has_its_decisions(tmp_path: Path) -> None:
    path = tmp_path / "large.db"
    fill(path, 3000)
    assert set(pages(path)) == {key for key, _, _ in OF_A_LEDGER if key.startswith("page_")}
    with Reader(path) as reader:
        found = numbered(reader, middle(reader))
    assert found.action.decisions > 0.8 * DECISIONS
