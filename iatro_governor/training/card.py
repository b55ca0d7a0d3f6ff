"""The model card: what the model is, what it was trained on, how well it does, and where it must not be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iatro_governor.testimony.features import LONGEST
from iatro_governor.testimony.labels import NAMES
from iatro_governor.training.evaluate import Figures
from iatro_governor.training.robots import WEIGHT
from iatro_governor.training.run import STRENGTH
from iatro_governor.training.scores import Score
from iatro_governor.training.wanted import table, worse_than_rules

FEW = 30
SHIPPED = "**shipped**: hashed n-grams joined with the rules"
_HEAD = """\
# Labels: the model, its data and its figures

Written by `python -m iatro_governor.training.testimony DATA --seed {seed}`; do not edit by hand.

**What it does.** Five labels of what a robot's planner says: refusal, caution, hazard, limit, commit. A text is read
passage by passage; each passage's hashed words, word pairs and triples, and runs of three to five letters add up to a
logit a label (a table of 262,144 rows), and the passages are pooled by a softmax. A logistic curve joins the pooled
logit with the score of the written rules (`testimony/lexicon.py`) and with whether they hold the label for present, and
weighs both by how long the text is. A text of more than {longest} characters is left to the rules. One ONNX graph of
standard operators (`models/testimony/labels.onnx`); deterministic; the span of a label is the rules' phrase, or the
stretch of words that weighs most.

**Trained on** {written} sentences written for this project by several authors (English, Spanish, German, French,
Chinese, Japanese; all five labels) and {replies} replies of LLM robot planners, each counted {weight:g}
(sentinel-seed/sentinel, MIT; refusal by the structure of the reply, corrected by hand where the text says else;
caution, hazard and commit by the rules).
Nothing was trained on the chat sets, on the replies labelled by hand, or on the {held_out} written examples that are
held out: those differ in scene, voice and turn of phrase, and were written before any training. No sentence that is
trained on shares three words in five with one held out. {others} more examples are held out, too, whose author wrote
nothing else here and saw none of the rest.

**Chosen** by cross-validation over families of the written training examples (mean of the five labels' best F1, beside
the rules). Held-out figures were printed after each round, and some choices followed a look at them: that chat sets are
not trained on, and that labels made by rules count whole in the curve (caution of the replies labelled by hand: 0.844,
then 0.852). Found by cross-validation: weights that are held to nought less the rarer their feature is, 0.763 (all
alike: 0.755); replies counted a fifth, an L2 of {strength:g} and 120 steps, 0.779 (counted whole, 3e-05 and 40 steps:
0.735); the terms of the joining curve; and what holds counting 1.5 times what does not, which puts the best F1 at a
score of 0.5.

