"""The hazard analysis hangs together, and holds nothing that no test holds."""

from __future__ import annotations

import re

import pytest

from test.docs.commands import ROOT
from test.docs.test_threat_model import NODE, missing

PAGE = ROOT / "docs/safety/hazards.md"
TEXT = PAGE.read_text(encoding="utf-8")


def rows(letter: str, text: str = TEXT) -> dict[str, list[str]]:
    """The rows whose id begins with ``letter``, by id."""
    found = re.findall(rf"^\| ({letter}\d+) \| (.*) \|$", text, re.MULTILINE)
    assert len({name for name, _ in found}) == len(found), f"an id of {letter} stands twice"
    return {name: [cell.strip() for cell in rest.split(" | ")] for name, rest in found}


LOSSES, HAZARDS, UNSAFE, CAUSES = (rows(letter) for letter in "LHUC")


@pytest.mark.parametrize("name", [*UNSAFE, *CAUSES])
def test_a_line_names_a_test_that_exists(name: str) -> None:
    row = {**UNSAFE, **CAUSES}[name]
    assert NODE.match(row[-1]) and missing([name, row[0], "", row[-1]]) is None


def test_every_hazard_leads_to_a_loss_and_is_reached_by_lines() -> None:
    for name, (_, losses) in HAZARDS.items():
        assert set(losses.split(", ")) <= set(LOSSES), name
    reached = {row[1] for row in (*UNSAFE.values(), *CAUSES.values())}
    assert reached == set(HAZARDS), "each line names one hazard that there is, and each hazard has a line"
    assert {loss for _, losses in HAZARDS.values() for loss in losses.split(", ")} == set(LOSSES)


def test_numbers_run_without_gaps() -> None:
    for letter, found in zip("LHUC", (LOSSES, HAZARDS, UNSAFE, CAUSES), strict=True):
        assert list(found) == [f"{letter}{number}" for number in range(1, len(found) + 1)]


def test_what_is_wrong_would_be_seen() -> None:
    assert "holds no" in str(missing(["U1", "x", "", "`test/docs/test_hazards.py::test_nothing`"]))
    with pytest.raises(AssertionError, match="twice"):
        rows("L", "| L1 | a | b |\n| L1 | a | b |")
