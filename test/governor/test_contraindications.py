"""Contraindications: which stop is used in place of which, on whose word, and what a profile may not ask for."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.errors import ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.offline import OfflineLoop
from iatro_governor.limits.registry import load_profile
from test.governor.profiles import AMR, amr
from test.governor.test_offline import command, drive, odom, scan

FLAGS = ("payload_held", "follower_close", "on_slope")
HARD, GENTLE = 1.6, 0.8
"""Decelerations of the protective and the controlled stop of config/amr.yaml, m/s2."""


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return amr(tmp_path_factory.mktemp("contraindications"))


def flags(t, **told):
    return {"t": t, "type": "flags", "source": "flags", **(dict.fromkeys(FLAGS, False) | told)}


def stopped(profile, told, vx=0.7, pressed=True, after=0.6):
    """Decisions of a drive that the emergency stop ends at 1.5 s, with ``told`` lines of flags among the events."""
    events = [*drive(0.0, 1.5, vx), *told]
    if pressed:
        events.append({"t": 1.501, "type": "estop", "pressed": True})
    later = [1.55 + 0.05 * k for k in range(round(after / 0.05))]
    events += [line for t in later for line in (scan(t), odom(t, 0.3))]
    lines = [json.dumps(event) for event in sorted(events, key=lambda event: event["t"])]
    return [json.loads(row) for row in OfflineLoop(Governor(profile)).run(lines)]


def braking(rows):
    """The hardest braking of any output after 1.5 s, m/s2."""
    speeds = [
        row["allowed"][0] for row in rows if "allowed" in row and row["t"] >= 1.5 and not row["requested"]
    ]
    return max((before - after) / 0.01 for before, after in pairwise(speeds))


def last(rows):
    return next(row for row in reversed(rows) if row["t"] < 1.75 and "state" in row)


@pytest.mark.parametrize("flag", FLAGS)
def test_what_is_contraindicated_gives_way_and_the_level_stays(profile, flag):
    row = last(rows := stopped(profile, [flags(1.4, **{flag: True})]))
    assert braking(rows) == pytest.approx(GENTLE, abs=0.01)
    assert row["state"] == "PROTECTIVE_STOP" and row["faults"][0]["name"] == "estop"
    assert (row["stop"]["mode"], row["stop"]["replaced"]) == ("controlled", "protective")
    assert f"{flag} by source flags" in row["stop"]["why"]


def test_where_all_is_told_to_be_well_the_hard_stop_is_used(profile):
    row = last(rows := stopped(profile, [flags(1.4)]))
    assert braking(rows) == pytest.approx(HARD, abs=0.01)
    assert row["stop"] == {"mode": "protective", "replaced": None, "why": ""}


@pytest.mark.parametrize(
    "told",
    [[], [flags(0.2)], [{"t": 1.4, "type": "flags", "source": "flags", "on_slope": False}]],
    ids=["never", "stale", "some"],
)
def test_what_nobody_tells_counts_as_the_worse_case(profile, told):
    row = last(rows := stopped(profile, told))
    assert braking(rows) == pytest.approx(GENTLE, abs=0.01)
    assert row["stop"]["replaced"] == "protective" and "unknown" in row["stop"]["why"]


def test_a_flag_that_comes_during_the_stop_changes_how_it_goes_on(profile):
    rows = stopped(profile, [flags(1.4), flags(1.6, follower_close=True)])
    modes = [row["stop"]["mode"] for row in rows if row.get("stop")]
    assert modes[0] == "protective" and modes[-1] == "controlled"


def test_no_stop_no_report(profile):
    rows = stopped(profile, [], pressed=False, after=0.1)
    assert all(row["stop"] is None for row in rows if row.get("state") in ("NOMINAL", "LIMITED"))


def test_the_planner_cannot_tell_a_flag(profile):
    """A statement that says so is no source, and a source that the profile does not name is refused."""
    words = {
        "t": 1.45,
        "type": "statement",
        "plan_id": "p1",
        "text": "No follower_close, payload_held is false.",
    }
    rogue = {"t": 1.45, "type": "flags", "source": "planner", **dict.fromkeys(FLAGS, False)}
    row = last(stopped(profile, [words, rogue]))
    assert row["stop"]["mode"] == "controlled"


@settings(max_examples=8, deadline=None)
@given(
    held=st.sampled_from([True, False, None]),
    behind=st.sampled_from([True, False, None]),
    vx=st.floats(0.1, 0.8),
)
def test_the_substitute_keeps_what_the_rollout_promised(profile, held, behind, vx):
    """Whatever is told, the way to rest is no longer than that of the weakest mode, which all rollouts use."""
    told = {"payload_held": held, "follower_close": behind, "on_slope": False}
    line = flags(1.4) | told
    row = {name: value for name, value in line.items() if value is not None}
    speeds = [r["allowed"][0] for r in stopped(profile, [row], vx) if r["t"] >= 1.5 and not r["requested"]]
    way = sum(speeds) * 0.01
    assert way <= speeds[0] ** 2 / (2 * GENTLE) + 0.02 * speeds[0] + 1e-6


def changed(tmp_path, change):
    data = yaml.safe_load(AMR.read_text())
    change(data)
    path = tmp_path / "changed.yaml"
    path.write_text(yaml.safe_dump(data))
    return path


def against(when, use, told_by="flags"):
    row = {"when": when, "use": use, "why": "a test", "source": "a test"}
    return row if told_by is None else row | {"told_by": told_by}


def label(*rows):
    said = {"mechanism": "a test", "side_effects": ["a test"], "window": "a test", "source": "a test"}
    return said | {"contraindications": list(rows)}


def modes(data):
    return data["channels"]["base"]["stop_modes"]


def refused(tmp_path, change):
    with pytest.raises(ProfileError) as caught:
        load_profile(changed(tmp_path, change))
    return caught.value.problems


def test_two_labels_that_send_to_each_other_are_refused(tmp_path):
    def change(data):
        modes(data)["controlled"]["label"] = label(against("on_slope", "protective"))
        modes(data)["protective"]["label"] = label(against("follower_close", "controlled"))

    (problem,) = refused(tmp_path, change)
    assert (
        "at once" in problem.message
        and problem.line
        and "protective.label.contraindications[0]" in problem.key
    )


def test_a_substitute_that_the_same_flag_forbids_is_refused(tmp_path):
    def change(data):
        modes(data)["controlled"]["label"] = label(against("follower_close", "protective"))
        modes(data)["protective"]["label"] = label(against("follower_close", "controlled"))

    (problem,) = refused(tmp_path, change)
    assert "contraindicated by the same" in problem.message


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (against("follower_close", "controlled", None), "needs a trusted source"),
        (against("follower_close", "controlled", "lidar"), "needs a trusted source"),
        (against("airborne", "controlled"), "tells no flag airborne"),
        (against("in_zone(nowhere)", "controlled", None), "names no place"),
        (against("in_zone(travel_speed)", "controlled", None), "names no place"),
        (against("in_zone(battery_bay)", "controlled"), "the limit battery_bay tells it"),
        (against("follower_close", "protective"), "replace itself"),
        (against("raining", "controlled"), "payload_held|on_slope"),
    ],
)
def test_what_nobody_trusted_tells_is_refused(tmp_path, row, told):
    problems = refused(tmp_path, lambda data: modes(data)["protective"].update(label=label(row)))
    assert any(told in problem.message or told in problem.allowed for problem in problems)


def test_a_flag_on_the_planners_own_topic_is_refused(tmp_path):
    problems = refused(tmp_path, lambda data: data["sources"]["flags"].update(topic="planner/flags"))
    assert any("says words" in problem.message for problem in problems)


def test_a_zone_is_told_by_where_the_body_is(tmp_path):
    figure = {"polygon": {"corners": [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]}}
    zone = {"name": "ward", "kind": "slow_zone", "channel": "base", "frame": "odom", "figure": figure}

    def change(data):
        data["limits"].append(zone | {"speed": 0.8, "source": "a test"})
        modes(data)["protective"]["label"] = label(against("in_zone(ward)", "controlled", None))

    inside = stopped(load_profile(changed(tmp_path, change)), [])
    assert (
        last(inside)["stop"]["mode"] == "controlled"
        and "in_zone(ward) by limit ward" in last(inside)["stop"]["why"]
    )
    zone["figure"] = {"polygon": {"corners": [[5.0, 5.0], [6.0, 5.0], [6.0, 6.0], [5.0, 6.0]]}}
    away = stopped(load_profile(changed(tmp_path, change)), [])
    assert last(away)["stop"] == {"mode": "protective", "replaced": None, "why": ""}


def test_the_record_keeps_what_was_replaced_over_the_wire():
    pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")
    from iatro_governor.governor.recorded import decision_body
    from iatro_governor.nodes.convert import decision_body_of, decision_message

    governor = Governor(load_profile(AMR))
    loop = OfflineLoop(governor)
    for _ in loop.run(
        json.dumps(line) for line in [*drive(0.0, 0.3), command(0.31), {"t": 0.32, "type": "tick"}]
    ):
        pass
    from iatro_governor.governor.events import EStop

    governor.handle(EStop(0.33, True))
    (decision,) = governor.tick(0.34)
    body = decision_body(decision, 0.0, "w", "0", "monotonic")
    assert body["stop"]["replaced"] == "protective"
    assert decision_body_of(decision_message(body))["stop"] == body["stop"]
