"""Figures on data from outside the project: ``IATRO_DATA`` names their folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from iatro_governor.errors import MissingPart
from iatro_governor.resources import shared
from iatro_governor.testimony import load
from iatro_governor.testimony.labels import NAMES
from iatro_governor.training.chats import chats
from iatro_governor.training.robots import hand_labelled, refusals


@pytest.fixture(scope="module")
def data() -> Path:
    folder = os.environ.get("IATRO_DATA")
    if not folder:
        pytest.skip("IATRO_DATA does not name the folder of the data sets")
    return Path(folder)


def test_a_folder_without_the_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingPart, match=str(tmp_path)):
        refusals(tmp_path)
    with pytest.raises(MissingPart, match="chatgpt_refusals"):
        chats(tmp_path, "chatgpt_refusals")


def test_replies_labelled_by_hand_are_not_trained_on(data: Path) -> None:
    hand = {text.text for text in hand_labelled(data)}
    assert len(hand) >= 300
    assert not hand & {text.text for text in refusals(data, without=hand)}
    assert hand & {text.text for text in refusals(data)}


def test_the_card_s_figures_on_robot_replies_are_those_of_the_stored_model(data: Path) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: run make setup")
    figures = json.loads(shared("models/testimony/figures.json").read_text(encoding="utf-8"))["sets"]
    rows = figures["robot replies labelled by hand"]["model"]
    labeller = load.labeller().labeller
    texts = hand_labelled(data)
    found = [labeller.label(text.text).present for text in texts]
    for name in NAMES:
        truth = [text.truth[name] for text in texts]
        said = [name in present for present in found]
        both = sum(a and b for a, b in zip(truth, said, strict=True))
        assert 2 * both / max(sum(truth) + sum(said), 1) == pytest.approx(rows[name]["f1"], abs=0.01)
