"""One phrase of one label, as every table of phrases writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One phrase of one label; the strongest rule that holds in a text is the label's score."""

    label: str
    score: float
    phrases: tuple[re.Pattern[str], ...]
    """Each alternative by itself."""
    own: bool
    """The speaker must be its subject: another one, a condition or a negation before it takes it back."""
    only_in: re.Pattern[str] | None = None
    """It is read in a passage alone in which this is found."""

    def reads(self, text: str) -> bool:
        """Whether it is read in a passage of this text."""
        return self.only_in is None or self.only_in.search(text) is not None


def rule(
    label: str, score: float, *alternatives: str, own: bool = True, only_in: re.Pattern[str] | None = None
) -> Rule:
    """A rule of several alternative patterns over the plain form of a text."""
    branches = [branch for pattern in alternatives for branch in _branches(pattern)]
    return Rule(label, score, tuple(map(re.compile, branches)), own, only_in)


def _branches(pattern: str) -> list[str]:
    """The alternatives of a pattern that stand outside every group and set."""
    found, start, depth, in_set, escaped = [], 0, 0, False, False
    for at, char in enumerate(pattern):
        if escaped or char == "\\":
            escaped = not escaped
        elif in_set or char == "[":
            in_set = char != "]"
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and not depth:
            found.append(pattern[start:at])
            start = at + 1
    return [*found, pattern[start:]]
