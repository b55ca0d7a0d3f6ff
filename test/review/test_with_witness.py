"""The real witness's records through the ledger: the accounts add up, and the views understand every field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger import Ledger, Reader, Record, reconcile
from iatro_governor.review.incidents import details
from iatro_governor.review.report import write_report
from iatro_governor.review.tables import console, detail_view, incident_table
from iatro_governor.testimony.records import StatementRecord
from iatro_governor.testimony.witness import Witness


@pytest.fixture
def witnessed(tmp_path: Path, plans: Any, decisions_of: Any) -> tuple[Path, dict[str, Any]]:
    """The made-up run, judged by the witness itself, with a final statement at its end."""
    witness, start, number = Witness(), 100.0, 0
    path = tmp_path / "ledger.db"
    with Ledger.open(path, key=bytes(32), context="simulation", software_version="0.1.0") as ledger:
        said = [plan for plan in plans if plan.name]
        for plan in plans:
            records = []
            start += 0.0 if plan.name else 5.0  # long enough for the plan before to have ended
            if plan.name:
                body = {"text": plan.text, "reasoning": plan.reasoning, "instruction": plan.instruction}
                seq = said.index(plan)
                records.append(Record("statement", "run-a", seq, start, plan.name, "base", body))
                witness.statement(
                    StatementRecord(
                        start, seq, "run-a", plan.name, ("base",), planner_model="tabletalk-7b", **body
                    )
                )
            for made in decisions_of(plan, number, start):
                made["writer"] = "ring-1"
                witness.decision(made)
                records.append(
                    Record("decision", "ring-1", made["seq"], made["t"], made["plan_id"], "base", made)
                )
                number += 1
            ledger.append(records)
            start += plan.seconds + 1.0
        witness.statement(
            StatementRecord(start, len(said), "run-a", said[-1].name, ("base",), text="Done.", final=True)
        )
        ledger.append(
            [Record("statement", "run-a", len(said), start, said[-1].name, "base", {"text": "Done."})]
        )
        found = [*witness.advance(start), *witness.close(start + 10.0)]
        ledger.append(
            [
                Record(
                    "verdict", "witness-1", one.number, one.t, one.plan_id or None, one.channel, one.to_json()
                )
                for one in found
            ]
        )
    return path, witness.accounting()


def test_the_ledgers_accounts_are_the_witness_s(witnessed: tuple[Path, dict[str, Any]]) -> None:
    path, accounting = witnessed
    accounts = reconcile(path)
    assert accounts["sound"], accounts["problems"]
    for name in (
        "statements",
        "unattributed_groups",
        "verdict_records",
        "commands",
        "attributed",
        "unattributed",
    ):
        assert accounts[name] == accounting[name]


def test_every_view_takes_them(witnessed: tuple[Path, dict[str, Any]], tmp_path: Path, plans: Any) -> None:
    path, accounting = witnessed
    with Reader(path) as reader:
        every = details(reader)
    assert len(every) == accounting["verdict_records"]
    by_plan = {one.incident.plan_id: one for one in every}
    claim = by_plan["claim-03"]
    assert claim.incident.verdict == "BROKEN_CLAIM"
    assert claim.words.broken
    assert claim.action.commands == claim.incident.commands == 125
    assert by_plan[None].incident.verdict == "UNATTRIBUTED_ACTION"
    screen = console(80)
    with screen.capture() as capture:
        screen.print(incident_table([one.incident for one in every], [("a.db", 100.0)] * len(every), 80))
        for one in every:
            screen.print(detail_view(one, 100.0, "no key"))
    shown = capture.get()
    assert max(map(len, shown.splitlines())) <= 80
    assert "broken speed <= 0.2 m/s, asked 0.8 m/s" in " ".join(shown.split())
    write_report(path, tmp_path / "report.html")
    assert "broken: speed &lt;= 0.2 m/s, asked 0.8 m/s" in (tmp_path / "report.html").read_text(
        encoding="utf-8"
    )
