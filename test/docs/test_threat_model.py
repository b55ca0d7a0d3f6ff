"""The threat model holds nothing that no test holds."""

from __future__ import annotations

import ast
import re

import pytest

from test.docs.commands import ROOT

PAGE = ROOT / "docs" / "explanation" / "threat_model.md"
NODE = re.compile(r"^`(test/[\w/]+\.py)::(test_\w+)`$")


def rows(text: str) -> list[list[str]]:
    """The cells of every row of every table, without its heads."""
    lines = [
        line
        for line in text.splitlines()
        if line.startswith("| ") and not line.startswith(("| ---", "| who"))
    ]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def missing(row: list[str]) -> str | None:
    """What keeps a row from being held by a test, or None."""
    if len(row) != 4 or not row[0] or not row[1]:
        return f"four cells are needed, the first two filled: {row}"
    if (named := NODE.match(row[3])) is None:
        return f"no test is named: {row}"
    file = ROOT / named[1]
    tests = [node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)]
    return None if named[2] in tests else f"{file} holds no {named[2]}"


@pytest.mark.parametrize("row", rows(PAGE.read_text(encoding="utf-8")), ids=lambda row: row[0])
def test_a_threat_names_a_test_that_exists(row: list[str]) -> None:
    assert missing(row) is None


def test_a_threat_without_a_test_is_seen() -> None:
    assert "no test is named" in str(missing(["a", "b", "", "somewhere"]))
    assert "holds no" in str(missing(["a", "b", "", "`test/docs/test_threat_model.py::test_nothing`"]))
    assert len(rows(PAGE.read_text(encoding="utf-8"))) > 30
