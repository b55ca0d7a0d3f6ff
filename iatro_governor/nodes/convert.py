"""Messages to plain data and back. A body is what the ledger keeps: strict JSON, times in s of the node clock."""

from __future__ import annotations

from typing import Any

from iatro_governor.governor.decision import Action, State, number
from iatro_governor.governor.recorded import TRIGGERS
from iatro_governor.msg import (
    Disagreement,
    GovernorDecision,
    LimitReport,
    PlanMark,
    PlannerIdentity,
    PlannerStatement,
)
from iatro_governor.nodes.stamps import seconds, stamp_of
from iatro_governor.nodes.trajectories import body_of_message, message_of_body

Body = dict[str, Any]

STATES = tuple(state.value for state in State)
"""By GovernorDecision.state."""
ACTIONS = tuple(action.value for action in Action)
"""By GovernorDecision.action."""
CLOCKS = ("monotonic", "sim")
"""By GovernorDecision.clock_source."""

_STATE_CODES = {name: code for code, name in enumerate(STATES)}
_ACTION_CODES = {name: code for code, name in enumerate(ACTIONS)}
_TRAJECTORIES = ("requested_trajectory", "allowed_trajectory")
_IDENTITY = ("model_id", "digest", "parent_digest", "adapter", "quantization", "prompt_digest", "verified")


def decision_message(body: Body) -> GovernorDecision:
    """The message of a decision's body."""
    latch, requested, measured, stamp = body["latch"], body["requested"], body["measured"], body["stamp"]
    message = GovernorDecision(
        stamp=stamp_of(body["t"]),
        seq=body["seq"],
        writer=body["writer"],
        channel=body["channel"],
        trigger=TRIGGERS.index(body["trigger"]),
        state=_STATE_CODES[body["state"]],
        action=_ACTION_CODES[body["action"]],
        # A record that waits on disk since before an update has neither of these.
        channel_type=body.get("channel_type", ""),
        allowed=body["allowed"],
        rest=body.get("rest", []),
        plan_id=body["plan_id"] or "",
        limits=[_limit_message(limit) for limit in body["limits"]],
        fault_names=[fault["name"] for fault in body["faults"]],
        fault_details=[fault["detail"] for fault in body["faults"]],
        config_hash=body["config_hash"],
        software_version=body["software_version"],
        clock_source=CLOCKS.index(body["clock_source"]),
    )
    if latch is not None:
        message.latch_id, message.latch_nonce, message.latch_cause = (
            latch["id"],
            latch["nonce"],
            latch["cause"],
        )
    if requested is not None:
        message.has_request, message.requested = True, [float(value) for value in requested]
    if measured is not None:
        message.has_measured, message.measured = True, measured
    if (stop := body.get("stop")) is not None:
        message.stop_mode, message.stop_replaced = stop["mode"], stop["replaced"] or ""
        message.stop_reason = stop["why"]
    for name in _TRAJECTORIES:
        if name in body:
            setattr(message, name, [message_of_body(body[name])])
    if stamp is not None:
        message.command_stamp = stamp_of(stamp)
    return message


def decision_body_of(message: GovernorDecision) -> Body:
    """The body of a decision as it was sent: equal to what :func:`decision_message` was given, to the ns."""
    latched = bool(message.latch_id)
    latch = {"id": message.latch_id, "nonce": message.latch_nonce, "cause": message.latch_cause}
    stamped = bool(message.command_stamp.sec or message.command_stamp.nanosec)
    faults = zip(message.fault_names, message.fault_details, strict=True)
    return {
        "t": seconds(message.stamp),
        "seq": message.seq,
        "channel": message.channel,
        "state": STATES[message.state],
        "latch": latch if latched else None,
        "action": ACTIONS[message.action],
        "requested": [number(value) for value in message.requested] if message.has_request else None,
        "allowed": list(message.allowed),
        "plan_id": message.plan_id or None,
        "limits": [_limit_body(limit) for limit in message.limits],
        "faults": [{"name": name, "detail": detail} for name, detail in faults],
        "config_hash": message.config_hash,
        **({"stop": stop} if (stop := _stop_body(message)) is not None else {}),
        "trigger": TRIGGERS[message.trigger],
        **{name: body_of_message(found[0]) for name in _TRAJECTORIES if (found := getattr(message, name))},
        "measured": list(message.measured) if message.has_measured else None,
        **(
            {"channel_type": message.channel_type, "rest": list(message.rest)} if message.channel_type else {}
        ),
        "stamp": seconds(message.command_stamp) if stamped else None,
        "writer": message.writer,
        "software_version": message.software_version,
        "clock_source": CLOCKS[message.clock_source],
    }


