"""Simulated time, from a real /clock: when it stands, jumps or goes back, the robot stops, by the machine's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

# In an interpreter that had a hundred nodes before, simulated time does not reach the bench's.
pytestmark = [pytest.mark.ros, pytest.mark.apart]

TICK_S = 0.01


class SimClock:
    """Publishes /clock as long as it runs."""

    def __init__(self, node: Any) -> None:
        from rosgraph_msgs.msg import Clock

        from iatro_governor.nodes.stamps import stamp_of

        self.t, self.running = 100.0, True
        publisher = node.create_publisher(Clock, "/clock", 10)

        def tick() -> None:
            if self.running:
                self.t += TICK_S
                publisher.publish(Clock(clock=stamp_of(self.t)))

        node.create_timer(TICK_S, tick)


@pytest.fixture
def simulated(governed: Any, node_here: Callable[[str], Any]) -> Iterator[SimClock]:
    """The governor and its bench by simulated time, and the robot on its way."""
    from rclpy.parameter import Parameter

    clock = SimClock(node_here("simulator"))
    governed.bench.node.set_parameters([Parameter("use_sim_time", value=True)])
    governed.wait(lambda: 100.0 < governed.bench.now() < 1e6, 15.0, "simulated time at the bench")
    governed.launch(use_sim_time="true")
    free = {"awaiting_command", "awaiting_rearm"}
    governed.until(lambda: governed.bench.decisions and governed.bench.faults <= free, "ready", 40.0)
    again(governed)
    yield clock
    clock.running = True
    governed.governor.end()  # it comes to rest by this clock


def again(governed: Any) -> None:
    """Arm the channel anew, and drive."""
    governed.bench.command = (0.0, 0.0)
    governed.until(lambda: not governed.bench.faults, "armed", 40.0)
    governed.drive()


def test_a_clock_that_stands_stops_the_robot_and_goes_on_when_it_goes_on(
    governed: Any, simulated: SimClock
) -> None:
    simulated.running = False
    governed.until_rest()
    assert not governed.bench.told("clock_stands"), "a simulation that is paused sends nothing"
    simulated.running = True
    again(governed)


def test_what_goes_on_under_a_clock_that_stands_stops_the_robot(
    governed: Any, simulated: SimClock, node_here: Callable[[str], Any]
) -> None:
    """A planner and sensors that are not simulated, but stamp by the clock that is."""
    bench = governed.bench
    simulated.running = False
    hurried = node_here("hurried")
    for period, act in ((0.02, bench._plan), (0.02, bench._move), (0.05, bench._sense)):
        hurried.create_timer(period, act)
    governed.until(lambda: "stood still" in bench.detail("clock_stands"), "a record that says why")
    governed.until_rest()
    count = len(bench.decisions)
    governed.until(lambda: len(bench.decisions) > count + 200, "more decisions")
    assert bench.twist == (0.0, 0.0) and "clock_stands" in bench.faults
    simulated.running = True
    again(governed)


@pytest.mark.parametrize("by", [30.0, -20.0])
def test_a_clock_that_is_set_stops_the_robot(governed: Any, simulated: SimClock, by: float) -> None:
    simulated.t += by
    governed.until_rest()
    details = lambda: [f["detail"] for d in list(governed.bench.decisions) for f in d["faults"]]  # noqa: E731
    governed.until(lambda: any("in one step" in detail for detail in details()), "a record that says why")
    again(governed)
