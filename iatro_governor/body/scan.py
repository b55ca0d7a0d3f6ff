"""One planar scan, as obstacles and as the area that it has seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array, inverse, transform
from iatro_governor.errors import EventError
from iatro_governor.profile.figures import planar
from iatro_governor.profile.sources import ScanSource

MOST_BEAMS = 100_000
MOST_TURNS = 4 * math.pi
"""A first bearing beyond this, rad, is garbled: a larger one, still, has no digits left to tell directions by."""
SINGLE = 1e-6
"""Share by which a number may grow when a message holds it in single precision."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A scan in the base frame of its own moment.

    points: (n, 2) m, returns in order of bearing. cluster: (n,) number of the obstacle that each belongs to. joined:
    (n,) whether a point and the next one are neighbouring beams on one obstacle, so that its surface runs between them.
    bearings are counted from ``first`` by ``step`` rad in the sensor frame; ``seen`` (m,) is the range up to
    which each beam has observed free space, m, 0 where it knows nothing. ``clear_radius``: nothing within this
    distance of the sensor, m, is unseen or occupied. ``grain``: what a point stands for may be nearer by this, m.
    ``height``: of the points above the base frame, m; ``solid`` (p, 3) stands in for them where they lie at many
    heights, each for what is within ``solid_grain`` m of it.
    """

    t: float
    sensor: Array
    points: Array
    cluster: NDArray[np.int64]
    joined: NDArray[np.bool_]
    first: float
    step: float
    seen: Array
    clear_radius: float
    grain: float = 0.0
    height: float = 0.0
    solid: Array | None = None
    solid_grain: float = 0.0

    def has_seen(self, points: Array, slack: float) -> NDArray[np.bool_]:
        """Which of ``points`` (n, 2), in the base frame of the scan, lie in observed space, give or take ``slack``."""
        local = transform(inverse(self.sensor), points)
        index = self.beams(local)
        reach = np.append(self.seen, 0.0)[index]
        result: NDArray[np.bool_] = np.hypot(local[:, 0], local[:, 1]) <= np.where(
            reach > 0, reach + slack, 0.0
        )
        return result

    def beams(self, points: Array) -> NDArray[np.int64]:
        """The beam (n,) that comes nearest to each of ``points`` (n, 2) of the sensor's frame; -1: none does."""
        turns = (np.arctan2(points[:, 1], points[:, 0]) - self.first) / self.step
        around = 2 * math.pi / abs(self.step)
        index: NDArray[np.int64] = np.rint(np.mod(turns + 0.5, around) - 0.5).astype(np.int64)
        return np.where((index >= 0) & (index < len(self.seen)), index, -1)

    def around(self, values: Array, count: int) -> Array:
        """Of ``values`` (m,) by beam those of ``count`` beams on either side as well, (2 count + 1, m + 1).

        0 stands beyond the first beam and the last, unless they meet, and last for what no beam comes near.
        """
        whole = len(values) * abs(self.step) >= 2 * math.pi - 1.5 * abs(self.step)
        before, after = (values[-count:], values[:count]) if whole else (np.zeros(count), np.zeros(count))
        padded = np.concatenate([before, values, after])
        return np.array([np.append(padded[k : k + len(values)], 0.0) for k in range(2 * count + 1)])


def read_scan(
    t: float,
    ranges: Array,
    angle_min: float,
    angle_increment: float,
    range_min: float,
    range_max: float,
    source: ScanSource,
) -> Sweep:
    """A scan message as a ``Sweep``.

    ``ranges`` (n,) m: +inf or beyond ``range_max`` is no return, NaN is unknown, -inf or below ``range_min`` is an
    obstacle at ``range_min`` and shows nothing of its beam to be free, 0 as the source's ``zero_means`` says.

    Raises:
        EventError: the geometry makes no sense, ``range_min`` is beyond the source's ``max_range_min``, or too much of
            the field of view is missing or unknown.
    """
    _check_geometry(ranges, angle_min, angle_increment, range_min, range_max)
    check_near_end(range_min, source.max_range_min, "scan")
    if abs(angle_increment) > source.max_increment:
        raise EventError(
            f"beams {abs(angle_increment):.4f} rad apart; at most {source.max_increment} is allowed", "scan"
        )
    x, y, yaw = planar(source.pose)
    if source.pose[3] != 0:  # mounted upside down: bearings run the other way
        angle_min, angle_increment = -angle_min, -angle_increment
    bearing: Array = angle_min + angle_increment * np.arange(len(ranges), dtype=float)
    looked_at = in_view(bearing, source.field_of_view)
    _check_coverage(looked_at, ranges, angle_increment, source)
    unknown, none, near = _classify(ranges, range_min, range_max, source)
    reach = np.where(near, range_min, np.where(none, range_max, ranges))
    whole = len(ranges) * abs(angle_increment) >= 2 * math.pi - 1.5 * abs(angle_increment)
    seen = fill_single_gaps(np.where(unknown | near | ~looked_at, 0.0, reach), whole)
    seen[near] = 0.0
    sensor = np.array([x, y, yaw])
    beams = np.flatnonzero(looked_at & ~unknown & ~none)
    local = np.stack([reach[beams] * np.cos(bearing[beams]), reach[beams] * np.sin(bearing[beams])], axis=-1)
    points, cluster, joined = _cluster(local, beams, len(ranges), source)
    clear = float(seen.min()) if whole else 0.0
    return Sweep(
        t,
        sensor,
        transform(sensor, points),
        cluster,
        joined,
        angle_min,
        angle_increment,
        seen,
        clear,
        height=source.pose[2],
    )


