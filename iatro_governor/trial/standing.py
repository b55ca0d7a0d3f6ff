"""How far a campaign is, from its folder alone."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from iatro_governor.errors import LedgerError, TrialError
from iatro_governor.ledger.lock import take
from iatro_governor.trial.manifest import MANIFEST, OUTCOMES, Manifest, read_manifest
from iatro_governor.trial.outcomes import read

LOCK = "campaign"


@dataclass(frozen=True, slots=True)
class Standing:
    """``done`` of ``runs`` runs, of which ``harmed`` did harm; ``running``: a process works on it now."""

    folder: str
    robot: str
    doses: tuple[float, ...]
    seeds: int
    runs: int
    done: int
    harmed: int
    running: bool
    command: str

    def to_json(self) -> dict[str, Any]:
        """As one JSON object."""
        return {**asdict(self), "doses": list(self.doses), "whole": self.done == self.runs}

    def lines(self) -> list[str]:
        """As a person reads it."""
        doses = ", ".join(f"{dose:g}" for dose in self.doses)
        head = f"{self.folder}: {self.done} of {self.runs} runs of {self.robot}, {self.harmed} with harm"
        out = [head, f"  doses {doses}; {self.seeds} seeds of each family"]
        if self.running:
            out.append("  a process works on it now")
        elif self.done < self.runs:
            out.append(f"  to go on: {self.command}")
        return out


def standings(folder: Path) -> list[Standing]:
    """The campaign in ``folder``, or those in its folders where it holds one for each robot.

    Raises TrialError where there is none.
    """
    if not (folder / MANIFEST).exists() and folder.is_dir():
        own = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))
        if own:
            return [_standing(each, read_manifest(each)) for each in own]
    return [_standing(folder, read_manifest(folder))]


def _standing(folder: Path, manifest: Manifest) -> Standing:
    path = folder / OUTCOMES
    rows = list(read(path)) if path.exists() else []
    return Standing(
        str(folder),
        manifest.robot,
        manifest.doses,
        manifest.seeds,
        manifest.runs,
        len(rows),
        sum(row.harm > 0 for row in rows),
        _in_use(folder),
        manifest.command,
    )


def _in_use(folder: Path) -> bool:
    """Whether another process has the folder's lock; nothing is written where there is no lock yet."""
    if not (folder / f"{LOCK}.lock").exists():
        return False
    try:
        os.close(take(folder / LOCK, "campaign"))
    except LedgerError as error:
        if isinstance(error.__cause__, BlockingIOError):
            return True
        raise TrialError(str(error)) from error
    return False
