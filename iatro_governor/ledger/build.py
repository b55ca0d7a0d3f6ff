"""Which build of the core wrote a journal: what it kept is its own insides, and no other build can go on from them."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Self

from .. import __version__
from ..errors import EventError
from .frames import ROOMS
from .record import MISSHAPEN

FORMAT = 1
"""Changes whenever a chapter is laid out otherwise."""
_MARK = b"iatro journal "
_PACKAGE = Path(__file__).resolve().parents[1]
_NUMBERS = ("numpy", "pin", "coal")


@dataclass(frozen=True, slots=True)
class Build:
    """``core``: digest of the source of every room whose objects a chapter holds; ``numbers``: what computes for it."""

    software_version: str
    core: str
    numbers: str
    format: int = FORMAT

    def preface(self) -> bytes:
        """The first frame of a chapter."""
        return _MARK + json.dumps(asdict(self), sort_keys=True).encode()

    @classmethod
    def of(cls, preface: bytes) -> Self:
        """Who wrote the chapter with this first frame.

        Raises:
            EventError: it is none, or of a later format.
        """
        try:
            told = json.loads(preface.removeprefix(_MARK))
            made = int(told["format"])
            found = cls(str(told["software_version"]), str(told["core"]), str(told["numbers"]), made)
        except MISSHAPEN as error:
            raise EventError(f"no preface of a journal: {preface[:80]!r}") from error
        if made != FORMAT:
            raise EventError(f"format {made} of a journal, by {found} (allowed: {FORMAT})")
        return found

    def __str__(self) -> str:
        return f"iatro {self.software_version}, core {self.core}"


def is_preface(frame: bytes) -> bool:
    """Whether a chapter's first frame says who wrote it."""
    return frame.startswith(_MARK)


@cache
def this() -> Build:
    """The build that runs."""
    content = hashlib.sha256()
    for room in sorted(ROOMS):
        folder = _PACKAGE / room.split(".")[1]
        for path in sorted(folder.rglob("*.py")):
            content.update(f"{path.relative_to(_PACKAGE)}\n".encode() + path.read_bytes())
    python = ".".join(map(str, sys.version_info[:2]))
    numbers = [f"Python {python}", *(f"{name} {_version(name)}" for name in _NUMBERS)]
    return Build(__version__, content.hexdigest()[:16], ", ".join(numbers))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
