"""One group commit in the making: each number once, and what contradicts it kept as evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .opening import State
from .record import CONFLICT, LOST, Provenance, Record, Row, canonical, conflict_body, lost_numbers, row_of

BodyOf = Callable[[tuple[str, str, int]], str | None]


@dataclass(slots=True)
class Batch:
    """Rows for one commit, thrown away as a whole if it fails; ``head`` is the chain's before it.

    body_of: the stored body's text of a number that is known, None where only its number is. conflicting: digests of
    the contradictions that are on record already; fresh: of those that come with this commit.
    """

    state: State
    provenance: Provenance
    body_of: BodyOf
    conflicting: set[bytes]
    head: bytes = b""
    fresh: set[bytes] = field(default_factory=set)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    seen: dict[tuple[str, str, int], str] = field(default_factory=dict)
    stored: int = 0
    duplicates: int = 0
    conflicts: int = 0

    def take_all(self, records: Sequence[Record]) -> Batch:
        """Adds ``records``; where one of them cannot be stored, the chain is as it was."""
        self.head = self.state.chain.head
        try:
            for record in records:
                self._take(record)
        except BaseException:
            self.give_up()
            raise
        return self

    def give_up(self) -> None:
        """The commit failed: the chain goes back to where it was."""
        self.state.chain.head = self.head

    def _row(self, record: Record) -> Row:
        return row_of(record, self.state.records + len(self.rows) + 1, self.provenance)

    def _take(self, record: Record) -> None:
        row = self._row(record)
        if record.kind == LOST:
            lost_numbers(row[2], row[-1])
        key = row[1:4]
        known = self.seen.get(key) or self._known(key)
        if known is None:
            self.seen[key] = row[-1]
            self.stored += 1
            self._link(row)
        elif known in ("", row[-1]):
            self.duplicates += 1
        else:
            self._keep_conflict(record)

    def _known(self, key: tuple[str, str, int]) -> str | None:
        """What is stored under ``key``: None for nothing, "" where it was retired with its segment."""
        stored = self.state.stored.get(key[:2])
        if stored is None or key[2] not in stored:
            return None
        return self.body_of(key) or ""

    def _keep_conflict(self, record: Record) -> None:
        """The number is taken by another content: evidence, so it is kept once, under a number of ours."""
        ledger_id = self.state.ledger_id
        body = conflict_body(record)
        digest = hashlib.sha256(canonical(body).encode()).digest()
        if digest in self.conflicting or digest in self.fresh:
            self.duplicates += 1
            return
        self.fresh.add(digest)
        known = self.state.stored.get((CONFLICT, ledger_id))
        number = (known.end if known else 0) + self.conflicts
        own = Record(CONFLICT, ledger_id, number, record.t, record.plan_id, record.channel, body)
        self.conflicts += 1
        self._link(self._row(own))

    def _link(self, row: Row) -> None:
        self.rows.append((*row, self.state.chain.link(row)))
