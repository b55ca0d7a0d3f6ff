"""The units: what systemd makes of them, and what nodes tell it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.cli._sros2 import grants
from iatro_governor.nodes.notify import Notifier
from iatro_governor.profile.load import load_data

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "security/systemd"
INSTANCES = {
    "iatro@.service": ("governor", "watch", "recorder", "witness"),
    "iatro-planner@.service": ("planner_chat", "planner_bridge"),
}


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as they are installed, one file an instance."""
    for file in UNITS.iterdir():
        shutil.copy(file, tmp_path / file.name)
    for template, names in INSTANCES.items():
        for name in names:
            shutil.copy(UNITS / template, tmp_path / template.replace("@", f"@{name}"))
    return tmp_path


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed on this machine")
    return subprocess.run(
        ["systemd-analyze", *map(str, words)], capture_output=True, text=True, check=False, timeout=60
    )


def test_systemd_finds_nothing_wrong(units: Path) -> None:
    files = [file for file in sorted(units.iterdir()) if not file.stem.endswith("@")]
    assert len(files) == 7
    done = analyze("verify", "--man=no", *files)
    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_it_would_find_something(units: Path) -> None:
    file = units / "iatro@governor.service"
    file.write_text(file.read_text().replace("Type=notify", "Type=notifies"))
    assert "notifies" in analyze("verify", "--man=no", file).stderr


@pytest.mark.parametrize("unit", ["iatro@governor.service", "iatro-planner@planner_chat.service"])
def test_little_is_left_to_misuse(units: Path, unit: str) -> None:
    """systemd's own measure of exposure, in tenths: 10 of 10 for a service without any of it."""
    done = analyze("security", "--offline=yes", "--threshold=25", units / unit)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("template", INSTANCES)
def test_a_unit_starts_a_node_that_there_is_in_an_enclave_that_there_is(template: str) -> None:
    text = (UNITS / template).read_text(encoding="utf-8")
    enclaves = grants(load_data(ROOT / "config/amr.yaml"))
    for name in INSTANCES[template]:
        assert (ROOT / "scripts" / name).exists() and name in enclaves
    assert "/opt/iatro/lib/iatro_governor/%i" in text and "--enclave /$ROBOT/%i" in text
    parameters = set(re.findall(r"-p (\w+):=", text))
    page = (
        (ROOT / "docs/reference/wire.md")
        .read_text(encoding="utf-8")
        .partition(f"### {INSTANCES[template][0]}")[2]
    )
    assert parameters <= set(re.findall(r"^\| `(\w+)` \| string", page, re.MULTILINE)[:4])


def test_a_planner_has_another_user_and_no_way_to_keys_or_ledger() -> None:
    governor, planner = (dict(_settings(UNITS / name)) for name in INSTANCES)
    assert governor["User"] != planner["User"]
    assert planner["InaccessiblePaths"] == "-/var/lib/iatro -/etc/iatro/keys"


def _settings(file: Path) -> Iterator[tuple[str, str]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            yield name, value


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[tuple[str, Callable[[], set[str]]]]:
    """A socket in systemd's place: its address, and what has come so far."""
    address = str(tmp_path / "notify")
    heard: set[str] = set()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
        own.bind(address)
        own.setblocking(False)

        def told() -> set[str]:
            try:
                while True:
                    heard.add(own.recv(4096).decode())
            except BlockingIOError:
                return heard

        yield address, told


def test_a_notifier_tells_as_often_as_it_is_asked_to(manager: tuple[str, Callable[[], set[str]]]) -> None:
    address, told = manager
    mine = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}
    notifier = Notifier(mine)
    notifier.alive(10.0)
    assert told() == {"WATCHDOG=1"}
    told().clear()
    notifier.alive(10.9)
    assert told() == set()
    notifier.alive(11.0)
    assert told() == {"WATCHDOG=1"}


@pytest.mark.parametrize(
    "environment",
    [{}, {"WATCHDOG_USEC": ""}, {"WATCHDOG_USEC": "-5"}, {"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}],
)
def test_whom_nobody_asks_says_nothing(
    manager: tuple[str, Callable[[], set[str]]], environment: dict[str, str]
) -> None:
    address, told = manager
    Notifier({"NOTIFY_SOCKET": address, **environment}).alive(10.0)
    Notifier(environment).say("READY=1")
    assert told() == set()


def test_a_manager_that_is_gone_or_busy_holds_nobody_up(tmp_path: Path) -> None:
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "missing")}).say("READY=1")
    address = str(tmp_path / "full")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
        own.bind(address)
        notifier = Notifier({"NOTIFY_SOCKET": address})
        for _ in range(10_000):
            notifier.say("WATCHDOG=1")


def test_an_abstract_address_is_one() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
        own.bind(f"\0iatro-test-{os.getpid()}")
        own.settimeout(10.0)
        Notifier({"NOTIFY_SOCKET": f"@iatro-test-{os.getpid()}"}).say("READY=1")
        assert own.recv(100) == b"READY=1"


@pytest.mark.ros
def test_a_node_says_that_it_is_ready_turns_and_ends(
    node_process: Callable[..., Any],
    manager: tuple[str, Callable[[], set[str]]],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> None:
    address, told = manager
    environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "300000"}
    node = node_process("planner_bridge", environment=environment, ledger=tmp_path / "ledger.yaml")
    wait_until(lambda: {"READY=1", "WATCHDOG=1"} <= told(), 20.0, "ready, and alive")
    assert node.end() == 0, node.output
    assert told() == {"READY=1", "WATCHDOG=1", "STOPPING=1"}
