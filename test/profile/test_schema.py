"""The schema that editors get: of today's code, pointed to by every profile, and stricter than nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from iatro_governor.cli.main import app
from iatro_governor.limits.registry import KINDS

CONFIG = Path(__file__).parents[2] / "config"
SCHEMA = CONFIG / "profile.schema.json"


def test_the_schema_is_what_the_code_says() -> None:
    printed = CliRunner().invoke(app, ["schema", "--profile"]).stdout
    assert SCHEMA.read_text(encoding="utf-8") == printed, "run: .venv/bin/iatro-env python -m tools.reference"


@pytest.mark.parametrize("path", sorted(CONFIG.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_profile_points_editors_to_the_schema_beside_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA.name}"


def test_the_schema_knows_every_kind_of_limit_and_refuses_unknown_keys() -> None:
    shape: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert shape["$schema"].startswith("https://json-schema.org/")
    kinds = {one["properties"]["kind"]["const"] for one in shape["properties"]["limits"]["items"]["anyOf"]}
    assert kinds == set(KINDS)
    assert all(
        one["additionalProperties"] is False for one in shape["properties"]["limits"]["items"]["anyOf"]
    )
    assert shape["additionalProperties"] is False and "limits" in shape["required"]
