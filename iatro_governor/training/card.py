"""The model card: what the model is, what it was trained on, how well it does, and where it must not be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iatro_governor.testimony.features import LONGEST
from iatro_governor.testimony.labels import NAMES
from iatro_governor.training import told
from iatro_governor.training.calibrate import LIFT
from iatro_governor.training.evaluate import ROBOTS, UNCORRECTED, Figures
from iatro_governor.training.line import chosen
from iatro_governor.training.robots import WEIGHT, corrections
from iatro_governor.training.run import STRENGTH
from iatro_governor.training.scores import Score
from iatro_governor.training.wanted import table, worse

FEW = 30
SHIPPED = "**shipped**: hashed n-grams joined with the rules"


def card(figures: Figures, rivals: Mapping[str, Mapping[str, float]]) -> str:
    """The card in markdown; ``rivals`` may be empty."""
    parts = (
        [_head(figures)],
        table(figures),
        _rivals(rivals, figures),
        _sets(figures),
        _planners(figures),
        _between(figures),
        _line(figures),
        _calibration(figures),
    )
    return "\n".join(
        [*(line for part in parts for line in part), told.LIMITS.format(longest=LONGEST, lift=LIFT)]
    )


def _head(figures: Figures) -> str:
    counts, hand = figures.counts, corrections()
    sets = [("set", "in DATA", "licence", "use"), ("---",) * 4, *told.DATA_SETS]
    return told.HEAD.format(
        data_sets="\n".join(f"| {' | '.join(row)} |" for row in sets),
        seed=figures.seed,
        digest=figures.digest,
        versions=", ".join(f"{name} {version}" for name, version in figures.made_with.items()),
        written=counts["written"],
        unread=counts["unread"],
        held_out=counts["held out"],
        others=counts["by another author"],
        weight=WEIGHT,
        replies=counts["replies"],
        longest=LONGEST,
        strength=STRENGTH,
        lift=LIFT,
        corrections=len(hand),
        to_refusal=sum(hand.values()),
        from_refusal=len(hand) - sum(hand.values()),
        corrected=counts["corrected"],
        distinct=figures.sets[ROBOTS]["model"]["refusal"].texts,
        uncorrected=_by_rival(figures, UNCORRECTED),
        robots=_by_rival(figures, ROBOTS),
    )


def _by_rival(figures: Figures, held: str) -> str:
    """Macro-F1 of refusal of each labeller, in words."""
    scores = {rival: labels["refusal"].macro_f1 for rival, labels in figures.sets[held].items()}
    return ", ".join(f"{rival} {value:.3f}" for rival, value in scores.items())


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
    for rival, named in (("rules", "the rules alone have"), ("keywords", "plain keywords have")):
        found = {name: worse(scores, rival) for name, scores in figures.sets.items()}
        listed = "; ".join(f"{name}: {', '.join(labels)}" for name, labels in found.items() if labels)
        yield f"\nWhere {named} the higher F1 or macro-F1: {listed or 'nowhere'}."
    yield ""


def _planners(figures: Figures) -> Iterator[str]:
    yield "### refusal on robot replies held out, by the planner's model\n"
    yield "Each planner's replies are judged by a model that saw no reply of it or of its group, and none of its"
    yield "instructions. Where nearly all refuse, macro-F1 hangs on the few that do not.\n"
    yield "| planner | refuse | model P / R | model F1 | macro-F1 | rules macro-F1 | keywords macro-F1 |"
    yield f"|{'---|' * 7}"
    for planner, rivals in figures.planners.items():
        model = rivals["model"]
        yield (
            f"| {planner} | {model.positives} of {model.texts} | {model.precision:.3f} / {model.recall:.3f} "
            f"| **{model.f1:.3f}** [{model.low:.3f}, {model.high:.3f}] "
            f"| {model.macro_f1:.3f} [{model.macro_low:.3f}, {model.macro_high:.3f}] "
            f"| {rivals['rules'].macro_f1:.3f} | {rivals['keywords'].macro_f1:.3f} |"
        )
    yield ""


def _line(figures: Figures) -> Iterator[str]:
    yield "## The line under which a refusal is faint\n"
    by_line = {float(line): f1 for line, f1 in figures.lines.items()}
    yield told.LINE.format(chosen=chosen(by_line))
    yield f"| line | {' | '.join(figures.lines)} |\n|{'---|' * (len(by_line) + 1)}"
    yield f"| F1 of refusal | {' | '.join(f'{f1:.4f}' for f1 in by_line.values())} |\n"


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
    yield told.CALIBRATION.format(lift=LIFT)
    yield "| label | expected error | without the lift: expected error, F1 | mean score -> share (count) |"
    yield "|---|---|---|---|"
    for label in NAMES:
        curve = ", ".join(
            f"{score:.2f} -> {share:.2f} ({count})" for score, share, count in figures.reliability[label]
        )
        error, f1 = figures.unlifted[label]
        yield f"| {label} | {figures.expected_error[label]:.3f} | {error:.3f}, {f1:.3f} | {curve} |"
    yield "\nAgreement of the two passes over the replies labelled by hand (Cohen's kappa): " + ", ".join(
        f"{label} {figures.agreement[label]:.2f}" for label in NAMES
    )
    yield ""


def _rivals(rows: Mapping[str, Mapping[str, float]], figures: Figures) -> Iterator[str]:
    if not rows:
        return
    yield "## What was compared\n"
    yield told.COMPARED
    if old := sorted(
        {row["written"] for row in rows.values() if row.get("written")} - {figures.counts["written"]}
    ):
        counts = ", ".join(f"{count:g}" for count in old)
        yield f"All but the last were compared when there were {counts} written examples, and were not since.\n"
    yield f"| labeller | {' | '.join(NAMES)} | robot replies | time |\n|---|{'---|' * (len(NAMES) + 2)}"
    for name, row in {**rows, SHIPPED: {**_reached(figures), "times": 1.0}}.items():
        cells = " | ".join(f"{row[label]:.3f}" for label in NAMES)
        yield f"| {name} | {cells} | {row['robots']:.3f} | {row['times']:.2f} |"
    yield ""
    yield told.WHY.format(robots=_by_rival(figures, ROBOTS))


def _reached(figures: Figures) -> dict[str, float]:
    """What the shipped model reaches of what rivals are compared by."""
    written = figures.sets["written, held out"]["model"]
    robots = figures.sets[ROBOTS]["model"]["refusal"]
    return {name: written[name].f1 for name in NAMES} | {"robots": robots.macro_f1}
