"""Verdicts that died with their witness: explained where another judged the same, and only there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger import Ledger, Record, reconcile

Open = Callable[..., Ledger]
Make = Callable[..., Record]


def verdict(
    witness: str, number: int, plan: int, *commands: tuple[int, int], count: int | None = None
) -> Record:
    """A verdict on one statement and the ``commands`` (first, last) under it."""
    held = sum(last - first + 1 for first, last in commands) if count is None else count
    conduct = {
        "writer": "ring", "first_seq": commands[0][0], "commands": held, "numbers": {"ring": list(map(list, commands))},
    }  # fmt: skip
    evidence = {"channels": {"base": conduct}}
    body = {"kind": "statement", "planner_run": "run", "statement_seqs": [plan], "evidence": evidence}
    return Record("verdict", witness, number, 9.0, f"p{plan}", "base", body)


def accounts(
    opened: Open, path: Path, make: Make, *verdicts: Record, ticks: tuple[int, ...] = ()
) -> dict[str, Any]:
    """Three statements, nine commands, and what was judged of them."""
    with opened() as ledger:
        ledger.append([Record("statement", "run", n, n, f"p{n}", "base", {}) for n in range(3)])
        ledger.append([make(n, trigger="tick" if n in ticks else "command") for n in range(9)])
        for one in verdicts:
            ledger.append([one])
    return reconcile(path / "ledger.db")


def test_what_another_witness_judged_is_replaced(
    tmp_path: Path, open_ledger: Open, make_decision: Make
) -> None:
    said = (verdict("one", 2, 1, (3, 5)), verdict("two", 0, 0, (0, 2)), verdict("two", 1, 2, (6, 8)))
    found = accounts(open_ledger, tmp_path, make_decision, *said)
    assert found["replaced"] == {"verdict/one": [[0, 1]]} and found["missing"] == {} and found["lost"] == 0
    assert found["sound"], found["problems"]


def test_nobody_replaces_the_last_witness(tmp_path: Path, open_ledger: Open, make_decision: Make) -> None:
    """All is judged, and still it says that it said something that never came."""
    said = (verdict("one", 0, 0, (0, 2)), verdict("two", 0, 1, (3, 5)), verdict("two", 2, 2, (6, 8)))
    found = accounts(open_ledger, tmp_path, make_decision, *said)
    assert found["replaced"] == {} and found["missing"] == {"verdict/two": [[1, 1]]}
    assert found["lost"] == 1 and not found["sound"]


def test_only_the_gap_that_is_followed_is_replaced(
    tmp_path: Path, open_ledger: Open, make_decision: Make
) -> None:
    """A witness that speaks again after another: nobody was there to judge again what it sent last."""
    said = (verdict("one", 1, 0, (0, 2)), verdict("two", 0, 1, (3, 5)), verdict("one", 2, 2, (6, 7)))
    silent = verdict("one", 4, 3, (8, 8))
    silent.body.update(kind="unattributed", statement_seqs=[])
    found = accounts(open_ledger, tmp_path, make_decision, *said, silent)
    assert found["replaced"] == {"verdict/one": [[0, 0]]}
    assert found["missing"] == {"verdict/one": [[3, 3]]} and found["lost"] == 1 and not found["sound"]


@pytest.mark.parametrize("lost", [True, False])
def test_sums_that_hold_by_chance_replace_nothing(
    lost: bool, tmp_path: Path, open_ledger: Open, make_decision: Make
) -> None:
    """Two commands count twice and two others not at all: the verdict about those may be what is lost."""
    said = (
        verdict("one", int(lost), 1, (3, 5)), verdict("two", 0, 0, (0, 2)), verdict("two", 1, 2, (4, 6), count=3),
    )  # fmt: skip
    found = accounts(open_ledger, tmp_path, make_decision, *said)
    assert found["holds"] == {"verdict_records": True, "commands": True} and found["uncovered"] == 2
    assert found["replaced"] == {} and not found["sound"]
    assert ("verdict/one" in found["missing"]) == lost
    assert "2 commands are under no verdict record, and others under two" in found["problems"]


def test_what_is_no_command_needs_no_verdict(tmp_path: Path, open_ledger: Open, make_decision: Make) -> None:
    said = (
        verdict("one", 0, 0, (0, 2)), verdict("one", 1, 1, (3, 4)), verdict("one", 2, 2, (6, 8)),
    )  # fmt: skip
    found = accounts(open_ledger, tmp_path, make_decision, *said, ticks=(5,))
    assert found["uncovered"] == 0 and found["sound"], found["problems"]


@pytest.mark.parametrize("numbers", [{"ring": [[2, 1]]}, {"ring": [[-1, 4]]}, {"ring": 3}, [1], "all"])
def test_numbers_that_are_none_cover_nothing(
    numbers: Any, tmp_path: Path, open_ledger: Open, make_decision: Make
) -> None:
    one = verdict("one", 0, 0, (0, 8))
    one.body["evidence"]["channels"]["base"]["numbers"] = numbers
    found = accounts(open_ledger, tmp_path, make_decision, one)
    assert (found["unreadable"], found["uncovered"]) == (1, 9) and not found["sound"]
