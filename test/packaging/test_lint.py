"""Style, types and arrows hold: the checks of ``make lint``, as tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def check(tool: str, *arguments: str) -> str:
    """Run a checker over the checkout; fails with what it says."""
    path = shutil.which(tool, path=str(BIN))
    if path is None:
        pytest.skip(f"{tool} is not installed (extra: test)")
    done = subprocess.run(
        [path, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_ruff() -> None:
    check("ruff", "check", "--output-format", "concise", ".")


def test_format() -> None:
    check("ruff", "format", "--check", ".")


def test_mypy_strict() -> None:
    check("mypy", "--no-error-summary")


def test_import_contracts() -> None:
    assert "0 broken" in check("lint-imports")


def test_an_import_against_the_arrows_is_found(tmp_path: Path) -> None:
    """The contracts would notice: a copy of the package in which a limit imports the governor breaks them."""
    if shutil.which("lint-imports", path=str(BIN)) is None:
        pytest.skip("lint-imports is not installed (extra: test)")
    shutil.copytree(
        ROOT / "iatro_governor", tmp_path / "iatro_governor", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "iatro_governor" / "limits" / "__init__.py").open("a", encoding="utf-8") as source:
        source.write("\nimport iatro_governor.governor\nimport rclpy\n")
    command = [str(BIN / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 broken" in done.stdout, done.stdout
