"""All volumes measured at once say what each limit says that measures its own alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.limits.landmarks import Landmarks
from iatro_governor.limits.survey import LOOKED, Pairs
from test.limits.bodies import angle, body_situation, joint_rates
from test.limits.situations import make

SOLIDS = {
    "box": {"box": {"size": [0.5, 0.4, 0.6], "pose": [0.8, 0.5, 0.0, 0.0, 0.0, 0.4]}},
    "slab": {"box": {"size": [2.0, 0.3, 0.6], "pose": [0.0, -0.9, 0.0, 0.0, 0.0, 0.0]}},
    "ball": {"sphere": {"centre": [-0.6, 0.6, 0.0], "radius": 0.2}},
    "rod": {"capsule": {"start": [-0.9, -0.5, -0.2], "end": [-0.9, 0.2, 0.2], "radius": 0.1}},
    "wedge": {"prism": {"corners": [[0.2, 0.9], [0.9, 1.2], [0.1, 1.3]], "low": -0.2, "high": 0.3}},
    "far": {"box": {"size": [1.0, 1.0, 1.0], "pose": [9.0, 0.0, 0.0, 0.0, 0.0, 0.0]}},
}
"""Around the two links, which reach 1.04 m from the shoulder."""


def zones(solids, margin=0.01):
    """A zone of each solid, for both links and for the lower alone in turn; each with a larger margin, m."""
    return [
        make(
            "link_zone",
            name=name,
            volume=volume,
            links=["lower"] if at % 2 else None,
            margin=margin * (at + 1),
        )
        for at, (name, volume) in enumerate(solids.items())
    ]


def surveyed(limits, situation):
    """The same moment, with all ``limits`` measured at once."""
    kept = [limit.capsules(situation.model) for limit in limits]
    margins = [limit.config.margin for limit in limits]
    return replace(situation, landmarks=Landmarks([limit.volume for limit in limits], margins, kept), memo={})


def verdict(limit, ways, situation):
    """Which candidates are clear; saying nothing lets them pass."""
    clear = limit.clear(ways, situation)
    return [True] * len(ways.outputs) if clear is None else clear.tolist()


@pytest.mark.parametrize("names", [tuple(SOLIDS), ("box", "slab", "far"), ("ball",)])
@settings(max_examples=100, deadline=None)
@given(
    delay=st.sampled_from((0.03, 0.4)),
    margin=st.sampled_from((0.01, 0.1)),
    pace=st.sampled_from((1.0, 0.05)),
    q=st.tuples(angle, angle).map(np.array),
    anchor=joint_rates,
    outputs=st.lists(joint_rates, min_size=1, max_size=4),
)
def test_at_once_is_as_one_by_one(names, delay, margin, pace, q, anchor, outputs):
    """Also where what is in flight leads far, and the candidates do not."""
    limits, outputs = zones({name: SOLIDS[name] for name in names}, margin), pace * np.array(outputs)
    alone = body_situation(q, anchor, delay=delay)
    together = surveyed(limits, alone)
    assert together.survey is not None and alone.survey is None
    together.reach(outputs[0])  # what is out of reach by then is each limit's own to measure
    ways, others = alone.roll_out(outputs), together.roll_out(outputs)
    for limit in limits:
        assert verdict(limit, others, together) == verdict(limit, ways, alone)
        near, all_of_it = (limit.clearance(at).now for at in (together, alone))
        if min(near, all_of_it) <= limit.config.margin + LOOKED:
            assert near == pytest.approx(all_of_it, abs=1e-9)
        assert limit.least_ahead(others, together) == pytest.approx(limit.least_ahead(ways, alone), abs=1e-9)
        judged = limit.judged_ahead(alone.roll_out(outputs[-1:]), alone)
        for at, among in ((together, others), (alone, ways)):
            told = limit.judged_ahead(among, at)
            near = min(told, judged) < limit.config.margin
            assert not near or told == pytest.approx(judged, abs=1e-9)


def test_a_way_into_any_of_the_volumes_is_refused():
    """Both links turn by what takes them into each in turn; the ball, from beside it, is entered by the lower alone."""
    limits = zones(SOLIDS)
    into = {
        "box": ([-0.2, 0.0], [2.0, 0.0]),
        "slab": ([-0.4, -0.4], [-2.0, -1.0]),
        "ball": ([1.9, 0.0], [2.0, 0.0]),
        "rod": ([2.6, 0.0], [2.0, 0.0]),
        "wedge": ([0.7, 0.0], [2.0, 0.0]),
    }
    for limit in limits[:-1]:
        start, rates = into[limit.config.name]
        situation = surveyed(limits, body_situation(np.array(start)))
        assert verdict(limit, situation.roll_out(np.array([rates])), situation) == [False], limit.config.name
    standing = surveyed(limits, body_situation(np.array([-0.2, 0.0])))
    assert all(verdict(limit, standing.roll_out(np.zeros((1, 2))), standing) == [True] for limit in limits)


def test_pairs_of_one_volume_stand_together_in_the_order_that_is_asked_for():
    """Volumes 11, 22 and 33, of which the third and the first are near."""
    kept = [np.array([0, 2]), np.array([1]), np.array([0, 1, 3])]
    pairs = Pairs.of([11, 22, 33], kept, np.array([0.1, 0.2, 0.3]), [2, 0])
    assert pairs.capsule.tolist() == [0, 1, 3, 0, 2] and pairs.number.tolist() == [2, 2, 2, 0, 0]
    assert pairs.margin.tolist() == [0.3, 0.3, 0.3, 0.1, 0.1]
    assert pairs.spans == {33: slice(0, 3), 11: slice(3, 5)}
    assert not len(Pairs.of([11], kept[:1], np.array([0.1]), []).capsule)
