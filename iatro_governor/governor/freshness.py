"""Which commands count: well formed, fresh, in order, and after a stop only from a stream that began anew."""

from __future__ import annotations

import hashlib
import math
from collections import deque
from enum import Enum

from iatro_governor.governor.chart import Chart
from iatro_governor.governor.decision import FaultReport
from iatro_governor.governor.events import Command
from iatro_governor.governor.ladder import Ladder, Recovery
from iatro_governor.limits.command_rate import CommandRateConfig

MOST_PLANS = 65_536
"""Plan ids that are remembered. Beyond that every plan id counts as used: the safe side of forgetting."""
RATE_WINDOW_S = 1.0


class Verdict(Enum):
    """What becomes of a command on arrival."""

    ACCEPTED = "accepted"
    RESTING = "resting"
    """Exact zeros while the channel is stopped: obeyed already."""
    REFUSED = "refused"


class CommandStream:
    """The command stream of one channel."""

    def __init__(
        self, chart: Chart, ladder: Ladder, period_s: float, rate: CommandRateConfig | None = None
    ) -> None:
        """``rate``: the limit on commands a second, where there is one."""
        self._chart = chart
        self._rate = rate
        self._config = chart.config
        self._ladder = ladder
        self._period_s = period_s
        self._silence = f"no command younger than {chart.config.command_timeout_s} s"
        self._command: Command | None = None
        self._plan: str | None = None
        self._braking: float | None = None
        self._expired_nonzero = False
        self._last_stamp = -math.inf
        self._last_t = -math.inf
        self._last_moving_t = -math.inf
        self._moved_t = -math.inf
        self._plans: set[bytes] = set()
        self._arrivals: deque[float] = deque()
        self._owed: Recovery = "none"
        self._cleared_t = -math.inf
        self.no_new_plan = False
        """Set while the record cannot take another plan. What only brakes begins none."""

    def live(self, t: float) -> Command | None:
        """The command in force at ``t``, if it is still fresh."""
        command = self._command
        if command is None:
            return None
        # One that is stamped ahead holds no longer for it: counted from when it came.
        began = min(command.stamp, command.t)
        return None if t - began > self._config.command_timeout_s + 1e-9 else command

    def drop(self) -> None:
        """Forget the command: nothing from before a stop moves the robot after it."""
        self._command = None

    def watch(self, t: float, at_rest: bool) -> None:
        """Notice silence while the robot should be moving; silence at rest is no fault."""
        if self._command is not None and self.live(t) is None:
            self._expired_nonzero = self._chart.asks(self._command)
            self._command = None
        if at_rest:
            self._expired_nonzero = False
        self._ladder.hold("command_stale", t, self._expired_nonzero, self._silence)

    def stopped(self, recovery: Recovery) -> None:
        """A stop is in force that asks for ``recovery``; the strictest one since the last motion is owed."""
        if recovery == "rearm" or self._owed == "none":
            self._owed = recovery

    def cleared(self, t: float) -> None:
        """The last fault in force cleared at ``t``."""
        self._cleared_t = max(self._cleared_t, t)

    @property
    def owed(self) -> FaultReport | None:
        """What keeps the channel stopped although every fault has cleared."""
        if self._owed == "rearm":
            return FaultReport(
                "awaiting_rearm",
                f"send nothing or exact zeros for {self._config.rearm_s} s, or a plan "
                "id not used since start, then a command",
            )
        if self._owed == "fresh":
            return FaultReport("awaiting_command", "send a command stamped after the last fault cleared")
        return None

    def malformed(self, t: float, message: str) -> None:
        """A message on the input that is no command."""
        self._ladder.pulse("command_malformed", t, message)
        self._last_moving_t = t

    def accept(self, command: Command, t: float, stopped: bool, taken: str | None = None) -> Verdict:
        """Judge ``command``; ``stopped``: a fault of another kind is in force; ``taken``: who else has its joints."""
        new_plan = self._is_new(command.plan_id)
        quiet_s = t - self._last_moving_t
        fine = self._well_formed(command, t)
        moving = not fine or self._chart.asks(command)
        if moving:
            self._last_moving_t = t
        if not fine:
            self._use(command.plan_id)
            return Verdict.REFUSED
        self._expired_nonzero = False
        if stopped or not self._rearmed(command, quiet_s, new_plan):
            return Verdict.REFUSED if moving else Verdict.RESTING
        brakes = self.no_new_plan and moving and not self._goes_on(command, t)
        if brakes and not self._may_brake(command):
            return Verdict.REFUSED
        if taken is not None and moving:
            detail = (
                f"channel {taken} has the joints, and they move or are asked to; let them come to rest first"
            )
            self._ladder.pulse("joints_taken", t, detail)
            return Verdict.REFUSED
        self._use(command.plan_id)
        if t - self._last_t < self._period_s - 1e-9 and self._command is not None:
            self._ladder.pulse("command_superseded", t, "a newer command came within the same period")
        if brakes:
            self._braking = command.stamp
        else:
            self._plan = command.plan_id
        self._command, self._last_t = command, t
        self._moved_t = t if moving else self._moved_t
        self._owed = "none"
        return Verdict.ACCEPTED

    def _rearmed(self, command: Command, quiet_s: float, new_plan: bool) -> bool:
        if self._owed == "none":
            return True
        if command.stamp <= self._cleared_t:
            return False
        return self._owed == "fresh" or quiet_s >= self._config.rearm_s - 1e-9 or new_plan

    def _goes_on(self, command: Command, t: float) -> bool:
        """Whether ``command`` belongs to the plan in force.

        A plan has its id. Without one, a plan lasts as long as a command is in force and has moved within ``rearm_s``;
        a trajectory is one of its own.
        """
        if command.plan_id != self._plan:
            return False
        if command.plan_id is not None:
            return True
        live = self.live(t)
        return live is not None and (
            self._chart.asks(live) or t - self._moved_t < self._config.rearm_s - 1e-9
        )

    def _may_brake(self, command: Command) -> bool:
        """Whether ``command`` only brakes, and what goes on does not do so already: one upon another is a way on."""
        executed = self._chart.executed
        return self._chart.brakes(command) and (executed is None or executed.stamp != self._braking)

    def _is_new(self, plan_id: str | None) -> bool:
        full = len(self._plans) >= MOST_PLANS
        return plan_id is not None and not full and _digest(plan_id) not in self._plans

    def _use(self, plan_id: str | None) -> None:
        """An id is used once it was obeyed, or has spoilt a command; one that was only refused may still begin."""
        if plan_id is not None and len(self._plans) < MOST_PLANS:
            self._plans.add(_digest(plan_id))

    def _well_formed(self, command: Command, t: float) -> bool:
        config, ladder = self._config, self._ladder
        if (why := self.why_garbled(command)) is not None:
            ladder.pulse("command_malformed", t, why)
            return False
        ahead = command.stamp - t
        if ahead > config.max_future_s + 1e-9:
            ladder.pulse(
                "command_future",
                t,
                f"stamped {ahead:.3f} s ahead; at most {config.max_future_s} s is allowed",
            )
            return False
        if command.stamp < self._last_stamp:
            back = self._last_stamp - command.stamp
            ladder.pulse("command_backwards", t, f"stamped {back:.3f} s before the last command")
            return False
        self._last_stamp = command.stamp
        if -ahead > config.command_timeout_s + 1e-9:
            ladder.pulse(
                "command_stale",
                t,
                f"stamped {-ahead:.3f} s ago; at most {config.command_timeout_s} s is allowed",
            )
            return False
        return not self._too_fast(t)

    def _too_fast(self, t: float) -> bool:
        self._arrivals.append(t)
        while t - self._arrivals[0] > RATE_WINDOW_S:
            self._arrivals.popleft()
        rate = self._rate
        most = (self._config.max_command_hz if rate is None else rate.bound) * RATE_WINDOW_S
        if len(self._arrivals) <= most:
            return False
        self._arrivals.popleft()
        named = "" if rate is None else f" (limit {rate.name})"
        told = f"more than {most:.0f} commands in {RATE_WINDOW_S:.0f} s{named}"
        self._ladder.pulse("command_rate", t, told)
        return True

    def why_garbled(self, command: Command) -> str | None:
        """What makes ``command`` no command for this channel, or None."""
        if not math.isfinite(command.stamp):
            return f"stamp {command.stamp} is not finite"
        return self._chart.why_garbled(command)


def _digest(plan_id: str) -> bytes:
    """A plan id of any length in 16 bytes."""
    return hashlib.blake2b(plan_id.encode("utf-8", "surrogatepass"), digest_size=16).digest()
