"""Command in, governed command out: the governor as a real process over real DDS."""

from __future__ import annotations

import itertools
import math
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from test.nodes.asking import answer

pytestmark = pytest.mark.ros

PERIOD = 0.01
"""Of the governor's loop in config/amr.yaml, s."""
ACCELERATION = 0.8
"""Bound of acceleration and deceleration in config/amr.yaml, m/s2."""


def steps(bench: Any) -> list[tuple[float, float]]:
    """Changes of vx from one decision to the next, and the time for them; the record misses none."""
    found = {body["seq"]: (body["allowed"][0], body["t"]) for body in bench.decisions}
    pairs = [(found[seq], found[seq + 1]) for seq in found if seq + 1 in found]
    return [(after - before, until - since) for (before, since), (after, until) in pairs]


def most(dt: float) -> float:
    """What may be gained or lost of vx in ``dt``, s: a busy machine lets the loop come round late."""
    return (max(dt, PERIOD) + PERIOD) * ACCELERATION + 1e-9


def test_a_fast_command_comes_out_ramped_and_capped(governed: Any) -> None:
    governed.open()
    governed.bench.command = (2.0, 0.0)
    governed.until(lambda: governed.bench.speed == pytest.approx(0.8), "the speed limit")
    assert max(vx for _, vx, _ in governed.bench.outputs) <= 0.8 + 1e-9
    assert all(gained <= most(dt) for gained, dt in steps(governed.bench))
    governed.until(lambda: governed.bench.latest["action"] == "scaled", "a decision that says so")
    limit = governed.bench.latest["limits"][0]
    assert (limit["name"], limit["requested"], limit["unit"]) == ("travel_speed", 2.0, "m/s")
    assert limit["allowed"] == pytest.approx(0.8) and limit["source"]
    assert governed.bench.latest["state"] == "LIMITED"


def test_a_harmless_command_passes_as_it_is(governed: Any) -> None:
    governed.open()
    governed.drive(0.3, 0.2)
    governed.until(lambda: governed.bench.latest["action"] == "pass", "a command that passes")
    assert governed.bench.latest["allowed"] == [0.3, 0.0, 0.0, 0.0, 0.0, 0.2]
    assert governed.bench.latest["state"] == "NOMINAL"
    assert governed.bench.latest["measured"][0] == pytest.approx(0.3, abs=0.1)


def test_nothing_moves_before_the_sensors_speak(governed: Any) -> None:
    governed.bench.lidar = False
    governed.bench.command = (0.5, 0.0)
    governed.launch()
    asked = lambda: [d for d in governed.bench.decisions if d["requested"]]  # noqa: E731
    governed.until(lambda: len(asked()) > 20 and governed.bench.told("sensor_never_seen"), "refused commands")
    assert "lidar" in governed.bench.told("closed") and "lidar" in governed.bench.told("sensor_never_seen")
    assert {d["action"] for d in asked()} == {"refused"}
    assert all((vx, wz) == (0.0, 0.0) for _, vx, wz in governed.bench.outputs)


def spoil(governed: Any, value: float) -> None:
    """Send ``value`` until a decision names it: only the newest command counts, and the next may come too soon."""

    def named() -> bool:
        governed.bench.send(value)
        return bool(governed.bench.told("command_malformed"))

    governed.until(named, "a decision that names it")


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_command_that_is_no_number_stops_the_robot_and_is_recorded(governed: Any, value: float) -> None:
    governed.open()
    governed.drive()
    spoil(governed, value)
    governed.until_rest()
    assert all(math.isfinite(vx) for _, vx, _ in governed.bench.outputs)
    refused = [d for d in governed.bench.decisions if d["action"] == "refused" and d["requested"][0] != 0.5]
    assert refused[0]["requested"][0] in ("NaN", "Infinity")
    assert refused[0]["state"] == "CONTROLLED_STOP"
    # The planner goes on as before, and stays stopped until it begins anew.
    governed.until(
        lambda: governed.bench.faults == {"awaiting_rearm"}, "waiting for the stream to begin anew"
    )
    assert governed.bench.twist == (0.0, 0.0)
    governed.bench.command = None
    governed.wait(lambda: not governed.bench.faults or governed.bench.faults == {"awaiting_rearm"}, 5.0)
    governed.bench.command = (0.0, 0.0)
    governed.until(lambda: not governed.bench.faults, "re-armed by zeros")
    governed.drive()


