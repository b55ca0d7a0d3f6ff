"""One self-contained page about one ledger: words beside actions, with curves; it needs no network.

Everything from the ledger is escaped, and a content security policy allows only the page's own scripts (by hash).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from ..errors import LedgerError
from ..ledger.accounts import reconcile
from ..ledger.check import verify
from ..ledger.reader import Reader
from ..testimony.verdicts import VERDICTS
from . import effect
from .action import Action
from .curves import SIDES, Curve
from .incidents import Detail, details, severity_text, shadow_text, start_time
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
MOST_POINTS = 1500
_CLAIMED = {"speed": "speed", "angular_speed": "turn rate"}
_LABELS = frozenset({"refusal", "caution", "hazard", "limit", "commit"})


def write_report(
    ledger: str | Path,
    out: str | Path,
    summary: Mapping[str, Any] | None = None,
    *,
    key: bytes | None = None,
    pictures: Mapping[str, str] | None = None,
) -> None:
    """Writes the page for ``ledger`` to ``out``, whole or not at all.

    ``summary`` is the demo's (``harms`` and ``tasks``, governed and ungoverned, over all and for each of its
    ``robots``), and ``pictures`` are SVG documents by robot; with ``key`` the chain is checked and the page says what
    came of it. Raises LedgerError for an unreadable ledger or an unwritable page.
    """
    page = render(Path(ledger), summary, key, pictures or {})
    out = Path(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=out.parent, delete=False) as file:
            file.write(page)
        os.chmod(file.name, 0o644)
        os.replace(file.name, out)
    except OSError as error:
        raise LedgerError(f"{out}: the report cannot be written: {error}") from error


def render(
    ledger: Path, summary: Mapping[str, Any] | None, key: bytes | None, pictures: Mapping[str, str]
) -> str:
    """The page as text."""
    accounts = reconcile(ledger)
    with Reader(ledger) as reader:
        found = details(reader)
        start = start_time(reader)
        session = reader.sessions()[0]
        shadow = shadow_text(reader)
    robots = effect.robot_of(summary)
    script, plotly = _asset("report.js"), _plotly() if found else ""
    template = _environment().from_string(_asset("report.html.j2"))
    return template.render(
        policy=_policy(script, plotly), css=Markup(_asset("report.css")), script=Markup(script), plotly=Markup(plotly),
        run={**session, "started": _moment(session.get("wall_time"))}, shadow=shadow, accounts=accounts,
        chain=_chain(ledger, key),
        effect=effect.rows(summary), robots=effect.robots(summary, pictures), verdicts=_verdicts(found),
        details=[_shown(one, start) | {"robot": robots.get(one.incident.channel or "", "")} for one in found],
        curves=Markup(_embedded({str(one.incident.id): _figure(one, start) for one in found})),
    )  # fmt: skip


def _environment() -> Environment:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["verdict_name"] = lambda name: visible(str(name)).replace("_", " ").capitalize()
    environment.globals["marked"] = _marked
    environment.globals["verdict_mark"] = lambda holds: Markup(
        '<span class="good" title="holds">✓</span>'
        if holds
        else '<span class="bad" title="does not hold">✗</span>'
    )
    return environment


def _policy(*scripts: str) -> str:
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts if script
    ]
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath("assets", name).read_text(encoding="utf-8")


def _plotly() -> str:
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())


def _embedded(data: Any) -> str:
    """JSON that cannot end its script element, whatever strings are in it."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e")


