"""A whole campaign in a folder: begun, gone on with, or refused because it is another one."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np

from iatro_governor import __version__
from iatro_governor.errors import LedgerError, TrialError
from iatro_governor.ledger.lock import take
from iatro_governor.profile.load import Profile
from iatro_governor.trial.case import Setting
from iatro_governor.trial.family import library_hash
from iatro_governor.trial.grid import Grid
from iatro_governor.trial.journal import Journal
from iatro_governor.trial.manifest import MANIFEST, OUTCOMES, Manifest, read_manifest, write_manifest
from iatro_governor.trial.outcomes import Outcome
from iatro_governor.trial.standing import LOCK
from iatro_governor.trial.treatment import names
from iatro_governor.trial.workers import done

SAME = (
    "robot",
    "config_hash",
    "library_hash",
    "doses",
    "seed",
    "seeds",
    "arms",
    "arms_of",
    "runs",
    "software",
    "limits",
)
"""What must not change between two goes at one campaign; where its files lie may."""

Show = Callable[[int, int, Outcome], None]


@dataclass(frozen=True)
class Campaign:
    """What is to be run, and what for."""

    setting: Setting
    grid: Grid
    manifest: Manifest


def manifest_of(setting: Setting, grid: Grid, scenarios: str, command: str, profile: Profile) -> Manifest:
    """Everything that is needed to do the campaign again."""
    return Manifest(
        robot=profile.data.robot.name,
        profile=str(setting.profile),
        config_hash=setting.config_hash,
        limits=names(profile),
        scenarios=scenarios,
        library_hash=library_hash(list(setting.families.values())),
        doses=grid.doses,
        seed=grid.first,
        seeds=grid.seeds,
        runs=len(grid.cases()),
        arms=grid.arms,
        arms_of=() if grid.arms == "none" else tuple(sorted(grid.limits)),
        command=command,
        software={
            "iatro_governor": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "mujoco": mujoco.__version__,
        },
    )


def carry_out(
    folder: Path, campaign: Campaign, workers: int = 1, scheduler: str | None = None, show: Show | None = None
) -> int:
    """Do all runs that ``folder`` does not hold yet; returns how many those were.

    ``show(done, of, outcome)`` is called after each. A campaign that was ended anyhow goes on with the same call.
    Raises TrialError where the folder holds another campaign, is in use, or a run fails.
    """
    cases = campaign.grid.cases()
    keys = [case.key for case in cases]
    with _own(folder):
        begin(folder, campaign.manifest)
        with Journal(folder / OUTCOMES) as journal:
            if foreign := journal.besides(keys):
                found = f"{len(foreign)} of its runs are none of this one's, the first is {foreign[0]}"
                raise TrialError(_another(folder, [found]))
            left = [case for case in cases if case.key not in journal.done]
            for outcome in done(campaign.setting, left, workers, scheduler) if left else ():
                journal.append(outcome)
                if show is not None:
                    show(len(journal.done), len(cases), outcome)
            journal.finish(keys)
    return len(left)


def begin(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, or see that the one that is there is of the same campaign. Raises TrialError if not."""
    if not (folder / MANIFEST).exists():
        if (folder / OUTCOMES).exists():
            raise TrialError(f"{folder}: holds {OUTCOMES} and no {MANIFEST}: give --out an empty folder")
        write_manifest(folder, manifest)
        return
    there = read_manifest(folder)
    if changed := differences(there, manifest):
        raise TrialError(_another(folder, changed))


def _another(folder: Path, changed: Sequence[str]) -> str:
    return (
        f"{folder}: holds another campaign: {'; '.join(changed)}. Give --out another folder, or begin this one"
        " anew with --anew"
    )


def differences(there: Manifest, wanted: Manifest) -> list[str]:
    """What of a campaign is not as it was, in words; what an older version did not write down is not looked at."""
    out = []
    for name in SAME:
        was, now = getattr(there, name), getattr(wanted, name)
        if was is not None and was != now:
            out.append(f"{name} was {_short(was)}, now {_short(now)}")
    return out


def clear(folder: Path) -> None:
    """Take away what a campaign left in ``folder``, and nothing else.

    Raises TrialError where it holds none, or where somebody works on it.
    """
    if not (folder / MANIFEST).is_file() and any(one.name != f"{LOCK}.lock" for one in folder.iterdir()):
        raise TrialError(f"{folder}: holds no {MANIFEST}, so it is no campaign, and nothing of it is deleted")
    with _own(folder):
        for name in (MANIFEST, OUTCOMES):
            (folder / name).unlink(missing_ok=True)


@contextmanager
def _own(folder: Path) -> Iterator[None]:
    """The folder is one process's at a time."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = take(folder / LOCK, "campaign")
    except LedgerError as error:
        raise TrialError(str(error)) from error
    try:
        yield
    finally:
        os.close(handle)


def _short(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "(" + ", ".join(each if isinstance(each, str) else f"{each:g}" for each in value) + ")"
    text = str(value)
    return text if len(text) <= 60 else text[:12] + "..."
