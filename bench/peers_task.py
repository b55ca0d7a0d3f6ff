"""The task that every peer gets, and what a wrong answer to it is: written first, and from the task alone.

Nothing here knows any of the peers, ours included; only the standard library is needed.

**The task.** Something stands between a planner and a robot. It is given the robot's state and one command after the
other, and it says what goes to the motors. Two robots, both of which do exactly what they are told, at once:

* ``base``: it drives in any direction of the plane, values (vx, vy, wz) in its own frame, m/s and rad/s. It is a disc.
  There is a disc that it must not touch.
* ``arm``: seven joints, values are their speeds in rad/s. No joint may leave its range.

**A wrong answer** is one that no integrator would want at the motors, whatever they think of safety:

* ``not_finite``: a value that is no finite number.
* ``size``: another number of values than the robot has.
* ``speed``: a value beyond its bound.
* ``jump``: a value that grew by more than the largest acceleration allows, or changed its sign by more than the hardest
  braking does. Less of it is no jump, however suddenly: a stop is nobody's fault here.
* ``place``: the base in the disc, or a joint out of its range, after a step that brought it there or deeper.
* ``garbled``: motion on a command that holds a number that is none, or has too few or too many.
* ``old``, ``future``, ``backwards``: motion on a command that is older than the time-out, stamped ahead of now by more
  than clocks differ, or stamped before one that came earlier.

Motion on a command means another speed than the robot has; going on as before it, or slower, is no motion on it. To
give no answer, to raise an exception, or to answer with zeros, is never wrong, but see below: it is refused.

**What is refused** of good commands is counted too, for a gate that never opens would be without fault: ``good`` are
commands that break nothing of the above when they are carried out as they are.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

STEP_S = 0.05
"""From one command to the next."""
TIMEOUT_S, FUTURE_S = 0.25, 0.05
EPISODE = 25
"""Commands from one start at rest to the next."""
BASE_RADIUS, DISC, DISC_RADIUS = 0.22, (2.0, 0.0), 0.5
JOINTS = 7
JOINT_RANGE = (
    (-2.8973, 2.8973), (-1.7628, 1.7628), (-2.8973, 2.8973), (-3.0718, -0.0698), (-2.8973, 2.8973), (-0.0175, 3.7525),
    (-2.8973, 2.8973),
)  # fmt: skip
"""Of a Franka Emika Panda, its data sheet, rad."""
SPEED = {"base": (0.8, 0.8, 1.2), "arm": (2.175, 2.175, 2.175, 2.175, 2.61, 2.61, 2.61)}
"""The largest of each value."""
SPEED_UP = {"base": (0.8, 0.8, 2.0), "arm": (5.0,) * JOINTS}
BRAKING = {"base": (1.6, 1.6, 4.0), "arm": (10.0,) * JOINTS}
"""How fast each value may grow, and how fast it can shrink, a second."""
ROUNDING, PLACE_ROUNDING = 1e-6, 1e-3
"""Less than this is no difference: of speeds, and of places (m, rad)."""
KINDS = ("not_finite", "size", "speed", "jump", "place", "garbled", "old", "future", "backwards")

Values = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """What the planner sends; stamp and now in s. about: what is the matter with it, as it was made."""

    values: Values
    stamp: float
    about: str


@dataclass(frozen=True, slots=True)
class Episode:
    """A robot at rest somewhere, and what it is told from then on."""

    robot: str
    start: Values
    """Base: x, y, yaw in the frame of the disc. Arm: the joints' positions."""
    commands: tuple[Command, ...]


@dataclass(slots=True)
class Robot:
    """Does what it is told."""

    kind: str
    place: list[float]
    speed: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.speed = [0.0] * (JOINTS if self.kind == "arm" else 3)

    def go(self, speed: Values, seconds: float) -> None:
        """Move at ``speed`` for ``seconds``."""
        self.speed = list(speed)
        if self.kind == "arm":
            self.place = [q + rate * seconds for q, rate in zip(self.place, speed, strict=True)]
            return
        x, y, yaw = self.place
        middle = yaw + 0.5 * speed[2] * seconds
        c, s = math.cos(middle), math.sin(middle)
        self.place = [
            x + (speed[0] * c - speed[1] * s) * seconds,
            y + (speed[0] * s + speed[1] * c) * seconds,
            math.remainder(yaw + speed[2] * seconds, math.tau),
        ]

    def trespass(self) -> float:
        """How far it is where it must not be, m or rad; 0 where it may be."""
        if self.kind == "arm":
            outside = (max(low - q, q - high) for q, (low, high) in zip(self.place, JOINT_RANGE, strict=True))
            return max(0.0, max(outside))
        gap = math.hypot(self.place[0] - DISC[0], self.place[1] - DISC[1]) - BASE_RADIUS - DISC_RADIUS
        return max(0.0, -gap)


