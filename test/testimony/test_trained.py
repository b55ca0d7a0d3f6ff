"""The trained labeller as it is shipped: its figures on what is held out, its spans, and what happens without it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.resources import shared
from iatro_governor.testimony import load
from iatro_governor.testimony.features import LONGEST, instances
from iatro_governor.testimony.labels import NAMES, NOTHING, Labeller
from iatro_governor.testimony.lexicon import LexicalLabeller
from iatro_governor.testimony.normalise import normalise

EXAMPLES = Path(load.__file__).parent.parent / "training" / "examples" / "held_out.jsonl"


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: run make setup")
    loaded = load.labeller()
    assert loaded.shortfall == ""
    return loaded.labeller


@pytest.fixture(scope="module")
def held_out() -> list[dict[str, object]]:
    return [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]


def test_the_card_s_figures_are_those_of_the_stored_model(labeller: Labeller, held_out) -> None:
    figures = json.loads(shared("models/testimony/figures.json").read_text(encoding="utf-8"))["sets"]
    rows = figures["written, held out"]["model"]
    english = [row for row in held_out if row["lang"] == "en"]
    found = [labeller.label(row["text"]).present for row in english]
    for name in NAMES:
        f1 = _f1([name in row["labels"] for row in english], [name in present for present in found])
        assert f1 == pytest.approx(rows[name]["f1"], abs=0.01)
        assert rows[name]["texts"] == len(english)


def test_the_model_reads_free_wording_better_than_the_rules(labeller: Labeller, held_out) -> None:
    rules = LexicalLabeller()
    truth = ["refusal" in row["labels"] for row in held_out]
    by_model = _f1(truth, [labeller.label(row["text"]).has("refusal") for row in held_out])
    by_rules = _f1(truth, [rules.label(row["text"]).has("refusal") for row in held_out])
    assert by_model > by_rules + 0.05


@pytest.mark.parametrize("text", ["Sure, straight on!", "Straight on."])
def test_no_warning_is_heard_where_none_is_given(labeller: Labeller, text: str) -> None:
    assert not labeller.label(text).has("caution")


def test_a_labeller_that_says_everything_would_not_pass(held_out) -> None:
    truth = ["caution" in row["labels"] for row in held_out]
    assert _f1(truth, [True] * len(truth)) < 0.35


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("You won't find me doing a thing like that, sorry.", "refusal"),
        ("No way, he would burn himself.", "hazard"),
        ("Lowering it very gently, with less than 5 N.", "limit"),
        ("Please everybody take two steps back from the saw.", "caution"),
        ("I've tidied the shelf.", "commit"),
    ],
)
def test_a_span_lies_in_the_text_and_is_not_all_of_it(labeller: Labeller, text: str, label: str) -> None:
    labels = labeller.label(f"🙂 **Well**, it is Monday.\n{text}\nThe lamp is green.")
    assert labels.has(label)
    for start, end in labels.spans[label]:
        assert 0 <= start < end <= labels_length(text) and end - start < len(text) + 12


def labels_length(text: str) -> int:
    return len(f"🙂 **Well**, it is Monday.\n{text}\nThe lamp is green.")


def test_a_text_without_words_has_no_label(labeller: Labeller) -> None:
    for text in ("", "   \n ", "🙂", "...", "\x00\x07"):
        assert labeller.label(text).present == ()
    assert labeller.label("") is NOTHING


def test_a_long_text_is_left_to_the_rules(labeller: Labeller) -> None:
    text = "I'd be ashamed of myself. " * (LONGEST // 20)
    assert not instances(normalise(text)) and instances(normalise(text[:LONGEST]))
    assert labeller.label(text) == LexicalLabeller().label(text)


def test_a_hundred_kilobytes_without_a_full_stop_are_answered(labeller: Labeller) -> None:
    assert labeller.label("push " * 20_000).scores.keys() == set(NAMES)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_scores_and_spans_that_fit(labeller: Labeller, text: str) -> None:
    labels = labeller.label(text)
    assert set(labels.scores) == set(NAMES) and all(0 <= score <= 1 for score in labels.scores.values())
    assert set(labels.present) <= set(labels.spans)
    assert all(0 <= a < b <= len(text) for spans in labels.spans.values() for a, b in spans)


def test_curly_quotes_and_markdown_change_no_score(labeller: Labeller) -> None:
    plain = labeller.label("I can't do this, it'd hurt him.")
    curly = labeller.label("**I can’t** do this, it’d hurt him.")
    assert curly.scores == pytest.approx(plain.scores)


def test_without_onnxruntime_the_rules_answer_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    loaded = load.labeller()
    assert isinstance(loaded.labeller, LexicalLabeller)
    assert "onnxruntime" in loaded.shortfall and "rules" in loaded.shortfall


@pytest.mark.parametrize("content", [b"", b"no model at all"])
def test_a_damaged_model_is_named_and_the_rules_answer(tmp_path: Path, content: bytes) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: run make setup")
    path = tmp_path / "labels.onnx"
    path.write_bytes(content)
    loaded = load.labeller(path)
    assert isinstance(loaded.labeller, LexicalLabeller) and str(path) in loaded.shortfall


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: run make setup")
    assert str(tmp_path / "none.onnx") in load.labeller(tmp_path / "none.onnx").shortfall


def _f1(truth: list[bool], found: list[bool]) -> float:
    both = sum(a and b for a, b in zip(truth, found, strict=True))
    return 2 * both / (sum(truth) + sum(found))
