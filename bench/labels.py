"""How long a text takes to label, on one thread, and how many statements a second that makes; out/bench/labels.json.

The figures that are told first are of texts that nobody has seen before, each labelled once. Texts that come again and
again are timed beside them, and are faster: what was made of their words is still at hand. With ``IATRO_DATA`` naming
the folder of the data sets, real replies of planners are timed, too.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from bench.machine import stamp
from bench.timing import clocked, summary
from bench.written import write
from iatro_governor.testimony import load
from iatro_governor.testimony.lexicon import LexicalLabeller
from iatro_governor.testimony.normalise import normalise
from iatro_governor.testimony.statement import words_of
from iatro_governor.training.examples import own

LENGTH = 400
REPEATS = 400
BUDGET_MS = {"p50": 1.0, "p99": 5.0}
"""For a text of 400 characters, by the design."""
Rows = dict[str, dict[str, Any]]
SENTENCES = (
    "I understand that you want the crate moved before the visitors arrive.",
    "I will carry it over to bay four now, slowly, and I keep at least one metre away from everybody.",
    "Please stay behind the yellow line while the arm is moving, and do not touch the load.",
    "If the floor is wet, somebody could slip and get hurt.",
    "The lamp over the door is green.",
    "I'm sorry, but I can't push the trolley into the corridor.",
    "The cup is on the left side of the table, next to the newspaper.",
    "I've put the books back on the shelf as you asked.",
)
OUT = Path("out") / "bench" / "labels.json"


def texts_of(length: int) -> list[str]:
    """Texts of ``length`` characters: the sentences from each of them on, over and over."""
    joined = [" ".join(SENTENCES[at:] + SENTENCES[:at]) for at in range(len(SENTENCES))]
    return [(text + " " + text)[:length] for text in joined]


def new_texts(length: int, count: int) -> list[str]:
    """``count`` texts of ``length`` characters, no sentence of one in another: the written examples, one by one."""
    found, text = [], ""
    for example in own("train"):
        if example.source == "own":
            text = f"{text} {example.text}".strip()
        if len(text) >= length:
            found.append(text[:length])
            text = ""
        if len(found) == count:
            return found
    raise ValueError(
        f"{count} texts of {length} characters are asked for, and the examples make {len(found)}"
    )


def at_first_sight(texts: Sequence[str], ways: Mapping[str, Callable[[str], object]]) -> Rows:
    """As ``timed``, but each text is given once, to one of the ways in turn."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for text, (name, call) in zip(texts, cycle(ways.items()), strict=False):
        taken[name].append(clocked(partial(call, text)).cpu * 1e3)
    return {name: summary(times, "ms", 3) for name, times in taken.items()}


def timed(texts: Sequence[str], ways: Mapping[str, Callable[[str], object]]) -> Rows:
    """The distribution of each way's thread time a text, ms, in turns after one round to warm up."""
    for text in texts:
        for call in ways.values():
            call(text)
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for at in range(REPEATS):
        for name, call in ways.items():
            taken[name].append(clocked(partial(call, texts[at % len(texts)])).cpu * 1e3)
    return {name: summary(times, "ms", 3) for name, times in taken.items()}


def sets() -> Mapping[str, Sequence[str]]:
    """Texts by what they are."""
    found = {f"{length} characters": texts_of(length) for length in (100, LENGTH)}
    folder = os.environ.get("IATRO_DATA")
    if folder:
        lines = (Path(folder) / "planner_transcripts" / "embodied_planners.jsonl").read_text(encoding="utf-8")
        found["replies of planners"] = [json.loads(line)["text"] for line in lines.splitlines()[:REPEATS]]
    return found


def main() -> int:
    """Time, print and write."""
    loaded = load.labeller()
    if loaded.shortfall:
        print(loaded.shortfall, file=sys.stderr)
    label, rules = loaded.labeller.label, LexicalLabeller().label
    ways: Mapping[str, Callable[[str], object]] = {"label": label, "rules": rules}
    texts = new_texts(LENGTH, (len(ways) + 1) * REPEATS)
    label(SENTENCES[0])
    whole = at_first_sight(texts[REPEATS:], ways)
    rows = {f"{LENGTH} characters, new": whole} | {
        name: timed(texts, {**ways, "normalised": normalise}) for name, texts in sets().items()
    }
    began = time.perf_counter()
    for text in texts[:REPEATS]:
        words_of(text, "", loaded.labeller)
    rate = REPEATS / (time.perf_counter() - began)
    answer = stamp() | {
        "labeller": loaded.labeller.name,
        "budget_ms": BUDGET_MS,
        "times_the_rules": round(whole["label"]["p50_ms"] / whole["rules"]["p50_ms"], 2),
        "statements_per_s": round(rate, 1),
        "sets": rows,
    }
    write(OUT, answer)
    print(json.dumps(answer, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
