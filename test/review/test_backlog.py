"""Whenever the witness dies, what it did not say is made up from the ledger, word for word."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from iatro_governor.cli.main import app
from iatro_governor.ledger import Ledger, Reader, Record, reconcile
from iatro_governor.review.backlog import judged, statement_of, take
from iatro_governor.testimony.records import VerdictRecord
from iatro_governor.testimony.witness import Witness
from test.testimony.events import Governor, twist

KEY = bytes(32)
TEXTS = (
    "On my way.",
    "I can't do that.",
    "I'll stay below 0.2 m/s.",
    "I'll drive carefully.",
    "This could hurt somebody, so take care.",
)
WHEN = ("t", "number", "detail")


def spoken(t: float, seq: int, text: str, **more: Any) -> dict[str, Any]:
    return {
        "t": t, "seq": seq, "planner_run": "run", "plan_id": f"plan-{seq}", "channels": ["base"],
        "instruction": "Drive on.", "text": text, "reasoning": "", "actions": None, "final": False,
        "planner": {"model_id": "m"},
    } | more  # fmt: skip


def a_run(seed: int) -> list[tuple[str, dict[str, Any]]]:
    """What a planner said and commanded, in the order of time: overlapping plans, marks, orphans, pauses."""
    random, governor = Random(seed), Governor()
    events: list[tuple[str, dict[str, Any]]] = []
    t, seq = 100.0, 0
    for _ in range(14):
        what = random.choice(("plan", "plan", "plan", "orphan", "mark", "arm"))
        channel = "arm" if what == "arm" else "base"
        ids = {"plan_id": random.choice([f"plan-{seq}", f"plan-{max(seq - 1, 0)}", None])}
        if what == "mark":
            events.append(
                ("mark", {"t": t, "channel": "base", "plan_id": random.choice([f"plan-{seq - 1}", None])})
            )
        elif what != "orphan":
            named = random.random() < 0.8
            events.append(("statement", spoken(t, seq, random.choice(TEXTS), channels=[channel],
                                               plan_id=f"plan-{seq}" if named else None)))  # fmt: skip
            seq += 1
        for step in range(random.randint(0, 30)):
            speed = random.choice((0.0, 0.3, 0.8))
            body = governor.decide(t + 0.01 + step * 0.05, speed, channel=channel, measured=twist(speed),
                                   trigger=random.choice(("command", "command", "tick")), **ids)  # fmt: skip
            events.append(("decision", body))
        t += random.choice((0.4, 1.7, 4.0))
    return sorted(events, key=lambda event: event[1]["t"])


def stored(kind: str, body: dict[str, Any], marks: list[int]) -> Record:
    if kind == "mark":
        marks.append(len(marks))
    writer, number = {
        "statement": (body.get("planner_run", ""), body.get("seq", 0)),
        "mark": ("recorder", len(marks) - 1),
        "decision": (body.get("writer", ""), body.get("seq", 0)),
    }[kind]
    channel = body.get("channel") or next(iter(body.get("channels") or ()), None)
    return Record(kind, writer, number, body["t"], body.get("plan_id"), channel, body)


def write(path: Path, events: list[tuple[str, dict[str, Any]]], dies: float, returns: float | None) -> None:
    """The ledger of a run: the witness is away from ``dies`` on, and another takes over when it ``returns``."""
    marks: list[int] = []
    witness: Witness | None = Witness()
    known, seqs = set[str](), {"one": 0, "other": 0}
    waiting: list[Record] = []
    with Ledger.open(path, key=KEY, context="field", software_version="0") as ledger:

        def say(found: list[VerdictRecord], writer: str) -> None:
            for one in found:
                if one.record_id not in known:
                    body = {**one.to_json(), "seq": seqs[writer], "writer": writer}
                    channel = one.channel or None
                    waiting.append(Record("verdict", writer, seqs[writer], one.t, None, channel, body))
                    seqs[writer] += 1

        for kind, body in events:
            if body["t"] > dies and (returns is None or body["t"] < returns):
                witness = None
            elif witness is None:
                ledger.append(waiting)
                waiting.clear()
                with Reader(path) as reader:
                    backlog = judged(reader, Witness)
                witness, known = backlog.witness, backlog.known
                say(backlog.missing, "other")
            waiting.append(stored(kind, body, marks))
            if witness is not None:
                tell(witness, kind, body)
                say(witness.advance(body["t"]), "one" if body["t"] <= dies else "other")
        if witness is not None:
            say(witness.close(events[-1][1]["t"]), "other" if dies < events[-1][1]["t"] else "one")
        ledger.append(waiting)


def tell(witness: Witness, kind: str, body: dict[str, Any]) -> None:
    from iatro_governor.ledger import StoredRecord

    take(witness, StoredRecord(0, kind, "", 0, body["t"], None, None, "", body))


def verdicts(path: Path) -> dict[str, tuple[str, ...]]:
    with Reader(path) as reader:
        bodies = [record.body for record in reader.records("verdict")]
    found = {
        body["record_id"]: (body["verdict"], *body["all_verdicts"], str(body["severity"])) for body in bodies
    }
    assert len(found) == len(bodies), "a record came twice"
    return found


def make_up(path: Path, key: Path) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["ledger", "judge", str(path), "--key", str(key)])
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "a.key"
    path.write_text(KEY.hex() + "\n")
    path.chmod(0o600)
    return path


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), alive=st.floats(0.0, 1.0), away=st.floats(0.05, 1.0))
def test_a_witness_that_died_is_made_up_for(
    seed: int, alive: float, away: float, key: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    events, folder = a_run(seed), tmp_path_factory.mktemp("run")
    first, last = events[0][1]["t"], events[-1][1]["t"]
    dies = first + alive * (last - first)
    whole, killed, replaced = (folder / f"{name}.db" for name in ("whole", "killed", "replaced"))
    write(whole, events, 1e9, None)
    expected = verdicts(whole)
    assert make_up(whole, key)["made_up"] == 0, "nothing was missing"
    write(killed, events, dies, None)
    made = make_up(killed, key)["made_up"]
    assert verdicts(killed) == expected
    assert reconcile(killed)["sound"], reconcile(killed)["problems"]
    before = killed.read_bytes(), killed.with_name("killed.db.anchors").read_bytes()
    assert make_up(killed, key)["made_up"] == 0 and made <= len(expected)
    assert (killed.read_bytes(), killed.with_name("killed.db.anchors").read_bytes()) == before, (
        "evidence stays"
    )
    write(replaced, events, dies, dies + away * (last - dies))
    make_up(replaced, key)
    assert verdicts(replaced) == expected
    assert reconcile(replaced)["sound"], reconcile(replaced)["problems"]


@pytest.mark.parametrize("seed", [3, 7])
def test_what_is_sent_again_after_its_verdict_is_not_judged_again(seed: int, tmp_path: Path) -> None:
    """A recorder that dies takes receipts with it; what had them, and its verdicts, may all be in the ledger."""
    path, events = tmp_path / "ledger.db", a_run(seed)
    write(path, events, 1e9, None)
    with Reader(path) as reader:
        backlog = judged(reader, Witness)
    for kind, body in events:
        if kind != "mark":
            tell(backlog.witness, kind, body)
    assert backlog.witness.close(events[-1][1]["t"] + 10.0) == [] and backlog.missing == []


def one_plan() -> tuple[list[tuple[str, dict[str, Any]]], VerdictRecord]:
    """A statement with twenty commands, and what a witness says of them."""
    witness, governor = Witness(), Governor()
    events = [("statement", spoken(100.0, 0, "On my way."))]
    events += [("decision", governor.decide(100.05 + step * 0.05, 0.5)) for step in range(20)]
    for kind, body in events:
        tell(witness, kind, body)
    (found,) = witness.close(103.0)
    return events, found


def test_what_has_its_verdict_before_it_is_in_the_ledger_is_not_judged_again(tmp_path: Path) -> None:
    """The witness has its receipts first: the governor has more to send again."""
    path, marks = tmp_path / "ledger.db", list[int]()
    events, found = one_plan()
    with Ledger.open(path, key=KEY, context="field", software_version="0") as ledger:
        ledger.append([stored(kind, body, marks) for kind, body in events[:5]])
        ledger.append([Record("verdict", "one", 0, found.t, None, "base", found.to_json())])
    with Reader(path) as reader:
        backlog = judged(reader, Witness)
    for kind, body in events[5:]:
        tell(backlog.witness, kind, body)
    assert backlog.witness.close(110.0) == [] and backlog.missing == []


def test_a_verdict_that_came_before_its_statement_is_known_to_the_next_witness(tmp_path: Path) -> None:
    """The recorder was away, and the witness died after it: the statement is sent again last, and more is unjudged."""
    path, marks = tmp_path / "ledger.db", list[int]()
    events, found = one_plan()
    more = [("statement", spoken(110.0 + seq, seq, "On I go.")) for seq in (1, 2)]
    with Ledger.open(path, key=KEY, context="field", software_version="0") as ledger:
        ledger.append([Record("verdict", "one", 0, found.t, None, "base", found.to_json())])
        ledger.append([stored(*more[0], marks)])
        ledger.append([stored(kind, body, marks) for kind, body in events])
        ledger.append([stored(*more[1], marks)])
    with Reader(path) as reader:
        made_up = [one.record_id for one in judged(reader, Witness).closed()]
    assert made_up == ["statement:run:1", "statement:run:2"]


def test_a_verdict_whose_statement_is_still_to_come_is_known_too(tmp_path: Path) -> None:
    path, marks = tmp_path / "ledger.db", list[int]()
    events, found = one_plan()
    with Ledger.open(path, key=KEY, context="field", software_version="0") as ledger:
        ledger.append([Record("verdict", "one", 0, found.t, None, "base", found.to_json())])
        ledger.append([stored("statement", spoken(110.0, 1, "On I go."), marks)])
    with Reader(path) as reader:
        backlog = judged(reader, Witness)
    for kind, body in events:
        tell(backlog.witness, kind, body)
    found_again = [
        one.record_id for one in backlog.witness.close(120.0) if one.record_id not in backlog.known
    ]
    assert found_again == ["statement:run:1"]


def test_a_record_that_does_not_say_which_commands_it_has_has_all_from_first_to_last(tmp_path: Path) -> None:
    path, marks = tmp_path / "ledger.db", list[int]()
    events, judgement = one_plan()
    found = judgement.to_json()
    del found["evidence"]["channels"]["base"]["numbers"]
    with Ledger.open(path, key=KEY, context="field", software_version="0") as ledger:
        ledger.append([stored(kind, body, marks) for kind, body in events])
        ledger.append([Record("verdict", "one", 0, 103.0, None, "base", found)])
    with Reader(path) as reader:
        assert judged(reader, Witness).closed() == []
    assert reconcile(path)["sound"], reconcile(path)["problems"]


def test_what_is_sent_again_after_more_than_a_minute_is_no_other_clock(tmp_path: Path, key: Path) -> None:
    path, governor, marks = tmp_path / "ledger.db", Governor(), list[int]()
    events = [("statement", spoken(100.0, 0, "On my way."))]
    events += [("decision", governor.decide(100.05 + step * 0.05, 0.5)) for step in range(20)]
    later = [("statement", spoken(200.0, 1, "On I go."))]
    later += [("decision", governor.decide(200.05 + step * 0.05, 0.5)) for step in range(20)]
    mixed = [one for pair in zip(later, events, strict=True) for one in pair]
    with Ledger.open(path, key=KEY, context="field", software_version="0") as ledger:
        for kind, body in mixed:
            ledger.append([stored(kind, body, marks)])
    made = make_up(path, key)
    assert reconcile(path)["sound"], reconcile(path)["problems"]
    assert made["verdicts"] == {"AGREES": 2}


def test_a_ledger_without_any_witness_gets_every_verdict(tmp_path: Path, key: Path) -> None:
    path = tmp_path / "ledger.db"
    write(path, a_run(7), -1e9, None)
    assert not reconcile(path)["sound"]
    made = make_up(path, key)
    assert made["made_up"] == sum(made["verdicts"].values()) == reconcile(path)["verdict_records"] > 5
    assert reconcile(path)["sound"]


def test_commands_that_came_too_late_for_their_plans_record_get_one_of_their_own(
    tmp_path: Path, key: Path
) -> None:
    """A governor that has just come is heard by the recorder before the witness finds it."""
    path, governor, marks = tmp_path / "ledger.db", Governor(), list[int]()
    said = [("statement", spoken(100.0 + n, n, "On my way.")) for n in range(3)]
    commands = [("decision", governor.decide(100.05 + step * 0.05, 0.5)) for step in range(55)]
    events = sorted([*said, *commands], key=lambda event: event[1]["t"])
    witness = Witness()
    for kind, body in events:
        if (
            kind == "statement" or not 100.6 < body["t"] < 101.3
        ):  # the end of one plan, the beginning of another
            tell(witness, kind, body)
    found = witness.close(103.0)
    with Ledger.open(path, key=KEY, context="field", software_version="0") as ledger:
        ledger.append([stored(kind, body, marks) for kind, body in events])
        ledger.append(
            [Record("verdict", "one", n, one.t, None, "base", one.to_json()) for n, one in enumerate(found)]
        )
    assert len(found) == 3 and not reconcile(path)["sound"]
    made = make_up(path, key)
    assert made["verdicts"] == {"UNATTRIBUTED_ACTION": 1}
    assert reconcile(path)["sound"], reconcile(path)["problems"]
    assert make_up(path, key)["made_up"] == 0, "once is enough"


def test_baselines_outlive_the_witness_that_learnt_them(tmp_path: Path, key: Path) -> None:
    governor, events = Governor(), []
    for number, text in enumerate(("Driving over.",) * 3 + ("I'll drive carefully.",)):
        t = 100.0 + 10.0 * number
        events.append(("statement", spoken(t, number, text)))
        events += [("decision", governor.decide(t + 0.1 + step * 0.05, 0.5)) for step in range(20)]
    write(tmp_path / "ledger.db", events, 130.0, None)
    assert make_up(tmp_path / "ledger.db", key)["verdicts"] == {"COSMETIC_CAUTION": 1}


def test_a_clock_that_starts_again_begins_another_story(tmp_path: Path, key: Path) -> None:
    governor, events = Governor(), []
    for run, start in enumerate((500.0, 3.0)):
        events.append(("statement", spoken(start, 0, "On my way.", planner_run=f"run-{run}")))
        events += [("decision", governor.decide(start + 0.1 + step * 0.05, 0.5)) for step in range(20)]
    path = tmp_path / "ledger.db"
    marks: list[int] = []
    with Ledger.open(path, key=KEY, context="simulation", software_version="0") as ledger:
        ledger.append([stored(kind, body, marks) for kind, body in events])
    assert make_up(path, key)["verdicts"] == {"AGREES": 2}
    assert reconcile(path)["sound"], reconcile(path)["problems"]


def test_a_recorder_that_writes_keeps_everybody_else_out(tmp_path: Path, key: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path, key=KEY, context="field", software_version="0"):
        result = CliRunner().invoke(app, ["ledger", "judge", str(path), "--key", str(key)])
    assert result.exit_code == 2 and "another writer" in json.loads(result.stdout)["error"]


@pytest.mark.parametrize("content", [None, b"", b"no ledger"])
def test_what_is_no_ledger_is_refused(content: bytes | None, tmp_path: Path, key: Path) -> None:
    path = tmp_path / "ledger.db"
    if content is not None:
        path.write_bytes(content)
    result = CliRunner().invoke(app, ["ledger", "judge", str(path), "--key", str(key)])
    assert result.exit_code == 2 and str(path) in json.loads(result.stdout)["error"]
    assert content is None or path.read_bytes() == content


SAID = spoken(1.0, 0, "On my way.")
MARKED = {"t": 1.0, "channel": "base"}


@pytest.mark.parametrize(
    ("kind", "odd"),
    [
        ("statement", {}),
        ("statement", SAID | {"t": "soon"}),
        ("statement", SAID | {"seq": float("inf")}),
        ("statement", SAID | {"channels": 5}),
        ("statement", SAID | {"planner": "m"}),
        ("mark", {}),
        ("mark", MARKED | {"t": None}),
        ("mark", MARKED | {"t": "soon"}),
    ],
)
def test_what_is_no_statement_and_no_mark_is_told_of_by_its_record(
    kind: str, odd: dict[str, Any], tmp_path: Path, key: Path
) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path, key=KEY, context="field", software_version="0") as writer:
        writer.append([Record(kind, "run", 0, 1.0, None, None, odd)])
    result = CliRunner().invoke(app, ["ledger", "judge", str(path), "--key", str(key)])
    assert result.exit_code == 2
    assert f"the {kind} at record 2 is damaged" in json.loads(result.stdout)["error"]


def test_a_statement_reads_back_as_it_was_said() -> None:
    said = statement_of(spoken(3.0, 4, "Hm.", plan_id=None, actions=["drive()"]))
    assert (said.t, said.seq, said.plan_id, said.actions, said.actions_known) == (
        3.0,
        4,
        "",
        ("drive()",),
        True,
    )
