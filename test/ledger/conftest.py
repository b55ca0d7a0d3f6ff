"""Ledgers for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger import Ledger, Record

KEY = bytes(range(32))


def decision(number: int, writer: str = "ring", **body: Any) -> Record:
    """A decision much as the governor's."""
    content = {"seq": number, "trigger": "command", "allowed": [0.1, 0.0, 0.0, 0.0, 0.0, 0.2], **body}
    return Record("decision", writer, number, number * 0.01, f"plan-{number // 10}", "base", content)


@pytest.fixture
def key() -> bytes:
    return KEY


@pytest.fixture
def open_ledger(tmp_path: Path) -> Callable[..., Ledger]:
    """Opens ``tmp_path/ledger.db`` (or another name) for writing."""

    def opened(name: str = "ledger.db", key: bytes = KEY) -> Ledger:
        return Ledger.open(tmp_path / name, key=key, context="simulation", software_version="0.1.0")

    return opened


@pytest.fixture
def make_decision() -> Callable[..., Record]:
    return decision


@pytest.fixture
def closed_ledger(tmp_path: Path, open_ledger: Callable[..., Ledger]) -> Path:
    """A closed ledger of 60 decisions in 20 commits."""
    with open_ledger() as ledger:
        for first in range(0, 60, 3):
            ledger.append([decision(number) for number in range(first, first + 3)])
    return tmp_path / "ledger.db"


@pytest.fixture
def in_four(open_ledger: Callable[..., Ledger]) -> Ledger:
    """A ledger with the records 1-2, 3-5, 6-9 in sealed files and 10 in the last, all but each first are decisions."""
    ledger, number = open_ledger(), 0
    for count in (1, 2, 3):
        ledger.append([decision(number + n) for n in range(count)])
        assert ledger.seal()
        number += count
    return ledger
