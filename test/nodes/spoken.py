"""A planner that speaks and a governor that decides, without either: what a recorder and a witness hear of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from iatro_governor.ledger import reconcile

TEXTS = ("I drive on.", "I cannot do that.", "I'll stay below 0.2 m/s.", "I'll drive carefully.")


class Robot:
    """A planner that speaks and a governor that decides, with the receipts of the recorder."""

    def __init__(self, node: Any, wait: Callable[..., None], ledger: Path) -> None:
        from iatro_governor.msg import Ack, GovernorDecision, PlannerStatement

        from iatro_governor.nodes import convert, qos

        self.acks: dict[str, int] = {}
        self.decided = self.said = 0
        self._convert, self._node, self._wait, self._ledger = convert, node, wait, ledger
        self._decisions = node.create_publisher(GovernorDecision, "governor/decision", qos.RECORD)
        self._statements = node.create_publisher(PlannerStatement, "planner/statement", qos.RECORD)
        node.create_subscription(Ack, "recorder/ack", self._acknowledged, qos.EVENT)

    def _acknowledged(self, ack: Any) -> None:
        self.acks[ack.writer] = ack.up_to

    def leave(self) -> None:
        """Decide nothing more: an ending recorder waits for whoever might."""
        self._node.destroy_publisher(self._decisions)

    def heard_by(self, count: int) -> None:
        """Wait until ``count`` nodes hear both topics."""
        both = (self._decisions, self._statements)
        self._wait(
            lambda: all(one.get_subscription_count() >= count for one in both), 30.0, f"{count} listeners"
        )

    def say(self, actions: list[str] | None = None, at: float | None = None, text: str = "") -> None:
        """One statement of its own plan, stamped ``at`` or now; of some ``text`` or the next of ``TEXTS``."""
        body = {
            "t": self.now() if at is None else at, "seq": self.said, "planner_run": "run-1",
            "plan_id": f"p-{self.said}", "channels": ["base"], "instruction": "Drive on.",
            "text": text or TEXTS[self.said % len(TEXTS)],
            "reasoning": "", "actions": actions, "final": False, "planner": {"model_id": "m"},
        }  # fmt: skip
        self._statements.publish(self._convert.statement_message(body))
        self.said += 1

    def command(self, count: int) -> None:
        """Commands of the latest plan, 5 ms apart."""
        asked = [0.3, 0.0, 0.0, 0.0, 0.0, 0.0]
        for _ in range(count):
            body = {
                "t": self.now(), "seq": self.decided, "channel": "base", "state": "NOMINAL", "latch": None,
                "action": "pass", "requested": asked, "allowed": asked, "plan_id": f"p-{self.said - 1}",
                "limits": [], "faults": [], "config_hash": "h", "trigger": "command", "measured": asked,
                "stamp": None, "writer": "ring-1", "software_version": "0", "clock_source": "monotonic",
            }  # fmt: skip
            self._decisions.publish(self._convert.decision_message(body))
            self.decided += 1
            time.sleep(0.005)

    def now(self) -> float:
        """The clock of all stamps, s."""
        return float(self._node.get_clock().now().nanoseconds * 1e-9)

    def recorded(self) -> None:
        """Wait for the receipts of all that was said and decided."""
        self._wait(
            lambda: (self.acks.get("ring-1", 0), self.acks.get("run-1", 0)) == (self.decided, self.said),
            30.0,
            "receipts while the witness is away",
        )

    def judged(self, within: float = 40.0) -> dict[str, Any]:
        """Wait until every statement is recorded and has its verdict; the accounts then."""

        def all_told() -> bool:
            accounts = reconcile(self._ledger)
            return bool(accounts["sound"] and accounts["statements"] == self.said)

        self._wait(all_told, within, f"{self.said} statements in accounts that add up")
        return reconcile(self._ledger)
