"""Keys of rosdep and tags of releases: what the tools say of them, and that the table holds every key we use."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import yaml

# As the checker of types knows them, modules of tools/ stand on their own.
release = importlib.import_module("tools.release_check")
rosdep = importlib.import_module("tools.rosdep_check")

ROOT = Path(__file__).resolve().parents[2]
KNOWN = yaml.safe_load(rosdep.TABLE.read_text(encoding="utf-8"))
DISTRIBUTION = """
repositories:
  rclpy: {release: {version: 7.1.1}}
  common: {release: {packages: [a_msgs]}}
  unreleased: {source: {url: x}}
"""
PYTHON = """
python3-a: {ubuntu: {'*': [python3-a], focal: [old]}}
python3-b: {debian: [b]}
python3-c: {ubuntu: {noble: {apt: {packages: [c]}}}}
python3-d: {ubuntu: {'*': null, jammy: [d]}}
"""
DATABASE = {
    "jazzy/distribution.yaml": DISTRIBUTION,
    "rosdep/base.yaml": "cmake: {ubuntu: [cmake]}",
    "rosdep/python.yaml": PYTHON,
}


def test_every_key_of_package_xml_is_in_the_dated_table() -> None:
    assert set(rosdep.declared(ROOT / "package.xml")) <= set(KNOWN["keys"])
    assert {f"python3-{name}" for name in rosdep.FROM_PIP} <= {*KNOWN["keys"], *KNOWN["none"]}
    assert KNOWN["dated"].year >= 2026


def test_keys_are_resolved_as_rosdep_would() -> None:
    keys = ["rclpy", "a_msgs", "unreleased", "cmake", "python3-a", "python3-b", "python3-c", "python3-d"]
    now = rosdep.resolved(keys, DATABASE.__getitem__)
    assert list(now.values()) == [
        "ros-jazzy-rclpy", "ros-jazzy-a-msgs", None, "cmake", "python3-a", None, "c", None,
    ]  # fmt: skip


def test_what_has_changed_is_told() -> None:
    table = {"keys": {"gone": "gone", "moved": "old", "same": "same"}, "none": ["python3-x"]}
    found = rosdep.differences(
        {"gone": None, "moved": "new", "same": "same", "python3-x": "x", "more": "m"}, table
    )
    assert [line.split(":")[0] for line in found] == ["gone", "more", "moved", "python3-x"]
    assert rosdep.differences({"same": "same", "python3-x": None}, table) == []


def test_a_database_that_is_not_there_is_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rosdep.main(["--from", str(tmp_path)]) == 2
    assert "cannot be read" in capsys.readouterr().err


def checkout(
    folder: Path,
    code: str = "1.2.3",
    package: str = "1.2.3",
    changes: str = "## 1.2.3 (2026-11-26)\n\n- New.\n",
) -> Path:
    (folder / "iatro_governor").mkdir()
    (folder / "iatro_governor" / "__init__.py").write_text(f'__version__ = "{code}"\n')
    (folder / "package.xml").write_text(f"<package><version>{package}</version></package>")
    (folder / "CHANGELOG.md").write_text(f"# Changelog\n\n{changes}\n## 1.2.2 (2026-01-01)\n\n- Old.\n")
    return folder


def test_a_release_that_agrees_with_itself_may_be_tagged(tmp_path: Path) -> None:
    assert release.problems("v1.2.3", checkout(tmp_path)) == []


@pytest.mark.parametrize(
    ("tag", "given", "told"),
    [
        ("1.2.3", {}, "is no tag"),
        ("v1.2", {}, "is no tag"),
        ("v1.2.4", {}, "states 1.2.3"),
        ("v1.2.3", {"code": "1.2.2"}, "__init__.py states 1.2.2"),
        ("v1.2.3", {"package": "1.2.2"}, "package.xml states 1.2.2"),
        ("v1.2.3", {"changes": "## 1.2.3 (unreleased)\n\n- New.\n"}, "a release has a date"),
        ("v1.2.3", {"changes": "## 1.2.3 (2026-11-26)\n"}, "says nothing of 1.2.3"),
        ("v1.2.3", {"changes": ""}, "begins with 1.2.2"),
    ],
)
def test_a_release_that_does_not_is_refused(
    tmp_path: Path, tag: str, given: dict[str, str], told: str
) -> None:
    assert any(told in line for line in release.problems(tag, checkout(tmp_path, **given)))
