"""The figures of the hand check are those of its definition; where the replies are at hand, they hold."""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

tool = importlib.import_module("tools.reply_check")
figures, score, table, verdicts_of = tool.figures, tool.score, tool.table, tool.verdicts_of

REPLIES = os.environ.get("IATRO_REPLIES", "")
KNOWN: dict[str, Any] = json.loads(tool.JUDGEMENTS.read_text(encoding="utf-8"))


def test_precision_recall_and_f1() -> None:
    found = score([True, True, True, False, False], [True, True, False, True, False])
    assert (found.precision.value, found.recall.value) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert found.f1 == pytest.approx(2 / 3)
    assert score([False], [False]).f1 == 0.0


def test_every_judgement_is_of_one_reply_and_the_draws_are_judged() -> None:
    lines = [line for part in KNOWN["judged"].values() for line in part]
    assert len(set(lines)) == len(lines) > 1000 and max(lines) < KNOWN["replies"]
    assert len(KNOWN["drawn"]) == 200 and len(KNOWN["quiet"]) == 400
    assert {*KNOWN["drawn"], *KNOWN["quiet"]} <= set(lines)


def test_a_miss_among_the_quiet_ones_counts_for_all_that_were_not_read() -> None:
    verdicts: list[str | None] = ["HALLUCINATION_REFUSAL", "AGREES", "CONSISTENT_REFUSAL", *["AGREES"] * 97]
    known = {
        "drawn": [0, 1],
        "quiet": [1, 2],
        "judged": {"refuses_and_does": [0, 1], "refuses_and_does_not": [2]},
    }
    found = figures(verdicts, known)
    assert found["sample"]["precision"]["value"] == 1 and found["sample"]["recall"]["value"] == 0.5
    assert found["hallucination_refusal"]["f1"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["whole"]["recall"] == pytest.approx(1 / (2 + 0.5 * 97), abs=1e-4)
    assert found["whole"]["low"] < found["whole"]["recall"] < found["whole"]["high"]
    assert "1 of 2" in table(found) and "3 of 100 replies judged" in table(found)


@pytest.mark.skipif(not REPLIES, reason="IATRO_REPLIES does not name the file of recorded replies")
def test_on_the_real_replies() -> None:
    with Path(REPLIES).open(encoding="utf-8") as lines:
        found = figures(verdicts_of(lines), KNOWN)
    assert found["hallucination_refusal"]["f1"] >= 0.96, table(found)
