"""The simulated arm holds, falls, follows and stops as its numbers say."""

from __future__ import annotations

from dataclasses import replace

import mujoco
import numpy as np
import pytest

from iatro_governor.errors import ScenarioError
from iatro_governor.plant.arm_driver import Kind, TrajectoryPoint
from iatro_governor.plant.arm_model import DOF, JOINTS, READY, ArmSpec, kinematics
from iatro_governor.plant.arm_simulation import ArmPlant, SensorNoise
from iatro_governor.plant.arm_world import ArmPerson, ArmWorld, Block, BodyPart, Bound, Lean, Thing

EMPTY = ArmWorld("empty")
EXACT = SensorNoise(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
BENT = (0.3, 0.2, -0.4, -1.6, 0.2, 1.9, 0.5)
TABLE = Block("table", (0.4, 0.0, -0.02), (0.8, 0.8, 0.04))
BOX = Thing("box", (0.45, 0.0, 0.035), (0.05, 0.05, 0.07), 0.5)


def stream(plant: ArmPlant, kind: Kind, values: object, seconds: float) -> None:
    for _ in range(round(seconds / 0.02)):
        plant.command(kind, list(np.broadcast_to(np.asarray(values, dtype=float), DOF)))
        plant.step(0.02)


def to(plant: ArmPlant, *point: float, speed: float = 0.2) -> None:
    """Move the tool straight to a point, gripper down."""
    for _ in range(400):
        here = kinematics(plant.arm, plant.truth().position)
        way = np.array(point) - here.tool
        if np.linalg.norm(way) < 0.002:
            break
        linear = 4 * way * min(1.0, speed / max(float(np.linalg.norm(4 * way)), 1e-9))
        spin = 2 * np.cross(here.frames[-1][:3, 2], [0.0, 0.0, -1.0])
        plant.command("joint_velocity", np.linalg.pinv(here.jacobian, 0.02) @ np.concatenate((linear, spin)))
        plant.step(0.02)
    stream(plant, "joint_velocity", 0.0, 0.1)


def gravity_torque(q: np.ndarray) -> np.ndarray:
    """What the motors must give at rest: the slope of the height of all masses, by finite differences."""

    def energy(angles: np.ndarray) -> float:
        arm, frames = ArmSpec(), kinematics(ArmSpec(), angles).frames
        heights = [
            link.mass * (frame @ [*link.centre, 1.0])[2]
            for link, frame in zip(arm.links, frames, strict=False)
        ]
        hand = frames[-1].copy()
        hand[:3, 3] -= hand[:3, 2] * arm.gripper.centre  # the gripper's mount
        middle = arm.gripper.finger_start + arm.gripper.finger_length / 2
        heights.append(arm.gripper.mass * (hand @ [0, 0, 0.03, 1.0])[2])
        heights.append(2 * arm.gripper.finger_mass * (hand @ [0, 0, middle, 1.0])[2])
        return 9.81 * float(sum(heights))

    step = 1e-5 * np.eye(DOF)
    return np.array([(energy(q + row) - energy(q - row)) / 2e-5 for row in step])


@pytest.mark.parametrize("posture", [READY, BENT])
def test_holds_its_posture_with_exactly_the_torque_of_gravity(posture: tuple[float, ...]) -> None:
    plant = ArmPlant(EMPTY, posture=posture, noise=EXACT)
    plant.step(2.0)
    joints = plant.joints()
    assert joints.names == JOINTS
    assert joints.position == pytest.approx(posture, abs=1e-4) and np.abs(joints.velocity).max() < 1e-6
    assert joints.effort == pytest.approx(gravity_torque(np.array(posture)), abs=0.02)
    assert np.abs(joints.effort).max() > 10.0


@pytest.mark.parametrize("posture", [READY, BENT])
def test_the_first_reading_is_one_of_standing_and_not_of_a_fall(posture: tuple[float, ...]) -> None:
    plant = ArmPlant(EMPTY, posture=posture, noise=EXACT)
    assert plant.joints().effort == pytest.approx(gravity_torque(np.array(posture)), abs=0.02)
    assert plant.fingers().effort == pytest.approx([0.0, 0.0], abs=0.5)


def test_zero_torque_on_a_driver_without_gravity_compensation_is_a_fall() -> None:
    plant = ArmPlant(EMPTY, posture=BENT, arm=ArmSpec(gravity_compensated=False, friction=0.0), noise=EXACT)
    mass = np.zeros((plant.model.nv, plant.model.nv))
    mujoco.mj_fullM(plant.model, plant.data, mass)
    expected = -np.linalg.solve(mass[:DOF, :DOF], gravity_torque(np.array(BENT)))
    stream(plant, "joint_effort", 0.0, 0.02)
    assert plant.truth().velocity == pytest.approx(0.02 * expected, rel=0.05, abs=0.002)
    before = plant.truth().tool[2]
    stream(plant, "joint_effort", 0.0, 0.4)
    assert before - plant.truth().tool[2] > 0.15


def test_zero_torque_with_gravity_compensation_floats() -> None:
    plant = ArmPlant(EMPTY, posture=BENT, noise=EXACT)
    stream(plant, "joint_effort", 0.0, 1.0)
    assert plant.truth().position == pytest.approx(BENT, abs=1e-3)


def test_a_torque_accelerates_by_the_inertia_with_the_rotors_in_it() -> None:
    plant = ArmPlant(EMPTY, posture=READY, noise=EXACT, arm=ArmSpec(friction=0.0, lag_s=0.0))
    mass = np.zeros((plant.model.nv, plant.model.nv))
    mujoco.mj_fullM(plant.model, plant.data, mass)
    torque = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0])
    stream(plant, "joint_effort", torque, 0.02)
    assert plant.truth().velocity[6] == pytest.approx(
        0.02 * np.linalg.solve(mass[:DOF, :DOF], torque)[6], rel=0.03
    )
    assert plant.truth().velocity[6] == pytest.approx(0.02 * 2.0 / 0.2055, rel=0.1)


