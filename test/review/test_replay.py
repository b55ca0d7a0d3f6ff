"""Incidents decided again: the same inputs give the same decisions, and anything else is told."""

from __future__ import annotations

import json
import math
import os
import pickle
import random
import shutil
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from iatro_governor.cli.main import app
from iatro_governor.errors import EventError
from iatro_governor.governor.events import Command, EStop, Event, Odom, Reset, Scan
from iatro_governor.governor.recorded import as_sent, decision_body
from iatro_governor.governor.resetting import token_of
from iatro_governor.governor.told import Call, NotingGovernor, ToldPermits, ToldResets
from iatro_governor.ledger import Ledger, Record, build
from iatro_governor.ledger.build import Build
from iatro_governor.ledger.frames import packed, unpacked
from iatro_governor.ledger.journal import Journal, build_of, chapters, frames
from iatro_governor.limits.registry import load_profile

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config/amr.yaml"
KEY = b"k" * 32
OFFSET = 1.7e9


class Run:
    """A governor as its node drives it: what it is told goes to a journal, what it decides to a ledger."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.core = NotingGovernor(load_profile(CONFIG), self._nonce, key=KEY)
        self.journal = Journal(folder / "ledger.inputs", "ring", 10**9)
        self.core.note = self._note
        self.records: list[Record] = []
        self.chapter()

    def _nonce(self, latch_id: str, _seq: int) -> str:
        return f"{self.rng.getrandbits(128):032x}"

    def _note(self, made: Call) -> None:
        self.journal.add(packed((OFFSET, made)))

    def chapter(self) -> None:
        self.journal.begin(self.core.next_seq, self.core.state(packed))

    def tell(self, event: Event) -> None:
        command = event if isinstance(event, Command) else None
        for decision in self.core.handle(event):
            self._keep(decision, command)

    def tick(self, t: float) -> None:
        for decision in self.core.tick(t):
            self._keep(decision, None)
        self.journal.flush()

    def _keep(self, decision: Any, command: Command | None) -> None:
        body = as_sent(decision_body(decision, OFFSET, "ring", "0", "monotonic", command, decision.joints))
        self.records.append(
            Record("decision", "ring", decision.seq, body["t"], body["plan_id"], "base", body)
        )

    def drive(self, steps: int) -> None:
        """A wall that comes and goes, commands that are sometimes nonsense, a pressed stop and its release."""
        rng = self.rng
        for step in range(steps):
            t = 100.0 + step * 0.01
            if step % 5 == 0:
                ranges = np.full(360, 4.0) + np.array([rng.random() for _ in range(360)])
                ranges[:40] = 0.4 + 2.0 * abs(math.sin(step / 90))
                self.tell(Scan(t, "lidar", ranges, 0.0, math.tau / 360, 0.1, 10.0, t))
                pose = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
                self.tell(Odom(t, "odom", pose, np.array([0.1 * rng.random(), 0.0, 0.0, 0.0, 0.0, 0.0]), t))
                bad = math.nan if step == 150 else 0.3 + rng.random()
                self.tell(
                    Command(t, "base", (bad, 0.0, 0.0, 0.0, 0.0, rng.random() - 0.5), t, f"plan {step // 40}")
                )
            if step == steps // 2:
                self.tell(EStop(t, True))
                self.tell(EStop(t + 1e-4, False))
            if step == steps // 2 + 120 and (latch := self.core.latch) is not None:
                self.tell(Reset(t, token_of(KEY, latch.id, latch.nonce)))
            if step % 97 == 96:
                self.chapter()
            self.tick(t + 0.005)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger, its journal, and one incident over the middle of the run."""
    folder = tmp_path_factory.mktemp("recorded")
    run = Run(folder, 3)
    run.drive(500)
    run.journal.close()
    first, last = 120, 520
    conduct = {"writer": "ring", "first_seq": first, "last_seq": last, "commands": 5}
    body = {
        "verdict": "PARTIAL",
        "severity": 2,
        "channel": "base",
        "evidence": {"channels": {"base": conduct}},
    }
    ledger = Ledger.open(folder / "ledger.db", key=KEY, context="simulation", software_version="0")
    with ledger:
        ledger.append(run.records)
        ledger.append([Record("verdict", "w", 0, 1.0, "p1", "base", body)])
    return folder


@pytest.fixture
def folder(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "copy"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["replay", *map(str, arguments)])


