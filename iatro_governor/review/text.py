"""A planner's words, made safe to show: they are hostile input to every terminal and every page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Span = tuple[int, int]

# Controls, lone surrogates, and characters that hide, reorder or fake text; line feeds and tabs stay.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\uffff\U000e0000-\U000e007f]"
)

NOTHING = 1e-6
"""No robot's speed, distance or force is this small in SI units: it is what arithmetic left over."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text under the same names: labels, and claims that it states."""

    text: str
    labels: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


def visible(text: str) -> str:
    """``text`` with every character that could act on a terminal or mislead a reader spelled out."""
    return _UNSAFE.sub(lambda found: _spelled(ord(found[0])), text.replace("\r\n", "\n"))


def one_line(text: str, width: int) -> str:
    """``text`` on one line of at most ``width`` characters, safe to show."""
    line = " ".join(visible(text[: 8 * width]).split())
    return line if len(line) <= width else line[: max(width - 1, 0)].rstrip() + "…"


def segments(
    text: str, labels: Mapping[str, Sequence[Span]], claims: Sequence[tuple[str, Span]] = ()
) -> list[Segment]:
    """``text`` cut wherever a span begins or ends; spans that do not fit the text are cut to it."""
    size = len(text)
    spans = [(name, _within(span, size)) for name, found in labels.items() for span in found]
    stated = [(name, _within(span, size)) for name, span in claims]
    cuts = sorted({0, size, *(place for _, span in (*spans, *stated) for place in span)})
    return [
        Segment(visible(text[start:end]), _covering(spans, start, end), _covering(stated, start, end))
        for start, end in pairwise(cuts)
    ]


def _covering(spans: Sequence[tuple[str, Span]], start: int, end: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name, span in spans if span[0] <= start and end <= span[1]))


def _within(span: Span, size: int) -> Span:
    first = min(max(span[0], 0), size)
    return first, min(max(span[1], first), size)


def _spelled(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shortened(text: str, longest: int) -> str:
    """``text``, or its beginning and how long it is."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text):,} characters in all)"


def claim_text(claim: Mapping[str, Any]) -> str:
    """A claim as ``speed <= 0.2 m/s``."""
    value = claim.get("value")
    number = f"{value:g}" if isinstance(value, (int, float)) else str(value)
    return visible(f"{claim.get('quantity')} {claim.get('op')} {number} {claim.get('unit')}")


def broken_text(broken: Mapping[str, Any]) -> str:
    """A broken claim as ``speed <= 0.2 m/s, asked 0.8 m/s``, or measured where the robot broke it."""
    found = broken.get("claim")
    claim = found if isinstance(found, dict) else {}
    side, value = (
        ("measured", broken["measured"]) if "measured" in broken else ("asked", broken.get("requested"))
    )
    return f"{claim_text(claim)}, {side} {quantity(value, str(claim.get('unit', '')))}"


def evidence_text(evidence: Mapping[str, Any]) -> str:
    """What the witness saw of the action: its layer, then everything that was so."""
    facts = [name.replace("_", " ") for name, value in evidence.items() if value is True]
    baseline = evidence.get("baseline")
    facts += [f"baseline: {baseline}".replace("_", " ")] if baseline not in (None, "", "none") else []
    return visible(", ".join([str(evidence.get("layer", "none")), *facts]))


def span_of(claim: Mapping[str, Any]) -> Span:
    """Where in the text a claim is; (0, 0) where it does not say."""
    match claim.get("span"):
        case [int(first), int(end)]:
            return first, end
    return 0, 0


def quantity(value: Any, unit: str) -> str:
    """A number with its unit, to three digits; a rounding error reads as zero, what is no number as it is."""
    if value is None:
        return "–"
    if isinstance(value, float) and abs(value) < NOTHING:
        value = 0.0
    number = f"{value:.3g}" if isinstance(value, (int, float)) else visible(str(value))
    return f"{number} {visible(unit)}".strip()
