"""Effect and harm of the treatment over its dose: E(d), T(d), the doses that matter, and the window between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from iatro_governor.trial.estimate.falls import Fall, falls
from iatro_governor.trial.estimate.fits import Logistic, crossing, isotonic, logistic
from iatro_governor.trial.estimate.interval import NOTHING, Estimate, between, none_seen, rounded
from iatro_governor.trial.estimate.sample import DRAWS, Sample
from iatro_governor.trial.estimate.score import AT

LEAST_EFFECT = 0.1
"""A largest effect of less than this share of the harm at stake has no ED95: 95% of next to nothing is nothing."""
TOPS = 9
"""So many heights, from the largest effect seen to 1, are tried as what the effect levels off at."""
EFFECTS = {"ed50": 0.5, "ed95": 0.95, "ed99": 0.99}
"""Shares of the largest effect."""
HARMS = {"td1": 0.01, "td5": 0.05, "td50": 0.5}
"""Harm and lost tasks a run, at most 1 each."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve over the doses: measured ``shares`` (D), the never falling ``fit`` (D), and the logistic one."""

    shares: tuple[Estimate, ...]
    fit: tuple[float, ...]
    logistic: Logistic | None
    base: float
    """The share at dose 0, which the logistic curve stands on (Abbott 1925)."""
    falls: tuple[Fall, ...]

    def smooth(self, dose: float) -> float | None:
        """The logistic curve's share at ``dose``."""
        return None if self.logistic is None else self.base + (1 - self.base) * self.logistic.at(dose)


NO_CURVE = Curve((), (), None, 0.0, ())


@dataclass(frozen=True, slots=True)
class Response:
    """Effect (share of harm at stake that was prevented) and harm (a run) over rising ``doses`` (D)."""

    doses: tuple[float, ...]
    runs: int
    at_stake: float
    """Harm-equivalents of the references."""
    effect: Curve
    harm: Curve
    points: dict[str, Estimate]
    """ED50, ED95, ED99 and TD1, TD5, TD50, by the names in ``EFFECTS`` and ``HARMS``."""

    @property
    def empty(self) -> bool | None:
        """Whether no dose helps without harm; None: no effect is large enough to have an ED95."""
        ed95, td5 = self.points["ed95"].value, self.points["td5"].value
        return None if ed95 is None else td5 is not None and td5 <= ed95

    def ratio(self, harm: str, effect: str) -> float | None:
        """For example TD50 / ED50, by what was measured; None where either was not reached."""
        top, bottom = self.points[harm].value, self.points[effect].value
        return top / bottom if top is not None and bottom else None

    def smooth_ratio(self, harm: str, effect: str) -> float | None:
        """The same by the logistic curves, which go on beyond the doses that were tried."""
        if self.harm.logistic is None or self.effect.logistic is None:
            return None
        top, bottom = (
            self.harm.logistic.dose(_above(HARMS[harm], self.harm.base)),
            self.effect.logistic.dose(EFFECTS[effect]),
        )
        return None if top is None or bottom is None else top / bottom

    def to_json(self) -> dict[str, Any]:
        """As ti_s.json has it."""
        return {
            "doses": list(self.doses),
            "runs": self.runs,
            "at_stake": rounded(self.at_stake),
            "effect": _told(self.effect),
            "harm": _told(self.harm),
            "points": {name: point.to_json() for name, point in self.points.items()},
            "ratios": {
                f"{harm}/{effect}": {
                    "measured": rounded(self.ratio(harm, effect)),
                    "logistic": rounded(self.smooth_ratio(harm, effect)),
                }
                for harm, effect in (("td50", "ed50"), ("td1", "ed99"))
            },
            "window": {
                "ed95": rounded(self.points["ed95"].value),
                "td5": rounded(self.points["td5"].value),
                "empty": self.empty,
            },
        }


def respond(doses: Sequence[float], sample: Sample, seed: int = 0, draws: int = DRAWS) -> Response:
    """E and T at each of rising ``doses`` (D), from ``sample`` of D treatments against what is without."""
    if not doses or not sample.twins:
        return Response(tuple(doses), 0, 0.0, NO_CURVE, NO_CURVE, dict.fromkeys([*EFFECTS, *HARMS], NOTHING))
    drawn = sample.resampled(seed, draws)
    at_stake = float(sample.totals[0, AT["at_stake"]])
    effect = _effect(doses, sample, drawn, at_stake)
    harm = _harm(doses, sample, drawn)
    axis = np.array(doses)
    rising = _rising(effect)
    points = {
        name: _effective(axis[:rising], effect, drawn[:, :rising], share) for name, share in EFFECTS.items()
    }
    points |= {name: _harmful(axis, harm, drawn, level) for name, level in HARMS.items()}
    return Response(tuple(doses), sample.twins, at_stake, effect, harm, points)


