"""One question to an endpoint, in a thread of its own, so that nothing that a network does holds up a node."""

from __future__ import annotations

import threading
from collections.abc import Callable

from iatro_governor.errors import PlannerError
from iatro_governor.planning.answer import Answer


class Asking:
    """Begins when it is made; ``ended`` and then ``answer`` or ``failure`` say what came of it.

    instruction: what the answer will be an answer to.
    """

    def __init__(self, instruction: str, ask: Callable[[threading.Event], Answer]) -> None:
        """``ask`` is given what tells it to give up, and raises PlannerError where there is no answer."""
        self.instruction = instruction
        self.answer: Answer | None = None
        self.failure = ""
        self._ask, self._stopped = ask, threading.Event()
        # Nobody waits for it at the end: an endpoint may be silent for minutes.
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        """Whether it has come to its end."""
        return not self._thread.is_alive()

    def give_up(self) -> None:
        """Tell it that nobody waits any more."""
        self._stopped.set()

    def _run(self) -> None:
        try:
            self.answer = self._ask(self._stopped)
        except PlannerError as error:
            self.failure = str(error)
        except Exception as error:  # noqa: BLE001 - whatever an endpoint brings about is a failed answer, and is told
            self.failure = f"{type(error).__name__}: {error}"
