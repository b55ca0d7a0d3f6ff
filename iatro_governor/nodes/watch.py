"""The watch: a second, small process that stops the robot when the governor dies, hangs, or publishes no more.

While the governor lives the watch publishes nothing. It listens to ``governor/heartbeat`` and to the governed outputs.
Once the heartbeat's counter or an output has stood still for the loop's ``max_gap_s`` and a heartbeat's time, it
publishes the stop of each channel on its output, at the loop's rate, until the governor speaks again (a governor that
was never heard is waited for longer, whatever others publish meanwhile: nodes need a while to find each other):

- speeds (twist, joint_velocity): a ramp of the protective stop to zero, from the last output, and zeros from then on;
- set-points (joint_position, pose, gripper): the last one, frozen;
- efforts and wrenches: what the governor last called rest. It holds the arm where that was computed; as the arm moves
  on, gravity changes and this does not, so let the driver hold the position by itself;
- trajectories: one stop along the way of what is being executed.

The governor knows the watch by the ids of its publishers, in a file beside the ledger's settings that only the user
of both can write. So both need the same parameters, and one machine. It cannot see who sends a heartbeat: a forger
that also publishes on the output keeps it quiet, and only SROS2 keeps forgers away.
"""

from __future__ import annotations

import time

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node

from iatro_governor.governor.pulse import Pulse
from iatro_governor.msg import GovernorDecision, Heartbeat
from iatro_governor.nodes import qos
from iatro_governor.nodes.diagnosed import row_name
from iatro_governor.nodes.outgoing import recognised
from iatro_governor.nodes.parameters import settings
from iatro_governor.nodes.resting import RAMP_S
from iatro_governor.nodes.run import run
from iatro_governor.nodes.steady import every
from iatro_governor.nodes.watch_channels import BY_DECISION, Watched, watched
from iatro_governor.nodes.watch_file import Introduction
from iatro_governor.profile.load import load_data

TURN_S = 0.05
"""From one look to the next, s."""
LATE_S = 0.1
"""A look that comes later than this was held up, and the time does not count as the governor's silence, s."""
START_S = 5.0
"""A governor that was never heard is waited for so long: nodes need a while to find each other, s."""
REPORT_TURNS = 20
"""Looks from one report on /diagnostics to the next."""


