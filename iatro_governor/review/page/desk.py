"""What the page is about: one ledger, its key, and the configurations that its robots ran with."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from iatro_governor.limits.registry import load_profile
from iatro_governor.limits.sheets import Sheet, sheets
from iatro_governor.profile.load import Profile

from ...ledger.reader import Reader
from .chain import ChainWatch
from .place import ONLY, Place


@dataclass(frozen=True, slots=True)
class Policy:
    """A configuration and its label sheets."""

    profile: Profile
    sheets: Sequence[Sheet]


def policies_of(configs: Sequence[Path]) -> dict[str, Policy]:
    """What the configurations hold, by their hashes; raises ProfileError for one that cannot be used."""
    found = [load_profile(config) for config in configs]
    return {profile.config_hash: Policy(profile, sheets(profile)) for profile in found}


@dataclass(frozen=True, slots=True)
class Desk:
    """A ledger on the desk. ``policies`` are those that were given, by their hash."""

    db: Path
    key: bytes | None
    key_problem: str
    policies: Mapping[str, Policy]
    chain: ChainWatch = field(repr=False)
    place: Place = ONLY

    @classmethod
    def lay(cls, db: Path, key: bytes | str, configs: Sequence[Path] = ()) -> Desk:
        """The desk for the ledger ``db``; ``key`` is its key, or why there is none.

        Raises LedgerError for what is no ledger, and ProfileError for a configuration that cannot be used.
        """
        with Reader(db):
            pass
        return cls.beside(db, key, policies_of(configs))

    @classmethod
    def beside(
        cls,
        db: Path,
        key: bytes | str,
        policies: Mapping[str, Policy],
        place: Place = ONLY,
        turn: threading.Lock | None = None,
    ) -> Desk:
        """One of several desks, whether or not its ledger can be read; those that share ``turn`` check their chains
        one after another.
        """
        known = key if isinstance(key, bytes) else None
        problem = "" if isinstance(key, bytes) else key
        return cls(db, known, problem, policies, ChainWatch(db, known, problem, turn=turn), place)

    def reader(self) -> Reader:
        """A view of the ledger as it is now; use it as a context manager."""
        return Reader(self.db)
