"""The joints of a model as they were measured last, from as many sources as tell of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from iatro_governor.body.joint_track import JointTrack
from iatro_governor.body.model import ArmModel, Indices
from iatro_governor.body.planar import Array


class Readings:
    """Joints ``names`` (n,), each told by the first of ``tracks`` that knows it."""

    def __init__(self, names: Sequence[str], tracks: Mapping[str, JointTrack]) -> None:
        self._count = len(names)
        self._parts: list[tuple[JointTrack, Indices, Indices]] = []
        left = list(names)
        for track in tracks.values():
            mine = [name for name in left if name in track.names]
            if mine:
                at = np.array([list(names).index(name) for name in mine], dtype=np.int64)
                self._parts.append((track, at, track.places(mine)))
                left = [name for name in left if name not in mine]

    def ages(self, t: float) -> Array:
        """How long ago, at ``t``, each joint (n,) was measured last, s; 0 where there is nothing to measure."""
        out = np.zeros(self._count)
        for track, at, _ in self._parts:
            out[at] = max(t - track.latest.t, 0.0)
        return out

    @property
    def position(self) -> Array:
        """(n,) rad or m."""
        out = np.zeros(self._count)
        for track, at, places in self._parts:
            out[at] = track.latest.position[places]
        return out

    @property
    def velocity(self) -> Array:
        """(n,) rad/s or m/s."""
        out = np.zeros(self._count)
        for track, at, places in self._parts:
            out[at] = track.latest.velocity[places]
        return out

    @property
    def effort(self) -> Array:
        """(n,) Nm or N; NaN of joints whose source does not measure it."""
        out = np.full(self._count, np.nan)
        for track, at, places in self._parts:
            measured = track.latest.effort
            if measured is not None:
                out[at] = measured[places]
        return out


def upright(model: ArmModel, readings: Readings) -> Array:
    """Positions (m,) of the joints of ``model``, with its base upright at the origin, wherever that is."""
    position, q = readings.position, np.zeros(len(model.joints))
    q[len(q) - len(position) :] = position
    return q