def test_a_dead_torque_stream_ends_in_standing_still() -> None:
    plant = ArmPlant(EMPTY, posture=BENT, noise=EXACT)
    stream(plant, "joint_effort", [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.5], 0.2)
    pushed = plant.truth()
    assert pushed.velocity[6] > 0.5
    plant.step(0.8)
    still = plant.truth().position
    # held where it came to rest, and not pulled back to where it last stood under a servo
    assert still[6] > pushed.position[6] > BENT[6] + 0.03
    plant.step(1.0)
    assert plant.truth().position == pytest.approx(still, abs=1e-3)


def test_follows_speeds_and_stops_when_they_cease() -> None:
    plant = ArmPlant(EMPTY, noise=EXACT)
    wanted = np.array([0.5, 0.3, -0.4, 0.2, 0.6, -0.3, 0.8])
    stream(plant, "joint_velocity", wanted, 0.8)
    assert plant.joints().velocity == pytest.approx(wanted, rel=0.02, abs=0.003)
    end = plant.truth().position
    plant.step(0.18)
    assert plant.truth().velocity == pytest.approx(wanted, rel=0.02, abs=0.003)  # the watchdog still waits
    plant.step(0.4)
    assert np.abs(plant.truth().velocity).max() < 0.01
    assert plant.truth().position - end == pytest.approx(wanted * 0.23, rel=0.25, abs=0.01)


def test_speed_and_acceleration_stay_within_the_hardware() -> None:
    plant = ArmPlant(EMPTY, noise=EXACT)
    arm, before, worst = plant.arm, np.zeros(DOF), np.zeros(DOF)
    for _ in range(500):
        plant.command("joint_velocity", [9.0, 0.0, -9.0, 0.0, 9.0, 0.0, 9.0])
        plant.step(0.001)
        now = plant.truth().velocity
        worst = np.maximum(worst, np.abs(now - before) / 0.001)
        before = now
        assert np.all(np.abs(now) <= np.asarray(arm.speed) * 1.05)
    assert np.all(worst <= np.asarray(arm.acceleration) * 1.3)
    assert before[0] == pytest.approx(2.175, rel=0.02)


