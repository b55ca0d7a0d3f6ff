"""YAML with line numbers: what a configuration error has to point at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from iatro_governor.errors import Problem, ProfileError

Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data of a YAML file and the line of each key path in it."""

    file: str
    data: Any
    lines: dict[Key, int]

    def line(self, key: Key) -> int | None:
        """Line of ``key``, or of its nearest parent that stands in the file."""
        for end in range(len(key), -1, -1):
            if key[:end] in self.lines:
                return self.lines[key[:end]]
        return None

    def problem(self, key: Key, given: Any, allowed: str, message: str) -> Problem:
        """A problem at ``key``, with its line."""
        return Problem(self.file, self.line(key), dotted(key), given, allowed, message)


def dotted(key: Key) -> str:
    """``("limits", 0, "bound")`` as ``limits[0].bound``."""
    out = ""
    for part in key:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out or "(whole file)"


def read(path: Path) -> Document:
    """Read a YAML file.

    Raises:
        ProfileError: the file is missing, not UTF-8, not YAML, not a mapping, or gives a key twice.
    """
    file = str(path)
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except OSError as error:
        raise ProfileError(
            [Problem(file, None, "(file)", file, "a readable file", error.strerror or str(error))]
        ) from error
    except UnicodeDecodeError as error:
        raise ProfileError(
            [Problem(file, None, "(file)", file, "UTF-8 text", f"byte {error.start} is not UTF-8")]
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        reason = getattr(error, "problem", None) or str(error)
        raise ProfileError([Problem(file, line, "(file)", file, "YAML", f"not YAML: {reason}")]) from error
    if not isinstance(node, yaml.MappingNode):
        raise ProfileError([Problem(file, 1, "(file)", file, "a mapping of keys", "the file holds no keys")])
    lines: dict[Key, int] = {}
    twice: list[Problem] = []
    _walk(node, (), lines, twice, file)
    if twice:
        raise ProfileError(twice)
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise ProfileError([Problem(file, None, "(file)", file, "plain YAML values", str(error))]) from error
    return Document(file, data, lines)


def _walk(node: yaml.Node, key: Key, lines: dict[Key, int], twice: list[Problem], file: str) -> None:
    lines.setdefault(key, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            child = (*key, str(name.value))
            line = name.start_mark.line + 1
            if child in lines:
                twice.append(
                    Problem(
                        file,
                        line,
                        dotted(child),
                        name.value,
                        "each key once",
                        f"given already in line {lines[child]}",
                    )
                )
            lines[child] = line
            _walk(value, child, lines, twice, file)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*key, index), lines, twice, file)
