"""Reading scenario files: every fault of a file, with its line, in one ScenarioError."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from iatro_governor.errors import Problem, ProfileError, ScenarioError
from iatro_governor.profile.base import Part
from iatro_governor.profile.document import Document, read
from iatro_governor.profile.load import problems_of

Model = TypeVar("Model", bound=Part)


def read_scenario(path: Path, model: type[Model], world: type[Part], worlds: str) -> Model:
    """The scenario at ``path``, as ``model``; its ``world`` may name a file of ``worlds`` (a glob) in ``worlds/``.

    Raises ScenarioError that names file, line, key, what was given and what is allowed, for every fault found.
    """
    document = _read(path)
    data = dict(document.data)
    if {"family", "scenario"} <= data.keys():
        allowed = "one scenario, with a world and plans of its own"
        raise _error(
            [document.problem(("family",), data["family"], allowed, "a family, for `iatro trial run`")]
        )
    if isinstance(data.get("world"), str):
        name, folder = data["world"], path.parent / "worlds"
        known = sorted(file.stem for file in folder.glob(worlds))
        if name not in known:
            allowed = f"one of: {', '.join(known) or '(none)'}, or a world written out"
            raise _error([document.problem(("world",), name, allowed, "no such world")])
        data["world"] = _checked(_read(folder / f"{name}.yaml"), world)
    return _checked(document, model, data)


def read_part(path: Path, model: type[Model]) -> Model:
    """The YAML file at ``path``, as ``model``. Raises ScenarioError that names every fault found."""
    return _checked(_read(path), model)


def robot_of(path: Path | str) -> str:
    """Whose scenario it is: the key ``robot``, "base" where there is none. Raises ScenarioError for no YAML mapping."""
    return str(_read(Path(path)).data.get("robot", "base"))


def complete(document: Document, scenario: dict[str, Any], folder: Path) -> dict[str, Any]:
    """``scenario``, which stands in ``document``, with the world of ``folder``/worlds that it may name written out.

    Raises ScenarioError where there is no such world.
    """
    if not isinstance(scenario.get("world"), str):
        return scenario
    name, known = scenario["world"], sorted(file.stem for file in (folder / "worlds").glob("*.yaml"))
    if name not in known:
        allowed = f"one of: {', '.join(known) or '(none)'}, or a world written out"
        raise _error([document.problem(("scenario", "world"), name, allowed, "no such world")])
    return scenario | {"world": dict(_read(folder / "worlds" / f"{name}.yaml").data)}


def errors_of(document: Document, error: ValidationError, model: type[Part]) -> ScenarioError:
    """Every fault of ``document``, with its line, and what ``model`` allows there."""
    return _error(problems_of(document, error, model))


def _read(path: Path) -> Document:
    try:
        return read(path)
    except ProfileError as error:
        raise _error(error.problems) from error


def _checked(document: Document, model: type[Model], data: Any = None) -> Model:
    try:
        return model.model_validate(document.data if data is None else data)
    except ValidationError as error:
        raise errors_of(document, error, model) from error


def _error(problems: list[Problem]) -> ScenarioError:
    return ScenarioError("\n".join(map(str, problems)))
