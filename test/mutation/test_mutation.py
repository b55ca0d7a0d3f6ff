"""The mutation run is tried itself: on a room whose tests are whole, and on the same with one test taken away."""

from __future__ import annotations

import ast
import importlib
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

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
    assert code == 0 and "1 accepted" in told and "survived:" not in told, told
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
    code, told = outcome(room)
    assert code == 2 and "test/limits/test_cap.py::test_below" in told


def whole(tree: Path, *options: str) -> tuple[int, str]:
    """Every room: the exit code and all that the run says."""
    command = [sys.executable, "-m", "tools.mutation", "--tests", "test/limits", *options]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, done.stdout + done.stderr


def test_without_a_room_each_is_tried_and_one_that_fails_hides_no_other(room: Path) -> None:
    """The wrong answers: to end at the first room that fails, or to have the code of the last."""
    for name in ("governor", "testimony"):
        (room / "iatro_governor" / name).mkdir()
    (room / "iatro_governor/governor/step.py").write_text("LOW = 1\n")  # no test asks for it
    (room / "iatro_governor/testimony/word.py").write_text('"""Nothing to change."""\n')
    code, told = whole(room)
    assert code == 1 and "governor/step.py: 1 changes, 0 noticed" in told
    found = json.loads((room / "out/bench/mutation.json").read_text())["rooms"]
    assert list(found) == ["limits", "governor", "testimony"]
    assert found["limits"]["survived"] == 0 and found["governor"]["survived"] == 1


def test_a_file_that_no_room_has_is_no_room_without_survivors(room: Path) -> None:
    code, told = whole(room, "--files", "cup.py")
    assert code == 2 and "cup.py" in told and not (room / "out/bench/mutation.json").exists()


def tried(told: str) -> int:
    """How many changes were tried, and not known already."""
    lines = [line for line in told.splitlines() if " changes, " in line and "left" in line]
    return int(lines[-1].split()[1]) if lines else 0


def test_what_a_test_noticed_stays_noticed_while_that_test_is_the_same_and_what_survived_does_not(
    room: Path,
) -> None:
    """The wrong answers: to begin anew with each new test, or to believe a test that says something else by now."""
    assert tried(outcome(room)[1]) == 5
    assert tried(outcome(room)[1]) == 0
    more = room / "test/limits/test_more.py"
    more.write_text(
        "from iatro_governor.limits.cap import cap\n\n\ndef test_more():\n    assert cap(1.0) == 1.0\n"
    )
    code, told = outcome(room)
    assert code == 0 and tried(told) == 1, "the survivor alone"
    more.write_text(more.read_text() + "    assert type(cap(3.0)) is float\n")
    code, told = outcome(room)
    assert code == 1 and tried(told) == 1 and f"take it off the list: {EQUAL}" in told
    file = room / "test/limits/test_cap.py"
    file.write_text(file.read_text() + "\n# another word\n")
    assert tried(outcome(room)[1]) == 4, "all that this file noticed, and not what the other did"


def test_a_test_that_fails_by_itself_notices_nothing(room: Path) -> None:
    """The wrong answer, and the one that makes every room look well tested: each change is noticed."""
    accept(room, "{}\n")
    (room / "test/limits/test_cap.py").write_text(
        "from iatro_governor.limits.cap import cap\n\nseen = []\n\n\ndef test_first():\n    seen.append(cap(1.0))\n"
        "    assert sum(range(3_000_000))\n\n\ndef test_second():\n    assert seen and cap(1.0) == 1.0\n"
    )
    code, told = outcome(room)
    assert code == 2 and "fails by itself without any change: test/limits/test_cap.py::test_second" in told
    assert counts(room)["noticed"] == 0


def test_a_change_to_what_runs_as_tests_are_collected_is_there_before_them(room: Path) -> None:
    """The wrong answer: to change the function when all it is asked for is known already."""
    code = "def half(n: int) -> float:\n    return n / 2\n\n\nTABLE = [half(n) for n in (1, 2)]\n"
    (room / "iatro_governor/limits/table.py").write_text(code)
    (room / "test/limits/test_table.py").write_text(
        "from iatro_governor.limits.table import TABLE\n\n\ndef test_table():\n    assert TABLE == [0.5, 1.0]\n"
    )
    found, told = outcome(room, "--files", "table.py")
    assert found == 0 and "4 changes, 4 noticed" in told, told


def test_a_line_that_runs_as_a_test_imports_it_is_asked_of_the_others_too(room: Path) -> None:
    """The wrong answer: to ask whichever test came to import it, and no other."""
    (room / "iatro_governor/limits/late.py").write_text("MOST = 3\n")
    (room / "test/limits/test_late.py").write_text(
        "def test_import():\n    import iatro_governor.limits.late\n\n\n"
        "def test_most():\n    from iatro_governor.limits.late import MOST\n\n    assert MOST == 3\n"
    )
    code, told = outcome(room, "--files", "late.py")
    assert code == 0 and "1 changes, 1 noticed" in told, told