def _check_geometry(ranges: Array, angle_min: float, step: float, range_min: float, range_max: float) -> None:
    if not 1 <= len(ranges) <= MOST_BEAMS:
        raise EventError(f"a scan of {len(ranges)} ranges; 1 to {MOST_BEAMS} are allowed", "scan")
    if not (math.isfinite(angle_min) and math.isfinite(step) and step != 0):
        raise EventError(
            f"angle_min {angle_min} and angle_increment {step} must be finite, the increment not 0", "scan"
        )
    if abs(angle_min) > MOST_TURNS:
        raise EventError(
            f"angle_min {angle_min:.4g} rad; at most {MOST_TURNS:.4g} either way is allowed", "scan"
        )
    if len(ranges) * abs(step) > 2 * math.pi + 1.5 * abs(step):
        raise EventError(f"{len(ranges)} beams of {step} rad cover more than one turn", "scan")
    if not (math.isfinite(range_min) and 0 <= range_min < range_max):
        raise EventError(
            f"range_min {range_min} must be finite, at least 0 and below range_max {range_max}", "scan"
        )


def check_near_end(range_min: float, most: float, kind: str) -> None:
    """Raises EventError where a message puts what is near further away than the profile lets it."""
    if range_min > most * (1 + SINGLE):
        raise EventError(
            f"range_min {range_min} m; at most {most} m is believed: if the sensor measures nothing nearer, "
            "say so by max_range_min of its source",
            kind,
        )


def in_view(bearing: Array, view: tuple[float, float]) -> NDArray[np.bool_]:
    """Which of ``bearing`` (n,) rad lie between first and last of ``view``, counter-clockwise."""
    first, last = view
    offset = np.mod(bearing - first, 2 * math.pi)
    inside: NDArray[np.bool_] = (offset <= last - first + 1e-6) | (offset >= 2 * math.pi - 1e-6)
    return inside


def _check_coverage(in_view: NDArray[np.bool_], ranges: Array, step: float, source: ScanSource) -> None:
    view = source.field_of_view[1] - source.field_of_view[0]
    covered = in_view.sum() * abs(step)
    if covered < view - abs(step) / 2:
        raise EventError(
            f"the beams cover {covered:.3f} rad of the declared field of view of {view:.3f} rad", "scan"
        )
    looked = ranges[in_view]
    missing = np.isnan(looked) if source.zero_means == "obstacle" else np.isnan(looked) | (looked == 0)
    share = float(missing.mean())
    if share > source.max_unknown:
        what = "NaN" if source.zero_means == "obstacle" else "NaN or 0"
        raise EventError(
            f"{share:.0%} of the ranges are {what}; at most {source.max_unknown:.0%} are allowed", "scan"
        )


def _classify(
    ranges: Array, range_min: float, range_max: float, source: ScanSource
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Beams that know nothing, that saw no obstacle, and whose obstacle is nearer than the sensor can tell."""
    unknown = np.isnan(ranges)
    none = (ranges > range_max) | np.isposinf(ranges)
    near = ranges < range_min
    zero = ranges == 0
    if source.zero_means == "unknown":
        unknown, near = unknown | zero, near & ~zero
    elif source.zero_means == "no_return":
        none, near = none | zero, near & ~zero
    return unknown, none, near


def fill_single_gaps(seen: Array, whole_turn: bool) -> Array:
    """``seen`` (n,) m, where a lone unknown beam is taken to have seen what both its neighbours have."""
    both = np.minimum(np.roll(seen, 1), np.roll(seen, -1))
    if not whole_turn:
        both[[0, -1]] = 0.0
    return np.where(seen == 0, both, seen)


def _cluster(
    points: Array, beams: NDArray[np.int64], count: int, source: ScanSource
) -> tuple[Array, NDArray[np.int64], NDArray[np.bool_]]:
    """Neighbouring returns closer than ``cluster_gap`` are one obstacle; fewer than ``min_points`` are noise."""
    if len(points) == 0:
        return points, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    gap = np.hypot(*(points - np.roll(points, 1, axis=0)).T) > source.cluster_gap
    if gap.any():  # begin at a break, so that an obstacle straight behind is one
        start = int(np.argmax(gap))
        points, gap, beams = np.roll(points, -start, axis=0), np.roll(gap, -start), np.roll(beams, -start)
    cluster = np.cumsum(gap).astype(np.int64)
    neighbours = (np.roll(beams, -1) - beams) % count == 1
    joined = neighbours & (np.roll(cluster, -1) == cluster)
    joined[-1] = False
    if source.min_points > 1:
        keep = (
            np.bincount(cluster)[cluster] >= source.min_points
        )  # whole obstacles go, so neighbours stay neighbours
        points, cluster, joined = points[keep], cluster[keep], joined[keep]
    return points, cluster, joined
