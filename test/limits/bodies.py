"""Random situations of a jointed body, for the contract that every limit keeps."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import strategies as st

from iatro_governor.body.drive import Drive
from iatro_governor.body.dynamics import Dynamics
from iatro_governor.body.kinematics import posture
from iatro_governor.body.levers import levers, pair_levers
from iatro_governor.body.load import load_text
from iatro_governor.body.localisation import Fix
from iatro_governor.body.mechanics import Mechanics
from iatro_governor.body.model import ArmModel
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.sensed import Cloud, Felt, People, Sensed
from test.limits.situations import charted

TWO_LINKS = """<robot name="two">
  <link name="base"/>
  <link name="upper">
    <collision><origin xyz="0.3 0 0" rpy="0 1.5707963267948966 0"/>
      <geometry><cylinder radius="0.05" length="0.6"/></geometry></collision>
    <inertial><origin xyz="0.3 0 0"/><mass value="2"/>
      <inertia ixx="0.01" ixy="0" ixz="0" iyy="0.06" iyz="0" izz="0.06"/></inertial>
  </link>
  <link name="lower">
    <collision><origin xyz="0.2 0 0" rpy="0 1.5707963267948966 0"/>
      <geometry><capsule radius="0.04" length="0.4"/></geometry></collision>
    <inertial><origin xyz="0.2 0 0"/><mass value="1"/>
      <inertia ixx="0.01" ixy="0" ixz="0" iyy="0.02" iyz="0" izz="0.02"/></inertial>
  </link>
  <joint name="shoulder" type="revolute"><parent link="base"/><child link="upper"/>
    <axis xyz="0 0 1"/><limit lower="-3" upper="3" velocity="2" effort="50"/></joint>
  <joint name="elbow" type="revolute"><parent link="upper"/><child link="lower"/>
    <origin xyz="0.6 0 0"/><axis xyz="0 0 1"/><limit lower="-3" upper="3" velocity="3" effort="30"/></joint>
</robot>"""
"""Two links in the plane, 0.6 m and 0.4 m."""
JOINTS = ("shoulder", "elbow")


@cache
def two_links() -> ArmModel:
    """The arm of the contract."""
    return load_text(TWO_LINKS)


def with_link(name: str, joint: str, parent: str, at: str) -> str:
    """The arm of the contract with one link more of 0.4 m, on ``parent`` at ``at`` (m), as a description."""
    link = f"""<link name="{name}">
    <collision><origin xyz="0.2 0 0" rpy="0 1.5707963267948966 0"/>
      <geometry><capsule radius="0.03" length="0.4"/></geometry></collision>
    <inertial><origin xyz="0.2 0 0"/><mass value="0.5"/>
      <inertia ixx="0.01" ixy="0" ixz="0" iyy="0.01" iyz="0" izz="0.01"/></inertial>
  </link>
  <joint name="{joint}" type="revolute"><parent link="{parent}"/><child link="{name}"/>
    <origin xyz="{at}"/><axis xyz="0 0 1"/><limit lower="-3" upper="3" velocity="3" effort="10"/></joint>
