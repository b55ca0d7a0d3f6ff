"""The quality of service of every topic, in one place: two ends that disagree exchange nothing, silently."""

from __future__ import annotations

from rclpy.duration import Duration, Infinite
from rclpy.event_handler import PublisherEventCallbacks, SubscriptionEventCallbacks
from rclpy.qos import DurabilityPolicy, HistoryPolicy, LivelinessPolicy, QoSProfile, ReliabilityPolicy

QUIET_IN = SubscriptionEventCallbacks(use_default_callbacks=False)
QUIET_OUT = PublisherEventCallbacks(use_default_callbacks=False)
"""No event handlers, which the executor would look at on each turn of the loop (a third of its time)."""

RECORD_DEPTH = 1000
"""Records a reader may lag behind before it loses some; what is lost is sent again."""

INPUT = QoSProfile(
    reliability=ReliabilityPolicy.BEST_EFFORT,
    durability=DurabilityPolicy.VOLATILE,
    history=HistoryPolicy.KEEP_LAST,
    depth=1,
)
"""Sensors and command inputs, as they are read: matches any publisher, and only the newest counts."""

SENSOR_OUT = INPUT
"""What a sensor publishes with: what is lost is old already."""

COMMAND = QoSProfile(
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.VOLATILE,
    history=HistoryPolicy.KEEP_LAST,
    depth=1,
)
"""What a planner publishes commands with."""

OUTPUT_IN = COMMAND
"""A governed output, as the robot's driver reads it."""

EVENT = QoSProfile(
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.VOLATILE,
    history=HistoryPolicy.KEEP_LAST,
    depth=10,
)
"""Emergency stop, acknowledgements, what a planner is told: few, and none to be missed."""

RECORD = QoSProfile(
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.VOLATILE,
    history=HistoryPolicy.KEEP_LAST,
    depth=RECORD_DEPTH,
)
"""Statements, marks, decisions, disagreements: everything that the ledger counts."""

STATE = QoSProfile(
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
    history=HistoryPolicy.KEEP_LAST,
    depth=1,
)
"""Standing facts (governor/state, recorder/head): the last one is given to whoever joins late."""

STANDING = QoSProfile(
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
    history=HistoryPolicy.KEEP_LAST,
    depth=100,
)
"""Standing facts of many speakers (/tf_static), who all speak at once to whoever joins late."""

BUTTON = (
    EVENT,
    STATE,
    QoSProfile(
        reliability=ReliabilityPolicy.BEST_EFFORT,
        durability=DurabilityPolicy.VOLATILE,
        history=HistoryPolicy.KEEP_LAST,
        depth=10,
    ),
)
"""The readers of an emergency stop, for hearing it several times changes nothing: no press of a reliable publisher is
lost, one that keeps its last message is heard however late we come, and one that promises nothing is heard as well."""

HEARTBEAT = QoSProfile(
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.VOLATILE,
    history=HistoryPolicy.KEEP_LAST,
    depth=1,
)
"""governor/heartbeat, for readers that look at its counter alone."""

DIAGNOSTICS = QoSProfile(
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.VOLATILE,
    history=HistoryPolicy.KEEP_LAST,
    depth=10,
)
"""/diagnostics."""


def heartbeat(lease_s: float) -> QoSProfile:
    """governor/heartbeat, as the governor publishes it and the watch reads it: whoever sends it says that it lives."""
    return QoSProfile(
        reliability=ReliabilityPolicy.RELIABLE,
        durability=DurabilityPolicy.VOLATILE,
        history=HistoryPolicy.KEEP_LAST,
        depth=1,
        liveliness=LivelinessPolicy.MANUAL_BY_TOPIC,
        liveliness_lease_duration=Duration(seconds=lease_s),
    )


def output(rate_hz: float, lease_s: float) -> QoSProfile:
    """A governed output, as the governor publishes it ``rate_hz`` times a second.

    Its readers may ask for a deadline of two periods, and for a publisher that says itself that it lives
    (every message says so) at least every ``lease_s`` seconds.
    """
    return QoSProfile(
        reliability=ReliabilityPolicy.RELIABLE,
        durability=DurabilityPolicy.VOLATILE,
        history=HistoryPolicy.KEEP_LAST,
        depth=1,
        deadline=Duration(seconds=2.0 / rate_hz),
        liveliness=LivelinessPolicy.MANUAL_BY_TOPIC,
        liveliness_lease_duration=Duration(seconds=lease_s),
    )


def now_and_then(lease_s: float) -> QoSProfile:
    """A governed output of trajectories: its readers may ask for the publisher's life, but for no deadline.

    A deadline that is left out would read as less than the one of a reader that asks for none.
    """
    return QoSProfile(
        reliability=ReliabilityPolicy.RELIABLE,
        durability=DurabilityPolicy.VOLATILE,
        history=HistoryPolicy.KEEP_LAST,
        depth=1,
        deadline=Infinite,
        liveliness=LivelinessPolicy.MANUAL_BY_TOPIC,
        liveliness_lease_duration=Duration(seconds=lease_s),
    )
