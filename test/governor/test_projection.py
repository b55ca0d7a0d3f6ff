"""The nearest admissible command: what it is, what it never is, and what comes of it in a hall."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from iatro_governor.errors import ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action
from iatro_governor.governor.projection import HELD_S, Projector
from iatro_governor.governor.resolve import resolve
from iatro_governor.limits import projection
from iatro_governor.limits.rows import Rows
from test.governor import arms
from test.governor.hall import Drive, Hall
from test.governor.nearer import keeps_what_it_must, reach_for
from test.governor.profiles import AMR, amr
from test.governor.test_closed_loop import MARGIN, SIMULATED, posts
from test.governor.test_resolve import some_limits
from test.limits.situations import make, situation, situations, twists

WEIGHTS = [1.0, 1.0, 0.1]
OMNI = {"base": "omnidirectional", "resolution": "project", "weights": WEIGHTS, "weights_source": "a test"}
NOWHERE = np.zeros((0, 3))


def rows_of(matrix, bounds):
    return [Rows(np.array(matrix, dtype=float), np.array(bounds, dtype=float))]


def nearest(wanted, matrix, bounds, weights=None, able=None):
    wanted = np.array(wanted, dtype=float)
    n = len(wanted)
    projector = Projector(
        np.ones(n) if weights is None else np.array(weights),
        np.ones(n, dtype=bool) if able is None else np.array(able),
    )
    return projector.nearest(wanted, rows_of(matrix, bounds))


# By hand.


def test_a_bound_on_one_component_leaves_the_others():
    assert nearest([1.0, 0.3, 2.0], [[1, 0, 0], [0, 0, 1]], [0.5, 1.2]).tolist() == pytest.approx(
        [0.5, 0.3, 1.2]
    )


def test_a_slanted_bound_is_met_by_what_weighs_least():
    """x + y <= 1 for (1, 1): half and half by equal weights; for weights 1 and 4 the deviations are as 4 to 1."""
    assert nearest([1, 1], [[1, 1]], [1]).tolist() == pytest.approx([0.5, 0.5])
    assert nearest([1, 1], [[1, 1]], [1], [1.0, 4.0]).tolist() == pytest.approx([0.2, 0.8])


def test_what_a_base_cannot_do_stays_zero():
    """The way round the bound would lead sideways."""
    assert nearest([1, 0, 0], [[1, -1, 0]], [0.2], able=[True, False, True]).tolist() == pytest.approx(
        [0.2, 0, 0]
    )
    assert nearest([1, 0, 0], [[1, -1, 0]], [0.2]).tolist() == pytest.approx([0.6, 0.4, 0.0])


def test_from_a_corner_of_zeros_only_zero_is_left():
    assert nearest([1, 1], [[1, 0], [0, 1]], [0, 0]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -1.0])
def test_rows_that_make_no_sense_have_no_nearest_command(bad):
    assert nearest([1, 1], [[1, 0]], [bad]) is None


# What it always is.

numbers = st.floats(-2.0, 2.0)


@st.composite
def programs(draw):
    """A request, weights, and rows that hold the origin; some of them twice, some of zeros."""
    n, r = draw(st.integers(1, 7)), draw(st.integers(1, 30))
    rng = np.random.default_rng(draw(st.integers(0, 99_999)))
    matrix = rng.normal(size=(r, n))
    matrix[rng.random(r) < 0.1] = 0.0
    matrix[rng.random(r) < 0.1] = matrix[0]
    bounds = np.where(rng.random(r) < 0.3, 0.0, rng.random(r))
    return rng.uniform(-2, 2, n), matrix, bounds, rng.uniform(0.05, 5.0, n)


@settings(max_examples=200, deadline=None)
@given(program=programs())
def test_it_is_the_nearest_one(program):
    """The deviation, weighed, is a sum of the rows it rests on, none of them pulling (Karush, Kuhn and Tucker)."""
    wanted, matrix, bounds, weights = program
    found = nearest(wanted, matrix, bounds, weights)
    assert found is not None and (matrix @ found <= bounds + 1e-5).all()
    active = matrix[bounds - matrix @ found < 1e-5]
    force = weights * (wanted - found)
    left = np.linalg.norm(force) if not len(active) else nnls(active.T, force)[1]
    assert left <= 1e-4 * (1 + np.linalg.norm(force))


@settings(max_examples=200, deadline=None)
@given(program=programs(), kept=st.integers(0, 30))
def test_one_more_row_never_brings_it_nearer_and_it_is_never_longer_than_the_request(program, kept):
    wanted, matrix, bounds, weights = program
    some = min(kept, len(bounds))
    fewer, all_ = (
        nearest(wanted, matrix[:some], bounds[:some], weights),
        nearest(wanted, matrix, bounds, weights),
    )
    size = np.sqrt(weights)
    assert np.linalg.norm((all_ - wanted) * size) >= np.linalg.norm((fewer - wanted) * size) - 1e-5
    for found in (fewer, all_):
        assert np.linalg.norm(found * size) <= np.linalg.norm(wanted * size) + 1e-6


@settings(max_examples=150, deadline=None)
@given(at=situations(), command=twists, limits=some_limits())
def test_what_comes_of_it_is_admissible_and_better_than_what_scaling_gives(at, command, limits):
    keeps_what_it_must(Projector(np.array(WEIGHTS), np.ones(3, dtype=bool)), at, command, limits)


def test_a_solver_that_finds_no_optimum_is_left_alone_for_a_while():
    """Two bounds: scaling halves both components, the nearest command has each at its own."""
    projector, calls = Projector(np.ones(3), np.ones(3, dtype=bool)), []

    def fails(*problem):
        calls.append(problem)
        return np.zeros(3), 0.0, -1, {}

    at, command = situation(NOWHERE), np.array([1.0, 0.0, 1.0])
    limits = [make("speed"), make("speed", axis="wz", bound=0.8)]
    whole = resolve(command, at, limits, reach_for)
    solve, projector._solve = projector._solve, fails

    def ask(t):
        return projector.improve(whole, command, at, limits, reach_for, t)

    assert ask(1.0) is None and len(calls) == 1
    projector._solve = solve
    assert ask(1.0 + HELD_S - 0.01) is None
    later = ask(1.0 + HELD_S)
    assert later is not None and later.target.tolist() == pytest.approx([0.5, 0.0, 0.8], abs=1e-5)


@pytest.mark.parametrize("point", [[math.nan, 0.0], [1.0, 0.0], [0.5, 9.0]])
def test_an_optimum_that_is_none_is_not_believed(point):
    projector = Projector(np.ones(2), np.ones(2, dtype=bool))
    projector._solve = lambda *problem: (np.array(point), 0.0, 1, {})
    assert projector.nearest(np.ones(2), rows_of([[1, 0]], [0.5])) is None


# Rows of limits, by hand.


def test_a_return_ahead_may_be_closed_in_on_as_fast_as_it_can_be_braked_for():
    """0.28 m off, less 0.08 of margin and 0.01 to spare: -0.06 + sqrt(0.06^2 + 2 * 0.19) by 1 m/s2 after 0.06 s."""
    rows = make("obstacle").rows(situation(np.array([[0.5, 0.0]])))
    assert rows is not None and rows.matrix == pytest.approx(np.array([[1.0, 0.0, 0.0]]), abs=1e-6)
    assert rows.bounds == pytest.approx([math.sqrt(0.0036 + 0.38) - 0.06])


def test_a_return_beside_a_corner_counts_for_the_turn_as_well():
    """0.1 m left of a box's front left corner (0.4, 0.25): turning left moves the corner there by 0.4 m/s a rad/s."""
    from test.limits.situations import FIGURES

    rows = make("obstacle").rows(situation(np.array([[0.4, 0.35]]), FIGURES[1]))
    assert rows is not None
    place = np.array([math.hypot(0.4, 0.35) * math.cos(math.atan2(0.35, 0.4)), 0.35])
    assert rows.matrix[0] == pytest.approx([0.0, 1.0, place[0]], abs=0.02)


