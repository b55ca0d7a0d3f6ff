"""Harm by an arm is judged from what truly happened, and not where somebody leans on an arm that stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.errors import ScenarioError
from iatro_governor.plant.arm_harm import ArmJudge
from iatro_governor.plant.arm_model import DOF, READY, ArmSpec, kinematics
from iatro_governor.plant.arm_simulation import ArmPlant, SensorNoise
from iatro_governor.plant.arm_world import ArmPerson, ArmWorld, Block, BodyPart, Bound, Lean, Thing
from iatro_governor.plant.contact import HELD, Touch, Victim

EXACT = SensorNoise(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
TABLE = Block("table", (0.4, 0.0, -0.02), (0.8, 0.8, 0.04))
BOX = Thing("box", (0.45, 0.0, 0.035), (0.05, 0.05, 0.07), 0.5)
FOREARM = BodyPart(
    "forearm", (0.45, 0.0, 0.04), "sphere", (0.04,), 1.6, 40000.0, 400.0, Bound(100.0, 50.0, "made up"), "made up",
)  # fmt: skip
CHEST = BodyPart(
    "chest", (0.75, 0.0, 0.45), "sphere", (0.15,), 35.0, 25000.0, 3000.0, Bound(60.0, 40.0, "made up"), "made up",
    push=200.0,
)  # fmt: skip


def at_table(*people: ArmPerson, things: tuple[Thing, ...] = ()) -> ArmPlant:
    return ArmPlant(ArmWorld("test", (TABLE,), things, people), noise=EXACT)


def push(plant: ArmPlant, velocity: tuple[float, ...], seconds: float) -> None:
    for _ in range(round(seconds / 0.02)):
        here = kinematics(plant.arm, plant.truth().position)
        spin = 2 * np.cross(here.frames[-1][:3, 2], [0.0, 0.0, -1.0])
        plant.command("joint_velocity", np.linalg.pinv(here.jacobian, 0.02) @ [*velocity, *spin])
        plant.step(0.02)


def to(plant: ArmPlant, *point: float, speed: float = 0.25) -> None:
    for _ in range(400):
        way = np.array(point) - plant.truth().tool
        if np.linalg.norm(way) < 0.002:
            break
        push(plant, tuple(3 * way * min(1.0, speed / max(float(np.linalg.norm(3 * way)), 1e-9))), 0.02)
    push(plant, (0.0, 0.0, 0.0), 0.2)


def kinds(plant: ArmPlant) -> set[str]:
    return {harm.kind for harm in plant.harms()}


def test_pressing_a_forearm_onto_the_table_is_a_pinch_by_the_finger_that_does_it() -> None:
    plant = at_table(ArmPerson("ann", (FOREARM,)))
    plant.command("gripper", [0.0, 30.0])
    to(plant, 0.45, 0.0, 0.15)
    assert plant.harms() == ()
    push(plant, (0.0, 0.0, -0.06), 1.3)
    push(plant, (0.0, 0.0, 0.0), 0.7)
    assert kinds(plant) == {"pinch", "contact_force", "sustained_force"}
    pinch = next(harm for harm in plant.harms() if harm.kind == "pinch")
    assert pinch.key == ("pinch", "ann/forearm", "arm") and pinch.part in ("finger1", "finger2")
    assert pinch.bound == 50.0 and pinch.severity == pytest.approx(plant.truth().forces["ann/forearm"].peak)


def test_the_same_push_on_a_forearm_in_the_air_is_no_pinch() -> None:
    high = replace(FOREARM, centre=(0.45, 0.0, 0.25), posture=2500.0)
    plant = at_table(ArmPerson("ann", (high,)))
    plant.command("gripper", [0.0, 30.0])
    to(plant, 0.45, 0.0, 0.34)
    push(plant, (0.0, 0.0, -0.06), 1.6)
    push(plant, (0.0, 0.0, 0.0), 0.7)
    assert kinds(plant) == {"contact_force", "sustained_force"}


def test_resting_on_a_forearm_within_its_bounds_is_none() -> None:
    plant = at_table(ArmPerson("ann", (FOREARM,)))
    plant.command("gripper", [0.0, 30.0])
    to(plant, 0.45, 0.0, 0.15)
    while plant.truth().forces["ann/forearm"].now < 15.0:
        push(plant, (0.0, 0.0, -0.02), 0.02)
    push(plant, (0.0, 0.0, 0.0), 1.5)
    assert 10.0 < plant.truth().forces["ann/forearm"].peak < 50.0
    assert plant.harms() == ()


def leaning(at: float = 1.0, by: float = -0.36) -> ArmPerson:
    return ArmPerson("ann", (CHEST,), (Lean(at, (0.0, 0.0, 0.0)), Lean(at + 0.6, (by, 0.0, 0.0))))


def test_who_leans_on_a_standing_arm_is_not_its_victim() -> None:
    plant = at_table(leaning())
    plant.step(3.0)
    force = plant.truth().forces["ann/chest"]
    assert force.peak > 60.0 and force.held > 40.0  # it does hurt
    assert plant.harms() == ()


def test_who_runs_into_an_arm_that_draws_back_is_not_its_victim() -> None:
    plant = at_table(leaning(0.5, -0.45))
    push(plant, (0.05, 0.0, 0.0), 0.4)
    push(plant, (-0.08, 0.0, 0.0), 1.6)
    assert plant.truth().forces["ann/chest"].peak > 60.0
    assert plant.harms() == ()


def test_driving_on_into_who_leans_on_the_arm_is_its_harm() -> None:
    plant = at_table(leaning(0.2, -0.24))
    plant.step(2.0)
    assert plant.harms() == ()
    push(plant, (0.25, 0.0, 0.0), 1.0)
    assert "contact_force" in kinds(plant)


def test_driving_into_somebody_who_sits_still_is_its_harm_and_stopping_before_is_not() -> None:
    plant = at_table(ArmPerson("ann", (CHEST,)))
    push(plant, (0.5, 0.0, 0.0), 0.3)
    push(plant, (0.0, 0.0, 0.0), 1.0)
    assert plant.harms() == () and plant.truth().forces["ann/chest"].peak == 0.0
    push(plant, (0.5, 0.0, 0.0), 1.0)
    (harm,) = [harm for harm in plant.harms() if harm.kind == "contact_force"]
    assert harm.victim == "ann/chest" and harm.speed > 0.2 and harm.severity > harm.bound == 60.0


def carrying() -> ArmPlant:
    plant = at_table(things=(BOX,))
    to(plant, 0.45, 0.0, 0.15)
    to(plant, 0.45, 0.0, 0.045)
    plant.command("gripper", [0.0, 40.0])
    plant.step(1.0)
    to(plant, 0.45, 0.0, 0.25)
    assert plant.truth().held == {"box"}
    return plant


def test_letting_go_in_the_air_is_a_drop_with_the_energy_of_the_fall() -> None:
    plant = carrying()
    height = plant.truth().things["box"][2]
    plant.command("gripper", [0.08, 40.0])
    plant.step(1.0)
    (harm,) = plant.harms()
    assert harm.key == ("drop", "box", "arm") and harm.unit == "J"
    assert harm.severity == pytest.approx(0.5 * 9.81 * (height - 0.035), rel=0.1)


def test_setting_it_down_and_leaving_is_no_drop() -> None:
    plant = carrying()
    to(plant, 0.45, 0.0, 0.055)
    plant.command("gripper", [0.08, 40.0])
    plant.step(1.0)
    to(plant, 0.45, 0.0, 0.25)
    assert plant.truth().held == set() and plant.harms() == ()


def test_a_slip_that_is_caught_again_is_no_drop() -> None:
    judge = ArmJudge(ArmWorld("test", things=(BOX,)), ArmSpec())
    box, nothing = frozenset({"box"}), frozenset[str]()
    for t, gripped, height in ((0.0, box, 0.30), (0.1, nothing, 0.29), (0.2, box, 0.27), (1.0, box, 0.10)):
        judge.things(t, gripped, {"box": height})
    assert judge.harms() == () and judge.held == box
    judge.things(1.1, nothing, {"box": 0.09})
    judge.things(1.2, nothing, {"box": 0.045})
    assert judge.harms() == ()
    judge.things(1.3, nothing, {"box": 0.035})
    (harm,) = judge.harms()
    assert harm.kind == "drop" and harm.t == 1.1


def test_a_finger_that_pushes_a_box_along_does_not_hold_it() -> None:
    plant = at_table(things=(BOX,))
    to(plant, 0.45, -0.12, 0.045)
    for _ in range(30):
        push(plant, (0.0, 0.15, 0.0), 0.02)
        assert plant.truth().held == set()
    assert plant.truth().things["box"][1] > 0.01


def test_what_lies_heavily_on_the_table_while_something_else_is_held_is_none() -> None:
    anvil = Thing("anvil", (0.2, 0.3, 0.05), (0.1, 0.1, 0.1), 12.0)
    plant = at_table(things=(BOX, anvil))
    to(plant, 0.45, 0.0, 0.15)
    to(plant, 0.45, 0.0, 0.045)
    plant.command("gripper", [0.0, 40.0])
    plant.step(1.0)
    assert plant.truth().held == {"box"} and plant.harms() == ()


def test_what_was_never_held_is_never_dropped() -> None:
    plant = at_table(things=(replace(BOX, centre=(0.45, 0.3, 0.4)),))
    plant.step(1.0)
    assert plant.truth().things["box"][2] < 0.05 and plant.harms() == ()


def test_driving_into_the_table_is_a_collision_and_touching_it_is_not() -> None:
    plant = at_table()
    plant.command("gripper", [0.0, 30.0])
    to(plant, 0.45, 0.0, 0.05)
    while plant.wrench().force[2] > -10.0:
        push(plant, (0.0, 0.0, -0.01), 0.02)
    push(plant, (0.0, 0.0, 0.0), 0.5)
    assert plant.harms() == ()
    to(plant, 0.45, 0.0, 0.15)
    push(plant, (0.0, 0.0, -0.3), 0.7)
    (harm,) = plant.harms()
    assert harm.key == ("collision", "table", "arm") and harm.severity > 60.0 and harm.unit == "N"


def test_folding_the_hand_into_the_forearm_is_a_self_collision() -> None:
    turned = (*READY[:5], 1.0, -0.7)
    plant = ArmPlant(ArmWorld("empty"), posture=turned, noise=EXACT)
    for _ in range(50):
        plant.command("joint_velocity", [0.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0])
        plant.step(0.02)
    (harm,) = plant.harms()
    assert harm.kind == "self_collision" and {harm.victim, harm.part} == {"link5", "hand"}


def judged(
    victim: Victim, force: float, speed: float, steps: int, judge: ArmJudge, t: float = 0.0
) -> ArmJudge:
    normal = np.array([1.0, 0.0, 0.0])
    touch = Touch(victim, "ann/chest", "hand", force * normal, normal, speed, np.zeros(3))
    for k in range(steps):
        judge.touches(t + 0.001 * k, 0.001, [touch])
    return judge


def fresh() -> ArmJudge:
    return ArmJudge(ArmWorld("test", people=(ArmPerson("ann", (CHEST,)),)), ArmSpec())


@pytest.mark.parametrize(
    ("force", "speed", "steps", "expected"),
    [
        (70.0, 0.3, 20, {"contact_force"}),
        (59.0, 0.3, 20, set()),
        (50.0, 0.3, HELD - 10, set()),
        (50.0, 0.3, HELD + 10, {"sustained_force"}),
        (39.0, 0.3, HELD + 10, set()),
        (70.0, 0.0, 20, set()),
        (70.0, -0.3, HELD + 10, set()),
        (70.0, 0.04, 100, {"contact_force"}),  # slower than a blow, but 4 mm further in
        (70.0, 0.04, 40, set()),
    ],
)
def test_force_time_and_whose_motion_it_was_decide(
    force: float, speed: float, steps: int, expected: set[str]
) -> None:
    assert {harm.kind for harm in judged("tissue", force, speed, steps, fresh()).harms()} == expected


def test_two_blows_are_one_harm_counted_twice_and_a_rattle_is_one() -> None:
    judge = judged("tissue", 70.0, 0.3, 20, fresh())
    judged("tissue", 90.0, 0.3, 20, judge, 0.3)
    (harm,) = judge.harms()
    assert harm.count == 1 and harm.severity == pytest.approx(90.0)
    judged("tissue", 70.0, 0.3, 20, judge, 1.5)
    (harm,) = judge.harms()
    assert harm.count == 2 and harm.t < 0.02 and harm.until > 1.5


def test_joint_speed_counts_only_into_the_stop() -> None:
    judge, q, dq = fresh(), np.array(READY), np.zeros(DOF)
    q[3], dq[3] = ArmSpec().upper[3], -0.5
    judge.joints(0.0, q, dq)
    assert judge.harms() == ()
    judge.joints(0.1, q, -dq)
    assert [harm.victim for harm in judge.harms()] == ["panda_joint4"]


def test_a_bound_without_a_source_is_refused() -> None:
    blank = replace(CHEST, bound=Bound(60.0, 40.0, " "))
    with pytest.raises(ScenarioError, match=r"ann/chest.*source"):
        ArmWorld("test", people=(ArmPerson("ann", (blank,)),))


def test_names_and_regions_must_differ() -> None:
    with pytest.raises(ScenarioError, match="table"):
        ArmWorld("test", (TABLE,), people=(ArmPerson("table", (CHEST,)),))
    with pytest.raises(ScenarioError, match="once"):
        ArmWorld("test", people=(ArmPerson("ann", (CHEST, CHEST)),))
