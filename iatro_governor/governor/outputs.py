"""What was published lately, and what of it the body has yet to carry out."""

from __future__ import annotations

from collections import deque

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Flight, fly

PIECES = 4
"""Pieces into which the commands in flight are divided."""
LONGEST_S = 0.25
"""A longer gap between outputs is an overrun, a fault of its own, s."""
FORGET = 0.995
"""Share of the longest gap that is still reckoned with at the next output: half of it after 1.4 s at 100 Hz."""
LAG_S = 0.3
"""A body may follow its commands by this much beyond their delay, s."""
OVERSHOOT = 0.1
"""A body may be faster than its commands by this share."""


class Outputs:
    """The outputs of one channel, newest last; the newest stands until the next one."""

    def __init__(self, size: int, delay_s: float, keep_s: float) -> None:
        self._rest = np.zeros(size)
        self._delay_s = delay_s
        self._keep_s = keep_s
        self._past: deque[tuple[float, Array]] = deque()
        self._slowest = 0.0

    @property
    def standing(self) -> Array:
        """The output (size,) that stands; zero before the first one."""
        return self._past[-1][1] if self._past else self._rest

    def elapsed(self, t: float, period: float) -> float:
        """Time since the last output, s; a period before the first one, and no more than an overrun lasts."""
        dt = t - self._past[-1][0] if self._past else period
        return min(max(dt, 0.0), LONGEST_S)

    def hold_s(self, period: float) -> float:
        """How long an output may have to stand, s: a loop that was late lately may be late again."""
        return max(period, self._slowest)

    def publish(self, t: float, output: Array) -> Array:
        """Let ``output`` (size,) stand from ``t`` on."""
        if self._past:
            gap = min(t - self._past[-1][0], LONGEST_S)
            self._slowest = max(gap, self._slowest * FORGET)
        output = output + 0.0  # turns a negative zero into zero
        self._past.append((t, output))
        while t - self._past[0][0] > self._keep_s and len(self._past) > 1:
            self._past.popleft()
        return output

    def flight(self, t: float, age: float, measured: Array, reach: float) -> Flight:
        """What the body does from its last measurement, ``age`` s ago, until a command decided now takes effect."""
        span = age + self._delay_s
        piece = span / PIECES
        # What was published at a moment takes effect one delay later, so the pieces cover the last ``span`` seconds.
        pieces = [
            (*self._fastest(t - span + k * piece, t - span + (k + 1) * piece, measured), piece)
            for k in range(PIECES if span > 0 else 0)
        ]
        return fly(pieces, reach)

    def beyond(self, t: float, age: float, measured: Array, slack: float) -> Array:
        """Components (size,) of ``measured`` that no output of late explains, 0 where one does.

        A body that was pushed, or whose governor is new, moves although nothing stands; ``slack`` counts as rest.
        """
        since = t - age - self._delay_s - LAG_S
        low, high = np.zeros_like(measured), np.zeros_like(measured)
        for published, output in reversed(self._past):
            low, high = np.minimum(low, output), np.maximum(high, output)
            if published <= since:
                break
        allowance = 1.0 + OVERSHOOT
        explained = (measured <= high * allowance + slack) & (measured >= low * allowance - slack)
        return np.where(explained, 0.0, measured)

    def _fastest(self, start: float, end: float, measured: Array) -> tuple[float, float, float]:
        """The fastest output in force between ``start`` and ``end``, or what is measured where that is faster still."""
        fastest, most = np.zeros(3), -1.0
        for published, output in reversed(self._past):
            if published <= end:
                size = float(np.abs(output).sum())
                if size > most:
                    fastest, most = output, size
                if published <= start:
                    break
        faster = (np.abs(measured) > np.abs(fastest)) & (measured * fastest >= 0)
        vx, vy, wz = np.where(faster, measured, fastest).tolist()
        return vx, vy, wz
