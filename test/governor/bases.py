"""The chart of one base by itself: no profile, no governor, and odometry as a test tells it."""

from __future__ import annotations

from typing import Any

import numpy as np

from iatro_governor.body.shape import Circle
from iatro_governor.body.track import OdomSample
from iatro_governor.governor.outputs import Outputs
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.stepping import Rates
from iatro_governor.governor.twist import TwistChart
from iatro_governor.profile.channels import TwistChannel
from iatro_governor.profile.sources import OdomSource

DELAY, PERIOD, REACH, REST_SPEED = 0.5, 0.015625, 0.5, 0.01
STEERED = {"base": "ackermann", "turn_radius": 1.25, "turn_radius_source": "a test", "allow_split": False}


def config(base: str = "omnidirectional", **changes: Any) -> TwistChannel:
    """Brakes by 1 m/s2 and 2 rad/s2, harder in a protective stop."""
    modes = {
        "controlled": {"linear": 1.0, "angular": 2.0, "source": "a test"},
        "protective": {"linear": 3.0, "angular": 5.0, "source": "a test"},
    }
    return TwistChannel.model_validate(
        {"type": "twist", "input": "in", "output": "out", "command_timeout_s": 0.5, "actuator_delay_s": DELAY}
        | {"base": base, "odom": "odom", "stop_modes": modes, "creep_speed": 0.125}
        | changes
    )


def rates(decrease: tuple[float, ...] = (0.75, 0.5, 1.5), jerk: float = np.inf) -> Rates:
    """Growth is not bounded."""
    size = len(decrease)
    return Rates(np.full(size, 1e6), np.array(decrease), np.full(size, jerk), ())


class Base:
    """``tell`` it where it is and how it moves, ``publish`` outputs, and ask its ``chart``."""

    def __init__(self, channel: TwistChannel | None = None, bounds: Rates | None = None, **told: Any) -> None:
        """``told``: of the source of odometry."""
        channel = channel or config()
        size = 4 if channel.base == "aerial" else 3
        odom = {
            "type": "odom",
            "topic": "odom",
            "timeout_s": 0.25,
            "rest_speed": REST_SPEED,
            "speed_noise": 0.03,
        }
        self.senses = Senses({"odom": OdomSource.model_validate(odom | told)}, 1.0, moved_by=channel)
        figure = Circle((0.0, 0.0), REACH)
        self.chart = TwistChart(channel, figure, bounds or rates((1.0,) * size), self.senses, PERIOD)
        self.outputs = Outputs(size, DELAY, 100.0)
        self._last = 0.0

    def tell(
        self,
        t: float,
        pose: tuple[float, ...] = (0.0, 0.0, 0.0),
        twist: tuple[float, ...] = (0.0, 0.0, 0.0),
        height: float = 0.0,
        level: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0),
    ) -> Base:
        """Odometry of ``t``."""
        sample = OdomSample(t, np.array(pose), np.array(twist), height, np.array(level))
        self.senses.tracks["odom"].add(sample)
        return self

    def publish(self, t: float, *output: float) -> Base:
        """Let ``output`` stand from ``t`` on."""
        self.outputs.publish(t, np.array(output), t - self._last)
        self._last = t
        return self

    def at(self, t: float) -> Any:
        """What the limits see then."""
        return self.chart.situation(t, self.outputs)
