"""The ledger's settings file: read by the recorder alone, so that nothing else can tell evaluation from field.

The witness asks it where the ledger is, to make up for what it has not heard.

- ``path``: the ledger, from the settings file's folder; ledger.db unless given.
- ``context``: field (unless given), simulation or evaluation.
- ``key``: the key's file; else IATRO_KEY, else beside the ledger, where a first one is made.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from iatro_governor.errors import LedgerError
from iatro_governor.ledger.keys import create_key, find_key, key_beside


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path = Path("ledger.db")
    context: Literal["field", "simulation", "evaluation"] = "field"
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """Where the ledger is, what it is a record of, and what it is sealed with."""

    path: Path
    context: str
    key: bytes
    new_key: Path | None
    """The file of a key that was made just now; None where there was one."""


def read(file: Path, environment: str | None) -> LedgerSettings:
    """Settings from ``file``, all defaults where there is none; ``environment`` is the text of IATRO_KEY.

    Raises LedgerError for a file that cannot be used, or where the ledger exists and its key does not.
    """
    settings = _checked(file, _parsed(file))
    path = _from(file, settings.path)
    key_file = _from(file, settings.key) if settings.key is not None else None
    beside = key_beside(path)
    if key_file is None and not environment and not beside.exists() and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        return LedgerSettings(path, settings.context, create_key(beside), beside)
    return LedgerSettings(path, settings.context, find_key(path, key_file, environment), None)


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
        faults = [
            f"{file}: {'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']} (given: {fault['input']!r})"
            for fault in error.errors(include_url=False)
        ]
        raise LedgerError("\n".join(faults)) from error
