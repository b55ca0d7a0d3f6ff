"""Governed commands on their way out."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import QoSProfile

from iatro_governor.governor.decision import Decision
from iatro_governor.governor.events import Command, Knot
from iatro_governor.nodes import qos
from iatro_governor.nodes.commands import command_type
from iatro_governor.nodes.neighbours import publishers_of
from iatro_governor.nodes.progress import Progress
from iatro_governor.nodes.resting import Values, moves, stopped, time_to_rest, zeros
from iatro_governor.nodes.stamps import stamp_of
from iatro_governor.nodes.trajectories import trajectory_message
from iatro_governor.profile.channels import TwistChannel
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.joint_channels import JointTrajectoryChannel
from iatro_governor.profile.model import LoopTiming
from iatro_governor.profile.tool_channels import PoseChannel, WrenchChannel

GRAPH_S = 2.0
"""How long a new publisher is waited for to be in the graph, s."""
READERS_ANSWER_S = 0.3
"""How long the last command is waited for to arrive, s."""


class Outgoing:
    """The output of one channel. Its own publisher is known by id.

    A name would not do: a killed predecessor, or whoever takes the governor's name, has the same.
    """

    values: Values = ()
    """What went out last, empty where it is no values."""
    moving = False
    """Whether what went out last asks for motion, as far as it says so itself."""
    lasting = True
    """Whether motion is waited for however long it takes to end."""
    changes = False
    """Whether what holds the robot still is another thing as long as it moves."""

    def __init__(self, node: Node, channel: AnyChannel, profile: QoSProfile) -> None:
        self.topic, self.kind, self.qos = channel.output, command_type(channel).message, profile
        self.joints: tuple[str, ...] = getattr(channel, "joints", ())
        """In the order of the values; empty where values are no joints'."""
        self._before = set(publishers_of(node, self.topic))
        self._publisher: Publisher = node.create_publisher(
            self.kind, self.topic, profile, event_callbacks=qos.QUIET_OUT
        )
        self.own: set[str] = set()
        """Ids of the publishers made here."""
        self.recognise(node)

    def recognise(self, node: Node) -> bool:
        """Look for its own publisher in the graph; False: it is not there yet. Only while ``node`` comes up."""
        me = f"{node.get_namespace().rstrip('/')}/{node.get_name()}"
        found = publishers_of(node, self.topic)
        self.own |= {gid for gid, name in found.items() if gid not in self._before and name == me}
        return bool(self.own)

    def carry_out(self, decision: Decision, now: float) -> None:
        """Publish what ``decision`` allows; ``now``: node clock, s."""
        raise NotImplementedError

    def pass_on(self, command: Command, now: float) -> None:
        """Publish ``command`` as it came; ``now``: its stamp, s of the node clock."""
        raise NotImplementedError

    def stop(self, dt: float, now: float) -> bool:
        """``dt`` s further to rest, from what went out last, without the core. Returns whether anything went out."""
        raise NotImplementedError

    def stand(self, now: float) -> None:
        """Say once more, for good, that the robot stands still."""
        raise NotImplementedError

    def live(self) -> None:
        """Say that the publisher lives, and nothing else."""
        self._publisher.assert_liveliness()

    def wait_for_readers(self) -> None:
        """The last command has arrived everywhere, or a reader does not answer."""
        self._publisher.wait_for_all_acked(Duration(seconds=READERS_ANSWER_S))


