"""Who may release a latch: the holder of the operator's key, once for each latch, and not by guessing."""

from __future__ import annotations

import hashlib
import hmac
from collections import deque
from collections.abc import Sequence

from iatro_governor.governor.decision import FaultReport, Latch

TRIES = 3
"""Wrong tokens that are looked at within ``WITHIN_S``."""
WITHIN_S = 60.0


def token_of(key: bytes, latch_id: str, nonce: str) -> str:
    """The token that releases one latch: hexadecimal HMAC-SHA256 of ``id|nonce`` under the operator's ``key``."""
    return hmac.new(key, _bytes(f"{latch_id}|{nonce}"), hashlib.sha256).hexdigest()


class Resets:
    """Judges tokens. A token is good for one latch, whose nonce never comes again, so it works once."""

    def __init__(self, key: bytes | None) -> None:
        """``key``: the operator's; without one every reset is refused."""
        self._key = key
        self._wrong: deque[float] = deque()

    def refusal(self, t: float, token: str, latch: Latch | None, holding: Sequence[str]) -> str | None:
        """Why ``token`` releases nothing at ``t``, s; None: it does. ``holding``: conditions that are not over."""
        if latch is None:
            return "nothing is latched"
        if self._key is None:
            return f"no operator key is configured, so latch {latch.id} stands"
        if (wait := self._wait(t)) > 0:
            return f"{TRIES} wrong tokens within {WITHIN_S:g} s; the next is looked at in {wait:.1f} s"
        if holding:
            return f"latch {latch.id} stands while its cause does: {'; '.join(holding)}"
        if not hmac.compare_digest(_bytes(token), _bytes(token_of(self._key, latch.id, latch.nonce))):
            self._wrong.append(t)
            return f"the token does not fit latch {latch.id}"
        self._wrong.clear()
        return None

    def _wait(self, t: float) -> float:
        """Seconds until another token is looked at; a clock that goes back shortens nothing."""
        self._wrong = deque(min(tried, t) for tried in self._wrong if t - tried < WITHIN_S)
        return self._wrong[0] + WITHIN_S - t if len(self._wrong) >= TRIES else 0.0


def conditions(faults: Sequence[FaultReport], unheard: Sequence[str]) -> list[str]:
    """What an operator has to end before a reset: ``faults`` that hold, emergency stops that were not heard yet."""
    return [f"{fault.name} ({fault.detail})" for fault in faults] + [
        f"the emergency stop {name} has not been heard yet" for name in unheard
    ]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
