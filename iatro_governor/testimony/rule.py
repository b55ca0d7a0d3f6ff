"""One phrase of one label, as every table of phrases writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One phrase of one label; the strongest rule that holds in a text is the label's score."""

    label: str
    score: float
    pattern: re.Pattern[str]
    own: bool = True
    """The speaker must be its subject: another one, a condition or a negation before it takes it back."""
    phrases: tuple[re.Pattern[str], ...] = ()
    """Each alternative by itself."""
    only_in: re.Pattern[str] | None = None
    """It is read in a passage alone in which this is found."""

    def reads(self, text: str) -> bool:
        """Whether it is read in a passage of this text."""
        return self.only_in is None or self.only_in.search(text) is not None


def rule(
    label: str, score: float, *alternatives: str, own: bool = True, only_in: re.Pattern[str] | None = None
) -> Rule:
    """A rule of several alternative patterns over the plain form of a text.

    Alternatives that begin at a word's edge share one test for it: most characters then cost one step, however
    many alternatives there are.
    """
    branches = [branch for pattern in alternatives for branch in _branches(pattern)]
    edged = [branch[2:] for branch in branches if branch.startswith(r"\b")]
    started = [branch[1:] for branch in branches if branch.startswith("^")]
    parts = [branch for branch in branches if not branch.startswith((r"\b", "^"))]
    if edged:
        parts.insert(0, rf"\b(?=[\w'])(?:{'|'.join(edged)})")
    if started:
        parts.insert(0, rf"^(?:{'|'.join(started)})")
    return Rule(label, score, re.compile("|".join(parts)), own, tuple(map(re.compile, branches)), only_in)


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
