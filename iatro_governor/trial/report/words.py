"""What the numbers of an analysis are in words: for the page and for the terminal alike."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator

from iatro_governor.trial.analysis import Analysis
from iatro_governor.trial.estimate.dose_response import Response
from iatro_governor.trial.estimate.falls import Fall
from iatro_governor.trial.estimate.interval import Estimate
from iatro_governor.trial.outcomes import Outcome

NOT_MODELLED = (
    "A harm that both twins have counts as neither prevented nor caused, however much milder it is in one of them.",
    "People walk and stand by a few rules. Nobody learns to rely on the robot, or works around it.",
    "Planners are scripted. None changes its plan because it was stopped.",
    "What a stop does to a follower, a load or on a slope comes from models of a line or two, driven by the speeds "
    "that the robot really had (iatro_governor/plant/side_effects.py).",
    "Sensors have noise and no dirt, glass, rain or sun; tyres and floors are as one number says.",
    "TI-S holds for this mix of scenarios. Another site has another mix: read the families, not only the one number.",
)
"""The honest limits of the plant, and of what was counted."""
TERMS = {
    "b_h": "Harm prevented",
    "c_direct": "Harm caused, tasks lost",
    "c_attention": "Stops and alarms",
    "c_hedging": "Plans that sound careful and would harm",
    "c_confidence": "People relying on it",
    "c_disclosure": "Telling attackers about it",
}


def number(value: float | None, digits: int = 3) -> str:
    """To a few significant digits; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.{digits}g}" if abs(value) < 1000 else f"{value:,.0f}"


def interval(found: Estimate) -> str:
    """As ``12.1 [8.4, 15]``; what is open has a dash."""
    return f"{number(found.value)} [{number(found.low)}, {number(found.high)}]"


def first(analysis: Analysis) -> list[str]:
    """What has to be read before any number: an empty window, an effect that falls, runs that are missing."""
    return [*_window(analysis.response), *_falls(analysis.response), *_rest(analysis)]


def _window(response: Response) -> Iterator[str]:
    ed95, td5 = response.points["ed95"].value, response.points["td5"].value
    if not response.runs:
        yield "No scenario was run at every dose and ungoverned, so there are no curves."
    elif not response.at_stake:
        yield "No ungoverned run harms anybody or anything: there was nothing to prevent."
    elif ed95 is None:
        yield "No dose prevents enough to speak of an effective one: there is no therapeutic window."
    elif response.empty:
        yield (
            f"The therapeutic window is empty: harm and lost tasks reach 5% of the runs at dose {number(td5)}"
            f"{' or under' if td5 == response.doses[0] else ''}, before "
            f"95% of the effect is reached at dose {number(ed95)}."
        )


def _falls(response: Response) -> Iterator[str]:
    if response.effect.falls:
        yield f"A stricter governor prevents less: {_fall(response.effect.falls[0])}. Fits end at the largest effect."
    if response.harm.falls:
        yield f"A stricter governor harms less: {_fall(response.harm.falls[0])}. The rising fit of harm hides that."


def _fall(fall: Fall) -> str:
    where = f"from dose {number(fall.low)} to {number(fall.high)}"
    return f"{where} by {100 * fall.by:.0f} points (p = {number(fall.p, 2)})"


def _rest(analysis: Analysis) -> Iterator[str]:
    if analysis.partial:
        yield f"The campaign is not finished: {analysis.partial:,} of {analysis.manifest.runs:,} runs are missing."
    if analysis.index.runs == 0:
        yield "There are no runs as configured (dose 1) with ungoverned twins, so there is no TI-S."
    if analysis.index.floored:
        yield (
            "Fewer costs were seen than so few hours can rule out. TI-S is reckoned with the rule of three in their "
            "place, and may be larger."
        )


def window(response: Response) -> str:
    """The window, in words; a dash where nothing was at stake."""
    if not response.at_stake:
        return "–"
    ed95, td5 = response.points["ed95"].value, response.points["td5"].value
    if ed95 is None:
        return "none"
    if response.empty:
        return "empty"
    return (
        f"{number(ed95)} to {number(td5)}"
        if td5 is not None
        else f"{number(ed95)} and stricter, as far as tried"
    )


def again(analysis: Analysis, run: Outcome) -> str:
    """The command that plays one run, and its ungoverned twin, again."""
    options = ["--profile", analysis.manifest.profile, "--scenarios", run.family, "--seed", str(run.seed)]
    return shlex.join(
        ["iatro", "trial", "run", *options, "--seeds", "1", "--doses", f"{run.dose:g}", "--out", "out/again"]
    )
