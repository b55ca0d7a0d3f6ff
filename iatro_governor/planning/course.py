"""The steps of an answer, carried out one after another: what to publish, and when. Time is an argument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from iatro_governor.planning.steps import Follow, Move, Rest, Step, Values
from iatro_governor.profile.channels import TwistChannel
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.joint_channels import JointVelocityChannel

REST_S = 0.5
"""A channel that has a zero is told it for so long when a step ends, s: one message may be lost."""
SLOWEST_S, FASTEST_S = 0.05, 0.005
"""Longest and shortest time between commands, s."""


@dataclass(slots=True)
class _Stream:
    values: Values
    until: float


class Course:
    """Carries out the steps of one answer; a new answer takes the place of what is left of the one before it."""

    def __init__(self, channels: Mapping[str, AnyChannel]) -> None:
        self._zeros = {name: _zero(channel) for name, channel in channels.items()}
        self._streams: dict[str, _Stream] = {}
        self._steps: list[Step] = []
        self._ends: float | None = None
        self._moving: str | None = None

    @property
    def done(self) -> bool:
        """Whether every step has ended."""
        return self._ends is None

    @property
    def still(self) -> bool:
        """Whether there is nothing left to publish, the zeros after the last step included."""
        return self.done and not self._streams

    def begin(self, steps: Sequence[Step], now: float) -> None:
        """Carry out ``steps`` from ``now`` on, s; what is underway ends."""
        for channel in tuple(self._streams):
            self._rest(channel, now)
        self._steps, self._moving, self._ends = list(steps), None, now

    def step(self, now: float) -> list[Move | Follow]:
        """What to publish at ``now``, s: a command a channel, a trajectory once."""
        once: list[Move | Follow] = []
        while self._ends is not None and now >= self._ends:
            self._end(now)
            once += self._next(now)
        for channel, stream in tuple(self._streams.items()):
            if now >= stream.until and channel != self._moving:
                del self._streams[channel]
        return [*once, *(Move(name, stream.values, 0.0) for name, stream in self._streams.items())]

    def _next(self, now: float) -> list[Move | Follow]:
        if not self._steps:
            self._ends = None
            return []
        step = self._steps.pop(0)
        self._ends = now + step.duration_s
        if isinstance(step, Move):
            self._moving = step.channel
            self._streams[step.channel] = _Stream(step.values, self._ends)
        return [step] if isinstance(step, Follow) else []

    def _end(self, now: float) -> None:
        if self._moving is None:
            return
        # The next step of the same channel goes on without a rest between.
        after = self._steps[0] if self._steps else Rest(0.0)
        if not (isinstance(after, Move) and after.channel == self._moving):
            self._rest(self._moving, now)
        self._moving = None

    def _rest(self, channel: str, now: float) -> None:
        zero = self._zeros[channel]
        if zero is None:
            self._streams.pop(channel, None)
        else:
            self._streams[channel] = _Stream(zero, now + REST_S)


def period(channels: Mapping[str, AnyChannel]) -> float:
    """Time between the commands to any of ``channels``, s: well within their time-outs, below their most a second."""
    soon = min(channel.command_timeout_s / 4 for channel in channels.values())
    least = max(2.0 / channel.max_command_hz for channel in channels.values())
    return max(min(soon, SLOWEST_S), least, FASTEST_S)


def _zero(channel: AnyChannel) -> Values | None:
    """What brings a channel to rest, None for one that rests where it is by silence."""
    if isinstance(channel, TwistChannel):
        return (0.0,) * 6
    return (0.0,) * len(channel.joints) if isinstance(channel, JointVelocityChannel) else None
