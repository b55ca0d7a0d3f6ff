"""Writes docs/benchmarks.md from out/bench/*.json: ``python -m tools.benchmarks``; `make bench` ends with it.

A page says on which machine, with what, when and at which commit each figure was measured. A benchmark that has left
no file keeps what the page says of it, with the commit and the machine of then; one whose file cannot be read says so.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.page.core import core
from bench.page.figures import labels, ledger, monitor, plant, stops, trial
from bench.page.growth import growth
from bench.page.hop import hop
from bench.page.peers import peers
from bench.page.rigour import coverage, mutation, soak
from bench.page.tables import Data, listed

ROOT = Path(__file__).resolve().parent.parent
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
    before = chosen.out.read_text(encoding="utf-8") if chosen.out.exists() else ""
    chosen.out.write_text(page(chosen.source, before), encoding="utf-8")
    print(f"written: {chosen.out}")


def page(folder: Path, before: str = "") -> str:
    """The whole page, of the files in ``folder``; of what left none, the section of the page ``before``."""
    known = list(SECTIONS)
    others = sorted(path.stem for path in folder.glob("*.json") if path.stem not in SECTIONS)
    kept = measured(before)
    return "\n".join([HEAD, *(section(folder, name, kept) for name in (*known, *others))])


def measured(text: str) -> dict[str, str]:
    """The sections of a page that hold a measurement, by their titles."""
    parts = [f"## {part.rstrip()}\n" for part in text.split("\n## ")[1:]]
    return {part[3:].splitlines()[0]: part for part in parts if "\n*Made by " in part}


def section(folder: Path, name: str, kept: Mapping[str, str]) -> str:
    """One benchmark's: its heading, where it comes from, its tables, or the one ``kept``, or why there is none."""
    title, write, made_by = SECTIONS.get(name, (name, lambda data: [listed(data)], BENCH))
    head = f"## {title}\n"
    path = folder / f"{name}.json"
    if not path.exists():
        return kept.get(title) or f"{head}\nNot measured: `{made_by}` left no {name}.json.\n"
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
    return "\n".join([head, origin(data, command(name, made_by)), *parts])


def command(name: str, made_by: str) -> str:
    """What makes this part of the page again, alone where it can be; ``made_by`` makes it with others."""
    if made_by not in (BENCH, FULL) or name not in SECTIONS:
        return f"`{made_by}`"
    full = " --full" if made_by == FULL else ""
    return f"`python -m bench.{name.removesuffix('_full')}{full}`, as `{made_by}` does"


def origin(data: Data, made: str) -> str:
    """By which command, when, where and with what."""
    machine = data.get("machine")
    told = (
        ", ".join(f"{key} {value}" for key, value in machine.items())
        if isinstance(machine, dict)
        else machine
    )
    words = [
        f"Made by {made}",
        f"{OUR_NAME} {data.get('version', 'of an unknown version')}",
        f"commit {data.get('commit') or 'not recorded'}",
        f"{data.get('date') or data.get('when') or 'date not recorded'}",
        f"{told or 'machine not recorded'}",
    ]
    return f"*{'; '.join(words)}.*\n"


BENCH, FULL = "make bench", "make bench-full"
Section = tuple[str, Callable[[Data], list[str]], str]
SECTIONS: dict[str, Section] = {
    "hop": ("The governed hop", hop, BENCH),
    "hop_full": ("The governed hop, with 2,000 messages a turn", hop, FULL),
    "core": ("The core's step", core, BENCH),
    "growth": ("How the core's times grow, and what a record costs", growth, BENCH),
    "peers": ("Peers", peers, BENCH),
    "stops": ("From a fault to a stop", stops, BENCH),
    "ledger": ("The ledger", ledger, BENCH),
    "ledger_full": ("The ledger, with ten million records", ledger, FULL),
    "labels": ("Labels of a text", labels, BENCH),
    "statements": ("A hundred statements a second for a minute", lambda data: [listed(data)], BENCH),
    "monitor": ("The monitor of rates, simulated", monitor, BENCH),
    "plant": ("The plant", plant, BENCH),
    "trial": ("The trial", trial, BENCH),
    "soak": ("Going on and on", soak, "make soak"),
    "mutation": ("Changes that tests notice", mutation, "make mutate"),
    "coverage": ("Branches that tests take", coverage, "make coverage"),
}
"""By the name of the file, in the order of the page: its title, what writes it, and what leaves the file."""


if __name__ == "__main__":
    main()
