"""Writes the model, its figures and its card."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

from iatro_governor.training.card import card
from iatro_governor.training.export import to_onnx
from iatro_governor.training.run import Outcome

MODEL = Path("models") / "testimony"
PAGE = Path("docs") / "reference" / "labels.md"


def write(outcome: Outcome, root: Path) -> None:
    """``labels.onnx``; with figures also ``figures.json``, ``card.md`` and the page in docs/reference."""
    folder = root / MODEL
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "labels.onnx").write_bytes(to_onnx(outcome.model.weights, outcome.model.calibration))
    if outcome.figures is None:
        return
    figures = json.dumps(asdict(outcome.figures), indent=1, sort_keys=True)
    (folder / "figures.json").write_text(figures + "\n", encoding="utf-8")
    known = folder / "rivals.json"
    if outcome.rivals:
        known.write_text(json.dumps(outcome.rivals, indent=1) + "\n", encoding="utf-8")
    elif known.is_file():
        outcome = replace(outcome, rivals=json.loads(known.read_text(encoding="utf-8")))
    text = card(outcome)
    (folder / "card.md").write_text(text, encoding="utf-8")
    (root / PAGE).write_text(text, encoding="utf-8")
