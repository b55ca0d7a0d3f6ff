"""How far a demo has come is told over all robots: a bar on a terminal, a line a plan elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from iatro_governor.cli import _demo_progress
from iatro_governor.trial.words import Words


@dataclass
class Robot:
    """Its name and plans, which is all that progress asks of it."""

    name: str
    plans: tuple[Words, ...]


def robot(name: str, *titles: str) -> Any:
    return Robot(name, tuple(Words(title=title, say="Now.", benign=True) for title in titles))


BASE, ARM = robot("base", "Drives [b]", "Turns"), robot("arm", "Presses", "Reaches")


def told(monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> str:
    out = StringIO()
    console = Console(file=out, width=80, force_terminal=terminal, color_system=None)
    monkeypatch.setattr(_demo_progress, "notes", console)
    with _demo_progress.progress([BASE, ARM]) as show:
        for one, begun in ((BASE, 0), (BASE, 1), (BASE, 1), (BASE, 2), (ARM, 0), (ARM, 2)):
            show(one, begun)
    return out.getvalue()


def test_each_plan_has_one_line_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, terminal=False).splitlines() == [
        "base 1/2 Drives [b]", "base 2/2 Turns", "arm 1/2 Presses", "arm 2/2 Reaches",
    ]  # fmt: skip


def test_the_bar_counts_the_plans_of_all_robots(monkeypatch: pytest.MonkeyPatch) -> None:
    last = re.split(r"[\r\n]", told(monkeypatch, terminal=True))
    (bar,) = {line.split("0:00")[0].rstrip() for line in last if "arm: Reaches" in line}
    assert bar.endswith("3/4") and len(bar) <= 80
