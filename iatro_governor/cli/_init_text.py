"""The text of a first profile. Each number says that it was written here, so that nobody takes it for measured."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..body.description import Joint
from ..profile.channels import HARDEST

HEAD = """\
# yaml-language-server: $schema={schema}
# Written by `iatro init` from {urdf}. Lengths in m, angles in rad, times in s, frames by REP-103.
# Every number that bounds names its source. Where that says "not measured", measure, and put the least value there.
version: 1

"""

ARM = """\
robot:
  name: {name}
  base_frame: {base}
  odom_frame: {base}
  model:
    urdf: {urdf}
{package_dirs}    tool: {tool}
{locked}    shapes: collision
    capsules_per_link: {capsules}
{box}    # Rotors weigh more than links where contact counts: give `armature` and its source before people come near.
    # What the tool carries: `payload`, kg, and `payload_source`.

loop:
  rate_hz: 100

sources:
  joints:
    type: joints
    topic: joint_states
    timeout_s: 0.1
    rest_speed: 0.01
  # Add the emergency stop where something publishes it, and make it `required: true`: see docs/how-to.
  estop:
    type: estop
    topic: estop
    timeout_s: 1.0
    required: false

channels:
  arm:
    type: joint_velocity
    input: {input}
    output: {output}
    joints: [{joints}]
    state: joints
    command_timeout_s: 0.2
    # From a command to its effect, the longest: not measured.
    actuator_delay_s: 0.05
    stop_modes:
      controlled:
        deceleration: {controlled}
        source: "chosen: full speed to rest in {rest_s:g} s; not measured"
      protective:
        deceleration: {protective}
        source: "chosen, twice the controlled stop; not measured"

limits:
  - name: joint_speed
    kind: joint_velocity
    channel: arm
    bounds: {speeds}
    source: {speed_source}
  - name: joint_range
    kind: joint_position
    channel: arm
    margin: 0.05
    source: "the description's own ends; 0.05 is chosen"
  - name: joint_acceleration
    kind: joint_acceleration
    channel: arm
    bounds: {accelerations}
    source: "chosen, below the controlled stop: what speeds up can always slow down"
  - name: joint_deceleration
    kind: joint_deceleration
    channel: arm
    bounds: {controlled}
    source: "as the controlled stop"
  - name: hand_speed
    kind: link_speed
    channel: arm
    bound: {hand:g}
    source: "{hand_source}"
  - name: own_links
    kind: self_collision
    channel: arm
    margin: 0.0
    source: "the capsules stand out over the shapes; give a margin once an SRDF says which links may touch"
  # Add what stands around the arm (link_zone, workspace) and who comes near (link_separation, power_and_force):
  # docs/reference/limits.md has every kind with an example.
"""

BASE = """\
robot:
  name: {name}
  base_frame: {base}
  odom_frame: odom
  footprint:
    circle: {{radius: {radius:g}}}
  footprint_source: "the description's shapes about {base} with every joint at zero, and 0.02 m; not measured"
  height: [{low:g}, {high:g}]
  height_source: "the description's shapes, and 0.02 m; a load on top is not in it"

loop:
  rate_hz: 100

sources:
  lidar:
    type: scan
    topic: {scan}
    frame: {laser}
    pose: [{pose}]
    field_of_view: [-3.141592653589793, 3.141592653589793]
    timeout_s: 0.2
    noise: 0.01
  odom:
    type: odom
    topic: odom
    timeout_s: 0.2
    rest_speed: 0.02
  # Add the emergency stop where something publishes it, and make it `required: true`: see docs/how-to.
  estop:
    type: estop
    topic: estop
    timeout_s: 1.0
    required: false

channels:
  base:
    type: twist
    input: {input}
    output: {output}
    stamped: true
    frame: {base}
    base: {drive}
    odom: odom
    command_timeout_s: 0.25
    # From a command to its effect, the longest: not measured.
    actuator_delay_s: 0.1
    stop_modes:
      controlled:
        linear: 0.6
        angular: 1.5
        source: "chosen: gentle; not measured"
      protective:
        linear: 1.2
        angular: 3.0
        source: "chosen, twice the controlled stop; not measured"
    recover:
      speed: 0.05
      hold_s: 0.3
      eases: [obstacles, unseen_space]
      source: "chosen: 15 mm until one message is silent; who holds stands by and sees what the lidar cannot"

limits:
  - name: travel_speed
    kind: speed
    channel: base
    axis: planar
    bound: {speed:g}
    source: {speed_source}
  - name: turn_speed
    kind: speed
    channel: base
    axis: wz
    bound: 1.0
    source: "chosen: whoever stands by can follow it"
  - name: travel_acceleration
    kind: acceleration
    channel: base
    axis: linear
    bound: 0.5
    source: "chosen, below the controlled stop: what speeds up can always slow down"
  - name: turn_acceleration
    kind: acceleration
    channel: base
    axis: angular
    bound: 1.0
    source: "chosen, below the controlled stop"
  - name: travel_deceleration
    kind: deceleration
    channel: base
    axis: linear
    bound: 0.6
    source: "as the controlled stop"
  - name: turn_deceleration
    kind: deceleration
    channel: base
    axis: angular
    bound: 1.5
    source: "as the controlled stop"
  - name: obstacles
    kind: obstacle
    channel: base
    sources: [lidar]
    margin: 0.1
    floor: 0.01
    noise: 0.03
    retreat_speed: 0.15
    source: "chosen: three standard deviations of the lidar, and 70 mm for what it cannot see"
  - name: time_to_collision
    kind: time_to_collision
    channel: base
    sources: [lidar]
    bound: 0.8
    source: "chosen: the last half metre before an obstacle is driven slowly enough to be predictable"
  - name: unseen_space
    kind: unseen
    channel: base
    sources: [lidar]
    speed: 0.0
    memory_s: 1.0
    source: "no other sensor looks where the lidar does not"
  # Add zones (zone, slow_zone, geofence) and people (separation): docs/reference/limits.md has every kind.
