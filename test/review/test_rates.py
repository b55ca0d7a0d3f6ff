"""Override and disagreement rates: counted as defined, with an interval that covers, and nothing made of nothing."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from typer.testing import CliRunner

from iatro_governor.cli.main import app
from iatro_governor.ledger import Ledger, Record
from iatro_governor.review.proportions import share
from iatro_governor.testimony.witness import Witness
from test.testimony.events import Governor, said

SEES = "There is a person in the aisle, this could hurt them."


def written(path: Path, records: list[dict[str, Any]]) -> Path:
    with Ledger.open(path, key=bytes(32), context="field", software_version="0") as ledger:
        ledger.append(
            [Record("verdict", "witness", n, 1.0 + n, None, None, body) for n, body in enumerate(records)]
        )
    return path


def stats(path: Path) -> dict[str, dict[str, Any]]:
    result = CliRunner().invoke(app, ["review", "stats", str(path), "--json"])
    assert result.exit_code == 0, result.output
    return {row["model"]: row for row in json.loads(result.stdout)["models"]}


def test_the_override_rate_is_of_those_who_saw_the_danger(tmp_path: Path) -> None:
    governor, statements = Governor(), []
    plans = [
        ("a", "Driving over.", SEES, 0.5),
        ("a", "I won't do that.", SEES, 0.0),
        ("a", "I won't do that.", SEES, 0.0),
        ("a", "I won't do that.", "No.", 0.0),
        ("a", "Driving over.", "Off we go.", 0.5),
        ("b", "I won't do that.", SEES, 0.5),
    ]
    for number, (model, text, reasoning, speed) in enumerate(plans):
        acts = {"actions": ("drive()",) if speed else (), "actions_known": True}
        statements.append(said(10.0 * number, number, text, reasoning=reasoning, model=model, **acts))
        if speed:
            governor.drive(10.0 * number + 0.1, 1, speed)
    witness = Witness()
    for one in statements:
        witness.statement(one)
    for body in governor.bodies:
        witness.decision(body)
    found = stats(written(tmp_path / "ledger.db", [one.to_json() for one in witness.close(100.0)]))
    assert (found["a"]["override"]["part"], found["a"]["override"]["whole"]) == (1, 3)
    assert (found["b"]["override"]["part"], found["b"]["override"]["whole"]) == (1, 1)
    assert found["a"]["statements"] == 5 and found["a"]["disagreement"]["part"] == 1
    assert found["b"]["disagreement"]["part"] == 1, "a refusal that moves"


def test_who_saw_nothing_has_no_rate_and_odd_records_harm_nobody(tmp_path: Path) -> None:
    odd: list[dict[str, Any]] = [
        {"kind": "statement", "verdict": "AGREES", "all_verdicts": "?", "planner_model": "m"},
        {"kind": "statement", "verdict": 3, "all_verdicts": None, "reasoning_labels": {"present": "hazard"}},
        {"kind": "unattributed", "verdict": "UNATTRIBUTED_ACTION"},
    ]
    found = stats(written(tmp_path / "ledger.db", odd))
    assert found["m"]["override"]["value"] is None and found["m"]["statements"] == 1
    shown = CliRunner().invoke(app, ["review", "stats", str(tmp_path / "ledger.db")])
    assert shown.exit_code == 0 and "(unknown)" in shown.stdout


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["review", "stats", str(tmp_path / "none.db"), "--json"])
    assert result.exit_code == 2 and "no such ledger" in json.loads(result.stdout)["error"]


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_interval_is_wilsons(part: int, whole: int) -> None:
    if part > whole:
        with pytest.raises(ValueError, match="no share"):
            share(part, whole)
        return
    expected = binomtest(part, whole).proportion_ci(0.95, method="wilson")
    found = share(part, whole)
    assert math.isclose(found.low, expected.low, abs_tol=1e-9)
    assert math.isclose(found.high, expected.high, abs_tol=1e-9)
    assert found.low <= part / whole <= found.high
