"""Whether a quantity is named as an upper bound, a lower bound, or a value, from the words around it."""

from __future__ import annotations

import re

_UPPER = (
    r"below|under|beneath|underneath|(?:less|lower|slower|smaller|shorter|lighter|fewer|nearer|"
    r"closer) than|at most|up to|(?:capped|limited|restricted|throttled|clamped|confined|held down|"
    r"kept down) (?:to|at)|(?:cap|limit|restrict|throttle|clamp|keep|"
    r"hold)(?:ing)? (?:\w+ ){0,3}?(?:down )?to|maximum(?: \w+){0,2}?(?: of| is|:)?|max(?: \w+)?(?: of|"
    r" is|:|\.)?|"
    r"(?:cap|ceiling|limit|upper limit|upper bound|top speed|peak)(?: of| is| at|:)|(?:top|peak|maximum|max) "
    r"(?:speed|force|torque|pace|effort) (?:to|at)|"
    r"(?:fastest|most|hardest|furthest|farthest|highest|longest|heaviest) "
    r"(?:that )?i(?:'ll| will| shall| am going to|'m going to) (?:ever )?\w+(?: with)? is|within|inside(?: "
    r"of)?|at or (?:below|under)|<=?|\u2264|cap(?:ping)? (?:\w+ ){0,3}?at|as much as"
)
_LOWER = (
    r"above|over|beyond|past|exceed(?:ing|s)?|top(?:ping|s)?|outside(?: of)?|(?:more|greater|higher|faster|further|"
    r"farther|longer|larger|harder|heavier|bigger|stronger|quicker|wider|deeper) than|"
    r"at least|minimum(?: \w+){0,2}?(?: of| is|:)?|min(?: of|:)?|a good|>=?|\u2265|at or above|upwards of"
)
_FILLER = (
    r"(?:\s*(?:a |an |the |about |around |roughly |approximately |some |exactly |only |another |just |~|=|"
    r"\u2248|:)*)\s*"
)
_UPPER_BEFORE = re.compile(rf"(?<![a-z])(?:{_UPPER}){_FILLER}$")
_LOWER_BEFORE = re.compile(rf"(?<![a-z])(?:{_LOWER}){_FILLER}$")
_TURNED = re.compile(
    r"(?:\b(?:no|not|never|without|nor|neither|don't|doesn't|won't|cannot|can't|wouldn't|shan't|"
    r"mustn't|nothing|none|isn't|aren't|not be|not to)"
    r"(?:\s+(?:ever|be|being|go|going|goes|come|coming|get|getting|move|moving|drive|driving|travel|"
    r"travelling|traveling|run|running|press|pressing|push|"
    r"pushing|squeeze|squeezing|pull|pulling|lift|lifting|raise|raising|turn|turning|rotate|rotating|"
    r"reach|reaching|approach|approaching|rise|fall|drop|dip|"
    r"spin|spinning|grip|gripping|apply|applying|exert|exerting|use|using|carry|carrying|open|opening|"
    r"bend|swing|swinging|accelerate|take|last|a|any|"
    r"much|the|my|its|it|to|force|speed|step|extend|venture|stray|tilt|lean|fly|let|hair|bit|inch|single|"
    r"one|newton|metre|meter|degree)){0,4}\s*)$"
)
_AFTER_UPPER = re.compile(
    r"\s*(?:,?\s*(?:or|and) (?:less|slower|below|under|lower|shorter|closer|lighter|fewer|smaller)\b|"
    r"\(?(?:max(?:imum)?|at (?:the )?most|tops|limit|cap|ceiling)\b(?! (?:of|is|\.?\d|half|a|one|two|"
    r"three|five|ten)\b)(?! \.?\d))"
)
_AFTER_LOWER = re.compile(
    r"\s*(?:,?\s*(?:or|and) (?:more|further|farther|above|over|higher|longer|greater|faster|wider)\b|"
    r"\(?(?:min(?:imum)?|at (?:the )?least)\b)"
)
WINDOW = 72
"""Characters before a number that may hold its comparison."""


def comparison(before: str, after: str) -> tuple[str, int]:
    """Operator ``<=``, ``>=`` or ``==`` and how many characters of ``before`` belong to the comparison.

    ``before`` ends where the number starts and ``after`` begins where its unit ends. A negation turns the
    comparison round: "no more than", "will not go above", "never exceeding".
    """
    for pattern, straight, turned in ((_LOWER_BEFORE, ">=", "<="), (_UPPER_BEFORE, "<=", ">=")):
        match = pattern.search(before)
        if match is None:
            continue
        found = _TURNED.search(before[: match.start()])
        if found is None or _is_always_upper(match.group()):
            return straight, len(before) - match.start()
        return turned, len(before) - found.start()
    if _AFTER_UPPER.match(after):
        return "<=", 0
    return (">=", 0) if _AFTER_LOWER.match(after) else ("==", 0)


def _is_always_upper(words: str) -> bool:
    """So "not limited to 5 N" sets no lower bound: only a denied "below" or "less than" turns round."""
    return not re.match(
        r"(?:below|under|beneath|less|lower|slower|smaller|shorter|lighter|nearer|closer|above|over|"
        r"beyond|past|exceed|top\b|topp|tops|outside|more|greater|higher|"
        r"faster|further|farther|longer|larger|harder|heavier|bigger|stronger|quicker|wider|deeper)",
        words,
    )
