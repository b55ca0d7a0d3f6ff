"""Sections that are one table each: stops, the plant."""

from __future__ import annotations

from bench.page.tables import Data, table


def stops(data: Data) -> list[str]:
    """From each fault to the first stop on the wire."""
    head = ("fault", "stop", "the profile waits ms", "bound ms", "p50 ms", "p99 ms", "worst ms", "samples")
    names = ("fault", "stop", "waits_ms", "bound_ms", "p50_ms", "p99_ms", "worst_ms", "samples")
    rows = [[row.get(name) for name in names] for row in data["rows"] if "not_injected" not in row]
    left = [f"- {row['fault']}: {row['not_injected']}" for row in data["rows"] if "not_injected" in row]
    return [table(head, rows), *(["Not injected:\n", "\n".join(left) + "\n"] if left else [])]


def plant(data: Data) -> list[str]:
    """How much faster than real time each robot is simulated."""
    about = "Simulated seconds in a second of one core, sensors read as their nodes read them; no governor, no ROS.\n"
    head = ("robot", "times real time", "lowest", "highest", "budget", "simulated s")
    names = ("times_real_time", "lowest", "highest", "budget", "simulated_s")
    robots = [(name, row) for name, row in data.items() if isinstance(row, dict) and "times_real_time" in row]
    return [about, table(head, [[name, *(row[one] for one in names)] for name, row in robots])]


def labels(data: Data) -> list[str]:
    """How long a text takes."""
    budget = data["budget_ms"]
    about = (
        f"{data['labeller']}, one thread: {data['statements_per_s']} statements of 400 characters a second; the median"
        f" is {data['times_the_rules']} times that of the rules alone. The design gives a text of 400 characters"
        f" {budget['p50']} ms at the median, and {budget['p99']} ms at p99.\n"
    )
    rows = [
        (texts, way, *(times[f"{key}_ms"] for key in ("p50", "p99", "p999", "max")), times["samples"])
        for texts, ways in data["sets"].items()
        for way, times in ways.items()
    ]
    return [about, table(("texts", "what", "p50 ms", "p99", "p99.9", "worst", "samples"), rows)]