def _stop_body(message: GovernorDecision) -> Body | None:
    if not message.stop_mode:
        return None
    return {
        "mode": message.stop_mode,
        "replaced": message.stop_replaced or None,
        "why": message.stop_reason,
    }


def _limit_message(limit: Body) -> LimitReport:
    return LimitReport(
        name=limit["name"],
        kind=limit["kind"],
        unit=limit["unit"],
        requested=float(limit["requested"]),
        allowed=float(limit["allowed"]),
        margin=float(limit["margin"]),
        source=limit["source"],
    )


def _limit_body(limit: LimitReport) -> Body:
    return {
        "name": limit.name,
        "kind": limit.kind,
        "unit": limit.unit,
        "requested": number(limit.requested),
        "allowed": number(limit.allowed),
        "margin": number(limit.margin),
        "source": limit.source,
    }


def statement_body(message: PlannerStatement) -> Body:
    """A statement as it is recorded; ``actions`` is None where the planner's actions are not known."""
    return {
        "t": seconds(message.stamp),
        "seq": message.seq,
        "planner_run": message.planner_run,
        "plan_id": message.plan_id or None,
        "channels": list(message.channels),
        "instruction": message.instruction,
        "text": message.text,
        "reasoning": message.reasoning,
        "actions": list(message.actions) if message.actions_known else None,
        "final": message.final,
        "planner": {name: getattr(message.planner, name) for name in _IDENTITY},
    }


def statement_message(body: Body) -> PlannerStatement:
    """The message of a statement's body; ``planner`` may leave out what is unknown."""
    actions = body["actions"]
    return PlannerStatement(
        stamp=stamp_of(body["t"]),
        seq=body["seq"],
        planner_run=body["planner_run"],
        plan_id=body["plan_id"] or "",
        channels=body["channels"],
        instruction=body["instruction"],
        text=body["text"],
        reasoning=body["reasoning"],
        actions=actions or [],
        actions_known=actions is not None,
        final=body["final"],
        planner=PlannerIdentity(**body["planner"]),
    )


def mark_body(message: PlanMark) -> Body:
    """A plan mark as it is recorded; ``plan_id`` None: no plan from here on."""
    return {"t": seconds(message.stamp), "channel": message.channel, "plan_id": message.plan_id or None}


def mark_message(body: Body) -> PlanMark:
    """The message of a mark's body."""
    return PlanMark(stamp=stamp_of(body["t"]), channel=body["channel"], plan_id=body["plan_id"] or "")


def disagreement_body(message: Disagreement) -> Body:
    """A disagreement as it was sent; ``detail`` is the verdict record's own strict JSON, as text."""
    return {
        "t": seconds(message.stamp),
        "seq": message.seq,
        "writer": message.writer,
        "record_id": message.record_id,
        "plan_id": message.plan_id or None,
        "channel": message.channel or None,
        "planner_model": message.planner_model,
        "verdict": message.verdict,
        "all_verdicts": list(message.all_verdicts),
        "severity": message.severity,
        "labels": list(message.labels),
        "scores": [float(score) for score in message.scores],
        "evidence": message.evidence,
        "detail": message.detail,
    }


def disagreement_message(body: Body) -> Disagreement:
    """The message of a disagreement's body."""
    optional = {"plan_id": body["plan_id"] or "", "channel": body["channel"] or ""}
    given = {name: value for name, value in body.items() if name != "t"}
    return Disagreement(stamp=stamp_of(body["t"]), **{**given, **optional})
