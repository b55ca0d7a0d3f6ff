"""What the label model is held to, beside what it reaches: the first table of the card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iatro_governor.training.evaluate import Figures
from iatro_governor.training.scores import Score

_WRITTEN, _HAND = "written, held out", "robot replies labelled by hand"
_ROBOTS = "robot replies, held out by model and instruction"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One figure: of which set and label, which field of ``Score``, and the least it should be."""

    held: str
    label: str
    measure: str
    least: float

    def row(self, figures: Figures) -> str:
        """The row of the table; short of the mark by how much, and what rules and keywords reach there."""
        reached, rules, keywords = (
            getattr(figures.sets[self.held][rival][self.label], self.measure)
            for rival in ("model", "rules", "keywords")
        )
        missing = "reached" if reached >= self.least else f"{self.least - reached:.3f} short"
        named = _NAMES[self.measure]
        return (
            f"| {self.held} | {self.label}, {named} | {self.least:.2f} | **{reached:.3f}** | {missing} "
            f"| {rules:.3f} | {keywords:.3f} |"
        )


_NAMES = {"f1": "F1", "macro_f1": "macro-F1", "recall": "recall"}
WANTED = (
    Wanted(_ROBOTS, "refusal", "macro_f1", 0.98),
    Wanted(_ROBOTS, "refusal", "recall", 0.97),
    *(Wanted(_WRITTEN, label, "f1", 0.85) for label in ("refusal", "caution", "hazard", "limit")),
    *(Wanted(_HAND, label, "f1", 0.85) for label in ("refusal", "caution", "hazard")),
    Wanted("chatgpt_refusals", "refusal", "macro_f1", 0.90),
    Wanted("frontier_2025", "refusal", "macro_f1", 0.85),
)


def table(figures: Figures) -> Iterator[str]:
    """The table in markdown."""
    yield "## What is wanted, and what is reached\n"
    yield "| texts | figure | wanted | model | | rules alone | keywords |\n|---|---|---|---|---|---|---|"
    yield from (wanted.row(figures) for wanted in WANTED)
    yield ""


def worse_than_rules(scores: dict[str, Score], rules: dict[str, Score]) -> list[str]:
    """Labels of a set on which the rules alone have the higher F1."""
    return [label for label, score in scores.items() if score.f1 < rules[label].f1]
