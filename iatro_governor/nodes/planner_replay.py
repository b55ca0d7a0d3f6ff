"""A planner that replays a scenario: it says and commands what is written there, as an LLM planner node would.

It begins when all who must hear it are there, and ends (exit code 0) when every plan has ended and the ledger, if
there is one, has every statement. The commands of an arm go to ``arm/velocity_planner``, ``arm/position_planner``,
``arm/effort_planner``, ``arm/trajectory_planner`` and ``gripper_planner``, as its plans need.

Parameters (read once, at the start):

- ``scenario``: the file to replay, for a base or for an arm; empty is the demo's.
- ``topic``: where the commands of a base go; ``stamped``: as TwistStamped (true) or Twist.
- ``listeners``: how many nodes besides the governor must be there to hear its words.
- ``cue``: a file that must be there before it begins, for whoever knows more than it does; empty: none.
- ``report``: a file that gets when each plan began and ended (s, node clock), and what was sent.
"""

from __future__ import annotations

import signal
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rclpy.node import Node

from iatro_governor.msg import PlanMark, PlannerStatement
from iatro_governor.nodes import convert, qos
from iatro_governor.nodes.files import write_json
from iatro_governor.nodes.options import Options
from iatro_governor.nodes.outbox import Outbox
from iatro_governor.nodes.replayed import replayed
from iatro_governor.nodes.run import run
from iatro_governor.resources import shared
from iatro_governor.trial.arm_script import ArmOutput
from iatro_governor.trial.course import Mark, Say
from iatro_governor.trial.script import Output

POLL_S = 0.01
FOUND_S = 0.3
"""Everybody has been there for so long, s, before it begins: what is sent to whoever has just come may be lost."""
SETTLE_S = 5.0
"""Longest wait, after the last plan, for the ledger to have every statement, s."""


class PlannerReplay(Node):
    """Publishes planner/statement, planner/mark and the commands of the scenario's channels."""

    def __init__(self) -> None:
        """Raises ScenarioError for a scenario that cannot be used."""
        super().__init__("planner_replay")
        options = Options(self)
        file = options.take("scenario", "") or shared("scenarios/demo.yaml")
        topic, stamped = options.take("topic", "cmd_vel_planner"), options.take("stamped", True)
        self._listeners, self._report_file = options.take("listeners", 2), options.take("report", "")
        self._cue = options.take("cue", "")
        options.close()
        self._robot = replayed(self, file, topic, stamped)
        self._scenario, self._planner = self._robot.scenario, self._robot.planner
        self._run = str(uuid.uuid4())
        self._said = self._driven = 0
        self._began = False
        self._found_at: float | None = None
        self._over_at: float | None = None
        self._statement = self.create_publisher(PlannerStatement, "planner/statement", qos.RECORD)
        self._mark = self.create_publisher(PlanMark, "planner/mark", qos.RECORD)
        self._outbox = Outbox(self, self._run, self._statement.publish)
        self.create_timer(POLL_S, self._step)
        self.get_logger().info(f"planner ready: {self._scenario.name}, {len(self._scenario.plans)} plans")

    def destroy_node(self) -> None:
        """Write the report, and go."""
        if self._report_file:
            write_json(Path(self._report_file), self.report())
        super().destroy_node()

    def report(self) -> dict[str, Any]:
        """What was said and commanded, and when, as JSON."""
        return {
            "planner_run": self._run,
            "finished": self._planner.done,
            "statements": self._said,
            "commands": self._driven,
            "spans": [asdict(span) for span in self._planner.spans],
        }

    def _now(self) -> float:
        return float(self.get_clock().now().nanoseconds * 1e-9)

    def _heard(self) -> bool:
        """Whether all who must hear the planner do, and its robot has spoken: what nobody hears is not said."""
        missing = self._robot.unheard()
        if self._statement.get_subscription_count() < self._listeners:
            missing.append("planner/statement")
        if self._mark.get_subscription_count() < self._listeners + 1:
            missing.append("planner/mark")
        if self._cue and not Path(self._cue).exists():
            missing.append(self._cue)
        if missing:
            self.get_logger().info(f"waits for {', '.join(missing)}", throttle_duration_sec=5.0)
        return not missing

    def _step(self) -> None:
        now = self._now()
        if not self._began:
            self._found_at = (self._found_at or now) if self._heard() else None
            self._began = self._found_at is not None and now - self._found_at >= FOUND_S
            return
        if self._planner.done:
            self._end(now)
            return
        begun = len(self._planner.spans)
        for output in self._robot.step(now):
            self._publish(now, output)
        if len(self._planner.spans) > begun:
            plan = self._scenario.plans[begun]
            self.get_logger().info(f"begins plan {begun + 1} of {len(self._scenario.plans)}: {plan.title}")

    def _publish(self, now: float, output: Output | ArmOutput) -> None:
        if isinstance(output, Say):
            self._say(now, output)
        elif isinstance(output, Mark):
            body = {"t": now, "channel": output.channel, "plan_id": output.plan_id}
            self._mark.publish(convert.mark_message(body))
        else:
            self._robot.drive(output)
            self._driven += 1

    def _say(self, now: float, said: Say) -> None:
        plans = len(self._scenario.plans)
        self.get_logger().info(
            f"plan {self._planner.spans[-1].index + 1} of {plans}: {said.plan_id or '(no id)'}"
        )
        body = {
            **asdict(said),
            "t": now,
            "seq": self._said,
            "planner_run": self._run,
            "channels": list(said.channels),
            "actions": list(said.actions) if said.actions_known else None,
            "final": False,
            "planner": {"model_id": self._scenario.model_id},
        }
        self._outbox.send(self._said, convert.statement_message(body))
        self._said += 1

    def _end(self, now: float) -> None:
        """End this process once the ledger has what was said, or nobody is left to ask for it."""
        self._over_at = now if self._over_at is None else self._over_at
        unheard = self._outbox.waiting and self._statement.get_subscription_count() > 0
        if not unheard or now - self._over_at > SETTLE_S:
            signal.raise_signal(signal.SIGTERM)


def main() -> None:
    """Run the planner."""
    raise SystemExit(run("planner_replay", PlannerReplay))


if __name__ == "__main__":
    main()
