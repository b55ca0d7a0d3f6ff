"""Writes docs/benchmarks.md from out/bench/*.json: ``python -m tools.benchmarks``; `make bench` ends with it.

A page says on which machine, with what, when and at which commit each figure was measured. A benchmark that has left
no file, or one that cannot be read, has its heading and says so.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
Data = dict[str, Any]
OUR_NAME = "iatro_governor"

HEAD = """# Benchmarks

Written by `python -m tools.benchmarks` from what `make bench` measured; numbers are of that machine and that run, and
ratios are of the same minutes. The budgets are the design's. Nothing here is a gate: a busy machine is no defect.
"""


def main(arguments: list[str] | None = None) -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, default=ROOT / "out" / "bench")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    chosen = parser.parse_args(arguments)
    chosen.out.write_text(page(chosen.source), encoding="utf-8")
    print(f"written: {chosen.out}")


def page(folder: Path) -> str:
    """The whole page, of the files in ``folder``."""
    known = list(SECTIONS)
    others = sorted(path.stem for path in folder.glob("*.json") if path.stem not in SECTIONS)
    return "\n".join([HEAD, *(section(folder, name) for name in (*known, *others))])


def section(folder: Path, name: str) -> str:
    """One benchmark's: its heading, where it comes from, its tables, or why there are none."""
    title, write = SECTIONS.get(name, (name, lambda data: [listed(data)]))
    head = f"## {title}\n"
    path = folder / f"{name}.json"
    if not path.exists():
        return f"{head}\nNot measured: `make bench` left no {name}.json.\n"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        return f"{head}\nNot measured: {name}.json cannot be read ({error}).\n"
    if not isinstance(data, dict) or not data:
        return f"{head}\nNot measured: {name}.json is empty.\n"
    try:
        parts = write(data)
    except (KeyError, TypeError, ValueError) as error:
        return (
            f"{head}\nNot shown: {name}.json is not as this page expects ({type(error).__name__}: {error}).\n"
        )
    return "\n".join([head, origin(data), *parts])


