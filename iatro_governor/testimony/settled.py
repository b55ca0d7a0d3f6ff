"""Verdict records that are there already, and which commands each of them has.

Who judges a past again may give a command to another plan than whoever judged it first, and finds commands that no
record has, because they came too late for it. A record is never changed: what it has stays its own, whoever would have
it now, and what none has makes a group of its own, so that every command counts once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from iatro_governor.testimony.records import Sample
from iatro_governor.testimony.series import Series

Stream = tuple[str, str]
"""A writer, and a channel."""


@dataclass(slots=True)
class Settled:
    """The commands under records, by kind of record, and by plan those under its own."""

    kinds: dict[str, dict[Stream, Series]] = field(
        default_factory=lambda: {"statement": {}, "unattributed": {}}
    )
    plans: dict[str, dict[Stream, Series]] = field(default_factory=dict)

    def add(self, detail: Mapping[str, Any], *, alone: bool = False) -> None:
        """Take note of a record as ``VerdictRecord.to_json`` gives it; one that is none settles nothing.

        alone: note its commands, but not whose they are: its plan is over.
        """
        try:
            spans = list(spans_of(detail))
            record_id, kind = str(detail["record_id"]), detail["kind"]
            known = self.kinds[kind]
        except (KeyError, TypeError, ValueError, AttributeError):
            return
        under = [known]
        if kind == "statement" and not alone:
            under.append(self.plans.setdefault(record_id, {}))
        for stream, first, last in spans:
            for streams in under:
                streams.setdefault(stream, Series()).fill(first, last)

    def has(self, record_id: str, sample: Sample) -> bool:
        """Whether this plan's record is there, and has the command."""
        return sample.seq in self.plans.get(record_id, {}).get((sample.writer, sample.channel), ())

    def kind_of(self, sample: Sample) -> str | None:
        """The kind of the record that has the command; None: no record has."""
        stream = sample.writer, sample.channel
        return next((kind for kind, under in self.kinds.items() if sample.seq in under.get(stream, ())), None)

    def covers(self, stream: Stream, number: int) -> bool:
        """Whether any record has the command."""
        return any(number in under.get(stream, ()) for under in self.kinds.values())


def spans_of(detail: Mapping[str, Any]) -> Iterator[tuple[Stream, int, int]]:
    """The commands that a record has: by writer and channel their first and last numbers.

    A record that does not say which has all from its first decision to its last.
    """
    for channel, conduct in detail["evidence"]["channels"].items():
        for writer, runs in conduct.get("numbers", _from_first_to_last(conduct)).items():
            for first, last in runs:
                if not (isinstance(first, int) and isinstance(last, int) and 0 <= first <= last):
                    raise ValueError(f"commands {first} to {last} of {writer}")
                yield (str(writer), str(channel)), first, last


def _from_first_to_last(conduct: Mapping[str, Any]) -> dict[str, list[tuple[Any, Any]]]:
    first, last = conduct.get("first_seq"), conduct.get("last_seq")
    return {} if first is None else {str(conduct.get("writer")): [(first, last)]}