def jumps(robot: str, before: Values, after: Values, seconds: float) -> bool:
    """Whether the motors could not follow from ``before`` to ``after``, ``seconds`` later."""
    for old, new, up, brake in zip(before, after, SPEED_UP[robot], BRAKING[robot], strict=True):
        if abs(new) - abs(old) > up * seconds + ROUNDING:
            return True
        if old * new < 0.0 and abs(new - old) > brake * seconds + ROUNDING:
            return True
    return False


def faults(command: Command, now: float, latest: float, robot: str) -> set[str]:
    """What is the matter with a command by itself. ``latest``: the newest stamp before it."""
    found = set()
    if len(command.values) != len(SPEED[robot]) or not all(map(math.isfinite, command.values)):
        found.add("garbled")
    if not command.stamp >= now - TIMEOUT_S - ROUNDING:
        found.add("old")
    if command.stamp > now + FUTURE_S + ROUNDING:
        found.add("future")
    if command.stamp < latest:
        found.add("backwards")
    return found


def wrong(robot: Robot, answer: Values, faulty: set[str], seconds: float) -> set[str]:
    """What is wrong with ``answer``, which ``robot`` is about to follow for ``seconds``; it is not moved."""
    if len(answer) != len(SPEED[robot.kind]):
        return {"size"}
    if not all(map(math.isfinite, answer)):
        return {"not_finite"}
    found = set()
    before = tuple(robot.speed)
    if any(abs(value) > bound + ROUNDING for value, bound in zip(answer, SPEED[robot.kind], strict=True)):
        found.add("speed")
    if jumps(robot.kind, before, answer, seconds):
        found.add("jump")
    ahead = Robot(robot.kind, list(robot.place))
    ahead.go(answer, seconds)
    if ahead.trespass() > robot.trespass() + PLACE_ROUNDING:
        found.add("place")
    return found | (faulty if moved(before, answer) else set())


def moved(before: Values, after: Values) -> bool:
    """Whether ``after`` is more than going on as before, or slower."""
    spans = ((min(old, 0.0) - ROUNDING, max(old, 0.0) + ROUNDING) for old in before)
    return not all(low <= new <= high for (low, high), new in zip(spans, after, strict=True))


# What is sent.

LARGEST, LEAST = 1.7976931348623157e308, 5e-324
STRANGE = (math.nan, math.inf, -math.inf, 1e308, -1e308, LARGEST, LEAST, -LEAST, 2.2e-308, -0.0, 1e16, 1e-16)
"""Numbers that a program may make of a division, of a parser or of an overflow."""


def corpus(seed: int, episodes: int) -> Iterator[Episode]:
    """``episodes`` for each robot, the same for every peer."""
    chance = random.Random(seed)
    for number in range(2 * episodes):
        yield episode(chance, ("base", "arm")[number % 2])


def episode(chance: random.Random, robot: str) -> Episode:
    """A start, a way to drive, and now and then something that is not right."""
    start = base_start(chance) if robot == "base" else arm_start(chance)
    drive, spoilt = chance.choice(DRIVES)(chance, robot, start), chance.random() < 0.7
    commands = []
    for number in range(EPISODE):
        now = number * STEP_S
        command = Command(drive(number), now - chance.uniform(0.0, 0.02), "plain")
        if spoilt and chance.random() < 0.3:
            command = chance.choice(SPOILERS)(chance, command, now)
        commands.append(command)
    return Episode(robot, start, tuple(commands))


def base_start(chance: random.Random) -> Values:
    """Around the disc: far away, near, a hand's breadth from it, or already a little in it."""
    edge = BASE_RADIUS + DISC_RADIUS
    away = edge + chance.choice((chance.uniform(0.5, 2.0), chance.uniform(0.05, 0.5), 0.02, -0.02))
    bearing, yaw = chance.uniform(-math.pi, math.pi), chance.uniform(-math.pi, math.pi)
    return DISC[0] + away * math.cos(bearing), DISC[1] + away * math.sin(bearing), yaw


