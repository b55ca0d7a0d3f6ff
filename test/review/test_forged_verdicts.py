"""Anybody may publish what looks like a verdict, and the ledger keeps it: no witness may fall over it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.ledger import Ledger, Reader, Record, reconcile
from iatro_governor.review.backlog import judged
from iatro_governor.testimony.witness import Witness
from test.review.test_backlog import KEY, a_run, spoken, write

Way = tuple[Any, ...]
JUNK = st.sampled_from(
    [None, True, -1, 2**63, 2**70, 1e300, "", "7", "x" * 50, [], [None], [[1, 2]], [2**80], {}, {"a": 1}]
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """A ledger of a witness that lived, and its verdicts."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    write(path, a_run(3), dies=float("inf"), returns=None)
    with Reader(path) as reader:
        return path, [record.body for record in reader.records("verdict")]


def leaves(value: Any, way: Way = ()) -> Iterator[Way]:
    """The ways to everything in a body."""
    yield way
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from leaves(part, (*way, key))


def changed(body: Any, way: Way, junk: Any) -> Any:
    """A copy of ``body`` with ``junk`` at ``way``."""
    if not way:
        return junk
    out = json.loads(json.dumps(body))
    place = out
    for key in way[:-1]:
        place = place[key]
    place[way[-1]] = junk
    return out


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_witness_that_starts_judges_on_beside_any_forgery(
    kept: tuple[Path, list[dict[str, Any]]], tmp_path: Path, data: st.DataObject
) -> None:
    path, verdicts = kept
    body = data.draw(st.sampled_from(verdicts))
    way = data.draw(st.sampled_from(list(leaves(body))))
    forged = changed(body, way, data.draw(JUNK))
    forged = forged if isinstance(forged, dict) else {"detail": forged}
    forged["record_id"] = forged.get("record_id", "") if way == ("record_id",) else "forged"
    for file in path.parent.glob("ledger.db*"):
        shutil.copy(file, tmp_path / file.name)
    ledger = tmp_path / "ledger.db"
    said = spoken(1e4, 999, "I will drive carefully.")
    with Ledger.open(ledger, key=KEY, context="field", software_version="0") as writer:
        writer.append([Record("verdict", "forger", 0, 1e4, None, None, forged)])
        writer.append([Record("statement", "run", 999, 1e4, "plan-999", "base", said)])
    with Reader(ledger) as reader:
        backlog = judged(reader, Witness)
    assert ("run", 999) in {
        (one["planner_run"], seq)
        for one in (found.to_json() for found in backlog.closed())
        for seq in one["statement_seqs"]
    }
    assert reconcile(ledger)["statements"] > 0
