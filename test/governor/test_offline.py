"""Contract 8.1 for a twist channel: event lines in, decision lines out."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.governor.core import Governor
from iatro_governor.governor.ladder import TABLE, Level
from iatro_governor.governor.offline import OfflineLoop
from test.governor.profiles import AMR, amr

NAN, INF = float("nan"), float("inf")


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return amr(tmp_path_factory.mktemp("profile"))


def scan(t, distance=5.0, **more):
    line = {"t": t, "type": "scan", "source": "lidar", "ranges": [distance] * 360, "angle_min": -math.pi}
    return {**line, "angle_increment": 2 * math.pi / 360, "range_min": 0.05, "range_max": 12.0, **more}


def odom(t, vx=0.0, **more):
    return {"t": t, "type": "odom", "pose": [0, 0, 0, 0, 0, 0, 1], "twist": [vx, 0, 0, 0, 0, 0], **more}


def command(t, vx=0.2, **more):
    return {
        "t": t,
        "type": "command",
        "channel": "base",
        "values": [vx, 0, 0, 0, 0, 0],
        "plan_id": "p1",
        **more,
    }


def drive(start, end, vx=0.2, step=0.05, **more):
    """Sensors and commands at 20 Hz."""
    n = round((end - start) / step)
    for k in range(n):
        t = round(start + k * step, 6)
        yield from (scan(t), odom(t))
        if vx is not None:
            yield command(round(t + 0.001, 6), vx, **more)


def run(profile, events):
    """Rows for ``events``: dicts, or raw text."""
    loop = OfflineLoop(Governor(profile))
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
    rows = [
        json.loads(row, parse_constant=lambda token: pytest.fail(f"{token} is not JSON"))
        for row in loop.run(lines)
    ]
    return rows, loop


def decisions(rows):
    return [row for row in rows if "seq" in row]


def faults(rows):
    return {fault["name"] for row in decisions(rows) for fault in row["faults"]}


def at(rows, t):
    """The last decision at or before ``t``."""
    return [row for row in decisions(rows) if row["t"] <= t + 1e-9][-1]


def stopping(row):
    return row["state"] in ("CONTROLLED_STOP", "PROTECTIVE_STOP")


def test_it_drives(profile):
    rows, loop = run(profile, drive(0.0, 2.0))
    assert rows[-1]["allowed"][0] == pytest.approx(0.2) and rows[-1]["action"] == "pass"
    assert faults(rows) == set() and loop.malformed == 0
    assert [row["seq"] for row in rows] == list(range(len(rows)))


def test_every_output_line_comes_from_a_tick_or_a_command(profile):
    rows, _ = run(profile, [scan(0.0), odom(0.0), command(0.005), {"t": 0.1, "type": "tick"}])
    assert [row["t"] for row in rows] == [0.0, 0.005, *[k / 100 for k in range(1, 11)]]


def test_nothing_moves_before_the_sensors_speak(profile):
    rows, _ = run(profile, [command(0.0, 0.5), command(0.05, 0.5), command(0.1, 0.5)])
    assert all(not any(row["allowed"]) for row in decisions(rows))
    assert faults(rows) == {"closed"}
    assert "lidar, odom" in rows[0]["faults"][0]["detail"]


def test_a_required_sensor_that_never_speaks_is_a_fault(profile):
    rows, _ = run(profile, [odom(0.0), {"t": 0.5, "type": "tick"}])
    assert stopping(rows[-1]) and "sensor_never_seen" in faults(rows)


@pytest.mark.parametrize(
    "change",
    [
        {"values": [NAN, 0, 0, 0, 0, 0]},
        {"values": [INF, 0, 0, 0, 0, 0]},
        {"values": [-INF, 0, 0, 0, 0, NAN]},
        {"values": [0.2, 0, 0]},
        {"values": []},
        {"values": [0.2] + [0] * 6},
        {"values": [True, 0, 0, 0, 0, 0]},
        {"values": ["0.2", 0, 0, 0, 0, 0]},
        {"values": [None, 0, 0, 0, 0, 0]},
        {"values": [[0.2], 0, 0, 0, 0, 0]},
        {"values": [0.2, 0.1, 0, 0, 0, 0]},
        {"values": [0.2, 0, 0, 0, 1e-9, 0]},
        {"values": None},
        {"frame": "map"},
        {"stamp": "now"},
        {"plan_id": 7},
    ],
    ids=str,
)
def test_a_malformed_command_is_reported_and_stops(profile, change):
    events = [*drive(0.0, 1.0), {**command(1.0), **change}, scan(1.0), odom(1.0), {"t": 1.1, "type": "tick"}]
    rows, loop = run(profile, events)
    bad = [row for row in rows if row.get("type") == "malformed"]
    assert (
        len(bad) == loop.malformed == 1
        and bad[0]["of"] == "command"
        and bad[0]["line"] == 61
        and bad[0]["message"]
    )
    assert at(rows, 1.0)["state"] == "CONTROLLED_STOP" and "command_malformed" in faults(rows)
    refused = [row for row in decisions(rows) if row["action"] == "refused"]
    assert len(refused) == 1
    assert 0 <= rows[-1]["allowed"][0] < 0.2


def test_non_finite_requests_are_written_as_strings(profile):
    rows, _ = run(profile, [*drive(0.0, 0.5), {**command(0.5), "values": [NAN, 0, 0, INF, -INF, 0]}])
    assert ["NaN", 0.0, 0.0, "Infinity", "-Infinity", 0.0] in [row["requested"] for row in decisions(rows)]


def test_after_a_malformed_command_only_a_stream_that_began_anew_moves_it(profile):
    spoilt = {**command(1.0), "values": [NAN, 0, 0, 0, 0, 0]}
    rows, _ = run(profile, [*drive(0.0, 1.0), spoilt, *drive(1.0, 4.0)])
    assert not any(rows[-1]["allowed"]) and stopping(rows[-1]) and "awaiting_rearm" in faults(rows)
    rows, _ = run(
        profile, [*drive(0.0, 1.0), spoilt, *drive(1.0, 2.0), *drive(2.0, 2.6, None), *drive(2.6, 4.0)]
    )
    assert rows[-1]["allowed"][0] == pytest.approx(0.2)
    rows, _ = run(
        profile, [*drive(0.0, 1.0), spoilt, *drive(1.0, 2.0), *drive(2.0, 2.6, 0.0), *drive(2.6, 4.0)]
    )
    assert rows[-1]["allowed"][0] == pytest.approx(0.2)
    rows, _ = run(profile, [*drive(0.0, 1.0), spoilt, *drive(1.0, 2.0), *drive(2.0, 4.0, plan_id="p2")])
    assert rows[-1]["allowed"][0] == pytest.approx(0.2)
    rows, _ = run(
        profile, [*drive(0.0, 1.0), spoilt, *drive(1.0, 1.2, plan_id="p2"), *drive(1.2, 4.0, plan_id="p2")]
    )
    assert rows[-1]["allowed"][0] == pytest.approx(0.2)  # refused commands do not use a plan id up
    bad = {**spoilt, "t": 1.1, "plan_id": "p2"}
    rows, _ = run(profile, [*drive(0.0, 1.0), spoilt, bad, *drive(1.1, 4.0, plan_id="p2")])
    assert not any(rows[-1]["allowed"])  # but the command that spoilt the stream does


def test_a_fault_clears_no_sooner_than_half_a_second(profile):
    spoilt = {**command(1.0), "values": [NAN, 0, 0, 0, 0, 0]}
    rows, _ = run(profile, [*drive(0.0, 1.0), spoilt, *drive(1.0, 2.0, None)])
    named = [row["t"] for row in decisions(rows) if "command_malformed" in {f["name"] for f in row["faults"]}]
    assert named[0] == 1.0 and named[-1] == pytest.approx(1.49)


@pytest.mark.parametrize(
    ("stamp", "fault"),
    [(1.2, "command_future"), (0.5, "command_backwards"), (NAN, "command_malformed")],
)
def test_stamps(profile, stamp, fault):
    rows, _ = run(profile, [*drive(0.0, 1.0), command(1.0, stamp=stamp), {"t": 1.1, "type": "tick"}])
    assert fault in faults(rows) and stopping(rows[-1])


def test_a_command_stamped_before_the_timeout_is_stale(profile):
    rows, _ = run(profile, [scan(0.0), odom(0.0), scan(1.0), odom(1.0), command(1.0, stamp=0.5)])
    assert "command_stale" in faults(rows) and not any(rows[-1]["allowed"])


def test_silence_while_moving_stops_and_silence_at_rest_does_not(profile):
    rows, _ = run(profile, [*drive(0.0, 1.0), *drive(1.0, 2.0, None)])
    assert "command_stale" in faults(rows) and rows[-1]["allowed"] == [0.0] * 6
    rows, _ = run(profile, [*drive(0.0, 1.0), *drive(1.0, 2.0, 0.0), *drive(2.0, 4.0, None)])
    assert faults(rows) == set() and rows[-1]["action"] == "hold"


def test_a_dead_sensor_stops_and_is_named(profile):
    blind = [event for event in drive(1.0, 2.0) if event["type"] != "scan"]
    rows, _ = run(profile, [*drive(0.0, 1.0), *blind])
    stale = [f for row in decisions(rows) for f in row["faults"] if f["name"] == "sensor_stale"]
    assert stale and "lidar" in stale[0]["detail"] and rows[-1]["allowed"] == [0.0] * 6
    rows, _ = run(profile, [*drive(0.0, 1.0), *blind, *drive(2.0, 4.0)])
    assert rows[-1]["allowed"][0] == pytest.approx(0.2)  # a sensor's fault needs no re-arming


@pytest.mark.parametrize(
    "bad",
    [
        scan(1.0, ranges=[]),
        scan(1.0, ranges=[NAN] * 360),
        scan(1.0, ranges="far"),
        scan(1.0, angle_increment=0.0),
        scan(1.0, ranges=[5.0] * 100),
        scan(1.0, stamp=9.0),
        scan(1.0, ranges=[0.4] * 360, range_min=1.0),
        odom(1.0, pose=[0, 0, 0]),
        odom(1.0, pose=[NAN, 0, 0, 0, 0, 0, 1]),
        odom(1.0, pose=[0, 0, 0, 0, 0, 0, 0]),
        {"t": 1.0, "type": "flags", "source": "flags", "payload_held": "yes"},
    ],
    ids=lambda line: f"{line['type']} {list(line.values())[-1]}"[:40],
)
def test_a_garbled_sensor_message_is_reported_and_stops(profile, bad):
    rows, loop = run(profile, [*drive(0.0, 1.0), bad, {"t": 1.1, "type": "tick"}])
    assert loop.malformed == 1 and "sensor_malformed" in faults(rows) and stopping(rows[-1])


def test_unknown_sources_channels_and_types_are_reported_and_stop_nobody(profile):
    events = [
        scan(1.0, source="radar"),
        command(1.0, channel="arm"),
        {"t": 1.0, "type": "nonsense"},
        {"t": 1.0},
    ]
    rows, loop = run(profile, [*drive(0.0, 1.0), *events, *drive(1.0, 1.5)])
    assert loop.malformed == 4 and faults(rows) == set()


@pytest.mark.parametrize("text", ["{", "[1, 2]", "7", "null", '"x"', "\ud800", "{" * 5000])
def test_a_line_that_is_no_object_stops_until_a_good_one(profile, text):
    rows, loop = run(profile, [*drive(0.0, 1.0), text, *drive(1.0, 3.0)])
    bad = next(row for row in rows if row.get("type") == "malformed")
    assert bad["t"] is None and bad["line"] == 61 and loop.malformed == 1
    assert "input_malformed" in faults(rows) and rows[-1]["allowed"][0] == pytest.approx(0.2)
    assert stopping(at(rows, 1.2))


def test_time_that_goes_back_moves_no_clock(profile):
    rows, loop = run(
        profile, [*drive(0.0, 1.0), command(0.3), {"t": NAN, "type": "tick"}, {"t": True, "type": "tick"}]
    )
    assert loop.malformed == 3
    times = [row["t"] for row in decisions(rows)]
    assert times == sorted(times) and times[-1] <= 0.951


def test_a_jump_of_the_clock_is_a_fault_and_not_ticked_through(profile):
    rows, _ = run(profile, [*drive(0.0, 1.0), *drive(1000.0, 1002.0)])
    assert "clock_jump" in faults(rows) and len(rows) < 1000
    assert at(rows, 1000.01)["state"] == "CONTROLLED_STOP"


def test_the_emergency_stop_latches_and_no_token_releases_it(profile):
    reset = {"t": 2.0, "type": "reset", "token": "00" * 32}
    events = [
        *drive(0.0, 1.0),
        {"t": 1.0, "type": "estop", "pressed": True},
        *drive(1.0, 1.9),
        {"t": 1.9, "type": "estop", "pressed": False},
        reset,
        *drive(2.0, 4.0, plan_id="p9"),
    ]
    rows, _ = run(profile, events)
    last = rows[-1]
    assert last["state"] == "PROTECTIVE_STOP" and last["allowed"] == [0.0] * 6
    assert last["latch"]["cause"] == "estop" and len(last["latch"]["nonce"]) == 32
    assert "reset_refused" in faults(rows)
    assert len({json.dumps(row["latch"]) for row in decisions(rows) if row["latch"]}) == 1


def test_a_foreign_publisher_stops_after_the_grace_and_while_it_stays(profile):
    def seen(t, *nodes):
        return {
            "t": t,
            "type": "publishers",
            "topic": "/cmd_vel",
            "endpoints": [{"node": "/governor", "gid": "1", "own": True}, *nodes],
        }

    rogue = {"node": "/teleop", "gid": "2"}
    rows, _ = run(
        profile,
        [*drive(0.0, 1.0), seen(1.0, rogue), *drive(1.0, 2.5), seen(2.5), *drive(2.5, 5.0, plan_id="p2")],
    )
    assert at(rows, 1.4)["state"] != "PROTECTIVE_STOP" and at(rows, 1.6)["state"] == "PROTECTIVE_STOP"
    assert "/teleop publishes on cmd_vel" in json.dumps(at(rows, 1.6)["faults"])
    assert not any(at(rows, 2.9)["allowed"])
    rows, _ = run(profile, [*drive(0.0, 1.0), seen(1.0), *drive(1.0, 3.0)])
    assert faults(rows) == set()


def test_two_faults_at_once_mask_nothing_and_order_does_not_matter(profile):
    press, spoil = {"t": 1.0, "type": "estop", "pressed": True}, {**command(1.0), "values": [NAN] * 6}
    for pair in ((press, spoil), (spoil, press)):
        rows, _ = run(profile, [*drive(0.0, 1.0), *pair, {"t": 1.1, "type": "tick"}])
        names = [fault["name"] for fault in rows[-1]["faults"]]
        assert names == ["estop", "command_malformed"] and rows[-1]["state"] == "PROTECTIVE_STOP"


def test_of_several_commands_in_a_period_the_newest_counts_and_the_rest_is_recorded(profile):
    rows, _ = run(
        profile,
        [
            *drive(0.0, 1.0),
            command(1.001, 0.1),
            command(1.002, 0.2),
            command(1.003, 0.15),
            {"t": 1.1, "type": "tick"},
        ],
    )
    assert "command_superseded" in faults(rows)
    assert rows[-1]["requested"][0] == 0.15 and rows[-1]["allowed"][0] == pytest.approx(0.15)


def test_a_flood_accelerates_no_faster(profile):
    flood = [command(round(1.0 + k * 0.002, 4), 0.8) for k in range(100)]
    rows, _ = run(profile, [*drive(0.0, 1.0, 0.0), scan(1.0), odom(1.0), *flood])
    assert rows[-1]["allowed"][0] <= 0.8 * (1.198 - 0.99) + 1e-6


def test_more_commands_than_allowed_are_a_fault(profile):
    flood = [command(round(1.0 + k * 0.001, 4), 0.1) for k in range(600)]
    rows, _ = run(profile, [*drive(0.0, 1.0, 0.0), *flood])
    assert "command_rate" in faults(rows)


def test_a_sync_is_answered_after_everything_before_it(profile):
    rows, _ = run(profile, [*drive(0.0, 0.3), {"t": 0.3, "type": "sync", "id": {"a": [1]}}, *drive(0.3, 0.5)])
    place = rows.index({"sync": {"a": [1]}})
    assert all(row["t"] < 0.3 for row in rows[:place]) and all(
        row["t"] >= 0.3 - 1e-9 for row in rows[place + 1 :]
    )


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.tuples(st.integers(0, 90), st.floats(-5, 50), st.text(max_size=40)), max_size=12),
    seed=st.integers(0, 5),
)
def test_deleting_every_statement_changes_no_output_byte(profile, words, seed):
    events = [json.dumps(e) for e in drive(0.0, 1.5, 0.2 + 0.2 * seed)]
    spoken = list(events)
    for place, t, text in words:
        spoken.insert(
            min(place, len(spoken)), json.dumps({"t": t, "type": "statement", "plan_id": "p1", "text": text})
        )

    def out(lines):
        return [row for row in OfflineLoop(Governor(profile)).run(lines) if '"malformed"' not in row]

    assert out(spoken) == out(events)


def test_the_same_events_twice_give_the_same_bytes(profile):
    events = [
        json.dumps(e)
        for e in [*drive(0.0, 2.0, 1.0), {**command(2.0), "values": [NAN] * 6}, *drive(2.0, 3.0)]
    ]
    assert list(OfflineLoop(Governor(profile)).run(events)) == list(
        OfflineLoop(Governor(profile)).run(events)
    )


def test_the_command_runs_as_a_process_and_streams(tmp_path):
    """`iatro govern` on pipes: each sync is answered before the input ends."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "iatro_governor.cli.main",
            "govern",
            "--config",
            str(AMR),
            "--in",
            "-",
            "--out",
            "-",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        for k in range(3):
            for event in [*drive(k * 0.5, k * 0.5 + 0.5), {"t": k * 0.5 + 0.5, "type": "sync", "id": k}]:
                process.stdin.write(json.dumps(event) + "\n")
            rows: list[dict] = []
            while not rows or rows[-1].get("sync") != k:
                rows.append(json.loads(process.stdout.readline()))
            assert len(rows) > 40
        process.stdin.close()
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait(20)
        process.stdout.close()


