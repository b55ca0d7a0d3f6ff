"""Records and incidents without anybody's words: the hash of each text in its place, so that it can be shown to be it.

Every string of a record is taken for words but those under the keys below, so that a kind of record or a field that
nobody thought of here keeps its words to itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from ..errors import LedgerError
from ..ledger.record import MISSHAPEN
from .wanted import COLUMNS

NAMES = frozenset({
    "action", "adapter", "all_verdicts", "baseline", "cause", "channel", "channel_type", "channels", "clock_source",
    "config_hash", "context", "digest", "ended", "file", "head", "id", "key_id", "kind", "layer", "ledger_id", "mode",
    "model_id", "name", "nonce", "note_id", "of", "op", "parent_digest", "plan_id", "planner_model", "planner_run",
    "present", "previous", "prompt_digest", "quantity", "quantization", "record_id", "repeats", "replaced", "sha256",
    "software_version", "source", "state", "trigger", "unit", "verdict", "why", "writer",
})  # fmt: skip
"""Keys under which a body holds names, numbers' units, hashes, and what this program or a configuration says."""
TEXTS = frozenset({"text", "reasoning", "instruction", "actions", "args", "detail", "by"})
"""Keys under which everything is words, at any depth and whatever it is called there."""
_SPELLED = frozenset({"NaN", "Infinity", "-Infinity"})

Row = tuple[Any, ...]


def redacted_incidents(rows: Iterable[Row]) -> Iterator[Row]:
    """Incidents with the hash of each text in its place."""
    worded = [name in TEXTS for name in COLUMNS]
    for row in rows:
        yield tuple(hashed(value) if word else value for value, word in zip(row, worded, strict=True))


def redacted_record(row: Row) -> Row:
    """A record, its number first and its body last, with the hash of each text in its place.

    Raises LedgerError for a body that is no JSON.
    """
    try:
        told = json.dumps(_redacted(json.loads(row[-1]), ""), sort_keys=True, separators=(",", ":"))
    except MISSHAPEN as error:
        raise LedgerError(f"record {row[0]} is damaged: its body is no JSON: {error}") from error
    return (*row[:-1], told)


def hashed(text: str | None) -> str | None:
    """What stands for a text that is not to be told: whoever knows the text can show that it is the one."""
    return text and "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _redacted(value: Any, under: str) -> Any:
    """``value`` as it may be told where it stands under the key ``under``; what is in words is words, keys too."""
    words = under in TEXTS
    if isinstance(value, dict):
        return {
            hashed(key) if words else key: _redacted(item, under if words else key)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_redacted(item, under) for item in value]
    if not isinstance(value, str) or under in NAMES or (value in _SPELLED and not words):
        return value
    return hashed(value)