def _moment(wall_time: Any) -> str:
    if not isinstance(wall_time, (int, float)):
        return "at an unknown time"
    return datetime.fromtimestamp(wall_time, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _chain(ledger: Path, key: bytes | None) -> dict[str, Any]:
    if key is None:
        return {"sound": None, "text": "Chain not checked here: see iatro ledger verify."}
    result = verify(ledger, key)
    text = "Chain verified." if result.sound else f"Chain NOT sound: {result.problem}."
    return {"sound": result.sound, "text": text}


def _verdicts(found: Sequence[Detail]) -> list[dict[str, Any]]:
    counts = dict.fromkeys(VERDICTS, 0)
    for one in found:
        counts[one.incident.verdict] = counts.get(one.incident.verdict, 0) + 1
    most = max(counts.values(), default=0) or 1
    return [
        {"name": name, "count": count, "share": round(100 * count / most)} for name, count in counts.items()
    ]


def _shown(found: Detail, start: float) -> dict[str, Any]:
    """What the page says about one incident; the template escapes it."""
    one, words, action = found.incident, found.words, found.action
    claims = [(claim_text(claim), span_of(claim)) for claim in words.claims]
    peaks = [
        {"name": row["name"], **{side: quantity(row[side], row["unit"]) for side in SIDES}}
        for row in action.peaks
    ]
    return {
        "id": one.id, "time": f"{one.t - start:.1f}", "verdict": one.verdict, "severity": min(max(one.severity, 0), 4),
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
        "height": _height(action), "limits": _limits(action), "faults": _faults(action),
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


def _marked(pieces: Sequence[Segment]) -> Markup:
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


def _figure(found: Detail, start: float) -> dict[str, Any]:
    """The data of one plan's chart: its curves, what was promised of them, and when which limit bound."""
    action = found.action
    limits = [
        {
            "name": _plot_text(bound.name),
            "label": _plot_text(one_line(bound.name, 18)),
            "shapes": bound.shapes_rate,
            "spans": [
                [_round(first - start), max(_round(last - first), 0.02)] for first, last in bound.intervals
            ],
        }
        for bound in action.limits[:8]
    ]
    curves = _drawn(action)
    return {
        "curves": [_thinned(curve, start) for curve in curves],
        "claims": _promised(found, [curve.name for curve in curves]),
        "limits": limits,
        "domains": _domains(len(curves), len(limits)),
    }


def _drawn(action: Action) -> list[Curve]:
    """The curves worth a row of the chart: the first, and every other one that moves."""
    return [curve for place, curve in enumerate(action.curves[:7]) if place == 0 or curve.moves]


def _promised(found: Detail, curves: Sequence[str]) -> list[dict[str, Any]]:
    """The claims that a curve of the chart can be held against: a line at their value."""
    lines = []
    for claim in found.words.claims:
        name, value = _CLAIMED.get(str(claim.get("quantity"))), claim.get("value")
        if claim.get("committed") and name in curves and isinstance(value, (int, float)):
            text = f"promised {claim.get('op')} {value:g}"
            lines.append({"row": curves.index(name), "value": value, "text": _plot_text(text)})
    return lines


def _plot_text(text: str) -> str:
    """Plotly reads a little HTML in names, so nothing that looks like it may pass."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _height(action: Action) -> int:
    return 84 + 125 * len(_drawn(action)) + 24 * min(len(action.limits), 8)


def _domains(curves: int, limits: int) -> list[list[float]]:
    """Where each row of the chart is, from the bottom (0) to the top (1)."""
    heights = [125.0] * curves + ([24.0 * limits] if limits else [])
    whole, top, found = sum(heights) or 1.0, 1.0, []
    for height in heights:
        share = height / whole
        found.append([round(max(top - share + 0.05 * (height > 60), 0.0), 4), round(top, 4)])
        top -= share
    return found


def _thinned(curve: Curve, start: float) -> dict[str, Any]:
    """At most about ``MOST_POINTS`` points, with the extremes of every side kept."""
    keep: Sequence[int] = range(len(curve.t))
    if len(curve.t) > MOST_POINTS:
        chosen = {0, len(curve.t) - 1}
        step = -(-len(curve.t) * 2 * len(SIDES) // MOST_POINTS)
        for first in range(0, len(curve.t), step):
            bucket = range(first, min(first + step, len(curve.t)))
            for side in SIDES:
                values = getattr(curve, side)
                there = [place for place in bucket if values[place] is not None]
                if there:
                    chosen |= {min(there, key=values.__getitem__), max(there, key=values.__getitem__)}
        keep = sorted(chosen)
    thin = {side: [_round(getattr(curve, side)[place]) for place in keep] for side in SIDES}
    return {
        "name": curve.name,
        "unit": curve.unit,
        "t": [_round(curve.t[place] - start) for place in keep],
        **thin,
    }


def _round(value: float | None) -> Any:
    return None if value is None else round(value, 4)
