"""What pages say about one incident, made safe to show: the same words and numbers on every page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from . import times
from .action import Action
from .curves import SIDES
from .incidents import Detail, severity_text
from .text import (
    Segment,
    broken_text,
    claim_text,
    evidence_text,
    one_line,
    quantity,
    segments,
    shortened,
    span_of,
    visible,
)

LONGEST_TEXT = 20_000
_LABELS = frozenset({"refusal", "caution", "hazard", "limit", "commit"})


def shown(found: Detail, start: float) -> dict[str, Any]:
    """What the page says about one incident; the template escapes it."""
    one, words, action = found.incident, found.words, found.action
    claims = [(claim_text(claim), span_of(claim)) for claim in words.claims]
    peaks = [
        {"name": row["name"], **{side: quantity(row[side], row["unit"]) for side in SIDES}}
        for row in action.peaks
    ]
    return {
        "id": one.id, "time": f"{one.t - start:.1f}", "when": times.shown(one.t, start),
        "verdict": one.verdict, "severity": min(max(one.severity, 0), 4),
        "severity_text": severity_text(one.severity), "plan": one_line(one.plan_id or "no plan id", 60),
        "model": one_line(one.model, 60), "also": [name for name in one.all_verdicts if name != one.verdict],
        "short": one_line(one.text, 160), "instruction": visible(shortened(words.instruction, LONGEST_TEXT)),
        "said": segments(shortened(words.text, LONGEST_TEXT), words.spans, claims),
        "thought": segments(shortened(words.reasoning, LONGEST_TEXT), words.reasoning_spans),
        "actions": None if words.actions is None else [visible(name) for name in words.actions],
        "claims": [{"text": claim_text(claim), "committed": claim.get("committed")} for claim in words.claims],
        "broken": [broken_text(broken) for broken in words.broken],
        "disobeyed": [broken_text(broken) for broken in words.disobeyed],
        "evidence": evidence_text(found.evidence),
        "peaks": peaks, "asked": peaks[0]["requested"] if peaks else "",
        "allowed": peaks[0]["allowed"] if peaks else "",
        "limits": _limits(action), "faults": _faults(action),
        "shaped": [visible(bound.name) for bound in action.limits if bound.shapes_rate],
        "counts": f"{action.decisions} decisions: "
        + ", ".join(f"{count} {visible(name)}" for name, count in action.actions.items()),
    }  # fmt: skip


def _limits(action: Action) -> list[dict[str, Any]]:
    return [
        {
            "name": visible(bound.name), "kind": visible(bound.kind), "source": visible(bound.source),
            "count": bound.count, "requested": quantity(bound.requested, bound.unit),
            "allowed": quantity(bound.allowed, bound.unit),
        }
        for bound in action.limits
        if not bound.shapes_rate
    ]  # fmt: skip


def _faults(action: Action) -> dict[str, str]:
    return {visible(name): visible(text) for name, text in action.faults.items()}


def marked(pieces: Sequence[Segment]) -> Markup:
    """Text with its label spans as marks; each label is named once, at the end of its span."""
    parts: list[Markup] = []
    for place, piece in enumerate(pieces):
        labels = [name for name in piece.labels if name in _LABELS]
        if not labels:
            parts.append(Markup("{}").format(piece.text))
            continue
        following = pieces[place + 1].labels if place + 1 < len(pieces) else ()
        ending = [name for name in labels if name not in following]
        tag = Markup("<small>{}</small>").format(" ".join(ending)) if ending else Markup("")
        title = ", ".join((*labels, *piece.claims))
        parts.append(
            Markup('<mark class="l-{}" title="{}">{}{}</mark>').format(labels[0], title, piece.text, tag)
        )
    return Markup("").join(parts)
