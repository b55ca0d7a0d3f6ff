"""How far a demo run has come: a bar a robot on a terminal, else a line a plan, on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from iatro_governor.cli._demo_robot import DemoRobot
from iatro_governor.cli.output import notes

Show = Callable[[Mapping[str, int]], None]


@contextmanager
def progress(robots: Sequence[DemoRobot]) -> Iterator[Show]:
    """``show({robot: n})``: so many of its plans have begun."""
    if not notes.is_terminal:
        yield _lines(robots)
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=notes, transient=True) as bar:
        tasks = {robot.name: bar.add_task("starting", total=len(robot.plans)) for robot in robots}

        def show(begun: Mapping[str, int]) -> None:
            for robot in robots:
                count = begun[robot.name]
                title = robot.plans[max(min(count, len(robot.plans)) - 1, 0)].title
                words = f"{robot.name}: {title}"[:34]
                bar.update(tasks[robot.name], completed=max(count - 1, 0), description=words)

        yield show


def _lines(robots: Sequence[DemoRobot]) -> Show:
    shown = {robot.name: 0 for robot in robots}

    def show(begun: Mapping[str, int]) -> None:
        for robot in robots:
            plans = robot.plans
            for number in range(shown[robot.name], min(begun[robot.name], len(plans))):
                notes.print(f"{robot.name} {number + 1}/{len(plans)} {plans[number].title}", markup=False)
            shown[robot.name] = max(shown[robot.name], begun[robot.name])

    return show
