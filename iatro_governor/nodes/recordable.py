"""What of a message goes on record. Anybody may publish anything: only texts name a plan, a channel or a policy."""

from __future__ import annotations

import json
import re
from typing import Any

from iatro_governor.errors import LedgerError
from iatro_governor.ledger.record import body_text

Body = dict[str, Any]
_HALF = re.compile(r"\\ud[89a-f]")
"""In a body's text: half of a character, perhaps with its other half after it."""


def verdict_body(wire: Body) -> Body:
    """A verdict as its witness made it; the message as it came where its detail is no object that a ledger can hold."""
    detail = _detail(wire["detail"])
    return wire if detail is None else {**detail, "seq": wire["seq"], "writer": wire["writer"]}


def subject_of(body: Body) -> tuple[str | None, str | None]:
    """The plan and the channel, of several the first, that a body is about; None where it names none."""
    channels = body.get("channels")
    first = channels[0] if isinstance(channels, list) and channels else None
    return _text(body.get("plan_id")), _text(body.get("channel")) or _text(first)


class Policies:
    """The policy in force: that of the channel's last decision, else of the last one; empty before the first."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, kind: str, channel: str, body: Body) -> str:
        """The policy of a record, which only a decision names itself."""
        own = _text(body.get("config_hash")) if kind == "decision" else None
        if own:
            self._known[channel] = self._known[""] = own
        return own or self._known.get(channel) or self._known.get("", "")


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _detail(text: str) -> Body | None:
    """The verdict's own record; None for what is no JSON object, or deeper than a ledger holds."""
    try:
        detail = json.loads(text)
        if not isinstance(detail, dict):
            return None
        found = _HALF.search(body_text(detail))
    except (ValueError, RecursionError, LedgerError):
        return None
    return _whole(detail) if found else detail


def _whole(value: Any) -> Any:
    """``value`` with half characters spelled out: SQLite makes of them what no query of the ledger can read."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value
