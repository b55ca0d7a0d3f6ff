"""Which contraindications can be followed: who may tell them, of which place, and that none sends back."""

from __future__ import annotations

import pytest
import yaml

from iatro_governor.errors import ProfileError
from iatro_governor.limits.registry import load_profile
from test.governor.arms import OF_JOINTS, SAID, SOURCES, arm, channel, data
from test.governor.profiles import AMR
from test.governor.test_contraindications import against, label
from test.shipped import shipped

WARD = {
    "name": "ward",
    "kind": "slow_zone",
    "channel": "base",
    "frame": "odom",
    "figure": {"circle": {"radius": 1.0}},
    "speed": 0.3,
    "source": SAID,
}
FELT = {
    "name": "felt",
    "kind": "contact_force",
    "channel": "arm",
    "wrench": "wrist",
    "report": [5.0, 1.0],
    "stop": [20.0, 4.0],
    "retreat_speed": 0.1,
    "source": SAID,
}


def base(folder, change):
    """The problems of the shipped base, changed."""
    given = shipped(AMR)
    for mode in given["channels"]["base"]["stop_modes"].values():
        mode["label"] = label()
    change(given)
    path = folder / "changed.yaml"
    path.write_text(yaml.safe_dump(given))
    return problems(lambda: load_profile(path))


def problems(load):
    try:
        load()
    except ProfileError as refused:
        return refused.problems
    return []


def said(given, mode, *rows, of="base"):
    given["channels"][of]["stop_modes"][mode]["label"] = label(*rows)


def key(mode, index, field, of="base"):
    return f"channels.{of}.stop_modes.{mode}.label.contraindications[{index}].{field}"


def test_each_of_two_stops_may_not_send_to_the_other(tmp_path):
    def change(given):
        said(given, "controlled", against("payload_held", "protective"), against("on_slope", "protective"))
        said(given, "protective", against("on_slope", "controlled"))

    first, second = base(tmp_path, change)
    assert first.key == second.key == key("protective", 0, "use")
    assert "contraindicated where payload_held; both may be so, or unknown, at once" in first.message
    assert "contraindicated by the same" in second.message and "at once" not in second.message


@pytest.mark.parametrize(
    ("mode", "uses"),
    [("protective", ("protective", "protective")), ("controlled", ("controlled", "controlled"))],
)
def test_a_stop_that_is_to_replace_itself_is_said_once_and_is_no_circle(tmp_path, mode, uses):
    gentle, hard = uses

    def change(given):
        said(given, "controlled", against("payload_held", gentle))
        said(given, "protective", against("on_slope", hard))

    (problem,) = base(tmp_path, change)
    assert problem.key == key(mode, 0, "use") and f"{mode} is to replace itself" in problem.message


@pytest.mark.parametrize("mode", ["controlled", "protective"])
def test_one_alone_that_gives_way_is_fine(tmp_path, mode):
    other = "protective" if mode == "controlled" else "controlled"
    assert base(tmp_path, lambda given: said(given, mode, against("on_slope", other))) == []


def test_a_flag_that_nobody_tells_names_who_could(tmp_path):
    def change(given):
        said(given, "protective", against("on_slope", "controlled", None), against("airborne", "controlled"))

    untold, unknown = base(tmp_path, change)
    assert untold.key == key("protective", 0, "told_by") and untold.given == "(missing)"
    assert untold.allowed == "flags" and "needs a trusted source" in untold.message
    assert unknown.allowed == "a source of flags that names airborne"
    assert "tells no flag airborne" in unknown.message


@pytest.mark.parametrize(
    ("topic", "trusted"),
    [
        ("planner/flags", False),
        ("/witness/flags", False),
        ("~/recorder", False),
        ("flags/planner", True),
        ("planners/flags", True),
    ],
)
def test_flags_come_from_where_no_words_come_in(tmp_path, topic, trusted):
    def change(given):
        given["sources"]["flags"]["topic"] = topic
        said(given, "protective", against("on_slope", "controlled"))

    found = base(tmp_path, change)
    assert [problem.key for problem in found] == ([] if trusted else ["sources.flags.topic"])


