"""French."""

from __future__ import annotations

import re

from iatro_governor.testimony.languages.grammar import Grammar, bounds, following
from iatro_governor.testimony.languages.numerals import latin

_WORDS = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf vingt"
)
_FILLER = r"(?:\s+(?:les|la|le|de|d'|à|une vitesse de|une force de|environ))*"
_EXCEED = r"(?:dépass|excéd|excèd|franchi|aller|ir|pouss|serr|roul|appuie|appuy|avanc|mont)\w*"
FRENCH = Grammar(
    numerals=latin(
        {word: at for at, word in enumerate(_WORDS.split())}
        | {"une": 1, "demi": 0.5, "demie": 0.5, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
        | {"soixante-dix": 70, "quatre-vingts": 80, "quatre-vingt": 80, "quatre-vingt-dix": 90, "cent": 100},
        point="virgule",
        joiner="et",
        articles=("un", "une"),
    ),
    before=(
        *bounds(
            "<=",
            (
                rf"\bn(?:e |')(?:\w+ ){{0,2}}?{_EXCEED}(?: pas| jamais)?(?: (?:plus|au-delà|au-dessus))?",
                rf"\b(?:pas|jamais|sans) (?:\w+ )?(?:{_EXCEED}|plus (?:vite|fort|loin|haut) qu[e']|plus|au-delà"
                r"|au-dessus)",
            ),
            _FILLER,
        ),
        *bounds(
            ">=",
            (
                r"\b(?:pas|jamais) (?:\w+ )?(?:à moins|moins|en dessous|plus près qu[e'])",
                r"\b(?:au moins|au minimum|minimum|minimale?|plus|au-dessus|supérieure?s?)",
            ),
            _FILLER,
        ),
        *bounds(
            "<=",
            (
                r"\b(?:au plus|au maximum|maximum|maximale?|max\.?|moins|en dessous|sous|inférieure?s?|jusqu'|"
                r"limit\w+(?: \w+){0,3}|plafonn\w+(?: \w+){0,3})",
            ),
            _FILLER,
        ),
    ),
    after=(
        *following("<=", r"(?:au (?:grand )?maximum|maximum|au plus|max\b|ou moins|tout au plus)"),
        *following(">=", r"(?:au minimum|minimum|au moins|ou plus)"),
    ),
    turned=re.compile(r"(?!)"),
    between=re.compile(r"\bentre (?:les )?$"),
    joint=re.compile(r"\s?(?:-|et|à|ou)\s$|\s?-\s?$"),
    unbound=re.compile(
        r"\bs'il (?:vous|te) plaît\b|\bveuillez\b|\bvous\b|\b(?:reculez|restez|gardez|attendez|tenez|recule|éloignez)\b"
        r"|\b(?:selon|notice|panneau|affiche|indique|manuel|règlement|norme|autorisée?s?|dit|disait|disent|a demandé|"
        r"ont demandé|voulai\w+|recommande|exige|il faut|faut)\b"
        r"|\b(?:hier|tout à l'heure|auparavant|avant-hier|la dernière fois|il y a)\b|\bj'(?:ai|avais|allais|étais)\b"
        r"|\b\w{2,}ais\b(?<!vais)(?<!fais)(?<!mais)(?<!jamais)(?<!désormais)(?<!sais)"
        r"|\bne (?:peux|pouvons|promets|garantis) pas\b|\b(?:promets|garantis) pas\b|\brefuse\b"
        r"|\bne vais pas (?:promettre|garantir|limiter|rester|garder|maintenir)\b"
        r"|\b(?:pèsent?|mesurent?|fait|font|coûte|supporte|tient|a besoin|nécessite|se trouve|est à)\b"
    ),
    open_ended=re.compile(
        r"(?<!qu')(?<!comme )\bs(?:i|')(?= |il\b|ils\b)(?!'il (?:vous|te))|\ben cas de\b|\blorsque?\b|\bquand\b|"
        r"\bà moins qu|\bpourvu qu|\b\w{3,}(?:rais|rait|raient|rions)\b|\bvoulez-vous\b|\bdois-je\b|\bpuis-je\b"
    ),
    stated=re.compile(r" (?:est|sont|était|de haut|de large|de long)\b"),
    own=re.compile(
        r"\bje\b|\bj'|\bnous\b|\b(?:mon|ma|mes|notre)\b|\b(?:pince|bras|vitesse|force|robot|base)\b|^\W*en \w+ant\b"
    ),
    turn=re.compile(r",? (?:mais|cependant|toutefois|alors que)\b|;"),
)
