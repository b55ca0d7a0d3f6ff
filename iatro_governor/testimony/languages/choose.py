"""Which language a text is in, by its script or by its commonest words; English where nothing says otherwise."""

from __future__ import annotations

import re

from iatro_governor.testimony.languages.chinese import CHINESE
from iatro_governor.testimony.languages.french import FRENCH
from iatro_governor.testimony.languages.german import GERMAN
from iatro_governor.testimony.languages.grammar import Grammar
from iatro_governor.testimony.languages.japanese import JAPANESE
from iatro_governor.testimony.languages.spanish import SPANISH

_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_READ = 2_000
"""Characters of a text that its language is told by."""
_WORD = re.compile(r"[a-zß-ɏ]+'?")
_COMMON = {
    "es": frozenset(
        """el la los las de del que y en por para con un una me mi no si se es voy muy lo al como menos más entre ayer
        segundo segundos metro metros velocidad grados espero usaré bajaré iré avanzaré cuando giro levanto""".split()
    ),
    "de": frozenset(
        """ich der die das und nicht mit den dem ein eine einen zu von ist auf wir mein meine bis unter werde bitte
        dann um sie es im höchstens mindestens gestern wenn laut sekunden meter grad abstand fahre""".split()
    ),
    "fr": frozenset(
        """je j' l' d' n' s' qu' le la les de des du et à est un une pas ne vous nous mon ma mes que dans pour avec
        sur au plus moins puis si hier veuillez secondes mètre mètres vitesse degrés""".split()
    ),
    "en": frozenset(
        """i the a an and to of in is at my will for with it you than no not be from on i' that this then by me
        going stay keep speed under below""".split()
    ),
}
_GRAMMARS = {"es": SPANISH, "de": GERMAN, "fr": FRENCH}


def grammar_of(plain: str) -> Grammar | None:
    """The grammar that a text in its plain form is read by; ``None`` is English."""
    head = plain[:_READ]
    if _KANA.search(head):
        return JAPANESE
    if _HAN.search(head):
        return CHINESE
    words = _WORD.findall(head)
    counts = {name: sum(map(common.__contains__, words)) for name, common in _COMMON.items()}
    best = max(_GRAMMARS, key=lambda name: counts[name])
    return _GRAMMARS[best] if counts[best] > counts["en"] else None
