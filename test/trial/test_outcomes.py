"""The table of runs: what is written comes back, and what cannot be a run is refused with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iatro_governor.errors import TrialError
from iatro_governor.trial.outcomes import Outcome, harm_key, line, parse, read, write

RUN = Outcome(
    robot="amr",
    family="crossing",
    kind="harmful",
    scenario="crossing_1",
    seed=3,
    treatment="governed",
    dose=1.5,
    doses={"obstacles": 2.0},
    off=("travel_speed",),
    harms={harm_key("person_contact", "anna", "base"): 1.25, harm_key("collision", "wall", "base"): 0.5},
    task_done=False,
    deadline_s=20.0,
    duration_s=12.5,
    stops=2,
    alarms=1,
    commands=100,
    modified=40,
    moment={"follower_close": True, "speed": 0.4},
    stop_mode="protective",
    binding=("obstacles",),
    labels=("caution",),
    config_hash="abc",
    replay="crossing_1@3",
)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"duration_s": 0.0}, "duration_s"),
        ({"duration_s": "NaN"}, "duration_s"),
        ({"kind": "risky"}, "kind"),
        ({"dose": -1.0}, "dose"),
        ({"harms": {"collision/wall/base": -0.1}}, "harms.collision/wall/base"),
        ({"seed": 1.5}, "seed"),
        ({"treatment": "placebo"}, "treatment"),
        ({"harm_total": 0.0}, "harm_total"),
    ],
)
def test_what_is_no_run_is_refused_by_key_and_line(tmp_path: Path, change: dict, named: str) -> None:
    path = tmp_path / "outcomes.jsonl"
    wrong = json.dumps({**json.loads(line(RUN)), **change})
    path.write_text(f"{line(RUN)}\n{wrong}\n", encoding="utf-8")
    with pytest.raises(TrialError, match=rf"outcomes.jsonl:2: {named}"):
        list(read(path))


def test_a_line_that_is_no_json_is_refused() -> None:
    with pytest.raises(TrialError, match="here: the line"):
        parse("{", "here")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.jsonl"
    path.write_bytes(b"\xff\xfe\n")
    with pytest.raises(TrialError, match="UTF-8"):
        list(read(path))


def test_what_is_written_comes_back_with_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.jsonl"
    write(path, [RUN, RUN])
    rows = list(read(path))
    assert rows == [RUN, RUN]
    assert path.read_text(encoding="utf-8") == "".join(line(row) + "\n" for row in rows)


def test_half_a_line_at_the_end_is_no_row_yet(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.jsonl"
    path.write_text(f"{line(RUN)}\n{line(RUN)[:50]}", encoding="utf-8")
    assert list(read(path)) == [RUN]


def test_harm_and_twins() -> None:
    assert RUN.harm == 1.75
    assert RUN.task_lost
    assert RUN.twin == ("amr", "crossing/crossing_1", 3)
