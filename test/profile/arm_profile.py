"""A small arm and its profile, right in every word, for tests that spoil one of them."""

from __future__ import annotations

from pathlib import Path

from test.limits.bodies import TWO_LINKS

PROFILE = """version: 1
robot:
  name: two
  base_frame: base
  odom_frame: base
  model:
    urdf: two.urdf
    tool: lower
    armature: {shoulder: 0.1, elbow: 0.05}
    armature_source: a test
sources:
  joints:
    type: joints
    topic: joint_states
    timeout_s: 0.1
  wrist:
    type: wrench
    topic: wrist
    frame: lower
    timeout_s: 0.1
channels:
  arm:
    type: joint_velocity
    input: arm/planner
    output: arm/velocity
    joints: [shoulder, elbow]
    state: joints
    command_timeout_s: 0.2
    actuator_delay_s: 0.03
    stop_modes:
      controlled: {deceleration: [3.0, 4.0], source: a test}
      protective: {deceleration: [6.0, 8.0], source: a test}
limits:
  - name: joint_speed
    kind: joint_velocity
    channel: arm
    bounds: [1.0, 1.5]
    source: a test
  - name: joint_range
    kind: joint_position
    channel: arm
    margin: 0.03
    source: a test
  - name: pillar
    kind: link_zone
    channel: arm
    links: [upper, lower]
    volume:
      sphere: {centre: [1.5, 0.0, 0.0], radius: 0.1}
    margin: 0.02
    source: a test
"""


def write(folder: Path, profile: str = PROFILE, urdf: str | None = TWO_LINKS) -> Path:
    """The profile beside its description; ``urdf``: None for none."""
    path = folder / "robot.yaml"
    path.write_text(profile)
    if urdf is not None:
        (folder / "two.urdf").write_text(urdf)
    return path
