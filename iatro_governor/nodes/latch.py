"""The latch on disk: a stop that only an operator may release outlives the process that was stopped."""

from __future__ import annotations

import json
import os
from pathlib import Path

from iatro_governor.errors import IatroError
from iatro_governor.governor.decision import Latch


def read(path: Path) -> Latch | None:
    """The latch that stood when the governor last ran. Raises IatroError where the file cannot be read for one."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        return Latch(str(given["id"]), str(given["nonce"]), str(given["cause"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        cure = "look at why the robot was stopped, then move the file away"
        raise IatroError(f"{path}: no latch can be read from it ({error}); {cure}") from error


def write(path: Path, latch: Latch) -> None:
    """Keep ``latch``; it is on the disk when this returns."""
    fresh = path.with_suffix(".latch.new")
    with open(fresh, "w", encoding="utf-8") as file:
        json.dump({"id": latch.id, "nonce": latch.nonce, "cause": latch.cause}, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
