"""How far a run is, on standard error: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

LINE_EVERY_S = 30.0
"""Seconds between two lines where there is no terminal."""
Show = Callable[[str | None], None]


@contextmanager
def progress(room: str, total: int, console: Console) -> Iterator[Show]:
    """``show(survivor)``: one more of ``total`` changes is tried; None: it did not survive, or may."""
    if not console.is_terminal:
        yield _lines(room, total, console)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    # Children are forked: a thread that draws the bar could hold a lock in the middle of it.
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as bar:
        task = bar.add_task(room, total=total)
        survivors = 0

        def show(survivor: str | None) -> None:
            nonlocal survivors
            if survivor is not None:
                survivors += 1
                console.print(survivor, markup=False, highlight=False, emoji=False)
            bar.update(task, advance=1, description=f"{room}, {survivors} survived", refresh=True)

        bar.refresh()
        yield show


def _lines(room: str, total: int, console: Console) -> Show:
    done = survivors = 0
    began = last = time.monotonic()

    def show(survivor: str | None) -> None:
        nonlocal done, survivors, last
        done += 1
        if survivor is not None:
            survivors += 1
            console.print(f"survived: {survivor}", markup=False, highlight=False, emoji=False)
        now = time.monotonic()
        if now - last < LINE_EVERY_S and done < total:
            return
        last = now
        left = duration((now - began) / done * (total - done))
        words = f"{room}: {done} of {total} changes, {survivors} survived, about {left} left"
        console.print(words, markup=False, highlight=False, emoji=False)

    return show


def duration(seconds: float) -> str:
    """Seconds as a person says them: 42 s, 7 min, 2 h 5 min."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
