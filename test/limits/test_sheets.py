"""Label sheets of the shipped base, of one without labels, and of an arm with wrench, pose and gripper channels."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from iatro_governor.limits.registry import load_profile
from iatro_governor.limits.sheets import BESIDES, BY_FACE, MEASURED, NONE_KNOWN, STOPS, sheets
from test.governor.arms import SAID, arm, channel, data
from test.governor.profiles import AMR
from test.shipped import shipped


def of(profile: Any) -> Any:
    """By what they are of, and its name."""
    return {(one.of, one.name, one.channel): one for one in sheets(profile)}


def base(folder, change=lambda data: None):
    given = shipped(AMR)
    change(given)
    path = folder / "profile.yaml"
    path.write_text(yaml.safe_dump(given))
    return of(load_profile(path))


def modes(given):
    return given["channels"]["base"]["stop_modes"]


def test_a_stop_is_told_by_its_label_with_its_numbers(tmp_path):
    given = modes(shipped(AMR))
    for mode, numbers in (
        ("controlled", "linear 0.8 m/s2, angular 2 rad/s2"),
        ("protective", "linear 1.6 m/s2, angular 4 rad/s2"),
    ):
        said, sheet = given[mode]["label"], base(tmp_path)["stop", mode, "base"]
        assert sheet.mechanism == f"{said['mechanism']} ({numbers})" and sheet.kind == "twist"
        assert list(sheet.side_effects) == said["side_effects"] and sheet.window == said["window"]
        assert sheet.source == f"{given[mode]['source']}; label: {said['source']}"
        against = said.get("contraindications", [])
        assert [row.when for row in sheet.contraindications] == [row["when"] for row in against]
        assert sheet.remark == ("" if against else "none known")


def test_without_a_label_it_says_how_its_kind_of_stop_works(tmp_path):
    sheet = base(tmp_path, lambda given: [modes(given)[mode].pop("label") for mode in modes(given)])
    stop = sheet["stop", "protective", "base"]
    assert stop.mechanism == f"{STOPS['twist']}; linear 1.6 m/s2, angular 4 rad/s2."
    assert (stop.side_effects, stop.contraindications, stop.remark) == ((BESIDES,), (), NONE_KNOWN)
    assert stop.window == MEASURED and stop.source == modes(shipped(AMR))["protective"]["source"]
    limit = sheet["limit", "obstacles", "base"]
    assert limit.remark == (f"of the protective stop of channel base, which it may call for: {NONE_KNOWN}")


def test_a_limit_that_only_slows_keeps_no_stop_from_being_used(tmp_path):
    sheet = base(tmp_path)["limit", "turn_speed", "base"]
    assert sheet.side_effects == (BY_FACE["cap"],) and sheet.contraindications == ()
    assert sheet.remark == "none: it makes a command less, and keeps no stop from being used"
    assert sheet.window == f"1.2 rad/s; {MEASURED}" and sheet.source.startswith("half of the data sheet's")
    assert sheet.kind == "speed" and sheet.mechanism.startswith("``|u_axis| <= bound``")


def test_a_limit_that_may_call_for_a_stop_has_what_is_said_against_that(tmp_path):
    """The obstacles refuse ways, and cap what is too near already."""
    found = base(tmp_path)
    sheet = found["limit", "obstacles", "base"]
    assert sheet.contraindications == found["stop", "protective", "base"].contraindications
    assert sheet.remark == "of the protective stop of channel base, which it may call for:"
    assert sheet.side_effects == (BY_FACE["cap"], BY_FACE["clear"])
    assert found["limit", "battery_bay", "base"].window == f"as drawn; {MEASURED}"


def test_a_limit_with_a_label_of_its_own_is_told_by_that(tmp_path):
    label = {"side_effects": ["it takes longer"], "window": "0.2 to 0.9 m/s", "source": "a trial"}
    found = base(tmp_path, lambda given: given["limits"][0].update(label=label))
    sheet = found["limit", "travel_speed", "base"]
    assert sheet.side_effects == ("it takes longer",) and sheet.window == "0.2 to 0.9 m/s"
    assert sheet.source.endswith("; label: a trial") and sheet.source.startswith("stops within")


def test_as_a_table_it_says_who_tells_and_what_counts_while_nobody_does(tmp_path):
    figure = {"polygon": {"corners": [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]}}
    ward = {"name": "ward", "kind": "slow_zone", "channel": "base", "frame": "odom", "figure": figure}
    row = {"when": "in_zone(ward)", "use": "controlled", "why": "they sleep", "source": "a test"}

    def change(given):
        given["limits"].append(ward | {"speed": 0.3, "source": "a test"})
        modes(given)["protective"]["label"]["contraindications"][1:] = [row]

    sheet = base(tmp_path, change)["stop", "protective", "base"]
    table = sheet.to_json()
    rows = table["contraindications"]
    assert [each["told_by"] for each in rows] == ["flags", "ward"]
    assert rows[1] == row | {"told_by": "ward", "unknown_counts_as": True}
    assert table["side_effects"] == list(sheet.side_effects)
    same = set(table) - {"contraindications", "side_effects"}
    assert {key: table[key] for key in same} == {key: getattr(sheet, key) for key in same}


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("joint_velocity", "deceleration 8, 10"),
        ("wrench", "force 400 N/s, torque 40 Nm/s"),
        ("gripper", "deceleration 1"),
    ],
)
def test_the_numbers_of_a_stop_have_their_units(tmp_path, kind, numbers):
    found = of(arm(tmp_path, data({"own": channel(kind, "own")})))
    assert found["stop", "protective", "own"].mechanism == f"{STOPS[kind]}; {numbers}."
    assert found["stop", "protective", "own"].source == SAID


def test_bounds_of_each_joint_are_listed(tmp_path):
    found = of(arm(tmp_path, data({"own": channel("joint_velocity", "own")})))
    (sheet,) = [one for one in found.values() if one.kind == "joint_velocity" and one.of == "limit"]
    assert sheet.window == f"1, 1.5 rad/s; {MEASURED}"
