"""Who may release a latch: the holder of the operator's key, once for each latch, and not by guessing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from iatro_governor.governor.decision import FaultReport, Latch
from iatro_governor.governor.tries import Tries


def token_of(key: bytes, latch_id: str, nonce: str) -> str:
    """The token that releases one latch: hexadecimal HMAC-SHA256 of ``id|nonce`` under the operator's ``key``."""
    return signature(key, f"{latch_id}|{nonce}")


def signature(key: bytes, text: str) -> str:
    """Hexadecimal HMAC-SHA256 of ``text`` under ``key``."""
    return hmac.new(key, _bytes(text), hashlib.sha256).hexdigest()


def fits(token: str, expected: str) -> bool:
    """Whether the two are the same, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(_bytes(token), _bytes(expected))


class Resets:
    """Judges tokens. A token is good for one latch, whose nonce never comes again, so it works once."""

    def __init__(self, key: bytes | None) -> None:
        """``key``: the operator's; without one every reset is refused."""
        self._key = key
        self._tries = Tries()

    def refusal(self, t: float, token: str, latch: Latch | None, holding: Sequence[str]) -> str | None:
        """Why ``token`` releases nothing at ``t``, s; None: it does. ``holding``: conditions that are not over."""
        if latch is None:
            return "nothing is latched"
        if self._key is None:
            return f"no operator key is configured, so latch {latch.id} stands"
        if (wait := self._tries.refusal(t)) is not None:
            return wait
        if holding:
            return f"latch {latch.id} stands while its cause does: {'; '.join(holding)}"
        if not fits(token, token_of(self._key, latch.id, latch.nonce)):
            self._tries.wrong(t)
            return f"the token does not fit latch {latch.id}"
        self._tries.right()
        return None


def conditions(faults: Sequence[FaultReport], unheard: Sequence[str]) -> list[str]:
    """What an operator has to end before a reset: ``faults`` that hold, emergency stops that were not heard yet."""
    return [f"{fault.name} ({fault.detail})" for fault in faults] + [
        f"the emergency stop {name} has not been heard yet" for name in unheard
    ]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
