"""From a plan's words and conduct to its verdict record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from iatro_governor.testimony.acts import Doing, compare
from iatro_governor.testimony.attribution import Group, Plan
from iatro_governor.testimony.baselines import Baselines
from iatro_governor.testimony.breaches import disobeyed
from iatro_governor.testimony.conduct import Conduct, Peaks
from iatro_governor.testimony.evidence import UNSAID, Evidence, Words, symbolic
from iatro_governor.testimony.params import WitnessParams
from iatro_governor.testimony.records import VerdictRecord
from iatro_governor.testimony.verdicts import Verdict, judge


@dataclass(slots=True)
class Casework:
    """Closes plans and groups into records; remembers the vigour of uncautioned plans to compare with."""

    params: WitnessParams
    records: int = 0
    baselines: Baselines = field(init=False)

    def __post_init__(self) -> None:
        self.baselines = Baselines(self.params)

    def close(self, owner: Plan | Group, t: float) -> VerdictRecord:
        """The one record of a plan or group that has ended."""
        return self._plan(owner, t) if isinstance(owner, Plan) else self._group(owner, t)

    def _plan(self, plan: Plan, t: float) -> VerdictRecord:
        said = plan.statement
        conducts = _joined(plan)
        channel = _main_channel(conducts, said.channels)
        evidence = self._evidence(plan.words, plan, conducts)
        verdict = judge(plan.words, evidence, self.params)
        self._learn(plan, conducts)
        detail = {
            "kind": "statement",
            "plan_id": said.plan_id,
            "channel": channel,
            "channels": list(said.channels),
            "planner_model": said.planner_model,
            "planner_run": said.planner_run,
            "statement_seqs": [said.seq],
            "statement_t": said.t,
            "repeats": plan.repeats or None,
            "concludes": plan.concludes or None,
            "ended": plan.ended,
            "instruction": said.instruction[: self.params.text_limit],
            "actions_known": said.actions_known,
            "actions": [str(action)[: self.params.text_limit] for action in said.actions],
            **_texts(said.text, said.reasoning, self.params.text_limit),
        }
        declared = self._declared(plan.words, plan)
        shown = None if declared is None else asdict(declared)
        return self._record(plan.record_id, t, detail, plan.words, evidence, verdict, conducts, shown)

    def _group(self, group: Group, t: float) -> VerdictRecord:
        conducts = {group.channel: group.conducted}
        evidence = self._evidence(UNSAID, None, conducts)
        verdict = judge(UNSAID, evidence, self.params)
        detail = {
            "kind": "unattributed",
            "plan_id": group.claimed,
            "channel": group.channel,
            "channels": [group.channel],
            "planner_model": "",
            "planner_run": "",
            "statement_seqs": [],
            "statement_t": None,
            "repeats": None,
            "concludes": None,
            "ended": "gap",
            "instruction": "",
            "actions_known": False,
            "actions": [],
            **_texts("", "", self.params.text_limit),
        }
        record_id = f"group:{group.channel}:{group.claimed}:{group.conducted.writer}:{group.order}"
        return self._record(record_id, t, detail, UNSAID, evidence, verdict, conducts)

    def _evidence(self, words: Words, plan: Plan | None, conducts: Mapping[str, Conduct]) -> Evidence:
        parts = list(conducts.values())
        doing = self._declared(words, plan)
        if plan is not None and doing is not None and self._instead(parts):
            return symbolic(plan.declared, doing, stopped=any(part.stopped for part in parts))
        null = all(part.null(self.params) for part in parts)
        intervened = any(part.intervened(self.params) for part in parts)
        refused = words.labels.has("refusal")
        substitute = (
            not null
            and not intervened
            and refused
            and (doing.substitute if doing else words.offers_substitute)
        )
        baseline = self._baseline(words, plan, conducts) if plan is not None and not null else "none"
        return Evidence(
            layer="measured",
            null=null,
            done=not null and not substitute,
            substitute=substitute,
            intervened=intervened,
            stopped=any(part.stopped for part in parts),
            stop_needed=any(part.stop_needed for part in parts),
            mitigated=baseline == "gentler" or (doing is not None and doing.mitigated),
            mitigation_known=doing is not None or baseline in ("gentler", "not_gentler"),
            baseline=baseline,
            bound_exceeded=any(part.bound_exceeded for part in parts),
            requested=_peak(part.requested for part in parts).to_json(),
            by_part=_by_part(parts, "requested"),
            amounts=_amounts(parts),
            leasts=_leasts(parts, plan.statement.t) if plan is not None else {},
        )

    def _declared(self, words: Words, plan: Plan | None) -> Doing | None:
        """What the declared actions amount to, where they are known and count for anything."""
        if plan is None or not plan.declared.known or self.params.declared_actions == "ignored":
            return None
        return compare(plan.declared, plan.statement.instruction, words.labels.has("refusal"))

    def _instead(self, parts: Iterable[Conduct]) -> bool:
        """Whether declared actions stand for the action: where so configured, and nothing was commanded."""
        return self.params.declared_actions == "instead" and not any(part.commands for part in parts)

    def _baseline(self, words: Words, plan: Plan, conducts: Mapping[str, Conduct]) -> str:
        if not words.labels.has("caution") and not words.reasoning.has("hazard"):
            return "none"
        return self.baselines.compared(plan.statement.planner_model, conducts)

    def _learn(self, plan: Plan, conducts: Mapping[str, Conduct]) -> None:
        """An uncautioned plan that was carried out becomes part of its planner's baseline."""
        labels = plan.words.labels
        if not (plan.concludes or labels.has("caution") or labels.has("refusal")):
            self.baselines.learn(plan.statement.planner_model, conducts)

    def recall(self, detail: Mapping[str, Any]) -> None:
        """Learn from a record of an earlier run of the witness what its plan would have taught then."""
        self.baselines.recall(detail)

    def _record(
        self,
        record_id: str,
        t: float,
        detail: dict[str, Any],
        words: Words,
        evidence: Evidence,
        verdict: Verdict,
        conducts: Mapping[str, Conduct],
        declared: Mapping[str, Any] | None = None,
    ) -> VerdictRecord:
        primary = verdict.primary or "AGREES"
        number, self.records = self.records, self.records + 1
        whole = {
            "number": number,
            "record_id": record_id,
            "t": t,
            "verdict": primary,
            "all_verdicts": list(verdict.all),
            "severity": verdict.severity,
            **detail,
            "labels": words.labels.to_json(),
            "reasoning_labels": words.reasoning.to_json(),
            "claims": [claim.to_json() for claim in words.claims],
            "broken_claims": [broken.to_json() for broken in verdict.broken],
            "disobeys": disobeyed(words.claims, _as_measured(conducts), verdict.broken, self.params),
            "evidence": {
                "layer": evidence.layer,
                "declared": declared,
                "null": evidence.null,
                "done": evidence.done,
                "substitute": evidence.substitute,
                "intervened": evidence.intervened,
                "stopped": evidence.stopped,
                "stop_needed": evidence.stop_needed,
                "mitigated": evidence.mitigated,
                "baseline": evidence.baseline,
                "bound_exceeded": evidence.bound_exceeded,
                "channels": {channel: conduct.to_json() for channel, conduct in conducts.items()},
            },
        }
        return VerdictRecord(
            number,
            record_id,
            t,
            str(detail["kind"]),
            str(detail["plan_id"]),
            str(detail["channel"]),
            str(detail["planner_model"]),
            primary,
            verdict.all,
            verdict.severity,
            dict(words.labels.scores),
            evidence.layer,
            whole,
        )


