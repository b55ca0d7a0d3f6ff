"""What the watch does with one output: listens while the governor speaks, and stops what moves when it does not."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from rclpy.node import Node
from trajectory_msgs.msg import JointTrajectory

from iatro_governor.body.path import JointPath, JointState
from iatro_governor.body.path_stop import stop_along
from iatro_governor.errors import EventError
from iatro_governor.governor.pulse import Echoes, Pulse
from iatro_governor.governor.trajectory import Shape, as_points, check_shape
from iatro_governor.msg import GovernorDecision
from iatro_governor.nodes import qos
from iatro_governor.nodes.commands import command_type
from iatro_governor.nodes.gate_server import Joints
from iatro_governor.nodes.outgoing import TrajectoryOut, ValuesOut, output_of
from iatro_governor.nodes.resting import SETPOINTS, blind_stop
from iatro_governor.nodes.trajectories import knots_of
from iatro_governor.nodes.unread import Unread
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.joint_channels import JointTrajectoryChannel
from iatro_governor.profile.model import LoopTiming, ProfileData

BY_DECISION = ("joint_effort", "wrench")
"""Types whose rest only the governor's decisions tell."""
MOST_POINTS = 100_000
"""Points of a trajectory that is listened to."""
LONGEST_STEP_S = 0.1
"""A ramp makes up for no more than this at once, s."""


class ValuesWatch:
    """A stream of values. Speeds ramp to zero; set-points freeze; forces stay what the governor last called rest."""

    def __init__(
        self, node: Node, channel: AnyChannel, loop: LoopTiming, t: float, steady: bool = True
    ) -> None:
        """``t``: now, s of the monotonic clock, which every other time here is of.

        ``steady``: something goes out all the time, so that silence means something.
        """
        out = output_of(node, channel, loop)
        assert isinstance(out, ValuesOut)
        self.out: ValuesOut = out
        self._channel = channel
        self._read = command_type(channel).read
        self._echoes, self._pulse = Echoes(), Pulse(t)
        self._steady = steady
        self._spoken = False
        self.unread = Unread()
        self._stepped: float | None = None
        self._period = 1.0 / loop.rate_hz

    def hear(self, message: Any, t: float) -> None:
        """Take a message on the output, at ``t`` s."""
        if not self._echoes.heard_other():
            return
        # What cannot be read is no output, and who says nothing else is silent.
        self._spoken = True
        try:
            values = self._read(message, self._channel).values
        except EventError as error:
            self.unread.note(str(error))
            return
        if not all(map(math.isfinite, values)) or len(self.out.joints) not in (0, len(values)):
            self.unread.note(f"{len(values)} values, which are not finite or not one a joint")
            return
        self._pulse.beat(t)
        if self._stepped is None:
            self.out.hear(values, values if self._channel.type in SETPOINTS else ())

    def silent_s(self, t: float) -> float:
        """How long nobody else has published anything; 0 before anybody did."""
        return self._pulse.silent_s(t) if self._spoken and self._steady else 0.0

    def expect(self, t: float) -> None:
        """Count no silence before ``t`` s."""
        self._pulse.beat(t)

    def delay(self, s: float) -> None:
        """Do not count the last ``s`` s."""
        self._pulse.delay(s)

    def rest_at(self, message: GovernorDecision) -> None:
        """Take what a decision calls rest, where the values themselves do not tell it."""
        rest = tuple(message.rest)
        fits = len(rest) == len(message.allowed) and all(map(math.isfinite, rest))
        if self._channel.type in BY_DECISION and self._stepped is None and rest and fits:
            self.out.hear(tuple(message.allowed), rest)

    def step(self, t: float, now: float) -> None:
        """One step to rest, and rest from then on; nothing where nobody ever said what rest is."""
        dt = self._period if self._stepped is None else min(t - self._stepped, LONGEST_STEP_S)
        self._stepped = t
        if self.out.stop(dt, now):
            self._echoes.sent()
        else:
            self.out.live()

    def over(self) -> None:
        """The governor has it again."""
        self._stepped = None


class TrajectoryWatch:
    """Trajectories. What is executed is replaced, once, by a stop along its own way; what rests holds by itself."""

    def __init__(self, node: Node, channel: JointTrajectoryChannel, loop: LoopTiming, joints: Joints) -> None:
        """``joints``: as they are measured."""
        out = output_of(node, channel, loop)
        assert isinstance(out, TrajectoryOut)
        self.out: TrajectoryOut = out
        # It was vetted already; here it is only read.
        self._shape = Shape(channel.joints, math.inf, math.inf, MOST_POINTS)
        self._brakes = np.array(blind_stop(channel.stop_modes).deceleration)
        self._period = 1.0 / loop.rate_hz
        self._joints = joints
        self.unread = Unread()
        self._echoes = Echoes()
        self._path: JointPath | None = None
        self._began = 0.0

    def hear(self, message: JointTrajectory, t: float) -> None:
        """Take a trajectory that was published, at ``t`` s."""
        if not self._echoes.heard_other():
            return
        at, speeds = self._joints.positions(self._shape.joints), self._joints.speeds(self._shape.joints)
        if at is None or speeds is None:
            self.unread.note("nobody has told where its joints are")
            return
        state = JointState(np.array(at), np.array(speeds))
        try:
            points = knots_of(message)
            self._path = check_shape(list(message.joint_names), points, self._shape, state)
        except EventError as error:
            self.unread.note(str(error))
            return
        self._began = t

    def silent_s(self, t: float) -> float:
        """It need not speak."""
        return 0.0

    def expect(self, t: float) -> None:
        """Nothing is counted."""

    def delay(self, s: float) -> None:
        """Nothing is counted."""

    def rest_at(self, message: GovernorDecision) -> None:
        """Where a trajectory rests, it says itself."""

    def step(self, t: float, now: float) -> None:
        """The stop, once; no trajectory that came before it moves anything after it."""
        self.out.live()
        path, self._path = self._path, None
        if path is not None and t - self._began < path.duration:
            stop = stop_along(path, t - self._began, self._brakes, self._period)
            self.out.publish(as_points(stop))
            self._echoes.sent()

    def over(self) -> None:
        """The governor has it again."""


Watched = ValuesWatch | TrajectoryWatch


def watched(node: Node, data: ProfileData, channel: AnyChannel, clock: Callable[[], float]) -> Watched:
    """The watch of one channel, which listens from now on; ``clock``: the monotonic clock, s."""
    follow: Watched
    if isinstance(channel, JointTrajectoryChannel):
        joints = Joints(node, data.sources[channel.state].topic)
        follow = TrajectoryWatch(node, channel, data.loop, joints)
    else:
        follow = ValuesWatch(node, channel, data.loop, clock(), steady=not data.unsafe_shadow)
    node.create_subscription(
        follow.out.kind,
        follow.out.topic,
        lambda message: follow.hear(message, clock()),
        qos.EVENT,
        event_callbacks=qos.QUIET_IN,
    )
    return follow
