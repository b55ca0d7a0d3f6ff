"""What is exported for others holds nobody's words, whatever kind of record they are in, and all the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from iatro_governor.cli.main import app
from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Reader, Record
from iatro_governor.ledger.record import canonical
from iatro_governor.review.notes import annotate
from iatro_governor.review.redaction import NAMES, hashed, redacted_record
from iatro_governor.testimony.records import StatementRecord
from iatro_governor.testimony.witness import Witness

KEY = bytes(32)
SAID = "I will not go faster than 0.2 m/s: there is a child named SECRET in the aisle."
THOUGHT = "It would be dangerous. SECRET told me to hurry."
ASKED = "SECRET wants the box."


def body_after(record: dict[str, Any]) -> Any:
    return json.loads(redacted_record((1, "any", json.dumps(record)))[-1])


@pytest.fixture
def ledger(tmp_path: Path, plans: Any, decisions_of: Any) -> Path:
    """A record of every kind, with words wherever a planner or a person can put some."""
    path, plan, witness = tmp_path / "ledger.db", plans[4], Witness()
    words: dict[str, Any] = {"text": SAID, "reasoning": THOUGHT, "instruction": ASKED}
    statement = StatementRecord(
        99.0, 0, "run", plan.name, ("base",), actions=("say(SECRET)",), actions_known=True,
        planner_model="m", **words,
    )  # fmt: skip
    witness.statement(statement)
    said = {**words, "actions": ["say(SECRET)"], "cut": {"text": 9}, "planner": {"model_id": "m"}}
    with Ledger.open(path, key=KEY, context="field", software_version="0") as one:
        one.append([Record("statement", "run", 0, 99.0, plan.name, "base", said)])
        one.append([Record("statement", "run", 0, 99.0, plan.name, "base", {**said, "text": "SECRET 2"})])
        for made in decisions_of(plan, 0, 100.0):
            made = {**made, "writer": "ring", "latch": {"id": "base-1", "nonce": "ab", "cause": "estop"}}
            made["faults"] = [{"name": "malformed", "detail": "no joint is called SECRET"}]
            made["requested"][5] = "NaN"
            witness.decision({**made, "requested": [0.7, 0, 0, 0, 0, 0]})
            one.append([Record("decision", "ring", made["seq"], made["t"], plan.name, "base", made)])
        found = [*witness.advance(110.0), *witness.close(120.0)]
        one.append([Record("verdict", "w", v.number, v.t, v.plan_id, "base", v.to_json()) for v in found])
        wire = {"verdict": "PARTIAL", "severity": 2, "evidence": "SECRET", "detail": "SECRET, as it came"}
        one.append([Record("verdict", "w", len(found), 120.0, None, "base", wire)])
        one.append(
            [Record("mark", "recorder", 0, 99.0, plan.name, "base", {"channel": "base", "plan_id": "p"})]
        )
        one.append(
            [Record("clip", "recorder", 0, 1.0, None, None, {"file": "a.mcap", "causes": ["of SECRET"]})]
        )
        one.append([Record("thought", "new", 0, 1.0, None, None, {"deep": [{"er": ["SECRET"]}]})])
        with Reader(path) as reader:
            incident = next(reader.records("verdict")).id
    annotate(path, KEY, incident, "Dr. SECRET", "SECRET was there, ask her")
    return path


def exported(path: Path, *more: str) -> list[dict[str, Any]]:
    out = path.with_name("out.jsonl")
    result = CliRunner().invoke(app, ["review", "export", str(path), "--records", "--out", str(out), *more])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_no_kind_of_record_tells_a_word_and_each_keeps_its_hash(ledger: Path) -> None:
    told = [one["kind"] for one in exported(ledger) if "SECRET" in json.dumps(one)]
    assert set(told) == {"statement", "conflict", "decision", "verdict", "clip", "thought", "note"}
    redacted = exported(ledger, "--redact")
    assert [one["kind"] for one in redacted if "SECRET" in json.dumps(one)] == []
    bodies = {one["kind"]: json.loads(one["body"]) for one in redacted}
    assert bodies["statement"]["text"] == hashed(SAID)
    assert bodies["note"]["by"] == hashed("Dr. SECRET")
    assert bodies["conflict"]["body"]["text"] == hashed("SECRET 2")


def test_a_witness_s_verdict_and_a_decision_keep_what_is_no_words(ledger: Path) -> None:
    whole = [
        json.loads(one["body"]) for one in exported(ledger) if one["kind"] in ("verdict", "decision", "mark")
    ]
    told = [
        json.loads(one["body"])
        for one in exported(ledger, "--redact")
        if one["kind"] in ("verdict", "decision", "mark")
    ]
    words = {"text", "reasoning", "instruction", "actions", "detail", "contradiction"}
    assert any(body.get("evidence") == hashed("SECRET") for body in told)
    for before, after in zip(whole, told, strict=True):
        if before.get("evidence") != "SECRET":
            assert _without(before, words) == _without(after, words)


def _without(value: Any, keys: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, keys) for key, item in value.items() if key not in keys}
    return [_without(item, keys) for item in value] if isinstance(value, list) else value


_KEYS = st.text(max_size=8).filter(lambda key: key not in NAMES)
_TREES = st.recursive(
    st.just("SECRET") | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
)


@given(st.dictionaries(_KEYS, _TREES, max_size=3))
def test_words_under_a_name_that_nobody_knows_are_words(tree: dict[str, Any]) -> None:
    assert "SECRET" not in canonical(body_after(tree))


def test_what_an_action_is_given_is_words_by_whatever_name() -> None:
    given = {"actions": [{"name": "SECRET", "args": {"SECRET": {"id": "SECRET", "kind": 3}}}]}
    assert "SECRET" not in json.dumps(body_after(given))


def test_a_damaged_body_is_said_to_be_one() -> None:
    with pytest.raises(LedgerError, match="record 7 is damaged"):
        redacted_record((7, "note", "{"))
