"""How much text a planner may put on record: long texts are cut, and a flood of them is cut short; the cut is told.

Every statement keeps its number and its place, so that no count changes; only its texts get shorter.
"""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]

LONGEST = 100_000
"""Bytes of text in one statement, all its texts together."""
BURST = 1_000_000
"""Bytes that a planner may put on record at once ..."""
RATE = 100_000
"""... and bytes a second after that."""
STUMP = 200
"""Bytes left of each text of a planner that has used up its allowance."""
TEXTS = ("text", "reasoning", "instruction")


class Allowance:
    """A budget of bytes for each planner run, refilled with time."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, float]] = {}

    def cut(self, body: Body, now: float) -> Body:
        """``body`` within its allowance at ``now`` (s); ``cut`` then gives the full length of each text cut."""
        run = body["planner_run"]
        last, left = self._left.get(run, (now, float(BURST)))
        left = min(left + max(now - last, 0.0) * RATE, BURST)
        fitted = shortened(body, LONGEST if left >= LONGEST else None)
        self._left[run] = (now, max(left - size(fitted), 0.0))
        return fitted


def size(body: Body) -> int:
    """Bytes of all texts of a statement."""
    return sum(len(body[name].encode("utf-8", "replace")) for name in TEXTS) + sum(
        map(len, body["actions"] or ())
    )


def shortened(body: Body, longest: int | None) -> Body:
    """``body`` with at most ``longest`` bytes of text, the answer first; None: stumps where it is longer than that."""
    whole = size(body)
    if whole <= (len(TEXTS) * STUMP if longest is None else longest):
        return body
    rest, kept = longest, {}
    for name in TEXTS:
        kept[name] = _first_bytes(body[name], STUMP if rest is None else rest)
        rest = None if rest is None else max(rest - len(kept[name].encode("utf-8", "replace")), 0)
    actions, room = [], STUMP if rest is None else rest
    for action in body["actions"] or ():
        room -= len(action)
        if room < 0:
            break
        actions.append(action)
    cut = {name: len(body[name]) for name in TEXTS if len(kept[name]) < len(body[name])}
    if body["actions"] is not None and len(actions) < len(body["actions"]):
        cut["actions"] = len(body["actions"])
    return {**body, **kept, "actions": None if body["actions"] is None else actions, "cut": cut}


def _first_bytes(text: str, most: int) -> str:
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")
