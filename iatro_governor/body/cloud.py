"""A cloud of points, as obstacles to a base, as solid points for an arm, and as the area that it has seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.cells import Indices, grouped, thinned
from iatro_governor.body.own import OwnBody, in_box
from iatro_governor.body.planar import Array
from iatro_governor.body.scan import Sweep, fill_single_gaps, in_view
from iatro_governor.body.urdf import transform as rigid
from iatro_governor.errors import EventError
from iatro_governor.profile.seeing import PointsSource

MOST_POINTS = 1_000_000
FARTHEST = 1e6
"""A coordinate beyond this, m, is no place."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Rays:
    """Points (3, n) in the base frame, and the way to each along the ground: ``away`` (n,) m at ``bearing`` (n,) rad.

    obstacle: (n,) whether it lies where obstacles count. own: (n,) whether it is the robot itself.
    """

    points: Array
    away: Array
    bearing: Array
    obstacle: Mask
    own: Mask

    def only(self, which: Mask) -> _Rays:
        """Some of them."""
        if which.all():
            return self
        at = np.flatnonzero(which)
        parts = self.points.take(at, axis=1), self.away[at], self.bearing[at], self.obstacle[at]
        return _Rays(*parts, self.own[at])


def read_cloud(t: float, xyz: NDArray[Any], source: PointsSource, own: OwnBody, solid: bool = True) -> Sweep:
    """A cloud as a ``Sweep``: its points are those at the heights of ``source``, the nearest one of each cell.

    ``xyz`` (n, 3) m in the sensor's frame; a point that is not finite is unknown. ``own``: what of it is the robot.
    ``solid``: whether its points are wanted in three dimensions, too.

    Raises:
        EventError: no (n, 3) array, or too few or too many points, or too many unknown ones.
    """
    rays = _cast(_finite(xyz, source), source, own)
    seen, whole = _seen(rays, source)
    step = 2 * math.pi / len(seen)
    kept, cluster = _obstacles(rays, source)
    x, y, z = source.pose[:3]
    return Sweep(
        t,
        np.array([x, y, 0.0]),
        kept,
        cluster,
        np.zeros(len(kept), dtype=bool),
        -math.pi + step / 2,
        step,
        seen,
        float(seen.min()) if whole else 0.0,
        grain=source.cell * math.sqrt(2),
        height=z,
        solid=_solid(rays, source) if solid else None,
        solid_grain=source.voxel * math.sqrt(3),
    )


def _finite(xyz: NDArray[Any], source: PointsSource) -> Array:
    """The known points (3, n) in the sensor's frame."""
    if xyz.ndim != 2 or xyz.shape[1] != 3:
        raise EventError(f"points of shape {xyz.shape}; (n, 3) is needed", "points")
    if len(xyz) > MOST_POINTS:
        raise EventError(f"a cloud of {len(xyz)} points; at most {MOST_POINTS} are allowed", "points")
    points: Array = np.ascontiguousarray(xyz.T, dtype=np.float64)
    known = (np.abs(points) <= FARTHEST).all(axis=0)
    if source.zero_means == "unknown":
        known &= (points != 0).any(axis=0)
    count = int(known.sum())
    unknown = 1.0 - count / len(xyz) if len(xyz) else 0.0
    if unknown > source.max_unknown:
        raise EventError(
            f"{unknown:.0%} of the points are unknown; at most {source.max_unknown:.0%} are allowed", "points"
        )
    if count < source.least_points:
        raise EventError(f"{count} known points; at least {source.least_points} are needed", "points")
    return points if count == len(xyz) else points[:, known]


def _cast(points: Array, source: PointsSource, own: OwnBody) -> _Rays:
    """Rays to ``points`` (3, n) of the sensor's frame, those in view. What is beyond the range only shows a way."""
    pose = rigid(np.array(source.pose[:3]), np.array(source.pose[3:]))
    # Three plain sums: a matrix product of this shape would start threads for nothing.
    placed = np.stack([sum(pose[k, j] * points[j] for j in range(3)) + pose[k, 3] for k in range(3)])
    dx, dy = placed[0] - pose[0, 3], placed[1] - pose[1, 3]
    away, bearing = np.hypot(dx, dy), np.arctan2(dy, dx)
    low, high = source.height
    at_height = (placed[2] >= low) & (placed[2] <= high) & (away <= source.range_max)
    mine = np.zeros(len(away), dtype=bool)
    if source.own_inset is not None:
        mine |= own.holds(placed, source.own_inset)
    for box in source.own_boxes:
        mine |= in_box(placed, box.low, box.high)
    mine &= away > 0  # what covers the sensor is not the robot, however deep in it the sensor stands
    rays = _Rays(placed, away, bearing, at_height & ~mine, mine)
    return rays.only(in_view(bearing, source.field_of_view) | (away == 0))


def _seen(rays: _Rays, source: PointsSource) -> tuple[Array, bool]:
    """The range (b,) m to which each bearing is known to be free, and whether every bearing is in view.

    A ray shows what it passed at the heights that count; above and below them it shows nothing more.
    """
    count = math.ceil(2 * math.pi / source.bearing_step)
    step = 2 * math.pi / count
    index = np.minimum(((rays.bearing + math.pi) / step).astype(np.int64), count - 1)
    (low, high), z = source.height, source.pose[2]
    rise = rays.points[2] - z
    room = np.where(rise > 0, high - z, z - low)
    steep = np.abs(rise)
    way = rays.away * np.where(steep > room, room / np.maximum(steep, 1e-9), 1.0)
    way = np.minimum(np.where(rays.own, 0.0, way), source.range_max)
    seen, nearest = np.zeros(count), np.full(count, np.inf)
    np.maximum.at(seen, index, way)
    np.minimum.at(nearest, index[rays.obstacle], rays.away[rays.obstacle])
    empty = np.bincount(index, minlength=count) == 0
    if source.empty_means == "free":
        seen[empty] = source.range_max
    seen = fill_single_gaps(np.minimum(seen, nearest), True)
    middles: Array = -math.pi + step * np.arange(0.5, count)
    looked_at = in_view(middles, source.field_of_view)
    return np.where(looked_at, seen, 0.0), bool(looked_at.all())


def _obstacles(rays: _Rays, source: PointsSource) -> tuple[Array, Indices]:
    """The nearest point (m, 2) of each cell with an obstacle, and the obstacles (m,) that they make, in order."""
    there = rays.only(rays.obstacle)
    chosen, count = thinned(there.points[:2], source.cell, there.away)
    points = there.points[:2, chosen]
    group = grouped(points, source.cluster_gap)
    if source.min_points > 1:
        enough = np.bincount(group, weights=count)[group] >= source.min_points
        points, group = points[:, enough], group[enough]
    order = np.argsort(group, kind="stable")
    return points[:, order].T.copy(), group[order]


def _solid(rays: _Rays, source: PointsSource) -> Array:
    """The nearest point (m, 3) of each voxel, whatever its height, but for the robot itself."""
    near = (rays.away <= source.range_max) & (np.abs(rays.points[2] - source.pose[2]) <= source.range_max)
    there = rays.only(near & ~rays.own)
    chosen, _ = thinned(there.points, source.voxel, there.away)
    return there.points[:, chosen].T.copy()
