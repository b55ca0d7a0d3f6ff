"""Recorded planner replies as rows for the text layer, and their verdict counts.

A reply is ``{instruction, text, action, model}``; ``action`` holds the raw contents of the reply's function list:
"" an empty list, null no list at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from iatro_governor.testimony.labels import Labeller
from iatro_governor.testimony.offline import TextRow, row_of, testify
from iatro_governor.testimony.verdicts import VERDICTS


def reply_row(reply: Mapping[str, Any], number: int) -> TextRow:
    """One reply as an input row of contract 8.2 (raises ``pydantic.ValidationError``)."""
    action = reply.get("action")
    actions = None if action is None else [action] if action else []
    return row_of(
        {
            "id": reply.get("id", number),
            "text": reply.get("text"),
            "instruction": reply.get("instruction"),
            "reasoning": reply.get("reasoning"),
            "actions": actions,
        }
    )


def verdict_counts(replies: Iterable[Mapping[str, Any]], labeller: Labeller) -> dict[str, int]:
    """How many replies have each verdict as their primary one, all verdicts named."""
    counts: Counter[str] = Counter()
    for number, reply in enumerate(replies):
        counts[testify(reply_row(reply, number), labeller)["verdict"]] += 1
    return {name: counts[name] for name in VERDICTS}
