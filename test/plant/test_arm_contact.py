"""The force on a person is what springs and masses make it, worked out by hand."""

from __future__ import annotations

import mujoco
import numpy as np
import pytest

from iatro_governor.plant.arm_model import DOF, kinematics
from iatro_governor.plant.arm_simulation import ArmPlant, SensorNoise
from iatro_governor.plant.arm_world import ArmPerson, ArmWorld, Block, BodyPart, Bound, Thing
from iatro_governor.plant.contact import AVERAGED, HELD, ContactReader, ForceMeter

EXACT = SensorNoise(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
TABLE = Block("table", (0.4, 0.0, -0.02), (0.8, 0.8, 0.04))
BOUND = Bound(1e6, 1e6, "none in this test")


def part(**given: object) -> BodyPart:
    values: dict[str, object] = {
        "region": "forearm", "centre": (0.45, 0.0, 0.05), "shape": "sphere", "size": (0.05,), "mass": 2.0,
        "stiffness": 40000.0, "posture": 400.0, "bound": BOUND, "source": "made up for this test",
    }  # fmt: skip
    return BodyPart(**(values | given))  # type: ignore[arg-type]


def plant_with(body: BodyPart, *things: Thing, table: bool = True) -> ArmPlant:
    world = ArmWorld("test", (TABLE,) if table else (), things, (ArmPerson("ann", (body,)),))
    return ArmPlant(world, noise=EXACT)


def push(plant: ArmPlant, velocity: tuple[float, float, float], seconds: float) -> None:
    """Move the tool at ``velocity`` (m/s), turning nothing."""
    for _ in range(round(seconds / 0.02)):
        jacobian = kinematics(plant.arm, plant.truth().position).jacobian
        plant.command("joint_velocity", (np.linalg.pinv(jacobian, 0.02) @ [*velocity, 0, 0, 0]).tolist())
        plant.step(0.02)


def over(plant: ArmPlant, height: float) -> None:
    """Bring the closed gripper over the region, ``height`` (m) above the table."""
    plant.command("gripper", [0.0, 30.0])
    plant.step(1.0)
    for _ in range(400):
        way = np.array([0.45, 0.0, height]) - plant.truth().tool
        if np.linalg.norm(way) < 0.002:
            break
        push(plant, tuple(np.clip(3 * way, -0.25, 0.25)), 0.02)
    push(plant, (0.0, 0.0, 0.0), 0.3)


def test_a_region_on_the_table_is_pressed_as_its_tissue_yields() -> None:
    plant = plant_with(part())
    over(plant, 0.15)
    push(plant, (0.0, 0.0, -0.05), 1.0)
    push(plant, (0.0, 0.0, 0.0), 0.5)
    felt = plant.pushes()["ann/forearm"].force
    yielded = [float(plant.data.joint(f"ann/forearm/{axis}/tissue").qpos[0]) for axis in "xyz"]
    assert felt == pytest.approx(40000.0 * np.array(yielded), abs=1.0)
    assert felt[2] < -60.0
    # the hand's z axis points down, so what presses the forearm down presses the hand against it
    assert plant.wrench().force[2] == pytest.approx(felt[2], rel=0.05)
    assert plant.truth().forces["ann/forearm"].now == pytest.approx(float(np.linalg.norm(felt)))


def test_a_free_region_gives_way_as_hard_as_its_posture_holds_it() -> None:
    plant = plant_with(part(centre=(0.45, 0.0, 0.2), posture=600.0), table=False)
    over(plant, 0.29)
    push(plant, (0.0, 0.0, -0.05), 1.4)
    push(plant, (0.0, 0.0, 0.0), 1.0)
    moved = float(plant.data.joint("ann/forearm/z").qpos[0])
    assert moved < -0.03
    assert plant.pushes()["ann/forearm"].force[2] == pytest.approx(600.0 * moved, rel=0.03)


def test_a_posture_gives_no_more_than_its_push() -> None:
    plant = plant_with(part(centre=(0.45, 0.0, 0.2), posture=600.0, push=15.0), table=False)
    over(plant, 0.29)
    push(plant, (0.0, 0.0, -0.05), 2.0)
    assert plant.truth().forces["ann/forearm"].now == pytest.approx(15.0, rel=0.1)


@pytest.mark.parametrize(("mass", "height"), [(0.5, 0.2), (1.0, 0.1), (2.0, 0.05)])
def test_what_falls_on_a_supported_region_hits_it_as_a_mass_on_a_spring(mass: float, height: float) -> None:
    # a flat box on a flat forearm: no turning, one spring, nothing behind it that gives way
    flat = part(shape="box", size=(0.06, 0.06, 0.03), centre=(0.45, 0.0, 0.03), posture=5000.0)
    plant = plant_with(flat, Thing("box", (0.45, 0.0, 0.06 + 0.02 + height), (0.04, 0.04, 0.04), mass))
    plant.step(0.6)
    speed, weight = np.sqrt(2 * 9.81 * height), mass * 9.81
    tissue = float(
        plant.model.body("ann/forearm/tissue").mass[0]
    )  # it sticks to the box from the first moment on
    shared = mass**2 / (mass + tissue)
    expected = weight + np.sqrt(weight**2 + 40000.0 * shared * speed**2)
    assert plant.truth().forces["ann/forearm"].peak == pytest.approx(expected, rel=0.13)


def test_what_lies_on_a_region_weighs_on_it() -> None:
    flat = part(shape="box", size=(0.06, 0.06, 0.03), centre=(0.45, 0.0, 0.03))
    plant = plant_with(flat, Thing("box", (0.45, 0.0, 0.081), (0.04, 0.04, 0.04), 0.5))
    plant.step(1.5)
    force = plant.truth().forces["ann/forearm"]
    assert force.now == pytest.approx(0.5 * 9.81, rel=0.03) and force.held == pytest.approx(
        0.5 * 9.81, rel=0.03
    )


@pytest.mark.parametrize(("speed", "mass"), [(0.3, 5.0), (0.6, 5.0), (0.5, 40.0)])
def test_a_blow_is_speed_times_the_root_of_stiffness_and_reduced_mass(speed: float, mass: float) -> None:
    plant = plant_with(
        part(centre=(0.45, 0.0, 0.10), mass=mass, posture=100.0, stiffness=30000.0), table=False
    )
    over(plant, 0.30)
    for _ in range(60):
        if plant.truth().forces["ann/forearm"].peak > 0:
            break
        before = plant.truth()
        inverse = _felt_inverse(plant)
        push(plant, (0.0, 0.0, -speed), 0.02)
    push(plant, (0.0, 0.0, 0.0), 0.1)
    reduced = 1.0 / (1.0 / mass + inverse)
    # the driver keeps pushing and the tissue damps a little: both add to the bare mass on a spring
    expected = before.tool_speed * np.sqrt(reduced * 30000.0)
    assert before.tool_speed == pytest.approx(speed, rel=0.1)
    assert 0.9 * expected < plant.truth().forces["ann/forearm"].peak < 1.5 * expected


def _felt_inverse(plant: ArmPlant) -> float:
    """1/kg that the arm's tip shows downward, rotors included."""
    mass = np.zeros((plant.model.nv, plant.model.nv))
    mujoco.mj_fullM(plant.model, plant.data, mass)
    down = kinematics(plant.arm, plant.truth().position).jacobian[2]
    return float(down @ np.linalg.solve(mass[:DOF, :DOF], down))


def test_a_meter_averages_three_milliseconds_and_holds_half_a_second() -> None:
    meter = ForceMeter()
    meter.add(np.array([0.0, 0.0, 100.0]))
    assert meter.now == pytest.approx(100.0 / AVERAGED)
    for _ in range(AVERAGED - 1):
        meter.add(np.array([0.0, 0.0, 100.0]))
    assert meter.now == meter.peak == pytest.approx(100.0) and meter.held == 0.0
    for _ in range(HELD - 2):
        meter.add(np.array([0.0, 60.0, 0.0]))
    assert meter.held < 60.0
    for _ in range(AVERAGED + 1):
        meter.add(np.array([0.0, 60.0, 0.0]))
    assert meter.held == pytest.approx(60.0)
    for _ in range(2 * HELD):
        meter.add(None)
    assert meter.now == 0.0 and meter.peak == pytest.approx(100.0) and meter.held == pytest.approx(60.0)


def test_opposite_forces_on_one_region_are_summed_as_vectors() -> None:
    meter = ForceMeter()
    for k in range(20):
        meter.add(np.array([50.0 if k % 2 else -50.0, 0.0, 0.0]))
    assert meter.now == pytest.approx(50.0 / AVERAGED)


@pytest.mark.parametrize(
    ("centre", "speeds"),
    [
        ((0.31, 0.16, 0.52), [0.8, 0.0, 0.0, 0.0, 0.7, 0.0, 1.5]),
        ((0.42, 0.06, 0.55), [0.0, 0.8, 0.0, 0.0, 0.0, 0.5, 2.0]),
        ((0.40, 0.0, 0.50), [0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]),
    ],
)
def test_the_speed_of_a_touch_is_that_of_the_touching_point(
    centre: tuple[float, float, float], speeds: list[float]
) -> None:
    plant = plant_with(part(centre=centre, mass=5.0), table=False)
    reader, seen, jacobian = ContactReader(plant.model), 0, np.zeros((3, plant.model.nv))
    for _ in range(400):
        plant.command("joint_velocity", speeds)
        before = plant.data.qvel.copy()
        plant.step(0.001)
        mujoco.mj_kinematics(plant.model, plant.data)
        for touch in reader.read(plant.data):
            mujoco.mj_jac(plant.model, plant.data, jacobian, None, touch.point, plant.model.body(touch.by).id)
            assert touch.speed == pytest.approx(float(touch.normal @ jacobian @ before), abs=0.01)
            assert np.linalg.norm(touch.normal) == pytest.approx(1.0)
            seen += abs(touch.speed) > 0.05
    assert seen > 10
