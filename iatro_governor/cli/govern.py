"""``iatro govern``: the governor offline, event lines in, decision lines out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, TextIO

import typer

from iatro_governor import operator_key
from iatro_governor.cli._apart import apart
from iatro_governor.cli.output import notes, print_json
from iatro_governor.governor.core import Governor
from iatro_governor.governor.offline import OfflineLoop
from iatro_governor.governor.self_test import tested
from iatro_governor.limits.registry import load_profile


def govern(
    config: Annotated[Path, typer.Option(help="A robot's configuration, YAML.", show_default=False)],
    source: Annotated[str, typer.Option("--in", help="Event lines, JSON; - is standard input.")] = "-",
    target: Annotated[str, typer.Option("--out", help="Decision lines, JSON; - is standard output.")] = "-",
    key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The operator's key; without it every reset is refused."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="A summary as JSON on standard output (needs --out FILE).")
    ] = False,
) -> None:
    """Run the governor on recorded or generated events, without ROS. Exit 1 if lines were malformed."""
    if json and target == "-":
        notes.print("iatro govern: --json prints its summary on standard output, so give --out FILE")
        raise typer.Exit(2)
    if target != "-":
        apart(Path(target), (config, key, None if source == "-" else source))
    profile = load_profile(config)
    for warning in dict.fromkeys(map(str, tested(profile))):
        notes.print(f"iatro govern: {warning}", markup=False)
    signing = None if key is None else operator_key.read(key)
    loop = OfflineLoop(Governor(profile, key=signing))
    rows = 0
    with ExitStack() as files:
        try:
            lines = sys.stdin.buffer if source == "-" else files.enter_context(open(source, "rb"))
            out = sys.stdout if target == "-" else files.enter_context(open(target, "w", encoding="utf-8"))
        except OSError as error:
            notes.print(f"iatro govern: {error.filename}: {error.strerror}")
            raise typer.Exit(2) from None
        for row in loop.run(_decoded(iter(lines))):
            _write(out, row, live=source == "-")
            rows += 1
        out.flush()
    if json:
        print_json({"rows": rows, "malformed": loop.malformed, "out": target})
    elif loop.malformed:
        notes.print(f"iatro govern: {loop.malformed} malformed lines, each reported in the output")
    raise typer.Exit(1 if loop.malformed else 0)


def _decoded(lines: Iterator[bytes]) -> Iterator[str]:
    """Lines as text; bytes that are not UTF-8 make a line malformed, they do not end the run."""
    for line in lines:
        yield line.decode("utf-8", errors="surrogateescape")


def _write(out: TextIO, row: str, live: bool) -> None:
    # A message that quotes undecodable bytes must not break the output, which is UTF-8.
    out.write(row.encode("utf-8", errors="backslashreplace").decode() + "\n")
    if live:
        out.flush()
