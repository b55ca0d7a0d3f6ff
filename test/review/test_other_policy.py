"""Another policy meets a robot that did as the recorded one let it: what that does to the comparison."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from iatro_governor.governor.events import Command, Odom, Scan
from iatro_governor.ledger import Ledger, Record
from test.review.test_replay import CONFIG, KEY, Run, run


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the record of a robot that drives straight on, as fast as it is let."""
    folder = tmp_path_factory.mktemp("driven")
    made = Run(folder, 0)
    x, ranges = 0.0, np.full(360, 9.0)
    for step in range(300):
        t = 100.0 + step * 0.01
        speed = made.records[-1].body["allowed"][0] if made.records else 0.0
        x += speed * 0.01
        if step % 5 == 0:
            made.tell(Scan(t, "lidar", ranges, 0.0, math.tau / 360, 0.1, 10.0, t))
        pose = np.array([x, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
        made.tell(Odom(t, "odom", pose, np.array([speed, 0.0, 0.0, 0.0, 0.0, 0.0]), t))
        made.tell(Command(t, "base", (2.0, 0.0, 0.0, 0.0, 0.0, 0.0), t, "p1"))
        made.tick(t + 0.005)
    made.journal.close()
    conduct = {"writer": "ring", "first_seq": 20, "last_seq": 500, "commands": 300}
    body = {"verdict": "PARTIAL", "severity": 2, "channel": "base"}
    body["evidence"] = {"channels": {"base": conduct}}
    with Ledger.open(folder / "ledger.db", key=KEY, context="simulation", software_version="0") as ledger:
        ledger.append(made.records)
        ledger.append([Record("verdict", "w", 0, 1.0, "p1", "base", body)])
    return folder


@pytest.fixture
def slower(tmp_path: Path) -> Path:
    text = CONFIG.read_text(encoding="utf-8")
    assert "    bound: 0.8\n" in text
    path = tmp_path / "slower.yaml"
    path.write_text(text.replace("    bound: 0.8\n", "    bound: 0.4\n"), encoding="utf-8")
    return path


def test_a_robot_that_did_as_it_was_told_does_not_disobey_a_slower_policy(
    driven: Path, slower: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iatro_governor.review.replay.MOST_DIFFERENCES", 10_000)
    found = json.loads(run(driven / "ledger.db", "--incident", "p1", "--config", slower, "--json").stdout)
    assert found["differing"] == len(found["differences"]) > 100
    last = found["differences"][-1]["differs"]
    assert last["allowed"]["recorded"][0] == pytest.approx(0.8)
    assert last["allowed"]["replayed"][0] == pytest.approx(0.4)
    assert not [one for one in found["differences"] if "faults" in one["differs"]]
    assert any("whether it obeys is not judged" in note for note in found["notes"])


def test_the_same_policy_judges_obedience_as_it_did(driven: Path) -> None:
    found = json.loads(run(driven / "ledger.db", "--incident", "p1", "--config", CONFIG, "--json").stdout)
    assert found["identical"] and not found["notes"]


def test_what_is_not_shown_is_counted_and_times_are_those_of_the_list(driven: Path, slower: Path) -> None:
    said = run(driven / "ledger.db", "--incident", "p1", "--config", slower).stdout
    differing = int(said.split(" differ")[0].rsplit(" ", 1)[1])
    assert said.count("  decision ") == 20
    assert f"  and {differing - 20} more that differ" in said
    assert "s after the first record" in said
