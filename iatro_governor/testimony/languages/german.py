"""German."""

from __future__ import annotations

import re

from iatro_governor.testimony.languages.grammar import Grammar, bounds, following
from iatro_governor.testimony.languages.numerals import latin

_ONES = dict(zip("ein zwei drei vier fünf sechs sieben acht neun".split(), range(1, 10), strict=True))
_TENS = dict(
    zip(
        "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split(),
        range(20, 100, 10),
        strict=True,
    )
)
_FILLER = r"(?:\s+(?:von|etwa|ca\.|rund|den|die|das|einem|einer|einen|eine))*"
_FASTER = r"(?:schneller|mehr|stärker|fester|weiter|höher|länger|schwerer|größer)"
_SLOWER = r"(?:langsamer|weniger|schwächer|kürzer|niedriger|leichter|kleiner|geringer)"
GERMAN = Grammar(
    numerals=latin(
        {"null": 0, "eins": 1, "eine": 1, "einen": 1, "einem": 1, "einer": 1, "halber": 0.5, "halbe": 0.5}
        | {"halben": 0.5, "halbes": 0.5, "halbem": 0.5, "anderthalb": 1.5, "eineinhalb": 1.5, "zehn": 10}
        | {"elf": 11, "zwölf": 12, "sechzehn": 16, "siebzehn": 17, "hundert": 100, "einhundert": 100}
        | _ONES
        | _TENS
        | {f"{word}zehn": 10 + value for word, value in _ONES.items() if value not in (1, 2, 6, 7)}
        | {f"{word}einhalb": value + 0.5 for word, value in _ONES.items() if value > 1}
        | {f"{one}und{ten}": value + high for one, value in _ONES.items() for ten, high in _TENS.items()},
        point="komma",
        joiner="und",
        articles=("ein", "eine", "einen", "einem", "einer"),
    ),
    before=(
        *bounds(
            "<=",
            (
                rf"\b(?:nicht|nie|niemals|keinesfalls|nirgends)(?: \w+){{0,2}}? (?:{_FASTER} als|über)",
                r"\bohne(?: \w+){0,2}? über",
            ),
            _FILLER,
        ),
        *bounds(
            ">=",
            (
                rf"\b(?:nicht|nie|niemals|keinesfalls)(?: \w+){{0,2}}? (?:{_SLOWER} als|unter|näher als|dichter als)",
                rf"\b(?:mindestens|wenigstens|minimal|minimum|nicht unter|über|oberhalb von|{_FASTER} als|ab)",
            ),
            _FILLER,
        ),
        *bounds(
            "<=",
            (
                rf"\b(?:höchstens|maximal|maximum|max\.?|bis zu|unter|unterhalb von|{_SLOWER} als|näher als|"
                r"(?:begrenz|beschränk|drossel|reduzier)\w*(?: \w+){0,3} auf|auf höchstens|innerhalb von)",
            ),
            _FILLER,
        ),
    ),
    after=(
        *following(
            "<=",
            r"(?:\w+ )?nicht (?:zu )?(?:überschreiten|übersteigen|überschritten)",
            r"(?:oder weniger|oder langsamer|höchstens|maximal|max\b|maximum)",
        ),
        *following(">=", r"(?:\w+ )?nicht unterschreiten", r"(?:oder mehr|mindestens|minimum)\b"),
    ),
    turned=re.compile(r"[^.;,]{0,30}\bnicht\b"),
    between=re.compile(r"\bzwischen $"),
    joint=re.compile(r"\s?(?:-|bis|und)\s$|\s?-\s?$"),
    unbound=re.compile(
        r"\bbitte\b|\b(?:sie|ihr|du) (?:müssen|sollen|sollten|können|müsst|sollst|musst)\b|"
        r"\b(?:halten|bleiben|warten|gehen|treten|fahren) sie\b|^\W*(?:halte|bleib|warte|geh|tritt) "
        r"|\b(?:laut|schild|steht|sagte?|sagt|meinte|handbuch|vorschrift\w*|erlaubt|zulässig\w*|vorgeschrieben|"
        r"tempolimit|datenblatt|norm|verlangte?n?|wollten?|empfiehlt|gemäß)\b"
        r"|\b(?:gestern|vorhin|früher|zuvor|neulich|letzte[nrs]?|vorher)\b|\b(?:war|waren|fuhr|hielt|blieb|hatte|hatten)\b"
        r"|\b(?:ich|wir) (?:bin|habe|sind|haben)\b[^.;]*\b(?:ge\w+(?:t|en)|unterwegs)\b"
        r"|\b(?:habe|bin) (?:ich|mich)\b"
        r"|\b(?:kann|können|garantiere|verspreche|verspreche|werde)\b(?: \w+){0,2} (?:nicht|kein\w*)\b[^.;]*"
        r"\b(?:versprechen|garantieren|bleiben|halten|zusagen|begrenzen)\b"
        r"|\b(?:garantiere|verspreche) (?:\w+ )?nicht\b|\bweigere\b|\bkann (?:\w+ )?nicht\b"
        r"|\b(?:wiegt|wiegen|misst|kostet|hält .{0,20}aus|trägt|braucht|steht|hat|könnte|würde|wäre)\b"
        r"|\b(?:der andere|die andere|das andere|gabelstapler|stapler)\b"
    ),
    open_ended=re.compile(
        r"\b(?:wenn|falls|sofern|sobald|es sei denn|könnte|könnten|würde|würden|hätte|wäre)\b"
        r"|^\W*(?:soll|sollen|darf|kann|möchten) "
    ),
    stated=re.compile(r" (?:ist|war|sind|erlaubt|schwer|hoch|breit|lang|tief)\b"),
    own=re.compile(
        r"\b(?:ich|wir|mein\w*|unser\w*)\b|\b(?:greifer|arm|basis|roboter|geschwindigkeit|kraft|hand|tempo)\b|"
        r"^\W*(?:fahre|drehe|warte|hebe|senke|halte|bewege|drücke|stoppe|rolle)\b"
    ),
    turn=re.compile(r",? (?:aber|jedoch|doch|sondern|allerdings)\b|;"),
)