def two_bases(given, row):
    """A second base, with the same limits, and ``row`` said of its protective stop."""
    given["channels"]["base"].pop("recover", None)
    cart = yaml.safe_load(yaml.safe_dump(given["channels"]["base"]))
    given["channels"]["cart"] = cart | {"input": "cart/in", "output": "cart/out"}
    given["limits"] += [
        {**limit, "name": f"cart_{limit['name']}", "channel": "cart"} for limit in given["limits"]
    ]
    given["limits"].append(WARD)
    said(given, "protective", row, of="cart")


def test_a_base_without_a_model_knows_the_places_of_its_own_channel_alone(tmp_path):
    ours = against("in_zone(cart_packing_aisle)", "controlled", None)
    assert base(tmp_path, lambda given: two_bases(given, ours)) == []
    theirs = against("in_zone(ward)", "controlled", None)
    (problem,) = base(tmp_path, lambda given: two_bases(given, theirs))
    assert problem.key == key("protective", 0, "when", "cart") and "names no place" in problem.message
    assert "ward" in problem.allowed


def test_where_there_is_no_place_a_limit_on_one_is_asked_for(tmp_path):
    def change(given):
        given["limits"] = [row for row in given["limits"] if row["kind"] not in ("zone", "slow_zone")]
        said(given, "protective", against("in_zone(ward)", "controlled", None))

    (problem,) = base(tmp_path, change)
    assert problem.allowed == "a limit on a place"


def test_a_place_that_is_told_by_its_limit_is_told_by_nobody_else(tmp_path):
    def change(given):
        given["limits"].append(WARD)
        said(given, "protective", against("in_zone(ward)", "controlled"))

    (problem,) = base(tmp_path, change)
    assert problem.key == key("protective", 0, "told_by") and problem.allowed == "nothing"


def joined(folder, row, of, **changes):
    """Of an arm with a gripper, which are decided together: a stop of ``of`` with ``row`` against it."""
    channels = {"arm": channel("joint_velocity", "arm"), "hand": channel("gripper", "hand")}
    stops = channels[of]["stop_modes"]
    channels[of]["stop_modes"] = {**stops, "protective": {**stops["protective"], "label": label(row)}}
    given = data(channels)
    given["sources"] = SOURCES | {
        "cell": {"type": "flags", "topic": "cell", "timeout_s": 1.0, "names": ["on_slope"]}
    }
    near = {"name": "bench", "kind": "link_zone", "channel": "arm", "source": SAID, "retreat_speed": 0.1}
    volume = {"sphere": {"centre": [0.0, 0.0, 3.0], "radius": 0.1}}
    given["limits"] += [FELT, near | {"volume": volume, "margin": 0.02, "noise": 0.01}]
    return problems(lambda: arm(folder, given))


def test_a_robot_with_a_model_knows_the_places_of_all_its_channels(tmp_path):
    assert OF_JOINTS["state"] in SOURCES
    assert joined(tmp_path, against("in_zone(bench)", "controlled", None), "hand") == []
    (problem,) = joined(tmp_path, against("in_zone(felt)", "controlled", None), "hand")
    assert "names no place" in problem.message and problem.allowed == "bench"


def test_of_a_contact_a_limit_on_it_may_tell_and_of_nothing_else(tmp_path):
    assert joined(tmp_path, against("contact", "controlled", "felt"), "arm") == []
    (problem,) = joined(tmp_path, against("contact", "controlled", "bench"), "arm")
    assert "needs a trusted source" in problem.message and problem.given == "bench"
    (problem,) = joined(tmp_path, against("on_slope", "controlled", "felt"), "arm")
    assert "needs a trusted source" in problem.message and problem.allowed == "cell"
