"""Narrow terminals lose no number: whatever a table promises of --json is in the text, at any width."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from iatro_governor.cli.main import app
from iatro_governor.ledger import Ledger, Record

WIDTHS = [60, 80, 100, 160]
MODELS = ("tabletalk-7b-instruct-q4-finetuned-on-nothing", "base", "tabletalk-7b-instruct-q4")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three models, one with a long name, thousands of plans, and motion that nobody announced."""
    path = tmp_path_factory.mktemp("narrow") / "ledger.db"
    verdicts = ("AGREES", "HALLUCINATION_REFUSAL", "DETECTED_PROCEEDS", "CONSISTENT_REFUSAL", "BROKEN_CLAIM")
    records = []
    for n in range(1500):
        verdict = verdicts[(n * n) % 5]
        body: dict[str, Any] = {
            "kind": "statement", "verdict": verdict, "all_verdicts": [verdict], "severity": n % 4,
            "planner_model": MODELS[n % 3], "statement_t": 1.7641e9 + 100.0 * n, "text": "words " * 9,
            "reasoning_labels": {"present": ["hazard"]}, "channel": "base",
        }  # fmt: skip
        records.append(Record("verdict", "w", n, 1.7641e9 + 100.0 * n, f"a-long-plan-name-{n}", "base", body))
    silent = {"kind": "unattributed", "verdict": "UNATTRIBUTED_ACTION", "severity": 2, "channel": "base"}
    records.append(Record("verdict", "w", 1500, 1.78e9, None, "base", silent))
    with Ledger.open(path, key=bytes(32), context="simulation", software_version="0") as one:
        one.append([Record("statement", "run", 0, 1.7641e9, None, None, {"text": "first"})])
        one.append(records)
    return path


@pytest.fixture(params=WIDTHS)
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Result, Any]]:
    monkeypatch.setenv("COLUMNS", str(request.param))

    def asked(*arguments: object) -> tuple[Result, Any]:
        words = [str(argument) for argument in arguments]
        shown = CliRunner().invoke(app, words)
        assert shown.exit_code == 0, shown.output
        assert max(map(len, shown.stdout.splitlines())) <= request.param
        return shown, json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)

    return asked


def flat(result: Result) -> str:
    return " ".join(result.stdout.split())


def percent(share: dict[str, Any], digits: int) -> str:
    """A share as every table writes it."""
    if share["value"] is None:
        return "-"
    value, low, high = (f"{share[name]:.{digits}%}" for name in ("value", "low", "high"))
    return f"{value} [{low}, {high}] {share['part']}/{share['whole']}"


@pytest.mark.parametrize(
    "command", [("stats",), *(("overview", "--by", by) for by in ("model", "week", "context"))]
)
def test_rates_hold_every_share(
    command: tuple[str, ...], ledger: Path, run: Callable[..., tuple[Result, Any]]
) -> None:
    result, found = run("review", command[0], ledger, *command[1:])
    for row in found["models"] if command[0] == "stats" else found:
        if not row["statements"]:
            assert f"records of motion without a word: {row['records']}" in flat(result)
            continue
        for name in ("disagreement", "override", "limited"):
            assert percent(row[name], 0) in flat(result)
        assert re.search(rf"\b{row['statements']}\b", flat(result))


def test_a_comparison_holds_every_number(ledger: Path, run: Callable[..., tuple[Result, Any]]) -> None:
    result, found = run("compare", ledger, "--by", "model")
    assert len(found["comparisons"]) == 3
    for one in found["comparisons"]:
        assert one["a"] in flat(result) and one["b"] in flat(result)
        for row in one["differences"]:
            for side in ("a", "b"):
                assert percent(row[side], 1) in flat(result)
            if row["value"] is not None:
                value, low, high = (f"{100 * row[name]:+.1f}" for name in ("value", "low", "high"))
                assert f"{value} [{low}, {high}]" in flat(result)
            for name in ("p", "p_holm"):
                if row[name] is not None:
                    assert ("< 0.001" if row[name] < 0.001 else f"{row[name]:.3f}") in flat(result)
            if row["effect"] is not None:
                assert re.search(rf"(?<![\d.]){row['effect']:.2f}", flat(result))
    assert "…" not in result.stdout


def test_a_list_holds_every_id_time_and_severity(
    ledger: Path, run: Callable[..., tuple[Result, Any]]
) -> None:
    result, found = run("review", "list", ledger)
    lines = [line.split() for line in result.stdout.splitlines()]
    for one in found:
        after = f"{one['t'] - one['begins']:.1f}"
        (line,) = [words for words in lines if words[:2] == [str(one["id"]), after]]
        assert one["verdict"] in line and str(one["severity"]) in line