def test_silence_ends_in_a_ramp_to_exact_zeros(governed: Any) -> None:
    governed.open()
    governed.drive()
    governed.bench.command = None
    governed.until_rest()
    assert governed.bench.told("command_stale")
    assert all(-lost <= most(dt) for lost, dt in steps(governed.bench))


@pytest.mark.parametrize("source", ["lidar", "odometry"])
def test_a_dead_sensor_stops_the_robot_and_is_named(governed: Any, source: str) -> None:
    governed.open()
    governed.drive()
    setattr(governed.bench, source, False)
    governed.until_rest()
    name = {"lidar": "lidar", "odometry": "odom"}[source]
    told = [f["detail"] for d in governed.bench.decisions for f in d["faults"] if f["name"] == "sensor_stale"]
    assert any(detail.startswith(f"{name} is older") for detail in told)


@pytest.mark.parametrize(
    ("ahead", "fault"), [(1.0, "command_future"), (-1.0, "command_backwards"), (-0.15, "command_backwards")]
)
def test_a_stamp_that_cannot_be_right_stops_the_robot(governed: Any, ahead: float, fault: str) -> None:
    governed.open()
    governed.drive()
    governed.bench.stamp_ahead = ahead
    governed.until_rest()
    assert governed.bench.told(fault)


def test_a_command_that_comes_late_is_stale(governed: Any) -> None:
    governed.open()
    governed.bench.stamp_ahead = -1.0
    governed.bench.command = (0.5, 0.0)
    governed.until(lambda: governed.bench.told("command_stale"), "a decision that names it")
    assert "ago" in governed.bench.told("command_stale")
    assert all(vx == 0.0 for _, vx, _ in governed.bench.outputs)


def test_a_command_without_a_stamp_is_from_now(governed: Any) -> None:
    governed.open()

    def moved() -> bool:
        governed.bench.send(0.3, stamp=0.0)
        return bool(governed.bench.speed == pytest.approx(0.3))

    governed.until(moved, "0.3 m/s")
    assert not governed.bench.faults


def test_the_emergency_stop_latches_over_a_restart(governed: Any, node_here: Callable[[str], Any]) -> None:
    governed.open()
    governed.drive()
    governed.bench.press(True)
    governed.until_rest()
    assert governed.bench.latest["state"] == "PROTECTIVE_STOP"
    latch = governed.bench.latest["latch"]
    assert latch["cause"] == "estop" and len(latch["nonce"]) == 32
    governed.bench.press(False)
    answer = reset(node_here("operator"), governed.wait)
    assert not answer.accepted and answer.latch_id == latch["id"] and latch["id"] in answer.message
    governed.governor.end()
    governed.bench.decisions.clear()
    governed.launch()
    governed.until(lambda: governed.bench.decisions, "decisions after the restart")
    assert governed.bench.decisions[0]["latch"] == latch
    governed.bench.command = None
    governed.until(lambda: governed.bench.latest["t"] - governed.bench.decisions[0]["t"] > 1.0, "a second")
    assert governed.bench.latest["state"] == "PROTECTIVE_STOP"


def reset(node: Any, wait: Callable[..., None]) -> Any:
    from iatro_governor.srv import Reset

    client = node.create_client(Reset, "governor/reset")
    return answer(client, Reset.Request(token="00" * 32), wait, "the reset")[0]


def test_a_foreign_publisher_stops_the_robot_while_it_is_there(
    governed: Any, node_here: Callable[[str], Any]
) -> None:
    from geometry_msgs.msg import TwistStamped

    governed.open()
    governed.drive()
    rogue = node_here("rogue")
    publisher = rogue.create_publisher(TwistStamped, "cmd_vel", 1)
    governed.until(lambda: governed.bench.latest["state"] == "PROTECTIVE_STOP", "a protective stop")
    governed.until(
        lambda: "/rogue publishes on cmd_vel" in governed.bench.detail("foreign_publisher"), "its name"
    )
    governed.until_rest()
    rogue.destroy_publisher(publisher)
    governed.bench.command = (0.0, 0.0)
    governed.until(lambda: not governed.bench.faults, "re-armed once it is gone")
    governed.drive()


