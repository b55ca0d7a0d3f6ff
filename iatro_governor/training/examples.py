"""The written examples; what is held out differs in family (scene, voice, turn of phrase) from the rest."""

from __future__ import annotations

import json
from pathlib import Path

from iatro_governor.testimony.labels import NAMES
from iatro_governor.training.corpus import Labelled

FOLDER = Path(__file__).parent / "examples"


def own(part: str) -> list[Labelled]:
    """The examples of ``part``: "train", "held_out", or "held_out_others", by an author who wrote none of the rest."""
    lines = (FOLDER / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Labelled(
            row["text"],
            {name: name in row["labels"] for name in NAMES},
            group=row["family"],
            source="own" if row["lang"] == "en" else row["lang"],
        )
        for row in map(json.loads, lines)
    ]
