"""Arms that the tests share: real ones from example-robot-data (where installed), and one written by hand."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest

from iatro_governor.body.load import Options, load_file, load_text

TIAGO = ("torso_lift_joint", *(f"arm_{i}_joint" for i in range(1, 8)))
HAND = {"panda": "panda_hand", "ur5": "tool0", "tiago": "arm_tool_link"}

TWO_LINKS = """<robot name="two">
  <link name="base"/>
  <link name="upper">
    <collision><origin xyz="0.5 0 0" rpy="0 1.5707963267948966 0"/>
      <geometry><cylinder radius="0.05" length="1"/></geometry></collision>
    <inertial><origin xyz="1 0 0"/><mass value="2"/>
      <inertia ixx="0" ixy="0" ixz="0" iyy="0" iyz="0" izz="0"/></inertial>
  </link>
  <link name="lower">
    <collision><origin xyz="0.4 0 0" rpy="0 1.5707963267948966 0"/>
      <geometry><capsule radius="0.04" length="0.8"/></geometry></collision>
    <inertial><origin xyz="0.8 0 0"/><mass value="3"/>
      <inertia ixx="0" ixy="0" ixz="0" iyy="0" iyz="0" izz="0"/></inertial>
  </link>
  <link name="tip"/>
  <joint name="shoulder" type="revolute"><parent link="base"/><child link="upper"/>
    <axis xyz="0 0 1"/><limit lower="-3" upper="3" velocity="2" effort="50"/></joint>
  <joint name="elbow" type="revolute"><parent link="upper"/><child link="lower"/>
    <origin xyz="1 0 0"/><axis xyz="0 0 1"/><limit lower="-3" upper="3" velocity="3" effort="30"/></joint>
  <joint name="tip_joint" type="fixed"><parent link="lower"/><child link="tip"/><origin xyz="0.8 0 0"/></joint>
</robot>"""
"""Two links in the plane, 1 m and 0.8 m, with point masses of 2 kg and 3 kg at their ends."""


@cache
def robots_folder() -> Path | None:
    """Where example_robot_data keeps its robots; it is data alone, so there is nothing to import."""
    try:
        listed = files("example-robot-data") or []
    except PackageNotFoundError:
        return None
    found = [path for path in listed if path.as_posix().endswith("robots/panda_description/urdf/panda.urdf")]
    return Path(str(found[0].locate())).parents[2] if found else None


@cache
def load_robot(name):
    folder = robots_folder()
    assert folder is not None
    paths = {
        "panda": "panda_description/urdf/panda.urdf",
        "ur5": "ur_description/urdf/ur5_robot.urdf",
        "tiago": "tiago_description/robots/tiago_no_hand.urdf",
    }
    semantics = (folder / "panda_description/srdf/panda.srdf").read_text() if name == "panda" else None
    # What is drawn has thirty times the triangles: one test looks at it.
    options = Options(shapes="collision", joints=TIAGO if name == "tiago" else None, semantics=semantics)
    return load_file(folder / paths[name], options), folder / paths[name]


@pytest.fixture(scope="session")
def robots():
    pytest.importorskip("coal", reason="coal reads the meshes (extra: arm)")
    folder = robots_folder()
    if folder is None:
        pytest.skip("example-robot-data is not installed: the real robots' descriptions")
    return folder


@pytest.fixture(params=["panda", "ur5", "tiago"])
def robot(request, robots):
    """One of the real arms."""
    return load_robot(request.param)[0]


@pytest.fixture(params=["panda", "ur5", "tiago"])
def robot_file(request, robots):
    """One of the real arms, with its URDF file and the name of a link that is its hand."""
    return *load_robot(request.param), HAND[request.param]


@pytest.fixture(scope="session")
def two_links():
    return load_text(TWO_LINKS)