def test_a_test_that_is_skipped_or_expected_to_fail_notices_nothing(room: Path) -> None:
    (room / "test/limits/test_other.py").write_text(
        "import unittest\n\nimport pytest\n\nfrom iatro_governor.limits.cap import cap\n\n\n"
        "def test_skipped():\n    cap(1.0)\n    pytest.skip('not here')\n\n\n"
        "def test_expected_here():\n    cap(1.0)\n    pytest.xfail('not yet')\n\n\n"
        "@pytest.mark.xfail\ndef test_expected():\n    assert cap(1.0) == 2.0\n\n\n"
        "class Test(unittest.TestCase):\n    def test_of_it(self):\n        cap(1.0)\n"
        "        raise unittest.SkipTest('nor here')\n"
    )
    code, told = outcome(room)
    assert code == 0 and "1 accepted" in told and "fails by itself" not in told, told


def test_hypothesis_ends_with_the_first_example_that_fails() -> None:
    """The wrong answer is slow: it looks for the smallest one, which nobody reads."""
    program = """
import sys
sys.path.insert(0, "tools")
from mutation import child
child.first_example()
from hypothesis import given, settings, strategies as st
settings.register_profile("same", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("same")
seen = set()
@given(st.lists(st.integers()))
def test(numbers):
    seen.add(tuple(numbers))
    assert sum(numbers) < 100
try:
    test()
except AssertionError:
    print(sum(sum(one) >= 100 for one in seen))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "1\n"


def test_who_noticed_changes_near_by_is_asked_first_and_the_quick_before_the_slow() -> None:
    likely = tool("likely").Likely({"quick": 0.001, "middle": 0.1, "slow": 2.0})
    tests = ["slow", "middle", "quick"]

    def order(file: str, body: object, reaching: Iterable[str] = tests) -> list[str]:
        found: list[str] = likely.order(file, body, tests, reaching)
        return found

    assert order("a.py", None) == ["quick", "middle", "slow"]
    body = tool("mutants").Body("f", 1, 2, 3)
    likely.noticed("a.py", body, "middle")
    assert order("a.py", body) == ["middle", "quick", "slow"]
    assert order("b.py", body) == ["quick", "middle", "slow"], "of this file nothing is known"
    likely.noticed("a.py", body, "slow")
    assert order("a.py", body) == ["middle", "quick", "slow"], "once is too little for its time"
    assert order("b.py", None, ["slow"]) == ["quick", "slow", "middle"], "the others run nothing of the file"
    assert likely.known("a.py") == ["middle", "slow"] and likely.known("b.py") == []


def test_a_part_of_a_room_leaves_the_rest_as_not_tried(room: Path) -> None:
    outcome(room, "--shard", "1/2")
    assert counts(room)["changes"] == 5 and counts(room)["not tried"] == 2
    outcome(room)
    assert counts(room)["not tried"] == 0


def test_a_person_sees_how_far_it_is_within_eighty_columns() -> None:
    said = io.StringIO()
    console = Console(file=said, force_terminal=True, width=80, color_system=None)
    with tool("progress").progress("limits", 1234, console) as show:
        show("limits/cap.py:100: cap: value > MOST -> value >= MOST")
        show(None)
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.getvalue()).replace("\r", "\n").splitlines()
    assert any(line.startswith("limits/cap.py:100:") for line in lines)
    assert any("limits, 1 survived" in line and "2/1234" in line for line in lines)
    assert max(map(len, lines)) <= 80


def test_a_test_is_made_of_its_file_the_conftests_above_it_and_what_these_import(tmp_path: Path) -> None:
    files = {
        "test/__init__.py": "",
        "test/conftest.py": "from test import ports\n",
        "test/ports.py": "",
        "test/limits/conftest.py": "",
        "test/limits/test_cap.py": "from test.governor.hall import Hall\nfrom .near import X\nimport json\n",
        "test/limits/near.py": "",
        "test/limits/other.py": "",
        "test/governor/hall.py": "def f():\n    import test.body.far\n",
        "test/governor/conftest.py": "",
        "test/body/far.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    sources = tool("sources").Sources(tmp_path)
    made = sources.parts("test/limits/test_cap.py")
    assert made == set(files) - {"test/limits/other.py"}
    before = sources.of(["test/limits/test_cap.py"])
    (tmp_path / "test/body/far.py").write_text("A = 1\n")
    assert tool("sources").Sources(tmp_path).of(["test/limits/test_cap.py"]) != before


def tool(name: str) -> Any:
    """A module of tools/mutation, which is no package of ours."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return importlib.import_module(f"mutation.{name}")
    finally:
        sys.path.pop(0)


def test_the_names_on_the_list_are_of_changes_that_exist() -> None:
    yaml = pytest.importorskip("yaml")
    mutants = tool("mutants").mutants
    listed = yaml.safe_load((ROOT / "tools/mutation/accepted.yaml").read_text(encoding="utf-8")) or {}
    for file, names in listed.items():
        source = (ROOT / file).read_text(encoding="utf-8")
        there = {one.name for one in mutants(source)}
        assert set(names) <= there, file
        assert all(len(reason) > 20 for reason in names.values()), "each has its reason"
        assert ast.parse(source)