def test_inside_a_margin_nothing_may_come_nearer():
    rows = make("obstacle").rows(situation(np.array([[0.25, 0.0], [0.0, 2.0]])))
    assert rows is not None and sorted(rows.bounds.tolist())[0] == 0.0


def test_an_area_is_closed_in_on_along_its_normal():
    """The zone's edge x = 1 is 0.5 m off, less 0.05 of margin and 0.01 to spare, whichever way the body looks."""
    at = situation(np.zeros((0, 2)), pose=np.array([0.28, 0.0, math.pi / 2]))
    bound = math.sqrt(0.0036 + 2 * 0.44) - 0.06
    zone, fence = make("zone").rows(at), make("geofence").rows(at)
    assert zone is not None and zone.matrix[0] == pytest.approx([0.0, -1.0, 0.0], abs=1e-6)
    assert zone.bounds == pytest.approx([bound])
    assert fence is not None and fence.matrix.shape == (1, 3)


def test_norms_are_planes_that_touch_them():
    rows = make("speed").rows(situation(np.zeros((0, 2))))
    assert rows is not None and rows.matrix.shape == (16, 3) and set(rows.bounds) == {0.5}
    assert np.linalg.norm(rows.matrix, axis=1) == pytest.approx(np.ones(16))
    turn = make("speed", axis="wz", direction="negative", bound=0.9).rows(situation(np.zeros((0, 2))))
    assert turn is not None and turn.matrix.tolist() == [[0.0, 0.0, -1.0]] and turn.bounds.tolist() == [0.9]


# In a hall.


def wandering(seed):
    rng = np.random.default_rng(seed + 1000)
    commands = rng.uniform([-1.0, -1.0, -2.0], [1.0, 1.0, 2.0], (100, 3))
    return lambda t: commands[int(t / 1.0)]


