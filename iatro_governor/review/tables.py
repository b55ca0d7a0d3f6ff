"""Incidents as terminal tables, readable at 80 columns and without colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..ledger.check import VerifyResult
from .action import Bound
from .curves import SIDES
from .incidents import Detail, Incident, Words, severity_text
from .text import (
    Segment,
    Span,
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
from .times import date, shown

SEVERITY_STYLES = ("dim", "", "yellow", "bold red", "bold white on red")
LABEL_STYLES = {
    "refusal": "magenta",
    "caution": "yellow",
    "hazard": "red",
    "limit": "cyan",
    "commit": "green",
    "claim": "underline",
    "broken": "red",
    "disobeyed": "red",
}
_LONGEST_TEXT = 4000


def console(width: int | None = None) -> Console:
    """A console that prints text as it is: no markup, no emoji codes, nothing guessed from content."""
    return Console(markup=False, emoji=False, highlight=False, width=width, soft_wrap=False)


Place = tuple[str, float]
"""A ledger or a file, and when its record begins, s: what its times count from."""


def incident_table(found: Sequence[Incident], places: Sequence[Place], width: int) -> RenderableType:
    """One line an incident, with the place that it is from. Dates and models are shown where there is room."""
    if not found:
        return Text("No incidents.")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=True, padding=(0, 1, 0, 0))
    known = {place: str(number) for number, place in enumerate(dict.fromkeys(places), 1)}
    if len(known) > 1:
        table.add_column("of", justify="right", no_wrap=True)
    table.add_column("id", justify="right", no_wrap=True)
    table.add_column("t/s", justify="right", no_wrap=True)
    if dated := width >= 100 and any(date(one.t) for one in found):
        table.add_column("date (UTC)", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("sev", justify="right", no_wrap=True)
    table.add_column(
        "plan", no_wrap=True, max_width=_plan_room(found, places, width - 20 * dated), overflow="ellipsis"
    )
    if models := width >= (120 if dated else 100):
        table.add_column("model", no_wrap=True, max_width=20, overflow="ellipsis")
    table.add_column("words", no_wrap=True, ratio=1, overflow="ellipsis")
    for one, place in zip(found, places, strict=True):
        style = _severity_style(one.severity)
        cells = [Text(known[place])] if len(known) > 1 else []
        cells += [Text(str(one.id)), Text(f"{one.t - place[1]:.1f}")]
        cells += [Text(date(one.t))] if dated else []
        cells += [
            Text(visible(one.verdict), style), Text(str(one.severity), style),
            Text(one_line(one.plan_id or "-", 40)),
        ]  # fmt: skip
        cells += [Text(one_line(one.model or "-", 40))] if models else []
        table.add_row(*cells, Text(one_line(one.text, 200) or "(nothing said)", "" if one.text else "dim"))
    return Group(table, Text(f"{len(found)} incident{'s' if len(found) != 1 else ''}", "dim"), *_foot(known))


def _plan_room(found: Sequence[Incident], places: Sequence[Place], width: int) -> int:
    """Characters for a plan's name, so that no number beside it is cut."""
    ids = max(len(str(one.id)) for one in found)
    times = max(len(f"{one.t - place[1]:.1f}") for one, place in zip(found, places, strict=True))
    verdicts = max(len(one.verdict) for one in found)
    taken = ids + times + verdicts + len("of sev") + 5
    return max(min(14, (width - taken) // 2), 1)


def _foot(known: Mapping[Place, str]) -> Iterable[Text]:
    """What times count from, and of several places which number is which."""
    for (source, start), number in known.items():
        counts = f"t/s counts from {date(start)} UTC" if date(start) else ""
        if len(known) > 1:
            yield Text(f"{number}: {visible(source)}" + (f", {counts}" if counts else ""), "dim")
        elif counts:
            yield Text(counts, "dim")


def detail_view(found: Detail, start: float, chain: VerifyResult | str) -> RenderableType:
    """One incident: words, then action; ``chain`` is the check of its ledger, or why there was none."""
    incident = found.incident
    parts: list[RenderableType] = [_headline(incident), _facts(found, start), Text("")]
    parts += [_heading("Words"), *_words(found.words), Text("")]
    parts += [_heading("Action"), *_action(found, start), Text("")]
    parts += [_heading("Record"), *_record(found, chain)]
    return Group(*parts)


def _headline(incident: Incident) -> Text:
    line = Text(f" {visible(incident.verdict)} ", _severity_style(incident.severity) + " reverse")
    line.append(f"  severity {incident.severity}: {severity_text(incident.severity)}", "not reverse")
    return line


def _facts(found: Detail, start: float) -> RenderableType:
    one = found.incident
    others = [verdict for verdict in one.all_verdicts if verdict != one.verdict]
    rows = [
        ("incident", f"{one.id}, plan {one.plan_id or '(none named)'}, channel {one.channel or '-'}"),
        ("time", shown(one.t, start, 2)),
        ("planner", _planner(found.planner)),
    ]
    if others:
        rows.append(("also", ", ".join(others)))
    return _pairs(rows)


def _planner(planner: Mapping[str, object]) -> str:
    others = [f"{name} {value}" for name, value in planner.items() if value and name != "model_id"]
    return ", ".join([str(planner.get("model_id") or "unknown"), *others])


def _words(words: Words) -> Iterable[RenderableType]:
    if words.instruction:
        yield _quoted("asked", [Segment(visible(words.instruction))])
    claims = [(claim_text(claim), span_of(claim)) for claim in words.claims]
    if words.text:
        yield _quoted("said", segments(shortened(words.text, _LONGEST_TEXT), words.spans, claims))
    else:
        yield Text("  nothing said", "dim")
    if words.reasoning:
        yield _quoted("thought", segments(shortened(words.reasoning, _LONGEST_TEXT), words.reasoning_spans))
    if words.actions is not None:
        yield _pairs([("declared", ", ".join(words.actions) or "no action")])
    rows = [
        (name, f"{score:.2f}", _excerpts(words.text, words.spans.get(name, ())))
        for name, score in words.labels.items()
    ]
    rows += [
        (f"{name} (thought)", "", _excerpts(words.reasoning, found))
        for name, found in words.reasoning_spans.items()
    ]
    rows += [
        (
            "claim",
            "" if claim.get("committed") else "not own",
            f"{claim_text(claim)}: {_excerpt(words, claim)}",
        )
        for claim in words.claims
    ]
    rows += [("broken", "", broken_text(broken)) for broken in words.broken]
    rows += [("disobeyed", "", broken_text(broken)) for broken in words.disobeyed]
    if rows:
        yield _grid(("label", "score", "where"), rows, LABEL_STYLES)


def _action(found: Detail, start: float) -> Iterable[RenderableType]:
    action = found.action
    if found.limits is not None:
        names = ", ".join(found.limits) or "none"
        yield _pairs([("commands", str(found.incident.commands)), ("limits", names)])
        yield Text("  an export holds no decision: its ledger has them", "dim")
        return
    if not action.decisions:
        yield Text("  no command under this plan", "dim")
        return
    counts = ", ".join(f"{count} {name}" for name, count in action.actions.items())
    states = ", ".join(f"{count} {name}" for name, count in action.states.items())
    yield _pairs(
        [("decisions", f"{action.decisions} ({action.commands} commands): {counts}"), ("states", states)]
    )
    peaks = Table(box=None, pad_edge=False, padding=(0, 2), title_justify="left")
    peaks.add_column("  peak", style="dim")
    for side in SIDES:
        peaks.add_column(side, justify="right")
    for row in action.peaks:
        values = [quantity(row[side], str(row["unit"])) for side in SIDES]
        peaks.add_row(f"  {row['name']}", *map(Text, values))
    yield peaks
    binding = [bound for bound in action.limits if not bound.shapes_rate]
    if binding:
        yield Text("  what cut it", "dim")
    for bound in binding:
        yield _bound(bound, start)
    if shaped := [bound.name for bound in action.limits if bound.shapes_rate]:
        yield _pairs([("also softened by", ", ".join(shaped))])
    if action.faults:
        yield _pairs([(f"fault {name}", text) for name, text in action.faults.items()])


def _bound(bound: Bound, start: float) -> RenderableType:
    when = ", ".join(f"{first - start:.1f}-{last - start:.1f} s" for first, last in bound.intervals[:3])
    more = f" and {len(bound.intervals) - 3} more times" if len(bound.intervals) > 3 else ""
    text = Text(f"{visible(bound.name)}", "bold")
    text.append(f" ({visible(bound.kind)}): asked ", "not bold")
    text.append(
        f"{quantity(bound.requested, bound.unit)}, allowed {quantity(bound.allowed, bound.unit)}", "not bold"
    )
    text.append(f"; {bound.count} decisions, {when}{more}\n", "not bold")
    text.append(f"source: {visible(bound.source) or 'none given'}", "dim not bold")
    return Padding(text, (0, 0, 0, 4))


def _record(found: Detail, chain: VerifyResult | str) -> Iterable[RenderableType]:
    if isinstance(chain, str):
        status = f"not checked: {chain}"
    elif chain.sound:
        status = f"sound, {chain.records} records" + ("" if chain.closed else " (ledger not closed)")
    else:
        status = f"NOT SOUND: {chain.problem}"
    rows = [("chain", status), ("context", found.incident.context)]
    if found.decision_ids:
        rows.append(("decisions", "records {} to {}".format(*found.decision_ids)))
    if found.policy:
        rows.append(("policy", found.policy))
    if found.evidence:
        rows.append(("evidence", evidence_text(found.evidence)))
    yield _pairs(rows)


def _quoted(name: str, pieces: Sequence[Segment]) -> RenderableType:
    text = Text()
    for piece in pieces:
        style = " ".join(
            ["underline" if piece.claims else "", *(LABEL_STYLES.get(n, "") for n in piece.labels[:1])]
        )
        text.append(piece.text, style.strip())
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=9, style="dim", justify="right")
    grid.add_column(ratio=1)
    grid.add_row(Text(name), text)
    return grid


def _pairs(rows: Sequence[tuple[str, str]]) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", justify="right", min_width=9)
    grid.add_column(ratio=1, overflow="fold")
    for name, value in rows:
        grid.add_row(Text(visible(name)), Text(visible(value)))
    return grid


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]], styles: dict[str, str]) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 1), show_header=False)
    for name in head:
        table.add_column(
            name, justify="right" if name == "label" else "left", min_width=9 if name == "label" else 0
        )
    for first, *rest in rows:
        table.add_row(Text(visible(first), styles.get(first.split()[0], "")), *(Text(cell) for cell in rest))
    return table


def _heading(name: str) -> Text:
    return Text(name, "bold underline")


def _severity_style(severity: int) -> str:
    return SEVERITY_STYLES[min(max(severity, 0), len(SEVERITY_STYLES) - 1)]


def _excerpts(text: str, spans: Sequence[Span]) -> str:
    return "; ".join(f"“{one_line(text[first:end], 60)}”" for first, end in spans[:4]) or "(the whole text)"


def _excerpt(words: Words, claim: dict[str, object]) -> str:
    first, end = span_of(claim)
    return f"“{one_line(words.text[first:end], 60)}”"
