"""What tests take of each room, counted from what coverage wrote of a real run."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from bench.covered import by_room, floored

pytest.importorskip("coverage", reason="coverage is not installed")

CODE = """def sign(value):
    if value > 0:
        return 1
    for _ in range(2):
        value += 1
        if value > 5:
            return 5
    return value


def never():
    if CODE:
        return 1
"""
RUN = "import sys; sys.path.insert(0, '.'); from iatro_governor.limits.sign import sign; sign(-9)"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What coverage says of a room of one file, of which one branch of three is taken both ways."""
    folder = tmp_path_factory.mktemp("tree")
    room = folder / "iatro_governor" / "limits"
    room.mkdir(parents=True)
    for package in (room.parent, room):  # else the installed one is found before it
        (package / "__init__.py").write_text("")
    (room / "sign.py").write_text(CODE)
    (folder / "run.py").write_text(RUN)
    (folder / ".coveragerc").write_text("[run]\nbranch = true\ninclude = iatro_governor/limits/sign.py\n")
    for words in (["run", "run.py"], ["json", "-q", "-o", "out.json"]):
        subprocess.run([sys.executable, "-m", "coverage", *words], cwd=folder, check=True, timeout=120)
    files: dict[str, Any] = json.loads((folder / "out.json").read_text())["files"]
    return files


def test_a_branch_that_no_test_takes_is_named_beside_lines_that_none_runs(measured: dict[str, Any]) -> None:
    row = by_room(measured)["limits"]
    assert row["branches"] == 8 and row["branches_taken"] == 4 and row["percent"] == 50.0
    [left] = row["left"].values()
    assert left == ["3", "7", "12", "13", "2->3", "6->7"], (
        "and those of a line that is not run go without saying"
    )


def test_rooms_are_told_apart(measured: dict[str, Any]) -> None:
    [found] = measured.values()
    rooms = by_room({f"iatro_governor/{room}/{file}.py": found for room in ("a", "b") for file in "xyz"})
    assert {name: (row["files"], row["branches"]) for name, row in rooms.items()} == {
        "a": (3, 24),
        "b": (3, 24),
    }


def test_what_lacks_one_branch_is_not_a_hundred_percent() -> None:
    """The wrong answer would be rounded."""
    assert floored(99999, 100000) == 99.9 and floored(7, 7) == 100.0 == floored(0, 0)