def test_a_reader_that_cannot_hear_the_output_stops_the_robot(
    governed: Any, node_here: Callable[[str], Any]
) -> None:
    from geometry_msgs.msg import TwistStamped
    from rclpy.qos import DurabilityPolicy, QoSProfile

    governed.open()
    profile = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    driver = node_here("driver")
    driver.create_subscription(TwistStamped, "cmd_vel", print, profile)
    governed.until(lambda: governed.bench.latest["state"] == "PROTECTIVE_STOP", "a protective stop")
    governed.until(lambda: "/driver cannot hear" in governed.bench.detail("incompatible_qos"), "its name")


def test_a_topic_of_another_type_is_refused_at_start(governed: Any, node_here: Callable[[str], Any]) -> None:
    from std_msgs.msg import String

    node_here("stranger").create_publisher(String, "scan", 1)
    assert governed.launch().wait(20.0) == 2
    assert "/stranger publishes scan as std_msgs/msg/String; sensor_msgs/msg/LaserScan is needed" in (
        governed.governor.output
    )
    assert "Traceback" not in governed.governor.output


def test_an_unknown_parameter_is_refused_at_start(governed: Any) -> None:
    assert governed.launch(context="field").wait(20.0) == 2
    assert "no parameter context; there are: config, robot, ledger" in governed.governor.output
    assert "Traceback" not in governed.governor.output


def test_no_parameter_can_be_set_at_run_time(governed: Any, node_here: Callable[[str], Any]) -> None:
    """Not one that it has, the clock's included, nor a new one; neither one by one nor all at once."""
    from rcl_interfaces.srv import GetParameters, ListParameters, SetParameters, SetParametersAtomically
    from rclpy.parameter import Parameter

    governed.open()
    meddler = node_here("meddler")

    def ask(kind: Any, name: str, **given: Any) -> Any:
        client = meddler.create_client(kind, f"governor/{name}")
        return answer(client, kind.Request(**given), governed.wait, name)[0]

    names = ask(ListParameters, "list_parameters").result.names
    assert {"config", "robot", "ledger", "use_sim_time"} <= set(names)
    before = ask(GetParameters, "get_parameters", names=names)
    wanted = [
        Parameter(name, value=not value.bool_value if value.type == 1 else "other").to_parameter_msg()
        for name, value in zip([*names, "new"], [*before.values, before.values[0]], strict=True)
    ]
    results = ask(SetParameters, "set_parameters", parameters=wanted).results
    assert [result.successful for result in results] == [False] * len(wanted)
    assert not ask(SetParametersAtomically, "set_parameters_atomically", parameters=wanted).result.successful
    assert ask(GetParameters, "get_parameters", names=names) == before
    # The clock is the same still: by a simulated one, every stamp would lie in the future.
    governed.drive()
    assert not governed.bench.told("command_future") and not governed.bench.told("clock_jump")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_robot_before_the_node_ends(governed: Any, number: int) -> None:
    governed.open()
    governed.drive(0.6)
    before = len(governed.bench.outputs)
    governed.governor.send(number)
    assert governed.governor.wait(10.0) == 0
    governed.until_rest()
    speeds = [vx for _, vx, _ in governed.bench.outputs[before:]]
    ramp = [a - b for a, b in itertools.pairwise(speeds) if a != b]
    assert len(ramp) > 10 and max(ramp) <= 0.1
    assert "Traceback" not in governed.governor.output


def test_a_ramp_slower_than_any_patience_still_ends_in_zeros(governed: Any, tmp_path: Path) -> None:
    text = (
        governed.config.read_text()
        .replace("linear: 0.8", "linear: 0.1")
        .replace("linear: 1.6", "linear: 0.1")
    )
    governed.config = tmp_path / "slow.yaml"
    governed.config.write_text(text)
    governed.open()
    governed.drive(0.6)
    governed.governor.send(signal.SIGINT)
    assert governed.governor.wait(20.0) == 0
    governed.until_rest()
    assert governed.bench.outputs[-1][1] == 0.0


def test_a_bad_configuration_is_told_and_nothing_starts(governed: Any, tmp_path: Path) -> None:
    text = governed.config.read_text().replace("bound: 1.2", "bound: fast")
    governed.config = tmp_path / "bad.yaml"
    governed.config.write_text(text)
    assert governed.launch().wait(20.0) == 2
    assert "bad.yaml" in governed.governor.output and "fast" in governed.governor.output
    assert "Traceback" not in governed.governor.output


