"""The report of a campaign as one page: no script, no network, and it prints."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from iatro_governor.trial.analysis import Analysis
from iatro_governor.trial.estimate.ti_s import COSTS, NOT_MEASURED
from iatro_governor.trial.report import words
from iatro_governor.trial.report.figure import figure

PAGE, CURVES = "report.html", "curves.svg"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
MOST_PAIRS = 20


def write_page(folder: Path, analysis: Analysis) -> Path:
    """Write the page and the overall curves into the campaign's folder; returns the page's path."""
    (folder / CURVES).write_text(figure(analysis.response, _title(analysis)) + "\n", encoding="utf-8")
    path = folder / PAGE
    path.write_text(render(analysis), encoding="utf-8")
    return path


def render(analysis: Analysis) -> str:
    """The page as text; everything from the campaign is escaped."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(number=words.number, interval=words.interval, window=words.window)
    css = _asset("iatro_governor.review", "report.css") + _asset("iatro_governor.trial.report", "trial.css")
    return environment.from_string(_asset("iatro_governor.trial.report", "trial.html.j2")).render(
        policy=POLICY,
        css=Markup(css),
        a=analysis,
        first=words.first(analysis),
        curves=figure(analysis.response, _title(analysis)),
        terms=words.TERMS,
        costs=COSTS,
        not_measured=NOT_MEASURED,
        not_modelled=words.NOT_MODELLED,
        pairs=[pair for pair in analysis.pairs if pair.antagonistic or pair.toxic][:MOST_PAIRS],
        worst=[(run, words.again(analysis, run)) for run in analysis.worst],
        empty=[family for family in analysis.families if family.response.empty],
    )


def _title(analysis: Analysis) -> str:
    return f"Effect and harm over the dose: {analysis.manifest.robot}"


def _asset(package: str, name: str) -> str:
    return (resources.files(package) / "assets" / name).read_text(encoding="utf-8")
