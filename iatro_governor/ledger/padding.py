"""A file of SQLite that was cut, made readable: SQLite opens none that is shorter than its own header says."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import LedgerError

_MAGIC = b"SQLite format 3\x00"


def missing_bytes(path: Path) -> int:
    """How much shorter ``path`` is than its header says (https://www.sqlite.org/fileformat.html, 1.3); 0 for others."""
    try:
        with path.open("rb") as file:
            head = file.read(100)
        size = path.stat().st_size
    except OSError:
        return 0
    if len(head) < 100 or not head.startswith(_MAGIC):
        return 0
    page = int.from_bytes(head[16:18], "big")
    said = (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")
    return max(said - size, 0)


@contextmanager
def padded(path: Path, folder: Path) -> Iterator[tuple[Path, int]]:
    """``path``, or a copy in ``folder`` with zeros for what is cut off, as long as it is needed; and how much that is.

    Raises LedgerError where the copy cannot be made.
    """
    lacking = missing_bytes(path)
    if not lacking:
        yield path, 0
        return
    with TemporaryDirectory(prefix=".recover-", dir=folder) as made:
        copy = Path(made) / path.name
        try:
            for end in ("", "-wal"):
                if Path(f"{path}{end}").is_file():
                    shutil.copyfile(f"{path}{end}", f"{copy}{end}")
            os.truncate(copy, copy.stat().st_size + lacking)
        except OSError as error:
            raise LedgerError(
                f"{path}: {lacking} bytes are missing at its end, and no padded copy can be made in {folder}: "
                f"{error.strerror or error}"
            ) from error
        yield copy, lacking
