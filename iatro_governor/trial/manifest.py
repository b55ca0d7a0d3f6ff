"""What a campaign was: everything that is needed to do it again, beside its table of runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from iatro_governor.errors import TrialError
from iatro_governor.profile.base import Part

MANIFEST = "campaign.json"
OUTCOMES = "outcomes.jsonl"
TI_S = "ti_s.json"
"""Files of a campaign's folder."""

Text = Annotated[str, Field(min_length=1)]


class Manifest(Part):
    """The file ``campaign.json`` of a campaign's folder."""

    version: Annotated[int, Field(ge=1, le=1)] = 1
    robot: Text
    profile: Text
    """Path of the profile, as it was given."""
    config_hash: Text
    limits: dict[str, str]
    """Every limit of the profile: name to kind."""
    scenarios: Text
    """As ``--scenarios`` named them."""
    library_hash: Text
    """SHA-256 over the scenario files that were played."""
    doses: Annotated[tuple[float, ...], Field(min_length=1)]
    seed: Annotated[int, Field(ge=0)]
    seeds: Annotated[int, Field(ge=1)]
    """How many seeds each scenario was played with."""
    runs: Annotated[int, Field(ge=0)]
    """How many runs the whole grid has."""
    arms: Text | None = None
    """As ``--arms`` named them; None in a folder of before this was kept."""
    arms_of: tuple[str, ...] | None = None
    """The limits that those are about; None likewise."""
    command: Text
    """The command line that does it again."""
    software: dict[str, str]
    """Versions: iatro_governor, python, numpy, mujoco."""


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a campaign's folder. Raises TrialError where there is none, or it is not one."""
    path = folder / MANIFEST
    if not path.is_file():
        raise TrialError(
            f"{folder}: holds no {MANIFEST}, so it is no campaign; make one with `iatro trial run`"
        )
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"])) or "the file"
        raise TrialError(f"{path}: {key}: {first['msg']}; make it anew with `iatro trial run`") from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write ``campaign.json``; the same campaign gives the same bytes."""
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
