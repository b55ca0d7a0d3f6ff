"""Accounts: conducts that two records share, what came to be judged across a retirement, and sums that do not hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from iatro_governor.ledger import Ledger, Record, reconcile, segments
from iatro_governor.ledger.accounts import facts_of
from iatro_governor.ledger.retiring import retire

Open = Callable[..., Ledger]
Make = Callable[..., Record]


def statement(number: int, run: str = "run") -> Record:
    return Record("statement", run, number, float(number), f"p{number}", "base", {})


def verdict(number: int, *spans: tuple[int, int], **changed: Any) -> Record:
    """The verdict on statement ``number``, with the commands ``spans`` (first, last) under it."""
    conduct = {
        "writer": "ring", "first_seq": spans[0][0] if spans else 100 + number,
        "commands": sum(last - first + 1 for first, last in spans),
        "numbers": {"ring": [list(span) for span in spans]} if spans else {},
    }  # fmt: skip
    body = {
        "kind": "statement", "planner_run": "run", "statement_seqs": [number],
        "evidence": {"channels": {"base": conduct}}, **changed,
    }  # fmt: skip
    return Record("verdict", "witness", number, float(number), f"p{number}", "base", body)


def retired(ledger: Ledger) -> None:
    retire(ledger, segments.sealed(ledger.path)[0], "older than 30 days")


def test_a_statement_without_commands_has_none_before_and_after_it_is_retired(
    tmp_path: Path, open_ledger: Open
) -> None:
    with open_ledger() as ledger:
        ledger.append([statement(0), verdict(0)])
        found = reconcile(tmp_path / "ledger.db")
        assert (found["attributed"], found["duplicates"]) == (0, 0) and found["sound"], found["problems"]
        ledger.seal()
        retired(ledger)
    found = reconcile(tmp_path / "ledger.db")
    assert (found["attributed"], found["statements"]) == (0, 1) and found["sound"], found["problems"]


def test_a_conduct_that_is_shared_across_a_retirement_counts_once(
    tmp_path: Path, open_ledger: Open, make_decision: Make
) -> None:
    """The final statement is judged by the conduct of the plan that it ends, and that goes on meanwhile."""
    with open_ledger() as ledger:
        ledger.append([statement(0), *(make_decision(number) for number in range(3)), verdict(0, (0, 2))])
        ledger.seal()
        ledger.append([statement(1), make_decision(3), make_decision(4), verdict(1, (0, 4))])
        retired(ledger)
    found = reconcile(tmp_path / "ledger.db")
    assert (found["attributed"], found["commands"]) == (5, 5) and found["sound"], found["problems"]


def test_of_the_conducts_of_a_file_the_last_are_remembered_one_by_one(
    tmp_path: Path, open_ledger: Open
) -> None:
    with open_ledger() as ledger:
        ledger.append([verdict(number, (10 * number, 10 * number + number)) for number in range(22)])
    facts = facts_of(tmp_path / "ledger.db")
    assert facts["shared"]["attributed"] == [
        [["base", "ring", 10 * number], number + 1] for number in range(2, 22)
    ]
    assert facts["attributed"] == 1 + 2, "of those before them only the sum"


def test_a_conduct_that_goes_on_after_a_gap_is_still_the_one_that_its_first_command_names(
    tmp_path: Path, open_ledger: Open, make_decision: Make
) -> None:
    with open_ledger() as ledger:
        ledger.append([statement(0), statement(1)])
        ledger.append([make_decision(n, trigger="tick" if n in (3, 4) else "command") for n in range(7)])
        ledger.append([verdict(0, (0, 2)), verdict(1, (0, 2), (5, 6))])
    found = reconcile(tmp_path / "ledger.db")
    assert (found["attributed"], found["commands"]) == (5, 5) and found["sound"], found["problems"]


def test_a_verdict_that_names_no_statements_and_no_commands_is_one_about_none(
    tmp_path: Path, open_ledger: Open
) -> None:
    silent = Record("verdict", "witness", 1, 1.0, None, None, {"kind": "unattributed"})
    conduct = {"writer": "ring", "first_seq": 3}
    with open_ledger() as ledger:
        ledger.append([statement(0), verdict(0, evidence={"channels": {"base": conduct}}), silent])
    found = reconcile(tmp_path / "ledger.db")
    assert (found["unreadable"], found["unattributed_groups"], found["attributed"]) == (0, 1, 0)
    assert found["sound"], found["problems"]


def test_a_verdict_that_names_no_run_judges_the_statements_of_none(tmp_path: Path, open_ledger: Open) -> None:
    with open_ledger() as ledger:
        ledger.append([statement(0, run="None"), verdict(0, planner_run=None)])
    assert reconcile(tmp_path / "ledger.db")["unjudged"] == 1


def test_sums_that_do_not_hold_replace_nothing_though_each_statement_and_command_is_judged(
    tmp_path: Path, open_ledger: Open, make_decision: Make
) -> None:
    """One record claims a command more than there is: what the lost verdict was about cannot be told."""
    first, second = verdict(0, (0, 1)), verdict(1, (2, 4))
    second.body["evidence"]["channels"]["base"]["commands"] = 4
    with open_ledger() as ledger:
        ledger.append([statement(0), statement(1), *(make_decision(number) for number in range(5))])
        ledger.append([Record("verdict", "one", 1, 1.0, "p0", "base", first.body)])
        ledger.append([Record("verdict", "two", 0, 2.0, "p1", "base", second.body)])
    found = reconcile(tmp_path / "ledger.db")
    assert found["holds"] == {"verdict_records": True, "commands": False}
    assert (found["unjudged"], found["rejudged"], found["uncovered"]) == (0, 0, 0)
    assert found["replaced"] == {} and found["missing"] == {"verdict/one": [[0, 0]]}


def test_commands_whose_verdict_was_retired_before_them_are_no_fault(
    tmp_path: Path, open_ledger: Open, make_decision: Make
) -> None:
    with open_ledger() as ledger:
        ledger.append([statement(0), make_decision(0), make_decision(1), verdict(0, (0, 3))])
        ledger.seal()
        ledger.append([make_decision(2), make_decision(3)])
        retired(ledger)
    found = reconcile(tmp_path / "ledger.db")
    assert found["uncovered"] == 2 and found["sound"], found["problems"]


def test_duplicates_of_every_closed_session_are_counted(
    tmp_path: Path, open_ledger: Open, make_decision: Make
) -> None:
    for again in (2, 3):
        with open_ledger() as ledger:
            ledger.append([make_decision(0)])
            for _ in range(again):
                ledger.append([make_decision(0)])
    assert reconcile(tmp_path / "ledger.db")["duplicates"] == 2 + 1 + 3
