"""An independent judge of a governor's output: what of it no robot of this profile may ever be told.

It shares no code with what it judges: bounds are read from the profile's text, motion is integrated anew. As a process,
``python -m test.chaos.judge PROFILE OUT``, it listens to the actuator's topic and to where the plant says it is.
"""

from __future__ import annotations

import json
import math
import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from test.chaos.places import Corners, Places, Pose, enters
from test.chaos.speakers import NEAR, ROGUE, Speakers, begins

PERIOD_S = 0.01
"""Of the governor's loop, s."""
LONGEST_S = 0.25
"""However long the last output is ago, no more speed may be gained than in this time, s."""
JITTER_S = 0.002
"""How far the time between two outputs may be from the one that they were made for: two clocks are read, twice."""
SIM_JITTER_S = 0.03
"""The same where outputs are stamped by /clock, which steps by 10 ms: then only when they were sent is known, and a
busy machine holds one up between its decision and its way. It is that long once, however many outputs one looks at."""
WINDOW_S = 0.5
"""Over all shorter times speeds are looked at, too, where nothing else has happened within them."""
SET_S, SET_JITTER_S = 0.3, 0.02
"""Stamps that are further from when outputs were sent are a clock's that was set; and the jitter, where they tell
nothing."""
SET_LATE_S = 0.1
"""So late may the loop have been where a clock was set between two outputs, for braking: no stamp tells any more."""
OLD_S = 0.25
"""An output whose stamp is so old when it is sent was held up in the middle of being sent, after its governor had
looked at the time for the last time. Nobody can call it back; who obeys can tell by its stamp. Each counts."""
OLDEST_S = 2.0
"""A stamp that is still older is one of a clock that was set."""
DEAD_S = 0.35
"""A governor that was silent for so long goes on from where its watch has, or should have, the robot."""
HANDOVER_S = 0.05
"""Two that stop the robot from what they heard last, each by its own clock, are so far apart, s, as one takes over."""


@dataclass(frozen=True)
class Bounds:
    """What the profile says. speed, turn: m/s, rad/s; gain: what is gained in a second; brake: lost, at most.

    overrun_s: the longest gap of its loop that a governor of this profile does not tell as a fault.
    """

    speed: tuple[float, float]
    gain: tuple[float, float]
    brake: tuple[float, float]
    ease: float
    radius: float
    overrun_s: float
    keep_out: Corners

    @classmethod
    def of(cls, profile: Path) -> Bounds:
        """As ``config/amr.yaml`` names them."""
        data = yaml.safe_load(profile.read_text(encoding="utf-8"))
        bound = {one["name"]: one for one in data["limits"]}
        modes = data["channels"]["base"]["stop_modes"]
        corners = bound["battery_bay"]["figure"]["polygon"]["corners"]
        return cls(
            (bound["travel_speed"]["bound"], bound["turn_speed"]["bound"]),
            (bound["travel_acceleration"]["bound"], bound["turn_acceleration"]["bound"]),
            (modes["protective"]["linear"], modes["protective"]["angular"]),
            modes["controlled"]["linear"],
            data["robot"]["footprint"]["circle"]["radius"],
            data["loop"].get("max_gap_s", LONGEST_S),
            tuple((x, y) for x, y in corners),
        )


@dataclass(frozen=True)
class Output:
    """One message on the actuator's topic. sent: by the middleware's clock, stamp: its own, s; number: its sender's."""

    sent: float
    stamp: float
    number: int
    values: tuple[float, ...]


@dataclass(frozen=True)
class Silence:
    """Nobody had said anything for long. sent: when somebody did again, s; speed: what was said last before it, m/s."""

    sent: float
    speed: float


