"""The page of the shipped profiles, as the tool writes it: exceptions first, and nothing of this machine."""

from __future__ import annotations

import importlib
from pathlib import Path

from iatro_governor.trial.analysis import estimate, write_json
from iatro_governor.trial.estimate.contraindications import Labelled
from iatro_governor.trial.estimate.weights import Weights
from test.trial.estimate.synthetic import Treatment, hill, sweep
from test.trial.report.conftest import DOSES, manifest, rows

# By its name: as a path of mypy's, the folder of the tools makes it a module of its own.
trial_page = importlib.import_module("tools.trial_page")


def written(folder: Path, found: list, labels: tuple[str, ...] = ()) -> str:
    stop = Labelled("stop", "protective", labels)
    write_json(folder, estimate(found, manifest(len(found), profile="/secret/place.yaml"), Weights(), [stop]))
    trial_page.main([str(folder), "--out", str(folder / "trial.md")])
    return (folder / "trial.md").read_text(encoding="utf-8")


def test_an_empty_window_comes_before_the_numbers(tmp_path: Path) -> None:
    page = written(tmp_path, sweep(Treatment(hill(2.0, 4.0), hill(0.5, 4.0)), DOSES, 8, 0))
    assert 0 < page.index("**The therapeutic window is empty**") < page.index("**TI-S**")


def test_what_no_label_warns_of_is_flagged(tmp_path: Path) -> None:
    assert "| follower_close | stop protective |" in written(tmp_path, rows())
    assert "**undocumented**" in written(tmp_path, rows())
    assert "**undocumented**" not in written(tmp_path, rows(), ("follower_close",))


def test_it_says_how_to_do_it_again_and_not_where_it_was_done(tmp_path: Path) -> None:
    page = written(tmp_path, rows())
    assert "iatro trial run --scenarios base" in page
    assert "not measured" in page
    assert "/secret" not in page
