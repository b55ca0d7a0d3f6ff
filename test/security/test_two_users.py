"""What the units give to nodes of different users lets them hear one another."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from test.conftest import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "security/systemd").glob("*@.service"))
USERS = ("61001", "61002")
"""Of nobody."""


def environment_of(unit: Path) -> dict[str, str]:
    """What ``unit`` sets in the environment of its node."""
    lines = re.findall(r"^Environment=(\w+)=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(lines)


def heard(patience: float, given: dict[str, str], *without: str) -> int:
    """How many messages of one user a node of another hears, on a network of their own, found as on a robot."""
    pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")
    if os.geteuid() or shutil.which("unshare") is None:
        pytest.skip("only root can start processes of two users")
    if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this root may not make a network of its own")
    middleware = ("ROS_AUTOMATIC_DISCOVERY_RANGE", "ROS_STATIC_PEERS", "FASTDDS_BUILTIN_TRANSPORTS")
    kept = {name: value for name, value in os.environ.items() if name not in middleware}
    command = ["unshare", "--net", sys.executable, "-m", "test.security.two_users"]
    done = subprocess.run(
        [*command, f"{patience:g}", *USERS, *without],
        cwd=ROOT,
        env={**kept, **given},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE * 60.0,
    )
    told = re.search(r"^heard (\d+)$", done.stdout, re.MULTILINE)
    assert told is not None, done.stdout + done.stderr
    return int(told[1])


def test_every_unit_gives_its_node_the_same() -> None:
    given = [environment_of(unit) for unit in UNITS]
    assert len(given) == 2 and all(given) and given[0] == given[1]


@pytest.mark.ros
@pytest.mark.alone
def test_nodes_of_two_users_hear_one_another_under_the_units() -> None:
    assert heard(60.0, environment_of(UNITS[0])) == 5


@pytest.mark.ros
@pytest.mark.alone
@pytest.mark.parametrize("without", ["talk", "listen"])
def test_it_is_enough_that_one_of_the_two_has_it(without: str) -> None:
    assert heard(60.0, environment_of(UNITS[0]), without) == 5


@pytest.mark.ros
@pytest.mark.alone
def test_shared_memory_does_not_cross_users() -> None:
    """If this fails, Fast DDS has learnt to, and the units need not do without."""
    assert heard(3.0, {}) == 0
