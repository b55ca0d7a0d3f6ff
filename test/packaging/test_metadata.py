"""What the package says about itself, in its several manifests, agrees."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml

import iatro_governor

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ElementTree.parse(ROOT / "package.xml").getroot()

# What is not in this table comes from pip.
ROSDEP = set(yaml.safe_load((ROOT / "tools" / "rosdep_keys.yaml").read_text(encoding="utf-8"))["keys"])


def declared(tag: str) -> set[str]:
    return {element.text or "" for element in PACKAGE.iter(tag)}


def test_package_xml_states_the_version_of_the_code() -> None:
    assert PACKAGE.findtext("version") == iatro_governor.__version__


def test_setup_py_states_the_version_of_the_code() -> None:
    command = [sys.executable, "setup.py", "--version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip().splitlines()[-1] == iatro_governor.__version__


def test_changelog_starts_with_the_version_of_the_code() -> None:
    path = ROOT / "CHANGELOG.md"
    if not path.exists():
        pytest.skip("there is no CHANGELOG.md yet")
    versions = re.findall(r"^## \[?(\d+\.\d+\.\d+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert versions[:1] == [iatro_governor.__version__]


def test_package_xml_has_what_rosdep_and_the_build_need() -> None:
    assert PACKAGE.get("format") == "3"
    assert PACKAGE.findtext("name") == "iatro_governor"
    assert PACKAGE.findtext("license") == "Apache-2.0"
    assert PACKAGE.findtext("export/build_type") == "ament_cmake"
    assert "rosidl_interface_packages" in declared("member_of_group")
    assert re.fullmatch(r"[\w.]+@[\w.]+\.\w+", PACKAGE.find("maintainer").get("email"))  # type: ignore[union-attr,arg-type]


def test_package_xml_uses_known_keys_only() -> None:
    every = set().union(*(declared(tag) for tag in ("depend", "exec_depend", "test_depend")))
    assert every <= ROSDEP


def test_package_xml_declares_every_ros_package_the_code_imports() -> None:
    imported: set[str] = set()
    for path in [*(ROOT / "iatro_governor").rglob("*.py"), *(ROOT / "launch").glob("*.py")]:
        text = path.read_text(encoding="utf-8")
        imported |= set(
            re.findall(
                r"^\s*(?:from|import) (rclpy|launch\w*|\w+_msgs|\w+_interfaces|std_srvs)\b", text, re.M
            )
        )
    # rcl_interfaces is rclpy's own: it cannot be had without.
    assert imported - {"rcl_interfaces"} <= declared("depend") | declared("exec_depend")


@pytest.mark.parametrize(
    "path", sorted((ROOT / "msg").glob("*.msg")) + sorted((ROOT / "srv").glob("*.srv")), ids=lambda p: p.name
)
def test_every_field_of_the_wire_is_described(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    fields = [line for line in lines if line and not line.startswith("#") and line != "---"]
    assert fields
    assert [line for line in fields if not re.search(r"\S\s+# \S", line)] == []
