"""Replies of LLM robot planners: refusals by the reply's structure, corrected by hand where the text says else."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from iatro_governor.errors import MissingPart
from iatro_governor.testimony.labels import NAMES
from iatro_governor.training.corpus import Labelled, rules_find

REPLIES = "planner_transcripts/embodied_planners.jsonl"
WEIGHT = 0.37
"""What a reply counts against a written example: they are many, and repeat each other. All together they count a
fourteenth of the written ones, as cross-validation chose when those were 5,848."""
_BY_RULES = ("caution", "hazard", "commit")
LABELS = Path(__file__).parent / "labels"


def replies(data: Path) -> list[dict[str, str]]:
    """Every reply as it was recorded (raises ``MissingPart`` where the data are not there)."""
    try:
        lines = (data / REPLIES).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise MissingPart(
            f"{data / REPLIES}: {error.strerror}; give the folder of the data sets (docs/reference/labels.md)"
        ) from None
    return [json.loads(line) for line in lines]


def corrections() -> dict[str, bool]:
    """Whether a reply refuses, by its id, where its structure says else."""
    found: dict[str, bool] = json.loads((LABELS / "robot_corrections.json").read_text(encoding="utf-8"))
    return found


def refusals(data: Path, without: Iterable[str] = (), *, corrected: bool = True) -> list[Labelled]:
    """Distinct replies with their refusal, grouped by instruction; texts in ``without`` are left out.

    A reply with an empty list refuses, one with acts or without any list does not, unless corrections made by hand say
    so; without them (``corrected``) the structure alone decides.
    Caution, hazard and commit are as the written rules read them, which on such replies they do well; limits, of which
    there are next to none, are left open.
    """
    by_hand = corrections() if corrected else {}
    seen: set[tuple[str, str]] = set()
    unwanted = {*without}
    found = []
    for reply in replies(data):
        key = (reply["text"], reply["model"])
        if reply["text"] in unwanted or key in seen:
            continue
        seen.add(key)
        refused = by_hand.get(reply["id"], reply["action"] == "")
        said = rules_find(reply["text"])
        truth = {name: said[name] for name in _BY_RULES} | {"refusal": refused}
        found.append(Labelled(reply["text"], truth, reply["instruction"], reply["model"], WEIGHT))
    return found


def hand_labelled(data: Path, passed: int | None = None) -> list[Labelled]:
    """Replies labelled by hand for all five labels: of one blind pass (0 or 1), or settled where the two differed."""
    rows = json.loads((LABELS / "robot_replies.json").read_text(encoding="utf-8"))
    texts = {reply["id"]: reply for reply in replies(data)}
    column = "settled" if passed is None else ("first", "second")[passed]
    return [
        Labelled(
            texts[key]["text"],
            {name: name in row[column] for name in NAMES},
            texts[key]["instruction"],
            texts[key]["model"],
        )
        for key, row in rows.items()
    ]
