"""Japanese."""

from __future__ import annotations

import re

from iatro_governor.testimony.languages.grammar import Grammar, bounds, following
from iatro_governor.testimony.languages.numerals import CHARACTERS

_RATE = r"(?:毎秒|秒速|時速|毎時)?"
JAPANESE = Grammar(
    numerals=CHARACTERS,
    before=(
        *bounds(
            "<=",
            (r"(?:最大|最高|上限|多くても|速くても)",),
            rf"(?:速度|でも|は|を|が|で)*{_RATE}",
        ),
        *bounds(
            ">=",
            (r"(?:最低|最小|少なくとも|下限)",),
            rf"(?:でも|は|を|が|で)*{_RATE}",
        ),
    ),
    after=(
        *following(
            ">=",
            r"(?:以内|未満)?(?:に|より|まで)?(?:は)?(?:近づきません|近づかない|近寄ら)",
            r"を(?:下回ら|下回りません|切らない|切りません)",
        ),
        *following(
            "<=",
            r"(?:以下|以内|未満|まで)",
            r"を(?:超えません|超えない|超えず|超えることは|上回ら|上回りません)",
            r"より(?:遅く|ゆっくり|弱く|低く)",
        ),
        *following(">=", r"(?:以上|より遠く|より離れ)"),
    ),
    turned=re.compile(r"(?!)"),
    between=re.compile(r"(?!)"),
    joint=re.compile(r"\s?(?:-|~|から|〜)\s?$"),
    unbound=re.compile(
        r"ください|下さい|お願い|なさい"
        r"|書かれ|とあります|によると|マニュアル|看板|規則|規格|と言|話では|許可|求められ"
        r"|昨日|さっき|先ほど|前回|以前|ました|でした|していた|いた[.]?$"
        r"|保証(?:でき|し)|約束(?:でき|し)ません|できません|拒否|お断り"
        r"|重さ|高さは|長さは|ましょうか|でしょうか|ますか"
    ),
    open_ended=re.compile(r"たら|れば|なら|場合|もし|限り|いとき|たとき|るとき"),
    stated=re.compile(r"(?:です|である|あります|ですが)"),
    own=None,
    turn=re.compile(r"(?:が|けど|けれども),|;"),
)
