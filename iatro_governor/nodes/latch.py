"""The latch on disk: a stop that only an operator may release outlives the process that was stopped."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from iatro_governor.errors import IatroError
from iatro_governor.governor.decision import Latch


def read(path: Path) -> Latch | None:
    """The latch that stood when the governor last ran. Raises IatroError where the file cannot be read for one."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        also, pressed = (tuple(str(name) for name in given.get(key, ())) for key in ("also", "pressed"))
        return Latch(str(given["id"]), str(given["nonce"]), str(given["cause"]), also, pressed)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        cure = "look at why the robot was stopped, then move the file away"
        raise IatroError(f"{path}: no latch can be read from it ({error}); {cure}") from error


def keep(path: Path, latch: Latch | None) -> None:
    """Let the file say that ``latch`` stands, or that none does; it is on the disk when this returns."""
    if latch is None:
        path.unlink(missing_ok=True)
    else:
        _write(path, latch)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(path: Path, latch: Latch) -> None:
    fresh = path.with_suffix(".latch.new")
    told = asdict(latch)
    with open(fresh, "w", encoding="utf-8") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


class KeptLatch:
    """The file, and the latch that it holds."""

    def __init__(self, path: Path) -> None:
        """Raises IatroError where the file cannot be read for a latch."""
        self.path = path
        self.standing = read(path)

    def follow(self, latch: Latch | None) -> None:
        """Let the file say what stands now, where that is new. Raises OSError where it cannot be kept."""
        if latch is not self.standing:
            keep(self.path, latch)
            self.standing = latch
