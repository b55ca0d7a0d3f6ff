"""What the design promises of bodies with links, judged on the true motion of four robots that are commanded badly.

IATRO_SEEDS=N takes N more seeds for each; ``make soak`` does.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.body.distance import self_distance
from iatro_governor.body.kinematics import posture
from iatro_governor.body.levers import levers
from iatro_governor.body.volumes import Volume
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action
from iatro_governor.governor.flights import LEAST_LEVER
from iatro_governor.governor.in_flight import ASIDE
from iatro_governor.governor.resolve import resolve
from iatro_governor.limits.joint_position import JointPositionConfig
from iatro_governor.limits.limit import Limit
from iatro_governor.limits.link_speed import LinkSpeedConfig
from iatro_governor.limits.rate import RateLimit
from iatro_governor.limits.self_collision import SelfCollisionConfig
from iatro_governor.profile.volumes import Volume3
from test.body.arm.conftest import robots_folder
from test.governor.moving import OWN, SIGMAS, Pilot, World, among, shipped
from test.governor.pilots import diving, fleeing, into_stops, most, reversing, said, wandering
from test.governor.places import HOME, Around, around, kept_capsules, kept_links, start, surfaces

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")

ROBOTS = sorted(OWN)
ARMS = ("panda", "ur5", "tiago")
MARGIN = 0.01
SECONDS = 1.5
LAGS = 8
"""Lags that fit into what is left of the longest delay."""
MORE = int(os.environ.get("IATRO_SEEDS", "0"))
robot = pytest.mark.parametrize("name", ROBOTS)
arm = pytest.mark.parametrize("name", ARMS)


def seeded(count: int = 1):
    """So many seeds, and those of a soak."""
    return pytest.mark.parametrize("seed", range(count + MORE))


def world(name: str, q: np.ndarray, *rows, seed: int, drop: Sequence[str] = ()) -> World:
    """A robot at ``q`` with limits ``rows``: its delay is any up to the longest that its profile names, or it lags."""
    profile = among(name, *rows, drop=drop)
    rng = np.random.default_rng([seed, 7])
    longest = min(channel.actuator_delay_s for channel in profile.data.channels.values())
    delay = rng.choice([0.0, longest, rng.uniform(0.0, longest)])
    lag = rng.choice([0.0, (longest - delay) / LAGS])
    ages = (rng.uniform(0.0, 0.04), rng.uniform(0.0, 0.1))
    return World(Governor(profile), q.copy(), delay, lag, ages, odom_every=int(rng.integers(1, 4)), seed=seed)


def pilots(name: str, surroundings: Around, seed: int) -> dict[str, Pilot]:
    """All of them."""
    which = kept_capsules(name)
    return {
        "wandering": wandering(seed),
        "reversing": reversing(seed),
        "diving": diving(surroundings.volumes, which),
        "grazing": diving(surroundings.volumes, which, seed),
    }


def clearance(at: World, volumes: Sequence[Volume], which: np.ndarray) -> np.ndarray:
    """True distance (k,) of the capsules ``which`` from the nearest volume, all along the way, m."""
    way = at.way()
    ends, radius = way.capsules()[:, which], way.model.capsule_radius[which]
    distance: np.ndarray = np.min([v.distance(ends, radius).min(axis=1) for v in volumes], axis=0)
    return distance


def bound(at: World, kind: type) -> float | None:
    """The scalar of the first limit of a kind."""
    limit = next((limit for limit in at.governor.profile.limits if isinstance(limit, kind)), None)
    return None if limit is None else getattr(limit, "margin", None) or getattr(limit, "bound", None)


def strays(at: World) -> np.ndarray:
    """How far (m,) each joint is from where what was decided has it, rad or m, at most.

    Measurements are off. And a body that lags (by a first-order lag: a mixture of delays) cuts the corners of its
    commands by ``a lag^2 / 2`` where they change by a, and does later than the longest delay what is left of them then.
    """
    rates = np.array(at.rates)
    changes = np.abs(np.diff(rates, axis=0)).max(axis=0) / (at.governor.period / 4)
    longest = min(channel.actuator_delay_s for channel in at.channels.values())
    left = at.lag_s * math.exp(-(longest - at.delay_s) / at.lag_s) if at.lag_s else 0.0
    off: np.ndarray = SIGMAS * at.noise[0] + changes * at.lag_s**2 / 2 + np.abs(rates).max(axis=0) * left
    return off


def eaten(at: World) -> float:
    """How much of a margin may be lost, m: what the governor takes for one way, and what any point strays from it."""
    lost = ASIDE + float((strays(at) @ levers(at.model)).max())
    assert lost < MARGIN, "these seeds would prove nothing"
    return lost


def judge(at: World) -> None:
    """What holds of every run, whatever is around: stops, the body's own links, speed, and no stop for nothing."""
    faults = {fault.name for decision in at.decisions for fault in decision.faults}
    assert faults <= {"closed"} and Action.UNREACHABLE not in {d.action for d in at.decisions}
    assert all(np.isfinite(decision.allowed).all() for decision in at.decisions)
    way, trail = at.way(), np.array(at.trail)
    if (margin := bound(at, JointPositionConfig)) is not None:
        own = at.own("arm")
        room = np.minimum(trail - way.model.lower, way.model.upper - trail)[:, own].min(axis=0)
        assert room.min() > 0.0
        assert (room >= margin - ASIDE / LEAST_LEVER - strays(at)[own]).all()
    if (margin := bound(at, SelfCollisionConfig)) is not None:
        apart = self_distance(way)
        assert (apart >= np.minimum(apart[0], margin) - 2 * eaten(at)).all()
    if (fastest := bound(at, LinkSpeedConfig)) is not None:
        no_faster(at, fastest)


