"""What an operator signs to move a trapped robot by hand, and which of it is good: each message once, while fresh."""

from __future__ import annotations

from collections.abc import Sequence

from iatro_governor.governor.decision import Trap
from iatro_governor.governor.events import Recover
from iatro_governor.governor.resetting import fits, signature
from iatro_governor.governor.tries import Tries

AHEAD_S = 0.05
"""A message stamped further ahead than this is not fresh, s."""


def recover_token(
    key: bytes, trap: tuple[str, str], count: int, stamp: float, channel: str, values: Sequence[float]
) -> str:
    """The token of one message: hexadecimal HMAC-SHA256 under the operator's ``key``.

    Of ``recover|id|nonce|count|stamp|channel|values``, numbers as Python prints floats, values with commas between.
    ``trap``: id and nonce. No latch has an id without a hyphen, so no token of a reset is one of these.
    """
    numbers = ",".join(repr(float(value)) for value in values)
    return signature(key, f"recover|{trap[0]}|{trap[1]}|{count}|{float(stamp)!r}|{channel}|{numbers}")


class Permits:
    """Judges the messages of operators for one group. Whoever has no key can neither make one nor use one again."""

    def __init__(self, key: bytes | None) -> None:
        """``key``: the operator's; without one every message is refused."""
        self._key = key
        self._tries = Tries()
        self._used: tuple[str, int] = ("", 0)

    def refusal(self, event: Recover, trap: Trap | None, hold_s: float) -> str | None:
        """Why ``event`` permits nothing; None: it is the operator's, new and not older than ``hold_s``."""
        if trap is None:
            return "nothing is trapped"
        if self._key is None:
            return f"no operator key is configured, so trap {trap.id} stands"
        if (wait := self._tries.refusal(event.t)) is not None:
            return wait
        signed = recover_token(
            self._key, (trap.id, trap.nonce), event.count, event.stamp, event.channel, event.values
        )
        if event.trap_id != trap.id or not fits(event.token, signed):
            self._tries.wrong(event.t)
            return f"the token does not fit trap {trap.id}"
        if self._used[0] == trap.id and event.count <= self._used[1]:
            return f"message {event.count} of trap {trap.id} comes after {self._used[1]}; each is good once"
        self._tries.right()  # whoever sends one again need not hold the key
        self._used = trap.id, event.count
        ago = event.t - (event.stamp - event.offset)
        if not -AHEAD_S <= ago <= hold_s:
            return f"stamped {ago:.3f} s ago; 0 to {hold_s:g} s are allowed"
        return None
