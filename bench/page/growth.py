"""The section of how the core's times grow, and of what a record costs."""

from __future__ import annotations

from bench.page.tables import Data, table


def growth(data: Data) -> list[str]:
    """Points, then everything else that can be many, then records."""
    budget = data["message_budget_us"]
    seen = [row for name, found in data["messages"].items() for row in messages(name, found, budget)]
    commands = [row for one in data["axes"].items() for row in rows(*one)]
    lines = [line(name, found["slope"]) for name, found in {**data["messages"], **data["axes"]}.items()]
    lines += [line(f"{name}, a command", found["command_slope"]) for name, found in data["messages"].items()]
    return [
        "A message of a sensor, taken in once, apart from the commands after it; us of the thread's own time.\n",
        table(MESSAGES, seen),
        "Lines of least squares through the medians of a message (points) or of a command (all else): what one more"
        " costs with its standard error, and by how much the medians are off the line.\n",
        table(LINES, lines),
        "A command by how many there are, and what became of it.\n",
        table(("", "how many", "action", "p50", "p99", "wall p50"), commands),
        *records(data["record"]),
    ]


MESSAGES = (
    "", "points", "action", "message p50", "p99", "budget", "wall p50", "p99", "first command after it p50", "p99",
    "any command p50", "p99",
)  # fmt: skip
LINES = ("one more", "us", "standard error", "us at none", "off the line us")
MOST = 100_000
"""The points of a message that the budget is for."""


def messages(name: str, found: Data, budget: float) -> list[tuple[object, ...]]:
    """One kind of message."""
    return [
        (
            name, row["count"], row["action"], *pair(row["message"]), budget if row["count"] == MOST else None,
            *pair(row["message"]["wall"]), *pair(row["first_command"]), *pair(row["command"]),
        )
        for row in found["rows"]
    ]  # fmt: skip


def pair(distribution: Data) -> tuple[object, object]:
    """Median and tail."""
    return distribution["p50_us"], distribution["p99_us"]


def line(name: str, slope: Data) -> tuple[object, ...]:
    """One line of least squares."""
    keys = ("us_each", "us_each_error", "us_at_none", "residual_us")
    return (name, *(slope[key] for key in keys))


def rows(name: str, found: Data) -> list[tuple[object, ...]]:
    """What a line is drawn through."""
    return [(name, row["count"], row["action"], *pair(row), row["wall"]["p50_us"]) for row in found["rows"]]


def records(data: Data) -> list[str]:
    """What the node does with a decision."""
    parts = [
        (robot, part, *(found[part][key] for key in ("p50_us", "p99_us", "p999_us", "max_us", "samples")))
        for robot, found in data.items()
        for part in PARTS
    ]
    about = "What the node does with a decision that is made, apart from the step; us.\n"
    return (
        [about, table(("robot", "part", "p50", "p99", "p99.9", "worst", "samples"), parts)] if parts else []
    )


PARTS = ("body", "ring", "message", "bytes")
"""The decision's dictionary, the ring on disk, the message that is published, and its bytes."""
