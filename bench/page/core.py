"""The section of the core's step."""

from __future__ import annotations

from bench.page.tables import Data, table


def core(data: Data) -> list[str]:
    """Steps, growth, memory, the collector."""
    steps = [
        (
            name,
            data["actions"][name],
            data[name]["p50_us"],
            p50,
            data[name]["p99_us"],
            p99,
            data[name].get("p999_us"),
        )
        for name, (p50, p99) in data["budgets"].items()
    ]
    parts = [
        "A command to what is allowed of it, sensors' rows ready; us of the thread's own time.\n",
        table(("step", "action", "p50", "budget", "p99", "budget", "p99.9"), steps),
        "Growth: least squares over medians.\n",
        table(
            ("one more", "us", "us at none"),
            [(name, row["us_each"], row["us_at_none"]) for name, row in data["slope"].items()],
        ),
    ]
    if "profile" in data:
        parts += [
            "Where the time goes: functions called in a step, those outside our code (numpy's, the interpreter's), and"
            " the files with the largest shares, what they call outside included; as a profiler sees it.\n",
            table(
                ("step", "calls", "outside", "files"), [profile_row(*one) for one in data["profile"].items()]
            ),
        ]
    if "memory" in data:
        rows = [(name, row["peak_kb"], row["blocks_kept"]) for name, row in data["memory"].items()]
        parts += ["Memory of a step.\n", table(("step", "KB at its height", "blocks kept a step"), rows)]
    if "collector" in data:
        modes = [(m, r["p50_us"], r["p99_us"], r["max_us"]) for m, r in data["collector"].items()]
        parts += [
            "The base's step by the mode of the collector of garbage.\n",
            table(("", "p50", "p99", "worst"), modes),
        ]
    return parts


def profile_row(step: str, found: Data) -> tuple[object, ...]:
    """Of one step."""
    files = ", ".join(f"`{file}` {100 * share:.0f} %" for file, share in found["files"].items())
    return step, found["calls"], found["calls_outside"], files
