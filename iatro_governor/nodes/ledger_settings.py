"""The ledger's settings file: read by the recorder alone, so that nothing else can tell evaluation from field.

The witness asks it where the ledger is, to make up for what it has not heard.

- ``path``: the ledger, from the settings file's folder; ledger.db unless given.
- ``context``: field (unless given), simulation or evaluation.
- ``key``: the key's file; else IATRO_KEY, else beside the ledger, where a first one is made.
- ``keep``: how much is kept, all of it unless given. ``segment_mb``: size at which a file is sealed and one more begun;
  ``retain_days``, ``retain_records``: sealed files that are older, or have so many records after them, are removed, and
  the chain says so (a wall clock that leaps makes none old); ``clips_mb``: what the clips may take, the oldest going
  first (2,000 unless given).
- ``anchor``: ``command`` (a list of words) is given the newest anchor as a line on its standard input every ``every_s``
  seconds (60 unless given) and at the end, to keep it elsewhere.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from iatro_governor.errors import LedgerError
from iatro_governor.ledger.keeping import Keeping
from iatro_governor.ledger.keys import create_key, find_key, key_beside
from iatro_governor.profile.wording import worded


class _Keep(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    segment_mb: float | None = Field(default=None, ge=1.0, allow_inf_nan=False)
    retain_days: float | None = Field(default=None, gt=0.0, allow_inf_nan=False)
    retain_records: int | None = Field(default=None, ge=1)
    clips_mb: float = Field(default=2000.0, ge=0.0, allow_inf_nan=False)


class _Anchor(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    command: list[str] = []
    every_s: float = Field(default=60.0, gt=0.0, allow_inf_nan=False)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path = Path("ledger.db")
    context: Literal["field", "simulation", "evaluation"] = "field"
    key: Path | None = None
    keep: _Keep = _Keep()
    anchor: _Anchor = _Anchor()


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """Where the ledger is, what it is a record of, and what it is sealed with."""

    path: Path
    context: str
    key: bytes
    new_key: Path | None
    """The file of a key that was made just now; None where there was one."""
    keeping: Keeping
    anchor_command: tuple[str, ...]
    anchor_every_s: float


def read(file: Path, environment: str | None) -> LedgerSettings:
    """Settings from ``file``, all defaults where there is none; ``environment`` is the text of IATRO_KEY.

    Raises LedgerError for a file that cannot be used, a ledger that cannot be reached, or one without its key.
    """
    settings = _checked(file, _parsed(file))
    path = _from(file, settings.path)
    key_file = _from(file, settings.key) if settings.key is not None else None
    beside = key_beside(path)
    rest = Keeping(**settings.keep.model_dump()), tuple(settings.anchor.command), settings.anchor.every_s
    try:
        if key_file is None and not environment and not beside.exists() and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            return LedgerSettings(path, settings.context, create_key(beside), beside, *rest)
    except OSError as error:
        raise LedgerError(f"{path}: cannot be reached: {error.strerror or error}") from error
    return LedgerSettings(path, settings.context, find_key(path, key_file, environment), None, *rest)


def missing(file: Path, given: str) -> str:
    """What to tell the operator where the settings file ``given`` by name is not there; empty: it is, or none was."""
    if not given or file.exists():
        return ""
    return f"there is no settings file {file}: the ledger is {path_of(file)}, and all else is by default"


def path_of(file: Path) -> Path:
    """Where the ledger is, and nothing else of its settings; raises LedgerError as ``read`` does."""
    return _from(file, _checked(file, _parsed(file)).path)


def _from(file: Path, path: Path) -> Path:
    return Path(os.path.normpath(file.parent / path.expanduser()))


def _parsed(file: Path) -> Any:
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise LedgerError(f"{file}: the ledger's settings cannot be read: {error}") from error


def _checked(file: Path, data: Any) -> _File:
    try:
        return _File.model_validate(data)
    except ValidationError as error:
        faults = [dict(fault) for fault in error.errors(include_url=False)]
        raise LedgerError("\n".join(_told(file, fault) for fault in faults)) from error


def _told(file: Path, fault: dict[str, Any]) -> str:
    message, allowed = worded(fault, _File)
    key = ".".join(map(str, fault["loc"])) or "file"
    return f"{file}: {key}: {message} (given: {fault['input']!r}; allowed: {allowed})"
