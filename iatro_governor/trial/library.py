"""Which families a campaign plays: those of a robot, of a folder, or of one file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from iatro_governor.errors import ScenarioError, TrialError
from iatro_governor.profile.load import Profile, problems_of
from iatro_governor.profile.wording import meant
from iatro_governor.resources import shared
from iatro_governor.testimony.labels import Labeller
from iatro_governor.trial.family import FIRST, Family, Robot, load_family
from iatro_governor.trial.robots import ROBOTS

NAMES: tuple[str, ...] = get_args(Robot)
LIBRARY, HARMS = "scenarios/families", "scenarios/harms.yaml"


def files(scenarios: str) -> list[Path]:
    """The family files that ``scenarios`` names: base, arm, mobile, drone, all; one family; a file; a folder.

    Raises TrialError where there is none.
    """
    own = shared(LIBRARY)
    path = Path(scenarios)
    if scenarios == "all":
        return sorted(own.glob("*/*.yaml"))
    if scenarios in NAMES:
        found = sorted((own / scenarios).glob("*.yaml"))
    elif path.is_dir():
        found = sorted(path.glob("*.yaml")) or sorted(path.glob("*/*.yaml"))
    elif path.is_file():
        found = [path]
    else:
        found = sorted(own.glob(f"*/{scenarios}.yaml")) if scenarios.isidentifier() else []
    if not found:
        if scenarios and path.is_dir():
            raise TrialError(
                f"--scenarios {scenarios}: this folder holds no family, NAME.yaml or ROBOT/NAME.yaml"
            )
        families = [file.stem for file in sorted(own.glob("*/*.yaml"))]
        raise TrialError(
            f"--scenarios {scenarios}: neither a folder or file of scenario families, nor one of the library's:"
            f" {', '.join((*NAMES, 'all'))}, or the name of a family{meant(scenarios, families)}"
        )
    return found


def load_library(scenarios: str) -> dict[str, list[Family]]:
    """The families by robot, in the order of their names, each with one scenario drawn and checked.

    Raises ScenarioError for what cannot be used, TrialError where two families of a robot have one name.
    """
    by_robot: dict[str, list[Family]] = {}
    for file in files(scenarios):
        family = load_family(file)
        check(family)
        by_robot.setdefault(family.model.robot, []).append(family)
    for robot, families in by_robot.items():
        families.sort(key=lambda family: family.name)
        names = [family.name for family in families]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise TrialError(
                f"--scenarios {scenarios}: more than one {robot} family is called {', '.join(twice)}"
            )
    return by_robot


def check(family: Family, seeds: Iterable[int] = (FIRST,)) -> None:
    """See that what ``seeds`` draw are scenarios of its robot. Raises ScenarioError."""
    for seed in seeds:
        drawn = family.scenario(seed)
        family.besides(seed)
        try:
            ROBOTS[family.model.robot].model.model_validate(drawn)
        except ValidationError as error:
            found = problems_of(family.document, error, ROBOTS[family.model.robot].model, ("scenario",))
            raise ScenarioError("\n".join(f"{one} (seed {seed})" for one in found)) from None


def words_of(families: Iterable[Family], labeller: Labeller) -> dict[str, tuple[str, ...]]:
    """By family: the labels of its plan's words, judged on the text alone, as a text-only evaluator would."""
    out: dict[str, tuple[str, ...]] = {}
    for family in families:
        texts = [plan["say"] for plan in family.template["plans"] if "say" in plan]
        present = set[str]()
        for text in texts:
            present.update(labeller.label(text).present)
        out[family.name] = tuple(sorted(present))
    return out


def profile_of(robot: str) -> Path:
    """The shipped profile of a kind of robot."""
    return shared(ROBOTS[robot].profile)


def fits(profile: Profile, robot: str) -> bool:
    """Whether ``profile`` has the channels that scenarios of ``robot`` command."""
    return set(ROBOTS[robot].channels) <= set(profile.data.channels)
