"""The witness: joins statements, marks and decisions, in whatever order they come, into one verdict each.

Pure: time comes in as an argument. Events wait ``join_window_s`` for others that happened before them, are judged in
the order in which they happened, and a repeated one is counted and dropped. After ``close``

    verdict_records = statements + unattributed_groups,    commands = attributed + unattributed.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from iatro_governor.testimony.actions import UNKNOWN
from iatro_governor.testimony.actions import parse as parse_actions
from iatro_governor.testimony.attribution import Attribution, Plan
from iatro_governor.testimony.casework import Casework
from iatro_governor.testimony.labels import Labeller
from iatro_governor.testimony.lexicon import LexicalLabeller
from iatro_governor.testimony.params import DEFAULTS, WitnessParams
from iatro_governor.testimony.records import MarkRecord, Sample, StatementRecord, VerdictRecord
from iatro_governor.testimony.series import Series
from iatro_governor.testimony.settled import Settled
from iatro_governor.testimony.statement import words_of

ANOTHER_CLOCK_S = 60.0
"""What is this much earlier than what came before it is of another clock: a simulation that was started again, s."""
Event = StatementRecord | MarkRecord | Sample
_RANK = {StatementRecord: 0, MarkRecord: 1, Sample: 2}


@dataclass(slots=True)
class Witness:
    """Takes events, gives verdict records; ``accounting`` adds up at any time after ``close``."""

    params: WitnessParams = DEFAULTS
    labeller: Labeller = field(default_factory=LexicalLabeller)
    _waiting: list[tuple[float, int, str, int, int, Event]] = field(default_factory=list)
    _arrivals: int = 0
    _opened: int = 0
    _now: float = -math.inf
    _gone: float = -math.inf
    _next_end: float = math.inf
    _statements: dict[str, Series] = field(default_factory=dict)
    _decisions: dict[str, Series] = field(default_factory=dict)
    _taken: dict[str, int] = field(
        default_factory=lambda: {"statements": 0, "commands": 0, "groups": 0, "late": 0}
    )
    _done: list[VerdictRecord] = field(default_factory=list)
    _attribution: Attribution = field(init=False)
    _casework: Casework = field(init=False)

    def __post_init__(self) -> None:
        self._attribution = Attribution(self.params)
        self._casework = Casework(self.params)

    def recall(self, details: Iterable[Mapping[str, Any]]) -> None:
        """Learn from verdict records of earlier runs, the oldest first: baselines, and plan ids in use since.

        One that is not as ``VerdictRecord.to_json`` gives it teaches nothing.
        """
        for detail in details:
            try:
                self._casework.recall(detail)
                if detail["plan_id"] and detail["kind"] == "statement":
                    self._attribution.remember(str(detail["plan_id"]), str(detail["record_id"]))
            except (KeyError, TypeError, ValueError, AttributeError):
                continue

    def settle(self, settled: Settled) -> None:
        """Records are there already: what they have is theirs, and what they do not have no longer their plans'."""
        self._attribution.settled = settled

    def told(self, kind: str, writer: str, first: int, last: int) -> None:
        """A ``statement`` or ``decision`` of these numbers was judged in an earlier run, and tells nothing new."""
        self._series(kind).setdefault(writer, Series()).fill(first, last)

    def statement(self, record: StatementRecord) -> None:
        """Take one statement; a repeat of the same run and number is counted and dropped."""
        if self._statements.setdefault(record.planner_run, Series()).add(record.seq):
            self._taken["statements"] += 1
            self._wait(record.t, record, record.planner_run, record.seq)

    def mark(self, record: MarkRecord) -> None:
        """Take one plan mark; a repeat changes nothing."""
        self._wait(record.t, record, record.channel, 0)

    def decision(self, body: Mapping[str, Any]) -> None:
        """Take one decision body; a repeated one is dropped. ``TestimonyError`` if it is none."""
        sample = Sample.of(body)
        if self._decisions.setdefault(sample.writer, Series()).add(sample.seq):
            self._taken["commands"] += sample.command
            self._wait(sample.t, sample, sample.writer, sample.seq)

    def heard(self, kind: str, writer: str, number: int) -> bool:
        """Whether a ``statement`` or ``decision`` of this number has come."""
        series = self._series(kind).get(writer)
        return series is not None and number in series

    def _series(self, kind: str) -> dict[str, Series]:
        return {"statement": self._statements, "decision": self._decisions}[kind]

    def advance(self, t: float) -> list[VerdictRecord]:
        """Judge what happened before ``t - join_window_s``; the records of plans and groups that ended by then."""
        self._release(t - self.params.join_window_s)
        return self._collect()

    def close(self, t: float) -> list[VerdictRecord]:
        """Judge everything that came and end every plan and group; the remaining records."""
        self._release(math.inf)
        self._expire(math.inf, max(t, self._now))
        return self._collect()

    @property
    def now(self) -> float:
        """Up to when everything has been judged, s; -inf before the first time."""
        return self._now

    def begin_again(self, t: float) -> list[VerdictRecord]:
        """The clock went back to ``t``: end every plan and group of the time before; their records.

        Numbers, counts and what was learnt go on, and so does what has come by the new clock already.
        """
        waiting = sorted(self._waiting)
        old = bisect_left(waiting, (self._now - ANOTHER_CLOCK_S,))
        self._waiting = waiting[old:]
        ended = self.close(t)
        self._gone, self._now = self._now + ANOTHER_CLOCK_S, t - self.params.join_window_s
        self._waiting = waiting[:old]
        return ended

    def accounting(self) -> dict[str, Any]:
        """Counts that must add up, with repeats, latecomers and gaps in the writers' numbers."""
        books = self._attribution
        return {
            "statements": self._taken["statements"],
            "unattributed_groups": self._taken["groups"],
            "verdict_records": self._casework.records,
            "commands": self._taken["commands"],
            "attributed": books.attributed,
            "unattributed": books.unattributed,
            "late": self._taken["late"],
            "repeats": {"statements": _repeats(self._statements), "decisions": _repeats(self._decisions)},
            "gaps": {"statements": _gaps(self._statements), "decisions": _gaps(self._decisions)},
        }

    def _wait(self, t: float, event: Event, writer: str, seq: int) -> None:
        """Queue an event; one that comes too late for its place takes the next, and is counted.

        So does a decision of the clock before this one: by its own time its plan would not end before that comes again.
        """
        if self._now + ANOTHER_CLOCK_S < t <= self._gone:
            self._taken["late"] += 1
            t, event = self._now, _as_of(self._now, event)
        t = t if math.isfinite(t) else self._now
        self._taken["late"] += t < self._now
        self._arrivals += 1
        heapq.heappush(self._waiting, (t, _RANK[type(event)], writer, seq, self._arrivals, event))

    def _release(self, until: float) -> None:
        while self._waiting and self._waiting[0][0] <= until:
            t, _, _, _, _, event = heapq.heappop(self._waiting)
            self._now = max(self._now, t)
            self._expire(self._now, self._now)
            self._judge(event)
        if math.isfinite(until):
            self._now = max(self._now, until)
            self._expire(self._now, self._now)

    def _judge(self, event: Event) -> None:
        if isinstance(event, StatementRecord):
            self._open(event)
        elif isinstance(event, MarkRecord):
            self._attribution.mark(event)
        else:
            self._attribution.take(event)
        soonest = min(self.params.plan_idle_s, self.params.group_gap_s)
        self._next_end = min(self._next_end, self._now + soonest)

    def _open(self, record: StatementRecord) -> None:
        declared = parse_actions(record.actions) if record.actions_known else UNKNOWN
        words = words_of(record.text, record.reasoning, self.labeller)
        record_id = f"statement:{record.planner_run}:{record.seq}"
        self._opened += 1
        plan = Plan(record_id, self._opened, record, words, declared, self._now, self._now)
        ended = self._attribution.open(plan)
        if ended is not None:
            self._attribution.drop(ended)
            self._done.append(self._casework.close(ended, self._now))

    def _expire(self, t: float, latest: float) -> None:
        """Close what ended before ``t``; no record is dated after ``latest``."""
        if t <= self._next_end and math.isfinite(t):
            return
        for end, owner in self._attribution.expired(t):
            self._taken["groups"] += not isinstance(owner, Plan)
            self._done.append(self._casework.close(owner, min(end, latest)))
        self._next_end = self._attribution.next_end()

    def _collect(self) -> list[VerdictRecord]:
        done, self._done = self._done, []
        return done


def _as_of(t: float, event: Event) -> Event:
    """A decision as if it had been made at ``t``; what else is told keeps the time that its record has."""
    return replace(event, t=t) if isinstance(event, Sample) else event


def _repeats(series: Mapping[str, Series]) -> int:
    return sum(one.repeats for one in series.values())


def _gaps(series: Mapping[str, Series]) -> dict[str, list[list[int]]]:
    return {writer: [list(gap) for gap in gaps] for writer, one in series.items() if (gaps := one.gaps())}
