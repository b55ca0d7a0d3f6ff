"""What the page is about: one ledger, its key, and the configurations that its robots ran with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from iatro_governor.limits.registry import load_profile
from iatro_governor.limits.sheets import Sheet, sheets
from iatro_governor.profile.load import Profile

from ...ledger.reader import Reader
from .chain import ChainWatch


@dataclass(frozen=True, slots=True)
class Policy:
    """A configuration and its label sheets."""

    profile: Profile
    sheets: Sequence[Sheet]


@dataclass(frozen=True, slots=True)
class Desk:
    """A ledger on the desk. ``policies`` are those that were given, by their hash."""

    db: Path
    key: bytes | None
    key_problem: str
    policies: Mapping[str, Policy]
    chain: ChainWatch = field(repr=False)

    @classmethod
    def lay(cls, db: Path, key: bytes | str, configs: Sequence[Path] = ()) -> Desk:
        """The desk for the ledger ``db``; ``key`` is its key, or why there is none.

        Raises LedgerError for what is no ledger, and ProfileError for a configuration that cannot be used.
        """
        with Reader(db):
            pass
        found = [load_profile(config) for config in configs]
        policies = {profile.config_hash: Policy(profile, sheets(profile)) for profile in found}
        known = key if isinstance(key, bytes) else None
        problem = "" if isinstance(key, bytes) else key
        return cls(db, known, problem, policies, ChainWatch(db, known, problem))

    def reader(self) -> Reader:
        """A view of the ledger as it is now; use it as a context manager."""
        return Reader(self.db)
