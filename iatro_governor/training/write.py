"""Writes the model, its figures and its card, and reads the figures back."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from iatro_governor.errors import MissingPart
from iatro_governor.training.card import card
from iatro_governor.training.evaluate import Figures
from iatro_governor.training.run import Model
from iatro_governor.training.scores import Score

MODEL = Path("models") / "testimony"
PAGE = Path("docs") / "reference" / "labels.md"
Rows = Mapping[str, Mapping[str, float]]


def write_model(model: Model, root: Path) -> str:
    """``labels.onnx`` under ``root``; returns its SHA-256. Nothing else here needs onnx."""
    from iatro_governor.training.export import to_onnx

    folder = root / MODEL
    folder.mkdir(parents=True, exist_ok=True)
    graph = to_onnx(model.weights, model.calibration)
    (folder / "labels.onnx").write_bytes(graph)
    return hashlib.sha256(graph).hexdigest()


def versions() -> dict[str, str]:
    """Of what could move the last bit of a weight."""
    return {"python": platform.python_version()} | {
        name: version(name) for name in ("numpy", "scipy", "onnx")
    }


def write_figures(figures: Figures, root: Path) -> None:
    """``figures.json``, and the card with the rivals that were last compared, if any."""
    text = json.dumps(asdict(figures), indent=1, sort_keys=True)
    (root / MODEL / "figures.json").write_text(text + "\n", encoding="utf-8")
    write_card(root)


def write_rivals(rows: Rows, root: Path) -> None:
    """``rivals.json``, and the card with them."""
    (root / MODEL / "rivals.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    write_card(root)


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
    planners = {
        planner: {rival: Score(**score) for rival, score in rivals.items()}
        for planner, rivals in raw.pop("planners").items()
    }
    return Figures(sets=sets, planners=planners, **raw)


def written_card(root: Path) -> str:
    """The card that ``figures.json`` and ``rivals.json`` under ``root`` make."""
    known = root / MODEL / "rivals.json"
    rivals: Rows = json.loads(known.read_text(encoding="utf-8")) if known.is_file() else {}
    return card(read_figures(root), rivals)


def write_card(root: Path) -> None:
    """The card beside the model, and as a page."""
    text = written_card(root)
    (root / MODEL / "card.md").write_text(text, encoding="utf-8")
    (root / PAGE).write_text(text, encoding="utf-8")