def test_reaches_a_position_without_running_over_it() -> None:
    plant, goal = ArmPlant(EMPTY, noise=EXACT), np.array(BENT)
    plant.command("joint_position", BENT)
    past = np.zeros(DOF)
    for _ in range(250):
        plant.step(0.01)
        done = (plant.truth().position - np.array(READY)) / (goal - np.array(READY))
        past = np.maximum(past, done)
    assert plant.truth().position == pytest.approx(goal, abs=1e-3)
    assert past.max() < 1.02


def test_plays_a_trajectory_through_its_points_in_any_joint_order() -> None:
    plant = ArmPlant(EMPTY, noise=EXACT)
    middle, end = np.array(READY) + 0.2, np.array(READY) + np.array([0.3, 0.0, 0.3, 0.3, 0.0, 0.3, 0.3])
    order = [6, 5, 4, 3, 2, 1, 0]
    points = [
        TrajectoryPoint(1.0, tuple(middle[order]), tuple(np.full(DOF, 0.1))),
        TrajectoryPoint(2.0, tuple(end[order]), (0.0,) * DOF),
    ]
    plant.trajectory(points, [JOINTS[i] for i in order])
    plant.step(1.0)
    assert plant.truth().position == pytest.approx(middle, abs=0.02)
    assert plant.truth().velocity == pytest.approx(np.full(DOF, 0.1), abs=0.05)
    plant.step(1.3)
    assert (
        plant.truth().position == pytest.approx(end, abs=2e-3) and np.abs(plant.truth().velocity).max() < 0.01
    )


def test_a_new_command_replaces_a_trajectory() -> None:
    plant = ArmPlant(EMPTY, noise=EXACT)
    plant.trajectory([TrajectoryPoint(3.0, tuple(np.array(READY) + 1.0 * (np.arange(DOF) == 0)))])
    plant.step(0.5)
    assert plant.truth().velocity[0] == pytest.approx(1 / 3, rel=0.1)
    stream(plant, "joint_velocity", 0.0, 0.5)
    assert np.abs(plant.truth().velocity).max() < 0.01


def test_a_joint_stop_is_not_passed_and_hitting_it_is_harm() -> None:
    plant = ArmPlant(EMPTY, noise=EXACT)
    stream(plant, "joint_velocity", [0.0] * 5 + [1.5, 0.0], 2.0)
    assert plant.truth().position[5] == pytest.approx(plant.arm.upper[5], abs=0.02)
    (harm,) = plant.harms()
    assert harm.key == ("joint_limit", "panda_joint6", "arm")
    assert harm.severity == pytest.approx(1.5, rel=0.05) and harm.unit == "rad/s"


def test_stopping_before_a_joint_stop_and_creeping_onto_it_is_none() -> None:
    plant = ArmPlant(EMPTY, noise=EXACT)
    plant.command("joint_position", [*READY[:5], plant.arm.upper[5] - 0.002, READY[6]])
    plant.step(3.0)
    stream(plant, "joint_velocity", [0.0] * 5 + [0.01, 0.0], 1.0)
    assert plant.truth().position[5] >= plant.arm.upper[5] - 1e-4
    assert plant.harms() == ()


def test_no_motor_gives_more_than_its_torque() -> None:
    plant = ArmPlant(ArmWorld("table", blocks=(TABLE,)), noise=EXACT)
    to(plant, 0.45, 0.0, 0.06)
    for _ in range(60):
        jacobian = kinematics(plant.arm, plant.truth().position).jacobian
        plant.command("joint_velocity", (np.linalg.pinv(jacobian, 0.02) @ [0, 0, -0.3, 0, 0, 0]).tolist())
        plant.step(0.02)
        assert np.all(np.abs(plant.joints().effort) <= np.asarray(plant.arm.torque) + 1e-6)
    assert plant.joints().effort[1] == pytest.approx(plant.arm.torque[1])  # it pushes with all it has


