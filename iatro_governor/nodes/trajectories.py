"""Joint trajectories: messages, the core's knots, and what the record keeps of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from iatro_governor.errors import EventError
from iatro_governor.governor.events import Knot
from iatro_governor.governor.recorded import PARTS, trajectory_body
from iatro_governor.nodes.stamps import seconds, span_of

Body = dict[str, Any]

MOST_JOINTS = 256
"""Joints in one trajectory, and numbers in one part of a point."""


def knots_of(message: JointTrajectory) -> tuple[Knot, ...]:
    """The points of ``message`` as they stand. Raises EventError for one with efforts: nobody would bound them."""
    for index, point in enumerate(message.points):
        if point.effort:
            raise EventError(f"point {index} has efforts, and none are governed here; leave them out")
        if (most := max(len(getattr(point, part)) for part in PARTS)) > MOST_JOINTS:
            raise EventError(f"point {index} has {most} numbers; at most {MOST_JOINTS} are allowed")
    return tuple(map(_knot, message.points))


def _knot(point: JointTrajectoryPoint) -> Knot:
    return Knot(seconds(point.time_from_start), *(tuple(getattr(point, part)) for part in PARTS))


def trajectory_message(names: Sequence[str], knots: Sequence[Knot]) -> JointTrajectory:
    """A trajectory that starts when it is received: its stamp is 0."""
    return JointTrajectory(joint_names=list(names), points=[_point(knot) for knot in knots])


def _point(knot: Knot) -> JointTrajectoryPoint:
    parts = {part: list(getattr(knot, part)) for part in PARTS}
    return JointTrajectoryPoint(time_from_start=span_of(knot.time), **parts)


def message_of_body(body: Body) -> JointTrajectory:
    """The message of a recorded trajectory."""
    knots = [
        Knot(float(point["time"]), *(tuple(map(float, point[part])) for part in PARTS))
        for point in body["points"]
    ]
    return trajectory_message(body["names"], knots)


def body_of_message(message: JointTrajectory) -> Body:
    """A recorded trajectory as it was sent: equal to what :func:`message_of_body` was given, to the ns."""
    return trajectory_body(message.joint_names, [_knot(point) for point in message.points])
