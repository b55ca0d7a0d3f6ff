"""The section of the core's step."""

from __future__ import annotations

from bench.page.tables import Data, table


def core(data: Data) -> list[str]:
    """Steps, where their time goes, memory, the collector."""
    about = (
        "A command to what is allowed of it, sensors' rows ready. us of the thread's own time, which the budgets are"
        " for, and beside it of the clock on the wall, to which others on the machine count, too; *over*: the median"
        " above its budget.\n"
    )
    steps = [step(name, data["actions"][name], data[name], *both) for name, both in data["budgets"].items()]
    parts = [about, table(STEPS, steps)]
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
        modes = [(m, *(row[key] for key in QUANTILES)) for m, row in data["collector"].items()]
        parts += [
            "The base's step by the mode of the collector of garbage.\n",
            table(("", "p50", "p99", "p99.9", "worst"), modes),
        ]
    return parts


STEPS = (
    "step", "action", "p50", "budget", "over", "p99", "budget", "p99.9", "worst", "wall p50", "p99", "p99.9", "worst",
    "samples",
)  # fmt: skip


def step(name: str, action: str, row: Data, p50: float, p99: float) -> tuple[object, ...]:
    """One step beside its budgets."""
    over = round(max(row["p50_us"] - p50, 0.0), 1)
    rare, wall = (row["p999_us"], row["max_us"]), [row["wall"][key] for key in QUANTILES]
    return (name, action, row["p50_us"], p50, over, row["p99_us"], p99, *rare, *wall, row["samples"])


QUANTILES = ("p50_us", "p99_us", "p999_us", "max_us")


def profile_row(step: str, found: Data) -> tuple[object, ...]:
    """Of one step."""
    files = ", ".join(f"`{file}` {100 * share:.0f} %" for file, share in found["files"].items())
    return step, found["calls"], found["calls_outside"], files