class Judge:
    """Sees every output, in its order."""

    def __init__(self, bounds: Bounds, jitter_s: float = JITTER_S) -> None:
        self._bounds, self._jitter_s = bounds, jitter_s
        self._last: Output | None = None
        self._window: deque[Output] = deque()
        self._recent: list[Output] = []
        self._speakers = Speakers()
        self._silence: Silence | None = None
        self.seen = self.moving = self.lives = self.held_up = self.silences = 0
        """Outputs seen; that move the robot; publishers heard from their first output on; outputs held up underway;
        times when nobody said anything for longer than a loop may be late."""
        self.wrong: list[str] = []

    def see(self, output: Output, pose: Pose | None = None) -> list[str]:
        """What is wrong with ``output``, given where the robot is; kept in ``wrong``, too."""
        held_up = self._held_up(output)
        found = self._faults(output, pose) if not held_up else self._beyond(output)
        self.wrong += found
        self.seen += 1
        self.held_up += held_up
        vx, wz = output.values[0], output.values[5]
        self.moving += abs(vx) > 0.05 or abs(wz) > 0.05
        if not held_up:
            self._last = output
        return found

    def _held_up(self, output: Output) -> bool:
        """Whether it was sent long after it was made, when somebody else had said something newer already."""
        late = OLD_S < output.sent - output.stamp < OLDEST_S
        return late and self._last is not None and output.stamp < self._last.stamp

    def _faults(self, output: Output, pose: Pose | None) -> list[str]:
        found, values = self._beyond(output), output.values
        if not all(map(math.isfinite, values)):
            return found
        found += self._changes(output)
        self._note_silence(output)
        if pose is not None and (values[0] or values[5]) and self._enters(output, pose):
            found.append(f"output {output.number}: from {pose} it leads into the keep-out: {values}")
        return found

    def _note_silence(self, output: Output) -> None:
        """A robot that nobody told anything for so long has driven on meanwhile: from here on it must brake."""
        last = self._last
        if last is not None and output.sent - last.sent > self._bounds.overrun_s:
            self._silence = Silence(output.sent, abs(last.values[0]))
            self.silences += 1

    def _beyond(self, output: Output) -> list[str]:
        """What is wrong with it whatever was said before."""
        values = output.values
        if not all(map(math.isfinite, values)):
            return [f"output {output.number} is not finite: {values}"]
        found = []
        if any(values[axis] for axis in (1, 2, 3, 4)):
            found.append(f"output {output.number} moves what this base cannot: {values}")
        for name, value, most in zip(
            ("speed", "turn"), (values[0], values[5]), self._bounds.speed, strict=True
        ):
            if abs(value) > most + NEAR:
                found.append(f"output {output.number}: {name} {value:.4f}, at most {most}")
        return found

    def _changes(self, output: Output) -> list[str]:
        last, speaker = self._last, self._speakers.speaking
        before, self._window = self._window, deque([output])
        lost = self._speakers.hear(output.number, output.sent)
        self._recent = [one for one in self._recent if output.sent - one.sent < DEAD_S or one is last]
        heard, self._recent = self._recent, [*self._recent, output]
        if lost is None or last is None:
            self.lives += 1
            return begins([one.values for one in heard], output.values)
        if not all(map(math.isfinite, last.values)):
            return []
        apart_s = 0.0 if self._speakers.speaking == speaker else HANDOVER_S
        apart, late = self._apart(last, output)
        dt = min(apart, LONGEST_S * (lost + 1) + self._jitter_s)
        if not lost and self._speakers.speaking == speaker and not late:
            self._window = self._within(before, output)
        return self._jumps(output, last, dt, late, apart_s, apart < DEAD_S) + self._gains(output)

    def _apart(self, first: Output, output: Output) -> tuple[float, float]:
        """The longest time, s, that may be between what two outputs were made for, and how late the loop may be."""
        sent, stamped = output.sent - first.sent, output.stamp - first.stamp
        if abs(stamped - sent) < SET_S:
            return max(sent, stamped, PERIOD_S) + self._jitter_s, 0.0
        return max(sent, PERIOD_S) + SET_JITTER_S, SET_LATE_S

    def _within(self, before: deque[Output], output: Output) -> deque[Output]:
        """What one publisher said without a gap up to ``output``, of the last WINDOW_S."""
        while before and output.sent - before[0].sent > WINDOW_S:
            before.popleft()
        before.append(output)
        return before

    def _gains(self, output: Output) -> list[str]:
        """Speeds that are gained too fast over the window, and not only since the output before."""
        found = []
        for first in list(self._window)[:-2:5]:
            dt, _ = self._apart(first, output)
            for name, axis, which in (("speed", 0, 0), ("turn", 5, 1)):
                rise, _ = change(first.values[axis], output.values[axis])
                if rise > self._bounds.gain[which] * dt + NEAR:
                    was, now = first.values[axis], output.values[axis]
                    found.append(
                        f"output {output.number}: {name} from {was:.4f} to {now:.4f} in {dt:.4f} s, step by step"
                    )
        return found[:1]

    def _jumps(
        self, output: Output, last: Output, dt: float, late: float, apart_s: float, alive: bool
    ) -> list[str]:
        """Speeds that change too fast from one output to the next; ``alive``: no watch may have braked meanwhile."""
        found = []
        for name, axis, which in (("speed", 0, 0), ("turn", 5, 1)):
            before, after = last.values[axis], output.values[axis]
            rise, fall = change(before, after)
            spare = self._bounds.brake[which] * apart_s
            most = self._bounds.gain[which] * dt + NEAR + spare
            braked = self._bounds.brake[which] * (dt + late) + NEAR + spare
            if rise > most or (alive and fall > braked):
                found.append(f"output {output.number}: {name} from {before:.4f} to {after:.4f} in {dt:.4f} s")
        return found

    def _enters(self, output: Output, pose: Pose) -> bool:
        """Whether the robot touches the keep-out before it can come to rest, and need not have."""
        vx, wz = output.values[0], output.values[5]
        bounds, since = self._bounds, self._silence
        if not enters(pose, (vx, wz), bounds.ease, PERIOD_S, bounds.keep_out, bounds.radius):
            self._silence = None
            return False
        if since is None:
            return True
        lasts = max(output.sent - since.sent - PERIOD_S - self._jitter_s, 0.0)
        return abs(vx) > since.speed - bounds.ease * lasts + NEAR

    def summary(self) -> dict[str, Any]:
        """For who asks at the end."""
        return {
            "seen": self.seen,
            "moving": self.moving,
            "missed": self._speakers.missed,
            "lives": self.lives,
            "held_up": self.held_up,
            "silences": self.silences,
            "wrong": self.wrong[:50],
            "wrongs": len(self.wrong),
        }


