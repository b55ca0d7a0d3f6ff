"""Definitions of message types as text, with those of every type in them: what a bag needs to be read elsewhere."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from ament_index_python.packages import PackageNotFoundError, get_package_share_directory

from iatro_governor.errors import LedgerError

_RULE = "=" * 80
_FIELD = re.compile(r"^\s*(?P<type>[A-Za-z][\w/]*)(?:<=\d+)?(?:\[[^\]]*\])?\s+[a-z]\w*", re.MULTILINE)
_PLAIN = frozenset(
    "bool byte char float32 float64 int8 uint8 int16 uint16 int32 uint32 int64 uint64 string wstring".split()
)


@cache
def definition(type_name: str) -> str:
    """The text for ``pkg/msg/Name``, in the form called ``ros2msg``. Raises LedgerError where its file is missing."""
    text = _text(type_name)
    parts, seen = [text], {type_name}
    waiting = _inside(type_name, text)
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        inner = _text(name)
        parts.append(f"{_RULE}\nMSG: {name.replace('/msg/', '/')}\n{inner}")
        waiting += _inside(name, inner)
    return "\n".join(parts)


def _inside(type_name: str, text: str) -> list[str]:
    package = type_name.partition("/")[0]
    names = (found["type"] for found in _FIELD.finditer(text))
    return [_full(name, package) for name in dict.fromkeys(names) if name not in _PLAIN]


def _full(name: str, package: str) -> str:
    head, _, tail = name.rpartition("/")
    return f"{head.removesuffix('/msg') or package}/msg/{tail}"


def _text(type_name: str) -> str:
    package, kind, name = type_name.split("/")
    try:
        path = Path(get_package_share_directory(package)) / kind / f"{name}.msg"
        return path.read_text(encoding="utf-8")
    except (PackageNotFoundError, OSError) as error:
        raise LedgerError(f"no definition of {type_name} is installed: {error}") from error
