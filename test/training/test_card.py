"""The card says what the figures say, and the figures are of the model that is stored."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from iatro_governor.resources import shared
from iatro_governor.testimony.labels import PLAIN_AT
from iatro_governor.training.line import chosen
from iatro_governor.training.write import MODEL, PAGE, read_figures, write_card, written_card

ROOT = Path(__file__).resolve().parents[2]


def test_card_and_page_are_what_the_figures_make() -> None:
    text = written_card(ROOT)
    for path in (MODEL / "card.md", PAGE):
        assert (ROOT / path).read_text(encoding="utf-8") == text, f"{path}: write it with --card"


def test_another_figure_makes_another_card(tmp_path: Path) -> None:
    """A card that holds no figures would equal itself, too."""
    shutil.copytree(ROOT / MODEL, tmp_path / MODEL)
    (tmp_path / PAGE).parent.mkdir(parents=True)
    path = tmp_path / MODEL / "figures.json"
    figures = path.read_text(encoding="utf-8")
    value = read_figures(ROOT).sets["written, held out"]["model"]["refusal"].f1
    assert f"{value:.3f}" in written_card(ROOT)
    path.write_text(figures.replace(repr(value), "0.1239"), encoding="utf-8")
    write_card(tmp_path)
    assert "0.124" in (tmp_path / PAGE).read_text(encoding="utf-8")


def test_the_figures_are_of_the_stored_model() -> None:
    stored = shared("models/testimony/labels.onnx").read_bytes()
    assert hashlib.sha256(stored).hexdigest() == read_figures(ROOT).digest


def test_the_line_is_the_one_that_training_chose() -> None:
    by_line = {float(line): f1 for line, f1 in read_figures(ROOT).lines.items()}
    assert chosen(by_line) == pytest.approx(PLAIN_AT)
