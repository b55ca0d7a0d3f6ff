"""The reference pages are what the code says."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from iatro_governor.governor.ladder import TABLE
from iatro_governor.limits.registry import KINDS
from iatro_governor.profile.faults import FaultOverride

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "reference"


def made(page: str, folder: Path) -> str:
    """The page as the generator writes it now."""
    command = [sys.executable, "-m", "tools.reference", "--out", str(folder), page]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return (folder / f"{page}.md").read_text(encoding="utf-8")


def committed(page: str) -> str:
    return (PAGES / f"{page}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "page", ["cli", "configuration", "faults", "limits", "scenarios", "sources", "verdicts"]
)
def test_a_page_is_what_the_code_says(page: str, tmp_path: Path) -> None:
    assert committed(page) == made(page, tmp_path), "run: python -m tools.reference"


def test_the_page_of_the_wire_is_what_the_nodes_have(tmp_path: Path) -> None:
    pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")
    assert committed("wire") == made("wire", tmp_path), "run: .venv/bin/iatro-env python -m tools.reference"


def test_every_fault_and_kind_has_its_place() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \|", committed("faults"), re.MULTILINE))
    assert listed == set(TABLE) | set(FaultOverride.model_fields)
    assert re.findall(r"^## (\w+)$", committed("limits"), re.MULTILINE)[: len(KINDS)] == list(KINDS)


def test_every_message_and_node_has_its_section() -> None:
    sections = set(re.findall(r"^### (\w+)", committed("wire"), re.MULTILINE))
    files = {path.stem for folder in ("msg", "srv") for path in (ROOT / folder).iterdir()}
    scripts = {path.name for path in (ROOT / "scripts").iterdir()} - {"iatro"}  # a command, no node
    assert sections >= files | scripts


@pytest.mark.parametrize("line", ["float64 speed", "float64 speed  #", "speed  # m/s", "uint8 A=1"])
def test_a_field_without_a_meaning_is_refused(line: str, tmp_path: Path) -> None:
    path = tmp_path / "Made.msg"
    path.write_text(f"# A message.\n\n{line}\n")
    with pytest.raises(ValueError, match=r"Made\.msg: no type, name and comment"):
        importlib.import_module("tools.reference").interface(path)


def test_an_unknown_page_is_named(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.reference", "--out", str(tmp_path), "poems"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2 and "no page poems" in done.stderr
