"""Work beside a robot that runs in real time, which comes first."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LAST = 19
"""The nice value of what has only the time that nobody else wants."""


@contextmanager
def aside(work: Callable[[], object]) -> Iterator[None]:
    """``work`` goes on in a thread of the lowest priority; it is over when this is left, unless by an exception.

    What ``work`` raises is dropped: whoever needs its result asks for it again.
    """

    def run() -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LAST)
        try:
            work()
        except Exception:  # noqa: BLE001 - it comes again where the result is asked for
            return

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    thread.join()