def test_along_a_wall_it_slides_where_scaling_stands(tmp_path):
    wall = np.column_stack([np.full(161, 1.0), np.linspace(-4, 4, 161), np.full(161, 0.03)])
    ways = {}
    for resolution in ("scale", "project"):
        own = OMNI if resolution == "project" else {"base": "omnidirectional", "allow_split": False}
        drive = Drive(Governor(amr(tmp_path, channels={"base": own})), Hall(wall))
        drive.run(5.0, (0.4, 0.3, 0.0))
        assert min(drive.gaps) >= MARGIN - SIMULATED
        assert not [d for d in drive.decisions if d.action is Action.UNREACHABLE]
        ways[resolution] = drive.hall.pose[1]
        assert (Action.PROJECTED in {d.action for d in drive.decisions}) == (resolution == "project")
    assert ways["project"] > ways["scale"] + 0.3


def test_beyond_two_bounds_each_component_is_at_its_own(tmp_path):
    """Asked for 1 m/s and 3 rad/s: scaling halves both, the nearest command has each as fast as it may be."""
    own = {**OMNI, "base": "differential"}
    drive = Drive(Governor(amr(tmp_path, channels={"base": own})), Hall(NOWHERE))
    drive.run(2.0, (1.0, 0.0, 3.0))
    assert drive.last.action is Action.PROJECTED
    assert np.array(drive.last.allowed)[[0, 1, 5]] == pytest.approx([0.8, 0.0, 1.2], abs=1e-5)
    assert {limit.name for limit in drive.last.limits} == {"travel_speed", "turn_speed"}
    drive.run(1.0, (0.4, 0.0, 0.6))
    assert drive.last.allowed[0] == 0.4 and not drive.last.limits


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_no_post_is_ever_nearer_than_the_margin(tmp_path, seed):
    drive = Drive(Governor(amr(tmp_path, channels={"base": OMNI})), Hall(posts(seed)))
    drive.run(4.0, wandering(seed))
    assert min(drive.gaps) >= MARGIN - SIMULATED
    assert not [d for d in drive.decisions if d.action is Action.UNREACHABLE]
    assert np.isfinite([d.allowed for d in drive.decisions]).all()


# What a profile may ask for.


def refusal(tmp_path, **changes):
    with pytest.raises(ProfileError) as caught:
        amr(tmp_path, channels={"base": {**OMNI, **changes}})
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weights": None}, "needs weights"),
        ({"weights_source": None}, "weights_source"),
        ({"resolution": "scale"}, "scale takes neither"),
        ({"weights": [1.0, 1.0]}, "3 numbers: vx, vy, wz"),
        ({"weights": [1.0, 0.0, 1.0]}, "greater than 0"),
        ({"allow_split": False}, "allow_split: false forbids"),
    ],
)
def test_what_cannot_be_projected_is_refused(tmp_path, changes, said):
    assert said in refusal(tmp_path, **changes)


def test_without_the_solver_it_is_refused_and_scaling_is_not(tmp_path, monkeypatch):
    def missing(name):
        if name == "daqp":
            raise ImportError(name)
        return import_module(name)

    monkeypatch.setattr(projection, "import_module", missing)
    assert "not installed" in refusal(tmp_path)
    assert amr(tmp_path)


def test_channels_that_are_decided_together_are_projected_together(tmp_path):
    from pathlib import Path

    import yaml

    from iatro_governor.limits.registry import load_profile

    data = yaml.safe_load((AMR.parent / "tiago.yaml").read_text())
    data["channels"]["base"] |= {
        "resolution": "project",
        "weights": [1.0, 1.0, 0.5],
        "weights_source": "a test",
    }
    for extra in AMR.parent.glob("*.srdf"):
        Path(tmp_path / extra.name).write_text(extra.read_text())
    (tmp_path / "tiago.yaml").write_text(yaml.safe_dump(data))
    with pytest.raises(ProfileError, match="decided together with"):
        load_profile(tmp_path / "tiago.yaml")


def test_each_joint_of_an_arm_is_as_fast_as_it_may_be(tmp_path):
    """Asked for 3 and 1 rad/s with 1 and 1.5 allowed: scaling gives 1 and 1/3, the nearest command 1 and 1."""
    own = {"resolution": "project", "weights": [1.0, 1.0], "weights_source": "a test"}
    profile = arms.arm(tmp_path, arms.data({"arm": arms.channel("joint_velocity", "arm", **own)}))
    events: list[Any] = []
    for k in range(20):
        t = k / 20
        still = {"names": list(arms.JOINTS), "position": [0.1, 0.1], "velocity": [0.0, 0.0]}
        events += [{"t": t, "type": "joints", **still}]
        events += [{"t": t, "type": "command", "channel": "arm", "values": [3.0, 1.0]}]
    rows = arms.decisions(arms.run(profile, events)[0])
    assert rows[-1]["action"] == "projected" and rows[-1]["allowed"] == pytest.approx([1.0, 1.0], abs=1e-5)


def test_a_channel_that_is_no_velocity_has_no_nearest_command(tmp_path):
    own = {"resolution": "project", "weights": [1.0, 1.0], "weights_source": "a test"}
    with pytest.raises(ProfileError, match="has no nearest one"):
        arms.arm(tmp_path, arms.data({"arm": arms.channel("joint_position", "arm", **own)}))
