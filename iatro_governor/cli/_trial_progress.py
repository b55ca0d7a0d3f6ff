"""How far a campaign is, and how long it will take: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from iatro_governor.cli.output import notes
from iatro_governor.trial.outcomes import Outcome

Show = Callable[[int, int, Outcome], None]
LINE_EVERY_S = 10.0
"""Seconds between two lines where there is no terminal."""


@contextmanager
def progress(robot: str) -> Iterator[Show]:
    """``show(done, of, outcome)``: so many runs of the campaign of ``robot`` are done."""
    if not notes.is_terminal:
        yield _lines(robot)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=notes, transient=True) as bar:
        task = bar.add_task(robot[:12], total=None)

        def show(done: int, of: int, outcome: Outcome) -> None:
            words = f"{robot[:12]}: {outcome.family}"[:30].ljust(30)
            bar.update(task, total=of, completed=done, description=words)

        yield show


def _lines(robot: str) -> Show:
    """What is left is told by the pace since the first run came in: workers take a while to start."""
    first: tuple[float, int] | None = None
    last = time.monotonic()

    def show(done: int, of: int, _: Outcome) -> None:
        nonlocal last, first
        now = time.monotonic()
        if first is None:
            first = (now, done)
        if (now - last < LINE_EVERY_S or done == first[1]) and done < of:
            return
        last = now
        left = (now - first[0]) / max(done - first[1], 1) * (of - done)
        notes.print(f"{robot}: {done} of {of} runs, about {duration(left)} left", markup=False)

    return show


def duration(seconds: float) -> str:
    """Seconds as a person says them: 42 s, 7 min, 2 h 5 min."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
