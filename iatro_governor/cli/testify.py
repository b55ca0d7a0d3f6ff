"""``iatro testify``: what planners' words say, line by line, without ROS."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Annotated, Any, NoReturn

import typer

from ._apart import WouldOverwrite, apart

_PROGRESS_FROM = 200_000
"""Files larger than this many bytes show progress, on a terminal."""


def testify(
    source: Annotated[
        str, typer.Option("--in", metavar="FILE", help="Texts, one JSON object a line; - is standard input.")
    ],
    out: Annotated[
        str,
        typer.Option("--out", metavar="FILE", help="Labels, one JSON object a line; - is standard output."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as one JSON document.")] = False,
) -> None:
    """Label texts, read their claims, and judge them against the actions they declare."""
    if as_json and out == "-":
        _refuse("--json prints a summary on standard output: give --out a file", as_json)
    if out != "-":
        try:
            apart(Path(out), [None if source == "-" else source])
        except (WouldOverwrite, OSError) as error:
            _refuse(str(error), as_json)
    with ExitStack() as stack:
        try:
            lines = stack.enter_context(open(source, "rb")) if source != "-" else sys.stdin.buffer
            sink = stack.enter_context(open(out, "w", encoding="utf-8")) if out != "-" else sys.stdout
        except OSError as error:
            _refuse(f"{error.filename}: {error.strerror}", as_json)
        try:
            summary = _run(_progress(lines, source), sink, flush=out == "-" or source == "-")
        except IsADirectoryError as error:
            _refuse(f"{source}: {error.strerror}", as_json)
    _report(summary, as_json, quiet=out == "-")


def _run(lines: Iterable[bytes], sink: IO[str], *, flush: bool) -> dict[str, Any]:
    from ..testimony import load

    loaded = load.labeller()
    labeller = loaded.labeller
    if loaded.shortfall:
        print(f"warning: {loaded.shortfall}", file=sys.stderr)
    verdicts: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    rows = malformed = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        answer = _answer(number, line, labeller)
        if answer.get("type") == "malformed":
            malformed += 1
        else:
            rows += 1
            verdicts[answer["verdict"] or "unknown"] += 1
            labels.update(answer["present"])
        sink.write(json.dumps(answer, allow_nan=False) + "\n")
        if flush:
            sink.flush()
    return {
        "rows": rows,
        "malformed": malformed,
        "verdicts": dict(verdicts),
        "labels": dict(labels),
        "labeller": labeller.name,
    }


def _answer(number: int, line: bytes, labeller: Any) -> dict[str, Any]:
    from pydantic import ValidationError

    from ..testimony.offline import row_of, testify

    try:
        document = json.loads(line.decode("utf-8"))
        if not isinstance(document, dict):
            return _malformed(number, "expected a JSON object")
        return testify(row_of(document), labeller)
    except ValidationError as error:
        return _malformed(number, _fault(error.errors(include_url=False)))
    except (ValueError, RecursionError) as error:
        return _malformed(number, f"no JSON: {error}")


def _fault(errors: list[Any]) -> str:
    """What is wrong with a line, all of it: the key, what it must be, and what was given."""
    return "; ".join(
        f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
        + ("" if one["type"] == "missing" else f" (given: {repr(one['input'])[:60]})")
        for one in errors
    )


def _malformed(number: int, message: str) -> dict[str, Any]:
    return {"line": number, "type": "malformed", "message": message[:500]}


def _progress(lines: IO[bytes], source: str) -> Iterator[bytes]:
    """The lines, with a bar on standard error where somebody watches and the file is long."""
    size = Path(source).stat().st_size if source != "-" else 0
    if size < _PROGRESS_FROM or not sys.stderr.isatty():
        yield from lines
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("testify", total=size)
        for line in lines:
            yield line
            progress.advance(task, len(line))


def _report(summary: dict[str, Any], as_json: bool, *, quiet: bool) -> None:
    if as_json:
        print(json.dumps(summary, indent=2))
    elif not quiet:
        found = ", ".join(f"{name} {count}" for name, count in sorted(summary["verdicts"].items()))
        print(
            f"{summary['rows']} texts, {summary['malformed']} malformed lines; {found or 'no verdicts'}",
            file=sys.stderr,
        )


def _refuse(message: str, as_json: bool) -> NoReturn:
    if as_json:
        print(json.dumps({"error": message}))
    print(message, file=sys.stderr)
    raise typer.Exit(2)
