"""A planner that replays a scenario: it says and commands what is written there, as an LLM planner node would.

It begins when all who must hear it are there, and ends (exit code 0) when every plan has ended and the ledger, if
there is one, has every statement. Parameters (read once, at the start):

- ``scenario``: the file to replay; empty is the demo's.
- ``topic``: where its commands go; ``stamped``: as TwistStamped (true) or Twist.
- ``listeners``: how many nodes besides the governor must be there to hear its words.
- ``report``: a file that gets when each plan began and ended (s, node clock), and what was sent.
"""

from __future__ import annotations

import signal
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.node import Node

from iatro_governor.msg import PlanMark, PlannerStatement
from iatro_governor.nodes import convert, qos
from iatro_governor.nodes.files import write_json
from iatro_governor.nodes.options import Options
from iatro_governor.nodes.outbox import Outbox
from iatro_governor.nodes.run import run
from iatro_governor.resources import shared
from iatro_governor.trial.scenario import load
from iatro_governor.trial.script import Drive, Mark, Output, Say, ScriptedPlanner

POLL_S = 0.01
SETTLE_S = 5.0
"""Longest wait, after the last plan, for the ledger to have every statement, s."""


class PlannerReplay(Node):
    """Publishes planner/statement, planner/mark and the commands of the scenario's channel."""

    def __init__(self) -> None:
        """Raises ScenarioError for a scenario that cannot be used."""
        super().__init__("planner_replay")
        options = Options(self)
        file = options.take("scenario", "") or shared("scenarios/demo.yaml")
        topic, self._stamped = options.take("topic", "cmd_vel_planner"), options.take("stamped", True)
        self._listeners, self._report_file = options.take("listeners", 2), options.take("report", "")
        options.close()
        self._scenario = load(file)
        self._planner = ScriptedPlanner(self._scenario)
        self._run = str(uuid.uuid4())
        self._said = self._driven = 0
        self._odom: Odometry | None = None
        self._began = False
        self._over_at: float | None = None
        self._statement = self.create_publisher(PlannerStatement, "planner/statement", qos.RECORD)
        self._mark = self.create_publisher(PlanMark, "planner/mark", qos.RECORD)
        self._command = self.create_publisher(TwistStamped if self._stamped else Twist, topic, qos.COMMAND)
        self._outbox = Outbox(self, self._run, self._statement.publish)
        self.create_subscription(Odometry, "odom", self._moved, qos.INPUT)
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

    def _moved(self, message: Odometry) -> None:
        self._odom = message

    def _heard(self) -> bool:
        """Whether all who must hear the planner do, and odometry has come: what nobody hears is not said."""
        return (
            self._odom is not None
            and self._command.get_subscription_count() > 0
            and self._statement.get_subscription_count() >= self._listeners
            and self._mark.get_subscription_count() >= self._listeners + 1
        )

    def _step(self) -> None:
        if not self._began:
            self._began = self._heard()
            return
        now = self._now()
        if self._planner.done:
            self._end(now)
            return
        assert self._odom is not None
        pose, twist = self._odom.pose.pose, self._odom.twist.twist
        p, q, v, w = pose.position, pose.orientation, twist.linear, twist.angular
        begun = len(self._planner.spans)
        at = (p.x, p.y, p.z, q.x, q.y, q.z, q.w)
        for output in self._planner.step(now, at, (v.x, v.y, v.z, w.x, w.y, w.z)):
            self._publish(now, output)
        if len(self._planner.spans) > begun:
            plan = self._scenario.plans[begun]
            self.get_logger().info(f"begins plan {begun + 1} of {len(self._scenario.plans)}: {plan.title}")

    def _publish(self, now: float, output: Output) -> None:
        if isinstance(output, Say):
            self._say(now, output)
        elif isinstance(output, Mark):
            body = {"t": now, "channel": output.channel, "plan_id": output.plan_id}
            self._mark.publish(convert.mark_message(body))
        else:
            self._drive(output)

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

    def _drive(self, output: Drive) -> None:
        twist = Twist()
        twist.linear.x, twist.linear.y, twist.linear.z = map(float, output.values[:3])
        twist.angular.x, twist.angular.y, twist.angular.z = map(float, output.values[3:])
        self._driven += 1
        if not self._stamped:
            self._command.publish(twist)
            return
        message = TwistStamped(twist=twist)
        message.header.stamp, message.header.frame_id = self.get_clock().now().to_msg(), "base_link"
        self._command.publish(message)

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