class Watch(Node):
    """Listens, and stops what the governor no longer does."""

    def __init__(self) -> None:
        """Raises ProfileError for a profile that cannot be used, WatchRuns where another watch of the robot runs."""
        super().__init__("watch")
        own, _ = settings(self)
        data = load_data(own.config)
        self._file = Introduction(own.ledger.with_suffix(".watch"))
        self._patience_s = data.loop.patience_s
        self._robot = data.robot.name
        self._heart = Pulse(time.monotonic())
        self._heard = False
        self._looked = time.monotonic()
        self._turns = 0
        self._seen: dict[str, int] = {}
        self.channels: dict[str, Watched] = {
            name: watched(self, data, channel, time.monotonic) for name, channel in data.channels.items()
        }
        self.stopping: set[str] = set()
        """Channels that the watch publishes on now."""
        recognised(self, [follow.out for follow in self.channels.values()])
        self._file.tell(gid for follow in self.channels.values() for gid in follow.out.own)
        self._listen(any(channel.type in BY_DECISION for channel in data.channels.values()))
        self._steps = every(1.0 / data.loop.rate_hz, self, self._step)
        self._steps.cancel()
        every(TURN_S, self, self._turn)
        self._diagnostics = self.create_publisher(
            DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS, event_callbacks=qos.QUIET_OUT
        )
        self._told_unread = self._reported_unread = 0
        self.get_logger().info(
            f"watching {', '.join(self.channels)}: silent for {self._patience_s:g} s is dead"
        )

    def _listen(self, decisions: bool) -> None:
        beats = qos.heartbeat(self._patience_s)
        self.create_subscription(
            Heartbeat, "governor/heartbeat", self._beat, beats, event_callbacks=qos.QUIET_IN
        )
        if decisions:
            self.create_subscription(
                GovernorDecision, "governor/decision", self._decided, qos.INPUT, event_callbacks=qos.QUIET_IN
            )

    def _beat(self, message: Heartbeat) -> None:
        t = time.monotonic()
        if not self._heard:
            self._heard = True
            for follow in self.channels.values():
                follow.expect(t)
            self.get_logger().info("the governor lives")
        self._heart.beat(t, message.count)

    def _decided(self, message: GovernorDecision) -> None:
        """Take a new decision; those that are sent again are old."""
        follow = self.channels.get(message.channel)
        if follow is not None and message.seq > self._seen.get(message.writer, -1):
            self._seen = {message.writer: message.seq}
            follow.rest_at(message)

    def _turn(self) -> None:
        t = time.monotonic()
        gap, self._looked = t - self._looked, t
        if gap > LATE_S:
            self._heart.delay(gap)
            for follow in self.channels.values():
                follow.delay(gap)
        dead, silent = self._dead(t), self._silent(t)
        self._change(silent, dead)
        for name in self.channels.keys() - silent:
            self.channels[name].out.live()
        self._tell_unread()
        self._turns += 1
        if self._turns % REPORT_TURNS == 0:
            self._report(dead)

    def _dead(self, t: float) -> bool:
        return self._heart.silent_s(t) > (self._patience_s if self._heard else START_S)

    def _silent(self, t: float) -> set[str]:
        """Channels whose governor, or output, says nothing at ``t``.

        An output counts from the first heartbeat on: before it others may be heard on it, and the governor not yet.
        """
        if self._dead(t):
            return set(self.channels)
        if not self._heard:
            return set()
        return {name for name, follow in self.channels.items() if follow.silent_s(t) > self._patience_s}

    def _change(self, silent: set[str], dead: bool) -> None:
        """Begin to stop, and end it."""
        for name in self.stopping - silent:
            self.channels[name].over()
        if begun := silent - self.stopping:
            self._tell(begun, dead)
        if ended := self.stopping - silent:
            self.get_logger().info(f"the governor has {', '.join(sorted(ended))} again")
        self.stopping = silent
        if silent and self._steps.is_canceled():
            self._steps.reset()
        elif not silent:
            self._steps.cancel()

    def _tell(self, begun: set[str], dead: bool) -> None:
        names = ", ".join(sorted(begun))
        if not dead:
            self.get_logger().error(f"nothing is published on the output of {names}: stopping it")
        elif self._heard:
            self.get_logger().error(
                f"the governor has been silent for {self._patience_s:g} s: stopping {names}"
            )
        else:
            self.get_logger().warning(f"no governor yet: {names} is to stand still")

    def _tell_unread(self) -> None:
        count = sum(follow.unread.count for follow in self.channels.values())
        if count > self._told_unread:
            self.get_logger().error(self._unread(), throttle_duration_sec=1.0)
            self._told_unread = count

    def _unread(self) -> str:
        """What could not be read on the outputs, empty: everything could."""
        found = ((name, follow.unread) for name, follow in self.channels.items() if follow.unread.count)
        return "; ".join(
            f"{name}: {u.count} outputs could not be read, the last: {u.why}" for name, u in found
        )

    def _step(self) -> None:
        """What has been heard since the last look, a governor that is back, is not spoken against."""
        t, now = time.monotonic(), self.get_clock().now().nanoseconds * 1e-9
        for name in self.stopping & self._silent(t):
            self.channels[name].step(t, now)

    def _report(self, dead: bool) -> None:
        names = ", ".join(sorted(self.stopping))
        row = DiagnosticStatus(
            name=row_name(self, "governor"),
            hardware_id=self._robot,
            level=DiagnosticStatus.ERROR if self.stopping else DiagnosticStatus.OK,
            message=f"silent; stopping {names}" if dead else f"stopping {names}" if names else "lives",
        )
        message = DiagnosticArray(status=[row, self._outputs()])
        message.header.stamp = self.get_clock().now().to_msg()
        self._diagnostics.publish(message)

    def _outputs(self) -> DiagnosticStatus:
        unread, count = self._unread(), sum(follow.unread.count for follow in self.channels.values())
        more, self._reported_unread = count > self._reported_unread, count
        once = DiagnosticStatus.WARN if unread else DiagnosticStatus.OK
        values = [KeyValue(key=name, value=str(f.unread.count)) for name, f in self.channels.items()]
        return DiagnosticStatus(
            name=row_name(self, "outputs"),
            hardware_id=self._robot,
            level=DiagnosticStatus.ERROR if more else once,
            message=unread or "all that went out could be read",
            values=values,
        )

    def survive(self, _error: Exception) -> bool:
        """An exception in a callback is logged; the watch goes on."""
        return True

    def finish(self) -> bool:
        """True at once, unless the robot is just being stopped: then once it rests."""
        return not any(self.channels[name].out.moving for name in self.stopping)

    def destroy_node(self) -> None:
        """Let go of the file, too."""
        self._file.close()
        super().destroy_node()


def main() -> None:
    """Run the watch."""
    raise SystemExit(run("watch", Watch, survive=Watch.survive, finish=Watch.finish, finish_s=RAMP_S))


if __name__ == "__main__":
    main()
