"""One run of a campaign: which scenario, which seed, which treatment; and how it is done."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from iatro_governor.errors import IatroError, TrialError
from iatro_governor.governor.core import Governor
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.load import Profile
from iatro_governor.profile.sources import FlagsSource
from iatro_governor.trial import loop
from iatro_governor.trial.family import Family
from iatro_governor.trial.outcomes import Outcome
from iatro_governor.trial.robots import ROBOTS
from iatro_governor.trial.row import row
from iatro_governor.trial.severity import Severities
from iatro_governor.trial.telling import Told
from iatro_governor.trial.treatment import Treatment, treated


@dataclass(frozen=True, slots=True)
class Case:
    """``family``: its name; with ``seed`` it says which cases are twins."""

    family: str
    seed: int
    treatment: Treatment

    @property
    def key(self) -> str:
        """A text that no other case of the campaign has."""
        return f"{self.family}|{self.seed}|{self.treatment.key}"


def key_of(outcome: Outcome) -> str:
    """The key of the case that ``outcome`` came of."""
    governed = outcome.treatment == "governed"
    treatment = Treatment(outcome.dose, tuple(outcome.off), dict(outcome.doses), governed)
    return Case(outcome.family, outcome.seed, treatment).key


@dataclass(frozen=True)
class Setting:
    """What all cases of a campaign share: sent to each worker once.

    ``profile``: a file that every worker reads for itself; ``config_hash`` is of what it must hold.
    """

    robot: str
    profile: Path
    config_hash: str
    families: dict[str, Family]
    labels: dict[str, tuple[str, ...]]
    severities: Severities


def play(setting: Setting, case: Case, profile: Profile | None = None) -> Outcome:
    """Do one run. The same setting and case give the same row, on any worker and in any order.

    ``profile``: as it was read already. Raises TrialError where the worker's profile is another one, or the run failed.
    """
    try:
        return _played(setting, case, profile or _profile(setting.profile, setting.config_hash))
    except IatroError:
        raise
    except (
        Exception
    ) as error:  # a run may fail in any way, and whoever waits for a thousand wants to know which
        what = f"{case.family}, seed {case.seed}, dose {case.treatment.dose:g}"
        raise TrialError(f"a run failed ({what}): {type(error).__name__}: {error}") from error


def _played(setting: Setting, case: Case, profile: Profile) -> Outcome:
    kind, family = ROBOTS[setting.robot], setting.families[case.family]
    scenario = kind.model.model_validate(family.scenario(case.seed))
    under = treated(profile, case.treatment) if case.treatment.governed else profile
    governor = _governor(under, family) if case.treatment.governed else None
    result = kind.play(scenario, case.seed, governor)
    config_hash = under.config_hash if case.treatment.governed else ""
    name = profile.data.robot.name
    labels = setting.labels[case.family]
    return row(family, kind, case.treatment, setting.severities, scenario, result, name, config_hash, labels)


def _governor(profile: Profile, family: Family) -> loop.Governor:
    governor = Governor(profile)
    if not family.model.tells:
        return governor
    told = set(family.model.tells)
    for name, source in profile.data.sources.items():
        if isinstance(source, FlagsSource) and told <= set(source.names):
            return Told(governor, name, family.model.tells)
    raise TrialError(
        f"{family.document.file}: tells {', '.join(sorted(told))}, and no source of flags of {profile.file} does"
    )


@lru_cache(maxsize=4)
def _profile(path: Path, config_hash: str) -> Profile:
    profile = load_profile(path)
    if profile.config_hash != config_hash:
        raise TrialError(
            f"{path}: this worker's profile has the hash {profile.config_hash[:12]}, the campaign's is"
            f" {config_hash[:12]}; give every worker the same file"
        )
    return profile
