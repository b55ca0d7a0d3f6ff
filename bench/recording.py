"""What a node does with a decision that is made: its body, the ring on disk, the message, and its bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rclpy.serialization import serialize_message

from bench.core import DOWN, TABLE_ZONES
from bench.cores import ALONGSIDE, ON_THE_TABLE, ArmCase, BaseCase, boxes_around, profile
from bench.timing import Took, both, clocked
from iatro_governor import __version__
from iatro_governor.governor.recorded import decision_body
from iatro_governor.nodes.convert import decision_message
from iatro_governor.nodes.records import Records

ROUNDS = 1000
WARM = 200
PARTS = ("body", "ring", "message", "bytes")
"""In the order of the node: in memory, on disk, as it is published, and as it leaves."""


def recorded(folder: Path) -> dict[str, Any]:
    """us of each part, of decisions that slow a base and an arm down."""
    cases: dict[str, BaseCase | ArmCase] = {
        "base": BaseCase(profile(folder, "amr.yaml", ALONGSIDE), 0.8, 0.8),
        "arm": ArmCase(profile(folder, "panda.yaml", boxes_around(TABLE_ZONES)), ON_THE_TABLE, DOWN),
    }
    return {name: parts(case, folder / f"{name}.ring") for name, case in cases.items()}


def parts(case: BaseCase | ArmCase, path: Path) -> dict[str, Any]:
    """us of each part; ``bytes_sent``: of the last message."""
    records, taken, sent = Records(path), dict[str, list[Took]]({name: [] for name in PARTS}), b""
    try:
        for number in range(WARM + ROUNDS):
            case.step()
            sent, took = one(case.decision, records)
            if number >= WARM:
                for name in PARTS:
                    taken[name].append(took[name])
    finally:
        records.close()
    return {**{name: both(times) for name, times in taken.items()}, "bytes_sent": len(sent)}


def one(decision: Any, records: Records) -> tuple[bytes, dict[str, Took]]:
    """One decision on its way; the receipt for it is not timed."""
    took: dict[str, Took] = {}
    body = timed(took, "body", lambda: decision_body(decision, 0.0, records.writer, __version__, "monotonic"))
    body["seq"] = records.next_number
    timed(took, "ring", lambda: records.write(body))
    message = timed(took, "message", lambda: decision_message(body))
    sent: bytes = timed(took, "bytes", lambda: serialize_message(message))
    records.receipt(records.next_number)
    return sent, took


def timed(took: dict[str, Took], name: str, work: Callable[[], Any]) -> Any:
    """What ``work`` returns; what it takes goes into ``took``."""
    found: list[Any] = []
    took[name] = clocked(lambda: found.append(work()))
    return found[0]
