"""``iatro policy``: which node of a robot may do what on the wire, as SROS2 reads it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from iatro_governor.cli._apart import apart
from iatro_governor.cli._sros2 import RULES, document, grants
from iatro_governor.cli.output import notes, print_json
from iatro_governor.errors import IatroError
from iatro_governor.profile.load import load_data

NAMESPACE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*")
"""As ROS 2 has them, without the first slash: an enclave's path is one, too."""


class RobotRefused(IatroError):
    """The name is none that nodes could be started with."""


def policy(
    file: Annotated[Path, typer.Argument(help="A robot's configuration, YAML.", show_default=False)],
    robot: Annotated[str, typer.Option("--robot", help="Its namespace, as its nodes are started with.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="Where it goes; standard output unless given.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Write the SROS2 policy of a robot: an enclave a node, and what each may publish, subscribe, serve and call.

    No planner may publish on an output, or call what resets or recovers.
    """
    namespace = robot.removeprefix("/").removesuffix("/")
    if namespace and not NAMESPACE.fullmatch(namespace):
        raise RobotRefused(
            f"--robot: {robot!r} (allowed: a ROS 2 namespace, of letters, digits and underscores, parts joined by "
            "single slashes, none beginning with a digit)"
        )
    if out is not None:
        apart(out, [file])
    given = grants(load_data(file))
    text = document(given, namespace)
    if out is not None:
        out.write_text(text, encoding="utf-8")
        notes.print(f"{out}: {len(given)} enclaves", markup=False)
    if json:
        print_json(
            {name: {verb: sorted(getattr(one, verb)) for verb in RULES} for name, one in given.items()}
        )
    elif out is None:
        print(text, end="")