</robot>"""
    return TWO_LINKS.replace("</robot>", link)


def hand_on_two_links() -> str:
    """The arm of the contract with a hand on it, long enough to meet the upper arm, as a description."""
    return with_link("hand", "wrist", "lower", "0.4 0 0")


@cache
def three_links() -> ArmModel:
    """That arm."""
    return load_text(hand_on_two_links())


@cache
def weights() -> Mechanics:
    """Of the arm of the contract."""
    return Mechanics(Dynamics(two_links(), np.zeros(2)), True, 0.0)


def body_situation(
    q: np.ndarray,
    anchor: np.ndarray | None = None,
    sensed: Sensed | None = None,
    delay: float = 0.03,
    model: ArmModel | None = None,
) -> BodySituation:
    """The two links, or ``model``, at ``q`` with ``anchor`` standing, joint velocities on the channel ``arm``."""
    model = two_links() if model is None else model
    size = len(q)
    anchor = np.zeros(size) if anchor is None else anchor
    braking = Drive(np.eye(size), np.zeros(size), np.full(size, 4.0) - np.eye(1, size)[0], None, 0)
    return BodySituation(
        t=0.0,
        period=0.01,
        reaction_s=delay,
        now=posture(model, q),
        soon_q=q + anchor * delay,
        velocity=anchor,
        effort=np.full(size, np.nan),
        anchor=anchor,
        beyond=np.zeros(size),
        drive=braking,
        comfort=braking,
        kind="fixed",
        base=None,
        base_flight=None,
        places={"arm": slice(0, size)},
        joints={"arm": np.arange(size)},
        levers=levers(model),
        pair_levers=pair_levers(model, levers(model)),
        sensed=sensed or NOTHING,
        tool="lower",
        mechanics=weights(),
    )


angle = st.floats(-3.1, 3.1)
joint_rates = st.tuples(st.floats(-2.0, 2.0), st.floats(-3.0, 3.0)).map(charted)
place = st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5), st.floats(-0.5, 0.5)).map(np.array)
pace = st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5), st.floats(-0.2, 0.2)).map(np.array)
NOBODY = People(np.zeros((0, 3)), np.zeros((0, 3)), 0.0, 0.1, (), ())
HELD = Felt(np.zeros(3), np.zeros(3), "lower", 0.0)
FIXES = {"amcl": Fix(0.0, np.zeros(3), 0.02, 0.01)}
SURE = {"amcl": Fix(0.0, np.zeros(3), 0.0, 0.0)}
NOTHING = Sensed({"people": NOBODY}, {"wrist": HELD}, fixes=FIXES)


def surroundings() -> list[Sensed]:
    """Nothing, people and points all around the links at three distances, and a push at the wrist."""
    out = [NOTHING]
    middles = posture(two_links(), np.array([0.5, 0.7])).capsules().mean(axis=1)
    sides = np.concatenate([np.eye(3), -np.eye(3)])
    quiet = Felt(np.zeros(3), np.zeros(3), "lower", 0.0)
    for gap in (0.02, 0.06, 0.3):
        places = np.concatenate([middle + sides * (0.05 + 0.1 + gap) for middle in middles])
        ids = tuple(map(str, range(len(places))))
        crowd = People(places, np.zeros((len(places), 3)), 0.0, 0.1, ids, (None,) * len(places))
        points = np.concatenate([middle + sides * (0.05 + gap) for middle in middles])
        cloud = Cloud(points, 0.0, np.array([0.5, 0.7]))
        out.append(Sensed({"people": crowd}, {"wrist": quiet}, {"camera": cloud}, fixes=FIXES))
    push = Felt(np.array([200.0, 0.0, 0.0]), np.zeros(3), "lower", 0.0)
    return [*out, Sensed({"people": NOBODY}, {"wrist": push}, fixes=FIXES)]


@st.composite
def sensed(draw: st.DrawFn) -> Sensed:
    """Up to three people anywhere, some push at the wrist, a few points."""
    crowd = draw(st.lists(st.tuples(place, pace), max_size=3))
    people = People(
        np.array([where for where, _ in crowd]).reshape(-1, 3),
        np.array([how for _, how in crowd]).reshape(-1, 3),
        draw(st.floats(0.0, 0.2)),
        0.1,
        tuple(str(index) for index in range(len(crowd))),
        (None,) * len(crowd),
    )
    force = np.array([draw(st.floats(-80.0, 80.0)) for _ in range(3)])
    points = np.array(draw(st.lists(place, max_size=6))).reshape(-1, 3)
    felt = Felt(force, force / 10, "lower", 0.0)
    seen = Cloud(points, draw(st.floats(0.0, 0.05)), np.array([draw(angle), draw(angle)]))
    return Sensed({"people": people}, {"wrist": felt}, {"camera": seen}, fixes=FIXES)


@st.composite
def body_situations(draw: st.DrawFn, at_rest: bool = False) -> BodySituation:
    """The two links anywhere, moving or at rest, with anybody around."""
    q = np.array([draw(angle), draw(angle)])
    anchor = np.zeros(2) if at_rest else draw(joint_rates) * 0.5
    return body_situation(q, anchor, draw(sensed()))
