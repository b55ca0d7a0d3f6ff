"""Which files a room has, and which tests are to notice what changes in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

NOTHING_TO_CHANGE = "__init__.py"


@dataclass(frozen=True, slots=True)
class Room:
    """A folder of code and its tests, from the root of the tree."""

    code: str
    tests: tuple[str, ...]
    besides: tuple[str, ...] = ()
    """Of these folders, those whose tests ask another process, where no change is."""

    def files(self, root: Path, only: tuple[str, ...] = ()) -> list[str]:
        """Its files, or those of them that are called as ``only`` says."""
        found = sorted(path.relative_to(root).as_posix() for path in (root / self.code).glob("*.py"))
        kept = [file for file in found if not file.endswith(NOTHING_TO_CHANGE)]
        return [file for file in kept if not only or Path(file).name in only]


ROOMS = {
    "limits": Room("iatro_governor/limits", ("test/limits", "test/profile", "test/governor")),
    "governor": Room("iatro_governor/governor", ("test/governor", "test/faults", "test/peers", "test/fuzz")),
    "testimony": Room("iatro_governor/testimony", ("test/testimony",)),
    "ledger": Room("iatro_governor/ledger", ("test/ledger", "test/review"), ("test/review/page",)),
}
