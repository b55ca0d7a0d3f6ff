"""Messages that are stamped before the newest one of their source: a few are late, many are another publisher's.

They change no decision, for something newer is known. But of two publishers of one topic the one whose stamps are ahead
would silence the other, whatever that sees. A single writer's messages come in order over DDS, so a driver has few of
them. Whoever is silenced and tells what its source must, tells ``SPAN`` messages in so many time-outs, however many the
other one sends: a share of all messages would not show it.
"""

from __future__ import annotations

from collections import deque

MOST = 3
"""More than so many late messages within the span are a fault."""
SPAN = 10.0
"""Time-outs of the source in which they count."""


class Late:
    """The late messages of one source, which is stale after ``timeout_s``."""

    def __init__(self, timeout_s: float) -> None:
        self._span_s = SPAN * timeout_s
        self._times: deque[float] = deque(maxlen=10 * MOST)

    def count(self, t: float, back_s: float) -> str | None:
        """One more, at ``t``, stamped ``back_s`` s before the newest; what is wrong where that is one too many."""
        times = self._times
        times.append(t)
        while t - times[0] > self._span_s:
            times.popleft()
        if len(times) <= MOST:
            return None
        several = (
            f"{len(times)}{' or more' if len(times) == times.maxlen else ''} messages in {self._span_s:g} s"
        )
        return (
            f"{several} were stamped before the newest one, the last of them by {back_s:.3f} s; at most {MOST} are "
            "allowed: two nodes publish the topic, or its clock goes back"
        )
