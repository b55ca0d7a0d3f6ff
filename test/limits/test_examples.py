"""The page of limits shows each kind's own example, which people copy."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from iatro_governor.limits.registry import KINDS
from test.limits.situations import make

PAGE = Path(__file__).parents[2] / "docs/reference/limits.md"
OF_EACH = ("name", "kind", "channel", "source")


@cache
def shown() -> dict[str, dict[str, Any]]:
    """By kind, the keys of its own."""
    blocks = re.findall(r"```yaml\n(- .*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    rows = [row for block in blocks for row in yaml.safe_load(block)]
    return {row["kind"]: {key: row[key] for key in row if key not in OF_EACH} for row in rows}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_page_of_limits_shows_the_example_that_tests_use(kind):
    assert shown()[kind] == KINDS[kind].model.example
    assert make(kind).config.kind == kind