def test_the_wrist_feels_what_the_hand_carries_and_not_the_hand() -> None:
    plant = ArmPlant(ArmWorld("table", blocks=(TABLE,), things=(BOX,)), noise=EXACT)
    plant.step(0.2)
    assert np.abs(plant.wrench().force).max() < 0.05 and np.abs(plant.wrench().torque).max() < 0.01
    to(plant, 0.45, 0.0, 0.15)
    to(plant, 0.45, 0.0, 0.045)
    plant.command("gripper", [0.0, 40.0])
    plant.step(1.0)
    assert plant.truth().held == {"box"} and plant.truth().width == pytest.approx(0.05, abs=0.002)
    to(plant, 0.45, 0.0, 0.25)
    plant.step(1.0)
    # the hand's z axis points down, and weight pulls the hand down
    assert plant.wrench().force == pytest.approx([0.0, 0.0, 0.5 * 9.81], abs=0.1)
    assert plant.harms() == ()


def test_the_hands_own_weight_is_off_the_wrist_in_any_posture() -> None:
    plant = ArmPlant(EMPTY, posture=(0.3, 0.2, -0.4, -1.6, 0.9, 2.9, 0.5), noise=EXACT)
    plant.step(0.5)
    assert np.abs(plant.data.body("hand").xmat.reshape(3, 3)[2]).min() > 0.1  # tilted about every axis
    assert plant.wrench().force == pytest.approx(np.zeros(3), abs=0.02)
    assert plant.wrench().torque == pytest.approx(np.zeros(3), abs=0.002)


def test_a_sideways_pull_at_the_box_twists_the_wrist() -> None:
    plant = ArmPlant(EMPTY, noise=EXACT)
    hand = plant.data.body("hand")
    pull, place = np.array([0.0, 6.0, 0.0]), np.array([0.0, 0.0, -0.1])  # world frame, from the mount
    plant.data.xfrc_applied[hand.id, :3] = pull
    plant.data.xfrc_applied[hand.id, 3:] = np.cross(place + hand.xpos - hand.xipos, pull)
    plant.step(2.0)
    turn = plant.data.body("hand").xmat.reshape(3, 3).T
    assert plant.wrench().force == pytest.approx(turn @ pull, abs=0.05)
    assert plant.wrench().torque == pytest.approx(turn @ np.cross(place, pull), abs=0.02)


PERSON = ArmPerson(
    "ann",
    (
        BodyPart(
            "chest", (0.8, 0.1, 0.4), "sphere", (0.1,), 35.0, 25000.0, 3000.0, Bound(1.0, 1.0, "none"), "none"
        ),
    ),
    (Lean(1.0, (0.0, 0.0, 0.0)), Lean(3.0, (0.2, -0.4, 0.0))),
    late_s=0.3,
)


def test_a_tracker_sees_where_people_are_and_how_fast_they_move() -> None:
    plant = ArmPlant(ArmWorld("test", people=(replace(PERSON, late_s=0.0),)), noise=EXACT)
    plant.step(0.5)
    (still,) = plant.bodies()
    assert (still.id, still.region) == ("ann/chest", "chest")
    assert still.position == pytest.approx([0.8, 0.1, 0.4], abs=1e-4) and np.abs(still.velocity).max() < 1e-4
    plant.step(1.5)
    (moving,) = plant.bodies()
    assert moving.velocity == pytest.approx([0.1, -0.2, 0.0], abs=0.01)
    assert moving.position == pytest.approx([0.9, -0.1, 0.4], abs=0.05)
    plant.step(3.0)
    assert plant.bodies()[0].position == pytest.approx([1.0, -0.3, 0.4], abs=1e-3)


