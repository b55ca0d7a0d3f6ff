"""Chinese, in short and long characters."""

from __future__ import annotations

import re

from iatro_governor.testimony.languages.grammar import Grammar, bounds, following
from iatro_governor.testimony.languages.numerals import CHARACTERS

_RATE = r"(?:每秒|秒速|时速|每小时)?"
CHINESE = Grammar(
    numerals=CHARACTERS,
    before=(
        *bounds(
            "<=",
            (
                r"(?:不|不会|绝不|从不|不要|不能|未)(?:会|再|让它)?"
                r"(?:超过|高于|大于|多于|超出|快于)",
            ),
            _RATE,
        ),
        *bounds(
            ">=",
            (
                r"(?:不|不会|绝不)(?:会)?(?:低于|少于|小于|短于)",
                r"(?:至少|最少|最小|大于|高于|超过|多于)",
            ),
            rf"(?:为|是|保持)?{_RATE}",
        ),
        *bounds(
            "<=",
            (
                r"(?:低于|小于|少于|短于|最多|至多|最大|最高|最快|"
                r"不到|限制在|控制在|限制为|上限)",
            ),
            rf"(?:速度|力|只|会|为|是|用|的)*{_RATE}",
        ),
    ),
    after=(
        *following("<=", r"(?:以内|以下|之内|之下)"),
        *following(">=", r"(?:以上|以外|之外|或以上)"),
    ),
    turned=re.compile(r"(?!)"),
    between=re.compile(rf"(?:在|介于|用|以){_RATE}$"),
    joint=re.compile(r"\s?(?:-|~|到|至|和|与)\s?$"),
    unbound=re.compile(
        r"请|您|你们?|大家"
        r"|手册|规定|牌子|标牌|写着|说|根据|标准|要求|允许|让我|叫我"
        r"|昨天|刚才|之前|以前|上次|曾|过了|走过"
        r"|不能保证|无法保证|不保证|不敢保证|拒绝|不能承诺|不愿"
        r"|重(?:量)?(?:是|为|约)?\s*$|重\s?\d|重[一-十两]|高度是|长度是|能承受|需要"
    ),
    open_ended=re.compile(r"如果|要是|假如|假若|若|万一|除非|只要|当.{0,12}时|一旦|本来会|[吗呢]$"),
    stated=re.compile(r"(?:高|长|宽|重)(?:[,.]|$)"),
    own=None,
    turn=re.compile(r",?(?:但是?|不过|然而|而我)|;"),
)