**Tried, and not kept.** Training on chat sets as well, and judging longer texts by their ends (300 replies of
chatgpt_refusals or frontier_2025, the figure on the other): macro-F1 0.61 and 0.69 where the rules alone reach 0.75 and
0.88, so longer texts are the rules' alone. Vectors of 12,000 words' meanings (all-MiniLM-L6-v2's), folded into the
table: a point at most, and longer than all the rest. What made the difference were twice as many written examples, in
other scenes and voices: 2,850 of them, weights held all alike, had reached F1 of 0.70, 0.70, 0.78 and 0.75 for refusal,
caution, hazard and limit. Then others wrote as many again, and the replies kept their share of the whole: with one
author's 5,848 alone the figures were 0.822, 0.806, 0.916 and 0.815.
"""
_LIMITS = f"""\
## Contraindications

- It judges words. It is no input of the control path, and no ground for moving, or not moving, anything.
- A text of more than {LONGEST} characters is left to the written rules: no longer text was trained on.
- Chat assistants are no robots. Do not use it to count refusals of a chat bot: it calls replies
  refusals that say "as a language model I cannot ..., however" and then answer (chatgpt_refusals above).
- Other languages than the six were never tried; the five beside English have few examples each, and the held-out ones
  are too few to trust their figures.
- Half of the examples that are trained on, most of those held out, and the labels of the replies, given twice in two
  orders, are one author's: the agreement above is with himself. All are a language model's prose in many voices, the
  other author's too: people on a shop floor write otherwise.
- Irony, allusions, and refusals that only the instruction makes one ("The soup stays hot") are missed.
- A score is a probability among texts like the written examples; among others it only ranks.
"""


def card(figures: Figures, rivals: Mapping[str, Mapping[str, float]]) -> str:
    """The card in markdown; ``rivals`` may be empty."""
    counts = figures.counts
    head = _HEAD.format(
        seed=figures.seed,
        written=counts["written"],
        held_out=counts["held out"],
        others=counts["by another author"],
        weight=WEIGHT,
        replies=counts["replies"],
        longest=LONGEST,
        strength=STRENGTH,
    )
    parts = (
        table(figures),
        _rivals(rivals, figures),
        _sets(figures),
        _between(figures),
        _calibration(figures),
    )
    return "\n".join([head, *(line for part in parts for line in part), _LIMITS])


def _sets(figures: Figures) -> Iterator[str]:
    yield "## Figures\n"
    yield "Precision / recall, F1 with its 95% interval (bootstrap over texts), macro-F1 of presence and absence."
    for name, rivals in figures.sets.items():
        yield f"\n### {name}\n"
        yield "| label | of | model P / R | model F1 | macro-F1 | rules F1 | keywords F1 | keywords macro-F1 |"
        yield "|---|---|---|---|---|---|---|---|"
        for label in NAMES:
            if label in rivals["model"]:
                yield _row(label, {rival: scores[label] for rival, scores in rivals.items()})
    worse = {
        name: worse_than_rules(rivals["model"], rivals["rules"]) for name, rivals in figures.sets.items()
    }
    told = "; ".join(f"{name}: {', '.join(labels)}" for name, labels in worse.items() if labels)
    yield f"\nWhere the rules alone have the higher F1: {told or 'nowhere'}.\n"


def _row(label: str, scores: Mapping[str, Score]) -> str:
    model = scores["model"]
    few = " (few)" if model.positives < FEW else ""
    return (
        f"| {label}{few} | {model.positives} of {model.texts} | {model.precision:.3f} / {model.recall:.3f} "
        f"| **{model.f1:.3f}** [{model.low:.3f}, {model.high:.3f}] | {model.macro_f1:.3f} "
        f"| {scores['rules'].f1:.3f} | {scores['keywords'].f1:.3f} | {scores['keywords'].macro_f1:.3f} |"
    )


def _between(figures: Figures) -> Iterator[str]:
    yield "Replies that a chat set calls neither refusal nor compliance, and how many of them are called refusals:\n"
    yield "| set: its label | replies | called refusal |\n|---|---|---|"
    for name, (texts, found) in figures.between.items():
        yield f"| {name} | {texts} | {found} |"
    yield ""


def _calibration(figures: Figures) -> Iterator[str]:
    yield "## Calibration\n"
    yield "On the written examples held out: mean score and share of the true in each tenth, and the expected error.\n"
    yield "| label | expected error | mean score -> share (count) |\n|---|---|---|"
    for label in NAMES:
        curve = ", ".join(
            f"{score:.2f} -> {share:.2f} ({count})" for score, share, count in figures.reliability[label]
        )
        yield f"| {label} | {figures.expected_error[label]:.3f} | {curve} |"
    yield "\nAgreement of the two passes over the replies labelled by hand (Cohen's kappa): " + ", ".join(
        f"{label} {figures.agreement[label]:.2f}" for label in NAMES
    )
    yield ""


def _rivals(rows: Mapping[str, Mapping[str, float]], figures: Figures) -> Iterator[str]:
    if not rows:
        return
    yield "## What was compared\n"
    yield (
        "F1 on the written examples held out, all trained on the same; refusal's macro-F1 on robot replies held out\n"
        "by model and by instruction; thread time of a text of 400 characters, rules included where they take part,\n"
        "taken on a busy machine. The hashed row's time is that of the features. The encoder runs in numpy here; as\n"
        "int8 ONNX it is 23 MB and takes 3 to 12 ms, more than a text may cost. The last row is from above.\n"
    )
    if old := sorted(
        {row["written"] for row in rows.values() if row.get("written")} - {figures.counts["written"]}
    ):
        counts = ", ".join(f"{count:g}" for count in old)
        yield f"All but the last were compared when there were {counts} written examples, and were not since.\n"
    yield f"| labeller | {' | '.join(NAMES)} | robot replies | ms |\n|---|{'---|' * (len(NAMES) + 2)}"
    for name, measured in rows.items():
        row = {**_reached(figures), **measured} if name == SHIPPED else measured
        cells = " | ".join(f"{row[label]:.3f}" for label in NAMES)
        robots = f"{row['robots']:.3f}" if "robots" in row else "-"
        yield f"| {name} | {cells} | {robots} | {row['ms']:.2f} |"
    yield ""


def _reached(figures: Figures) -> dict[str, float]:
    """What the shipped model reaches of what rivals are compared by."""
    written = figures.sets["written, held out"]["model"]
    robots = figures.sets["robot replies, held out by model and instruction"]["model"]["refusal"]
    return {name: written[name].f1 for name in NAMES} | {"robots": robots.macro_f1}
