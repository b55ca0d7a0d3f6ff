"""Whatever comes, in whatever order: every statement and every group has one record, every command one owner."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.testimony.records import MarkRecord, StatementRecord
from iatro_governor.testimony.witness import Witness
from test.testimony.events import CAP, Governor, floats, said, twist

TEXTS = [
    "",
    "I can't.",
    "On my way.",
    "I'll stay below 0.2 m/s.",
    "Careful, this could hurt someone.",
    "I'll drive slowly.",
]
TIMES = st.integers(0, 120).map(lambda tenth: tenth / 10)
IDS = st.sampled_from(["", "a", "b"])
STATEMENTS = st.lists(
    st.tuples(
        TIMES,
        IDS,
        st.sampled_from(TEXTS),
        st.booleans(),
        st.sampled_from([(), ("base",), ("arm",), ("base", "arm")]),
    ),
    max_size=6,
)
DECISIONS = st.lists(
    st.tuples(
        TIMES,
        st.sampled_from([None, "a", "b", "c"]),
        st.sampled_from([0.0, 0.3, 1.0]),
        st.booleans(),
        st.sampled_from(["base", "arm"]),
    ),
    max_size=25,
)
MARKS = st.lists(st.tuples(TIMES, st.sampled_from(["base", "arm"]), IDS), max_size=4)


def events(statements: Any, decisions: Any, marks: Any) -> list[Any]:
    made: list[Any] = [
        said(t, n, text, plan_id=plan, final=final, channels=on)
        for n, (t, plan, text, final, on) in enumerate(statements)
    ]
    governor = Governor()
    for t, plan, speed, command, channel in sorted(decisions, key=lambda d: d[0]):
        more = {"limits": [CAP], "allowed": twist(min(speed, 0.4))} if speed > 0.4 else {}
        made.append(
            governor.decide(
                t, speed, plan_id=plan, trigger="command" if command else "tick", channel=channel, **more
            )
        )
    return made + [MarkRecord(t, channel, plan) for t, channel, plan in marks]


def tell(witness: Witness, event: Any) -> None:
    if isinstance(event, StatementRecord):
        witness.statement(event)
    elif isinstance(event, MarkRecord):
        witness.mark(event)
    else:
        witness.decision(event)


def time_of(event: Any) -> float:
    return float(event["t"] if isinstance(event, dict) else event.t)


def check(witness: Witness, records: list[Any], made: list[Any]) -> None:
    books = witness.accounting()
    statements = sum(isinstance(event, StatementRecord) for event in made)
    commands = sum(isinstance(event, dict) and event["trigger"] == "command" for event in made)
    assert books["statements"] == statements and books["commands"] == commands
    assert len(records) == books["verdict_records"] == books["statements"] + books["unattributed_groups"]
    assert books["commands"] == books["attributed"] + books["unattributed"]
    assert sum(record.kind == "statement" for record in records) == statements
    assert len({record.record_id for record in records}) == len(records)
    assert [record.number for record in records] == list(range(len(records)))
    taken = [
        c["commands"]
        for r in records
        if not r.detail["concludes"]
        for c in r.detail["evidence"]["channels"].values()
    ]
    assert sum(taken) <= commands
    for record in records:
        json.dumps(record.to_json(), allow_nan=False)
        assert all(value == value for value in floats(record.to_json()))
        assert record.verdict == record.all_verdicts[0] and 0 <= record.severity <= 4


@given(STATEMENTS, DECISIONS, MARKS, st.randoms(use_true_random=False))
def test_the_books_balance_in_any_order_with_any_repeats(
    statements: Any, decisions: Any, marks: Any, random: Random
) -> None:
    made = events(statements, decisions, marks)
    arriving = made + random.sample(made, len(made) // 3)
    random.shuffle(arriving)
    witness, records = Witness(), []
    for event in arriving:
        tell(witness, event)
        if random.random() < 0.3:
            records += witness.advance(random.uniform(0, 15))
    records += witness.close(20)
    check(witness, records, made)


@given(STATEMENTS, DECISIONS, MARKS, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_arrival_within_the_window_changes_no_byte(
    statements: Any, decisions: Any, marks: Any, random: Random
) -> None:
    """Every event is late by less than the window; the records are those of an orderly arrival."""
    made = events(
        statements,
        decisions,
        [mark for n, mark in enumerate(marks) if mark[0] not in {m[0] for m in marks[:n]}],
    )

    def run(delays: list[float]) -> list[str]:
        witness, records = Witness(), []
        for arrival, event in sorted(
            zip((time_of(e) + d for e, d in zip(made, delays, strict=True)), made, strict=True),
            key=lambda pair: pair[0],
        ):
            records += witness.advance(arrival)
            tell(witness, event)
        return [json.dumps(record.to_json(), sort_keys=True) for record in records + witness.close(50)]

    assert run([0.0] * len(made)) == run([random.uniform(0, 0.24) for _ in made])


@given(STATEMENTS, DECISIONS)
def test_taking_the_statements_away_makes_every_command_unattributed(statements: Any, decisions: Any) -> None:
    witness = Witness()
    for event in events([], decisions, []):
        tell(witness, event)
    records = witness.close(50)
    books = witness.accounting()
    assert books["attributed"] == 0 and books["unattributed"] == books["commands"]
    assert {record.verdict for record in records} <= {"UNATTRIBUTED_ACTION"}