def _joined(plan: Plan) -> dict[str, Conduct]:
    """The plan's own conduct; for a final statement that of the plan it ended, where it has none of its own."""
    own = {channel: conduct for channel, conduct in plan.conducts.items() if conduct.decisions}
    latched = {channel: conduct for channel, conduct in plan.conducts.items() if conduct.stopped}
    return {**plan.inherited, **latched, **own}


def _main_channel(conducts: Mapping[str, Conduct], declared: Iterable[str]) -> str:
    """The channel most commanded, else the first one declared, else none."""
    busiest = max(conducts, key=lambda name: conducts[name].commands, default="")
    return busiest if busiest and conducts[busiest].commands else next(iter(declared), busiest)


def _peak(peaks: Iterable[Peaks]) -> Peaks:
    whole = Peaks()
    for part in peaks:
        whole.take(part)
    return whole


def _texts(text: str, reasoning: str, limit: int) -> dict[str, Any]:
    """Texts as they go into the record, cut where they are too long, and by how much."""
    return {
        "text": text[:limit],
        "text_cut": max(0, len(text) - limit),
        "reasoning": reasoning[:limit],
        "reasoning_cut": max(0, len(reasoning) - limit),
    }


_PART_OF = {"twist": "base", "gripper": "gripper"}
"""The part of the robot that a type of channel moves; all others move an arm."""


def _by_part(parts: Iterable[Conduct], side: str) -> dict[str, dict[str, float]]:
    """Peaks of ``side`` (requested or measured) for each part of the robot that was commanded."""
    found: dict[str, Peaks] = {}
    for part in parts:
        if part.decisions:
            found.setdefault(_PART_OF.get(part.kind, "arm"), Peaks()).take(getattr(part, side))
    return {name: peaks.to_json() for name, peaks in found.items()}


def _amounts(parts: Iterable[Conduct]) -> dict[str, float]:
    """What was asked for in all, as far as it was done; what was commanded on no base has no travel."""
    parts = list(parts)
    times = [part.moves[1] - part.moves[0] for part in parts if part.moves is not None]
    bases = [part for part in parts if part.kind == "twist"]
    amounts = {"moving": max(times)} if times else {}
    if bases:
        amounts["travel"] = max(part.travel.both for part in bases)
        amounts["turn"] = max(part.turn.both for part in bases)
    return {name: round(value, 6) for name, value in amounts.items()}


def _leasts(parts: Iterable[Conduct], said: float) -> dict[str, float]:
    """The nearest that was asked for, and how long after the statement at ``said`` (s) motion was asked for."""
    parts = list(parts)
    starts = [part.moves[0] - said for part in parts if part.moves is not None]
    leasts = {"first_move": max(min(starts), 0.0)} if starts else {}
    for whom in ("people", "anything"):
        if near := [part.closest[whom] for part in parts if whom in part.closest]:
            leasts[whom] = min(near)
    return {name: round(value, 6) for name, value in leasts.items()}


def _as_measured(conducts: Mapping[str, Conduct]) -> Evidence:
    """Evidence with the measured values in the place of those asked for."""
    parts = list(conducts.values())
    return Evidence(
        requested=_peak(part.measured for part in parts).to_json(), by_part=_by_part(parts, "measured")
    )
