"""YAML with line numbers: what a configuration error has to point at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from iatro_governor.errors import Problem, ProfileError

Key = tuple[str | int, ...]
DEEPEST, MOST_KEYS = 20, 20_000
LONGEST = 80
"""Of a value or a line that is shown, letters."""
SEXAGESIMAL = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
YAML = "YAML: `key: value`, what belongs to a key further right by spaces, no tabs"
TOO_DEEP = f"at most {DEEPEST} levels and {MOST_KEYS} keys"


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
    except RecursionError as error:
        raise ProfileError([Problem(file, None, "(file)", file, TOO_DEEP, "nested too deep")]) from error
    except yaml.YAMLError as error:
        raise ProfileError([_not_yaml(file, text, error)]) from error
    if not isinstance(node, yaml.MappingNode):
        raise ProfileError([Problem(file, 1, "(file)", file, "a mapping of keys", "the file holds no keys")])
    lines: dict[Key, int] = {}
    wrong: list[Problem] = []
    _walk(node, (), lines, wrong, file)
    if wrong:
        raise ProfileError(wrong)
    try:
        data = yaml.SafeLoader("").construct_document(node)
    except (yaml.YAMLError, ValueError) as error:
        raise ProfileError([Problem(file, None, "(file)", file, "plain YAML values", str(error))]) from error
    return Document(file, data, lines)


def _not_yaml(file: str, text: str, error: yaml.YAMLError) -> Problem:
    """The line where reading ended; where a key was left without its colon, the line of that key."""
    reason = getattr(error, "problem", None) or str(error)
    marks = [getattr(error, name, None) for name in ("context_mark", "problem_mark")]
    mark = next((one for one in (marks if "expected ':'" in reason else marks[::-1]) if one), None)
    if mark is None:
        return Problem(file, None, "(file)", file, YAML, f"not YAML: {reason}")
    lines = text.splitlines()
    given = lines[mark.line].strip() if mark.line < len(lines) else "(the end of the file)"
    given = given if len(given) <= LONGEST else f"{given[: LONGEST - 3]}..."
    return Problem(file, mark.line + 1, "(file)", given, YAML, f"not YAML: {reason}")


def _walk(node: yaml.Node, key: Key, lines: dict[Key, int], wrong: list[Problem], file: str) -> None:
    # An alias may stand for a whole tree, many times over, or for its own parent.
    if len(key) > DEEPEST or len(lines) > MOST_KEYS:
        raise ProfileError(
            [Problem(file, node.start_mark.line + 1, dotted(key[:3]), "...", TOO_DEEP, "too much of it")]
        )
    lines.setdefault(key, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            child = (*key, str(name.value))
            line = name.start_mark.line + 1
            if child in lines:
                message = f"given already in line {lines[child]}"
                wrong.append(Problem(file, line, dotted(child), name.value, "each key once", message))
            lines[child] = line
            _walk(value, child, lines, wrong, file)
    elif isinstance(node, yaml.ScalarNode) and ":" in node.value and node.tag in SEXAGESIMAL:
        message = "YAML 1.1 reads this as a number to the base of sixty"
        wrong.append(
            Problem(file, lines[key], dotted(key), node.value, "a plain number, or text in quotes", message)
        )
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*key, index), lines, wrong, file)
