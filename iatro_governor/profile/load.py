"""From a YAML file to a checked profile, or to every reason why not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from iatro_governor.errors import Problem, ProfileError
from iatro_governor.profile.base import Part
from iatro_governor.profile.document import Document, Key, dotted, read
from iatro_governor.profile.model import ProfileData


@dataclass(frozen=True)
class Profile:
    """A checked configuration: ``data`` from the file, one configuration object a limit, and their common hash."""

    file: str
    data: ProfileData
    limits: tuple[Part, ...]
    config_hash: str


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
    problems += _contradictions(document, profile_data, limits)
    if problems:
        raise ProfileError(problems)
    return Profile(str(path), profile_data, tuple(limits), _hash(profile_data, limits))


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
                document.problem((*key, "kind"), kind, ", ".join(sorted(models)), "no such kind of limit")
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
        for item in error.errors(include_url=False):
            # A discriminator or union tag in the location is no key of the file.
            key = at + tuple(part for part in item["loc"] if not _is_tag(document, at, item["loc"], part))
            message = str(item["msg"]).removeprefix("Value error, ")
            given = "(missing)" if item["type"] == "missing" else _short(item["input"])
            problems.append(document.problem(key, given, _allowed(item, model), message))
        return None


def _is_tag(document: Document, at: Key, loc: Key, part: str | int) -> bool:
    position = loc.index(part)
    if position in (0, len(loc) - 1) or isinstance(part, int):
        return False
    return part in ("scan", "odom", "flags", "estop") and (*at, *loc[: position + 1]) not in document.lines


def _short(value: Any) -> Any:
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _allowed(item: Any, model: type[BaseModel]) -> str:
    if item["type"] == "extra_forbidden":
        return (
            "one of: " + ", ".join(sorted(model.model_fields))
            if len(item["loc"]) == 1
            else "no other keys here"
        )
    context = item.get("ctx", {})
    for name, sign in (("gt", ">"), ("ge", ">="), ("lt", "<"), ("le", "<="), ("pattern", "text like")):
        if name in context:
            return f"{sign} {context[name]}"
    return str(context.get("expected") or context.get("expected_tags") or item["msg"]).removeprefix(
        "Value error, "
    )


def _contradictions(document: Document, data: ProfileData, limits: list[Part]) -> list[Problem]:
    """What is right field by field and wrong together."""
    out = []
    for name, channel in data.channels.items():
        source = data.sources.get(channel.odom)
        if source is None or source.type != "odom":
            names = [n for n, s in data.sources.items() if s.type == "odom"]
            out.append(
                document.problem(
                    ("channels", name, "odom"),
                    channel.odom,
                    ", ".join(names) or "an odom source",
                    "names no odometry source",
                )
            )
        elif not source.required:
            out.append(
                document.problem(
                    ("sources", channel.odom, "required"),
                    False,
                    "true",
                    f"channel {name} cannot be governed without its odometry",
                )
            )
    out += _shared_topics(document, data)
    out += _limit_references(document, data, limits)
    return out


def _shared_topics(document: Document, data: ProfileData) -> list[Problem]:
    """No topic may stand for two things: an output that is also a source would be believed."""
    out = []
    used: dict[str, str] = {}
    rows: list[tuple[Key, str]] = [
        (("sources", name, "topic"), source.topic) for name, source in data.sources.items()
    ]
    for name, channel in data.channels.items():
        rows += [(("channels", name, "input"), channel.input), (("channels", name, "output"), channel.output)]
    for key, topic in rows:
        if (other := used.setdefault(topic.strip("/"), dotted(key))) != dotted(key):
            out.append(document.problem(key, topic, "a topic of its own", f"is also {other}"))
    return out


def _limit_references(document: Document, data: ProfileData, limits: list[Part]) -> list[Problem]:
    out = []
    seen: set[str] = set()
    for index, limit in enumerate(limits):
        name, channel = getattr(limit, "name", ""), getattr(limit, "channel", "")
        if name in seen:
            out.append(
                document.problem(
                    ("limits", index, "name"), name, "a name of its own", "two limits have this name"
                )
            )
        seen.add(name)
        if channel not in data.channels:
            out.append(
                document.problem(
                    ("limits", index, "channel"), channel, ", ".join(data.channels), "no such channel"
                )
            )
        for source in getattr(limit, "sources", ()):
            if source not in data.sources or data.sources[source].type != "scan":
                scans = [n for n, s in data.sources.items() if s.type == "scan"]
                out.append(
                    document.problem(
                        ("limits", index, "sources"),
                        source,
                        ", ".join(scans) or "a scan source",
                        "names no scan source",
                    )
                )
            elif not data.sources[source].required:
                out.append(
                    document.problem(
                        ("sources", source, "required"), False, "true", f"limit {name} cannot hold without it"
                    )
                )
    return out


def _hash(data: ProfileData, limits: list[Part]) -> str:
    """SHA-256 of the resolved configuration, defaults included: what was in force, not how it was typed."""
    whole = {**data.model_dump(mode="json"), "limits": [limit.model_dump(mode="json") for limit in limits]}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
