"""By what the governor knows its watch."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from iatro_governor.errors import IatroError
from iatro_governor.nodes.watch_file import MOST_IDS, Acquaintance, Introduction, WatchRuns


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "robot" / "ledger.watch"


def test_who_is_introduced_is_known_and_nobody_else(path: Path) -> None:
    known = Acquaintance(path)
    assert not known.ids() and not known.refused and not known.runs
    Introduction(path).tell(["01", "02"])
    assert known.ids() == {"01", "02"} and known.runs


def test_those_before_it_stay_known_for_their_ghosts_stay_in_the_graph(path: Path) -> None:
    first = Introduction(path)
    first.tell(["01"])
    first.close()
    known = Acquaintance(path)
    assert known.ids() == {"01"} and not known.runs
    Introduction(path).tell(["02"])
    assert known.ids() == {"01", "02"}


def test_it_does_not_grow_for_ever(path: Path) -> None:
    introduction = Introduction(path)
    for number in range(3 * MOST_IDS):
        introduction.tell([f"{number:04x}"])
    ids = Acquaintance(path).ids()
    assert len(ids) == MOST_IDS and f"{3 * MOST_IDS - 1:04x}" in ids


def test_a_second_watch_is_refused_as_long_as_the_first_runs(path: Path) -> None:
    first = Introduction(path)
    with pytest.raises(WatchRuns, match="one is enough"):
        Introduction(path)
    first.close()
    Introduction(path).close()


@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602])
def test_a_file_that_others_can_write_is_not_believed(path: Path, mode: int) -> None:
    Introduction(path).tell(["01"])
    os.chmod(path, mode)
    known = Acquaintance(path)
    assert not known.ids() and "can be written by others" in known.refused


def test_a_file_of_another_user_is_not_believed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Introduction(path).tell(["01"])
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    known = Acquaintance(path)
    assert not known.ids() and f"belongs to user {own}" in known.refused


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    Introduction(path).tell(["01"])
    link = tmp_path / "link.watch"
    link.symlink_to(path)
    known = Acquaintance(link)
    assert not known.ids() and "is no file" in known.refused


@pytest.mark.parametrize("text", ["", "{", "3", '{"a": 1}', "[1, null]", "\x00"])
def test_nonsense_in_it_introduces_nobody_and_is_written_over(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    known = Acquaintance(path)
    assert not known.ids()
    Introduction(path).tell(["01"])
    assert known.ids() == {"01"}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IatroError, match="cannot be written"):
        Introduction(tmp_path / "file" / "ledger.watch")


def test_a_file_that_cannot_be_written_is_told(path: Path) -> None:
    introduction = Introduction(path)
    path.with_suffix(".watch.new").mkdir()
    with pytest.raises(IatroError, match=r"ledger\.watch\.new: cannot be written"):
        introduction.tell(["01"])