def test_the_seed_says_how_late_people_are_and_the_tracker_has_noise() -> None:
    def seen(seed: int) -> np.ndarray:
        plant = ArmPlant(ArmWorld("test", people=(PERSON,)), seed, noise=EXACT)
        plant.step(2.0)
        return plant.bodies()[0].position

    places = [seen(seed) for seed in range(6)]
    assert np.array_equal(places[0], seen(0))
    assert len({place.tobytes() for place in places}) > 1
    noisy = ArmPlant(ArmWorld("test", people=(PERSON,)))
    readings = np.array([noisy.bodies()[0].position for _ in range(400)])
    assert readings.std(axis=0) == pytest.approx([0.005] * 3, rel=0.2)


def test_looking_changes_nothing() -> None:
    def path(curious: bool) -> bytes:
        plant = ArmPlant(ArmWorld("table", blocks=(TABLE,), things=(BOX,), people=(PERSON,)), noise=EXACT)
        for k in range(30):
            plant.command("joint_velocity", (0.3 * np.sin(0.1 * k + np.arange(DOF))).tolist())
            plant.step(0.02)
            if curious:
                plant.truth(), plant.bodies(), plant.wrench(), plant.joints(), plant.pushes()
        return bytes(plant.data.qpos.tobytes() + plant.bodies()[0].position.tobytes())

    assert path(True) == path(False)


def test_the_same_seed_and_calls_give_the_same_bytes() -> None:
    def readings(seed: int) -> list[bytes]:
        plant, out = ArmPlant(ArmWorld("table", blocks=(TABLE,), things=(BOX,)), seed), []
        for k in range(40):
            plant.command("joint_velocity", (0.3 * np.sin(0.1 * k + np.arange(DOF))).tolist())
            plant.step(0.02)
            joints, wrench = plant.joints(), plant.wrench()
            out += [joints.position.tobytes(), joints.effort.tobytes(), wrench.force.tobytes()]
        return [*out, plant.truth().position.tobytes()]

    first, again, other = readings(3), readings(3), readings(4)
    assert first == again
    assert other[:-1] != first[:-1] and other[-1] == first[-1]  # noise differs, truth does not


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("joint_velocity", [0.0] * 6, "7 finite numbers"),
        ("joint_velocity", [0.0] * 6 + [float("nan")], "7 finite numbers"),
        ("joint_effort", [float("inf")] * 7, "7 finite numbers"),
        ("gripper", [0.04], "two finite numbers"),
        ("twist", [0.0] * 7, "joint_velocity"),
    ],
)
def test_a_command_that_no_driver_would_take_is_refused(kind: Kind, values: list[float], words: str) -> None:
    plant = ArmPlant(EMPTY)
    with pytest.raises(ScenarioError, match=words):
        plant.command(kind, values)


@pytest.mark.parametrize(
    ("times", "names", "words"),
    [
        ([1.0, 1.0], JOINTS, "rise"),
        ([-1.0], JOINTS, ">= 0"),
        ([], JOINTS, "rise"),
        ([float("nan")], JOINTS, "finite"),
        ([1.0], JOINTS[:6], "names each"),
        ([1.0], (*JOINTS[:6], "elbow"), "names each"),
    ],
)
def test_a_trajectory_that_no_driver_would_take_is_refused(
    times: list[float], names: list[str], words: str
) -> None:
    with pytest.raises(ScenarioError, match=words):
        ArmPlant(EMPTY).trajectory([TrajectoryPoint(t, READY) for t in times], names)


@pytest.mark.parametrize("dt", [0.0005, -0.01, 0.01234])
def test_steps_are_whole_milliseconds(dt: float) -> None:
    with pytest.raises(ScenarioError, match="multiples"):
        ArmPlant(EMPTY).step(dt)


def test_a_posture_beyond_a_joint_stop_is_refused() -> None:
    with pytest.raises(ScenarioError, match="within their limits"):
        ArmPlant(EMPTY, posture=(0.0,) * 7)
