"""From a finished run to its row of the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from iatro_governor.governor.decision import Action, Decision, State
from iatro_governor.trial.besides import SideHarm, Track, side_harms
from iatro_governor.trial.course import Span
from iatro_governor.trial.family import Family
from iatro_governor.trial.outcomes import Outcome
from iatro_governor.trial.robots import RobotKind
from iatro_governor.trial.severity import Severities
from iatro_governor.trial.treatment import Treatment

STOPS = {State.CONTROLLED_STOP: 1, State.PROTECTIVE_STOP: 2, State.TRAPPED: 3}
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Interventions:
    """What a governor did in a run: see the fields of ``Outcome`` with these names; ``at`` (s): the hardest stop."""

    stops: int = 0
    alarms: int = 0
    modified: int = 0
    stop_mode: str | None = None
    at: float | None = None
    binding: tuple[str, ...] = ()


def interventions(decisions: Iterable[Decision], spans: Sequence[Span]) -> Interventions:
    """Counted while a plan is under way: that the robot is held when nobody commands it is no intervention.

    Channels of one robot stop together: of what is the same for all, the channel with the most counts.
    """
    tallies: dict[str, _Tally] = {}
    for decision in decisions:
        tally = tallies.setdefault(decision.channel, _Tally())
        if any(span.start <= decision.t <= (span.end or np.inf) for span in spans):
            tally.add(decision)
        else:
            tally.rest()
    if not tallies:
        return Interventions()
    each = list(tallies.values())
    worst = max(each, key=lambda tally: tally.hardest)
    binding = set[str]().union(*(tally.binding for tally in each))
    return Interventions(
        max(tally.stops for tally in each),
        max(tally.alarms for tally in each),
        sum(tally.modified for tally in each),
        worst.mode,
        worst.at,
        tuple(sorted(binding)),
    )


@dataclass(slots=True)
class _Tally:
    """Of one channel."""

    stops: int = 0
    alarms: int = 0
    modified: int = 0
    hardest: int = 0
    mode: str | None = None
    at: float | None = None
    binding: set[str] = field(default_factory=set)
    _rank: int = 0
    _faults: frozenset[str] = frozenset()
    _latch: str = ""

    def rest(self) -> None:
        """Nothing is under way."""
        self._rank, self._faults = 0, frozenset()

    def add(self, decision: Decision) -> None:
        """One decision while something is."""
        rank = STOPS.get(decision.state, 0)
        self.stops += bool(rank and not self._rank)
        if rank > self.hardest:
            self.hardest, self.at = rank, decision.t
            self.mode = "controlled" if decision.stop is None else decision.stop.mode
        faults = frozenset(fault.name for fault in decision.faults)
        self.alarms += 0 if rank else len(faults - self._faults)
        if decision.latch is not None and decision.latch.id != self._latch:
            self._latch, self.alarms = decision.latch.id, self.alarms + 1
        self.modified += decision.on_command and decision.action is not Action.PASS
        self.binding.update(limit.name for limit in decision.limits)
        self._rank, self._faults = rank, faults


def row(
    family: Family,
    kind: RobotKind,
    treatment: Treatment,
    severities: Severities,
    scenario: Any,
    result: Any,
    robot: str,
    config_hash: str,
    labels: Sequence[str],
) -> Outcome:
    """The row of ``result``, which came of ``scenario``, drawn of ``family``, under ``treatment``."""
    trace = result.trace
    track = Track(trace.t, kind.speeds(trace), kind.places(trace), kind.mass)
    beside = list(side_harms(family.besides(result.seed), track))
    harms = severities.all([*result.harms, *beside])
    did = interventions(result.decisions, result.spans)
    at = _moment([*result.harms, *beside], severities, did.at, result.duration)
    done, of = result.tasks_done
    return Outcome(
        robot=robot,
        family=family.name,
        kind=family.model.kind,
        scenario="drawn",
        seed=result.seed,
        treatment="governed" if treatment.governed else "ungoverned",
        dose=treatment.dose,
        doses=dict(treatment.doses),
        off=treatment.off,
        harms=harms,
        task_done=None if not of else done == of,
        deadline_s=_deadline(scenario),
        duration_s=round(result.duration, DIGITS),
        stops=did.stops,
        alarms=did.alarms,
        commands=result.commands,
        modified=min(did.modified, result.commands),
        moment=_facts(kind, trace, at, family.model.truths),
        stop_mode=did.stop_mode,
        binding=did.binding,
        labels=tuple(labels),
        config_hash=config_hash,
        replay=f"{family.name} seed {result.seed}",
    )


def _deadline(scenario: Any) -> float | None:
    limits = [plan.task.within_s for plan in scenario.plans if plan.task is not None]
    return max(limits, default=None)


def _moment(harms: Sequence[Any | SideHarm], severities: Severities, stop: float | None, end: float) -> float:
    """When to look: at the worst harm, else at the hardest stop, else at the end, s."""
    if harms:
        return float(max(harms, key=lambda harm: (severities.of(harm), -harm.t)).t)
    return end if stop is None else stop


def _facts(kind: RobotKind, trace: Any, at: float, truths: Mapping[str, bool]) -> dict[str, bool | float]:
    if not len(trace.t):
        return dict(truths)
    index = int(np.argmin(np.abs(trace.t - at)))
    numbers = {name: round(value, DIGITS) for name, value in kind.seen(trace, index).items()}
    return {**{name: value for name, value in numbers.items() if np.isfinite(value)}, **truths}
