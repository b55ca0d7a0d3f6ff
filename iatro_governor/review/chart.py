"""The chart of one incident as SVG: requested, allowed and measured over time, with the limits drawn in.

It is made here and not by a script, so that it is there without one; its colours are classes of the page's style.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from .action import Action, Bound
from .drawn import drawn, promised, thinned
from .incidents import Detail
from .scales import Scale, around
from .text import one_line

WIDTH, LEFT, RIGHT = 720.0, 52.0, 10.0
ROW, GAP, BAND, FOOT = 116.0, 30.0, 28.0, 36.0
MOST_BANDS = 8
OF_CURVES = frozenset({"speed", "slow_zone", "joint_velocity", "joint_effort", "gripper", "wrench"})
"""Kinds of limit whose number is a curve's own, where the units are the same too."""


def chart(found: Detail, start: float) -> Markup:
    """The chart; times count from ``start`` (s). Empty where nothing was commanded."""
    action = found.action
    curves = [thinned(curve, start) for curve in drawn(action)]
    times = [t for curve in curves for t in curve["t"]]
    if not times:
        return Markup("")
    bands = action.limits[:MOST_BANDS]
    height = len(curves) * (ROW + GAP) + (BAND * len(bands) + 8 if bands else 0) + FOOT
    first, last = min(times), max(times)
    time = Scale(first, max(last, first + 0.1), LEFT, WIDTH - RIGHT)
    lines = promised(found, [curve["name"] for curve in curves])
    parts = [*_time_axis(time, height)]
    for place, curve in enumerate(curves):
        own = [line for line in lines if line["row"] == place]
        parts += _row(curve, own, action, start, time, place * (ROW + GAP) + GAP)
    parts += _bands(bands, start, time, len(curves) * (ROW + GAP) + 8)
    parts.append(
        Markup('<line class="now" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(LEFT, GAP - 8, height - FOOT)
    )
    body = Markup("\n").join(parts)
    return Markup(
        '<svg class="chart" viewBox="0 0 {w:g} {h:g}" role="img" aria-labelledby="chart-title" '
        'data-from="{a}" data-to="{b}" data-left="{l:g}" data-right="{r:g}">'
        '<title id="chart-title">Requested, allowed and measured motion over time</title>\n{body}\n</svg>'
    ).format(w=WIDTH, h=height, a=time.low, b=time.high, l=LEFT, r=WIDTH - RIGHT, body=body)


def _time_axis(time: Scale, height: float) -> Iterable[Markup]:
    foot = height - FOOT
    for tick in time.ticks(8):
        yield Markup('<line class="grid" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(
            time.at(tick), GAP - 8, foot
        )
        yield _text(time.at(tick), foot + 15, f"{tick:g}", "middle")
    yield _text(WIDTH - RIGHT, foot + 31, "seconds after the first record", "end")


def _row(
    curve: dict[str, Any],
    claims: Sequence[dict[str, Any]],
    action: Action,
    start: float,
    time: Scale,
    top: float,
) -> Iterable[Markup]:
    """One curve: its three sides, the limits that bound it, and what was promised of it."""
    tracks = [_track(bound, start) for bound in action.limits if _draws(bound, curve["unit"])]
    values = [value for side in ("requested", "allowed", "measured") for value in curve[side]]
    values += [value for track in tracks for _, value in track] + [claim["value"] for claim in claims]
    low, high = around([value for value in values if value is not None] or [0.0])
    scale = Scale(low, high, top + ROW, top)
    yield _text(LEFT, top - 9, f"{curve['name']}, {curve['unit']}".rstrip(", "), "start", "name")
    for tick in scale.ticks(4):
        y = scale.at(tick)
        yield Markup('<line class="grid" x1="{0:g}" x2="{1:g}" y1="{2}" y2="{2}"/>').format(
            LEFT, WIDTH - RIGHT, y
        )
        yield _text(LEFT - 7, y + 4, f"{tick:g}", "end")
    yield from _cut(curve, time, scale)
    for track in tracks:
        yield _path(track, time, scale, "bound")
    for side in ("requested", "measured", "allowed"):
        yield _path(list(zip(curve["t"], curve[side], strict=True)), time, scale, side)
    for claim in claims:
        y = scale.at(claim["value"])
        yield Markup('<line class="promised" x1="{0:g}" x2="{1:g}" y1="{2}" y2="{2}"/>').format(
            LEFT, WIDTH - RIGHT, y
        )
        yield _text(WIDTH - RIGHT, y - 5, claim["text"], "end", "promised")


def _draws(bound: Bound, unit: str) -> bool:
    return bound.kind in OF_CURVES and bound.unit == unit != ""


def _track(bound: Bound, start: float) -> list[tuple[float, float | None]]:
    """What the limit allowed over time, with a gap wherever it did not bind."""
    found: list[tuple[float, float | None]] = []
    for t, value in bound.track:
        if found and t - start - found[-1][0] > 0.15:
            found.append((t - start, None))
        found.append((t - start, value))
    return found


def _path(points: Sequence[tuple[float, float | None]], time: Scale, scale: Scale, name: str) -> Markup:
    """A line through ``points``, broken where there is no number."""
    steps: list[str] = []
    pen = "M"
    for t, value in points:
        if value is None:
            pen = "M"
            continue
        steps.append(f"{pen}{time.at(t):g} {scale.at(value):g}")
        pen = "L"
    return Markup('<path class="{}" d="{}"/>').format(name, "".join(steps))


def _cut(curve: dict[str, Any], time: Scale, scale: Scale) -> Iterable[Markup]:
    """The area between what was requested and what was allowed."""
    run: list[tuple[float, float, float]] = []
    rows = zip(curve["t"], curve["requested"], curve["allowed"], strict=True)
    for t, asked, allowed in [*rows, (0.0, None, None)]:
        if asked is not None and allowed is not None:
            run.append((t, asked, allowed))
            continue
        if len(run) > 1:
            there = [f"{time.at(t):g} {scale.at(asked):g}" for t, asked, _ in run]
            back = [f"{time.at(t):g} {scale.at(allowed):g}" for t, _, allowed in reversed(run)]
            yield Markup('<path class="cut" d="M{}Z"/>').format("L".join(there + back))
        run = []


def _bands(bounds: Sequence[Bound], start: float, time: Scale, top: float) -> Iterable[Markup]:
    """When each limit bound: its name, and a bar for every stretch of time."""
    for place, bound in enumerate(bounds):
        y = top + place * BAND
        kind = "shape" if bound.shapes_rate else "bind"
        for first, last in bound.intervals:
            x = time.at(first - start)
            width = max(time.at(last - start) - x, 2.0)
            yield Markup('<rect class="{}" x="{:g}" y="{:g}" width="{:g}" height="{:g}"/>').format(
                kind, x, y + 16, width, 6.0
            )
        yield _text(LEFT, y + 11, one_line(bound.name, 40), "start", "band")


def _text(x: float, y: float, text: str, anchor: str, name: str = "tick") -> Markup:
    return Markup('<text class="{}" x="{:g}" y="{:g}" text-anchor="{}">{}</text>').format(
        name, x, y, anchor, text
    )
