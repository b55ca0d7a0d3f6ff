"""A decision as the ledger keeps it: strict JSON, times in s of the node's clock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from iatro_governor.governor.decision import Decision, number
from iatro_governor.governor.events import Command, Knot

Body = dict[str, Any]

TRIGGERS = ("tick", "command")
"""What made a decision; by GovernorDecision.trigger."""
PARTS = ("positions", "velocities", "accelerations")
"""Of a trajectory's point."""


def decision_body(
    decision: Decision,
    offset: float,
    writer: str,
    version: str,
    clock: str,
    command: Command | None = None,
    joints: Sequence[str] = (),
) -> Body:
    """``decision`` as it is recorded and sent.

    offset: what to add to the governor's time to get the node clock, s. writer: id of the ring that numbers
    it. version: of this software. clock: one of CLOCKS. command: what it was made on, where that is known.
    joints: those of its channel, in the order of a published trajectory. Where no trajectory was asked for or
    published, the body has no key for it, nor one for the stop where none is in force.
    """
    stamp, line = decision.stamp, decision.to_json()
    del line["trajectory"]  # on the wire it is a message of its own
    del line["trap"]  # the state tells it, and each decision under a recovery says so among its faults
    if line["stop"] is None:
        del line["stop"]
    body = {
        **line,
        "t": decision.t + offset,
        "trigger": TRIGGERS[decision.on_command],
        "measured": None if decision.measured is None else list(decision.measured),
        "channel_type": decision.channel_type,
        "rest": list(decision.rest),
        "stamp": None if stamp is None or not math.isfinite(stamp) else stamp + offset,
        "writer": writer,
        "software_version": version,
        "clock_source": clock,
    }
    if command is not None and command.points is not None:
        body["requested_trajectory"] = trajectory_body(command.names, command.points)
    if decision.trajectory is not None:
        body["allowed_trajectory"] = trajectory_body(joints, decision.trajectory)
    return body


def trajectory_body(names: Sequence[str], knots: Sequence[Knot]) -> Body:
    """A trajectory as it is recorded: strict JSON, whatever its numbers are."""
    points = [{"time": number(knot.time)} | {p: _numbers(getattr(knot, p)) for p in PARTS} for knot in knots]
    return {"names": list(names), "points": points}


def _numbers(values: Sequence[float]) -> list[float | str]:
    return [number(value) for value in values]


def as_sent(body: Body) -> Body:
    """``body`` as it comes off the wire: numbers are doubles, times are whole ns."""
    sent = {**body, "t": _to_ns(body["t"])}
    stamp = body["stamp"]
    sent["stamp"] = None if stamp is None or not round(stamp * 1e9) else _to_ns(stamp)
    for name in ("requested", "allowed", "measured", "rest"):
        sent[name] = None if body[name] is None else [number(float(value)) for value in body[name]]
    for name in ("requested_trajectory", "allowed_trajectory"):
        if name in body:
            points = [
                {"time": _to_ns(float(point["time"]))}
                | {p: [number(float(v)) for v in point[p]] for p in PARTS}
                for point in body[name]["points"]
            ]
            sent[name] = {**body[name], "points": points}
    sent["limits"] = [
        {**limit, **{name: number(float(limit[name])) for name in ("requested", "allowed", "margin")}}
        for limit in body["limits"]
    ]
    return sent


def _to_ns(t: float) -> float:
    """``t`` s as a stamp holds it."""
    nanoseconds = round(t * 1_000_000_000)
    return float(nanoseconds // 1_000_000_000 + nanoseconds % 1_000_000_000 * 1e-9)
