"""The checkout holds nothing of one machine, and what it installs is what it holds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOME = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/\w")
REGISTRY = re.compile(
    r"https?://[\w.-]*(?:pypi|pythonhosted|artifactory|nexus)[\w.-]*|--(?:extra-)?index-url|--find-links"
)
MERGED = re.compile(r"^(?:<{7}|\|{7}|>{7}) .*", re.MULTILINE)
BINARY = {".png", ".onnx", ".mcap", ".db"}


def committed() -> list[Path]:
    """Every file under version control, or that would be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        pytest.skip("this is not a git checkout")
    return [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def hits(*patterns: re.Pattern[str]) -> list[str]:
    """What of ``patterns`` stands in which file, but this one."""
    found = []
    for path in committed():
        if path != Path(__file__) and path.suffix not in BINARY:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{path.relative_to(ROOT)}: {hit}" for one in patterns for hit in one.findall(text)]
    return found


def test_no_file_names_a_place_of_one_machine_or_a_registry() -> None:
    assert hits(HOME, REGISTRY) == []


def test_no_file_has_two_sides_of_a_merge_in_it() -> None:
    assert hits(MERGED) == []
    assert MERGED.search("a line\n<<<<<<< HEAD\n") and not MERGED.search("a <<<<<<< b\n>>> c\n=======\n")


def test_every_lock_pins_every_package_with_hashes() -> None:
    for path in sorted(ROOT.glob("requirements-*.txt")):
        blocks = re.split(r"\n(?=[a-zA-Z])", path.read_text(encoding="utf-8"))
        pinned = [block for block in blocks if not block.startswith("#")]
        assert len(pinned) > 20
        assert [block for block in pinned if "==" not in block or "--hash=sha256:" not in block] == []


def test_setup_a_second_time_does_nothing() -> None:
    """Nothing is left to do after ``make setup``, and doing it says and changes nothing."""
    if not (ROOT / ".venv" / "setup.json").exists() or os.environ.get("ROS_DISTRO"):
        pytest.skip("this checkout was not set up with make setup")
    before = (ROOT / ".venv" / "setup.json").stat().st_mtime_ns
    command = [sys.executable, "-P", str(ROOT / "tools" / "setup_env.py")]
    left = subprocess.run(
        [*command, "--dry-run"], cwd="/", capture_output=True, text=True, check=False, timeout=60
    )
    assert (left.returncode, left.stderr) == (0, ""), "the environment is out of date: run make setup"
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout + done.stderr == ""
    assert (ROOT / ".venv" / "setup.json").stat().st_mtime_ns == before


def test_setup_names_a_missing_tool_and_its_cure(tmp_path: Path) -> None:
    """A bare checkout on a machine without a compiler: one message, no traceback, nothing half made."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements-wheels.txt", "CMakeLists.txt", "package.xml"):
        shutil.copy(ROOT / name, tmp_path)
    command = [sys.executable, str(tmp_path / "tools" / "setup_env.py")]
    environment = {key: value for key, value in os.environ.items() if key != "ROS_DISTRO"} | {
        "PATH": str(tmp_path)
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "setup failed at: build tools"
    assert "cure: apt install cmake" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_pip_install_gives_everything_but_the_nodes(tmp_path: Path) -> None:
    """``pip install .`` into an empty prefix, from a copy: code, data and the command, but nothing of ROS."""
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    for name in ("setup.py", "pyproject.toml"):
        shutil.copy(ROOT / name, source)
    shares = ("config", "models", "scenarios", "views", "worlds")
    for name in ("iatro_governor", *shares):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    options = [
        "--prefix",
        str(target),
        "--ignore-installed",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
    ]
    command = [sys.executable, "-m", "pip", "install", "--quiet", *options, str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    (package,) = target.glob("lib/python*/site-packages/iatro_governor")
    expected = {
        path.name for path in (ROOT / "iatro_governor").iterdir() if (path / "__init__.py").is_file()
    } - {"nodes"}
    assert {path.name for path in package.iterdir() if path.is_dir()} - {"__pycache__"} == expected
    shared = target / "share" / "iatro_governor"
    for name in shares:
        files = {path.relative_to(ROOT) for path in (ROOT / name).rglob("*") if path.is_file()}
        assert {path.relative_to(shared) for path in (shared / name).rglob("*") if path.is_file()} == files
    assert (target / "bin" / "iatro").exists()


def test_both_installs_share_the_same_folders() -> None:
    """CMakeLists.txt and setup.py name them apart; only ROS 2 can use the rest of the former."""
    cmake = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    (listed,) = re.findall(r"foreach\(shared (.*)\)", cmake)
    (ours,) = re.findall(r"for name in \((.*)\):", (ROOT / "setup.py").read_text(encoding="utf-8"))
    assert set(listed.split()) - {"launch", "security"} == set(re.findall(r"\w+", ours))
    assert {name for name in listed.split() if not (ROOT / name).is_dir()} == set()
    (programs,) = re.findall(r"set\(programs\s+([^)]*)\)", cmake)
    assert set(programs.split()) == {path.name for path in (ROOT / "scripts").iterdir()}
