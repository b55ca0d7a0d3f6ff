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
STUMP = 800
"""Bytes left of a statement of a planner that has used up its allowance."""
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
        fitted = shortened(body, LONGEST if left >= LONGEST else STUMP)
        self._left[run] = (now, max(left - size(fitted), 0.0))
        return fitted


def size(body: Body) -> int:
    """Bytes of all texts of a statement."""
    return sum(len(body[name].encode("utf-8", "replace")) for name in TEXTS) + sum(
        map(len, body["actions"] or ())
    )


def shortened(body: Body, longest: int) -> Body:
    """``body`` with at most ``longest`` bytes of text.

    What was declared and asked for comes first, then the answer, then the reasoning: nobody can push the facts
    off the record by talking. Each of the first two gets a quarter at most.
    """
    if size(body) <= longest:
        return body
    actions = None if body["actions"] is None else _first_actions(body["actions"], longest // 4)
    rest = longest - sum(map(_bytes, actions or ()))
    kept = {}
    for name, most in (("instruction", longest // 4), ("text", longest), ("reasoning", longest)):
        kept[name] = _first_bytes(body[name], min(most, rest))
        rest -= _bytes(kept[name])
    cut = {name: len(body[name]) for name in TEXTS if len(kept[name]) < len(body[name])}
    if actions is not None and len(actions) < len(body["actions"]):
        cut["actions"] = len(body["actions"])
    return {**body, **kept, "actions": actions, "cut": cut}


def _first_actions(actions: list[str], most: int) -> list[str]:
    kept: list[str] = []
    for action in actions:
        most -= _bytes(action)
        if most < 0:
            break
        kept.append(action)
    return kept


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _first_bytes(text: str, most: int) -> str:
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")
