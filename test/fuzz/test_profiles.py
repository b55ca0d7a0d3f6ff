"""Spoilt profiles: each is loaded, or refused with its problems; nothing else comes out.

What holds where a key is left out is judged by test/profile/test_left_out.py.
"""

from __future__ import annotations

import copy
import math
import os
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from iatro_governor.errors import ProfileError
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.figures import CircleFigure
from iatro_governor.profile.load import Profile

CONFIG = Path(__file__).resolve().parents[2] / "config"
PROFILES = ("amr", "omni", "ackermann", "iris")
SEED = int(os.environ.get("IATRO_SEED", "11"))
MANY = max(int(os.environ.get("IATRO_FUZZ", "2000")) // 200, 1)
"""Spoilt files of each profile: one costs as much as two hundred spoilt lines."""
Path_ = tuple[str | int, ...]
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 10**400, -0.0, 1e308, 5e-324, math.nan, math.inf, -math.inf, "", "x", "\x00", "1.0",
    "../../etc/passwd", "a" * 5000, "{}", [], {}, [[]], [None], {"": None}, [1, 2, 3], {"x": {"y": []}}, [0.0] * 500,
)  # fmt: skip
TEXTS = (
    "\x00", "\t", "\ufeff", "\u2028", "&a", "*a", "<<: *a", "!!python/object/apply:os.system [true]", "!!float x",
    "---", "...", "? ", "- - - -", "[" * 60, "{a: " * 60, "2026-11-26", "0x1F", "1:30", "1e999", ".nan",
    "|2\n", "%YAML 9.9",
)  # fmt: skip


def paths(data: Any, at: Path_ = ()) -> Iterator[Path_]:
    """Every key and every place in a list, from the outside in."""
    rows: Any = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in rows:
        yield (*at, key)
        yield from paths(value, (*at, key))


def parent(data: Any, at: Path_) -> Any:
    """What holds the value at a path."""
    for key in at[:-1]:
        data = data[key]
    return data


def spoilt_data(data: Any, chance: random.Random) -> str:
    """One to three values replaced, dropped, given twice or moved."""
    for _ in range(chance.randrange(1, 4)):
        at = chance.choice(list(paths(data)))
        data = copy.deepcopy(data)
        holder: Any = parent(data, at)
        key: Any = at[-1]
        way = chance.randrange(5)
        if way == 0:
            del holder[key]
        elif way == 1 and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        elif way == 2 and isinstance(holder, dict):
            holder[chance.choice(["", "x", "Source", 1, f"{key}_", f" {key}"])] = holder.pop(key)
        elif way == 3 and isinstance(holder[key], int | float):
            holder[key] *= chance.choice([-1, 0.0, 1e-9, 10, 1e9, math.inf])
        else:
            holder[key] = copy.deepcopy(chance.choice(VALUES))
    return yaml.safe_dump(data, allow_unicode=True)


def spoilt_text(text: str, chance: random.Random) -> bytes:
    """Bytes turned, lines cut off, said twice or pushed in, and words that YAML stumbles over."""
    lines = text.splitlines()
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(lines))
        way = chance.randrange(5)
        if way == 0:
            lines[at:] = lines[: chance.randrange(len(lines))]
        elif way == 1:
            lines.insert(at, lines[chance.randrange(len(lines))])
        elif way == 2:
            lines[at] = " " * chance.randrange(9) + lines[at].lstrip()
        elif way == 3:
            middle = chance.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:middle] + chance.choice(TEXTS) + lines[at][middle:]
        else:
            raw = bytearray("\n".join(lines).encode())
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            return bytes(raw)
        if not lines:
            return b""
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def loaded(path: Path) -> Profile | None:
    """The profile, or None where it is refused with problems that say where, what and why."""
    try:
        return load_profile(path)
    except ProfileError as error:
        assert error.problems and all(problem.allowed and problem.message for problem in error.problems)
        return None


def numbers(held: object) -> Iterator[float]:
    """Every number in parts of a profile, whatever its texts say."""
    match held:
        case int() | float():
            yield held
        case BaseModel():
            yield from numbers(dict(held))
        case Mapping():
            yield from numbers(list(held.values()))
        case list() | tuple() | set() | frozenset():
            for each in held:
                yield from numbers(each)


def test_numbers_are_found_wherever_they_are_and_in_no_text() -> None:
    inner = CircleFigure.model_construct(centre=(1.0, math.nan), radius=math.inf)
    found = list(numbers({"a": ["nan", 2, inner], "b": {"c": (None, -math.inf)}}))
    assert [repr(each) for each in found] == ["2", "inf", "1.0", "nan", "-inf"]


@pytest.mark.parametrize("name", PROFILES)
def test_a_spoilt_profile_is_loaded_or_refused_and_nothing_else(name: str, tmp_path: Path) -> None:
    """Whatever is loaded is finite in every number, and has its own hash."""
    chance, text = random.Random(f"{SEED} {name}"), (CONFIG / f"{name}.yaml").read_text(encoding="utf-8")
    data, path, refused = yaml.safe_load(text), tmp_path / f"{name}.yaml", 0
    hashes: dict[str, Any] = {}
    for _ in range(MANY):
        spoilt = spoilt_data(data, chance).encode() if chance.random() < 0.6 else spoilt_text(text, chance)
        path.write_bytes(spoilt)
        profile = loaded(path)
        if profile is None:
            refused += 1
            continue
        assert all(map(math.isfinite, numbers((profile.data, profile.limits))))
        held = profile.data, profile.limits
        assert hashes.setdefault(profile.config_hash, held) == held, "in whatever order a mapping was written"
    assert refused > MANY // 3
