"""What a governor was told around an incident, from the journals beside a ledger, where this program may use them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..errors import EventError, IatroError, LedgerError
from ..governor.told import Call
from ..ledger import build
from ..ledger.frames import unpacked
from ..ledger.journal import build_of, chapters, frames

Frame = tuple[float, Call]
"""What is added to the core's time on record (s), and what was called."""


@dataclass(slots=True)
class Inputs:
    """``state``: the governor's before decision ``first``; ``told``: the calls from there on."""

    first: int
    state: bytes
    told: list[Frame] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


def inputs_of(folders: list[Path], writer: str, first: int, last: int, *, what_if: bool) -> Inputs:
    """The chapters of ``writer`` that reach from decision ``first`` to ``last``.

    what_if: also the chapter before it, where there is one, for who starts at rest and with nothing seen; the state is
    not for use then, and other builds' calls are.

    Raises LedgerError where no chapter reaches so far, or another build wrote one whose state would be needed.
    """
    known = chapters(folders, writer)
    before = [number for number, _ in known if number <= first]
    if not before:
        where = ", ".join(str(folder) for folder in folders) or "none was found"
        raise LedgerError(
            f"no journal of writer {writer} reaches decision {first} (looked in: {where}); give --inputs FOLDER, or it "
            "was removed to make room"
        )
    start = before[-2 if what_if and len(before) > 1 else -1]
    found: Inputs | None = None
    notes: list[str] = []
    for number, path in known:
        if start <= number <= last:
            notes += _notes(path, strict=not what_if)
            state, *rest = frames(path)
            found = found or Inputs(number, state)
            found.told += [_frame(path, one) for one in rest]
            found.files.append(path)
    assert found is not None
    found.notes = list(dict.fromkeys(notes))
    return found


def _notes(path: Path, *, strict: bool) -> list[str]:
    """What is to be said of who wrote the chapter ``path``; raises LedgerError where it has to be this build."""
    wrote, here = build_of(path), build.this()
    if wrote is None or wrote.core != here.core:
        by = f"by {wrote}" if wrote else "by no build that it names, so by an earlier one"
        if strict:
            raise LedgerError(
                f"{path}: written {by}; this is {here}. Only the build that was told can decide the same again: replay "
                "with the program that wrote it (iatro --version names its core), or ask with --config what this one "
                "would do. The record itself can be read as ever: iatro review show"
            )
        return [f"{path}: written {by}; this is {here}, and a difference may be the program's"]
    if wrote.numbers != here.numbers:
        return [
            f"{path}: computed with {wrote.numbers}; here with {here.numbers}: a last digit may be theirs"
        ]
    return []


def _frame(path: Path, data: bytes) -> Frame:
    try:
        offset, made = unpacked(data)
        return float(offset), tuple(made)
    except (IatroError, TypeError, ValueError) as error:
        raise EventError(f"{path}: a frame is none of this program's: {error}") from error