def test_every_stop_in_the_table_waits_half_a_second_and_says_how_it_clears():
    for name, row in TABLE.items():
        assert row.clears, name
        if row.level > Level.NOTE and not name.startswith("awaiting"):
            assert row.clear_s >= 0.5 and row.recovery in ("fresh", "rearm"), name


# What a hostile reader found.


@pytest.mark.parametrize(
    "line",
    [
        {"t": 1.0, "type": "sync", "id": NAN},
        {"t": 1e308, "type": "tick"},
        {"t": 1e300, "type": "tick"},
        {"t": -1e300, "type": "tick"},
        scan(1e307, ranges=[]),
        '{"t": 1.0, "type": "tick", "t": 2.0}',
        '{"t": 1.0, "type": "tick", "x": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"t": ' + "9" * 5000 + ', "type": "tick"}',
    ],
    ids=lambda line: str(line)[:40],
)
def test_no_line_ends_or_hangs_the_run(profile, line):
    for events in ([line], [*drive(0.0, 1.0), line, *drive(1.0, 1.2)]):
        rows, loop = run(profile, events)
        assert loop.malformed == 1 and len(rows) < 250


def test_a_run_may_begin_at_any_time(profile):
    shapes = []
    for start in (-10.0, 0.0, 1.7e9):
        rows, loop = run(profile, drive(start, start + 1.0))
        assert loop.malformed == 0 and rows[0]["t"] == start
        shapes.append([row["allowed"][0] for row in rows])
    assert shapes[1] == pytest.approx(shapes[0], abs=1e-6)
    assert shapes[2] == pytest.approx(shapes[0], abs=1e-6)


