"""The runner behind ``make test`` counts honestly: nothing passes by not running."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

runner = importlib.import_module("tools.run_tests")
beside = importlib.import_module("beside")

BROKEN_TEAR_DOWN = """
import pytest

@pytest.fixture
def door():
    yield
    assert False

def test_a(door):
    pass
"""
RUNNER = Path(__file__).resolve().parents[2] / "tools" / "run_tests.py"
PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "-p xdist"}
"""Loading every plugin that is installed would take most of the time, in each process that the runner starts."""


def outcome(folder: Path, source: str, *options: str) -> tuple[int, list[str]]:
    """Run the runner over one test file; returns its exit code and the lines it prints."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_it.py").write_text(source)
    command = [sys.executable, str(RUNNER), *options, "-p", "no:cacheprovider", str(folder)]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | PLUGINS, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout.splitlines()


def test_a_good_run_ends_with_its_counts(tmp_path: Path) -> None:
    source = "import pytest\ndef test_a(): pass\ndef test_b(): pass\ndef test_c(): pytest.skip('no robot')\n"
    code, lines = outcome(tmp_path, source)
    assert code == 0
    assert lines[-2:] == ["skipped test_it.py::test_c: no robot", "2 passed, 0 failed, 1 skipped"]


@pytest.mark.parametrize(
    ("source", "counts"),
    [
        ("def test_a(): pass\ndef test_b(): assert False\n", "1 passed, 1 failed, 0 skipped"),
        ("import no_such_module\n", "0 passed, 1 failed, 0 skipped"),
        ("def test_a(no_such_fixture): pass\n", "0 passed, 1 failed, 0 skipped"),
        (BROKEN_TEAR_DOWN, "0 passed, 1 failed, 0 skipped"),
        (
            "import pytest\npytest.skip('no robot', allow_module_level=True)\n",
            "0 passed, 0 failed, 1 skipped",
        ),
        ("", "0 passed, 0 failed, 0 skipped"),
    ],
    ids=["failure", "collection", "set-up", "tear-down", "all skipped", "no test"],
)
def test_a_bad_run_fails_and_says_how(tmp_path: Path, source: str, counts: str) -> None:
    code, lines = outcome(tmp_path, source)
    assert code != 0
    assert lines[-1] == counts


def test_an_expression_that_selects_nothing_fails(tmp_path: Path) -> None:
    code, lines = outcome(tmp_path, "def test_a(): pass\n", "-k", "no_such_test")
    assert code != 0
    assert lines[-2:] == ["no test was selected", "0 passed, 0 failed, 0 skipped"]


BY_CHANCE = """
import pathlib
import pytest

def chance(name):
    tried = pathlib.Path(__file__).with_name(name)
    there = tried.exists()
    tried.touch()
    assert there

@pytest.mark.parametrize("name", {names})
@pytest.mark.{mark}
def test_a(name):
    chance(name)
"""


def by_chance(mark: str, count: int) -> str:
    """So many tests that fail the first time they run, and no more."""
    return BY_CHANCE.format(mark=mark, names=[f"tried_{number}" for number in range(count)])


def test_real_nodes_have_a_second_try_and_it_is_named(tmp_path: Path) -> None:
    code, lines = outcome(tmp_path, by_chance("ros", 3))
    assert code == 0
    told = [f"failed, and passed when tried again: test_it.py::test_a[tried_{number}]" for number in range(3)]
    assert lines[-4:] == [*told, "3 passed, 0 failed, 0 skipped"]


def test_pure_code_computes_in_one_thread_a_process_and_nodes_as_on_a_robot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    source = """
import os
import pytest

def test_pure():
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"

@pytest.mark.ros
def test_node():
    assert "OPENBLAS_NUM_THREADS" not in os.environ
"""
    code, lines = outcome(tmp_path, source)
    assert (code, lines[-1]) == (0, "2 passed, 0 failed, 0 skipped")


def test_pure_code_has_no_second_try(tmp_path: Path) -> None:
    code, lines = outcome(tmp_path, by_chance("pure", 1))
    assert code != 0
    assert lines[-1] == "0 passed, 1 failed, 0 skipped"


def tried_again(failed: set[str], *, second_passes: bool) -> Any:
    """A tally of which these failed, after their second try."""
    tally, second = runner.Tally(), runner.Tally()
    tally.failed = set(failed)
    (second.passed if second_passes else second.failed).update(failed)
    tally.second_try(lambda _: second)
    return tally


@pytest.mark.parametrize(
    "failed",
    [
        {"test/chaos/test_chaos.py::test_a"},
        {f"test/nodes/test_a.py::test_{n}" for n in range(runner.FEW + 1)},
    ],
    ids=["what may never happen", "too many"],
)
def test_some_have_no_second_try(failed: set[str]) -> None:
    assert tried_again(failed, second_passes=True).failed == failed


def test_what_fails_twice_fails() -> None:
    name = "test/nodes/test_a.py::test_a"
    assert tried_again({name}, second_passes=False).failed == {name}
    assert tried_again({name}, second_passes=True).failed == set()


KILLER = """
import os
import pathlib
import signal

if b"--told" in pathlib.Path(f"/proc/{os.getppid()}/cmdline").read_bytes():
    os.kill(os.getppid(), signal.SIGKILL)

def test_a():
    pass
"""


@pytest.mark.skipif(not beside.possible(), reason="all tests run in one process after another here")
def test_pure_code_whose_tests_never_came_to_their_end_has_not_passed(tmp_path: Path) -> None:
    code, lines = outcome(tmp_path, KILLER)
    assert code == int(pytest.ExitCode.INTERNAL_ERROR)
    assert lines[-2:] == ["the tests of pure code did not come to their end", "0 passed, 0 failed, 0 skipped"]


@pytest.mark.parametrize(
    ("groups", "files", "possible"),
    [
        ("0::/a/b\n", {"cpu.max": "max 100000", "a/cpu.max": "max 100000"}, True),
        ("0::/a/b\n", {"a/b/cpu.max": "200000 100000"}, False),
        ("0::/a/b\n", {"cpu.max": "200000 100000", "a/cpu.max": "max 100000"}, False),
        ("5:cpuset:/\n4:cpu,cpuacct:/a\n", {"cpu,cpuacct/a/cpu.cfs_quota_us": "-1"}, True),
        ("5:cpuset:/\n4:cpu,cpuacct:/a\n", {"cpu,cpuacct/cpu.cfs_quota_us": "150000"}, False),
        ("", {}, True),
    ],
)
def test_with_a_quota_nothing_runs_beside_nodes(
    tmp_path: Path, groups: str, files: dict[str, str], possible: bool
) -> None:
    said = {"proc/self/cgroup": groups} | {f"sys/fs/cgroup/{name}": text for name, text in files.items()}
    for name, text in said.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert beside.possible(tmp_path) is (possible and hasattr(os, "SCHED_IDLE"))
