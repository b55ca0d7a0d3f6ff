"""How ``iatro check`` shows what a profile makes of the fault ladder: what is weaker, so that nobody can miss it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.markup import escape

from iatro_governor.cli.output import console
from iatro_governor.governor.overrides import LOUD


def print_changes(rows: Sequence[dict[str, Any]]) -> None:
    """One line for each answer that is stronger."""
    for row in rows:
        if not row["unsafe"]:
            told = f"{row['key']} {row['given']}, in place of {row['table']}"
            console.print(f"fault   [bold]{row['fault']}[/]: {told}")


def print_warning(warning: str) -> None:
    """A warning on a line of its own; what is unsafe in white on red."""
    if warning.startswith(LOUD):
        console.print(f"\n[bold white on red]{escape(warning)}[/]")
    else:
        console.print(f"\n[bold]warning[/]: {escape(warning)}")
