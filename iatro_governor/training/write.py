"""Writes the model, its figures and its card, and reads the figures back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from iatro_governor.errors import MissingPart
from iatro_governor.training.card import card
from iatro_governor.training.evaluate import Figures
from iatro_governor.training.export import to_onnx
from iatro_governor.training.run import Model
from iatro_governor.training.scores import Score

MODEL = Path("models") / "testimony"
PAGE = Path("docs") / "reference" / "labels.md"
Rows = Mapping[str, Mapping[str, float]]


def write_model(model: Model, root: Path) -> None:
    """``labels.onnx`` under ``root``."""
    folder = root / MODEL
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "labels.onnx").write_bytes(to_onnx(model.weights, model.calibration))


def write_figures(figures: Figures, root: Path) -> None:
    """``figures.json``, and the card with the rivals that were last compared, if any."""
    text = json.dumps(asdict(figures), indent=1, sort_keys=True)
    (root / MODEL / "figures.json").write_text(text + "\n", encoding="utf-8")
    known = root / MODEL / "rivals.json"
    _write_card(json.loads(known.read_text(encoding="utf-8")) if known.is_file() else {}, root)


def write_rivals(rows: Rows, root: Path) -> None:
    """``rivals.json``, and the card with them."""
    (root / MODEL / "rivals.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    _write_card(rows, root)


def read_figures(root: Path) -> Figures:
    """The figures as they were last written (raises ``MissingPart`` where they never were)."""
    path = root / MODEL / "figures.json"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MissingPart(f"{path}: {error.strerror}; train the model first") from None
    sets = {
        held: {
            rival: {label: Score(**score) for label, score in scores.items()}
            for rival, scores in rivals.items()
        }
        for held, rivals in raw.pop("sets").items()
    }
    return Figures(sets=sets, **raw)


def _write_card(rivals: Rows, root: Path) -> None:
    text = card(read_figures(root), rivals)
    (root / MODEL / "card.md").write_text(text, encoding="utf-8")
    (root / PAGE).write_text(text, encoding="utf-8")
