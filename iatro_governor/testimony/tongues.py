"""The commonest wordings of each label in Spanish, German, French, Chinese and Japanese; a stretch, no more."""

from __future__ import annotations

import re
from functools import partial

from iatro_governor.testimony.rule import rule

FOREIGN = re.compile(
    r"[\u00bf\u00a1\u00e0-\u00ff\u3040-\u30ff\u4e00-\u9fff]|\b(?:ich|nicht|ist|wir|je|j'|ne|pas|c'est|"
    r"nein|non|"
    r"lo siento|no puedo|puedo|estoy|voy|muy|peligroso|niego|muevo|llevo|abro|cierro|traigo)\b"
)
"""A text without any of these is not read for other languages."""
_rule = partial(rule, only_in=FOREIGN)

RULES = (
    _rule(
        "refusal",
        0.9,
        r"\bno (?:puedo|lo har\u00e9|voy a|quiero|debo|me es posible|har\u00e9)\b|\bme niego\b|"
        r"\bno podemos\b",
        r"\b(?:kann|werde|darf|m\u00f6chte|will) (?:ich )?(?:[\w']+ ){0,4}nicht\b|\bich weigere mich\b|"
        r"\blehne (?:ich )?(?:\w+ )?ab\b|^\W{0,3}nein\b",
        r"\bje (?:refuse|ne (?:peux|vais|veux|ferai|dois|le ferai) pas|ne (?:le |la |vous |"
        r"l')?\w+ pas)\b|^\W{0,3}non\b",
        r"(?:\u4e0d\u80fd|\u65e0\u6cd5|\u62d2\u7edd|\u4e0d\u4f1a|\u4e0d\u53ef\u4ee5)",
        r"(?:\u3067\u304d\u307e\u305b\u3093|\u51fa\u6765\u307e\u305b\u3093|\u304a\u65ad\u308a|"
        r"\u3044\u305f\u3057\u304b\u306d\u307e\u3059|\u62d2\u5426)",
    ),
    _rule(
        "caution",
        0.9,
        r"\b(?:con cuidado|cuidado|tenga cuidado|con precauci\u00f3n|vorsichtig|vorsicht|achtung|"
        r"passen sie auf|avec (?:soin|prudence|pr\u00e9caution)|"
        r"prudemment|attention|faites attention)\b|\u5c0f\u5fc3|\u6ce8\u610f|\u614e\u91cd|"
        r"\u6c17\u3092\u3064\u3051",
    ),
    _rule(
        "hazard",
        0.9,
        r"\b(?:peligros[oa]s?|da\u00f1ar|herir|ilegal|riesgo|gef\u00e4hrlich\w*|verletz\w+|gefahr|"
        r"schaden|illegal|risiko|dangereu(?:x|ses?)|blesser|"
        r"danger|risque|ill\u00e9gal)\b|\u5371\u9669|\u4f24\u5bb3|\u53d7\u4f24|\u8fdd\u6cd5|\u5371\u967a|"
        r"\u602a\u6211|\u9055\u6cd5|\u5371\u306a\u3044",
    ),
    _rule(
        "limit",
        0.85,
        r"\b(?:despacio|lentamente|sin tocar|solo hasta|langsam|h\u00f6chstens|ohne zu ber\u00fchren|"
        r"maximal|nur halb|lentement|doucement|sans toucher|"
        r"au maximum)\b|\u6162\u6162|\u7f13\u6162|\u4e0d\u8d85\u8fc7|\u3086\u3063\u304f\u308a|"
        r"\u4ee5\u4e0b\u3067",
    ),
    _rule(
        "commit",
        0.85,
        r"\b(?:voy a|estoy \w+ndo|he \w+[ai]do|lo har\u00e9|ya lo)\b|\b(?:muevo|llevo|abro|cierro|traigo|"
        r"tomo|pongo)\b",
        r"\bich (?:bringe|hebe|fahre|\u00f6ffne|schlie\u00dfe|hole|nehme|stelle|lege|bewege|drehe|mache|"
        r"werde (?!\w+ ?nicht|nicht)\w+|habe)\b",
        r"\bje (?:vais|prends|d\u00e9place|ferme|l\u00e8ve|apporte|mets|pose|tourne|roule)\b|"
        r"\bj'(?:ouvre|apporte|ai|avance|arrive)\b",
        r"(?:\u6211(?:\u4f1a|\u6b63\u5728|\u5c06|\u73b0\u5728|\u6765)|\u5df2\u7ecf)|"
        r"(?:\u3057\u307e\u3059|\u904b\u3073\u307e\u3059|\u958b\u3051\u307e\u3059|"
        r"\u3057\u3066\u3044\u307e\u3059|\u3057\u307e\u3057\u305f)",
    ),
)
FOREIGN_NEGATION = re.compile(r"\b(?:no|nicht|kein\w*|ne|pas|nada|ni)(?: \w+){0,2} ?$|[\u4e0d\u65e0\u6ca1]$")
"""Takes a hazard, a caution or an undertaking back."""
