"""What the launch files share: a governed robot's arguments, and its processes in their order.

Launch arguments are read once, in one place, to plain values: what is started later or again is what was asked for,
also where several robots are started by one launch.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from launch import LaunchContext
from launch.actions import DeclareLaunchArgument, LogInfo, OpaqueFunction, RegisterEventHandler
from launch.event_handlers import OnProcessExit
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

from iatro_governor.nodes.launch_order import Active, Seen, once
from iatro_governor.nodes.rerouting import RemapRefused, Routes, Rule, Topics, routed
from iatro_governor.resources import shared

PACKAGE = "iatro_governor"
SPEAKING = ("planner_bridge", "planner_chat")
"""Planners of ours that speak by a profile; others know their robot by themselves."""
AROUND = ("recorder", "witness", "watch")
"""Whoever hears the governor, and is there before it."""
ENDED = {
    "governor": "nothing moves the robot any more: its watch stops it, or else its driver's own time-out",
    "watch": "the robot goes on unwatched: nobody stops it if the governor dies, unless its driver does",
    "recorder": "the robot goes on for as long as the governor can keep decisions for it, and is stopped then",
    "witness": "the robot goes on, and its words get their verdicts when `iatro ledger judge` is run",
}
"""What follows where one of them is not started again any more."""
START_S = 30.0
"""The governor is started after this long also where one of those is not there: closed, it can say what is missing."""
STOP_S = "30"
"""A slow ramp to rest takes longer than launch would wait before it kills, s."""


def argument(
    name: str, default: object, description: str, choices: list[str] | None = None
) -> DeclareLaunchArgument:
    """One argument with a default, described for ``ros2 launch --show-args``."""
    return DeclareLaunchArgument(name, default_value=default, description=description, choices=choices)


def arguments(sim_time: str = "false") -> list[DeclareLaunchArgument]:
    """What can be said about a governed robot."""
    return [
        argument("config", str(shared("config/amr.yaml")), "the robot's configuration file (YAML)"),
        argument("robot", "", "name of the robot, for the folder of its ledger where none is given"),
        argument("namespace", LaunchConfiguration("robot"), "of its nodes and topics; the robot's name unless given"),
        argument("ledger", "", "file with the ledger's settings; empty: the recorder's own default"),
        argument("use_sim_time", sim_time, "take time from /clock", ["true", "false"]),
        argument("planner_remaps", "", "FROM:=TO of the profile's inputs, separated by spaces"),
        argument("actuator_remaps", "", "FROM:=TO of the profile's outputs and of what else moves its actuators"),
        argument("sensor_remaps", "", "FROM:=TO of the topics of the profile's sources"),
        argument("respawn_delay", "1.0", "seconds until a process that died is started again"),
        argument("respawn_limit", "20", "how often one is started again, as long as this launch lives; -1: always"),
        argument("log_level", "info", "how much is said", ["debug", "info", "warn", "error", "fatal"]),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Robot:
    """A governed robot as the arguments describe it."""

    config: Path
    name: str
    namespace: str
    ledger: str
    sim_time: bool
    routes: Routes
    respawn_delay: float
    respawn_limit: int
    log_level: str

    @classmethod
    def taken(cls, context: LaunchContext) -> Robot:
        """The arguments' values now. Raises RemapRefused where they cannot be used."""
        said = context.launch_configurations
        config, namespace = Path(said["config"]), said["namespace"]
        routes = routed(Topics.of(config), said, namespace)
        delay, limit = _number(said, "respawn_delay"), _number(said, "respawn_limit")
        if not 0.1 <= delay <= 60.0 or limit != int(limit) or limit < -1:
            raise RemapRefused(
                f"respawn_delay {delay:g} s, respawn_limit {limit:g} (allowed: 0.1 to 60 s; -1, or a count)"
            )
        sim = said["use_sim_time"] == "true"
        return cls(
            config,
            said["robot"],
            namespace,
            said["ledger"],
            sim,
            routes,
            delay,
            int(limit),
            said["log_level"],
        )

    def node(self, executable: str) -> Node:
        """One of the governor's processes, with the parameters that they share: so none of them can tell more."""
        parameters = {
            "config": str(self.config), "robot": self.name, "ledger": self.ledger, "use_sim_time": self.sim_time,
        }  # fmt: skip
        return Node(
            package=PACKAGE,
            executable=executable,
            name=executable,
            namespace=self.namespace,
            parameters=[parameters],
            remappings=list(self.routes.rules),
            arguments=["--ros-args", "--log-level", self.log_level],
            respawn=True,
            respawn_delay=self.respawn_delay,
            respawn_max_retries=self.respawn_limit,
            sigterm_timeout=STOP_S,
            sigkill_timeout=STOP_S,
            output="screen",
        )


def _number(said: dict[str, str], name: str) -> float:
    try:
        return float(said[name])
    except ValueError:
        raise RemapRefused(f"{name}: {said[name]!r} is no number") from None


def governed(robot: Robot, then: Iterable[object] = ()) -> list[object]:
    """Recorder, witness and watch, then the governor, then, once it is active, ``then``."""
    governor = robot.node("governor")
    around = [robot.node(name) for name in AROUND]
    there = once(
        "the recorder, the witness and the watch", Seen(AROUND, robot.namespace), [governor], START_S
    )
    waiting = list(then)
    active = [once("an active governor", Active("governor", robot.namespace), waiting)] if waiting else []
    limit, all_four = robot.respawn_limit, zip(("governor", *AROUND), (governor, *around), strict=True)
    given_up = [_tell_the_end(node, limit, ENDED[name]) for name, node in all_four]
    return [*given_up, *around, there, *active]


def _tell_the_end(node: Node, limit: int, follows: str) -> RegisterEventHandler:
    """Say so, and what ``follows``, when ``node`` has died once more than it is started again."""
    died = [0]

    def count(_event: object, context: LaunchContext) -> list[LogInfo]:
        died[0] += 1
        if context.is_shutdown or limit < 0 or died[0] <= limit:
            return []
        name = node.node_name
        return [
            LogInfo(
                msg=f"{name} has ended {died[0]} times and is not started again: {follows}; what it said above "
                "tells why"
            )
        ]

    return RegisterEventHandler(OnProcessExit(target_action=node, on_exit=count))


def robot_alone() -> OpaqueFunction:
    """A governed robot whose planner is started elsewhere."""
    return OpaqueFunction(function=lambda context: governed(Robot.taken(context)))


def planner(robot: Robot, package: str, executable: str, own: list[Rule], parameters: list[object]) -> Node:
    """A planner's node in the robot's namespace, led to the inputs wherever it publishes. It is not started again."""
    about = {"config": str(robot.config)} if package == PACKAGE and executable in SPEAKING else {}
    return Node(
        package=package,
        executable=executable,
        namespace=robot.namespace,
        parameters=[*parameters, {**about, "use_sim_time": robot.sim_time}],
        remappings=robot.routes.for_planner(own),
        arguments=["--ros-args", "--log-level", robot.log_level],
        output="screen",
    )
