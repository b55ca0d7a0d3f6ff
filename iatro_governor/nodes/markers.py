"""Zones, body, headroom and what binds, on ``governor/markers``, for RViz and Foxglove. Nothing reads them back.

Without visualization_msgs there is no such topic, and all else is as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point
from rclpy.node import Node
from std_msgs.msg import ColorRGBA

from iatro_governor.governor.decision import Decision
from iatro_governor.governor.scene import TEXT_Z, Drawn, Scene, Tone
from iatro_governor.nodes import qos
from iatro_governor.nodes.stamps import stamp_of

COLOURS: dict[Tone, tuple[float, float, float]] = {
    "out": (0.85, 0.2, 0.15),
    "slow": (0.9, 0.65, 0.1),
    "in": (0.2, 0.45, 0.85),
    "free": (0.25, 0.65, 0.3),
    "bound": (0.9, 0.65, 0.1),
    "stopped": (0.85, 0.2, 0.15),
    "asked": (0.6, 0.6, 0.6),
    "allowed": (0.25, 0.65, 0.3),
}
STILL: tuple[Tone, ...] = ("out", "slow", "in")
"""Places: their lines are the same as long as the governor runs."""
WIDTH, BOLD, LETTERS = 0.02, 0.05, 0.15
"""Of a line, of one that binds, and the height of letters, m."""
LIVES_S = 2
"""Markers of a governor that is gone vanish after this long, s."""


class Markers:
    """Publishes the scene, as long as somebody looks."""

    def __init__(self, node: Node, scene: Scene) -> None:
        self._scene = scene
        self._shown: set[str] = set()
        self._points: dict[int, list[Point]] = {}
        """Of what never moves, by the lines' identity."""
        try:
            from visualization_msgs.msg import Marker, MarkerArray
        except ImportError:
            self._publisher = None
            return
        self._marker, self._array = Marker, MarkerArray
        self._publisher = node.create_publisher(
            MarkerArray, "governor/markers", qos.DIAGNOSTICS, event_callbacks=qos.QUIET_OUT
        )

    def show(self, now: float, decisions: Mapping[str, Decision]) -> None:
        """The scene after the latest ``decisions``; ``now``: node clock, s."""
        if self._publisher is None or not self._publisher.get_subscription_count():
            return
        drawn = self._scene.drawn(decisions)
        markers = [self._made(one, now) for one in drawn]
        gone = self._shown - {one.name for one in drawn}
        markers += [self._marker(ns=name, action=self._marker.DELETE) for name in sorted(gone)]
        self._shown = {one.name for one in drawn}
        self._publisher.publish(self._array(markers=markers))

    def _made(self, one: Drawn, now: float) -> Any:
        marker = self._marker(ns=one.name, action=self._marker.ADD, lifetime=Duration(sec=LIVES_S))
        marker.header.frame_id, marker.header.stamp = one.frame, stamp_of(now)
        red, green, blue = COLOURS[one.tone]
        marker.color = ColorRGBA(r=red, g=green, b=blue, a=1.0)
        marker.pose.orientation.w = 1.0
        if one.text:
            marker.type, marker.text, marker.scale.z = self._marker.TEXT_VIEW_FACING, one.text, LETTERS
            marker.pose.position.z = TEXT_Z
        else:
            marker.type, marker.scale.x = self._marker.LINE_LIST, BOLD if one.binds else WIDTH
            marker.points = self._kept(one) if one.tone in STILL else _points(one)
        return marker

    def _kept(self, one: Drawn) -> list[Point]:
        if id(one.lines) not in self._points:
            self._points[id(one.lines)] = _points(one)
        return self._points[id(one.lines)]


def _points(one: Drawn) -> list[Point]:
    return [Point(x=x, y=y, z=z) for x, y, z in one.lines.reshape(-1, 3).tolist()]