def test_what_was_unreadable_before_the_first_event_counts_from_there(profile):
    rows, _ = run(profile, ["{", *drive(1e9, 1e9 + 2.0)])
    named = [row["t"] for row in decisions(rows) if "input_malformed" in {f["name"] for f in row["faults"]}]
    assert named[0] == 1e9 and named[-1] >= 1e9 + 0.49


@pytest.mark.parametrize("beams", [1, 2, 4, 36, 180])
def test_a_scan_too_coarse_to_see_between_its_beams_is_garbled(profile, beams):
    coarse = {"ranges": [10.0] * beams, "angle_increment": 2 * math.pi / beams}
    events = [{**event, **coarse} if event["type"] == "scan" else event for event in drive(0.0, 1.0, 0.8)]
    rows, _ = run(profile, events)
    assert "sensor_malformed" in faults(rows) and not any(rows[-1]["allowed"])


@pytest.mark.parametrize(
    "line", [{"pressed": "true"}, {"pressed": 1}, {}, {"pressed": None, "source": 7}], ids=str
)
def test_a_garbled_emergency_stop_stops(profile, line):
    rows, _ = run(
        profile, [*drive(0.0, 1.0), {"t": 1.0, "type": "estop", **line}, {"t": 1.1, "type": "tick"}]
    )
    assert stopping(rows[-1]) and "sensor_malformed" in faults(rows)


