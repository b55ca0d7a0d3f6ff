"""Verdicts of anybody's making, as the recorder takes them: each is written, and the ledger can be read afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.ledger import Ledger, Reader, Record, reconcile, verify
from iatro_governor.nodes.recordable import Policies, subject_of, verdict_body
from iatro_governor.nodes.waiting import Waiting
from iatro_governor.review.incidents import details
from iatro_governor.review.index import Index

KEY = bytes(range(32))
NAMES = (
    *(
        "plan_id",
        "channel",
        "channels",
        "config_hash",
        "software_version",
        "clock_source",
        "kind",
        "writer",
        "seq",
    ),
    *(
        "planner_run",
        "statement_seqs",
        "evidence",
        "verdict",
        "all_verdicts",
        "severity",
        "statement_t",
        "record_id",
    ),
)
texts = st.text(st.characters(), max_size=5)
plain = st.none() | st.booleans() | st.integers() | st.just(10**4200) | st.floats() | texts
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)
verdicts = st.dictionaries(st.sampled_from(NAMES) | texts, values, max_size=8)
nests = st.integers(1, 12_000).map(lambda levels: '{"evidence":' * levels + "1" + "}" * levels)
details_ = st.one_of(verdicts.map(json.dumps), nests, texts)


def message(seq: int, detail: str) -> dict[str, Any]:
    """A verdict's message as it is read."""
    return {
        "t": 1.0, "seq": seq, "writer": "x", "record_id": "r", "plan_id": None, "channel": "base", "planner_model": "",
        "verdict": "AGREES", "all_verdicts": ["AGREES"], "severity": 0, "labels": [], "scores": [],
        "evidence": "none", "detail": detail,
    }  # fmt: skip


def taken(seq: int, detail: str) -> Record:
    """The record that the recorder makes of it."""
    body = verdict_body(message(seq, detail))
    plan_id, channel = subject_of(body)
    return Record(
        "verdict", "x", seq, 1.0, plan_id, channel, body, Policies().of("verdict", channel or "", body)
    )


@given(st.lists(details_, min_size=1, max_size=4))
def test_whatever_a_verdict_says_it_is_written_and_keeps_nothing_from_being_read(found: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        with Ledger.open(path, key=KEY, context="simulation", software_version="0") as ledger:
            waiting = Waiting(ledger)
            for seq, detail in enumerate(found):
                waiting.add(taken(seq, detail))
            outcome = waiting.commit(0.0)
            assert len(outcome.written) == len(found) and not waiting.left_out, waiting.left_out
            ledger.append([taken(0, '{"another": 1}')])
        assert verify(path, KEY).sound
        assert reconcile(path)["verdict_records"] == len(found)
        with Reader(path) as reader, Index(reader) as index:
            assert len(details(reader)) == len(found)
            assert index.rows("SELECT count(*) FROM incident") == [(len(found),)]
