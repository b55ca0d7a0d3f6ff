"""Verdict records that are there already, and which decisions each of them covers.

Who judges a past again finds commands that a record should have covered and does not, because they came too late for
it. A record is never changed, so such commands are nobody's: they make a group of their own, and every count adds up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from iatro_governor.testimony.records import Sample


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last decision that a record covers, by number and by time (s)."""

    first: int
    last: int
    first_t: float
    last_t: float

    def covers(self, sample: Sample) -> bool:
        """Whether a decision is one of them: between the two by its number, or by its time."""
        return self.first <= sample.seq <= self.last or self.first_t <= sample.t <= self.last_t


@dataclass(slots=True)
class Settled:
    """By record and by group of unattributed commands the decisions that they cover."""

    plans: dict[str, dict[tuple[str, str], Span]] = field(default_factory=dict)
    groups: dict[tuple[str, str, str], list[Span]] = field(default_factory=dict)
    late: set[tuple[str, str, int]] = field(default_factory=set)
    """Commands that a record took although they were of an earlier time: by writer, channel, number."""

    def add(self, detail: Mapping[str, Any]) -> None:
        """Take note of a record as ``VerdictRecord.to_json`` gives it; one that is none settles nothing."""
        try:
            conducts = dict(_spans(detail))
            late = set(_late(detail))
            record_id, kind, claimed = detail["record_id"], detail["kind"], str(detail["plan_id"] or "")
        except (KeyError, TypeError, ValueError, AttributeError):
            return
        self.late |= late
        if kind == "statement":
            self.plans[str(record_id)] = conducts
            return
        for (writer, channel), span in conducts.items():
            self.groups.setdefault((channel, claimed, writer), []).append(span)

    def took_late(self, sample: Sample) -> bool:
        """Whether a record took ``sample`` as a latecomer."""
        return (sample.writer, sample.channel, sample.seq) in self.late

    def leaves_out(self, record_id: str, sample: Sample) -> bool:
        """Whether this record is there, and does not cover ``sample``."""
        spans = self.plans.get(record_id)
        if spans is None:
            return False
        span = spans.get((sample.writer, sample.channel))
        return span is None or not span.covers(sample)

    def grouped(self, sample: Sample, claimed: str) -> bool:
        """Whether the record of a group of commands of this plan id (or of none) covers ``sample``."""
        spans = self.groups.get((sample.channel, claimed, sample.writer), ())
        return any(span.covers(sample) for span in spans)


def _spans(detail: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Span]]:
    for channel, conduct in detail["evidence"]["channels"].items():
        if conduct["first_seq"] is not None:
            first, last, first_t, last_t = (
                conduct[name] for name in ("first_seq", "last_seq", "first_t", "last_t")
            )
            span = Span(int(first), int(last), float(first_t), float(last_t))
            yield (str(conduct["writer"]), str(channel)), span


def _late(detail: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    for channel, conduct in detail["evidence"]["channels"].items():
        for number in conduct.get("late") or ():
            yield str(conduct["writer"]), str(channel), int(number)