@pytest.mark.parametrize(
    "line",
    [
        {"source": "lidar"},
        {"text": 5, "source": "odom"},
        {"text": [], "channel": "base", "source": "base"},
        {"text": "x", "actions": 10**4000},
    ],
    ids=lambda line: str(line)[:40],
)
def test_garbled_words_change_no_decision_either(profile, line):
    bare, _ = run(profile, drive(0.0, 2.0))
    spoken, _ = run(profile, [*drive(0.0, 1.0), {"t": 1.0, "type": "statement", **line}, *drive(1.0, 2.0)])
    deep = '{"t": 1.0, "type": "statement", "text": "", "actions": ' + "[" * 50_000 + "]" * 50_000 + "}"
    buried, _ = run(profile, [*drive(0.0, 1.0), deep, *drive(1.0, 2.0)])
    assert decisions(spoken) == bare == decisions(buried)


def test_a_command_refused_while_closed_moves_nothing_later(profile):
    rows, _ = run(profile, [command(0.0, 0.5), scan(0.05), odom(0.05), {"t": 0.2, "type": "tick"}])
    assert all(not any(row["allowed"]) for row in decisions(rows))


def test_a_scan_from_before_the_first_odometry_is_placed_by_it(profile):
    """A wall 30 mm off the bumper, seen before the robot knows that it stands at x = -1."""
    wall = [min(0.25 / max(math.cos(-math.pi + k * math.pi / 180), 1e-9), 20.0) for k in range(360)]
    place = [-1.0, 0, 0, 0, 0, 0, 1]
    rows, _ = run(profile, [scan(0.0, ranges=wall), odom(0.01, pose=place), command(0.02), command(0.06)])
    assert all(not any(row["allowed"]) for row in decisions(rows))


