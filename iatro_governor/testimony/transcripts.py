"""Recorded planner replies as rows for the text layer, and their verdict counts.

A reply is ``{instruction, text, action, model}``; ``action`` holds the raw contents of the reply's function list:
"" an empty list, null no list at all.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from iatro_governor.errors import TestimonyError
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


def replies_of(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The replies of a JSON-lines file; ``TestimonyError`` names the first line that holds none."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            reply = json.loads(line)
            reply_row(reply, number)
        except (ValueError, AttributeError, RecursionError) as error:
            raise TestimonyError(f"line {number} is no planner reply: {_why(error)}") from error
        yield reply


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)


def verdict_counts(replies: Iterable[Mapping[str, Any]], labeller: Labeller) -> dict[str, int]:
    """How many replies have each verdict as their primary one, all verdicts named."""
    counts: Counter[str] = Counter()
    for number, reply in enumerate(replies):
        counts[testify(reply_row(reply, number), labeller)["verdict"]] += 1
    return {name: counts[name] for name in VERDICTS}
