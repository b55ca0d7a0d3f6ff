"""The ledgers that are shown, and where the pages of each are."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import LedgerError
from ..fleet import expanded, is_export
from ..incidents import shadow_text
from .desk import Desk, policies_of
from .place import ONLY, Place


@dataclass(frozen=True, slots=True)
class Shelf:
    """Desks by their numbers in addresses; ``problems`` are sources that have none, each with its reason.

    ``home`` is where the first page is: the list of the one ledger, or the shelf of several.
    """

    desks: Mapping[str, Desk]
    problems: Sequence[str] = ()
    home: Place = ONLY

    @classmethod
    def of_one(cls, desk: Desk) -> Shelf:
        """One ledger, at the first page."""
        return cls({"1": desk})

    @classmethod
    def lay(
        cls, sources: Sequence[str], key_of: Callable[[Path], bytes | str], configs: Sequence[Path] = ()
    ) -> Shelf:
        """A desk for every ledger that is there now; ``key_of`` gives its key, or says why there is none.

        One that cannot be read has a desk all the same: it may be mended. Raises LedgerError where none can be, or
        for a name that is not there, and ProfileError for a configuration that cannot be used.
        """
        found, problems = expanded(sources)
        problems += [
            f"{one}: an export; a page needs the ledger itself: an export holds no decision"
            for one in found
            if is_export(one)
        ]
        once = {os.path.abspath(one): Path(one) for one in found if not is_export(one)}
        ledgers = list(once.values())
        policies, turn = policies_of(configs), threading.Lock()
        desks = {
            str(number): Desk.beside(db, key_of(db), policies, Place(f"/ledgers/{number}", name), turn)
            for number, (db, name) in enumerate(zip(ledgers, names_of(ledgers), strict=True), 1)
        }
        shelf = cls(desks, problems, Place(is_shelf=True))
        readable, damage = shelf.looked_through()
        if not readable:
            raise LedgerError("; ".join([*damage.values(), *problems]))
        return shelf

    def looked_through(self) -> tuple[dict[str, str], dict[str, str]]:
        """By their numbers: what must be known of each ledger that can be read now, and why the others cannot."""
        readable: dict[str, str] = {}
        damage: dict[str, str] = {}
        for number, desk in self.desks.items():
            try:
                with desk.reader() as reader:
                    readable[number] = shadow_text(reader)
            except (LedgerError, OSError) as error:
                damage[number] = str(error)
        return readable, damage

    def place_of(self, number: str | None) -> Place:
        """Where a page of the ledger with this number leads back to."""
        desk = self.desks.get(number or "")
        return desk.place if desk else self.home


def names_of(ledgers: Sequence[Path]) -> list[str]:
    """What tells the ledgers apart: their paths from the folder on that holds all of them.

    Where all files have one name it is left out.
    """
    whole = [os.path.abspath(one) for one in ledgers]
    if len(set(whole)) > 1 and len({os.path.basename(one) for one in whole}) == 1:
        whole = [os.path.dirname(one) for one in whole]
    common = os.path.commonpath([os.path.dirname(one) for one in whole]) if whole else ""
    return [os.path.relpath(one, common) for one in whole]
