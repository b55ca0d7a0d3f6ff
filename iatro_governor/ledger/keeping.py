"""What of a ledger is kept, and for how long: sealing, retirement by age and count, and a quota for clips.

Records go only where the settings say so, a sealed file at a time, and the chain says that they went. A disk that fills
up costs clips, the oldest first, and never a record.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ..errors import LedgerError
from . import segments, store
from .record import CLOSE, OPEN, SEGMENT, TOMBSTONE
from .retiring import retire
from .writer import Ledger

DAY_S = 86_400.0
_TELL = ", ".join(f"'{kind}'" for kind in (OPEN, CLOSE, SEGMENT, TOMBSTONE))
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Keeping:
    """How much is kept: None for no bound.

    segment_mb: size of a file that is then sealed, MB. retain_days: a sealed file whose last record is older goes, once
    the wall clock can be believed.
    retain_records: sealed files go, oldest first, while more than this many records would be left without them.
    clips_mb: what the clips may take, MB.
    """

    segment_mb: float | None = None
    retain_days: float | None = None
    retain_records: int | None = None
    clips_mb: float | None = None


def maintain(ledger: Ledger, keeping: Keeping, now: float, *, held: bool) -> list[str]:
    """Seals and retires what is due at ``now`` (Unix time, s); says what it did.

    ``held``: whether the wall clock is known not to have leapt lately (``wall_clock.WallClock``). Unless it is, a
    file's age counts without the longest silence since its end, which may be a leap. Raises LedgerError where the disk
    refuses.
    """
    done = []
    full = keeping.segment_mb is not None and ledger.size() > keeping.segment_mb * _MEGABYTE
    if full and ledger.seal():
        done.append(f"sealed a file of the ledger at record {ledger.head()[0] - 1}")
    for path, cause in _due(ledger, keeping, now, held):
        gone = retire(ledger, path, cause)
        done.append(f"retired {path.name}, {gone} records: {cause}")
    return done


def _due(ledger: Ledger, keeping: Keeping, now: float, held: bool) -> Iterable[tuple[Path, str]]:
    if keeping.retain_days is None and keeping.retain_records is None:
        return
    sealed = segments.sealed(ledger.path)
    stamps = [_stamps(path) for path in (*sealed, ledger.path)] if keeping.retain_days is not None else []
    for place, (path, following) in enumerate(zip(sealed, [*sealed, ledger.path][1:], strict=True), 1):
        left = ledger.head()[0] - _first(following) + 1
        if keeping.retain_days is not None and _age(stamps, place, now, held) > keeping.retain_days * DAY_S:
            yield path, f"older than {keeping.retain_days:g} days"
        elif keeping.retain_records is not None and left >= keeping.retain_records:
            yield path, f"more than {keeping.retain_records} records after it"
        else:
            return  # the files after it are younger


def _age(stamps: list[list[float]], place: int, now: float, held: bool) -> float:
    """How long ago the file before the ``place``-th ended, s; 0 where nothing says so.

    ``stamps``: of each file, the wall times that it tells. What is beyond ``now`` was told by a clock that was wrong:
    the file ended before the next that is not. One that was behind has told too little: it ended after all before it.
    """
    before, after = (
        [stamp for file in files for stamp in file if stamp <= now]
        for files in (stamps[:place], stamps[place:])
    )
    if not after:
        return 0.0
    ended = max((*before, after[0]))
    if held:
        return now - ended
    moments = [ended, *sorted(max(stamp, ended) for stamp in after), now]
    return now - ended - max(later - earlier for earlier, later in pairwise(moments))


def _stamps(path: Path) -> list[float]:
    """The wall times (Unix time, s) that a file's own records tell, that of its beginning first."""
    with store.translated(path), closing(store.connect_reader(path)) as db:
        sql = f"SELECT body ->> 'wall_time' FROM record WHERE kind IN ({_TELL}) ORDER BY id"
        return [stamp for (stamp,) in db.execute(sql) if isinstance(stamp, float)]


def _first(path: Path) -> int:
    """The id of a file's first record, which says when the file was begun; raises LedgerError where it does not."""
    with store.translated(path), closing(store.connect_reader(path)) as db:
        sql = "SELECT body ->> 'wall_time', id FROM record ORDER BY id LIMIT 1"
        found = db.execute(sql).fetchone()
    if found is None or not isinstance(found[0], float):
        raise LedgerError(f"{path}: its first record does not say when it was begun")
    return int(found[1])


def thin_out(folder: Path, most_mb: float, keep: Iterable[Path] = ()) -> list[Path]:
    """Removes the oldest clips in ``folder`` until the rest takes at most ``most_mb`` MB; returns those that went.

    ``keep`` are not touched: they are being written.
    """
    found = []
    for path in folder.glob("*.mcap"):
        with suppress(FileNotFoundError):
            about = path.stat()
            found.append((about.st_mtime, path, about.st_size))
    total, gone, kept = sum(size for _, _, size in found), [], set(keep)
    for _, path, size in sorted(found):
        if total <= most_mb * _MEGABYTE:
            break
        if path not in kept:
            path.unlink(missing_ok=True)
            gone.append(path)
            total -= size
    return gone
