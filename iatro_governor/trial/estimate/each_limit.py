"""What each limit does by itself: the governor with it against the governor without it, all else equal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from iatro_governor.trial.estimate.dose_response import Response, respond
from iatro_governor.trial.estimate.interval import Estimate, between, rounded
from iatro_governor.trial.estimate.sample import Sample
from iatro_governor.trial.estimate.score import AT
from iatro_governor.trial.estimate.signs import holm, sign_flip
from iatro_governor.trial.estimate.table import AS_CONFIGURED, Spec, Table
from iatro_governor.trial.estimate.ti_s import TiS, ti_s
from iatro_governor.trial.estimate.weights import Weights

ALPHA = 0.05
Finding = Literal["helps", "harms", "no effect seen", "undecided"]
Against = Literal["left out", "alone"]


@dataclass(frozen=True, slots=True)
class LimitEffect:
    """One limit, measured ``against`` the governor that leaves it out, or ``alone`` against one that has none."""

    name: str
    against: Against
    index: TiS
    net: Estimate
    """Harm-equivalents an hour: prevented less caused, lost tasks and attention."""
    p: float
    """That ``net`` is chance, two-sided, corrected for all limits (Holm)."""
    finding: Finding
    response: Response | None
    """Over its own strictness, all other limits as configured; None where it was not varied."""

    def to_json(self) -> dict[str, Any]:
        """As ti_s.json has it."""
        return {
            "against": self.against,
            "finding": self.finding,
            "net": self.net.to_json(),
            "p": rounded(self.p),
            **self.index.to_json(),
            "response": None if self.response is None else self.response.to_json(),
        }


def each_limit(table: Table, weights: Weights, seed: int = 0) -> list[LimitEffect]:
    """Every limit that was left out or tried alone, in the profile's order; of both, left out says more."""
    samples = [
        (name, *found) for name in table.limits if (found := _sample(table, name, weights)) is not None
    ]
    ps = holm([_two_sided(sample) for _, _, sample in samples])
    return [
        _effect(name, against, sample, p, _response(table, name, weights, seed), weights, seed)
        for (name, against, sample), p in zip(samples, ps, strict=True)
    ]


def _sample(table: Table, name: str, weights: Weights) -> tuple[Against, Sample] | None:
    without, alone, none = table.without(name), table.only(name), table.only()
    if table.twins([AS_CONFIGURED, without]):
        return "left out", table.sample([AS_CONFIGURED], without, weights)
    if alone != none and table.twins([alone, none]):
        return "alone", table.sample([alone], none, weights)
    return None


def _two_sided(sample: Sample) -> float:
    net = sample.column("net")[0]
    return min(1.0, 2 * min(sign_flip(net), sign_flip(-net)))


def _effect(
    name: str,
    against: Against,
    sample: Sample,
    p: float,
    response: Response | None,
    weights: Weights,
    seed: int,
) -> LimitEffect:
    index = ti_s(sample, weights, seed=seed)
    drawn = sample.resampled(seed)[:, 0]
    hours = index.hours
    net = between(float(sample.totals[0, AT["net"]]) / hours, drawn[:, AT["net"]] / drawn[:, AT["hours"]])
    return LimitEffect(name, against, index, net, p, _finding(sample, p), response)


def _finding(sample: Sample, p: float) -> Finding:
    told = sample.totals[0]
    if not sample.scores[0, :, AT["net"]].any() and not told[AT["prevented"]] and not told[AT["caused"]]:
        return "no effect seen"
    if p >= ALPHA:
        return "undecided"
    return "helps" if told[AT["net"]] > 0 else "harms"


def _response(table: Table, name: str, weights: Weights, seed: int) -> Response | None:
    """Over the limit's own strictness, against the governor without it."""
    without = table.without(name)
    alone = [dict(spec.doses)[name] for spec in table.treated if _varies(spec, name)]
    doses = sorted({*alone, *([1.0] if table.has(AS_CONFIGURED) else [])})
    if not alone or not table.has(without):
        return None
    specs = [AS_CONFIGURED if d == 1 else replace(AS_CONFIGURED, doses=frozenset({(name, d)})) for d in doses]
    return respond(doses, table.sample(specs, without, weights), seed)


def _varies(spec: Spec, name: str) -> bool:
    return spec.dose == 1 and not spec.off and {limit for limit, _ in spec.doses} == {name}