def no_faster(at: World, fastest: float) -> None:
    """Velocities were within ``fastest`` m/s where they began to act: a period, or some lags, before.

    Where that is between the two places that were looked at, they may be off by what the limit's docstring says.
    """
    speeds, longest = at.speeds(), max(channel.actuator_delay_s for channel in at.channels.values())
    unseen_s = longest + max(at.age_s) + at.odom_every * at.governor.period
    for sample in np.flatnonzero(speeds > fastest):
        turned = float(np.abs(at.rates[sample]).sum()) * unseen_s
        began = at.speed_before(int(sample), at.governor.period + LAGS * at.lag_s)
        assert began <= fastest * (1.0 + turned**2 / 8)


PILOTED = [(name, how) for name in ROBOTS for how in ("diving", "reversing", "grazing", "wandering")
           if MORE or name != "tiago" or how in ("diving", "reversing")]  # fmt: skip
"""Who is told what; the slowest of them is told all of it in a soak."""


@pytest.mark.parametrize(("name", "how"), PILOTED)
@seeded()
def test_no_link_enters_a_volume_and_every_other_bound_holds(name, how, seed):
    rng = np.random.default_rng(seed)
    q = start(name, rng)
    surroundings = around(name, q, rng, margin=MARGIN)
    at = world(name, q, *surroundings.rows, seed=seed)
    at.run(SECONDS, pilots(name, surroundings, seed)[how])
    least = clearance(at, surroundings.volumes, kept_capsules(name)).min()
    assert least > 0.0 and least >= MARGIN - eaten(at)
    judge(at)


@robot
def test_a_governor_that_looked_away_would_fail_this(name):
    """The pilots above are bad enough: with nothing kept out of the volumes, the same robots enter them."""
    for seed in range(2):
        rng = np.random.default_rng(seed)
        q = start(name, rng)
        surroundings = around(name, q, rng, margin=MARGIN)
        at = world(name, q, seed=seed)
        at.run(SECONDS, pilots(name, surroundings, seed)["diving"])
        if clearance(at, surroundings.volumes, kept_capsules(name)).min() < 0.0:
            return
    pytest.fail("none of them entered")


def cell(name: str, q: np.ndarray, rng: np.random.Generator) -> dict:
    """A box that holds every moving link at ``q`` with little room to spare."""
    model = shipped(name).body
    assert model is not None
    which = kept_capsules(name)
    ends, radius = posture(model, q).capsules()[which], model.capsule_radius[which]
    low = (ends - radius[:, None, None]).min(axis=(0, 1)) - rng.uniform(0.03, 0.3, 3)
    high = (ends + radius[:, None, None]).max(axis=(0, 1)) + rng.uniform(0.03, 0.3, 3)
    size, middle = (high - low).tolist(), ((high + low) / 2).tolist()
    return {"box": {"size": size, "pose": [*middle, 0.0, 0.0, 0.0]}}


