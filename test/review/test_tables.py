"""The terminal: readable at 80 columns, safe whatever the planner wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from iatro_governor.cli.review import app
from iatro_governor.ledger import Ledger


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("IATRO_KEY", raising=False)
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_line_an_incident_within_80_columns(run: Callable[..., Result], sample: Path, plans: Any) -> None:
    result = run("list", sample)
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert max(map(len, lines)) <= 80
    for plan, line in zip(plans, lines[2:], strict=False):
        assert plan.verdict in line
        assert (plan.name or "(nothing said)") in line
    assert lines[-1] == f"{len(plans)} incidents"


@pytest.mark.parametrize("name", ["aisle-02", "claim-03", "refuse-05", "promise-07"])
def test_one_incident_within_80_columns(
    name: str, run: Callable[..., Result], sample: Path, plans: Any
) -> None:
    result = run("show", sample, name)
    (plan,) = [plan for plan in plans if plan.name == name]
    flat = " ".join(result.stdout.split())
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    for expected in (plan.verdict, plan.text, plan.reasoning, "chain sound, "):
        assert expected in flat
    if plan.speed:
        assert plan.limit[0] in flat
        assert f"source: {plan.limit[3]}" in flat
    else:
        assert "no command under this plan" in flat


def test_hostile_words_are_shown_and_not_obeyed(run: Callable[..., Result], sample: Path) -> None:
    result = run("show", sample, "hostile-11")
    assert result.exit_code == 0
    for shown in (
        "<script>alert(1)</script>",
        "[bold red]hello[/]",
        "\\x1b[2J\\x07",
        "\\u202e",
        "\\ud800",
        "[/] <img",
    ):
        assert shown in result.stdout
    assert not set(result.stdout) & set("\x1b\x07\u202e\ud800")


def test_json_is_one_document(run: Callable[..., Result], sample: Path, plans: Any) -> None:
    listed = json.loads(run("list", sample, "--json", "--severity", "3", "--sort", "severity").stdout)
    assert [incident["plan_id"] for incident in listed] == ["refuse-05", "claim-03"]
    shown = json.loads(run("show", sample, "hostile-11", "--json").stdout)
    assert shown["words"]["text"] == plans[-1].text
    assert shown["chain"]["sound"] is True
    assert shown["action"]["peaks"][0]["unit"] == "m/s"


def test_an_empty_ledger(run: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    Ledger.open(path, key=bytes(32), context="field", software_version="0").close()
    result = run("list", path)
    assert (result.exit_code, result.stdout) == (0, "No incidents.\n")
    assert run("list", path, "--json").stdout == "[]\n"
    assert run("show", path, "1").exit_code == 2


def test_the_chain_status_says_what_is_wrong(
    run: Callable[..., Result], tmp_path: Path, build_ledger: Any, plans: Any
) -> None:
    path = build_ledger(tmp_path / "ledger.db", plans[1:2])
    other = tmp_path / "other.key"
    other.write_text("ab" * 32)
    assert "NOT SOUND" in run("show", path, "aisle-02", "--key", other).stdout
    Path(f"{path}.key").unlink()
    assert "not checked: no key" in " ".join(run("show", path, "aisle-02").stdout.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "absent.db"),
        ("list", "text.db"),
        ("show", "absent.db", "1"),
        ("show", "{sample}", "nobody"),
        ("show", "{sample}", "aisle-02", "claim-03"),
        ("show", "aisle-02"),
        ("show", "{sample}", "aisle-02", "--key", "absent.key"),
        ("list", "{sample}", "--sort", "colour"),
        ("list", "{sample}", "--severity", "9"),
        ("report", "absent.db"),
    ],
)
def test_misuse_is_a_message_and_exit_2(
    arguments: tuple[str, ...],
    run: Callable[..., Result],
    sample: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("text.db").write_text("not a database\n" * 100)
    result = run(*(argument.format(sample=sample) for argument in arguments))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)