def change(before: float, after: float) -> tuple[float, float]:
    """How much of a speed is gained away from zero, and how much is lost toward it."""
    if before * after < 0:
        return abs(after), abs(before)
    grown = abs(after) - abs(before)
    return max(grown, 0.0), max(-grown, 0.0)


def main(profile: str, out: str, *sim: str) -> int:
    """Listen until a signal, then write what was seen."""
    from geometry_msgs.msg import TwistStamped
    from nav_msgs.msg import Odometry
    from rclpy.node import Node
    from rclpy.qos import QoSProfile

    from iatro_governor.nodes import qos, run
    from iatro_governor.nodes.stamps import seconds

    judge = Judge(Bounds.of(Path(profile)), SIM_JITTER_S if sim else JITTER_S)

    class Bench(Node):
        """The judge's place."""

        def __init__(self) -> None:
            super().__init__("judge")
            self._places: Places[Pose] = Places()
            self.foreign = self.unplaced = 0
            self.create_subscription(Odometry, "raw/odom", self._stand, qos.INPUT)
            self.create_subscription(TwistStamped, "cmd_vel", self._see, QoSProfile(depth=1000))
            self.get_logger().info("judge ready")

        def _stand(self, message: Odometry, info: dict[str, Any]) -> None:
            place, turn = message.pose.pose.position, message.pose.pose.orientation
            pose = place.x, place.y, 2 * math.atan2(turn.z, turn.w)
            self._places.hear(info["source_timestamp"] * 1e-9, pose)

        def _see(self, message: TwistStamped, info: dict[str, Any]) -> None:
            if message.header.frame_id == ROGUE:
                self.foreign += 1
                return
            if judge.seen == 0:
                self.get_logger().info("judge hears the governor")
            line, turn = message.twist.linear, message.twist.angular
            values = (line.x, line.y, line.z, turn.x, turn.y, turn.z)
            sent = info["source_timestamp"] * 1e-9
            output = Output(sent, seconds(message.header.stamp), info["publication_sequence_number"], values)
            pose = self._places.at(sent)
            self.unplaced += pose is None and any(values)
            for wrong in judge.see(output, pose):
                print(wrong, flush=True)

        def destroy_node(self) -> None:
            Path(out).write_text(
                json.dumps(judge.summary() | {"foreign": self.foreign, "unplaced": self.unplaced}),
                encoding="utf-8",
            )
            super().destroy_node()

    return run.run("judge", Bench, args=[])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
