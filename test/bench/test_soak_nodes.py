"""How long each is driven in a soak of real nodes, and what is kept of it: with drivers that only count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from bench import least, soak_nodes
from bench.hop_driver import Passage
from bench.least import Least
from bench.soak_nodes import HZ, READY, lateness, nodes


class Counting:
    """Stands where a driver does; every tenth answer is late."""

    def __init__(self) -> None:
        self.opened, self.driven_s, self.held_up_s = 0, 0.0, 0.01

    def until_open(self, _timeout_s: float) -> None:
        self.opened += 1

    def take_held_up_s(self) -> float:
        return self.held_up_s

    def drive(self, hz: float, count: int) -> Passage:
        self.driven_s += count / hz
        return Passage(np.where(np.arange(count) % 10, 1e-3, 1.0), hz)


@pytest.fixture
def drivers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Counting]:
    """By the first process that stands around each."""
    made: dict[str, Counting] = {}

    @contextmanager
    def standing(commands: dict[str, Any], receipts: bool) -> Iterator[tuple[Counting, dict[str, Any]]]:
        first = next(iter(commands))
        made[first] = Counting()
        assert receipts == (first == "relay"), "a recorder gives its own"
        yield made[first], {name: SimpleNamespace(pid=number) for number, name in enumerate(commands)}

    monkeypatch.setattr(soak_nodes, "standing", standing)
    monkeypatch.setattr(soak_nodes, "configured", lambda folder: folder / "amr.yaml")
    monkeypatch.setattr(least, "owned_mb", lambda pid: 90.0 + pid)
    monkeypatch.setattr(soak_nodes, "accounts", lambda path: {"problems": [path.name]})
    return made


def test_ours_is_driven_for_all_of_the_time_and_the_relay_beside_it(
    drivers: dict[str, Counting], tmp_path: Path
) -> None:
    """The wrong answer is half of it, because a relay had the other half."""
    found = nodes(tmp_path, 120.0)
    ours, relay = drivers["recorder"], drivers["relay"]
    assert ours.driven_s == found["driven_s"]["governed"] == 120.0
    assert 0.0 < relay.driven_s == found["driven_s"]["relay"] < 120.0
    assert ours.opened == relay.opened > 1, "in turns"
    assert found["problems"] == ["soak.db"] and found["hz"] == HZ


def test_each_process_has_its_memory_by_the_seconds_that_it_was_driven(
    drivers: dict[str, Counting], tmp_path: Path
) -> None:
    found = nodes(tmp_path, 120.0)["memory"]
    assert list(found) == [*READY, "relay"]
    assert found["governor"] == ([30.0, 60.0, 90.0, 120.0], [93.0] * 4)
    assert found["relay"] == ([10.0, 20.0, 30.0, 40.0], [90.0] * 4)


def test_a_stretch_in_which_the_driver_was_held_up_says_nothing_of_late_answers() -> None:
    class Stumbling(Counting):
        """Is held up in its second stretch, after which nothing comes out of it until it is opened again."""

        stretch = 0

        def drive(self, hz: float, count: int) -> Passage:
            self.stretch += 1
            self.held_up_s = 0.3 if self.stretch == 2 else 0.01
            waits = np.full(count, np.inf) if self.stretch == 2 else np.zeros(count)
            return Passage(waits, hz)

    driver = Stumbling()
    run = soak_nodes.Run(driver, Least({}))  # type: ignore[arg-type]
    run.go_on(3)
    assert run.late == [0.0, 0.0] and run.held_up == 1
    assert driver.opened == 2 and run.driven_s == 30.0


def test_a_governor_that_stops_while_the_driver_goes_on_is_late_for_all_of_it() -> None:
    class Stopped(Counting):
        def drive(self, hz: float, count: int) -> Passage:
            return Passage(np.full(count, np.inf), hz)

    driver = Stopped()
    run = soak_nodes.Run(driver, Least({}))  # type: ignore[arg-type]
    run.go_on(3)
    assert run.late == [1.0] * 3 and run.held_up == 0
    assert driver.opened == 3, "it is opened again before each"


def test_late_answers_are_shares_and_the_relays_own_stretches_say_how_far_to_trust_them() -> None:
    found = lateness({"governed": [0.02, 0.04], "relay": [0.0, 0.01]})
    assert found | {"chance": 0.0} == {"governed": 0.03, "relay": 0.005, "spread": 0.01, "chance": 0.0}


@pytest.mark.parametrize(
    ("governed", "relay", "chance"),
    [
        ([0.001, 0.0, 0.0], [0.0], 0.75),
        ([0.001, 0.001, 0.0], [0.0], 0.56245),
        ([0.0, 0.0, 0.0], [0.001], 1.0),
        ([0.004, 0.004, 0.004], [0.0], 0.0315),
    ],
)
def test_a_late_answer_of_three_times_as_many_says_little(
    governed: list[float], relay: list[float], chance: float
) -> None:
    """One of 3,000 and none of 1,000: of all four thousand three in four are the governor's."""
    assert lateness({"governed": governed, "relay": relay})["chance"] == pytest.approx(chance, abs=2e-5)


def test_a_governor_that_is_late_again_and_again_is_not_so_by_chance() -> None:
    """The wrong answer: what a small sample cannot show is never shown."""
    assert lateness({"governed": [0.01] * 90, "relay": [0.0] * 30})["chance"] < 1e-9
