"""What was published lately, and what of it the body has yet to carry out."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from iatro_governor.body.planar import Array

PIECES = 4
"""Pieces into which the commands in flight are divided."""
LONGEST_S = 0.25
"""What a late loop makes up for at most, s."""
FORGET = 0.995
"""Share of the longest gap that is still reckoned with at the next output: half of it after 1.4 s at 100 Hz."""
SAME_S = 1e-6
"""Outputs closer together than this, s, do not tell how fast they change."""
LAG_S = 0.3
"""A body may follow its commands by this much beyond their delay, s."""
OVERSHOOT = 0.1
"""A body may be faster than its commands by this share."""
MOST = 20_000
"""Outputs that are kept at most: while a clock stands, or has gone back, none of them is old."""


WHOLE = slice(None)
Piece = tuple[tuple[float, ...], float]
"""A motion, and how long it lasts, s."""


class Published(NamedTuple):
    """An output that stood from ``t`` on.

    led, gone: (size,) what all outputs before it have led to, and how far there and back, in ``u`` times s. since: when
    the first of the outputs that it goes on with, all of them the same, was published.
    """

    t: float
    output: Array
    values: tuple[float, ...]
    led: Array
    gone: Array
    since: float
    size: float
    """Magnitudes of all components together."""


class Outputs:
    """The outputs of one channel, newest last; the newest stands until the next one.

    delay_s: of the actuator. keep_s: for how long they are kept. covered_s: each may have to stand for, at least.
    gap_s: a longer gap between them is an overrun, a fault of its own.
    """

    def __init__(
        self, size: int, delay_s: float, keep_s: float, covered_s: float = 0.0, gap_s: float = LONGEST_S
    ) -> None:
        self._rest = np.zeros(size)
        self._no_motion = (0.0,) * size
        self._delay_s = delay_s
        self._keep_s = keep_s
        self._gap_s = max(gap_s, LONGEST_S)
        self._past: deque[Published] = deque(maxlen=MOST)
        self._slowest = 0.0
        self._covered_s = covered_s
        self._pace: Array | None = np.zeros(size)
        self._change = (self._rest, self._rest, 1.0)

    @property
    def standing(self) -> Array:
        """The output (size,) that stands; zero before the first one."""
        return self._past[-1].output if self._past else self._rest

    @property
    def values(self) -> tuple[float, ...]:
        """The same, as plain numbers."""
        return self._past[-1].values if self._past else self._no_motion

    @property
    def pace(self) -> Array:
        """How fast the output (size,) changes, per second; worked out where somebody asks."""
        if self._pace is None:
            new, old, dt = self._change
            self._pace = (new - old) / dt
        return self._pace

    def elapsed(self, t: float, period: float) -> float:
        """Time since the last output, s; a period before the first one, and no more than is made up for."""
        dt = t - self._past[-1].t if self._past else period
        return min(max(dt, 0.0), LONGEST_S)

    def hold_s(self, period: float) -> float:
        """How long an output may have to stand, s: a loop that was late lately may be late again."""
        return max(period, self._slowest, self._covered_s)

    def publish(self, t: float, output: Array, dt: float, pace: Array | None = None) -> Array:
        """Let ``output`` (size,) stand from ``t`` on, ``dt`` s after the last; ``pace`` if it is not as it looks."""
        output = output + 0.0  # turns a negative zero into zero
        if pace is not None:
            self._pace = pace
        elif dt > SAME_S:
            self._pace, self._change = None, (output, self.standing, dt)
        values, led, gone, since = tuple(output.tolist()), self._rest, self._rest, t
        if self._past:
            last = self._past[-1]
            since = last.since if last.values == values else t
            stood = max(t - last.t, 0.0)
            self._slowest = max(min(t - last.t, self._gap_s), self._slowest * FORGET)
            moved = last.output * stood
            led, gone = last.led + moved, last.gone + np.abs(moved)
        self._past.append(Published(t, output, values, led, gone, since, sum(map(abs, values))))
        while t - self._past[0].t > self._keep_s and len(self._past) > 1:
            self._past.popleft()
        return output

    def pieces(
        self, t: float, age: float, delay_s: float, measured: Array, slowing_s: float, place: slice = WHOLE
    ) -> list[Piece]:
        """Motions and how long each lasts, s: from what was measured ``age`` s ago until what is decided now acts.

        Of the components at ``place``, whose ``measured`` (n,) motion a stop takes to rest in ``slowing_s``: a body
        that is faster than its commands will be no slower than that, and no faster.
        """
        span = age + delay_s
        if span <= 0:
            return []
        piece = span / PIECES
        # What was published at a moment takes effect one delay later, so the pieces cover the last ``span`` seconds.
        start = t - span
        moving = measured.tolist()
        standing = self.values[place]
        if self.steady_since(start) and not _faster(moving, standing):
            return [(standing, piece)] * PIECES  # nearly always
        window = self._since(start)
        if place == WHOLE:
            sized = [(past.t, past.values, past.size) for past in window]
        else:
            sized = [(past.t, own := past.values[place], sum(map(abs, own))) for past in window]
        out: list[Piece] = []
        known: tuple[float, ...] | None = None
        faster = True
        for k in range(PIECES):
            left = 1.0 - k * piece / slowing_s if k * piece < slowing_s else 0.0
            fastest = _fastest(sized, start + k * piece, start + (k + 1) * piece)
            if fastest != known:  # mostly the same output in all pieces, and the body no faster
                known, faster = fastest, not fastest or _faster(moving, fastest)
            moves = _at_least(fastest, [value * left for value in moving]) if faster else fastest
            out.append((moves, piece))
        return out

    def steady_ahead(self, t: float, span: float, moving: list[float], place: slice) -> list[float] | None:
        """Where all ``pieces`` of ``span`` s lead, in ``u`` times s, where one output stood all the time.

        None: it did not, or what is ``moving`` (n,) at ``place`` is faster. Nearly always this is all there is to it.
        """
        standing = self.values[place]
        if not self.steady_since(t - span) or _faster(moving, standing):
            return None
        return [value * max(span, 0.0) for value in standing]

    def told(self, start: float, end: float, place: slice = WHOLE, longest_s: float = np.inf) -> list[Piece]:
        """What stood between two times, of the components at ``place``: averages of pieces up to ``longest_s`` long."""
        if end <= start:
            return []
        count = max(PIECES, int(np.ceil((end - start) / longest_s)))
        piece = (end - start) / count
        marks = [self.led_until(start + k * piece)[place] for k in range(count + 1)]
        return [(tuple(((b - a) / piece).tolist()), piece) for a, b in pairwise(marks)]

    def led_until(self, t: float) -> Array:
        """What the outputs (size,) that stood until ``t`` have led to, in ``u`` times s."""
        past = self._at(t)
        return self._rest if past is None else past.led + past.output * max(t - past.t, 0.0)

    def gone_until(self, t: float) -> Array:
        """How far the outputs (size,) that stood until ``t`` have gone, there and back, in ``u`` times s."""
        past = self._at(t)
        return self._rest if past is None else past.gone + np.abs(past.output) * max(t - past.t, 0.0)

    def gone_since(self, start: float, t: float) -> Array:
        """How far the outputs (size,) that stood from ``start`` until ``t`` have gone, there and back."""
        if self.steady_since(start):
            return np.abs(self.standing) * (t - start)  # nearly always
        gone: Array = self.gone_until(t) - self.gone_until(start)
        return gone

    def steady_since(self, t: float) -> bool:
        """Whether all that stood at ``t`` or later is the output that stands now."""
        return bool(self._past) and self._past[-1].since <= t

    def rested_since(self, t: float, place: slice) -> bool:
        """Whether nothing stood at ``t`` or later for the components at ``place``."""
        for past in reversed(self._past):
            if any(past.values[place]):
                return False
            if past.t <= t:
                break
        return True

    def _at(self, t: float) -> Published | None:
        """What stood at ``t``, or the oldest that is known."""
        for past in reversed(self._past):
            if past.t <= t:
                return past
        return self._past[0] if self._past else None

    def beyond(self, t: float, age: float, measured: Array, slack: Array, place: slice = WHOLE) -> Array:
        """Components (n,) of what is ``measured`` at ``place`` that no output of late explains, 0 where one does.

        A body that was pushed, or whose governor is new, moves though nothing stands; ``slack`` (n,) counts as rest.
        """
        if self.explains(measured, slack, place):
            return np.zeros(len(measured))
        allowance = 1.0 + OVERSHOOT
        since = self._since(t - age - self._delay_s - LAG_S)
        recent = np.array([past.values[place] for past in since]).reshape(-1, len(measured))
        high = recent.max(axis=0, initial=0.0) * allowance + slack
        low = recent.min(axis=0, initial=0.0) * allowance - slack
        unexplained: Array = np.where((low <= measured) & (measured <= high), 0.0, measured)
        return unexplained

    def explains(self, measured: Array, slack: Array, place: slice = WHOLE) -> bool:
        """Whether rest, or the output that stands, explains all that is ``measured`` (n,) at ``place``.

        Nearly always it does, and there is no need to look further back.
        """
        allowance = 1.0 + OVERSHOOT
        for m, s, v in zip(measured.tolist(), slack.tolist(), self.values[place], strict=True):
            told = v * allowance
            if not (-s <= m <= told + s if v > 0.0 else told - s <= m <= s):
                return False
        return True

    def _since(self, start: float) -> list[Published]:
        """What stood at ``start`` or was published later, newest first."""
        out = []
        for past in reversed(self._past):
            out.append(past)
            if past.t <= start:
                break
        return out


def _fastest(
    window: list[tuple[float, tuple[float, ...], float]], start: float, end: float
) -> tuple[float, ...]:
    """The fastest output in force between ``start`` and ``end``; ``window``: since when, what, and its size."""
    fastest: tuple[float, ...] = ()
    most = -1.0
    for since, values, size in window:
        if since <= end:
            if size > most:
                fastest, most = values, size
            if since <= start:
                break
    return fastest


def _faster(moving: list[float], moves: tuple[float, ...]) -> bool:
    """Whether any of ``moving`` is faster the same way than ``moves``."""
    for m, f in zip(moving, moves, strict=True):
        if abs(m) > abs(f) and m * f >= 0:
            return True
    return False


def _at_least(moves: tuple[float, ...], measured: list[float]) -> tuple[float, ...]:
    """``moves``, or rest where there is none; what is ``measured`` instead where that is faster the same way."""
    moves = moves or (0.0,) * len(measured)
    return tuple(m if abs(m) > abs(f) and m * f >= 0 else f for m, f in zip(measured, moves, strict=True))
