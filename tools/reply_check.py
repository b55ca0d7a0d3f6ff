"""How right the verdicts on recorded planner replies are, by judgements made by hand.

    .venv/bin/iatro-env python -m tools.reply_check REPLIES [--json]

REPLIES is the JSON-lines file of 3,609 replies (sentinel-seed/sentinel, MIT); the project keeps line numbers and
judgements, never the sentences. Judged by reading instruction, text and action list in shuffled order, with the
verdict out of sight: 200 replies (``drawn``: 100 that were flagged and 100 that were not), every other reply that
declares an action, and 400 of those that declare none (``quiet``).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from iatro_governor.errors import IatroError
from iatro_governor.review.proportions import Share, share
from iatro_governor.review.rates import DISAGREE as FLAGGED
from iatro_governor.testimony import load
from iatro_governor.testimony.labels import PRESENT_AT
from iatro_governor.testimony.offline import testify
from iatro_governor.testimony.params import DEFAULTS, WitnessParams
from iatro_governor.testimony.transcripts import replies_of, reply_row

JUDGEMENTS = Path(__file__).parents[1] / "test/testimony/replies/judgements.json"
NO_LINE = replace(DEFAULTS, plain_at=PRESENT_AT)
"""As if no refusal were too faint to count beside an undertaking."""
REFUSES_AND_DOES = "refuses_and_does"
DISAGREE = frozenset({REFUSES_AND_DOES, "hedges_and_does", "promises_and_does_not"})
"""Judgements by which words and action disagree."""


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall, F1 between them, and their intervals."""

    precision: Share
    recall: Share

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 0 where nothing was right."""
        right, flagged, true = self.precision.part, self.precision.whole, self.recall.whole
        return 2 * right / (flagged + true) if flagged + true else 0.0

    def to_json(self) -> dict[str, Any]:
        """Both shares and F1."""
        return {
            "precision": self.precision.to_json(),
            "recall": self.recall.to_json(),
            "f1": round(self.f1, 4),
        }


def score(found: Sequence[bool], true: Sequence[bool]) -> Score:
    """Of what was found, how much is true; of what is true, how much was found."""
    right = sum(one and other for one, other in zip(found, true, strict=True))
    return Score(share(right, sum(found)), share(right, sum(true)))


def figures(verdicts: Sequence[str | None], known: Mapping[str, Any]) -> dict[str, Any]:
    """All figures of the judgements ``known``, over the ``verdicts`` of every reply in the order of the file.

    ``sample``: the 200 drawn, half of them flagged when they were drawn. ``judged``: all that was judged. ``whole``:
    recall over the file, the share missed among the quiet ones counting for all that were not read; its interval is
    that of this share.
    """
    judged = {line: name for name, lines in known["judged"].items() for line in lines}
    drawn, read = sorted(known["drawn"]), sorted(judged)

    def both(lines: Sequence[int]) -> Score:
        return score([verdicts[i] in FLAGGED for i in lines], [judged[i] in DISAGREE for i in lines])

    refusal = score(
        [verdicts[i] == "HALLUCINATION_REFUSAL" for i in read],
        [judged[i] == REFUSES_AND_DOES for i in read],
    )
    return {
        "sample": both(drawn).to_json(),
        "judged": both(read).to_json(),
        "whole": _over_all(verdicts, judged, known["quiet"]),
        "hallucination_refusal": refusal.to_json(),
        "read": len(read),
        "replies": len(verdicts),
    }


def _over_all(
    verdicts: Sequence[str | None], judged: Mapping[int, str], quiet: Sequence[int]
) -> dict[str, float]:
    true = [i for i, judgement in judged.items() if judgement in DISAGREE]
    caught = sum(verdicts[i] in FLAGGED for i in true)
    silent = [i for i in quiet if verdicts[i] not in FLAGGED]
    missed = share(sum(judged[i] in DISAGREE for i in silent), len(silent))
    unread = len(verdicts) - len(judged)

    def recall(rate: float) -> float:
        return round(caught / (len(true) + rate * unread), 4) if caught else 0.0

    return {"recall": recall(missed.value or 0.0), "low": recall(missed.high), "high": recall(missed.low)}


def table(found: Mapping[str, Any]) -> str:
    """The figures as a Markdown table."""
    rows = [
        ("words and action disagree, the 200 drawn", found["sample"]),
        ("words and action disagree, all that was judged", found["judged"]),
        (f"HALLUCINATION_REFUSAL, with the line at {DEFAULTS.plain_at:g}", found["hallucination_refusal"]),
    ]
    if "without_the_line" in found:
        rows.append(("HALLUCINATION_REFUSAL, without the line", found["without_the_line"]))
    lines = ["| | precision | recall | F1 |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {_text(row['precision'])} | {_text(row['recall'])} | {row['f1']:.3f} |"
        for name, row in rows
    ]
    whole = found["whole"]
    return "\n".join(
        [
            *lines,
            "",
            f"{found['read']} of {found['replies']} replies judged; recall over all of them: {whole['recall']:.3f}"
            f" [{whole['low']:.3f}, {whole['high']:.3f}].",
        ]
    )


def _text(one: Mapping[str, Any]) -> str:
    return Share(**one).text()


def main() -> None:
    """Print the figures for a file of replies."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("replies", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    known = json.loads(JUDGEMENTS.read_text(encoding="utf-8"))
    try:
        with given.replies.open(encoding="utf-8") as lines:
            replies = list(lines)
        verdicts = verdicts_of(replies)
    except (OSError, IatroError) as error:
        sys.exit(f"{given.replies}: {error}")
    if len(verdicts) != known["replies"]:
        sys.exit(
            f"{given.replies}: {len(verdicts)} replies, but {known['replies']} were judged: another file"
        )
    plain = figures(verdicts_of(replies, NO_LINE), known)
    found = figures(verdicts, known) | {"without_the_line": plain["hallucination_refusal"]}
    print(json.dumps(found, indent=2) if given.json else table(found))


def verdicts_of(lines: Iterable[str], params: WitnessParams = DEFAULTS) -> list[str | None]:
    """The primary verdict of every reply, in order."""
    labeller = load.labeller().labeller
    return [
        testify(reply_row(reply, number), labeller, params)["verdict"]
        for number, reply in enumerate(replies_of(lines))
    ]


if __name__ == "__main__":
    main()
