"""Profiles that come with the package, as data that a test may change."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml


def shipped(path: Path) -> dict[str, Any]:
    """What the YAML file at ``path`` holds, a test's own: it is read once, for nobody writes to it."""
    return copy.deepcopy(_read(path))


@cache
def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data
