"""From the options of ``iatro trial run`` to campaigns: one a robot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from iatro_governor.cli.output import notes
from iatro_governor.errors import TrialError
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.load import Profile
from iatro_governor.resources import shared
from iatro_governor.testimony import load
from iatro_governor.testimony.labels import Labeller
from iatro_governor.trial.campaign import Campaign, manifest_of
from iatro_governor.trial.case import Setting
from iatro_governor.trial.family import Family
from iatro_governor.trial.grid import Arms, Grid
from iatro_governor.trial.library import HARMS, check, fits, load_library, profile_of, words_of
from iatro_governor.trial.severity import Severities, load_severities
from iatro_governor.trial.treatment import checked, doseable, treated

LARGEST = 100.0


@dataclass(frozen=True)
class Planned:
    """A campaign, and the folder that it goes to."""

    folder: Path
    campaign: Campaign


@dataclass(frozen=True)
class Wanted:
    """The options that say which runs."""

    doses: tuple[float, ...]
    seed: int
    seeds: int
    arms: Arms
    limits: tuple[str, ...]


def plan(wanted: Wanted, profile: Path | None, scenarios: str, out: Path, command: str) -> list[Planned]:
    """One campaign for each robot that ``scenarios`` are for; more than one go to folders of ``out`` by their names.

    Raises TrialError, ScenarioError and ProfileError for what cannot be used.
    """
    by_robot = load_library(scenarios)
    if profile is not None and len(by_robot) > 1:
        raise TrialError(
            f"--profile is one robot's, and --scenarios {scenarios} are of {', '.join(by_robot)}"
        )
    loaded = load.labeller()
    if loaded.shortfall:
        notes.print(loaded.shortfall, markup=False)
    severities = load_severities(shared(HARMS))
    return [
        Planned(
            out if len(by_robot) == 1 else out / robot,
            _campaign(wanted, robot, profile, families, severities, loaded.labeller, scenarios, command),
        )
        for robot, families in by_robot.items()
    ]


def _campaign(
    wanted: Wanted,
    robot: str,
    path: Path | None,
    families: list[Family],
    severities: Severities,
    labeller: Labeller,
    scenarios: str,
    command: str,
) -> Campaign:
    profile = load_profile(path or profile_of(robot))
    if not fits(profile, robot):
        raise TrialError(f"{profile.file}: has not the channels that scenarios for {robot} command")
    for family in families:
        check(family, range(wanted.seed, wanted.seed + wanted.seeds))
    setting = Setting(
        robot,
        Path(profile.file).absolute(),
        profile.config_hash,
        {family.name: family for family in families},
        words_of(families, labeller),
        severities,
    )
    grid = _grid(wanted, profile, tuple(setting.families))
    return Campaign(setting, grid, manifest_of(setting, grid, scenarios, command, profile))


def _grid(wanted: Wanted, profile: Profile, families: tuple[str, ...]) -> Grid:
    """Every treatment is made once before anything runs. Raises TrialError for a dose that a limit cannot have."""
    every = doseable(profile)
    limits = checked(profile, wanted.limits) if wanted.limits else every
    grid = Grid(families, wanted.doses, wanted.seed, wanted.seeds, wanted.arms, limits, every)
    for treatment in grid.treatments():
        if treatment.governed:
            treated(profile, treatment)
    return grid


def wanted_of(doses: str, seed: int, seeds: int, arms: str, limits: str) -> Wanted:
    """The options as text, read. Raises TrialError naming what was given and what is allowed."""
    if arms not in get_args(Arms):
        raise TrialError(f"--arms {arms}: one of {', '.join(get_args(Arms))}")
    if limits and arms == "none":
        raise TrialError(
            "--limits says which limits --arms is about: give --arms limits, pairs or doses, too"
        )
    names = tuple(part.strip() for part in limits.split(",") if part.strip())
    return Wanted(_doses(doses), seed, seeds, arms, names)  # type: ignore[arg-type]


def _doses(text: str) -> tuple[float, ...]:
    allowed = f"numbers from 0 to {LARGEST:g}, as 0,0.5,1,2"
    out = []
    for part in text.split(","):
        try:
            dose = float(part)
        except ValueError:
            raise TrialError(f"--doses {text}: {part.strip()!r} is no number; allowed: {allowed}") from None
        if not (math.isfinite(dose) and 0 <= dose <= LARGEST):
            raise TrialError(f"--doses {text}: {part.strip()} is out of range; allowed: {allowed}")
        out.append(dose)
    if len(set(out)) < len(out):
        raise TrialError(f"--doses {text}: a dose is given twice")
    return tuple(sorted(out))
