"""The runner behind ``make test`` counts honestly: nothing passes by not running."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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


def outcome(folder: Path, source: str, *options: str) -> tuple[int, list[str]]:
    """Run the runner over one test file; returns its exit code and the lines it prints."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_it.py").write_text(source)
    command = [sys.executable, str(RUNNER), *options, "-p", "no:cacheprovider", str(folder)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
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
