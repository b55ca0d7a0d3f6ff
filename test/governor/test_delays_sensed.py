"""Limits that go by what is felt, or by the posture alone, where the actuator answers sooner or later than told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.body.model import ArmModel
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Wrench
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.load import Profile
from iatro_governor.resources import shared
from test.body.arm.conftest import robots_folder
from test.governor.moving import SUBSTEPS, Commands, Pilot, World, among
from test.governor.pilots import dithering_of, most, said
from test.governor.places import HOME

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
HAND, WRIST = "panda_hand", "wrist"
REACH, THRESHOLD, LEAST, SPEED = 0.2, 0.05, 0.02, 0.25
BRAKED_S = 0.15
"""In which a hand that came in fast is as slow as it may be, s."""
STIFFNESS = 2000.0
"""Of what the hand comes down on, N/m."""
STOP_N, RETREAT, PUSHES_ON_S = 30.0, 0.1, 0.12
"""PUSHES_ON_S: delay, two cycles, and the protective stop from the speed at which it comes down, s."""


def sigma(model: ArmModel, q: np.ndarray) -> float:
    """Smallest singular value of the hand's Jacobian, m."""
    jacobian = posture(model, q).frame_jacobian(HAND).copy()
    jacobian[3:] *= REACH
    return float(np.linalg.svd(jacobian, compute_uv=False).min())


def straightening(seed: int) -> Pilot:
    """Every joint at full speed the way that makes ``sigma`` smaller; back again at random times."""
    back = dithering_of(seed)

    def command(world: World) -> Commands:
        here, step = sigma(world.model, world.q), 1e-4
        gradient = np.array([sigma(world.model, world.q + step * one) - here for one in np.eye(len(world.q))])
        gradient = gradient[world.own("arm")]
        able = np.abs(gradient) > 0.02 * np.abs(gradient).max()
        way = 1.0 if back(world.t) else -1.0
        return {"arm": said(world, "arm", way * np.sign(gradient) * able * most(world, "arm"))}

    return command


@pytest.mark.parametrize("share", [1.0, 0.5, 0.0])
def test_a_hand_slows_down_before_a_singular_posture_whatever_the_delay(share: float) -> None:
    row = {"kind": "singularity", "name": "far", "reach": REACH, "threshold": THRESHOLD, "least": LEAST}
    profile = among("panda", row | {"speed": SPEED})
    delay = share * profile.data.channels["arm"].actuator_delay_s
    at = World(Governor(profile), np.array(HOME["panda"]), delay, 0.0, noise=(0.0, 0.0))
    at.run(3.0, straightening(0))
    places, rates = np.array(at.trail)[::SUBSTEPS], np.array(at.rates)[::SUBSTEPS]
    values = np.array([sigma(at.model, q) for q in places])
    hand = np.array(
        [
            np.linalg.norm(posture(at.model, q).frame_jacobian(HAND)[:3] @ u)
            for q, u in zip(places, rates, strict=True)
        ]
    )
    assert LEAST < values.min() < (LEAST + THRESHOLD) / 2, "it goes in, and never to the end"
    assert hand[values > THRESHOLD].max() > SPEED, "outside it may be faster"
    falls = np.diff(values, append=values[-1]) < -1e-9
    allowed = SPEED * (values - LEAST) / (THRESHOLD - LEAST)
    braked = since(values < THRESHOLD) * at.governor.period > BRAKED_S
    assert (braked & falls).sum() > 10
    assert (hand - allowed)[braked & falls].max() <= 0.01


def since(true: np.ndarray) -> np.ndarray:
    """For how many samples (k,) in a row it has been true."""
    index = np.arange(len(true))
    last_false = np.maximum.accumulate(np.where(true, -1, index))
    return np.where(true, index - last_false, 0)


class Pressing(World):
    """Its hand comes down on something elastic, ``below`` m under where it begins, and the wrist feels it."""

    below = 0.03
    force: float
    floor: float

    def __post_init__(self) -> None:
        super().__post_init__()
        self.floor = self.height - self.below
        self.force = 0.0

    @property
    def height(self) -> float:
        """Of the hand, m."""
        return float(self.now.link(HAND)[2, 3])

    def _measure(self) -> None:
        super()._measure()
        self.force = STIFFNESS * max(self.floor - self.height, 0.0)
        self.governor.handle(Wrench(self.t, WRIST, self.senses(), np.zeros(3), self.t))

    def senses(self) -> np.ndarray:
        """The force (3,), N, as the sensor says it, along the hand's own axes."""
        turn = self.now.link(HAND)[:3, :3]
        felt: np.ndarray = turn.T @ np.array([0.0, 0.0, self.force])
        return felt


def pressing_down(world: World) -> Commands:
    """Straight down at 0.1 m/s, on and on."""
    jacobian = world.now.frame_jacobian(HAND)
    u = np.linalg.pinv(jacobian) @ np.array([0.0, 0.0, -0.1, 0.0, 0.0, 0.0])
    return {"arm": said(world, "arm", u[world.own("arm")])}


def feeling() -> Profile:
    """The shipped arm with its wrist's sensor, and that limit."""
    row = {"kind": "contact_force", "name": "touch", "wrench": WRIST, "report": [10.0, 2.0]}
    profile = among("panda", row | {"stop": [STOP_N, 100.0], "retreat_speed": RETREAT})
    wrist = load_profile(shared("config/panda.yaml")).data.sources[WRIST]
    sources = profile.data.sources | {WRIST: wrist}
    return replace(profile, data=profile.data.model_copy(update={"sources": sources}))


@pytest.mark.parametrize("share", [1.0, 0.5, 0.0])
def test_what_is_pressed_is_not_pressed_on_whatever_the_delay(share: float) -> None:
    profile = feeling()
    delay = share * profile.data.channels["arm"].actuator_delay_s
    at = Pressing(Governor(profile), np.array(HOME["panda"]), delay, 0.0, noise=(0.0, 0.0))
    at.run(2.0, pressing_down, every=2)
    heights = np.array([posture(at.model, q).link(HAND)[2, 3] for q in at.trail])
    forces = STIFFNESS * np.clip(at.floor - heights, 0.0, None)
    assert forces.max() > STOP_N, "it was pressed"
    sinks = np.diff(heights, append=heights[-1]) < -1e-7
    pressed_on = since((forces > STOP_N) & sinks) * at.governor.period / SUBSTEPS
    assert pressed_on.max() <= PUSHES_ON_S
    assert forces.max() <= STOP_N + STIFFNESS * 0.1 * PUSHES_ON_S
    assert any(fault.name == "contact_collision" for decision in at.decisions for fault in decision.faults)
