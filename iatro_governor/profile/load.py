"""From a YAML file to a checked profile, or to every reason why not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from iatro_governor.body.model import ArmModel
from iatro_governor.errors import Problem, ProfileError
from iatro_governor.profile.base import Part
from iatro_governor.profile.contradictions import contradictions
from iatro_governor.profile.document import LONGEST, Document, Key, read
from iatro_governor.profile.every_channel import ChannelConfig
from iatro_governor.profile.model import ProfileData
from iatro_governor.profile.sources import SourceConfig
from iatro_governor.profile.wording import meant, mentioned, worded

TAGS = frozenset(
    tag
    for union in (ChannelConfig, SourceConfig)
    for part in get_args(get_args(union)[0])
    for tag in get_args(part.model_fields["type"].annotation)
)
"""Names of the types of channels and sources."""


@dataclass(frozen=True)
class Profile:
    """A checked configuration: ``data`` from the file, one configuration object a limit, and their common hash.

    document: what was read, for problems that only show later. body: the model of the robot's moving parts, where the
    profile names one.
    """

    document: Document
    data: ProfileData
    limits: tuple[Part, ...]
    config_hash: str
    body: ArmModel | None = None

    @property
    def file(self) -> str:
        """The file that it came from."""
        return self.document.file

    def problem(self, key: Key, given: Any, allowed: str, message: str) -> Problem:
        """A problem at ``key``, with its line."""
        return self.document.problem(key, given, allowed, message)


def load(path: str | Path, limit_models: Mapping[str, type[Part]]) -> Profile:
    """Read and check the profile at ``path``; ``limit_models`` maps each kind of limit to its model.

    Raises:
        ProfileError: with every problem found.
    """
    document = read(Path(path))
    data = dict(document.data)
    rows = data.pop("limits", None)
    problems: list[Problem] = []
    limits = _limits(document, rows, limit_models, problems)
    profile_data = _validate(document, ProfileData, data, (), problems)
    if profile_data is None or problems:
        raise ProfileError(problems)
    problems += contradictions(document, profile_data, limits)
    if problems:
        raise ProfileError(problems)
    return Profile(document, profile_data, tuple(limits), config_hash(profile_data, limits))


def load_data(path: str | Path) -> ProfileData:
    """The profile at ``path`` but for its limits, for those who do not bound anything.

    Raises:
        ProfileError: with every problem found in the rest.
    """
    document = read(Path(path))
    problems: list[Problem] = []
    data = {key: value for key, value in document.data.items() if key != "limits"}
    found = _validate(document, ProfileData, data, (), problems)
    if found is None:
        raise ProfileError(problems)
    checked: ProfileData = found
    return checked


def _limits(
    document: Document, rows: Any, models: Mapping[str, type[Part]], problems: list[Problem]
) -> list[Part]:
    if not isinstance(rows, list) or not rows:
        problems.append(
            document.problem(("limits",), rows, "a list of limits", "a robot without limits is not governed")
        )
        return []
    out = []
    for index, row in enumerate(rows):
        key: Key = ("limits", index)
        kind = row.get("kind") if isinstance(row, dict) else None
        model = models.get(kind) if isinstance(kind, str) else None
        if model is None:
            problems.append(
                document.problem(
                    (*key, "kind"),
                    kind,
                    ", ".join(sorted(models)),
                    f"no such kind of limit{meant(kind, models)}",
                )
            )
        elif (limit := _validate(document, model, row, key, problems)) is not None:
            out.append(limit)
    return out


def _validate(
    document: Document, model: type[Any], data: Any, at: Key, problems: list[Problem]
) -> Any | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems += problems_of(document, error, model, at)
        return None


def problems_of(
    document: Document, error: ValidationError, model: type[BaseModel], at: Key = ()
) -> list[Problem]:
    """What pydantic found wrong with the part of ``document`` that stands at ``at``, one problem a finding."""
    found = [dict(item) for item in error.errors(include_url=False)]
    return list(
        dict.fromkeys(_problem(document, item, model, at) for item in found if not _follows(item, found))
    )


def _problem(document: Document, item: dict[str, Any], model: type[BaseModel], at: Key) -> Problem:
    if item["type"] == "missing" and isinstance(item["loc"][-1], int):
        item = item | {"loc": item["loc"][:-1], "type": "too_short", "msg": "has too few of them"}
    message, allowed = worded(item, model)
    named = mentioned(item)
    key = at + _without_tag(item["loc"])
    given = "(missing)" if item["type"] == "missing" else _short(named or item["input"])
    if item["type"] == "union_tag_invalid":
        given = item["ctx"]["tag"]
        named = {item["ctx"]["discriminator"].strip("'"): given}
    line = document.line((*key, *(named if len(named) == 1 else ())))
    return replace(document.problem(key, given, allowed, message), line=line)


def _follows(item: dict[str, Any], found: list[dict[str, Any]]) -> bool:
    """Whether a list is called too short only because its items are wrong."""
    at = item["loc"]
    return item["type"] == "too_short" and any(f["loc"] != at and f["loc"][: len(at)] == at for f in found)


def _without_tag(loc: Key) -> Key:
    """``loc`` without the type by which pydantic tells channels and sources apart: it is no key of the file."""
    tagged = len(loc) > 2 and loc[0] in ("channels", "sources") and loc[2] in TAGS
    return (*loc[:2], *loc[3:]) if tagged else loc


def _short(value: Any) -> Any:
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    mapping = isinstance(value, dict | list)
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000).strip() if mapping else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def config_hash(data: ProfileData, limits: Sequence[Part]) -> str:
    """SHA-256 of the resolved configuration, defaults included: what was in force, not how it was typed."""
    whole = {**data.model_dump(mode="json"), "limits": [limit.model_dump(mode="json") for limit in limits]}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