def test_odometry_that_jumps_is_garbled(profile):
    there = odom(1.0, pose=[3.0, 0, 0, 0, 0, 0, 1])
    rows, _ = run(profile, [*drive(0.0, 1.0), there, {"t": 1.1, "type": "tick"}])
    assert (
        "sensor_malformed" in faults(rows)
        and "twist lead" in json.dumps(rows[-1]["faults"])
        and stopping(rows[-1])
    )


def test_a_body_that_is_faster_than_its_commands_is_braked_for_what_it_does(profile):
    """Pushed, or with a governor that has just been restarted: 0.8 m/s measured, a wall 0.25 m ahead, little asked."""
    wall = [min(0.47 / max(math.cos(-math.pi + k * math.pi / 180), 1e-9), 20.0) for k in range(360)]
    events = [
        e
        for k in range(20)
        for t in [round(k * 0.05, 3)]
        for e in (scan(t, ranges=wall), odom(t, 0.8, pose=[0, 0, 0, 0, 0, 0, 1]), command(t, 0.3))
    ]
    rows, _ = run(profile, events)
    assert all(row["allowed"][0] <= 0.01 for row in decisions(rows))


@pytest.mark.parametrize(
    "line", [command(0.2), {**command(1.0), "t": None}, {**command(1.0), "channel": 3}], ids=str
)
def test_a_command_that_cannot_be_placed_in_time_or_channel_stops(profile, line):
    rows, loop = run(profile, [*drive(0.0, 1.0), line, {"t": 1.1, "type": "tick"}])
    assert loop.malformed == 1 and stopping(rows[-1]) and "command_malformed" in faults(rows)


