"""One plain form of a text, with every character mapped back to where it came from.

Planners write curly quotes, markdown, emoji, full-width digits and zero-width joiners. The rules of this room
read the plain form; the spans they report are offsets into the text as it was received.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_SPECIAL = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4\uff07`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u300c\u300d\u300e\u300f", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63", "-"),
    **dict.fromkeys("\u2014\u2015", ","),
    **dict.fromkeys("\u2028\u2029\u0085\r\x0b\x0c", "\n"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f*", ""),
    **dict.fromkeys("_#\t\u00a0|", " "),
    "\u00b0": "\u00b0",
    "\u00ba": "\u00b0",
    "\u2264": "\u2264",
    "\u2265": "\u2265",
    "\u00bd": "0.5",
    "\u00bc": "0.25",
    "\u00be": "0.75",
    "\u00b7": "\u00b7",
    "\u22c5": "\u00b7",
    "\u2219": "\u00b7",
    "\u2026": ".",
}
_CACHE_LIMIT = 0x250
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_EMOJI = frozenset({"So", "Cs", "Co", "Cn"})


def _plain(char: str) -> str:
    special = _SPECIAL.get(char)
    if special is not None:
        return special
    category = unicodedata.category(char)
    if category in _EMOJI or char in _SKIN_TONES:
        return " "
    if category in ("Cc", "Cf"):
        return "\n" if char == "\n" else ""
    return unicodedata.normalize("NFKC", char).lower()


_LOW = tuple(_plain(chr(code)) for code in range(_CACHE_LIMIT))
_ONE_TO_ONE = "".join(plain if len(plain) == 1 else "\0" for plain in _LOW[:128])
"""Plain forms of the ASCII characters that have one of one character, and NUL for the others."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """The plain lower-case form of ``original``; character ``i`` came from ``original[starts[i]:ends[i]]``."""

    original: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the original text of the non-empty plain range ``[start, end)``."""
        return self.starts[start], self.ends[end - 1]


def normalise(original: str) -> Normalised:
    """Plain lower-case form in one pass: linear in the length of the text, whatever it holds.

    Quotes become straight, dashes plain, markdown emphasis and zero-width characters vanish, emoji become
    blanks, full-width and superscript forms their plain letters, and marks join the letter they follow.
    """
    if original.isascii():
        text = original.translate(_ONE_TO_ONE)
        if "\0" not in text:
            return Normalised(original, text, range(len(text)), range(1, len(text) + 1))
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for at, char in enumerate(original):
        code = ord(char)
        if code >= 0x300 and out and unicodedata.combining(char):
            joined = unicodedata.normalize("NFC", out[-1] + char)
            out[-1] = joined if len(joined) == 1 else out[-1]
            ends[-1] = at + 1
            continue
        plain = _LOW[code] if code < _CACHE_LIMIT else _plain(char)
        for piece in plain:
            out.append(piece)
            starts.append(at)
            ends.append(at + 1)
    return Normalised(original, "".join(out), tuple(starts), tuple(ends))
