"""What a claim bears on: which part of the robot, and which of the things that its quantity can measure.

A distance may be travelled or kept, a duration may be waited or moved. Where the words leave it open the claim is
read and recorded, but nothing that was measured is held against it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PARTS = (
    ("gripper", re.compile(r"\b(?:gripper|fingers?|jaws?|my grip|pinza|greifer|pince)\b|夹爪|把持|グリッパ")),
    (
        "arm",
        re.compile(
            r"\b(?:arm|wrist|elbow|end effector|tcp|(?:my|the) (?:hand|tool|shoulder)|brazo|bras)\b"
            r"|机械臂|アーム|腕"
        ),
    ),
    (
        "base",
        re.compile(
            r"\b(?:base|wheels?|chassis|driv\w+|roll(?:ing)?|travel\w*|fahre\w*|roulerai|roule|avance|avanzo|"
            r"avanzaré|conduzco)\b|前进|行驶|前進|走ります|進みます"
        ),
    ),
)
_GRIPPING = re.compile(
    r"\b(?:grip(?!per)|grasp|squeez|clos|open|pinch|clamp|hold|cierr|aprieto|schlie|drück|serr)\w*|力"
)
_AWAY = re.compile(
    r"\b(?:away|clear of|clearance|distance|gap|margin|closer|nearer|short of|from (?:any|every|the|you|him|her|"
    r"people)|abstand|distancia|(?:centimet|met)\w+ (?:of|to) (?:any|every))"
)
_PEOPLE = re.compile(
    r"\b(?:you|anyone|anybody|everyone|everybody|people|persons?|humans?|him|her|them|somebody|someone)\b"
)
_ANYTHING = re.compile(r"\b(?:anything|everything|any (?:object|obstacle|wall)|all obstacles|obstacles)\b")
_GOING = re.compile(
    r"\b(?:driv|mov|go|going|roll|travel|advanc|back|revers|creep|forward|proceed|retreat)\w*\b"
    r"|avanz|avanc|fahr|retroced"
)
_TURNING = re.compile(r"\b(?:turn|rotat|spin|swing round|pivot|gir|dreh|tourn)\w*")
_WAITING = re.compile(r"\b(?:wait|paus|hold|stay|rest|standing|idl|esper|wart|attend)\w*")
_FAR = 60


@dataclass(frozen=True, slots=True)
class Bearing:
    """``part``: base, arm, gripper, or empty for any. ``sense``: what is measured, empty where the words leave it open.

    Senses: ``travel`` and ``turn`` of the base, ``people`` and ``anything`` to keep away from, ``motion`` and ``wait``
    of durations.
    """

    part: str = ""
    sense: str = ""


NOWHERE = Bearing()


def bearing(quantity: str, lead: str, tail: str, first: bool) -> Bearing:
    """Of a bound on ``quantity``: ``lead`` and ``tail`` are its sentence before and after it.

    ``first``: nothing in the text before its sentence speaks of motion, so that a wait in it comes first.
    """
    around = f"{lead} | {tail}"
    part = _part(around)
    near = f"{lead[-_FAR:]} | {tail[:_FAR]}"
    if quantity == "distance":
        return Bearing(part, _of_distance(near))
    if quantity == "angle":
        return Bearing(part, "turn" if part in ("", "base") and _TURNING.search(lead[-_FAR:]) else "")
    if quantity == "duration":
        return Bearing(part, _of_duration(lead, near, first))
    return Bearing(part)


def _part(around: str) -> str:
    """The only part named; what a gripper does other than gripping is done by what carries it."""
    named = [name for name, pattern in _PARTS if pattern.search(around)]
    if len(named) != 1 or (named == ["gripper"] and not _GRIPPING.search(around)):
        return ""
    return named[0]


def _of_distance(near: str) -> str:
    if _AWAY.search(near):
        if _ANYTHING.search(near):
            return "anything"
        return "people" if _PEOPLE.search(near) else ""
    return "travel" if _GOING.search(near) else ""


def _of_duration(lead: str, near: str, first: bool) -> str:
    if _WAITING.search(near):
        return "wait" if first and not moves(lead) else ""
    return "motion" if _GOING.search(lead[-_FAR:]) else ""


def moves(words: str) -> bool:
    """Whether words speak of driving or turning."""
    return _GOING.search(words) is not None or _TURNING.search(words) is not None
