"""The query layer: filters, order, one incident with all that belongs to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Reader, Record, reconcile
from iatro_governor.ledger.keys import key_beside, read_key
from iatro_governor.review.action import action_of
from iatro_governor.review.curves import Curve, extend
from iatro_governor.review.incidents import Incident, detail, details, incident_of
from iatro_governor.review.index import Index
from iatro_governor.review.queries import Filter
from iatro_governor.review.report import write_report
from iatro_governor.review.tables import console, detail_view, incident_table
from iatro_governor.review.wanted import SORTS, query


def incidents(reader: Reader, wanted: Filter | None = None, sort: str = "time") -> list[Incident]:
    with Index(reader) as index:
        ids = index.rows(*query(wanted or Filter(), "id", sort))
    return [incident_of(record) for (id,) in ids for record in reader.records(id=id)]


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


@pytest.mark.parametrize(
    "change",
    [
        {"severity": "high"}, {"evidence": 3}, {"evidence": {"channels": 3}}, {"evidence": {"channels": {"base": 3}}},
        {"labels": 3}, {"labels": {"present": ["caution"], "spans": {"caution": [[1]]}}}, {"claims": 3},
        {"claims": ["x"]}, {"claims": [{"span": ["a", None], "value": "much"}]}, {"broken_claims": [{"claim": 3}]},
        {"broken_claims": [{"requested": "x"}]}, {"all_verdicts": 3}, {"planner_run": 3}, {"statement_seqs": "x"},
        {"statement_t": "x"}, {"verdict": ["x"]}, {"text": 3}, {"channel": []}, {"actions": 3}, {"disobeys": [[]]},
        {"evidence": {"channels": {"base": {"first_seq": "x", "last_seq": "y"}}}},
        {"kind": None}, {"planner_model": {}}, {"planner_run": [], "statement_seqs": [0]}, {"statement_seqs": [None]},
        {"planner_run": 10**400, "statement_seqs": [0]}, {"statement_seqs": [10**400]}, {"severity": 10**400},
        {"evidence": {"channels": {"base": {"first_seq": 10**400, "last_seq": 10**400}}}}, {"statement_t": 10**400},
        {"plan_id": [None]}, {"plan_id": 5, "channel": {"a": 1}},
    ],
    ids=str,
)  # fmt: skip
def test_a_record_that_no_witness_wrote_hides_no_other(
    change: dict[str, Any], tmp_path: Path, build_ledger: Any, plans: Any
) -> None:
    """Anyone on the network can send a verdict; every view must survive it, and the honest one must stay."""
    path = build_ledger(tmp_path / "ledger.db", plans[2:3])
    with Reader(path) as reader:
        (honest,) = reader.records("verdict")
    with Ledger.open(path, key=read_key(key_beside(path)), context="c", software_version="v") as ledger:
        ledger.append([Record("verdict", "stranger", 0, 500.0, None, None, {**honest.body, **change})])
    with Reader(path) as reader:
        found = details(reader)
        listed = incidents(reader, Filter(text="slowly"))
    assert "claim-03" in {one.incident.plan_id for one in found}
    assert len(found) == 2
    assert listed
    screen = console(80)
    with screen.capture():
        screen.print(incident_table(listed, [("a.db", 100.0)] * len(listed), 80))
        for one in found:
            screen.print(detail_view(one, 100.0, "no key"))
            json.dumps(one.to_json())
    write_report(path, tmp_path / "report.html")
    assert not reconcile(path)["sound"]


@pytest.mark.parametrize(
    ("kind", "values", "curves"),
    [
        ("twist", [0.3, 0.4, 0, 0, 0, -0.2], [("speed", "m/s", 0.5), ("turn rate", "rad/s", 0.2)]),
        ("", [0.3, 0.4, 0, 0, 0, -0.2], [("speed", "m/s", 0.5), ("turn rate", "rad/s", 0.2)]),
        ("joint_velocity", [0.1, -0.7, 0, 0, 0, 0], [("fastest joint", "rad/s", 0.7)]),
        ("joint_position", [0.1, -0.7], [("joint 1", "rad", 0.1), ("joint 2", "rad", 0.7)]),
        ("gripper", [0.08, 20], [("width", "m", 0.08), ("effort", "N", 20.0)]),
        ("wrench", [3, 4, 0, 0, 0, 1], [("force", "N", 5.0), ("torque", "Nm", 1.0)]),
        ("", [0.1, 0.2], [("axis 0", "", 0.1), ("axis 1", "", 0.2)]),
    ],
)
def test_curves_follow_the_type_of_the_channel(
    kind: str, values: list[float], curves: list[tuple[str, str, float]]
) -> None:
    drawn: list[Curve] = []
    extend(drawn, 1.0, {"channel_type": kind, "requested": values, "allowed": values, "measured": None})
    assert [(curve.name, curve.unit, pytest.approx(curve.peak("allowed"))) for curve in drawn] == curves
    assert all(curve.measured == [None] for curve in drawn)
    extend(drawn, 2.0, {"channel_type": kind, "requested": ["NaN"] * len(values), "allowed": values})
    assert drawn[0].requested[1] is None and drawn[0].t == [1.0, 2.0]
