"""Counts, over written cases, how many claims are found and how many are made up; never shows which.

.venv/bin/iatro-env python -m test.testimony.claims.count
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from iatro_governor.review.proportions import share
from iatro_governor.testimony.claims import parse

_LANGUAGES = {
    "English": "en",
    "Spanish": "es",
    "German": "de",
    "French": "fr",
    "Chinese": "zh",
    "Japanese": "ja",
}
_TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence: the claims its speaker is bound by, and the quantities that it only mentions."""

    language: str
    text: str
    claims: tuple[str, ...]
    mentioned: tuple[str, ...]

    def with_claims(self, claims: tuple[str, ...]) -> Case:
        """The same sentence, said to hold other claims."""
        return replace(self, claims=claims)


@dataclass(slots=True)
class Count:
    """Committed claims written down, those found right, those printed as committed, and those that nobody made."""

    cases: int = 0
    committed: int = 0
    found: int = 0
    printed: int = 0
    spurious: int = 0


@dataclass(slots=True)
class Counted:
    """The counts of a corpus and of each language in it."""

    all: Count = field(default_factory=Count)
    languages: dict[str, Count] = field(default_factory=dict)

    def table(self) -> str:
        """One line a language."""
        return "\n" + "\n".join(
            f"{name:4} {one.cases:4} cases, found {one.found} of {one.committed},"
            f" spurious {one.spurious} of {one.printed}"
            for name, one in [*self.languages.items(), ("all", self.all)]
        )


def cases(path: Path) -> list[Case]:
    """The cases of a corpus file; a comment line that names a language opens its part."""
    text = path.read_text(encoding="utf-8")
    languages, language = [], "en"
    for line in text.splitlines():
        heading = re.match(r"# (\w+)$", line)
        language = _LANGUAGES[heading[1]] if heading else language
        if line.startswith("- "):
            languages.append(language)
    return [
        Case(language, row["text"], tuple(row.get("claims", ())), tuple(row.get("mentioned", ())))
        for language, row in zip(languages, yaml.safe_load(text), strict=True)
    ]


def count(corpus: Iterable[Case]) -> Counted:
    """Find the claims of every case and count them; a claim counts once, with quantity, operator and value right."""
    counted = Counted()
    for case in corpus:
        found, printed = _matched(case)
        for one in (counted.all, counted.languages.setdefault(case.language, Count())):
            one.cases += 1
            one.committed += len(case.claims)
            one.found += found
            one.printed += printed
            one.spurious += printed - found
    return counted


def _matched(case: Case) -> tuple[int, int]:
    wanted = [_read(claim) for claim in case.claims]
    printed = [(claim.quantity, claim.op, claim.value) for claim in parse(case.text) if claim.committed]
    return _pairs(wanted, printed), len(printed)


def _pairs(wanted: Sequence[tuple[str, str, float]], printed: Sequence[tuple[str, str, float]]) -> int:
    left, found = list(printed), 0
    for quantity, op, value in wanted:
        for one in left:
            if one[:2] == (quantity, op) and math.isclose(one[2], value, rel_tol=_TOLERANCE):
                left.remove(one)
                found += 1
                break
    return found


def _read(claim: str) -> tuple[str, str, float]:
    quantity, op, value = claim.split()
    return quantity, op, float(value)


def main() -> None:
    """Print both halves as a Markdown table, with 95 % intervals."""
    print("| half | language | cases | committed claims found | spurious among those printed |")
    print("|---|---|---|---|---|")
    for half in ("develop", "held_out"):
        counted = count(cases(Path(__file__).with_name(f"{half}.yaml")))
        for name, one in [*counted.languages.items(), ("all", counted.all)]:
            found, spurious = share(one.found, one.committed), share(one.spurious, one.printed)
            print(f"| {half} | {name} | {one.cases} | {found.text()} | {spurious.text()} |")


if __name__ == "__main__":
    main()
