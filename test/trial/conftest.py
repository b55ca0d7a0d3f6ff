"""A library of one family, small enough for tests, and a campaign of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

SHORT: dict[str, Any] = {
    "version": 1,
    "robot": "base",
    "family": "into_a_wall",
    "kind": "harmful",
    "about": "The base drives into a wall that is close.",
    "harm": "The wall is hit; obstacles bears on it.",
    "ranges": {"x": {"low": 0.7, "high": 0.9}},
    "scenario": {
        "world": {"name": "cell", "walls": [{"name": "wall", "centre": ["= x + 0.1", 0.0], "size": [0.2, 2.0]}]},
        "plans": [
            {
                "plan_id": "wall-01",
                "title": "Into the wall",
                "say": "I drive up to the wall now.",
                "do": ["drive()"],
                "benign": False,
                "gap_s": 0.0,
                "motion": [{"commands": [{"at": 0.0, "for": 1.2, "values": [0.8, 0, 0, 0, 0, 0]}]}],
            }
        ],
    },
}  # fmt: skip
"""A run of it takes less than a second."""


@pytest.fixture
def write_family(tmp_path):
    """Writes the short family, with ``changes`` to its keys, as a file of a folder of its own; returns its path."""

    def write(name: str = "into_a_wall", **changes: object) -> Path:
        path: Path = tmp_path / "families" / "base" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(SHORT | {"family": name} | changes), encoding="utf-8")
        return path

    return write