@robot
@seeded()
def test_no_link_leaves_its_workspace(name, seed):
    rng = np.random.default_rng(seed)
    q = start(name, rng)
    figure = cell(name, q, rng)
    row = {"name": "cell", "kind": "workspace", "volume": figure, "links": kept_links(name), "margin": MARGIN}
    at = world(name, q, row, seed=seed)
    at.run(SECONDS, wandering(seed, 0.3, 1.2))
    size, middle = np.array(figure["box"]["size"]), np.array(figure["box"]["pose"][:3])
    way, which = at.way(), kept_capsules(name)
    reach = np.abs(way.capsules()[:, which] - middle).max(axis=-2) + way.model.capsule_radius[which][:, None]
    assert (size / 2 - reach).min() >= MARGIN - eaten(at)
    judge(at)


@arm
@seeded()
def test_at_full_speed_into_its_ends_no_joint_passes_them(name, seed):
    at = world(name, start(name, np.random.default_rng(seed)), seed=seed)
    at.run(SECONDS, into_stops(seed))
    judge(at)


@arm
@seeded()
def test_a_joint_that_starts_beyond_its_end_only_moves_back(name, seed):
    """Beyond the description's own end, or nearer to it than its margin."""
    rng = np.random.default_rng(seed)
    q, model = start(name, rng), shipped(name).body
    assert model is not None
    at = world(name, q, seed=seed, drop=("self_collision",))
    joint = int(rng.choice(at.own("arm")))
    side, over = rng.choice([-1.0, 1.0]), rng.uniform(-0.01, 0.05)
    at.q[joint] = (model.upper[joint] if side > 0 else model.lower[joint]) + side * over
    out = np.zeros(len(at.own("arm")))
    place = at.own("arm").index(joint)

    def told(_: World):
        return {"arm": said(at, "arm", out)}

    out[place] = side * most(at, "arm")[place]
    begun = at.q[joint]
    at.run(0.6, told)
    assert (side * (np.array(at.trail)[:, joint] - begun)).max() <= SIGMAS * at.noise[0]
    out[place] *= -1
    at.run(0.8, told)
    assert side * (at.q[joint] - begun) < -0.01
    before = len(at.trail)
    at.run(0.8, wandering(seed))
    ahead = side * (np.array(at.trail)[before:, joint] - begun)
    assert ahead.max() <= max(0.0, ahead[0]) + ASIDE / LEAST_LEVER + strays(at)[joint]


def inside(name: str, q: np.ndarray, rng: np.random.Generator) -> Around:
    """A ball that the outermost moving link of ``q`` reaches into, and nothing else around."""
    model = shipped(name).body
    assert model is not None
    which = kept_capsules(name)
    ends, radius = posture(model, q).capsules()[which], model.capsule_radius[which]
    far = ends[-1, 1] if name != "iris" else ends[0, 0]
    away = rng.normal(size=3)
    away /= np.linalg.norm(away)
    centre = far + away * (float(radius[-1]) + 0.04)
    figure = {"sphere": {"centre": centre.tolist(), "radius": 0.06}}
    row = {"name": "ball", "kind": "link_zone", "volume": figure, "links": kept_links(name), "margin": MARGIN}
    return Around([Volume3.model_validate(figure).volume()], [row])


@robot
@seeded()
def test_a_body_that_starts_inside_a_volume_only_gets_out_and_does(name, seed):
    rng = np.random.default_rng(seed)
    q, which = start(name, rng), kept_capsules(name)
    surroundings = inside(name, q, rng)
    at = world(name, q, *surroundings.rows, seed=seed, drop=("self_collision",))
    at.run(0.6, diving(surroundings.volumes, which))
    deep = clearance(at, surroundings.volumes, which)
    assert deep[0] < 0 and deep.min() >= deep[0] - eaten(at)
    at.run(4.0, fleeing(surroundings.volumes[0], which, MARGIN))
    out = clearance(at, surroundings.volumes, which)
    assert out.min() >= deep[0] - eaten(at) and out[-1] >= MARGIN - eaten(at)


