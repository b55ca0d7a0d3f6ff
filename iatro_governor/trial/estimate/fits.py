"""Curves through shares measured at a few doses: rising by order alone, and logistic in the log of the dose."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

STEPS = 40
RIDGE = 1e-3
"""Of the slope and the height alike: keeps a fit finite where effect sets in between two doses."""


def isotonic(shares: np.ndarray) -> np.ndarray:
    """The nearest never falling values to each row of ``shares`` (..., D) by least squares.

    ``max over i <= k of min over j >= k of the mean of i..j`` (Robertson, Wright and Dykstra 1988, section 1.4), for
    all rows at once; scipy has it a row at a time.
    """
    size = shares.shape[-1]
    ends = np.cumsum(shares, axis=-1)
    starts = np.concatenate((np.zeros_like(shares[..., :1]), ends[..., :-1]), axis=-1)
    first, last = np.indices((size, size))
    means = (ends[..., None, :] - starts[..., :, None]) / np.maximum(last - first + 1, 1)
    means = np.where(last >= first, means, np.inf)
    least = np.minimum.accumulate(means[..., ::-1], axis=-1)[..., ::-1]
    least = np.where(last >= first, least, -np.inf)
    fitted: np.ndarray = least.max(axis=-2)
    return fitted


def crossing(doses: np.ndarray, values: np.ndarray, level: np.ndarray | float) -> np.ndarray:
    """The least dose at which each row of never falling ``values`` (..., D) reaches ``level`` (...); inf: never.

    Straight between doses; where the first dose is there already, it is the least that was tried.
    """
    reached = values >= np.asarray(level)[..., None] - 1e-12
    at = np.argmax(reached, axis=-1)
    before = np.maximum(at - 1, 0)

    def pick(rows: np.ndarray, place: np.ndarray) -> np.ndarray:
        return np.take_along_axis(rows, place[..., None], axis=-1)[..., 0]

    low, high = pick(values, before), pick(values, at)
    share = np.where(high > low, (level - low) / np.where(high > low, high - low, 1.0), 1.0)
    found = doses[before] + np.clip(share, 0, 1) * (doses[at] - doses[before])
    return np.where(reached.any(axis=-1), found, np.inf)


@dataclass(frozen=True, slots=True)
class Logistic:
    """``top / (1 + exp(-(height + slope ln d)))``; Hill's curve with ED50 = exp(-height / slope)."""

    height: float
    slope: float
    top: float = 1.0

    def at(self, dose: float) -> float:
        """The share at ``dose``; at 0 there is none."""
        return 0.0 if dose <= 0 else self.top / (1 + math.exp(-(self.height + self.slope * math.log(dose))))

    def dose(self, share: float) -> float | None:
        """The dose with ``share`` of the top, tried or not; None where the curve does not rise."""
        if self.slope <= 0 or not 0 < share < 1:
            return None
        power = (math.log(share / (1 - share)) - self.height) / self.slope
        return math.exp(power) if abs(power) < 50 else None


def logistic(
    doses: np.ndarray, shares: np.ndarray, runs: float, tops: Sequence[float] = (1.0,)
) -> Logistic | None:
    """Fit to ``shares`` (D) of ``runs`` each, by the likeliest of ``tops``; None with under two doses above 0.

    Dose 0 is left out: its logarithm is none, and the caller takes its share off.
    """
    use = doses > 0
    if use.sum() < 2:
        return None
    x, y = np.log(doses[use]), shares[use]
    fits = [_newton(x, np.clip(y / top, 0, 1), runs, top) for top in tops if top > 0]
    return max(fits, key=lambda fit: _likelihood(fit, x, y, runs), default=None)


def _newton(x: np.ndarray, y: np.ndarray, runs: float, top: float) -> Logistic:
    """Newton's steps on the penalised likelihood."""
    design, beta = np.stack((np.ones_like(x), x), axis=1), np.zeros(2)
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        gradient = runs * design.T @ (y - p) - RIDGE * beta
        curvature = runs * (design.T * (p * (1 - p))) @ design + RIDGE * np.eye(2)
        step = np.clip(np.linalg.solve(curvature, gradient), -4, 4)
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    return Logistic(float(beta[0]), float(beta[1]), top)


def _likelihood(fit: Logistic, x: np.ndarray, y: np.ndarray, runs: float) -> float:
    p = np.clip(fit.top / (1 + np.exp(-np.clip(fit.height + fit.slope * x, -30, 30))), 1e-9, 1 - 1e-9)
    penalty = RIDGE / 2 * (fit.height**2 + fit.slope**2)
    return float(runs * np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) - penalty)
