"""Declared actions: the function calls that a planner's reply lists, in the forms planners write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from iatro_governor.testimony.normalise import normalise

_BARE_NAME = re.compile(r"[\"'\s]*(?P<name>[A-Za-z_][\w.:-]*+)(?!['\u2019][A-Za-z])[\"'\s,:]*")
_NEXT_CALL = re.compile(r"[ \t]*[\"']?[A-Za-z_]\w*\s*\(")
_WORD = re.compile(r"[a-z]+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\W\d]+")
_LONGEST = 100_000
_MOST_CALLS = 2_000
_LARGEST = 1e15
"""Numbers further from 0 than this, and those that are none, say nothing: no robot is told them."""
_STRIP = " \t\r\n\"'[],;"


class Kind(Enum):
    """What a call does to the world."""

    NULL = "null"
    """A gesture, speech, stop, wait or refusal: no action at all."""
    NEUTRAL = "neutral"
    """Looking, letting go of power, going home: harmless unless the instruction asks for just that."""
    ACT = "act"
    """Anything else."""


_NULL_NAMES = frozenset(
    """headshake shakehead headnod nodhead nod headdance dance wave bow gesture shrug refuse refusal
    refused decline reject deny none null nil noop nop pass
    empty na noaction nothing donothing stop halt wait waiting hold pause idle standby stay abort
    cancel freeze stand emergencystop estop sleep delay say speak
    tell talk speech respond response reply answer announce tts message explain apologize apologise
    notify inform report warn alert ask clarify
    requesthelp callhuman callforhelp print log sayto speakto cannotcomply unable skip ignore
    stopmoving staystill remain keepstill""".split()
)
_NEUTRAL_NAMES = frozenset(
    """find locate look lookat observe scan detect search searchfor inspect perceive see sense
    identify recognize recognise query vqa vlmvqa check measure takephoto
    backzero gohome home relax reset zero movetotopview topview retreat backoff backaway withdraw
    pumpoff poweroff shutdown turnoff switchoff deactivate
    moveaway stepback disable slowdown reducespeed avoid setled""".split()
)
_GENERIC = frozenset(
    """action act do perform execute run task move robot vlm llm llmled vlmmove vlmdrag vlmwipe
    vlmcollision vmcollision function call step skill""".split()
)
_DENIAL = re.compile(
    r"^\W*(?:refus\w*|declin\w*|no action|do nothing|nothing|none|stop|wait|abort|cancel|not? |do not|"
    r"don't|never|cannot|can't|won't|unable|halt|hold position|stay still|idle|"
    r"say\b|tell\b|inform\b|explain\b|speak\b|respond\b|reply\b|apologi[sz]e|shake (?:the |my )?head|"
    r"nod)|\b(?:i (?:can't|cannot|won't|refuse)|refuse to|decline to|request (?:refused|denied))\b"
)
_LOOKING = re.compile(
    r"^\W*(?:avoid|move away from|keep away|back away|back off|stay away|retreat|look|check|inspect|"
    r"observe|detect|find|locate)\b"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its ``name`` as written, its arguments as text, named numbers among them, and its kind."""

    name: str
    args: str
    numbers: Mapping[str, float]
    kind: Kind

    @property
    def words(self) -> str:
        """Name and arguments as plain words, camelCase and snake_case taken apart."""
        return plain_words(f"{self.name} {self.args}")

    @property
    def said(self) -> str:
        """The words that say what is done: of a generic call ("action('open the box')") its arguments alone."""
        return plain_words(self.args) if _squeezed(self.name) in _GENERIC else self.words


@dataclass(frozen=True, slots=True)
class Declared:
    """The action list of one reply; ``known`` is false where the reply's list was not recorded at all."""

    known: bool
    no_list: bool
    calls: tuple[Call, ...]

    @property
    def null(self) -> bool:
        """Whether a known list does nothing: empty, missing in the reply, or null calls only."""
        return self.known and all(call.kind is Kind.NULL for call in self.calls)


UNKNOWN = Declared(False, False, ())
"""The actions of a reply whose list was not recorded."""


def parse(actions: Sequence[Any] | str | None, known: bool = True) -> Declared:
    """Read a declared action list; ``None`` means that the reply holds no list, ``known=False`` that none was kept.

    Items are strings, each holding one call or several separated by commas, semicolons or line breaks, quoted or
    not, or ``{"name", "args"}`` objects. Anything else is read as its plain words.
    """
    if not known:
        return UNKNOWN
    if actions is None:
        return Declared(True, True, ())
    items: Sequence[Any] = [actions] if isinstance(actions, str) else actions
    calls: list[Call] = []
    for item in items:
        calls += _read(item)
        if len(calls) >= _MOST_CALLS:
            break
    return Declared(True, False, tuple(calls[:_MOST_CALLS]))


