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
from .drawn import drawn, promised, rounded, thinned
from .incidents import Detail, details, shadow_text, start_time
from .shown import marked, shown
from .text import one_line, visible


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
        session = reader.origin()
        shadow = shadow_text(reader)
    robots = effect.robot_of(summary)
    script, plotly = _asset("report.js"), _plotly() if found else ""
    template = _environment().from_string(_asset("report.html.j2"))
    return template.render(
        policy=_policy(script, plotly), css=Markup(_asset("report.css")), script=Markup(script), plotly=Markup(plotly),
        run={**session, "started": _moment(session.get("wall_time"))}, shadow=shadow, accounts=accounts,
        chain=_chain(ledger, key),
        effect=effect.rows(summary), robots=effect.robots(summary, pictures), verdicts=_verdicts(found),
        details=[
            shown(one, start)
            | {"robot": robots.get(one.incident.channel or "", ""), "height": _height(one.action)}
            for one in found
        ],
        curves=Markup(_embedded({str(one.incident.id): _figure(one, start) for one in found})),
    )  # fmt: skip


def _environment() -> Environment:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["verdict_name"] = lambda name: visible(str(name)).replace("_", " ").capitalize()
    environment.globals["marked"] = marked
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


def _figure(found: Detail, start: float) -> dict[str, Any]:
    """The data of one plan's chart: its curves, what was promised of them, and when which limit bound."""
    action = found.action
    limits = [
        {
            "name": _plot_text(bound.name),
            "label": _plot_text(one_line(bound.name, 18)),
            "shapes": bound.shapes_rate,
            "spans": [
                [rounded(first - start), max(rounded(last - first), 0.02)] for first, last in bound.intervals
            ],
        }
        for bound in action.limits[:8]
    ]
    curves = drawn(action)
    return {
        "curves": [thinned(curve, start) for curve in curves],
        "claims": _claims(found, [curve.name for curve in curves]),
        "limits": limits,
        "domains": _domains(len(curves), len(limits)),
    }


def _claims(found: Detail, curves: Sequence[str]) -> list[dict[str, Any]]:
    return [{**line, "text": _plot_text(line["text"])} for line in promised(found, curves)]


def _plot_text(text: str) -> str:
    """Plotly reads a little HTML in names, so nothing that looks like it may pass."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _height(action: Action) -> int:
    return 84 + 125 * len(drawn(action)) + 24 * min(len(action.limits), 8)


def _domains(curves: int, limits: int) -> list[list[float]]:
    """Where each row of the chart is, from the bottom (0) to the top (1)."""
    heights = [125.0] * curves + ([24.0 * limits] if limits else [])
    whole, top, found = sum(heights) or 1.0, 1.0, []
    for height in heights:
        share = height / whole
        found.append([round(max(top - share + 0.05 * (height > 60), 0.0), 4), round(top, 4)])
        top -= share
    return found
