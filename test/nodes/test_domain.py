"""A node that is to join a domain that there is not says so, and ends with exit code 2."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from iatro_governor.nodes.domain import NoDomain, see_domain


@pytest.mark.parametrize("given", ["0", "232", " 7 ", ""])
def test_domains_that_there_are(given: str) -> None:
    see_domain({"ROS_DOMAIN_ID": given})
    see_domain({})


@pytest.mark.parametrize("given", ["233", "-1", "1e2", "abc", "٣"])
def test_domains_that_there_are_not(given: str) -> None:
    with pytest.raises(NoDomain, match="0 to 232"):
        see_domain({"ROS_DOMAIN_ID": given})


def test_a_node_ends_with_a_message_and_exit_code_2() -> None:
    pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "iatro_governor.nodes.watch"],
        env={**os.environ, "ROS_DOMAIN_ID": "999"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2 and "watch: ROS_DOMAIN_ID is '999'" in done.stderr
