"""What the setup program tells its user: steps, and failures that name their cure."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


class StepFailed(Exception):
    """One step of the setup could not be done.

    ``step`` names it, ``cause`` says what went wrong, ``cure`` what the user can do.
    """

    def __init__(self, step: str, cause: str, cure: str) -> None:
        self.step, self.cause, self.cure = step, cause, cure
        super().__init__(f"{step}: {cause}")


def say(text: str) -> None:
    """Tell the user one line, at once."""
    print(text, file=sys.stderr, flush=True)


def telling(lines: list[str], most: int = 12) -> list[str]:
    """The lines that say why: those from the first error on, or else the last ones."""
    first = next((number for number, line in enumerate(lines) if re.search(r"\berror\b", line, re.I)), None)
    chosen = lines[-most:] if first is None else lines[first : first + most]
    return [line for line in chosen if line.strip()]


def run(step: str, command: Sequence[str | Path], env: Mapping[str, str], log: Path) -> str:
    """Run a command of a step into ``log`` and return its output; a failure shows what counts of it.

    Raises ``StepFailed`` whose cause is the first error and whose cure names the log.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    words = [str(part) for part in command]
    with log.open("w", encoding="utf-8") as sink:
        done = subprocess.run(words, env=dict(env), stdout=sink, stderr=subprocess.STDOUT, check=False)
    output = log.read_text(encoding="utf-8", errors="replace")
    if done.returncode:
        tail = "\n".join("    " + line for line in telling(output.splitlines()))
        raise StepFailed(step, f"{Path(command[0]).name} ended {done.returncode}:\n{tail}", f"read {log}")
    return output