def test_a_foreign_publisher_cannot_hide_behind_new_ids(profile):
    def seen(t, gid):
        rogue = {"node": "/teleop", "gid": gid}
        return {"t": t, "type": "publishers", "topic": "cmd_vel", "endpoints": [rogue]}

    events = sorted(
        [*drive(0.0, 3.0), *(seen(round(0.5 + 0.3 * k, 2), str(k)) for k in range(8))], key=lambda e: e["t"]
    )
    rows, _ = run(profile, events)
    assert "foreign_publisher" in faults(rows)


@pytest.mark.parametrize("value", [1e308, -1e308, 1e200, 5e-324, -0.0, 2**1023])
def test_numbers_at_the_ends_of_the_scale(profile, value):
    rows, _ = run(profile, [*drive(0.0, 1.0, 0.0), *drive(1.0, 2.0, value)])
    assert all(abs(row["allowed"][0]) <= 0.8 + 1e-9 for row in decisions(rows))


@pytest.mark.parametrize(("point", "frozen"), [(0.215, False), (0.23, False)], ids=["touching", "near"])
def test_turning_on_the_spot_beside_a_wall_is_free(profile, point, frozen):
    wall = [min(point / max(math.cos(-math.pi + k * math.pi / 180), 1e-9), 20.0) for k in range(360)]
    turning = [{**e, "ranges": wall} if e["type"] == "scan" else e for e in drive(0.0, 2.0, 0.0)]
    turning = [{**e, "values": [0, 0, 0, 0, 0, 0.6]} if e["type"] == "command" else e for e in turning]
    rows, _ = run(profile, turning)
    assert rows[-1]["allowed"][5] > 0.3
