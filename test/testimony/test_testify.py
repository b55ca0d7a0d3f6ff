from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from iatro_governor.cli.testify import testify as command

APP = typer.Typer()
APP.command("testify")(command)
APP.command("other")(lambda: None)


def call(*arguments: str, data: str | bytes | None = None) -> Any:
    return CliRunner().invoke(APP, ["testify", *arguments], input=data)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line, parse_constant=_refuse) for line in path.read_text().splitlines()]


def _refuse(constant: str) -> None:
    raise AssertionError(f"not strict JSON: {constant}")


def test_each_line_is_answered(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(
        '{"id": "a", "text": "I can\'t do that.", "actions": ["lift(\'cup\')"], "instruction": "Lift the cup"}\n'
        '\n{"id": 2, "text": ""}\n'
    )
    result = call("--in", str(source), "--out", str(out))
    assert result.exit_code == 0
    first, second = rows(out)
    assert (first["id"], first["verdict"], first["present"]) == ("a", "HALLUCINATION_REFUSAL", ["refusal"])
    assert (
        set(first["labels"])
        == set(first["reasoning_labels"])
        == {"refusal", "caution", "hazard", "limit", "commit"}
    )
    assert (second["id"], second["verdict"], second["claims"]) == (2, None, [])


@pytest.mark.parametrize(
    "bad",
    [
        b"nonsense",
        b"[1]",
        b'{"id": 1}',
        b'{"id": 1, "text": 5}',
        b"\xff\xfe",
        b'{"id": 1, "text": "x"',
        b"[" * 100_000,
        b'{"id": ' + b"9" * 5000 + b', "text": ""}',
    ],
)
def test_a_malformed_line_is_named_and_ends_nothing(tmp_path: Path, bad: bytes) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b'{"id": 1, "text": ""}\n' + bad + b'\n{"id": 2, "text": ""}\n')
    result = call("--in", str(source), "--out", str(out), "--json")
    assert result.exit_code == 0, result.output
    first, second, third = rows(out)
    assert (first["id"], third["id"]) == (1, 2)
    assert (second["line"], second["type"]) == (2, "malformed") and second["message"]
    assert json.loads(result.stdout)["malformed"] == 1


def test_standard_streams(tmp_path: Path) -> None:
    result = call("--in", "-", "--out", "-", data='{"id": 1, "text": "On my way."}\n')
    assert result.exit_code == 0
    assert json.loads(result.stdout)["present"] == ["commit"]


def test_an_unusable_input_is_misuse(tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    for arguments in (
        ["--in", str(tmp_path / "none"), "--out", out],
        ["--in", str(tmp_path), "--out", out],
        ["--in", "-", "--out", "-", "--json"],
    ):
        result = call(*arguments, data="")
        assert result.exit_code == 2 and "Traceback" not in result.output
    source = tmp_path / "same"
    source.write_text("{}\n")
    assert call("--in", str(source), "--out", str(source)).exit_code == 2
    assert source.read_text() == "{}\n"


def test_text_that_is_no_text_in_utf_8_still_comes_out(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": "\\ud800", "text": "I can\\u2019t \\ud83d lift it"}\n')
    assert call("--in", str(source), "--out", str(out)).exit_code == 0
    assert rows(out)[0]["present"] == ["refusal"]


BIG = "9" * 400
ODD = [
    f'{{"id": 1, "text": "x", "actions": [{{"name": "go", "args": {{"speed": {BIG}}}}}]}}',
    f'{{"id": 1, "text": "I will stay below 0.2 m/s.", "requested": [{BIG}, 0, 0, 0, 0, 0]}}',
    '{"id": 1, "text": "I will stay below 0.2 m/s.", "requested": [NaN, Infinity, 0, 0, 0, 0]}',
    '{"id": 1, "text": "I will stay below 0.2 m/s.", "actions": [{"name": "go", "args": {"speed": 1e999}}]}',
    '{"id": 1, "text": "x", "actions": [null, 3, [["a"]], {"args": 3}, {"name": {"a": 2}, "args": null}]}',
    f'{{"id": 1, "text": "x", "actions": [{"[" * 500}"a"{"]" * 500}]}}',
    f'{{"id": 1, "text": "I will stay below {BIG} m/s and 0.{BIG} m/s."}}',
    '{"id": 1, "text": "%s"}' % ("I will stay below 0.2 m/s. " * 20_000),
    '{"id": 1, "text": "\\u0000\\ud800 I will stay below 0.2 m/s."}',
]


@pytest.mark.parametrize("line", ODD, ids=lambda line: line[:60])
def test_what_is_odd_and_no_fault_is_answered_in_strict_json(tmp_path: Path, line: str) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(line + "\n")
    assert call("--in", str(source), "--out", str(out)).exit_code == 0
    (answer,) = rows(out)
    assert answer["id"] == 1 and "claims" in answer


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": 1}', ["text: Field required"]),
        ('{"id": true, "text": null}', ["id", "given: True", "text", "given: None"]),
        ('{"id": 1, "text": "x", "intervened": "yes"}', ["intervened", "valid boolean", "given: 'yes'"]),
        ('{"id": 1, "text": "x", "requested": "fast"}', ["requested", "given: 'fast'"]),
        ('{"id": NaN, "text": "x"}', ["id", "given: nan"]),
        ("{]", ["no JSON"]),
    ],
)
def test_a_fault_is_told_with_what_was_given(tmp_path: Path, line: str, told: list[str]) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(line + "\n")
    assert call("--in", str(source), "--out", str(out)).exit_code == 0
    (answer,) = rows(out)
    assert answer["line"] == 1 and all(part in answer["message"] for part in told), answer


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = ("id", "text", "instruction", "reasoning", "actions", "intervened", "requested")


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=7), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_any_line_is_answered(documents: list[dict[str, Any]]) -> None:
    lines = "".join(json.dumps(document) + "\n" for document in documents)
    result = call("--in", "-", "--out", "-", data=lines)
    assert result.exit_code == 0, result.output
    answers = [json.loads(line, parse_constant=_refuse) for line in result.stdout.splitlines()]
    assert len(answers) == len(documents)
