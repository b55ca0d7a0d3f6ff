"""Whoever checks a profile or reads a ledger is told first where nothing is, or was, enforced."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest

from iatro_governor.cli._ledger_judge import make_up
from iatro_governor.ledger import Ledger, Record, segments
from iatro_governor.ledger.reader import Reader
from iatro_governor.ledger.recovery import recover
from iatro_governor.ledger.retiring import retire
from iatro_governor.review.incidents import shadow_text
from iatro_governor.review.notes import annotate
from iatro_governor.review.report import write_report
from test.forked import iatro
from test.governor.profiles import AMR

LOUD = "nothing was enforced"


def ledger(folder: Path, *shadow: bool) -> Path:
    """One session after the other in one ledger."""
    path, key = folder / "ledger.db", secrets.token_bytes(32)
    for one in shadow:
        Ledger.open(path, key=key, context="field", software_version="0", shadow=one).close()
    return path


@pytest.mark.parametrize(
    ("sessions", "told"),
    [
        ((False, False), ""),
        ((True,), f"UNSAFE SHADOW MODE: in it, {LOUD}"),
        ((False, True, False), f"UNSAFE SHADOW MODE: in 1 of its 3 sessions, {LOUD}"),
    ],
)
def test_the_ledger_and_its_report_say_so(tmp_path: Path, sessions: tuple[bool, ...], told: str) -> None:
    path = ledger(tmp_path, *sessions)
    with Reader(path) as reader:
        assert shadow_text(reader).startswith(told) and bool(shadow_text(reader)) == bool(told)
    write_report(path, tmp_path / "report.html")
    assert (LOUD in (tmp_path / "report.html").read_text()) == bool(told)
    done = iatro("review", "list", str(path))
    assert done.returncode == 0 and (LOUD in done.stderr) == bool(told)


ALL = f"UNSAFE SHADOW MODE: in it, {LOUD}"
KEY = bytes(range(32))


def told(path: Path) -> str:
    with Reader(path) as reader:
        return shadow_text(reader)


def governed(path: Path, *, shadow: bool = True) -> Ledger:
    return Ledger.open(path, key=KEY, context="field", software_version="0", shadow=shadow)


def said(number: int) -> Record:
    body = {
        "t": 1.0, "seq": number, "planner_run": "run", "plan_id": None, "channels": ["base"], "instruction": "",
        "text": "I stop.", "reasoning": "", "actions": None, "final": True, "planner": {"model_id": "m"},
    }  # fmt: skip
    return Record("statement", "run", number, 1.0, None, "base", body)


def test_what_is_added_afterwards_is_no_session_in_which_anything_was_enforced(tmp_path: Path) -> None:
    """The wrong answer: somebody writes a note, and from then on a part of the run was enforced."""
    path = tmp_path / "ledger.db"
    with governed(path) as one:
        one.append([said(0), Record("verdict", "w", 0, 1.0, None, "base", {"verdict": "AGREES"})])
    with Reader(path) as reader:
        (verdict,) = reader.records("verdict")
    assert told(path).startswith(ALL)
    annotate(path, KEY, verdict.id, "Ana", "Seen.")
    assert make_up(path, KEY, None)["made_up"] == 1
    recover(path, tmp_path / "again.db", KEY, software_version="0")
    for one_of_them in (path, tmp_path / "again.db"):
        with Reader(one_of_them) as reader:
            assert len(reader.sessions()) > 2
        assert told(one_of_them).startswith(ALL)
    governed(path, shadow=False).close()
    assert told(path).startswith("UNSAFE SHADOW MODE: in 1 of its 2 sessions")


def decided(number: int) -> Record:
    return Record("decision", "ring", number, 1.0, None, "base", {"seq": number})


def retire_all(ledger: Ledger, but: int = 0) -> None:
    for sealed in segments.sealed(ledger.path)[: len(segments.sealed(ledger.path)) - but]:
        retire(ledger, sealed, "old")


@pytest.mark.parametrize("first", [True, False])
def test_a_session_whose_opening_was_retired_counts_as_long_as_decisions_of_it_are_left(
    first: bool, tmp_path: Path
) -> None:
    """The wrong answer: after a month of shadow mode everything was enforced, or after a month without it nothing."""
    path = tmp_path / "ledger.db"
    with governed(path, shadow=first) as one:
        for number in range(3):
            one.append([decided(number)])
            assert one.seal()
        for left in (2, 1):
            retire_all(one, left)
            assert told(path).startswith(ALL) == first == bool(told(path))
    with governed(path, shadow=not first) as one:
        assert told(path).startswith("UNSAFE SHADOW MODE: in 1 of its 2 sessions")
        one.append([decided(3)])
        retire_all(one)
        assert told(path).startswith(ALL) != first, "of the session before only its end is left"
        assert one.seal()
        retire_all(one)
        assert told(path) == "", "nothing is left at all"


def test_check_says_so(tmp_path: Path) -> None:
    path = tmp_path / "robot.yaml"
    path.write_text(f"unsafe_shadow: true\n{AMR.read_text()}")
    assert "NOTHING IS ENFORCED" in iatro("check", str(path)).stdout
    shadowed, enforced = (json.loads(iatro("check", str(one), "--json").stdout) for one in (path, AMR))
    assert (shadowed["shadow"], enforced["shadow"]) == (True, False)
    assert shadowed["config_hash"] != enforced["config_hash"]
    path.write_text(f"unsafe_shadow: 1\n{AMR.read_text()}")
    assert iatro("check", str(path)).returncode == 2, "nothing but true or false"