"""


PLAIN = re.compile(r"/?[A-Za-z_][A-Za-z0-9_/]*")
MEANT = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
"""Words that YAML takes for something else."""


REST_S = 0.4
"""From full speed to rest in the controlled stop that is guessed, s; the protective one takes half of it."""
FASTEST = HARDEST * REST_S / 2
"""No joint is made faster, rad/s or m/s: a profile states no harder protective stop."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user chose. share: of the speeds that the description states."""

    name: str
    input: str
    output: str
    share: float


def head(schema: str, urdf: Path) -> str:
    """The first lines of every profile."""
    return HEAD.format(schema=schema, urdf=urdf.name)


def arm(
    wishes: Wishes,
    urdf: str,
    base: str,
    tool: str,
    joints: Sequence[Joint],
    locked: Mapping[str, float],
    package_dirs: Iterable[str],
    box: float | None,
    capsules: int,
    unknown_speed: float,
    hand: tuple[float, str],
) -> str:
    """An arm that takes joint velocities. ``unknown_speed``: of joints whose description states none, rad/s or m/s."""
    stated = [joint.limit.velocity or math.inf for joint in joints]
    meant = [wishes.share * v if math.isfinite(v) else unknown_speed for v in stated]
    speeds = [_down(min(speed, FASTEST)) for speed in meant]
    controlled = [max(_up(speed / REST_S), 0.05) for speed in speeds]
    told = f"{wishes.share:g} of the description's {', '.join(f'{v:g}' for v in stated if math.isfinite(v))}"
    if max(meant) > FASTEST:
        told = f"at most {FASTEST:g}, what the guessed stops can brake; else {told}"
    if unstated := [joint.name for joint, v in zip(joints, stated, strict=True) if not math.isfinite(v)]:
        told += f"; {unknown_speed:g} is chosen where it states none: {', '.join(unstated)}"
    dirs = list(package_dirs)
    return ARM.format(
        name=word(wishes.name),
        base=word(base),
        urdf=text(urdf),
        package_dirs=f"    package_dirs: {json.dumps(dirs)}\n" if dirs else "",
        tool=word(tool),
        locked="".join(["    locked:\n", *(f"      {word(k)}: {v:g}\n" for k, v in locked.items())])
        if locked
        else "",
        box=f"    missing_mesh_box: {box:g}  # a mesh was not found: a box stands for it\n" if box else "",
        capsules=capsules,
        input=word(wishes.input),
        output=word(wishes.output),
        joints=", ".join(word(joint.name) for joint in joints),
        rest_s=REST_S,
        controlled=controlled,
        protective=[2 * value for value in controlled],
        speeds=speeds,
        speed_source=text(told[:390]),
        accelerations=[max(round(0.8 * value, 3), 0.01) for value in controlled],
        hand=hand[0],
        hand_source=hand[1],
    )


def slowed(wishes: Wishes, joints: Sequence[Joint]) -> list[str]:
    """What to tell of joints that are slower in ``arm`` than was wished for."""
    return [
        f"joint {joint.name}: {wishes.share:g} of the description's {joint.limit.velocity:g} would need a harder stop "
        f"than a profile may state, so {FASTEST:g} is written"
        for joint in joints
        if wishes.share * (joint.limit.velocity or 0.0) > FASTEST
    ]


def base(
    wishes: Wishes, frame: str, drive: str, radius: float, height: tuple[float, float], laser: str,
    pose: Sequence[float], scan: str, speed: float,
) -> str:  # fmt: skip
    """A base that takes twists and sees by one lidar."""
    return BASE.format(
        name=word(wishes.name),
        base=word(frame),
        radius=_up(radius + 0.02),
        low=_down(height[0] - 0.02),
        high=_up(height[1] + 0.02),
        scan=scan,
        laser=word(laser),
        pose=", ".join(f"{value!r}" for value in map(float, pose)),
        input=word(wishes.input),
        output=word(wishes.output),
        drive=drive,
        speed=speed,
        speed_source=text(
            "chosen; a walking pace is 1.2 m/s. Not measured: see that the base stops within sight"
        ),
    )


def word(value: str) -> str:
    """``value`` as YAML, in quotes only where it has to be."""
    return value if PLAIN.fullmatch(value) and value.lower() not in MEANT else text(value)


def text(value: str) -> str:
    """``value`` as YAML, whatever stands in it."""
    return json.dumps(value, ensure_ascii=False)


def _down(value: float) -> float:
    return max(math.floor(value * 1000) / 1000, 0.001) if value > 0 else math.floor(value * 1000) / 1000


def _up(value: float) -> float:
    return math.ceil(value * 1000) / 1000