def test_a_killed_governor_comes_back_closed_and_goes_on_counting(governed: Any) -> None:
    governed.bench.recording = False
    governed.open()
    governed.drive()
    governed.governor.send(signal.SIGKILL)
    governed.governor.wait(10.0)
    seen, last = len(governed.bench.decisions), governed.bench.latest["seq"]
    writers = governed.bench.writers()
    count = len(governed.bench.outputs)
    governed.launch()
    governed.until(lambda: len(governed.bench.outputs) > count + 30, "outputs of the new governor")
    # From rest, not from where the dead one was; nodes that find each other late may miss the first zeros.
    assert governed.bench.outputs[count][1] < 0.1
    fresh = lambda: [d for d in governed.bench.decisions[seen:] if d["seq"] > last]  # noqa: E731
    again = lambda: {d["seq"] for d in governed.bench.decisions[seen:]}  # noqa: E731
    governed.until(lambda: set(range(last)) <= again(), "everything unacknowledged, sent again")
    governed.until(fresh, "a decision of its own")
    assert governed.bench.writers() == writers
    assert min(d["seq"] for d in fresh()) >= last
    assert fresh()[0]["faults"][0]["name"] == "closed" or fresh()[0]["state"] != "NOMINAL"
    # The ghost of the killed one is no foreign publisher, and a stream that begins anew moves the robot again.
    governed.drive(0.4)
    assert not governed.bench.told("foreign_publisher")


def test_what_the_recorder_has_is_not_sent_again(governed: Any) -> None:
    governed.open()
    (writer,) = governed.bench.writers()
    bench, missed = governed.bench, governed.bench.decisions[0]["seq"]
    governed.until(lambda: bench.latest["t"] - bench.decisions[0]["t"] > 3.0, "three seconds of receipts")
    seqs = [d["seq"] for d in bench.decisions]
    # What was published before the recorder was there comes once more. Until then nothing after it can be acknowledged.
    assert set(range(missed)) <= set(seqs)
    governed.until(lambda: bench.acknowledged(writer) > missed + 150, "receipts for what came since")
    stored, ahead = bench.acknowledged(writer), bench.latest["seq"] + 150
    governed.until(lambda: bench.latest["seq"] > ahead, "time for these receipts to arrive")
    count, ahead = len(bench.decisions), bench.latest["seq"] + 150
    governed.until(lambda: bench.latest["seq"] > ahead, "time to send again")
    assert not [d["seq"] for d in bench.decisions[count:] if d["seq"] < stored]
    bench.recording = False
    unheard = bench.latest["seq"]
    governed.until(
        lambda: [d["seq"] for d in bench.decisions].count(unheard) > 1, "sent again without a receipt"
    )
    assert bench.writers() == {writer}