@robot
@seeded()
def test_the_true_surfaces_stay_out_where_the_capsules_do(name, seed):
    """The links' own meshes, by an independent library: what capsules say is never too much."""
    rng = np.random.default_rng(seed)
    q = start(name, rng)
    surroundings = around(name, q, rng, margin=MARGIN, prisms=False)
    at = world(name, q, *surroundings.rows, seed=seed)
    at.run(SECONDS, pilots(name, surroundings, seed)["diving"])
    distance = clearance(at, surroundings.volumes, kept_capsules(name))
    for sample in np.argsort(distance)[:: len(distance) // 6][:4]:
        real = surfaces(name, surroundings.volumes, at.trail[sample]).min()
        assert real >= max(distance[sample] - 1e-6, MARGIN - eaten(at))


subsets = st.lists(st.booleans(), min_size=16, max_size=16)


@cache
def moment(name: str, seed: int):
    """A robot that has just turned back: its group, and what its limits look at."""
    rng = np.random.default_rng(seed)
    q = start(name, rng)
    surroundings = around(name, q, rng, count=4, margin=MARGIN)
    rows = [
        *surroundings.rows,
        {"name": "cell", "kind": "workspace", "volume": cell(name, q, rng), "margin": 0.0},
    ]
    at = world(name, q, *rows, seed=seed)
    at.run(0.5, pilots(name, surroundings, seed)["diving"])
    at.run(0.05 + rng.uniform(0.0, 0.1), reversing(seed))
    group = at.governor.groups[0]
    return at, group, group._body.situation(at.t, group._outputs)


@robot
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1), command=st.integers(0, 10_000), chosen=subsets, extra=st.integers(0, 15))
def test_one_more_limit_never_raises_the_scale(name, seed, command, chosen, extra):
    at, group, situation = moment(name, seed)
    limits: list[Limit] = [limit for limit in group.limits if not isinstance(limit, RateLimit)]
    rng = np.random.default_rng(command)
    u = np.concatenate([rng.uniform(-1, 1, len(most(at, own))) * most(at, own) for own in at.channels])
    extra %= len(limits)
    fewer = [limit for k, limit in enumerate(limits) if chosen[k % 16] and k != extra]

    def scale(some: list[Limit]) -> float:
        kept = group._body.relevant(some, situation, u)
        found = resolve(
            u, situation, kept, lambda targets: group.admissible.step(targets, at.governor.period)
        ).scale
        return -1.0 if found is None else found

    before = scale(fewer)
    assert scale([*fewer, limits[extra]]) <= before + 1e-12
    assert scale(limits) <= before + 1e-12


def told(at: World) -> list[str]:
    """All decisions, as lines."""
    return [json.dumps(decision.to_json(), allow_nan=False) for decision in at.decisions]


@robot
def test_the_same_events_have_the_same_decisions_with_another_robot_beside(name):
    """Byte for byte; and two robots in one process, from one profile, know nothing of each other."""
    rng = np.random.default_rng(5)
    q = start(name, rng)
    surroundings = around(name, q, rng, margin=MARGIN)
    alone = world(name, q, *surroundings.rows, seed=3)
    alone.run(0.6, pilots(name, surroundings, 3)["grazing"])
    again, other = (world(name, q, *surroundings.rows, seed=seed) for seed in (3, 4))
    once, twice = pilots(name, surroundings, 3)["grazing"], wandering(4)
    for _ in range(round(0.6 / again.governor.period)):
        other.run(other.governor.period, twice)
        again.run(again.governor.period, once)
    assert told(again) == told(alone) and told(other) != told(alone)


@robot
def test_it_still_gets_somewhere(name):
    """A governor that never moves would pass every test of distance."""
    at = world(name, np.array(HOME[name]), seed=1)
    at.run(SECONDS, wandering(1))
    assert np.abs(np.diff(np.array(at.trail), axis=0)).sum() > 0.8
