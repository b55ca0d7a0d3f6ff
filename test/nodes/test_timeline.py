from __future__ import annotations

import pytest

from iatro_governor.nodes.timeline import SIM_DOUBT_S, SIM_STALL_S, SIM_STANDS_S, Timeline


class Clocks:
    """A ROS clock and a monotonic one, both set by hand."""

    def __init__(self, sim: bool, ros: float = 1000.0) -> None:
        self.ros, self.mono = ros, 5.0
        self.line = Timeline(lambda: self.ros, lambda: self.mono, sim)

    def step(self, ros: float, mono: float) -> float:
        self.ros, self.mono = self.ros + ros, self.mono + mono
        return self.line.read()


def test_it_starts_as_the_ros_clock_and_goes_on_evenly() -> None:
    clocks = Clocks(sim=False)
    assert clocks.step(0.5, 0.5) == pytest.approx(1000.5)
    assert clocks.line.offset == pytest.approx(0.0)
    assert clocks.line.take_jump() is None


@pytest.mark.parametrize("by", [-3.0, 3.0, 0.05])
def test_a_clock_that_is_set_is_a_jump_and_ages_stay_true(by: float) -> None:
    clocks = Clocks(sim=False)
    assert clocks.step(0.1 + by, 0.1) == pytest.approx(1000.1)
    assert clocks.line.of_stamp(clocks.ros) == pytest.approx(1000.1)
    jump = clocks.line.take_jump()
    assert jump is not None and f"{by:+.3f}" in jump
    assert clocks.line.take_jump() is None


class HeldUp(Clocks):
    """The machine holds the process up for ``pauses`` s, one after the other, while it looks at the ROS clock."""

    def __init__(self, *pauses: float) -> None:
        super().__init__(sim=False)
        self.pauses = list(pauses)
        self.line = Timeline(self._slowly, lambda: self.mono, False)

    def _slowly(self) -> float:
        read = self.ros
        pause = self.pauses.pop(0) if self.pauses else 0.0
        self.ros, self.mono = self.ros + pause, self.mono + pause
        return read


@pytest.mark.parametrize("pauses", [(0.0, 0.3), (0.0, 0.3, 0.3), (0.0, 0.3, 0.2, 0.3), (0.3, 0.3, 0.3)])
def test_a_process_that_was_held_up_between_two_clocks_has_seen_no_jump(pauses: tuple[float, ...]) -> None:
    clocks = HeldUp(*pauses)
    for _ in range(5):
        now = clocks.step(0.01, 0.01)
        assert clocks.line.take_jump() is None
    assert now == pytest.approx(clocks.ros, abs=0.16), "half of what it was held up, at most"


def test_a_clock_that_is_set_by_more_than_any_delay_is_a_jump_all_the_same() -> None:
    clocks = HeldUp(0.0, 0.1, 0.1, 0.1)
    clocks.step(0.3, 0.01)
    assert clocks.line.take_jump() is not None


def test_a_slow_correction_of_the_clock_is_none() -> None:
    clocks = Clocks(sim=False)
    for _ in range(100):
        clocks.step(0.0101, 0.01)
    assert clocks.line.take_jump() is None
    assert clocks.line.of_stamp(clocks.ros) == pytest.approx(clocks.line.now)


def test_simulated_time_sets_the_pace() -> None:
    clocks = Clocks(sim=True)
    assert clocks.step(0.02, 0.1) == pytest.approx(1000.02)
    assert clocks.step(0.0, 0.1) == pytest.approx(1000.02)
    assert clocks.line.take_jump() is None


def test_when_simulated_time_stands_still_ages_grow_all_the_same() -> None:
    clocks = Clocks(sim=True)
    clocks.step(0.0, SIM_STALL_S + 0.1)
    assert clocks.step(0.0, 1.0) > 1001.0
    # What is stamped after the pause is as new as it says, not from before it.
    clocks.step(0.01, 0.01)
    assert clocks.line.take_jump() is None
    assert clocks.line.of_stamp(clocks.ros) == pytest.approx(clocks.line.now)


def test_a_clock_that_stands_under_messages_that_go_on_is_told_until_it_goes_on() -> None:
    clocks = Clocks(sim=True)
    clocks.step(0.0, 5.0)
    clocks.line.heard()
    assert clocks.line.stands is None, "nobody has heard a /clock yet"
    clocks.step(0.01, 0.01)
    clocks.step(0.0, SIM_STANDS_S - 0.1)
    clocks.line.heard()
    assert clocks.line.stands is None, "what was on its way when it stopped"
    clocks.step(0.0, 0.2)
    assert clocks.line.stands is None, "a simulation that is paused sends nothing"
    clocks.line.heard()
    clocks.step(0.0, 0.2)
    assert "/clock has stood still for 1.3 s" in (clocks.line.stands or "")
    clocks.step(0.01, 0.01)
    assert clocks.line.stands is None


def test_the_machines_clock_never_stands() -> None:
    clocks = Clocks(sim=False)
    clocks.step(0.0, SIM_STANDS_S + 1.0)
    clocks.line.heard()
    assert clocks.line.stands is None


@pytest.mark.parametrize("by", [-0.5, 30.0])
def test_a_step_of_simulated_time_is_a_jump_and_time_never_goes_back(by: float) -> None:
    clocks = Clocks(sim=True)
    before = clocks.line.now
    assert clocks.step(by, 0.01) >= before
    assert clocks.line.take_jump() is not None


def test_a_clock_that_goes_back_and_forth_makes_no_more_time_pass_than_has() -> None:
    """Somebody sends old messages of /clock again: each step ahead of them is not longer than a jump."""
    clocks = Clocks(sim=True)
    for _ in range(10):
        clocks.step(-0.38, 0.01)
        clocks.step(0.4, 0.01)
    assert clocks.line.now == pytest.approx(1000.2)


def test_a_simulation_that_was_reset_sets_the_pace_again_after_a_while() -> None:
    clocks = Clocks(sim=True)
    clocks.step(-700.0, 0.01)
    assert clocks.step(0.3, 0.1) == pytest.approx(1000.11), "not yet"
    assert clocks.step(0.0, 0.1) == pytest.approx(1000.21), "nor while it stands"
    before = clocks.step(0.01, SIM_DOUBT_S)
    assert clocks.step(0.3, 0.1) == pytest.approx(before + 0.3)


def test_a_simulation_that_went_on_for_long_before_is_no_jump() -> None:
    """Simulated time is 0 until the first /clock is heard."""
    clocks = Clocks(sim=True, ros=0.0)
    clocks.step(0.0, 0.3)
    before = clocks.line.now
    assert clocks.step(3600.0, 0.01) == pytest.approx(before + 0.01)
    assert clocks.line.take_jump() is None
    assert clocks.line.of_stamp(3600.0) == pytest.approx(clocks.line.now)
    assert clocks.step(0.02, 0.02) == pytest.approx(before + 0.03)
    clocks.step(30.0, 0.01)
    assert clocks.line.take_jump() is not None, "it has begun already"
