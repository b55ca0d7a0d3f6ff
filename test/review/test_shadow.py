"""Whoever checks a profile or reads a ledger is told first where nothing is, or was, enforced."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest

from iatro_governor.ledger import Ledger
from iatro_governor.ledger.reader import Reader
from iatro_governor.review.incidents import shadow_text
from iatro_governor.review.report import write_report
from test.forked import iatro
from test.governor.profiles import AMR

LOUD = "nothing was enforced"


def ledger(folder: Path, *shadow: bool) -> Path:
    """One session after the other in one ledger."""
    path, key = folder / "ledger.db", secrets.token_bytes(32)
    for one in shadow:
        Ledger.open(path, key=key, context="field", software_version="0", shadow=one).close()
    return path


@pytest.mark.parametrize(
    ("sessions", "told"),
    [
        ((False, False), ""),
        ((True,), f"UNSAFE SHADOW MODE: in it, {LOUD}"),
        ((False, True, False), f"UNSAFE SHADOW MODE: in 1 of its 3 sessions, {LOUD}"),
    ],
)
def test_the_ledger_and_its_report_say_so(tmp_path: Path, sessions: tuple[bool, ...], told: str) -> None:
    path = ledger(tmp_path, *sessions)
    with Reader(path) as reader:
        assert shadow_text(reader).startswith(told) and bool(shadow_text(reader)) == bool(told)
    write_report(path, tmp_path / "report.html")
    assert (LOUD in (tmp_path / "report.html").read_text()) == bool(told)
    done = iatro("review", "list", str(path))
    assert done.returncode == 0 and (LOUD in done.stderr) == bool(told)


def test_check_says_so(tmp_path: Path) -> None:
    path = tmp_path / "robot.yaml"
    path.write_text(f"unsafe_shadow: true\n{AMR.read_text()}")
    assert "NOTHING IS ENFORCED" in iatro("check", str(path)).stdout
    shadowed, enforced = (json.loads(iatro("check", str(one), "--json").stdout) for one in (path, AMR))
    assert (shadowed["shadow"], enforced["shadow"]) == (True, False)
    assert shadowed["config_hash"] != enforced["config_hash"]
    path.write_text(f"unsafe_shadow: 1\n{AMR.read_text()}")
    assert iatro("check", str(path)).returncode == 2, "nothing but true or false"
