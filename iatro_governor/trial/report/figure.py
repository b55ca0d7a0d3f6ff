"""Effect and harm over the dose as one picture, the window between them shaded. Shares, so both have one axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from iatro_governor.review.scales import Scale
from iatro_governor.trial.estimate.dose_response import Curve, Response
from iatro_governor.trial.estimate.interval import Estimate

WIDTH, HEIGHT = 720.0, 340.0
LEFT, RIGHT, TOP, FOOT = 52.0, 118.0, 26.0, 44.0
SMOOTH = 60
STYLE = """
.dose text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--muted, #626872); }
.dose .grid { stroke: var(--rule, #e4e1da); stroke-width: 1; }
.dose .window { fill: var(--commit, #3d7d3a); opacity: .12; }
.dose .effect { stroke: var(--accent, #1d4f7c); } .dose .harm { stroke: var(--bind, #b23a24); }
.dose path { fill: none; stroke-width: 2; } .dose path.smooth { stroke-width: 1.4; stroke-dasharray: 5 4; }
.dose line.spread { stroke-width: 1.4; opacity: .75; }
.dose circle { fill: var(--paper, #fcfbf9); stroke-width: 2; }
.dose text.effect { stroke: none; fill: var(--accent, #1d4f7c); font-weight: 600; }
.dose text.harm { stroke: none; fill: var(--bind, #b23a24); font-weight: 600; }
.dose text.windowed { fill: var(--commit, #3d7d3a); font-weight: 600; }
"""


def figure(response: Response, title: str) -> Markup:
    """An SVG that stands by itself; empty where nothing was tried."""
    doses = response.doses
    if not response.runs:
        return Markup("")
    across = Scale(0.0, max(doses[-1], 1.0) * 1.02, LEFT, WIDTH - RIGHT)
    up = Scale(0.0, 1.0, HEIGHT - FOOT, TOP)
    parts = [*_axes(across, up), *_window(response, across)]
    ends = _apart(response, up)
    for name, words, curve in (
        ("effect", "prevented", response.effect),
        ("harm", "harm a run", response.harm),
    ):
        parts += _curve(name, doses, curve, across, up)
        parts.append(_text(across.at(doses[-1]) + 10, ends[name], words, "start", name))
    body = Markup("\n").join(parts)
    return Markup(
        '<svg class="dose" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w:g} {h:g}" role="img">'
        "<title>{title}</title><style>{style}</style>\n{body}\n</svg>"
    ).format(w=WIDTH, h=HEIGHT, title=title, style=Markup(STYLE), body=body)


def _axes(across: Scale, up: Scale) -> Iterable[Markup]:
    for tick in up.ticks(5):
        y = up.at(tick)
        yield Markup('<line class="grid" x1="{:g}" x2="{:g}" y1="{}" y2="{}"/>').format(
            LEFT, WIDTH - RIGHT, y, y
        )
        yield _text(LEFT - 8, y + 4, f"{100 * tick:g}%", "end")
    for tick in across.ticks(8):
        yield _text(across.at(tick), HEIGHT - FOOT + 18, f"{tick:g}", "middle")
    yield _text(WIDTH - RIGHT, HEIGHT - FOOT + 36, "dose: 1 is as configured, larger is stricter", "end")


def _window(response: Response, across: Scale) -> Iterable[Markup]:
    ed95, td5 = response.points["ed95"].value, response.points["td5"].value
    if ed95 is None or response.empty:
        return
    first, last = across.at(ed95), across.at(td5) if td5 is not None else across.at(response.doses[-1])
    yield Markup('<rect class="window" x="{:g}" y="{:g}" width="{:g}" height="{:g}"/>').format(
        first, TOP, max(last - first, 1.0), HEIGHT - FOOT - TOP
    )
    yield _text((first + last) / 2, TOP - 8, "window", "middle", "windowed")


def _curve(name: str, doses: Sequence[float], curve: Curve, across: Scale, up: Scale) -> Iterable[Markup]:
    for dose, share in zip(doses, curve.shares, strict=True):
        yield from _spread(name, across.at(dose), share, up)
    steps = [(across.at(dose), up.at(value)) for dose, value in zip(doses, curve.fit, strict=True)]
    yield _path(name, steps)
    smooth = [(dose, curve.smooth(dose)) for dose in _between(doses)]
    told = [(across.at(dose), up.at(value)) for dose, value in smooth if value is not None]
    if told:
        yield _path(f"{name} smooth", told)
    for dose, share in zip(doses, curve.shares, strict=True):
        if share.value is not None:
            yield Markup('<circle class="{}" cx="{}" cy="{}" r="3.5"/>').format(
                name, across.at(dose), up.at(share.value)
            )


def _spread(name: str, x: float, share: Estimate, up: Scale) -> Iterable[Markup]:
    if share.value is not None and share.low is not None and share.high is not None:
        yield Markup('<line class="spread {}" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
            name, x, x, up.at(share.low), up.at(share.high)
        )


def _between(doses: Sequence[float]) -> list[float]:
    above = [dose for dose in doses if dose > 0]
    if len(above) < 2:
        return []
    return [above[0] + (above[-1] - above[0]) * step / SMOOTH for step in range(SMOOTH + 1)]


def _apart(response: Response, up: Scale) -> dict[str, float]:
    """Where the names at the curves' ends stand: not on each other."""
    effect, harm = up.at(response.effect.fit[-1]) + 4, up.at(response.harm.fit[-1]) + 4
    if abs(effect - harm) < 18:
        middle = (effect + harm) / 2
        sign = 1 if harm >= effect else -1
        effect, harm = middle - 9 * sign, middle + 9 * sign
    return {"effect": effect, "harm": harm}


def _path(name: str, points: Sequence[tuple[float, float]]) -> Markup:
    steps = "L".join(f"{x:g} {y:g}" for x, y in points)
    return Markup('<path class="{}" d="M{}"/>').format(name, steps)


def _text(x: float, y: float, text: str, anchor: str, name: str = "tick") -> Markup:
    return Markup('<text class="{}" x="{:g}" y="{:g}" text-anchor="{}">{}</text>').format(
        name, x, y, anchor, text
    )
