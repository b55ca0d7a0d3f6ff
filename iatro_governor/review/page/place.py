"""Where a page lives: what its links begin with, and what its header says of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """The pages of one ledger, or those about all of them.

    Their addresses begin with ``root`` and a slash. ``name`` is the ledger's among several; ``is_shelf`` says that the
    pages are about all ledgers.
    """

    root: str = ""
    name: str = ""
    is_shelf: bool = False


ONLY = Place()
"""Of the one ledger that is shown."""