class ValuesOut(Outgoing):
    """A stream of values; one message, made once."""

    def __init__(self, node: Node, channel: AnyChannel, profile: QoSProfile) -> None:
        super().__init__(node, channel, profile)
        self.changes = channel.type in ("joint_effort", "wrench")
        self.lasting = not self.changes
        self._channel, self._row = channel, command_type(channel)
        self._message: Any = self.kind()
        if isinstance(channel, TwistChannel | PoseChannel | WrenchChannel) and self._row.stamped:
            self._message.header.frame_id = channel.frame
        self.values = self._rest = zeros(channel)

    def carry_out(self, decision: Decision, now: float) -> None:
        """Publish the allowed values."""
        self._rest = decision.rest or self._rest
        self.publish(decision.allowed, now)

    def pass_on(self, command: Command, now: float) -> None:
        """Publish its values."""
        self.publish(command.values, now)

    def publish(self, values: Values, now: float) -> None:
        """Publish ``values``."""
        assert self._row.write is not None
        self._row.write(self._message, values)
        if self._row.stamped:
            self._message.header.stamp = stamp_of(now)
        self._publisher.publish(self._message)
        self.moving = moves(self._channel, values, self.values, self._rest)
        self.values = values

    def hear(self, values: Values, rest: Values) -> None:
        """Take note of ``values`` that somebody else published, and of what is rest then; empty: what was before."""
        self.values, self._rest = values, rest or self._rest
        self.moving = any(values) if zeros(self._channel) else self.moving

    def stop(self, dt: float, now: float) -> bool:
        """Speeds ramp down, all others stand at the rest that was decided last; before that nothing is published."""
        if values := stopped(self._channel, self.values, self._rest, dt):
            self.publish(values, now)
        return bool(values)

    def stand(self, now: float) -> None:
        """The rest that was decided last."""
        if self._rest:
            self.publish(self._rest, now)


class TrajectoryOut(Outgoing):
    """Trajectories, each published once; in between the publisher only says that it lives."""

    lasting = False  # who has a trajectory that ends at rest needs nobody to bring it there

    def __init__(self, node: Node, channel: JointTrajectoryChannel, profile: QoSProfile) -> None:
        super().__init__(node, channel, profile)
        self._channel = channel
        self._progress = Progress()
        self._t = 0.0
        self._measured = False
        self._stopped = False

    def carry_out(self, decision: Decision, now: float) -> None:
        """Publish the decision's trajectory, if it has one, and note where the joints stand and how they move."""
        begins, measured = decision.trajectory is not None, decision.allowed == decision.measured
        # A path has the joints ahead of where they are measured.
        self._progress.note(decision.t, decision.allowed, anew=begins or measured is not self._measured)
        self._t, self._measured = decision.t, measured
        # Where the joints stand is measured, and noise is no motion.
        self.moving = begins
        if decision.trajectory is None:
            self._publisher.assert_liveliness()
        else:
            self.publish(decision.trajectory)
            self._stopped = decision.stop is not None

    def stop(self, dt: float, now: float) -> bool:
        """Brake every joint evenly, in the time that the slowest needs, from where the last decision had it.

        Not where a stop is what went out last: that ends at rest by itself.
        """
        self._publisher.assert_liveliness()
        if not self._progress.known or self._stopped:
            return False
        time = max(time_to_rest(self._channel, self._progress.speeds), dt)
        self.publish((self._progress.braked(self._t, time),))
        self.moving, self._stopped = False, True
        return True

    def stand(self, now: float) -> None:
        """Nothing: a trajectory that is over holds by itself."""

    def pass_on(self, command: Command, now: float) -> None:
        """Publish its points, for its joints in its order."""
        self._publisher.publish(trajectory_message(command.names, command.points or ()))
        self._stopped = False

    def publish(self, knots: tuple[Knot, ...]) -> None:
        """Publish a trajectory of ``knots``, which begins when it is received."""
        self._publisher.publish(trajectory_message(self.joints, knots))


def recognised(node: Node, outputs: Collection[Outgoing]) -> None:
    """Wait until the graph has the publishers of ``outputs``: what it has late would be taken for another's."""
    end = time.monotonic() + GRAPH_S
    while not all(outgoing.own or outgoing.recognise(node) for outgoing in outputs):
        if time.monotonic() > end:
            node.get_logger().error(f"the graph does not show the node's own publishers within {GRAPH_S:g} s")
            return
        time.sleep(GRAPH_S / 200)


def output_of(node: Node, channel: AnyChannel, loop: LoopTiming) -> Outgoing:
    """The output of ``channel``."""
    if isinstance(channel, JointTrajectoryChannel):
        return TrajectoryOut(node, channel, qos.now_and_then(loop.max_gap_s))
    return ValuesOut(node, channel, qos.output(loop.rate_hz, loop.max_gap_s))
