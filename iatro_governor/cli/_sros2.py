"""Who may do what on the wire: the access policy of a robot's nodes, from its profile, as SROS2 reads it.

Every node has an enclave of its own, and in it the topics, services and actions that it has, and nothing else: SROS2
denies what no rule allows. A test holds this against the graph of running nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from iatro_governor.ledger import standing
from iatro_governor.profile.model import ProfileData

VERSION = "0.2.0"
"""Of the format, as sros2 of ROS 2 Jazzy writes it."""
_EVERY = ("describe_parameters", "get_parameter_types", "get_parameters", "get_type_description", "list_parameters",
          "set_parameters", "set_parameters_atomically")  # fmt: skip
_MANAGED = (
    "change_state",
    "get_available_states",
    "get_available_transitions",
    "get_state",
    "get_transition_graph",
)
_LOGS = ("/rosout", "/parameter_events")
_TOLD = ("/diagnostics",)
_WORDS = ("planner/mark", "planner/statement")
_RECORDED = ("governor/decision", "governor/state", "witness/disagreement")
_GOVERNOR_SERVICES = ("governor/recover", "governor/reset", "governor/self_test")
RULES = {
    "publish": ("topics", "topic"),
    "subscribe": ("topics", "topic"),
    "reply": ("services", "service"),
    "request": ("services", "service"),
    "execute": ("actions", "action"),
}
"""The names of a Grant, and the elements that they become."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What one node may do. Names are relative to its namespace unless they begin with / (or ~, for its own name)."""

    node: str
    publish: frozenset[str] = frozenset()
    subscribe: frozenset[str] = frozenset()
    reply: frozenset[str] = frozenset()
    request: frozenset[str] = frozenset()
    execute: frozenset[str] = frozenset()


def grants(profile: ProfileData) -> dict[str, Grant]:
    """What each node of a robot may do, by the name of its enclave.

    Beside our own nodes: ``planner``, for a planner of somebody else's; ``robot``, for drivers and sensors; and
    ``operator``, for the commands of an operator.
    """
    inputs = {channel.input for channel in profile.channels.values()}
    outputs = {channel.output for channel in profile.channels.values()}
    sources = {source.topic for source in profile.sources.values()}
    described = set()
    if profile.robot.model is not None and profile.robot.model.topic is not None:
        described = {profile.robot.model.topic}
    speak = {*_WORDS, *inputs}
    own = {
        "governor": _node(
            "governor",
            publish={
                *outputs,
                "governor/decision",
                "governor/heartbeat",
                "governor/markers",
                "governor/state",
                *_TOLD,
                "~/transition_event",
            },
            subscribe={*inputs, *sources, *described, "planner/mark", "recorder/ack"},
            reply={*_GOVERNOR_SERVICES, *(f"~/{name}" for name in _MANAGED)},
        ),
        "watch": _node("watch", publish={*outputs, *_TOLD}, subscribe={*outputs, "governor/heartbeat"}),
        "recorder": _node(
            "recorder",
            publish={"recorder/ack", "recorder/head", *_TOLD},
            subscribe={
                *inputs,
                *outputs,
                *sources,
                *described,
                *standing.TOPICS,
                *_WORDS,
                "governor/decision",
                "governor/state",
                "witness/disagreement",
            },
        ),
        "witness": _node(
            "witness",
            publish={"witness/disagreement", *_TOLD},
            subscribe={*_WORDS, "governor/decision", "recorder/ack"},
        ),
        "planner_bridge": _node("planner_bridge", publish=speak, subscribe={"planner/raw", "recorder/ack"}),
        "planner_chat": _node(
            "planner_chat", publish=speak, subscribe={"planner/instruction", "recorder/ack"}
        ),
        "planner": _node(
            "planner",
            publish={*speak, "planner/raw"},
            subscribe={*sources, *described, "governor/state", "recorder/ack"},
        ),
        "robot": _node("robot", publish={*sources, *described, *standing.TOPICS}, subscribe=outputs),
        "operator": Grant(
            "operator",
            publish=frozenset({*_LOGS, "planner/instruction"}),
            subscribe=frozenset({"governor/state", "recorder/head", *_TOLD}),
            # The operator's commands run in nodes that are named by the number of their process.
            reply=frozenset(f"operator_*/{name}" for name in _EVERY),
            request=frozenset({*_GOVERNOR_SERVICES, "governor/change_state", "governor/get_state"}),
        ),
    }
    gated = _gated(profile)
    return own if gated is None else {**own, "trajectory_gate": gated}


def _node(
    name: str, publish: Iterable[str] = (), subscribe: Iterable[str] = (), reply: Iterable[str] = ()
) -> Grant:
    """A node with what every node has."""
    return Grant(
        name,
        frozenset({*publish, *_LOGS}),
        frozenset(subscribe),
        frozenset({*reply, *(f"~/{one}" for one in _EVERY)}),
    )


def _gated(profile: ProfileData) -> Grant | None:
    """The gate's, where there is a channel that it stands before."""
    actions = {"joint_trajectory": "follow_joint_trajectory", "gripper": "gripper_cmd"}
    gated = {name: channel for name, channel in profile.channels.items() if channel.type in actions}
    if not gated:
        return None
    joints = {source.topic for source in profile.sources.values() if source.type == "joints"}
    base = _node(
        "trajectory_gate",
        publish={channel.input for channel in gated.values()},
        subscribe={*joints, "governor/decision"},
    )
    executed = frozenset(f"{name}/{actions[channel.type]}" for name, channel in gated.items())
    return Grant(base.node, base.publish, base.subscribe, base.reply, execute=executed)


def document(given: Mapping[str, Grant], space: str) -> str:
    """The policy of ``given`` for the namespace ``space`` (amr1, say; empty: none), as XML."""
    root = ElementTree.Element("policy", version=VERSION)
    enclaves = ElementTree.SubElement(root, "enclaves")
    prefix = f"/{space}" if space else ""
    for name, grant in given.items():
        enclave = ElementTree.SubElement(enclaves, "enclave", path=f"{prefix}/{name}")
        profiles = ElementTree.SubElement(enclave, "profiles")
        rules = ElementTree.SubElement(profiles, "profile", ns=prefix or "/", node=grant.node)
        for verb, (many, one) in RULES.items():
            if names := getattr(grant, verb):
                group = ElementTree.SubElement(rules, many, {verb: "ALLOW"})
                for topic in sorted(names):
                    ElementTree.SubElement(group, one).text = topic
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'
