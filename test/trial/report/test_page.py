"""The report: what has to be read first is first, names are no markup, and what is missing is said."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from iatro_governor.errors import TrialError
from iatro_governor.trial.analysis import analyse, estimate, write_json
from iatro_governor.trial.estimate.contraindications import Labelled
from iatro_governor.trial.estimate.weights import Weights
from iatro_governor.trial.manifest import OUTCOMES, write_manifest
from iatro_governor.trial.outcomes import write
from iatro_governor.trial.report import words
from iatro_governor.trial.report.page import CURVES, render, write_page
from test.trial.estimate.synthetic import OWN, PREVENTABLE, Treatment, hill, run, sweep
from test.trial.report.conftest import DOSES, manifest, rows


def text(page: str) -> str:
    """What a reader sees of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL))


def test_an_empty_window_is_said_before_any_number() -> None:
    found = sweep(Treatment(hill(2.0, 4.0), hill(0.5, 4.0)), DOSES, 8, 0)
    page = text(render(estimate(found, manifest(len(found)), Weights(), [])))
    assert "The therapeutic window is empty" in page
    assert page.index("The therapeutic window is empty") < page.index("TI-S")


def test_nothing_at_stake_is_no_missing_effect() -> None:
    found = [run(treatment="ungoverned", dose=0.0), run(), run(dose=2.0)]
    (said, *_) = words.first(estimate(found, manifest(3), Weights(), []))
    assert said.startswith("No ungoverned run harms")


def test_an_effect_that_falls_is_said_first() -> None:
    found = sweep(Treatment(lambda d: 0.9 if d == 1 else 0.1 if d else 0.0, lambda d: 0.0), DOSES, 8, 0)
    assert any(
        "prevents less" in line for line in words.first(estimate(found, manifest(len(found)), Weights(), []))
    )


def test_missing_runs_are_counted() -> None:
    found = rows()
    analysis = estimate(found, manifest(len(found) + 5), Weights(), [])
    assert analysis.partial == 5
    assert any("5 of" in line for line in words.first(analysis))


def test_names_are_text_and_no_markup() -> None:
    nasty = "<img src=x onerror=alert(1)>"
    found = [replace(row, family=nasty) for row in rows()]
    page = render(estimate(found, manifest(len(found), scenarios=nasty), Weights(), []))
    assert nasty not in page
    assert "<script" not in page
    assert "&lt;img" in page


def test_a_table_with_one_run_makes_a_page_that_says_what_is_missing() -> None:
    page = text(render(estimate([run()], manifest(1), Weights(), [Labelled("limit", "obstacles", ())])))
    assert "there are no curves" in page
    assert "so there is no TI-S" in page
    assert "No limit was left out" in page
    assert "No pairs were tried" in page
    assert "No governed run harmed" in page
    assert "nan" not in page.lower().split()


def test_no_runs_are_refused_with_the_command_that_makes_them(tmp_path: Path) -> None:
    write_manifest(tmp_path, manifest(1))
    with pytest.raises(TrialError, match="iatro trial run"):
        analyse(tmp_path)
    write(tmp_path / OUTCOMES, [])
    with pytest.raises(TrialError, match="holds no runs"):
        analyse(tmp_path)


def test_the_stop_that_a_follower_runs_into_is_in_it_and_documented(campaign: Path) -> None:
    analysis = analyse(campaign)
    stop = [one for one in analysis.contraindications.found if one.of == "stop"]
    assert [(one.name, one.rule.text(), one.documented) for one in stop] == [
        ("protective", "follower_close", True)
    ]
    shown = {
        (row.name, row.when): row.shown for row in analysis.contraindications.documented if row.of == "stop"
    }
    assert shown["protective", "follower_close"] == "shows"
    assert shown["protective", "payload_held"] == "not tried"


def test_labels_of_another_configuration_are_not_taken(campaign: Path) -> None:
    found = rows()
    write_manifest(campaign, manifest(len(found), config_hash="another"))
    analysis = analyse(campaign)
    assert "hash has changed" in analysis.unlabelled
    assert "What the configuration warns of is not known here" in text(render(analysis))
    assert not any(one.documented for one in analysis.contraindications.found)


def test_the_document_has_what_other_programs_rely_on(campaign: Path) -> None:
    told = json.loads(write_json(campaign, analyse(campaign)).read_text(encoding="utf-8"))
    assert set(told["ti_s"]) == {"value", "low", "high"}
    assert set(told["window"]) == {"ed95", "td5", "empty"}
    assert told["window"]["empty"] is False
    assert told["terms"]["c_confidence"] == "not measured"
    assert set(told["terms"]["b_h"]) == {"value", "low", "high"}
    assert told["per_limit"]["obstacles"]["finding"] == "helps"
    assert told["runs"] == len(rows())
    assert told["pairs"] == []


def test_the_same_campaign_gives_the_same_bytes(campaign: Path) -> None:
    first = write_json(campaign, analyse(campaign)).read_bytes()
    page = write_page(campaign, analyse(campaign)).read_bytes()
    assert write_json(campaign, analyse(campaign)).read_bytes() == first
    assert write_page(campaign, analyse(campaign)).read_bytes() == page


def test_the_curves_are_a_picture_of_their_own(campaign: Path) -> None:
    write_page(campaign, analyse(campaign))
    root = ElementTree.parse(campaign / CURVES).getroot()
    assert root.tag.endswith("svg")
    circles = [element for element in root.iter() if element.tag.endswith("circle")]
    assert len(circles) == 2 * len(DOSES)
    assert any("window" in (element.text or "") for element in root.iter())


def test_the_worst_runs_come_with_the_command_that_plays_them_again(campaign: Path) -> None:
    analysis = analyse(campaign)
    assert analysis.worst[0].harm == max(
        r.harm for r in rows() if r.dose == 1 and not r.off and r.treatment == "governed"
    )
    command = words.again(analysis, analysis.worst[0])
    assert (
        f"--scenarios {analysis.worst[0].family} --seed {analysis.worst[0].seed} --seeds 1 --doses 1"
        in command
    )
    assert command in text(render(analysis))
    assert {OWN, PREVENTABLE} & set(analysis.worst[0].harms)
