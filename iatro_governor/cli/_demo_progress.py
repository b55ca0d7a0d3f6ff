"""How far a demo run has come: a bar over all plans on a terminal, else a line a plan, on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from iatro_governor.cli._demo_robot import DemoRobot
from iatro_governor.cli.output import notes

Show = Callable[[DemoRobot, int], None]


@contextmanager
def progress(robots: Sequence[DemoRobot]) -> Iterator[Show]:
    """``show(robot, n)``: so many of its plans have begun; the robots come in the order of ``robots``."""
    if not notes.is_terminal:
        yield _lines()
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=notes, transient=True) as bar:
        task = bar.add_task("starting", total=sum(len(robot.plans) for robot in robots))

        def show(robot: DemoRobot, begun: int) -> None:
            earlier = sum(len(one.plans) for one in robots[: robots.index(robot)])
            title = robot.plans[min(begun, len(robot.plans)) - 1].title if begun else "starting"
            words = f"{robot.name}: {title}"[:34].ljust(34)
            bar.update(task, completed=earlier + max(begun - 1, 0), description=words)

        yield show


def _lines() -> Show:
    shown: dict[str, int] = {}

    def show(robot: DemoRobot, begun: int) -> None:
        plans = robot.plans
        for number in range(shown.get(robot.name, 0), min(begun, len(plans))):
            notes.print(f"{robot.name} {number + 1}/{len(plans)} {plans[number].title}", markup=False)
        shown[robot.name] = max(shown.get(robot.name, 0), begun)

    return show
