"""A command on a network of its own: nothing but the loopback is there, and it is up."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from test.conftest import ROOT
from test.own_network import OWN, way

LOOK = """
import os, socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
    one.settimeout(5.0)
    one.bind(("127.0.0.1", 0))
    other.sendto(b"heard", one.getsockname())
    print([name for _, name in socket.if_nameindex()], os.environ["IATRO_OWN_NETWORK"], one.recv(9).decode())
"""


def own_network(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "test.own_network", *command],
        cwd=ROOT, env={**os.environ, **more}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_command_finds_the_loopback_alone_and_up() -> None:
    if way() is None:
        pytest.skip("unshare cannot make a network here")
    done = own_network(sys.executable, "-c", LOOK)
    assert done.stdout == "['lo'] 1 heard\n", done.stderr


def test_its_exit_code_is_the_command_s_and_none_is_told_how() -> None:
    assert own_network(sys.executable, "-c", "raise SystemExit(7)").returncode == 7
    told = own_network()
    assert told.returncode == 2 and "COMMAND" in told.stderr


def test_a_network_with_others_is_never_taken_for_its_own() -> None:
    """The wrong answer: tests that go without LOCALHOST where others can hear them."""
    if len(os.listdir("/sys/class/net")) < 2:
        pytest.skip("this machine has no other network")
    done = own_network("true", **{OWN: "wanted"})
    assert done.returncode == 2 and "no network of its own" in done.stderr
    asked = "import test.conftest, os; print(os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'])"
    own = {**os.environ, OWN: "1"}
    command = [sys.executable, "-c", asked]
    found = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == "LOCALHOST"
