"""What the design promises of bodies with links, judged on the true motion of four robots that are commanded badly.

IATRO_SEEDS=N takes N more seeds for each; ``make soak`` does.
"""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.body.kinematics import posture
from iatro_governor.body.volumes import Volume
from iatro_governor.governor.resolve import resolve
from iatro_governor.limits.limit import Limit
from iatro_governor.limits.rate import RateLimit
from iatro_governor.profile.volumes import Volume3
from test.body.arm.conftest import robots_folder
from test.governor.judging import MARGIN, SECONDS, clearance, eaten, judge, pilots, world
from test.governor.moving import OWN, World, shipped
from test.governor.pilots import diving, fleeing, most, reversing, wandering
from test.governor.places import HOME, Around, around, in_the_way, kept_capsules, kept_links, start, surfaces
from test.seeds import MORE

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")

ROBOTS = sorted(OWN)
robot = pytest.mark.parametrize("name", ROBOTS)
seeded = pytest.mark.parametrize("seed", range(1 + MORE))


RANDOM = ("wandering", "reversing")
"""Who goes where they go whatever is there: something is put in their way."""
DIVERS = {
    ("panda", "diving"): 0, ("ur5", "diving"): 1, ("tiago", "diving"): 1, ("iris", "diving"): 0,
    ("panda", "grazing"): 0, ("ur5", "grazing"): 1, ("tiago", "grazing"): 1, ("iris", "grazing"): 1,
}  # fmt: skip
"""Who looks for what is there, and the first seed with which they get into it where nothing keeps them out."""
PILOTED = [
    (name, how, first + more)
    for name in ROBOTS
    for how in ("diving", "grazing", *RANDOM)
    if MORE or name != "tiago" or how in ("diving", "reversing")
    for first in [DIVERS.get((name, how), 0)]
    for more in range(1 + MORE)
]
"""Who is told what; the slowest of them is told all of it in a soak."""


@pytest.mark.parametrize(("name", "how", "seed"), PILOTED)
def test_no_link_enters_a_volume_and_every_other_bound_holds(name, how, seed):
    """And its twin does, from whom alone the limits of the volumes were taken."""
    rng, which = np.random.default_rng(seed), kept_capsules(name)
    q = start(name, rng)
    surroundings, twin = around(name, q, rng, margin=MARGIN), world(name, q, seed=seed)
    twin.run(SECONDS, pilots(name, surroundings, seed)[how])
    if how in RANDOM:
        surroundings = in_the_way(name, q, np.array(twin.trail), surroundings, MARGIN)
    if how in RANDOM or seed == DIVERS[name, how]:
        assert clearance(twin, surroundings.volumes, which).min() < 0.0
    at = world(name, q, *surroundings.rows, seed=seed)
    at.run(SECONDS, pilots(name, surroundings, seed)[how])
    least = clearance(at, surroundings.volumes, which).min()
    assert least > 0.0 and least >= MARGIN - eaten(at)
    judge(at)


def cell(name: str, q: np.ndarray, rng: np.random.Generator, most: float = 0.3) -> dict:
    """A box that holds every moving link at ``q`` with little room to spare, ``most`` m at most."""
    model = shipped(name).body
    assert model is not None
    which = kept_capsules(name)
    ends, radius = posture(model, q).capsules()[which], model.capsule_radius[which]
    low = (ends - radius[:, None, None]).min(axis=(0, 1)) - rng.uniform(0.03, most, 3)
    high = (ends + radius[:, None, None]).max(axis=(0, 1)) + rng.uniform(0.03, most, 3)
    size, middle = (high - low).tolist(), ((high + low) / 2).tolist()
    return {"box": {"size": size, "pose": [*middle, 0.0, 0.0, 0.0]}}


