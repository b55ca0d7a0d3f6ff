"""What ``make setup`` leaves runs as it is, from any folder, with no environment set."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import iatro_governor

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"
BARE = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}

pytestmark = pytest.mark.skipif(
    not (BIN / "iatro-env").exists(), reason="this checkout was not set up with make setup"
)


def run(folder: Path, *command: str | Path) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=folder, env=BARE, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_bare_python_sees_ros_and_our_messages(tmp_path: Path) -> None:
    imports = "import rclpy, iatro_governor; from iatro_governor.msg import Ack"
    program = f"{imports}; print(Ack(up_to=7).up_to, iatro_governor.__file__)"
    answer = run(tmp_path, BIN / "python", "-c", program)
    assert answer.split() == ["7", str(ROOT / "iatro_governor" / "__init__.py")]


def test_arguments_reach_the_program_unchanged(tmp_path: Path) -> None:
    given = ["a b", "", "$HOME", "*", "-x", "'\""]
    answer = run(tmp_path, BIN / "python", "-c", "import sys; print(sys.argv[1:])", *given)
    assert answer.strip() == repr(given)


def test_the_exit_code_comes_through() -> None:
    done = subprocess.run([str(BIN / "iatro-env"), "sh", "-c", "exit 7"], env=BARE, check=False, timeout=60)
    assert done.returncode == 7


def test_iatro_runs_beside_a_folder_of_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "iatro_governor").mkdir()
    (tmp_path / "iatro_governor" / "__init__.py").write_text("raise SystemExit('shadowed')\n")
    (tmp_path / "json.py").write_text("raise SystemExit('shadowed')\n")
    answer = run(tmp_path, BIN / "iatro", "--help")
    assert "Usage: iatro" in answer


def test_tests_run_the_code_of_this_checkout() -> None:
    assert Path(iatro_governor.__file__).parent == ROOT / "iatro_governor"
    assert sys.version_info[:2] >= (3, 11)
