"""Spoils serialized messages and JSON lines so that they stay close to what a reader expects."""

from __future__ import annotations

import json
import random
import struct
from typing import Any

HEAD = 4
"""Bytes of the encapsulation before a message's own."""
WORDS = tuple(
    struct.pack("<I", word) for word in (0, 1, 2, 255, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7FC00000)
)
"""Lengths, counts and single numbers that readers stumble over."""
DOUBLES = tuple(
    struct.pack("<d", value)
    for value in (float("nan"), float("inf"), -float("inf"), 1e308, -1e308, 5e-324, -0.0, 1e18, 2.0**63)
)


def mangled(data: bytes, chance: random.Random) -> bytes:
    """``data``, a message in CDR, with one to four things done to it."""
    out = bytearray(data)
    for _ in range(chance.randrange(1, 5)):
        way = chance.choice((flip, cut, grow, word, double, double, repeat, head))
        out = way(out, chance)
    return bytes(out)


def flip(out: bytearray, chance: random.Random) -> bytearray:
    """Turn a bit."""
    if out:
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return out


def cut(out: bytearray, chance: random.Random) -> bytearray:
    """Leave the end away."""
    return out[: chance.randrange(len(out) + 1)]


def grow(out: bytearray, chance: random.Random) -> bytearray:
    """Add bytes."""
    return out + chance.randbytes(chance.randrange(1, 100))


def word(out: bytearray, chance: random.Random) -> bytearray:
    """Put a hard number where a length or a float may be."""
    return _at(out, chance.choice(WORDS), chance)


def double(out: bytearray, chance: random.Random) -> bytearray:
    """Put a hard number where a double may be."""
    return _at(out, chance.choice(DOUBLES), chance)


def repeat(out: bytearray, chance: random.Random) -> bytearray:
    """Say a part twice."""
    at = chance.randrange(len(out) + 1)
    return out[:at] + out[max(at - 16, 0) :]


def head(out: bytearray, chance: random.Random) -> bytearray:
    """Another byte order, or none."""
    if len(out) > 1 and chance.random() < 0.2:
        out[1] = chance.randrange(256)
    return out


def _at(out: bytearray, value: bytes, chance: random.Random) -> bytearray:
    places = (len(out) - HEAD) // len(value)
    if places > 0:
        at = HEAD + len(value) * chance.randrange(places)
        out[at : at + len(value)] = value
    return out


HARD: tuple[Any, ...] = (
    None, True, False, "", "NaN", "base", float("nan"), float("inf"), -float("inf"), 1e308, -1, 0, 2**63, 10**400,
    [], {}, [[]], [None], {"t": 0}, "\ud800", "x" * 3000, [1e999] * 6,
)  # fmt: skip


def spoilt_line(event: dict[str, Any], chance: random.Random) -> str:
    """An event line, spoilt as a value, as a shape or as text."""
    line: Any = dict(event)
    for _ in range(chance.randrange(1, 3)):
        key = chance.choice(list(event))
        match chance.randrange(5):
            case 0:
                line.pop(key, None)
            case 1 | 2:
                line[key] = chance.choice(HARD)
            case 3:
                value = line.get(key)
                if isinstance(value, list) and value:
                    line[key] = [*value[:-1], chance.choice(HARD)]
            case _:
                line[chance.choice(("stamp", "source", "channel", "frame", "plan_id"))] = chance.choice(HARD)
    text = json.dumps(line)
    return _spoilt_text(text, chance) if chance.random() < 0.4 else text


def _spoilt_text(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    match chance.randrange(6):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + chance.choice('{}[]",:\\\x00e9') + text[at:]
        case 2:
            return f"[{text}]"
        case 3:
            return text.replace("{", '{"t": 1, ', 1)
        case 4:
            return "[" * chance.randrange(1, 3000)
        case _:
            return text[:at] + chr(chance.randrange(0x80, 0xD800)) + text[at + 1 :]
