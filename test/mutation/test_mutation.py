"""The mutation run is tried itself: on a room whose tests are whole, and on the same with one test taken away."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = '''"""A limit."""

MOST = 3


def cap(value: float, low: float = 0.0) -> float:
    """``value`` within bounds."""
    if value > MOST:
        return MOST
    return max(value, low)
'''
TESTS = """from iatro_governor.limits.cap import cap


def test_beyond():
    assert cap(4.0) == 3 and cap(3.0) == 3.0 and cap(3.5) == 3


def test_below():
    assert cap(-1.0) == 0.0 and cap(2.0) == 2.0


def test_a_low_end_of_its_own():
    assert cap(0.5, 1.0) == 1.0
"""
EQUAL = "cap: value > MOST -> value >= MOST"
"""Of a value that is the bound itself, both give the same."""


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A tree with the runner, one file of code and its tests."""
    shutil.copytree(ROOT / "tools" / "mutation", tmp_path / "tools" / "mutation")
    for folder in ("iatro_governor/limits", "test/limits", "test/profile", "test/governor", "bench"):
        (tmp_path / folder).mkdir(parents=True)
    for package in ("iatro_governor", "iatro_governor/limits"):  # else the installed one is found before it
        (tmp_path / package / "__init__.py").write_text('__version__ = "1.2.3"\n')
    for name in ("__init__.py", "machine.py"):
        shutil.copy(ROOT / "bench" / name, tmp_path / "bench" / name)
    (tmp_path / "iatro_governor/limits/cap.py").write_text(CODE)
    (tmp_path / "test/limits/test_cap.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = --import-mode=importlib\nmarkers =\n ros: a\n alone: b\n apart: c\n"
    )
    accept(tmp_path, f"iatro_governor/limits/cap.py:\n  '{EQUAL}': the same for the bound itself\n")
    return tmp_path


def accept(tree: Path, text: str) -> None:
    (tree / "tools/mutation/accepted.yaml").write_text(text)


def outcome(tree: Path, *options: str) -> tuple[int, str]:
    """The exit code and all that the run says."""
    command = [sys.executable, "-m", "tools.mutation", "limits", "--tests", "test/limits", *options]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, done.stdout + done.stderr


def test_a_test_that_is_taken_away_fails_the_run_and_what_was_found_before_does_not_hide_it(
    room: Path,
) -> None:
    code, told = outcome(room)
    assert code == 0 and "1 accepted" in told and "survived" not in told, told
    before = counts(room)
    assert before["accepted"] == 1 and before["survived"] == 0 and before["noticed"] == before["changes"] - 1
    file = room / "test/limits/test_cap.py"
    first, _, rest = TESTS.partition("def test_below")
    file.write_text(first + rest.partition("\n\n\n")[2])
    code, told = outcome(room)
    assert code == 1 and "survived: cap: 0.0 -> 1.0" in told
    assert counts(room)["survived"] >= 1 and counts(room)["changes"] == before["changes"]


def counts(tree: Path) -> dict[str, int]:
    """What the run leaves for the page of benchmarks."""
    found: dict[str, int] = json.loads((tree / "out/bench/mutation.json").read_text())["rooms"]["limits"]
    return found


def test_one_that_nobody_accepted_fails_and_one_that_is_noticed_may_not_stay_on_the_list(room: Path) -> None:
    accept(room, "{}\n")
    code, told = outcome(room)
    assert code == 1 and EQUAL in told
    accept(room, f"iatro_governor/limits/cap.py:\n  '{EQUAL}': so\n  'module: 3 -> 4': not so\n")
    code, told = outcome(room)
    assert code == 1 and "take it off the list: module: 3 -> 4" in told


def test_a_run_that_goes_wrong_says_nothing_of_the_code(room: Path) -> None:
    (room / "test/limits/test_cap.py").write_text(TESTS.replace("cap(2.0) == 2.0", "cap(2.0) == 7.0"))
    assert outcome(room)[0] == 2


def whole(tree: Path, *options: str) -> tuple[int, str]:
    """Every room: the exit code and all that the run says."""
    command = [sys.executable, "-m", "tools.mutation", "--tests", "test/limits", *options]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, done.stdout + done.stderr


def test_without_a_room_each_is_tried_and_one_that_fails_hides_no_other(room: Path) -> None:
    """The wrong answers: to end at the first room that fails, or to have the code of the last."""
    for name in ("governor", "testimony"):
        (room / "iatro_governor" / name).mkdir()
    (room / "iatro_governor/governor/step.py").write_text("LOW = 1\n")  # no test runs it
    (room / "iatro_governor/testimony/word.py").write_text('"""Nothing to change."""\n')
    code, told = whole(room)
    assert code == 1 and "governor/step.py: 1 changes, 0 noticed" in told
    found = json.loads((room / "out/bench/mutation.json").read_text())["rooms"]
    assert list(found) == ["limits", "governor", "testimony"]
    assert found["limits"]["survived"] == 0 and found["governor"]["survived"] == 1


def test_a_file_that_no_room_has_is_no_room_without_survivors(room: Path) -> None:
    code, told = whole(room, "--files", "cup.py")
    assert code == 2 and "cup.py" in told and not (room / "out/bench/mutation.json").exists()


def test_the_names_on_the_list_are_of_changes_that_exist() -> None:
    yaml = pytest.importorskip("yaml")
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from mutation.mutants import mutants  # the folder of the tools is no package of ours
    finally:
        sys.path.pop(0)
    listed = yaml.safe_load((ROOT / "tools/mutation/accepted.yaml").read_text(encoding="utf-8")) or {}
    for file, names in listed.items():
        source = (ROOT / file).read_text(encoding="utf-8")
        there = {one.name for one in mutants(source)}
        assert set(names) <= there, file
        assert all(len(reason) > 20 for reason in names.values()), "each has its reason"
        assert ast.parse(source)
