"""What the sources have told: their latest data, and the faults of those that are late, missing or garbled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from iatro_governor.body.joint_track import JointTrack
from iatro_governor.body.own import NO_BODY
from iatro_governor.body.planar import Array, from_quaternion, level_twist
from iatro_governor.body.scan import Sweep
from iatro_governor.body.surroundings import Surroundings
from iatro_governor.body.track import OdomSample, Track
from iatro_governor.errors import EventError
from iatro_governor.governor.credible import FARTHEST, FASTEST, credible
from iatro_governor.governor.events import Bodies, Flags, Joints, Look, MapPose, Odom, Sensed, Wrench
from iatro_governor.governor.ladder import Ladder
from iatro_governor.governor.late import Late
from iatro_governor.governor.localiser import Localiser, check
from iatro_governor.governor.looks import kind_of, own_body, people_in, sweep_of
from iatro_governor.governor.silence import Silence
from iatro_governor.limits.sensed import NOBODY, People
from iatro_governor.profile.base import LARGEST
from iatro_governor.profile.channels import TwistChannel
from iatro_governor.profile.robot import Robot
from iatro_governor.profile.sources import (
    BodiesSource,
    JointsSource,
    MapPoseSource,
    OdomSource,
    SourceConfig,
    WrenchSource,
)

FUTURE_S = 0.05
"""A measurement stamped further ahead than this is garbled, s."""
ROUNDED_S = 2e-3
"""Stamps are in order within this, s: no more is known of how far two clocks are apart, who reads them one by one."""
REMEMBERED_S = 5.0
"""Odometry kept to place measurements that arrive late, s."""


class Senses:
    """Latest data of every source of one robot."""

    def __init__(
        self,
        sources: dict[str, SourceConfig],
        memory_s: float,
        joints: Mapping[str, Sequence[str]] | None = None,
        robot: Robot | None = None,
        moved_by: TwistChannel | None = None,
    ) -> None:
        """``joints``: of each source of joints, the names that it must tell. ``robot``: what may see itself.

        moved_by: the channel whose odometry tells where the base is; None: no channel moves it.
        """
        self.sources = sources
        self.joint_tracks = {name: JointTrack(names) for name, names in (joints or {}).items()}
        self.of_wrenches = [name for name, source in sources.items() if source.type == "wrench"]
        self.of_flags = [name for name, source in sources.items() if source.type == "flags"]
        self.wrenches: dict[str, Wrench] = {}
        feeling = {name: s.timeout_s for name, s in sources.items() if s.type in ("wrench", "joints")}
        self.silence = Silence(feeling)
        """Of those that feel a contact."""
        self.tracked = {
            name: (0.0, People(NOBODY, NOBODY, 0.0, s.radius, (), ()))
            for name, s in sources.items()
            if isinstance(s, BodiesSource)
        }
        """Whom each tracker saw last, and when that was, s."""
        self.localiser = Localiser()
        self.own = NO_BODY if robot is None else own_body(robot)
        self._solid = robot is not None and robot.model is not None
        flies = moved_by is not None and moved_by.base == "aerial"
        self.tracks = {name: Track(REMEMBERED_S, flies) for name, s in sources.items() if s.type == "odom"}
        self.track = None if moved_by is None else self.tracks[moved_by.odom]
        """The odometry that places what is seen; other ones have an origin, and a drift, of their own."""
        self.surroundings = Surroundings(memory_s)
        self.flags: dict[str, tuple[float, dict[str, bool]]] = {}
        self._newest: dict[str, float] = {}
        self._late = {name: Late(source.timeout_s) for name, source in sources.items()}
        self._unplaced: dict[str, Sweep] = {}
        self._required = [_Required.of(name, source) for name, source in sources.items() if source.required]
        self._waiting = [source.name for source in self._required]
        self._start: float | None = None

    def look(self, event: Look) -> None:
        """Take a scan, cloud or range. Raises EventError where it is garbled; a late one is taken for what it is."""
        source = self._source(event.source, kind_of(event), event.stamp, event.t)
        sweep = sweep_of(event, source, self.own, self._solid)
        if self._newer(event):
            self._unplaced[event.source] = sweep
            if self.track is None or self.track.known:
                self._place()

    def _place(self) -> None:
        """Give sweeps their place in odom; those from before the first odometry wait for it.

        What no odometry moves stands at odom's origin.
        """
        for name, sweep in self._unplaced.items():
            if self.track is None:
                self.surroundings.add(name, sweep, np.zeros(3))
            else:
                pose, height = self.track.pose_at(sweep.t), self.track.height_at(sweep.t)
                self.surroundings.add(name, sweep, pose, height)
        self._unplaced.clear()

    def odom(self, event: Odom) -> None:
        """Take an odometry sample. Raises EventError where it is garbled."""
        source = self._source(event.source, "odom", event.stamp, event.t)
        assert isinstance(source, OdomSource)
        credible(event.pose, FARTHEST, "pose", "odom")
        credible(event.twist, FASTEST, "twist", "odom")
        if not math.isclose(math.hypot(*event.pose[3:]), 1.0, abs_tol=0.05):
            raise EventError("the orientation is no unit quaternion", "odom")
        if self._newer(event):
            twist: Array = event.twist[[0, 1, 5]]
            level = level_twist(event.pose, event.twist)
            place, height = from_quaternion(event.pose), float(event.pose[2])
            stamp = self._newest[event.source]
            sample, track = OdomSample(stamp, place, twist, height, level), self.tracks[event.source]
            jump = track.jump(sample)
            leapt = not jump <= source.max_jump
            if leapt:
                by = track.follow(sample)
                if track is self.track:
                    self.surroundings.shift(by)
                    self.localiser.shift(by)
            track.add(sample)
            if track is self.track:
                self._place()
                self.localiser.place(track)
            if leapt:
                led = f"the pose is {jump:.2f} m or rad from where the last one and its twist lead"
                raise EventError(f"{led}; {source.max_jump} is allowed", "odom")

    def map_pose(self, event: MapPose) -> None:
        """Take the base's pose in the map. Raises EventError where it is garbled."""
        source = self._source(event.source, "map_pose", event.stamp, event.t)
        assert isinstance(source, MapPoseSource)
        check(event)
        if self._newer(event) and self.track is not None:  # nothing else moves in the map
            self.localiser.take(event, source, self.track)

    def joints(self, event: Joints) -> None:
        """Take measured joints. Raises EventError where they are garbled, or another robot's."""
        source = self._source(event.source, "joints", event.stamp, event.t)
        assert isinstance(source, JointsSource)
        track = self.joint_tracks[event.source]
        if missing := track.missing(event.names):
            raise EventError(
                f"joints {', '.join(missing)} must stand once each among {', '.join(event.names) or 'none'}",
                "joints",
            )
        measured = [event.position, event.velocity, *([] if event.effort is None else [event.effort])]
        if any(len(values) != len(event.names) for values in measured):
            raise EventError(f"{len(event.names)} names need as many positions and velocities", "joints")
        own = track.order(event.names)  # others may tell no velocity, say, and are not looked at
        position, velocity = event.position[own], event.velocity[own]
        if not (finite := np.isfinite(position) & np.isfinite(velocity)).all():
            names = ", ".join(name for name, told in zip(track.names, finite, strict=True) if not told)
            raise EventError(f"positions and velocities must be finite: those of {names} are not", "joints")
        if event.effort is not None and np.isinf(event.effort[own]).any():
            raise EventError("efforts must be finite, or NaN where none is measured", "joints")
        fastest = float(np.abs(velocity).max(initial=0.0))
        if fastest > source.max_speed:
            raise EventError(
                f"a joint at {fastest:.3g} rad/s or m/s; {source.max_speed} is allowed", "joints"
            )
        furthest = float(np.abs(position).max(initial=0.0))
        if furthest > LARGEST:
            raise EventError(f"a joint at {furthest:.3g} rad or m; {LARGEST:g} is allowed", "joints")
        if self._newer(event):
            jump = track.add(event.stamp, event.names, event.position, event.velocity, event.effort)
            if not jump <= source.max_jump:
                led = f"a joint is {jump:.2f} rad or m from where the last state leads"
                raise EventError(f"{led}; {source.max_jump} is allowed", "joints")

    def wrench(self, event: Wrench) -> None:
        """Take a wrench on the robot. Raises EventError where it is garbled or in another frame."""
        source = self._source(event.source, "wrench", event.stamp, event.t)
        assert isinstance(source, WrenchSource)
        if event.frame is not None and event.frame.strip("/") not in ("", source.frame):
            raise EventError(f"frame {event.frame!r}; {source.frame!r} is needed", "wrench")
        if not (np.isfinite(event.force).all() and np.isfinite(event.torque).all()):
            raise EventError("force and torque must be finite", "wrench")
        if self._newer(event):
            self.wrenches[event.source] = event

    def bodies(self, event: Bodies) -> None:
        """Take tracked bodies. Raises EventError where they are garbled or in another frame."""
        source = self._source(event.source, "bodies", event.stamp, event.t)
        assert isinstance(source, BodiesSource)
        if event.frame.strip("/") not in ("", source.frame):
            raise EventError(f"frame {event.frame!r}; {source.frame!r} is needed", "bodies")
        for body in event.bodies:
            credible(body.position, FARTHEST, f"body {body.id!r}: position", "bodies")
            credible(body.velocity, FASTEST, f"body {body.id!r}: velocity", "bodies")
        if len({body.id for body in event.bodies}) != len(event.bodies):
            raise EventError("two bodies have the same id", "bodies")
        if self._newer(event):
            self.tracked[event.source] = (event.stamp, people_in(event, source))

    def set_flags(self, event: Flags) -> None:
        """Take flags. Raises EventError for a name that the source does not declare."""
        source = self._source(event.source, "flags", event.stamp, event.t)
        if unknown := sorted(set(event.values) - set(getattr(source, "names", ()))):
            raise EventError(f"source {event.source} declares no flag {', '.join(unknown)}", "flags")
        if self._newer(event):
            self.flags[event.source] = (event.stamp, event.values)

    def hand_guided(self, t: float) -> bool:
        """Whether a trusted source says that somebody guides the robot by hand; old news do not."""
        if not self.flags:
            return False
        fresh = (
            told for name, (stamp, told) in self.flags.items() if t - stamp <= self.sources[name].timeout_s
        )
        return any(told.get("hand_guided", False) for told in fresh)

    def estop_seen(self, source: str, t: float) -> None:
        """The emergency stop input has spoken."""
        self._newest[source] = t

    def _source(self, name: str, kind: str, stamp: float, t: float) -> SourceConfig:
        source = self.sources.get(name)
        if source is None or source.type != kind:
            known = ", ".join(n for n, s in self.sources.items() if s.type == kind) or "none"
            raise EventError(f"no {kind} source {name!r} in the profile; known: {known}", kind)
        if not math.isfinite(stamp) or stamp > t + FUTURE_S:
            raise EventError(f"stamp {stamp} lies more than {FUTURE_S} s ahead of {t}", kind)
        return source

    def _newer(self, event: Sensed) -> bool:
        """Whether it says more than what is known. Raises EventError where too many do not."""
        name, newest = event.source, self._newest.get(event.source, -math.inf)
        if event.stamp < newest - ROUNDED_S:
            if (why := self._late[name].count(event.t, newest - event.stamp)) is not None:
                raise EventError(why, self.sources[name].type)
            return False
        if newest > -math.inf:
            self.silence.end(name, event.t, event.t - newest)
        self._newest[name] = max(event.stamp, newest)
        return True

    @property
    def unseen(self) -> list[str]:
        """Required sources that have not spoken yet."""
        if self._waiting:  # what has spoken stays heard
            self._waiting = [name for name in self._waiting if name not in self._newest]
        return self._waiting

    def watch(self, t: float, ladder: Ladder) -> None:
        """Judge the age of every required source at ``t``."""
        if self._start is None:
            self._start = t
        for source in self._required:
            newest = self._newest.get(source.name)
            silent = newest is None and t - self._start > source.timeout_s
            ladder.hold(source.never, t, silent, source.silent, source.name)
            late = newest is not None and t - newest > source.timeout_s + 1e-9
            ladder.hold("sensor_stale", t, late, source.late, source.name)


class _Required(NamedTuple):
    """A source that must speak: the fault where it never does, and what is said of its silence and of its age."""

    name: str
    timeout_s: float
    never: str
    silent: str
    late: str

    @classmethod
    def of(cls, name: str, source: SourceConfig) -> _Required:
        """The source called ``name``; worded once, for it is asked at every decision."""
        timeout = source.timeout_s
        never = "estop_never_seen" if source.type == "estop" else "sensor_never_seen"
        return cls(
            name,
            timeout,
            never,
            f"{name} has said nothing in {timeout} s",
            f"{name} is older than {timeout} s",
        )
