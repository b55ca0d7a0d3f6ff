"""``iatro trial report``, ``compare`` and ``tune``: bad input ends with a message, good input with one document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iatro_governor.cli.main import main
from iatro_governor.trial.manifest import OUTCOMES, write_manifest
from iatro_governor.trial.outcomes import write
from test.trial.estimate.synthetic import Treatment, sweep
from test.trial.report.conftest import AMR, manifest, rows


def iatro(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, *words: str
) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    monkeypatch.setattr("sys.argv", ["iatro", "trial", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    return int(ended.value.code or 0), told.out, told.err


@pytest.mark.parametrize("command", [["report"], ["tune"], ["compare", "other"]])
def test_what_is_no_campaign_ends_with_a_message(command, tmp_path, monkeypatch, capsys) -> None:
    name, *rest = command
    code, out, err = iatro(monkeypatch, capsys, name, str(tmp_path), *rest)
    assert code == 2
    assert out == ""
    assert "no campaign" in err
    assert "Traceback" not in err


def test_a_line_that_is_no_run_is_named(campaign: Path, monkeypatch, capsys) -> None:
    with (campaign / OUTCOMES).open("a") as file:
        file.write('{"robot": "amr"}\n')
    code, _, err = iatro(monkeypatch, capsys, "report", str(campaign))
    assert code == 2
    assert f"outcomes.jsonl:{len(rows()) + 1}" in err


def test_bounds_the_wrong_way_round_are_refused(campaign: Path, monkeypatch, capsys) -> None:
    code, _, err = iatro(monkeypatch, capsys, "tune", str(campaign), "--least", "3", "--most", "2")
    assert code == 2
    assert "the other way round" in err


def test_weights_without_a_source_are_refused(campaign: Path, tmp_path, monkeypatch, capsys) -> None:
    path = tmp_path / "weights.yaml"
    path.write_text("task: {value: 0.5}\n", encoding="utf-8")
    code, _, err = iatro(monkeypatch, capsys, "report", str(campaign), "--weights", str(path))
    assert code == 2
    assert "task.source" in err


def test_a_report_is_written_and_is_one_document(campaign: Path, monkeypatch, capsys) -> None:
    code, out, _ = iatro(monkeypatch, capsys, "report", str(campaign), "--json")
    assert code == 0
    assert json.loads(out) == json.loads((campaign / "ti_s.json").read_text(encoding="utf-8"))
    assert (campaign / "report.html").is_file()
    code, out, _ = iatro(monkeypatch, capsys, "report", str(campaign))
    assert code == 0
    assert "TI-S" in out


def test_two_campaigns_are_compared(campaign: Path, tmp_path, monkeypatch, capsys) -> None:
    other = tmp_path / "other"
    other.mkdir()
    found = sweep(Treatment(lambda _: 0.2, lambda _: 0.3), (1.0,), 8, 0)
    write(other / OUTCOMES, found)
    write_manifest(other, manifest(len(found), config_hash="another"))
    code, out, _ = iatro(monkeypatch, capsys, "compare", str(campaign), str(other), "--json")
    told = json.loads(out)
    assert code == 0
    assert told["twins"] == 48
    assert told["changes"]["prevented"]["better"] is False
    assert told["differ"][0].startswith("configuration:")
    code, out, _ = iatro(monkeypatch, capsys, "compare", str(campaign), str(other))
    assert code == 0
    assert "worse" in out


def test_tuning_shows_the_numbers_and_changes_none(tmp_path, monkeypatch, capsys) -> None:
    before = AMR.read_bytes()
    effect, harm = {1.0: 0.3, 2.0: 0.9}, {1.0: 0.1, 2.0: 0.1}
    found = sweep(Treatment(lambda d: effect[d], lambda d: harm[d]), (1.0, 2.0), 20, 0)
    write(tmp_path / OUTCOMES, found)
    write_manifest(tmp_path, manifest(len(found)))
    code, out, _ = iatro(monkeypatch, capsys, "tune", str(tmp_path), "--json")
    told = json.loads(out)
    assert code == 0
    assert told["changes"]
    assert told["proposed"]["dose"] == 2.0
    speed = next(row for row in told["diff"] if (row["limit"], row["key"]) == ("travel_speed", "bound"))
    assert (speed["present"], speed["proposed"]) == (0.8, 0.4)
    assert speed["source"].startswith("stops within")
    assert AMR.read_bytes() == before
    code, out, _ = iatro(monkeypatch, capsys, "tune", str(tmp_path))
    assert code == 0
    assert "+ 0.4" in out


def test_no_better_dose_leaves_all_as_it_is(campaign: Path, monkeypatch, capsys) -> None:
    code, out, _ = iatro(monkeypatch, capsys, "tune", str(campaign), "--most", "1", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["changes"] is False
    assert told["diff"] == []