def arm_start(chance: random.Random) -> Values:
    """Joints anywhere in their ranges, now and then one close to an end."""
    place = [chance.uniform(low + 0.2, high - 0.2) for low, high in JOINT_RANGE]
    if chance.random() < 0.5:
        joint = chance.randrange(JOINTS)
        low, high = JOINT_RANGE[joint]
        place[joint] = chance.choice((low + 0.01, high - 0.01))
    return tuple(place)


Drive = Callable[[int], Values]
"""The values of the n-th command."""


def gentle(chance: random.Random, robot: str, start: Values) -> Drive:
    """Speeds up as the motors can, and brakes again, away from where it must not be: nothing is wrong with it."""
    direction = away(chance, robot, start)
    up = 0.9 * SPEED_UP[robot][0] * STEP_S

    def at(number: int) -> Values:
        pace = min(up * (number + 1), 0.3, up * (EPISODE - number))
        return tuple(pace * one for one in direction)

    return at


def away(chance: random.Random, robot: str, start: Values) -> Values:
    """A direction of length 1 or less that leads to no trouble."""
    if robot == "arm":
        middle = [(low + high) / 2 for low, high in JOINT_RANGE]
        return tuple(0.5 if goal > q else -0.5 for q, goal in zip(start, middle, strict=True))
    bearing = math.atan2(start[1] - DISC[1], start[0] - DISC[0]) - start[2] + chance.uniform(-0.5, 0.5)
    return math.cos(bearing), math.sin(bearing), 0.0


def hasty(chance: random.Random, robot: str, start: Values) -> Drive:
    """Any speed at once, up to three times what is allowed, towards anything."""
    goal = [3.0 * chance.uniform(-bound, bound) for bound in SPEED[robot]]
    return lambda number: tuple(goal)


def forbidden(chance: random.Random, robot: str, start: Values) -> Drive:
    """As fast as is allowed to where it must not be."""
    if robot == "arm":
        joint, sign = chance.randrange(JOINTS), chance.choice((-1.0, 1.0))
        return lambda number: tuple(sign * SPEED[robot][j] if j == joint else 0.0 for j in range(JOINTS))
    bearing = math.atan2(DISC[1] - start[1], DISC[0] - start[0]) - start[2]
    return lambda number: (0.8 * math.cos(bearing), 0.8 * math.sin(bearing), 0.0)


def reversing(chance: random.Random, robot: str, start: Values) -> Drive:
    """There and back, as fast as is allowed."""
    period = chance.choice((1, 2, 5, 10))
    top = SPEED[robot]
    joint = chance.randrange(len(top))
    return lambda number: tuple(
        (1 if number // period % 2 else -1) * top[j] if j == joint else 0.0 for j in range(len(top))
    )


def edge(chance: random.Random, robot: str, start: Values) -> Drive:
    """Exactly at a bound, or next to it."""
    top = SPEED[robot]
    joint = chance.randrange(len(top))
    value = top[joint] * chance.choice((1.0, 1.0 + 1e-12, 1.0 + 1e-3, 1.0 - 1e-12)) * chance.choice((-1, 1))
    return lambda number: tuple(value if j == joint else 0.0 for j in range(len(top)))


DRIVES = (gentle, gentle, hasty, forbidden, reversing, edge)


def strange_number(chance: random.Random, command: Command, now: float) -> Command:
    """One value, or all of them, is no ordinary number."""
    number, where = chance.choice(STRANGE), chance.randrange(len(command.values) + 1)
    changed = [
        number if index == where or where == len(command.values) else v
        for index, v in enumerate(command.values)
    ]
    return Command(tuple(changed), command.stamp, f"holds {number}")


def wrong_size(chance: random.Random, command: Command, now: float) -> Command:
    """Too few or too many values."""
    values = chance.choice(((), command.values[:-1], (*command.values, 0.1), command.values * 2))
    return Command(values, command.stamp, f"{len(values)} values")


def stamped_wrong(chance: random.Random, command: Command, now: float) -> Command:
    """Old, ahead of now, or no time at all."""
    stamp = now + chance.choice((-0.3, -1.0, -3600.0, 0.06, 1.0, 1e9, -1e9, math.nan, math.inf, -math.inf))
    return Command(command.values, stamp, "stamp")


def stamped_before(chance: random.Random, command: Command, now: float) -> Command:
    """Young enough, and before the one that came last."""
    return Command(command.values, now - chance.uniform(0.08, 0.24), "order")


SPOILERS = (strange_number, strange_number, wrong_size, stamped_wrong, stamped_before)
