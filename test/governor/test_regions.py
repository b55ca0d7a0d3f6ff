"""Names of people's regions: only one that the tracker is known to tell, and no limit keeps from, is not kept from."""

from __future__ import annotations

import copy

import pytest

from iatro_governor.errors import ProfileError
from test.governor.arms import arm, channel, data, decisions, limits_of, run
from test.governor.test_trajectory_chart import PEOPLE, WATCHED

ARM = "arm"


def near(folder, told=("head", "hand"), regions=("head",)):
    """An arm that keeps from ``regions`` of people, of whom its tracker tells the regions ``told``."""
    kept = {**WATCHED, "name": "kept", "channel": ARM} | ({"regions": [*regions]} if regions else {})
    given = data({ARM: channel("joint_velocity", ARM)}, [*limits_of(ARM), kept])
    people = {**PEOPLE, "radius": 0.1} | ({"regions": [*told]} if told is not None else {})
    given["sources"] = copy.deepcopy(given["sources"]) | {"people": people}
    return arm(folder, given)


def bound(profile, region):
    """Whether the arm is kept from a body with ``region`` that is in the way of the hand."""
    events = []
    for k in range(40):
        t = round(k / 50, 3)
        body = {"id": "ann", "position": [0.5, 0.0, 0.15], "velocity": [0.0, 0.0, 0.0]}
        named = {} if region is None else {"region": region}
        events += [
            {"t": t, "type": "joints", "names": ["shoulder", "elbow"], "position": [0.3, -0.8], "velocity": [0, 0]},
            {"t": t, "type": "bodies", "source": "people", "frame": "base", "bodies": [body | named]},
            {"t": t, "type": "command", "channel": ARM, "values": [0.5, 0.0]},
        ]  # fmt: skip
    rows, loop = run(profile, events)
    assert loop.malformed == 0
    last = decisions(rows)[-1]
    kept = "kept" in [limit["name"] for limit in last["limits"]]
    assert kept == (last["allowed"][0] < 0.5)
    return kept


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return near(tmp_path_factory.mktemp("regions"))


@pytest.mark.parametrize(
    "region", ["head", None, "", "Head", "HEAD", "Hand", " hand", "torso", "toe", "hánd"]
)
def test_a_region_that_nobody_knows_is_kept_from_like_one_without_a_name(profile, region):
    assert bound(profile, region)


def test_a_known_region_that_no_limit_keeps_from_is_not_kept_from(profile):
    assert not bound(profile, "hand")


def test_where_all_regions_are_kept_from_names_do_not_matter(tmp_path):
    profile = near(tmp_path, told=None, regions=None)
    assert bound(profile, "hand") and bound(profile, "toe")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"regions": ["haed"]}, ["haed", "head, hand", "no such region of people"]),
        ({"regions": ["head", "Hand"]}, ["Hand", "head, hand"]),
        ({"told": None}, ["head", "sources.people.regions"]),
    ],
)
def test_a_region_that_the_tracker_is_not_said_to_tell_is_refused(tmp_path, parts, words):
    with pytest.raises(ProfileError) as caught:
        near(tmp_path, **parts)
    assert all(word in str(caught.value) for word in ["limits[2].regions", *words])
