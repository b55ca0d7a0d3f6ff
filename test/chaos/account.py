"""Whether a ledger tells of everything that was done to a robot: each fault's rise and fall, and every number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iatro_governor.ledger import Reader
from iatro_governor.ledger.record import LOST

Body = dict[str, Any]
STOPPING = ("CONTROLLED_STOP", "PROTECTIVE_STOP")
GRACE = 1000
"""Decisions after a cure in which a fault may still fall."""


@dataclass(frozen=True)
class Strike:
    """One thing that was done. faults: any one of them must be told, none: nothing has to be.

    first, last: the decisions' numbers between which it was done; cured: the one at which it was over for good, which
    for who has to start again is later. silence: it takes the commands away, which is no fault while nothing moves.
    """

    kind: str
    faults: tuple[str, ...]
    first: int
    last: int
    cured: int
    silence: bool = False


def problems(
    bodies: Sequence[Body],
    strikes: Iterable[Strike],
    lost: Iterable[tuple[int, int]],
    channel: str = "base",
    channels: int = 1,
) -> list[str]:
    """What is missing from the decisions ``bodies``; ``lost``: numbers that are told to be.

    channel: that was struck, one of ``channels`` that are decided in turn.
    """
    ordered = sorted(bodies, key=lambda body: int(body["seq"]))
    own, grace = [body for body in ordered if body.get("channel", channel) == channel], GRACE * channels
    return [*_gaps(ordered, lost), *(said for strike in strikes if (said := _untold(own, strike, grace)))]


def _gaps(ordered: Sequence[Body], lost: Iterable[tuple[int, int]]) -> list[str]:
    told = {number for first, last in lost for number in range(first, last + 1)}
    out, expected = [], ordered[0]["seq"] if ordered else 0
    for body in ordered:
        missing = [number for number in range(expected, body["seq"]) if number not in told]
        if missing:
            out.append(f"decisions {missing[0]} to {missing[-1]} are missing, and nothing says so")
        expected = body["seq"] + 1
    return out


def _untold(ordered: Sequence[Body], strike: Strike, grace: int) -> str | None:
    if not strike.faults:
        return None
    span = [body for body in ordered if strike.first < body["seq"] <= strike.cured + grace]
    within = [body for body in span if body["seq"] <= strike.last]
    risen = [name for name in strike.faults if any(name in names(body) for body in within)]
    if not risen and at_rest(ordered, strike):
        return None
    if not risen:
        return f"{strike.kind}: {' or '.join(strike.faults)} never rose in {strike.first} to {strike.last}"
    for name in risen:
        at = next(body["seq"] for body in within if name in names(body))
        if not any(name not in names(body) for body in span if body["seq"] > at):
            return f"{strike.kind}: {name} never fell"
    return None


def at_rest(ordered: Sequence[Body], strike: Strike) -> bool:
    """Whether commands were taken away while the limits had the robot at rest, so that their end changed nothing.

    Or while a fault had it stop: what was late for the strike before may still come as this one begins.
    """
    if not strike.silence:
        return False
    before = next((body for body in reversed(ordered) if body["seq"] <= strike.first), None)
    if before is not None and before.get("state") in STOPPING:
        return True
    within = [body for body in ordered if strike.first < body["seq"] <= strike.last]
    ran_out = next((at for at, body in enumerate(within) if body["requested"] is None), 0)
    return ran_out > 0 and not any(within[ran_out - 1]["allowed"])


def names(body: Body) -> set[str]:
    """The faults of a decision."""
    return {fault["name"] for fault in body["faults"]}


def decisions(ledger: Path, writer: str) -> tuple[list[Body], list[tuple[int, int]]]:
    """The decisions of one governor in a ledger, and the numbers that are told to be lost."""
    with Reader(ledger) as reader:
        bodies = [record.body for record in reader.records("decision", writer=writer)]
        told = [record.body for record in reader.records(LOST) if record.writer == f"decision/{writer}"]
    return bodies, [(one["first"], one["last"]) for one in told]
