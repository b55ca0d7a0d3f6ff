"""The query layer: filters, order, one incident with all that belongs to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Reader, reconcile
from iatro_governor.review.action import action_of
from iatro_governor.review.incidents import SORTS, Filter, detail, details, incidents


def plans_of(path: Path, wanted: Filter, sort: str = "time") -> list[str | None]:
    with Reader(path) as reader:
        return [incident.plan_id for incident in incidents(reader, wanted, sort)]


def test_all_incidents_in_time(sample: Path, plans: Any) -> None:
    assert plans_of(sample, Filter()) == [plan.name or None for plan in plans]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(verdict="partial"), ["aisle-02"]),
        (Filter(severity=3), ["claim-03", "refuse-05"]),
        (Filter(plan="dock-01"), ["dock-01"]),
        (Filter(model="tabletalk-7b-q4", severity=1), ["refuse-04", "promise-07", None]),
        (Filter(text="PERSON"), ["aisle-02", "refuse-04", "refuse-05"]),
        (Filter(text="%"), []),
        (Filter(verdict="' OR 1=1 --"), []),
    ],
)
def test_filters(wanted: Filter, found: list[str | None], sample: Path) -> None:
    assert plans_of(sample, wanted) == found


def test_sorts(sample: Path) -> None:
    with Reader(sample) as reader:
        severities = [incident.severity for incident in incidents(reader, sort="severity")]
        everything = {sort: {one.id for one in incidents(reader, sort=sort)} for sort in SORTS}
    assert severities == sorted(severities, reverse=True)
    assert len({frozenset(ids) for ids in everything.values()}) == 1


def test_one_incident_holds_words_and_action(sample: Path) -> None:
    with Reader(sample) as reader:
        found = detail(reader, "claim-03")
        assert detail(reader, str(found.incident.id)) == found
    speed, turn = found.action.curves
    assert found.words.instruction == "Bring the tray to the table."
    assert [claim["value"] for claim in found.words.claims] == [0.2]
    assert found.action.decisions == len(speed.t) == 250
    assert found.action.commands == found.incident.commands == 125
    assert speed.peak("requested") == pytest.approx(0.8, abs=0.01)
    assert speed.peak("allowed") == pytest.approx(0.6)
    assert turn.peak("requested") == 0.0
    (cruise,) = [bound for bound in found.action.limits if not bound.shapes_rate]
    assert (cruise.name, cruise.allowed, cruise.source) == ("cruise", 0.6, "datasheet p. 4: 1.0 m/s, derated")
    assert len(cruise.intervals) == 1


def test_an_unattributed_group_finds_its_decisions_by_time(sample: Path) -> None:
    with Reader(sample) as reader:
        (silent,) = incidents(reader, Filter(verdict="UNATTRIBUTED_ACTION"))
        found = detail(reader, str(silent.id))
    assert found.action.commands == found.incident.commands == 75
    assert found.words.text == ""


def test_incidents_and_accounts_agree(sample: Path) -> None:
    accounts = reconcile(sample)
    with Reader(sample) as reader:
        every = details(reader)
    assert len(every) == accounts["verdict_records"]
    assert sum(one.action.commands for one in every) == accounts["commands"]
    assert accounts["sound"]


def test_a_name_that_fits_none_or_several(
    sample: Path, tmp_path: Path, build_ledger: Any, plans: Any
) -> None:
    twice = build_ledger(tmp_path / "twice.db", plans[:1] * 2)
    with Reader(sample) as reader:
        for name in ("nothing", "0", "1", "9" * 40, "-1", "²", ""):
            with pytest.raises(LedgerError, match="no incident"):
                detail(reader, name)
    with Reader(twice) as reader, pytest.raises(LedgerError, match="has 2 incidents"):
        detail(reader, "dock-01")


def test_numbers_that_are_none_leave_holes_and_no_peaks(sample: Path) -> None:
    with Reader(sample) as reader:
        first = next(iter(reader.records("decision")))
    for broken in (["NaN"] * 6, ["Infinity", 0, 0, 0, 0, 0], [1.0], None, "text", [None] * 6):
        first.body["requested"] = broken
        action = action_of([first])
        assert action.curves[0].requested == [None]
        assert action.peaks[0]["requested"] is None
        assert action.peaks[0]["allowed"] == 0.0
