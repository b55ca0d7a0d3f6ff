"""Spanish."""

from __future__ import annotations

import re

from iatro_governor.testimony.languages.grammar import Grammar, bounds, following
from iatro_governor.testimony.languages.numerals import latin

_UNITS = "uno dos tres cuatro cinco seis siete ocho nueve"
_FILLER = r"(?:\s+(?:los|las|el|la|unos|unas|de|a|en|por|una velocidad de|una fuerza de))*"
_EXCEED = (
    r"(?:super|exced|sobrepas|rebas|pas|ir|ser|subir|aplic|us|apret|acelerar|mov|llegar|avanz)\w*(?: nunca)?"
)
SPANISH = Grammar(
    numerals=latin(
        {"cero": 0, "un": 1, "una": 1, "medio": 0.5, "media": 0.5, "cien": 100, "ciento": 100}
        | {word: at + 1 for at, word in enumerate(_UNITS.split())}
        | {
            word: at + 10
            for at, word in enumerate(
                "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte "
                "veintiuno veintidós veintitrés veinticuatro veinticinco".split()
            )
        }
        | {
            word: 30 + 10 * at
            for at, word in enumerate("treinta cuarenta cincuenta sesenta setenta ochenta noventa".split())
        },
        point="coma|punto",
        joiner="y",
        articles=("un", "una"),
    ),
    before=(
        *bounds(
            "<=",
            (
                rf"\b(?:no|nunca|jamás|sin)(?: me| se| la| lo)?(?: voy a| vamos a| va a)?\s+{_EXCEED}"
                rf"(?: (?:a|con|por))?(?: (?:más|por encima) (?:de|rápido que))?",
                r"\b(?:no|nunca)(?: \w+){0,2} (?:más (?:de|rápido (?:de|que)|fuerte que)|por encima de"
                r"|mayor (?:de|que))",
                r"\bno más (?:de|rápido que)",
            ),
            _FILLER,
        ),
        *bounds(
            ">=",
            (
                r"\b(?:no|nunca)(?: me| se)?(?: \w+){0,2} (?:menos de|a menos de|por debajo de)",
                r"\b(?:al menos|como mínimo|por lo menos|mínimo|mínima|más de|por encima de|superior a"
                r"|mayor (?:de|que))",
            ),
            _FILLER,
        ),
        *bounds(
            "<=",
            (
                r"\b(?:menos de|por debajo de|inferior(?:es)? a|como máximo|a lo sumo|hasta|máxim[oa](?: de)?"
                r"|menor (?:de|que)|limit\w+(?: \w+){0,3} a|dentro de|tope de)",
            ),
            _FILLER,
        ),
    ),
    after=(
        *following("<=", r"(?:como máximo|máximo|a lo sumo|o menos|de máximo)\b"),
        *following(">=", r"(?:como mínimo|mínimo|o más|por lo menos)\b"),
    ),
    turned=re.compile(r"[^.;,]{0,30}\bno\b"),
    between=re.compile(r"\bentre (?:los |las )?$"),
    joint=re.compile(r"\s?(?:-|y|a|o)\s(?:los |las )?$|\s?-\s?$"),
    unbound=re.compile(
        r"\bpor favor\b|\busted(?:es)?\b|\b(?:manténgan?se|quéden?se|aléjen?se|póngan?se|esperen?|"
        r"mantengan?|dejen?|deben?|debe ría|tienen? que|pueden?|quieren?|mantén|quédate|aléjate)\b"
        r"|\b(?:dice|dijo|dicen|dijeron|indica|pone|según|manual|cartel|letrero|normas?|normativa|reglamento|"
        r"permitid[oa]s?|pidió|pidieron|querían?|recomienda|exige)\b"
        r"|\b(?:ayer|antes (?:iba|me|he|hab)|anteriormente|la última vez|hace un (?:rato|momento)|iba|iban|fui|"
        r"estaba|movía|moví|avancé|usé|apliqué|esperé|giré|\w{2,}aba|he \w+[ai]do|había)\b"
        r"|\bno (?:puedo|podemos|prometo|garantizo|aseguro|(?:voy a|quiero|pienso) (?:prometer|garantizar|limitar|"
        r"mantener|comprometer|asegurar))|\bme niego\b"
        r"|\b(?:pesan?|miden?|tienen?|es de|están? a|soportan?|aguantan?|alcanzan?|necesitan?|cuestan?|va a)\b(?! no)"
    ),
    open_ended=re.compile(
        r"\bsi\b|\ben caso de\b|\bcuando\b|\ba menos que\b|\bsiempre que\b|\bsalvo que\b|\bpodría|"
        r"\b(?!todav|mayor|bater|mar)\w+ría(?:mos|n|s)?\b"
    ),
    stated=re.compile(r" (?:es|son|era|fue|está)\b"),
    own=re.compile(
        r"\b\w{2,}r(?:é|emos)\b|\bvoy a\b|\bvamos a\b|\bm[ei]s?\b|\b(?:muevo|avanzo|giro|levanto|bajo|espero|mantengo|"
        r"aprieto|uso|aplico|conduzco|llevo|cierro|abro|paro|dejo|limito|reduzco|roto|empujo|sujeto|retrocedo|subo|"
        r"tomo|voy|sigo|quedo|acerco|alejo|desplazo|freno)\b|^\W*\w+(?:ando|iendo|éndome|ándome)\b|"
        r"\b(?:velocidad|fuerza|brazo|pinza|robot|base)\b"
    ),
    turn=re.compile(r",? (?:pero|aunque|mientras que|sin embargo)\b|;"),
)