def test_plain_twists_are_governed_too(
    benches: Any,
    governed: Any,
    node_process: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    patient, governed.config = governed.config, tmp_path / "twist.yaml"
    governed.config.write_text(patient.read_text().replace("stamped: true", "stamped: false"))
    domain = governed.bench.node.context.get_domain_id() % 100 + 1
    monkeypatch.setenv("ROS_DOMAIN_ID", str(domain))
    with benches.bench(domain, stamped=False) as bench:
        governed.bench = bench
        governed.open()
        bench.command = (2.0, 0.0)
        governed.until(lambda: bench.speed == pytest.approx(0.8), "the speed limit")
        bench.command = None
        governed.until_rest()
        assert bench.told("command_stale")


def test_a_plan_mark_names_the_plan_and_a_new_one_arms_the_channel_again(governed: Any) -> None:
    governed.open()
    governed.bench.mark("first")
    governed.drive()
    governed.until(lambda: governed.bench.latest["plan_id"] == "first", "the plan's name")
    spoil(governed, math.nan)
    governed.until(
        lambda: governed.bench.faults == {"awaiting_rearm"}, "waiting for the stream to begin anew"
    )
    governed.bench.mark("first")
    count = len(governed.bench.decisions)
    governed.until(lambda: len(governed.bench.decisions) > count + 50, "more decisions")
    assert governed.bench.twist == (0.0, 0.0)
    governed.bench.mark("second")
    governed.drive()
    governed.until(lambda: governed.bench.latest["plan_id"] == "second", "the new plan's name")


def test_a_deactivated_governor_stops_the_robot_and_goes_on_saying_so(
    governed: Any, node_here: Callable[[str], Any]
) -> None:
    from lifecycle_msgs.msg import Transition
    from lifecycle_msgs.srv import ChangeState

    governed.open()
    governed.drive()
    client = node_here("manager").create_client(ChangeState, "governor/change_state")

    def change(number: int) -> None:
        request = ChangeState.Request(transition=Transition(id=number))
        told, times = answer(client, request, governed.wait, "the change")
        assert told.success or times > 1, "what it did when it was asked before, it cannot do again"

    change(Transition.TRANSITION_DEACTIVATE)
    governed.until_rest()
    assert governed.bench.told("inactive")
    count = len(governed.bench.outputs)
    governed.until(lambda: len(governed.bench.outputs) > count + 50, "outputs while inactive")
    assert all(vx == 0.0 for _, vx, _ in governed.bench.outputs[count:])
    change(Transition.TRANSITION_ACTIVATE)
    governed.bench.command = (0.0, 0.0)
    governed.until(lambda: not governed.bench.faults, "active and armed")
    governed.drive()
    change(Transition.TRANSITION_ACTIVE_SHUTDOWN)
    assert governed.governor.wait(10.0) == 0
    governed.until_rest()


def test_it_tells_who_joins_late_and_offers_what_a_driver_may_ask_for(governed: Any) -> None:
    from rclpy.qos import LivelinessPolicy

    governed.open()
    governed.until(lambda: governed.bench.states and len(governed.bench.beats) > 3, "state and heartbeats")
    state = governed.bench.states[-1]
    assert list(state.channels) == ["base"] and state.config_hash == governed.bench.latest["config_hash"]
    counts = [beat.count for beat in governed.bench.beats]
    assert counts == sorted(set(counts)), (
        "each has a number of its own; a reader keeps the newest, not every one"
    )
    found = governed.bench.node.get_publishers_info_by_topic("/cmd_vel")
    assert [end.node_name for end in found] == ["governor"]
    offered = found[0].qos_profile
    assert offered.liveliness == LivelinessPolicy.MANUAL_BY_TOPIC
    assert offered.deadline.nanoseconds == pytest.approx(2 * PERIOD * 1e9)


def test_it_shows_what_it_does_to_whoever_looks(governed: Any) -> None:
    from visualization_msgs.msg import Marker, MarkerArray

    shown: list[Any] = []
    governed.open()
    governed.bench.command = (2.0, 0.0)
    governed.bench.node.create_subscription(MarkerArray, "governor/markers", shown.append, 10)

    def markers() -> dict[str, Any]:
        return {marker.ns: marker for marker in shown[-1].markers} if shown else {}

    governed.until(lambda: "travel_speed" in getattr(markers().get("state"), "text", ""), "what binds", 30.0)
    seen = markers()
    assert seen["state"].header.frame_id == "base_link" and seen["footprint"].type == Marker.LINE_LIST
    assert seen["packing_aisle"].header.frame_id == "odom" and len(seen["packing_aisle"].points) > 4
    assert seen["base_asked"].points[1].x == 2.0 and seen["base_allowed"].points[1].x < 0.9
    assert all(marker.lifetime.sec > 0 for marker in seen.values())
    governed.bench.command = None
    governed.until_rest()
    arrows = lambda: {m.ns: m.action for m in shown[-1].markers}.get("base_asked", Marker.DELETE)  # noqa: E731
    governed.until(lambda: arrows() == Marker.DELETE, "nothing is asked for any more")


def test_its_diagnostics_and_its_state_come_every_second_and_on_change(governed: Any) -> None:
    from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus

    reports: list[Any] = []
    governed.open()
    governed.bench.node.create_subscription(DiagnosticArray, "/diagnostics", reports.append, 10)
    count = len(governed.bench.states)
    governed.until(
        lambda: len(governed.bench.states) > count + 2 and len(reports) > 2, "states at rest", 30.0
    )
    rows = {status.name.partition(": ")[2]: status for status in reports[-1].status}
    assert {"channel base", "sources", "record", "watch"} <= set(rows)
    assert rows["sources"].level == DiagnosticStatus.OK and rows["watch"].level == DiagnosticStatus.WARN
    governed.drive()
    governed.bench.lidar = False
    governed.until(
        lambda: any("sensor_stale" in state.fault_names for state in governed.bench.states), "the change"
    )
    governed.until(
        lambda: any(s.level == DiagnosticStatus.ERROR for s in reports[-1].status if "channel" in s.name),
        "an error",
    )