def test_the_same_inputs_give_the_same_decisions_byte_for_byte(folder: Path) -> None:
    result = run(folder / "ledger.db", "--incident", "p1", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0, found.get("differences", found)
    assert (found["compared"], found["identical"]) == (401, True)
    assert found["policy"] == found["recorded_policy"]


def test_decisions_that_no_recorder_was_there_for_are_said_to_wait_in_the_ring(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as db:
        db.execute("DELETE FROM record WHERE kind = 'decision' AND number > 510")
    result = run(folder / "ledger.db", "--incident", "p1", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1 and found["missing"] == 10
    assert found["notes"] == ["10 decisions are not in the ledger and cannot be compared"]
    (folder / "ledger.ring").touch()
    result = run(folder / "ledger.db", "--incident", "p1")
    assert result.exit_code == 1 and f"waits in {folder / 'ledger.ring'}" in result.stderr.replace("\n", "")


def test_it_starts_from_any_chapter(folder: Path) -> None:
    """Also with nothing left of the run's beginning, over a latch, its nonce, and a reset with the operator's key."""
    for _, path in chapters([folder / "ledger.inputs"], "ring"):
        if int(path.stem.rpartition("-")[2]) < 100:
            path.unlink()
    assert run(folder / "ledger.db", "--incident", "p1").exit_code == 0


def test_the_operators_key_is_not_in_the_journal(folder: Path) -> None:
    content = b"".join(path.read_bytes() for path in (folder / "ledger.inputs").iterdir())
    assert KEY not in content


def test_an_input_that_was_changed_shows_as_decisions_that_differ(folder: Path) -> None:
    path = chapters([folder / "ledger.inputs"], "ring")[1][1]
    state, *rest = frames(path)
    journal = Journal(folder / "other.inputs", "ring", 10**9)
    shutil.rmtree(folder / "ledger.inputs")
    journal.begin(int(path.stem.rpartition("-")[2]), state)
    for frame in rest:
        offset, made = unpacked(frame)
        if isinstance(made[1], Command):
            event = made[1]
            made = (
                "handle",
                Command(event.t, event.channel, (0.01, *event.values[1:]), event.stamp, event.plan_id),
            )
        journal.add(packed((offset, made)))
    journal.close()
    result = run(folder / "ledger.db", "--incident", "p1", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert found["differing"] > 10
    sides = [one["differs"]["allowed"] for one in found["differences"] if "allowed" in one["differs"]]
    assert sides and sides[0]["recorded"] != sides[0]["replayed"]


def test_what_another_policy_would_have_done(folder: Path, tmp_path: Path) -> None:
    text = CONFIG.read_text(encoding="utf-8")
    slower = tmp_path / "slower.yaml"
    assert "    bound: 0.8\n" in text
    slower.write_text(text.replace("    bound: 0.8\n", "    bound: 0.4\n"), encoding="utf-8")
    result = run(folder / "ledger.db", "--incident", "p1", "--config", slower, "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1, result.stdout
    assert found["policy"] != found["recorded_policy"]
    assert found["differing"] > 0
    same = json.loads(run(folder / "ledger.db", "--incident", "p1", "--config", CONFIG, "--json").stdout)
    assert same["policy"] == same["recorded_policy"]
    assert same["differing"] < found["compared"] / 2  # it starts closed, with nothing seen


def test_a_torn_end_replays_as_far_as_it_goes(folder: Path) -> None:
    for _, path in chapters([folder / "ledger.inputs"], "ring")[4:]:
        path.unlink()
    path = chapters([folder / "ledger.inputs"], "ring")[-1][1]
    path.write_bytes(path.read_bytes()[:-7])
    result = run(folder / "ledger.db", "--incident", "p1", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert all(list(one["differs"]) == ["decision"] for one in found["differences"])


def test_one_decision_may_be_asked_for(folder: Path) -> None:
    result = run(folder / "ledger.db", "--incident", "200", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["compared"] == 1


@pytest.mark.parametrize("damage", ["none", "text", "empty"])
def test_a_journal_that_is_none_is_a_clear_error(damage: str, folder: Path) -> None:
    if damage == "none":
        shutil.rmtree(folder / "ledger.inputs")
    else:
        for path in (folder / "ledger.inputs").iterdir():
            path.write_bytes(b"text\n" * 100 if damage == "text" else b"")
    result = run(folder / "ledger.db", "--incident", "p1")
    assert result.exit_code == 2
    assert "journal" in result.stderr
    assert run(folder / "ledger.db", "--incident", "absent").exit_code == 2
    assert run(folder / "absent.db", "--incident", "p1").exit_code == 2


class _Harmful:
    def __init__(self, what: Callable[..., object], *given: object) -> None:
        self.what, self.given = what, given

    def __reduce__(self) -> Any:
        return self.what, self.given


@pytest.mark.parametrize(
    ("what", "more"),
    [(os.system, ()), (eval, ()), (open, ("w",)), (getattr, ("upper",)), (load_profile, ()), (exec, ())],
)
def test_a_hostile_journal_runs_nothing(
    what: Callable[..., object], more: tuple[str, ...], tmp_path: Path
) -> None:
    target = tmp_path / "made"
    with pytest.raises(EventError, match="may not name"):
        unpacked(pickle.dumps(_Harmful(what, str(target), *more), 5))
    assert not target.exists()


@pytest.mark.parametrize("name", ["load.hashlib.os.system", "Path", "read"])
def test_nothing_is_reached_through_a_module_of_ours(name: str) -> None:
    data = (
        b"\x80\x05\x8c\x1biatro_governor.profile.load"
        + b"\x8c"
        + bytes([len(name)])
        + name.encode()
        + b"\x93."
    )
    with pytest.raises(EventError):
        unpacked(data)


def rewritten(folder: Path, change: Callable[[Build, list[bytes]], tuple[bytes | None, list[bytes]]]) -> None:
    """Each chapter again with what ``change`` makes of its preface and its frames."""
    for _, path in chapters([folder / "ledger.inputs"], "ring"):
        wrote = build_of(path)
        assert wrote is not None
        preface, rest = change(wrote, list(frames(path)))
        whole = [*([] if preface is None else [preface]), *rest]
        path.write_bytes(b"".join(struct.pack("<II", len(one), crc32(one)) + one for one in whole))


def refused(folder: Path, *more: object) -> str:
    """What an incident that cannot be decided again ends with; never 0 or 1, which say how decisions came out."""
    result = run(folder / "ledger.db", "--incident", "p1", *more)
    assert result.exit_code == 2, (result.stdout, result.exception)
    assert isinstance(result.exception, SystemExit) and not result.stdout
    return " ".join(result.stderr.split())


def test_a_chapter_says_which_build_wrote_it(folder: Path) -> None:
    wrote = {build_of(path) for _, path in chapters([folder / "ledger.inputs"], "ring")}
    assert wrote == {build.this()}


@pytest.mark.parametrize("silent", [True, False])
def test_what_another_build_was_told_is_not_decided_again(folder: Path, silent: bool) -> None:
    other = replace(build.this(), software_version="0.0.9", core="0123456789abcdef")
    rewritten(folder, lambda _, rest: (None if silent else other.preface(), rest))
    said = refused(folder)
    assert ("no build" if silent else str(other)) in said
    assert str(build.this()) in said and "iatro review show" in said
    assert run(folder / "ledger.db", "--incident", "p1", "--json").exit_code == 2


def test_a_build_in_the_middle_of_an_incident_is_seen(folder: Path) -> None:
    other = replace(build.this(), core="0123456789abcdef")
    kept = folder / "first"
    path = chapters([folder / "ledger.inputs"], "ring")[1][1]
    shutil.copy(path, kept)
    rewritten(folder, lambda _, rest: (other.preface(), rest))
    shutil.copy(kept, path)
    assert str(other) in refused(folder)


def test_another_policy_meets_what_another_build_was_told_and_it_is_said(folder: Path) -> None:
    other = replace(build.this(), core="0123456789abcdef")
    rewritten(folder, lambda _, rest: (other.preface(), rest))
    result = run(folder / "ledger.db", "--incident", "p1", "--config", CONFIG, "--json")
    found = json.loads(result.stdout)
    assert found["compared"] == 401
    assert any(str(other) in note for note in found["notes"])


def test_other_libraries_are_named_beside_the_result(folder: Path) -> None:
    rewritten(folder, lambda wrote, rest: (replace(wrote, numbers="numpy 0.1").preface(), rest))
    found = json.loads(run(folder / "ledger.db", "--incident", "p1", "--json").stdout)
    assert found["identical"]
    assert any("numpy 0.1" in note for note in found["notes"])


def lacking(state: bytes) -> bytes:
    """A state as of a build in which a governor did not have one of its attributes yet."""
    told: dict[str, object] = {name: ToldResets(()) for name in ("nonce", "resets")}
    told |= {f"permits {number}": ToldPermits(()) for number in range(9)}
    own = unpacked(state, told)
    del own["_seq"]
    return packed(own, told)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rest: [lacking(rest[0]), *rest[1:]],
        lambda rest: [packed([1, 2]), *rest[1:]],
        lambda rest: [b"\x80\x05garbage", *rest[1:]],
        lambda rest: [rest[0], *[packed("no call")] * 3],
        lambda rest: [rest[0], packed((0.0, ("tick", "soon"))), *rest[1:]],
        lambda rest: [rest[0], packed((0.0, ("handle",))), *rest[1:]],
        lambda rest: [],
    ],
)
def test_what_cannot_be_decided_again_is_said_and_no_traceback(
    folder: Path, spoil: Callable[[list[bytes]], list[bytes]]
) -> None:
    rewritten(folder, lambda wrote, rest: (wrote.preface(), spoil(rest)))
    assert ".journal" in refused(folder)


@pytest.mark.parametrize("preface", [b"iatro journal {", b"iatro journal []"])
def test_a_preface_that_is_none_is_a_clear_error(folder: Path, preface: bytes) -> None:
    rewritten(folder, lambda _, rest: (preface, rest))
    assert "no preface of a journal" in refused(folder)
    rewritten_format = replace(build.this(), format=2).preface()
    for _, path in chapters([folder / "ledger.inputs"], "ring"):
        path.write_bytes(
            struct.pack("<II", len(rewritten_format), crc32(rewritten_format)) + rewritten_format
        )
    assert "format 2 of a journal" in refused(folder)
