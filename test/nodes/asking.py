"""Calls of services in tests. An answer to a client that the service has not found yet is lost: it is asked again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

AGAIN_S = 3.0


def answer(client: Any, request: Any, wait: Callable[..., None], what: str) -> tuple[Any, int]:
    """What a service answers, and how often it was asked."""
    wait(client.service_is_ready, 10.0, f"the service for {what}")
    futures: list[Any] = []
    asked_at = float("-inf")

    def come() -> bool:
        nonlocal asked_at
        if time.monotonic() - asked_at > AGAIN_S:
            futures.append(client.call_async(request))
            asked_at = time.monotonic()
        return any(future.done() for future in futures)

    wait(come, 10.0, f"an answer of {what}")
    return next(future.result() for future in futures if future.done()), len(futures)
