"""Anchors that leave the machine: a command of the operator's is given each on its standard input.

What it does with the line is its own: append it to a file elsewhere, post it, print it. It runs beside the recorder and
never holds it up.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Sequence

TIMEOUT_S = 30.0
"""A command that runs longer than this is ended, s."""


class AnchorCommand:
    """Runs the command every ``every_s`` seconds, with the newest anchor; one run at a time."""

    def __init__(self, command: Sequence[str], every_s: float) -> None:
        self._command, self._every_s = list(command), every_s
        self._due = 0.0
        self._thread: threading.Thread | None = None
        self.fault = ""
        """Why the last run failed; empty after one that did not."""

    def offer(self, line: bytes, now: float, *, last: bool = False) -> None:
        """Hand over ``line`` if it is time (``now`` in s); ``last``: now or never, and wait until it is done."""
        if not self._command:
            return
        if last:
            self.wait()
            self._run(line)
        elif now >= self._due and (self._thread is None or not self._thread.is_alive()):
            self._due = now + self._every_s
            self._thread = threading.Thread(target=self._run, args=(line,), daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Wait for a run that is under way."""
        if self._thread is not None:
            self._thread.join(TIMEOUT_S)

    def _run(self, line: bytes) -> None:
        try:
            done = subprocess.run(
                self._command, input=line, capture_output=True, timeout=TIMEOUT_S, check=False
            )
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            self.fault = f"the anchor command failed: {error}"
            return
        said = done.stderr.decode("utf-8", "backslashreplace").strip()[-200:]
        self.fault = f"the anchor command ended with {done.returncode}: {said}" if done.returncode else ""