def walls(figure: dict) -> list[Volume]:
    """What is beyond each of the six sides of a box, as something to dive into."""
    size, middle = np.array(figure["box"]["size"]), np.array(figure["box"]["pose"][:3])
    out = []
    for side in (*np.eye(3), *-np.eye(3)):
        thick = np.where(side == 0.0, size + 0.4, 0.2).tolist()
        place = (middle + side * (size / 2 + 0.1)).tolist()
        out.append(Volume3.model_validate({"box": {"size": thick, "pose": [*place, 0.0, 0.0, 0.0]}}).volume())
    return out


def within(at: World, figure: dict) -> float:
    """Least distance of any kept link to the walls of the box ``figure`` from within, all along the way, m."""
    size, middle = np.array(figure["box"]["size"]), np.array(figure["box"]["pose"][:3])
    way, which = at.way(), kept_capsules(at.governor.profile.data.robot.name)
    reach = np.abs(way.capsules()[:, which] - middle).max(axis=-2) + way.model.capsule_radius[which][:, None]
    return float((size / 2 - reach).min())


@robot
@seeded
def test_no_link_leaves_its_workspace(name, seed):
    """And its twin without one does."""
    rng = np.random.default_rng(seed)
    q = start(name, rng)
    figure = cell(name, q, rng, 0.1)
    pilot = diving(walls(figure), kept_capsules(name), seed)
    assert seed >= 1 or within(world(name, q, seed=seed).run(SECONDS, pilot), figure) < 0.0
    row = {"name": "cell", "kind": "workspace", "volume": figure, "links": kept_links(name), "margin": MARGIN}
    at = world(name, q, row, seed=seed).run(SECONDS, pilot)
    assert within(at, figure) >= MARGIN - eaten(at)
    judge(at)


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
@seeded
def test_a_body_that_starts_inside_a_volume_only_gets_out_and_does(name, seed):
    rng = np.random.default_rng(seed)
    q, which = start(name, rng), kept_capsules(name)
    surroundings = inside(name, q, rng)
    at = world(name, q, *surroundings.rows, seed=seed, drop=("self_collision",))
    at.run(0.6, diving(surroundings.volumes, which))
    deep = clearance(at, surroundings.volumes, which)
    assert deep[0] < 0 and deep.min() >= deep[0] - eaten(at)
    for _ in range(9):  # what is in it may be where hardly any joint moves it, and the retreat is slow
        at.run(1.0, fleeing(surroundings.volumes[0], which, MARGIN))
        out = clearance(at, surroundings.volumes, which)
        if out[-1] >= MARGIN:
            break
    assert out.min() >= deep[0] - eaten(at) and out[-1] >= MARGIN - eaten(at)


MESHED = {"panda": 3, "ur5": 0, "tiago": 0, "iris": 0}
"""The first seed with which a diver's surface gets into what its capsules are kept from, where nothing keeps it out."""


@pytest.mark.parametrize(
    ("name", "seed"), [(n, first + k) for n, first in MESHED.items() for k in range(1 + MORE)]
)
def test_the_true_surfaces_stay_out_where_the_capsules_do(name, seed):
    """The links' own meshes, by an independent library: what capsules say is never too much. Unkept, they get in."""
    rng = np.random.default_rng(seed)
    q = start(name, rng)
    surroundings = around(name, q, rng, margin=MARGIN, prisms=False)
    pilot = pilots(name, surroundings, seed)["diving"]
    at = world(name, q, *surroundings.rows, seed=seed).run(SECONDS, pilot)
    distance = clearance(at, surroundings.volumes, kept_capsules(name))
    for sample in np.argsort(distance)[:: len(distance) // 6][:4]:
        real = surfaces(name, surroundings.volumes, at.trail[sample]).min()
        assert real >= max(distance[sample] - 1e-6, MARGIN - eaten(at))
    if seed == MESHED[name]:
        twin = world(name, q, seed=seed).run(SECONDS, pilot)
        deepest = twin.trail[int(clearance(twin, surroundings.volumes, kept_capsules(name)).argmin())]
        assert surfaces(name, surroundings.volumes, deepest).min() < MARGIN - eaten(at)


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