def origin(data: Data) -> str:
    """When, where and with what."""
    machine = data.get("machine")
    told = (
        ", ".join(f"{key} {value}" for key, value in machine.items())
        if isinstance(machine, dict)
        else machine
    )
    words = [
        f"{OUR_NAME} {data.get('version', 'of an unknown version')}",
        f"commit {data.get('commit') or 'not recorded'}",
        f"{data.get('date') or data.get('when') or 'date not recorded'}",
        f"{told or 'machine not recorded'}",
    ]
    return f"*{'; '.join(words)}.*\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; None is a dash."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join('-' if cell is None else str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def listed(data: Data) -> str:
    """Every number by its name, for a benchmark that has no table of its own."""
    return table(("", ""), [(f"`{name}`", value) for name, value in flat(data, "") if name not in STAMPED])


STAMPED = ("version", "commit", "date", "when")


def flat(data: Any, name: str) -> Iterable[tuple[str, Any]]:
    """Leaves and the way to each."""
    if isinstance(data, dict):
        for key, value in data.items():
            if not (name == "" and key == "machine"):
                yield from flat(value, f"{name}.{key}".lstrip("."))
    elif not isinstance(data, list) or all(not isinstance(one, dict | list) for one in data):
        yield name, data
    else:
        for number, value in enumerate(data):
            yield from flat(value, f"{name}.{number}")


def ranged(row: Data, name: str) -> str:
    """A median with its lowest and highest."""
    if row.get(name) is None:
        return "none"
    low, high = row[f"{name}_range"]
    return f"{row[name]} ({low} to {high})"


def hop(data: Data) -> list[str]:
    """Rates, and executors where more than one was tried."""
    about = (
        f"Command in, command out over real DDS: the governor of config/amr.yaml with {data['zones']} zones beside a"
        f" relay in rclpy that hears the same scan, {data['turns']} turns each, a process a turn. Median of the turns"
        " (lowest to highest); *in time*: answered before the next command but one was due.\n"
    )
    head = ("Hz", "relay p50 us", "governed p50 us", "ratio", "relay p99 us", "governed p99 us", "ratio")
    more = (
        "relay's own p99 from turn to turn",
        "in time, relay",
        "governed",
        "core, relay",
        "governed",
        "MB",
    )
    parts = [about, table((*head, *more), [hop_row(row) for row in data["rates"]])]
    tried = {row["executor"] for row in data["executors"]}
    if len(tried) > 1:
        rows = [(row["executor"], *hop_row(row)) for row in data["executors"]]
        parts += ["By rclpy's executor, the same for both:\n", table(("executor", *head, *more), rows)]
    return parts


def hop_row(row: Data) -> tuple[object, ...]:
    """One rate."""
    names = ("relay_p50_us", "governed_p50_us", "p50_ratio", "relay_p99_us", "governed_p99_us", "p99_ratio")
    return (
        row["hz"],
        *(ranged(row, name) for name in (*names, "relay_runs_p99_ratio")),
        *(row[name] for name in ("relay_in_time", "governed_in_time", "relay_cpu", "governed_cpu")),
        f"{row['relay_memory_mb']} and {row['governed_memory_mb']}",
    )


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


def peers(data: Data) -> list[str]:
    """Wrong answers, by peer and by kind."""
    corpus, kinds = data["corpus"], data["corpus"]["kinds"]
    about = (
        f"{corpus['commands']} commands, seed {corpus['seed']}: plain ones, ones that ask for too much or for a"
        " forbidden place, numbers that are none, wrong lengths, stamps that are old, ahead or out of order. What is"
        " wrong was written down from the task before any peer was asked (bench/peers_task.py). *Claimed*: of kinds"
        " that the peer says it keeps from the motors. *Good passed*: of commands that break nothing, before anything"
        " was the matter, how many came out as they went in. Times are of the process, one thread where a peer lets"
        " itself be told so.\n"
    )
    head = ("", "version", "commands", "wrong", "of it claimed", "good passed", "p50 us", "p99 us")
    here = [row for row in data["rows"] if row["wrong"] is not None]
    rows = [
        (
            row["name"], row["version"], row["commands"], row["wrong"], row["wrong_claimed"],
            f"{row['clean_good_passed']} of {row['clean_good']}", row["p50_us"], row["p99_us"],
        )
        for row in here
    ]  # fmt: skip
    by_kind = [(row["name"], *(counted(row, kind) for kind in kinds)) for row in here]
    notes = [f"- **{row['name']}**: {row['note']}." for row in here if row.get("note")]
    notes += [
        f"- **{row['name']}** was not measured: `{row['reason']}`"
        for row in data["rows"]
        if row["wrong"] is None
    ]
    return [
        about,
        table(head, rows),
        "By kind; in brackets where the peer does not claim it.\n",
        table(("", *kinds), by_kind),
        "\n".join(notes) + "\n",
    ]


def counted(row: Data, kind: str) -> str:
    """Of one kind."""
    count = row["by_kind"][kind]
    return str(count) if kind in row["applies"] else f"({count})"


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


def soak(data: Data) -> list[str]:
    """Whether anything grew."""
    simulated, real = data["simulated"], data["real"]
    about = (
        f"{simulated['seconds']:.0f} s of the simulated base in one process, {simulated['times_real_time']} times real "
        f"time: {simulated['rounds']} rounds of the demo's errands, {simulated['decisions']} decisions recorded. Then "
        f"{real['seconds']:.0f} s of real nodes, governed and a bare relay in turns at {real['hz']:.0f} Hz: "
        f"{real['decisions']} decisions, {real['lost']} lost. Answers later than the next but one command: governed "
        f"{real['late']['governed']:.3%}, relay {real['late']['relay']:.3%} (its turns differ by "
        f"{real['late']['spread']:.3%}). Wrong: {'; '.join(data['wrong']) or 'nothing'}.\n"
    )
    head = ("process", "MB at the end", "grown MB", "95 % interval", "flat")
    rows = [
        [name, row["at_last_mb"], row["grown_mb"], " to ".join(map(str, row["interval_mb"])), row["flat"]]
        for name, row in data["memory"].items()
    ]
    return [
        about,
        table(head, rows),
        "Growth over the last three quarters of the run, by a line of least squares.\n",
    ]


def mutation(data: Data) -> list[str]:
    """How many small wrong changes of each room its tests notice."""
    about = (
        "`make mutate ROOM=...`: changes that no test notices, those with a reason in accepted.yaml apart.\n"
    )
    head = ("room", "files", "shard", "changes", "noticed", "accepted", "survived", "commit", "date")
    rows = [[name, *(row[key] for key in head[1:])] for name, row in sorted(data["rooms"].items())]
    return [about, table(head, rows)]


Section = tuple[str, Callable[[Data], list[str]]]
SECTIONS: dict[str, Section] = {
    "hop": ("The governed hop", hop),
    "core": ("The core's step", core),
    "peers": ("Peers", peers),
    "stops": ("From a fault to a stop", stops),
    "ledger": ("The ledger", lambda data: [listed(data)]),
    "ledger_full": ("The ledger, with ten million records", lambda data: [listed(data)]),
    "labels": ("Labels of a text", lambda data: [listed(data)]),
    "plant": ("The plant", plant),
    "trial": ("The trial", lambda data: [listed(data)]),
    "soak": ("Going on and on", soak),
    "mutation": ("Changes that tests notice", mutation),
}
"""By the name of the file, in the order of the page."""


if __name__ == "__main__":
    main()
