"""Sections of what goes on and on, and of the tests themselves: soak, mutation, coverage."""

from __future__ import annotations

from bench.page.tables import Data, table


def soak(data: Data) -> list[str]:
    """Whether anything grew."""
    simulated, real = data["simulated"], data["real"]
    late, held_up = real["late"], real["held_up"]
    about = (
        f"{simulated['seconds']:.0f} s of the simulated base in one process, {simulated['times_real_time']} times real "
        f"time: {simulated['rounds']} rounds of the demo's errands, {simulated['decisions']} decisions recorded. Then "
        f"real nodes at {real['hz']:.0f} Hz, governed for {real['driven_s']['governed']:.0f} s and a bare relay for "
        f"{real['driven_s']['relay']:.0f} s in turns: {real['decisions']} decisions, {real['lost']} lost. Answers "
        f"later than the next but one command: governed {late['governed']:.3%}, relay {late['relay']:.3%} (its "
        f"stretches differ by {late['spread']:.3%}; were it chance whose answers are late, as many or more"
        f" would be the governor's with a probability of {late['chance']:.3g}); not counted are stretches of 10 s in"
        f" which the driver itself was held up: {held_up['governed']} of the governor's and {held_up['relay']} of the"
        f" relay's. Wrong: "
        f"{'; '.join(data['wrong']) or 'nothing'}.\n"
    )
    head = ("process", "MB at the end", "MB an hour", "95 % interval", "samples", "verdict")
    rows = [
        [
            name, row["at_last_mb"], row["mb_h"], " to ".join(map(str, row["interval_mb_h"])), row["samples"],
            row["verdict"],
        ]
        for name, row in data["memory"].items()
    ]  # fmt: skip
    below = (
        "The slope of the last three quarters of the run, by a line of least squares, its interval widened for samples"
        " that are like their neighbours. Of real nodes a sample is the least memory in a turn, for garbage waits some"
        " seconds and megabytes for its collection. Flat: the interval's upper end is below"
        f" {data['bound_mb_h']:g} MB an hour; not shown: it is not, and its lower end is.\n"
    )
    return [about, table(head, rows), below]


def mutation(data: Data) -> list[str]:
    """How many small wrong changes of each room its tests notice."""
    about = (
        "`make mutate ROOM=...`: changes that no test notices, those with a reason in accepted.yaml apart, and those"
        " that were not tried with the code and the tests as they were.\n"
    )
    head = ("room", "files", "changes", "noticed", "accepted", "survived", "not tried", "commit", "date")
    rows = [[name, *(row[key] for key in head[1:])] for name, row in sorted(data["rooms"].items())]
    return [about, table(head, rows)]


def coverage(data: Data) -> list[str]:
    """How much of each deciding room the tests take, and what they do not."""
    about = (
        "`make coverage`: the tests that need no ROS, subprocesses not counted. Percent of branches, rounded down; it"
        " is no gate, and what a test only touches, `make mutate` finds.\n"
    )
    head = ("room", "files", "lines", "not run", "branches", "not taken", "percent of branches")
    rows = [[room, *coverage_row(row)] for room, row in data["rooms"].items()]
    left = [
        f"- `{file}`: {', '.join(where)}"
        for row in data["rooms"].values()
        for file, where in row["left"].items()
    ]
    told = "Lines that no test runs, and branches (from->to) that none takes:\n"
    return [about, table(head, rows), *([told, "\n".join(left) + "\n"] if left else [])]


def coverage_row(row: Data) -> tuple[object, ...]:
    """Of one room."""
    return (
        row["files"],
        row["lines"],
        row["lines"] - row["lines_taken"],
        row["branches"],
        row["branches"] - row["branches_taken"],
        row["percent"],
    )
