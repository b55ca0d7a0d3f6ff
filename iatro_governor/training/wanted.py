"""What the label model is held to, beside what it reaches: the first table of the card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iatro_governor.training.evaluate import ROBOTS, UNCORRECTED, Figures
from iatro_governor.training.scores import Score

_WRITTEN, _HAND = "written, held out", "robot replies labelled by hand"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One figure: of which set and label, which field of ``Score``, and the least it should be."""

    held: str
    label: str
    measure: str
    least: float

    def row(self, figures: Figures) -> str:
        """The row of the table; short of the mark by how much, and what rules and keywords reach there."""
        scores = figures.sets[self.held]
        reached, rules, keywords = (
            getattr(scores[rival][self.label], self.measure) for rival in ("model", "rules", "keywords")
        )
        low, high = scores["model"][self.label].bounds(self.measure)
        gap, least, most = figures.margins[self.held][self.label][self.measure]
        missing = "reached" if reached >= self.least else f"{self.least - reached:.3f} short"
        named = _NAMES[self.measure]
        return (
            f"| {self.held} | {self.label}, {named} | {self.least:.2f} | **{reached:.3f}** [{low:.3f}, {high:.3f}] "
            f"| {missing} | {rules:.3f} | {keywords:.3f} | {gap:+.3f} [{least:+.3f}, {most:+.3f}] |"
        )


_NAMES = {"f1": "F1", "macro_f1": "macro-F1", "recall": "recall"}
WANTED = (
    Wanted(ROBOTS, "refusal", "macro_f1", 0.98),
    Wanted(ROBOTS, "refusal", "recall", 0.97),
    Wanted(UNCORRECTED, "refusal", "macro_f1", 0.98),
    Wanted(UNCORRECTED, "refusal", "recall", 0.97),
    *(Wanted(_WRITTEN, label, "f1", 0.85) for label in ("refusal", "caution", "hazard", "limit")),
    *(Wanted(_HAND, label, "f1", 0.85) for label in ("refusal", "caution", "hazard")),
    Wanted("chatgpt_refusals", "refusal", "macro_f1", 0.90),
    Wanted("frontier_2025", "refusal", "macro_f1", 0.85),
)


def table(figures: Figures) -> Iterator[str]:
    """The table in markdown."""
    yield "## What is wanted, and what is reached\n"
    yield (
        "Intervals at 95 %, by bootstrap over texts; those of the margin over keywords are paired. Replies to one\n"
        "instruction resemble each other, so the true intervals are wider.\n"
    )
    yield "| texts | figure | wanted | model | | rules alone | keywords | margin over keywords |"
    yield f"|{'---|' * 8}"
    yield from (wanted.row(figures) for wanted in WANTED)
    yield ""


def worse(scores: dict[str, dict[str, Score]], rival: str) -> list[str]:
    """Labels of a set on which a rival has the higher F1, or the higher macro-F1."""
    return [
        label
        for label, score in scores["model"].items()
        if score.f1 < scores[rival][label].f1 or score.macro_f1 < scores[rival][label].macro_f1
    ]
