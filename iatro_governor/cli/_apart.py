"""What a command writes goes over nothing that it reads, and over no ledger: a slip of the keyboard ends no record."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from iatro_governor.errors import IatroError

SQLITE = b"SQLite format 3\0"
BESIDE = (".key", ".anchors", ".lock")
"""What lies beside a ledger and belongs to it."""


class WouldOverwrite(IatroError):
    """The file to write is one that must stay as it is."""


def apart(out: Path, reads: Iterable[str | Path | None] = ()) -> None:
    """Raises WouldOverwrite where ``out`` is one of ``reads``, a ledger, or what belongs to one."""
    if not out.is_file():
        return  # nothing is lost there, or it is a device
    if any(one is not None and Path(one).is_file() and out.samefile(one) for one in reads):
        raise WouldOverwrite(
            f"{out}: is read by this command, and stays as it is; give --out a file of its own"
        )
    whose = [out, *(out.with_suffix("") for suffix in BESIDE if out.suffix == suffix)]
    if any(map(_is_database, whose)):
        what = "is a ledger or another database" if _is_database(out) else f"belongs to {out.with_suffix('')}"
        raise WouldOverwrite(f"{out}: {what}, and stays as it is; give --out a file of its own")


def _is_database(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE
