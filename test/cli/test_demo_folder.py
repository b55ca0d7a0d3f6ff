"""A demo clears its folder of what the one before it left there, and of nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from iatro_governor.cli._demo_run import _own_folder
from iatro_governor.errors import IatroError

OURS = (
    "summary.json",
    "forces.svg",
    "top_view.svg",
    "arm.truth.json",
    "base.planner.json",
    "arm.cue",
    "ledger.db",
)


def test_what_the_last_run_left_goes_and_what_somebody_put_beside_it_stays(tmp_path: Path) -> None:
    with _own_folder(tmp_path):
        for name in (*OURS, "sketch.svg", "notes.json"):
            (tmp_path / name).write_text("")
    with _own_folder(tmp_path):
        left = {path.name for path in tmp_path.iterdir()}
    assert {"sketch.svg", "notes.json"} <= left and not left & set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_what_looks_like_ours_where_no_demo_ran_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("evidence")
    with pytest.raises(IatroError, match=name), _own_folder(tmp_path):
        pass
    assert (tmp_path / name).read_text() == "evidence"


def test_folders_of_recorded_inputs_go_too(tmp_path: Path) -> None:
    with _own_folder(tmp_path):
        (tmp_path / "ledger.base.inputs").mkdir()
        (tmp_path / "ledger.base.inputs" / "journal-0").write_text("frames")
    with _own_folder(tmp_path):
        assert not list(tmp_path.glob("ledger.*"))
