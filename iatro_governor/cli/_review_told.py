"""What a command of ``iatro review`` says beside its output, and what its exit code says of sources left out."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import typer


@dataclass(slots=True)
class Told:
    """What a reader has to know beside the incidents: ``notes``, and ``problems``: sources that could not be read.

    ``gone``: of a ledger records are, retired or lost.
    """

    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    gone: bool = False

    def end(self) -> None:
        """Say all of it on standard error, after the output; exit code 1 where anything was left out."""
        for note in self.notes:
            print(note, file=sys.stderr)
        for problem in self.problems:
            print(f"left out: {problem}", file=sys.stderr)
        if self.problems:
            raise typer.Exit(1)