def _effect(doses: Sequence[float], sample: Sample, draws: np.ndarray, at_stake: float) -> Curve:
    prevented = sample.scores[:, :, AT["prevented"]]
    found = falls(doses, sample.column("prevented"), at_stake)
    if at_stake <= 0:
        none = tuple(Estimate(None, 0.0, 1.0) for _ in doses)
        return Curve(none, (0.0,) * len(doses), None, 0.0, ())
    values = prevented.sum(axis=1) / at_stake
    harmed, leaked = sample.totals[0, AT["harmed"]], sample.totals[:, AT["leaked"]]
    shares = tuple(
        _opened(
            between(float(value), _effects(draws)[:, place]),
            none_seen(harmed),
            leaked[place] == 0,
            value == 0,
        )
        for place, value in enumerate(values)
    )
    return _curve(doses, values, shares, float(harmed), True, found)


def _harm(doses: Sequence[float], sample: Sample, draws: np.ndarray) -> Curve:
    toxicity = sample.scores[:, :, AT["toxicity"]]
    runs = max(sample.twins, 1)
    values = toxicity.sum(axis=1) / runs
    spread = _harms(draws)
    shares = tuple(
        _opened(between(float(value), spread[:, place]), none_seen(sample.twins), False, value == 0)
        for place, value in enumerate(values)
    )
    return _curve(
        doses, values, shares, float(runs), False, falls(doses, sample.column("toxicity"), float(runs))
    )


def _curve(
    doses: Sequence[float],
    values: np.ndarray,
    shares: tuple[Estimate, ...],
    runs: float,
    plateau: bool,
    found: list[Fall],
) -> Curve:
    fit = isotonic(values)
    base = float(fit[0]) if doses[0] == 0 else 0.0
    above = np.array([_above(value, base) for value in values])
    highest = float(above.max())
    tops = np.linspace(highest, 1.0, TOPS).tolist() if plateau else [1.0]
    curve = logistic(np.array(doses), above, runs, tops) if highest > 0 else None
    return Curve(shares, tuple(float(v) for v in fit), curve, base, tuple(found))


def _above(share: float, base: float) -> float:
    """What is left of ``share`` over the ``base`` that no dose explains (Abbott's correction)."""
    return max(share - base, 0.0) / (1 - base) if base < 1 else 0.0


def _rising(effect: Curve) -> int:
    """How many doses belong to the rising part: all, or those up to the largest effect where it falls."""
    if not effect.falls:
        return len(effect.shares)
    values = [share.value or 0.0 for share in effect.shares]
    return int(np.argmax(values)) + 1


def _effective(doses: np.ndarray, effect: Curve, draws: np.ndarray, share: float) -> Estimate:
    values = np.array([[estimate.value or 0.0 for estimate in effect.shares[: len(doses)]]])
    found = _effective_doses(doses, values, share)
    return between(float(found[0]), _effective_doses(doses, _effects(draws), share))


def _effective_doses(doses: np.ndarray, values: np.ndarray, share: float) -> np.ndarray:
    """The dose with ``share`` of each row's largest effect, (B); inf where that is too small to have one."""
    fit = isotonic(values)
    return np.where(fit[:, -1] >= LEAST_EFFECT, crossing(doses, fit, share * fit[:, -1]), np.inf)


def _harmful(doses: np.ndarray, harm: Curve, draws: np.ndarray, level: float) -> Estimate:
    found = crossing(doses, np.array([harm.fit]), level)
    return between(float(found[0]), crossing(doses, isotonic(_harms(draws)), level))


def _effects(draws: np.ndarray) -> np.ndarray:
    """E in each draw, (B, D); 0 where a draw has nothing at stake."""
    stake = draws[:, :, AT["at_stake"]]
    shares: np.ndarray = np.where(
        stake > 0, draws[:, :, AT["prevented"]] / np.where(stake > 0, stake, 1.0), 0.0
    )
    return shares


def _harms(draws: np.ndarray) -> np.ndarray:
    """T in each draw, (B, D)."""
    shares: np.ndarray = draws[:, :, AT["toxicity"]] / np.maximum(draws[:, :, AT["runs"]], 1e-9)
    return shares


def _opened(found: Estimate, left_open: float, all_of_it: bool, none_of_it: bool) -> Estimate:
    """The interval of a share of 0 or 1, which draws alone would make a point, by the rule of three."""
    if all_of_it and found.low is not None:
        return Estimate(found.value, min(found.low, 1 - left_open), found.high)
    if none_of_it and found.high is not None:
        return Estimate(found.value, found.low, max(found.high, left_open))
    return found


def _told(curve: Curve) -> dict[str, Any]:
    fit = curve.logistic
    return {
        "shares": [share.to_json() for share in curve.shares],
        "isotonic": [rounded(value) for value in curve.fit],
        "logistic": None
        if fit is None
        else {
            "height": rounded(fit.height),
            "slope": rounded(fit.slope),
            "top": rounded(fit.top),
            "base": rounded(curve.base),
        },
        "falls": [fall.to_json() for fall in curve.falls],
    }