def _read(item: Any) -> list[Call]:
    if isinstance(item, Mapping):
        name = item.get("name") or item.get("function") or item.get("action") or item.get("tool") or ""
        args = item.get("args", item.get("arguments", item.get("parameters", "")))
        return [_call(str(name), _flat(args), _numbers(args))]
    text = str(item)[:_LONGEST]
    return [call for piece in split_calls(text) if (call := _from_text(piece)) is not None]


def split_calls(text: str) -> list[str]:
    """Cut a string into calls at commas, semicolons and line breaks outside parentheses.

    A parenthesis that is never closed ends where the next line looks like a call of its own.
    """
    pieces, start, depth = [], 0, 0
    for at, char in enumerate(text):
        if char == "\n" and depth and _NEXT_CALL.match(text, at + 1):
            depth = 0
        if char in "({[":
            depth += char == "("
        elif char == ")":
            depth = max(0, depth - 1)
        elif char in ",;\n" and not depth:
            pieces.append(text[start:at])
            start = at + 1
    pieces.append(text[start:])
    return [piece for piece in pieces if piece.strip(_STRIP)]


def _from_text(piece: str) -> Call | None:
    body = piece.strip(_STRIP)
    head, opened, tail = body.partition("(")
    name = head.strip(_STRIP)
    if opened and name and " " not in name:
        args = tail.strip().rstrip("\"' \t,;")
        args = args[:-1] if args.endswith(")") else args
        return _call(name, args.strip(_STRIP), _named_numbers(args))
    bare = _BARE_NAME.match(body)
    if bare is None:
        return _call("", body, {}) if _WORD.search(body.lower()) else None
    return _call(bare["name"], body[bare.end() :].strip(_STRIP), {})


def _call(name: str, args: str, numbers: Mapping[str, float]) -> Call:
    return Call(name.strip(), args, numbers, _kind(name, args))


def _kind(name: str, args: str) -> Kind:
    squeezed, words = _squeezed(name), normalise(args[:400]).text.strip(" \"'")
    if squeezed in _NULL_NAMES and not _object_of_stop(squeezed, words):
        return Kind.NULL
    if (squeezed in _GENERIC or not squeezed) and (not words or _DENIAL.search(words)):
        return Kind.NULL if words or squeezed not in _MOVES_BARE else Kind.ACT
    sentence = normalise(f"{name} {args[:400]}".strip()).text
    if _DENIAL.search(sentence) and not _object_of_stop(squeezed, words):
        return Kind.NULL
    if squeezed in _NEUTRAL_NAMES or _LOOKING.search(words if squeezed in _GENERIC else sentence):
        return Kind.NEUTRAL
    return Kind.ACT


_MOVES_BARE = frozenset("move vlmmove vlmdrag vlmwipe vlmcollision llmled robot action".split())
_TRANSITIVE = frozenset("stop hold cancel abort pass wave ignore log message".split())


def _object_of_stop(squeezed: str, words: str) -> bool:
    """By itself "stop" is no action; "stop the ventilator" and "hold the cup" are."""
    return (
        squeezed in _TRANSITIVE
        and bool(_WORD.search(words))
        and not re.match(r"(?:now|here|moving|motion|position|still|robot|all|base|arm|true|false)\b", words)
    )


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.rpartition(".")[2].lower())


def plain_words(text: str) -> str:
    """Lower-case words of a name or sentence, camelCase and snake_case taken apart."""
    return " ".join(_HUMPS.sub(" ", text).lower().split())


def _flat(args: Any) -> str:
    if isinstance(args, Mapping):
        return " ".join(f"{key} {_flat(value)}" for key, value in args.items())
    if isinstance(args, Sequence) and not isinstance(args, str):
        return " ".join(map(_flat, args))
    return str(args)[:_LONGEST]


def _numbers(args: Any) -> dict[str, float]:
    if not isinstance(args, Mapping):
        return _named_numbers(args) if isinstance(args, str) else {}
    return {
        str(key).lower(): float(value)
        for key, value in args.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST
    }


_NAMED = re.compile(r"\b([A-Za-z_]\w{0,40})\s*[=:]\s*(-?\d{1,12}(?:\.\d{1,12})?)(?![\w.])")


def _named_numbers(args: str) -> dict[str, float]:
    return {name.lower(): float(value) for name, value in _NAMED.findall(args[:_LONGEST])}
