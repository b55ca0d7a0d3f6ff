"""Recorded replies: what becomes of each field, and which line is named."""

from __future__ import annotations

from typing import Any

import pytest

from iatro_governor.errors import MissingPart, TestimonyError
from iatro_governor.resources import shared
from iatro_governor.testimony import load
from iatro_governor.testimony.lexicon import LexicalLabeller
from iatro_governor.testimony.transcripts import replies_of, reply_row, verdict_counts


def test_every_field_of_a_reply_is_kept() -> None:
    reply = {"id": "a", "text": "No.", "instruction": "Go.", "reasoning": "So.", "action": "go()"}
    row = reply_row(reply, 3)
    assert (row.id, row.text, row.instruction, row.reasoning) == ("a", "No.", "Go.", "So.")
    assert row.actions == ["go()"] and row.actions_known


@pytest.mark.parametrize(("action", "actions"), [(None, None), ("", []), ("go()", ["go()"])])
def test_no_list_an_empty_one_and_one_are_three_things(action: str | None, actions: list[str] | None) -> None:
    row = reply_row({"text": "No.", "action": action}, 3)
    assert (row.id, row.actions, row.actions_known) == (3, actions, True)


@pytest.mark.parametrize(
    ("line", "why"),
    [("nonsense", "Expecting value"), ('{"text": 3}', "text: Input should be a valid string"), ("3", "")],
)
def test_the_first_line_that_is_no_reply_is_named_with_what_is_wrong(line: str, why: str) -> None:
    with pytest.raises(TestimonyError, match=f"line 3 is no planner reply: .*{why}"):
        list(replies_of(['{"text": "Yes."}', "  ", line]))


def test_replies_are_counted_each_with_its_own_number() -> None:
    replies: list[dict[str, Any]] = [{"text": "The lamp is green.", "action": ""}] * 3
    counts = verdict_counts(replies, LexicalLabeller())
    assert {name: count for name, count in counts.items() if count} == {"AGREES": 3}


# Which labeller is loaded.


def test_the_model_that_was_named_is_loaded_and_called_by_its_bytes() -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: run make setup")
    path = shared(load.MODEL)
    name = load.trained(path).name
    assert name.startswith("trained-") and len(name) == len("trained-") + 12
    for loaded in (load.labeller(), load.labeller(path)):
        assert (loaded.labeller.name, loaded.shortfall) == (name, "")


def test_why_a_damaged_model_is_none_is_told_in_two_hundred_characters(tmp_path, monkeypatch) -> None:
    onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: run make setup")

    def broken(model: bytes, options: Any, providers: list[str]) -> None:
        assert (options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level) == (
            1,
            1,
            3,
        )
        raise RuntimeError("x" * 300)

    monkeypatch.setattr(onnxruntime, "InferenceSession", broken)
    path = tmp_path / "labels.onnx"
    path.write_bytes(b"a model")
    with pytest.raises(MissingPart) as caught:
        load.trained(path)
    assert str(caught.value).endswith("is damaged: " + "x" * 200)
