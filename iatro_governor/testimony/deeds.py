"""Free wordings of limit (bounds of its own motion) and of commit (does it, will do it, has done it)."""

from __future__ import annotations

from iatro_governor.testimony.rule import rule

_PART = (
    r"(?:half|halfway|half-way|partway|part of the way|a third|a quarter|a fraction|two thirds|"
    r"three quarters|a few|one|two|three)"
)
_LENGTH = (
    r"(?:centimet\w+|millimet\w+|met(?:er|re)s?|inch(?:es)?|cm|mm|steps?|degrees?|fingers?|turns?|"
    r"hand's breadth|feet|foot|m)"
)
_PRESENT = (
    r"(?:pick|bring|put|open|close|grab|lift|carry|push|pull|pour|wipe|drive|roll|deliver|fetch|lower|"
    r"raise|clean|"
    r"hand (?:you|him|her|over)|place (?:it|the|them)|move (?:it|the|to|on|over)|go (?:to|over)|"
    r"turn (?:it|the|on|off|left|right)|"
    r"take (?:it|the|them|him|her)|do (?:it|the|so|as you)|give (?:you|him|her|it)|set (?:it|the))"
)
_STATE = (
    r"(?:open|closed|shut|on|off|clear|ready|done|empty|full|clean|unlocked|locked|gone|lit|finished|"
    r"complete)"
)
_FINISHED = (
    r"(?:\w{2,}ed|put|set|done|taken|brought|hidden|made|thrown|cut|shut|swept|moved|hung|laid|sent|"
    r"poured|filled)"
)

LIMIT = (
    rule(
        "limit",
        0.85,
        r"\bwithout (?:ever |once )?(?:\w+ )?(?:brushing|grazing|scraping|leaning|squeezing|shaking|"
        r"raising|dropping|reaching|"
        r"stepping|driving|swinging|turning|bending|applying|putting|rubbing|dragging|coming|getting)\b",
        rf"\b(?:only|just|merely|at most|no more than|by) (?:{_PART})\b(?! (?:more thing|question|"
        rf"of you))|\b(?:to the |about )?"
        r"half-?way\b|\bpart-?way\b|\bhalf of the (?:way|cup|glass|jug)\b|\bhalf (?:its|my|"
        r"the) (?:usual |normal |full )?"
        r"(?:speed|power|force|strength|height|pace)\b|\ba fraction of (?:my|its|the)\b",
        r"\b(?:only|just) (?:the (?:top|bottom|lower|upper|left|right|first|outer|rim|edge|lid|tip|"
        r"handle|front)|my|one|a (?:little|bit|few|tiny|sliver|crack|touch)|"
        r"slightly|my fingertips?|two|three)\b|\bjust one (?:arm|hand|finger)\b",
        r"\b(?:and|but) (?:no|not an inch|not one \w+|not a \w+) (?:further|farther|more|closer|faster|"
        r"higher|harder|deeper|beyond)\b|"
        r"\b(?:not|never) (?:over|above|across|beyond|past|within|inside|closer|nearer|faster|higher|"
        r"harder|more|further|into|onto) ?"
        r"(?:it|the|my|than|half|a|an|\d|that|his|her|your|shoulder|your)\b",
        rf"\b(?:a|one) (?:few |single |couple of )?{_LENGTH} at a time\b|\b(?:little by little|"
        rf"bit by bit|inch by inch|step by step slowly)\b",
        rf"\bstop(?:ping)? (?:\S+ ){{0,3}}?{_LENGTH} (?:short|before|away|in front|from)\b",
        r"\b(?:(?<!^)(?:stay|keep|remain)|stays|keeps|remains|staying|keeping|remaining) (?:inside|"
        r"within|behind|outside|below|under|on this side|at least|clear)\b",
        r"\b(?:(?<!^)(?:keep|maintain|hold|leave)|keeping|maintaining|holding|"
        r"leaving) (?!your )(?:\w+ ){0,5}?(?:distance|gap|clearance)\b|"
        rf"\b(?:(?<!^)(?:leave|keep)|leaving|keeping) (?:\S+ ){{0,3}}?(?!fingers){_LENGTH} (?:between|"
        rf"of (?:space|room|air)|free|clear|away)\b|"
        r"\b(?:side|half|shelf|part|edge|rim|surface|handle|tip) only\b",
        r"\b(?:won't|will not|never|not going to) (?:\w+ )?(?:lift|raise|open|tilt|reach|extend|swing|"
        r"step|rise|squeeze|grip|lower|turn) (?:it |any |the \w+ |my \w+ )?"
        r"(?:above|over|beyond|past|more|further|farther|higher|faster|harder|deeper|below|wider)\b",
        r"\bever so (?:slightly|gently|slowly|softly)\b|, not (?:higher|further|farther|faster|harder|"
        r"deeper|closer|more|beyond|past)\b|"
        r"\bby a (?:hand's|finger's|hair's) (?:width|breadth)\b|\bas (?:softly|gently|slowly|lightly|"
        r"little) as\b|\b(?:softest|slowest|lightest|gentlest|"
        r"smallest|barely any|hardly any|very little|next to no|minimal) (?:setting|pressure|force|touch|"
        r"speed|push|grip|step)\b|"
        r"\bsnail's pace\b|\bbelow (?:shoulder|head|knee|waist|hip|table) (?:height|level)\b",
        r"\b(?:half|quarter|low|reduced|minimum|minimal|idle) (?:throttle|strength|effort|power|force|"
        r"speed)\b",
    ),
)

COMMIT = (
    rule(
        "commit",
        0.8,
        r"^\W{0,3}(?:(?:ok|okay|sure|yes|alright|right|understood|affirmative|copy|"
        r"roger)\W{1,3})?(?:on it|coming(?: up)?|you got it|you bet|as you wish|"
        r"at once|gladly|with pleasure|will do|certainly|of course|consider it|moving|going now|"
        r"here (?:goes|we go)|on (?:the|our) way|heading \w+|done and dusted|my pleasure|roger that|"
        r"say no more)\b(?! not)",
        rf"\b(?:the|your|his|her|their|that|this|everything|all) ?(?:\w+ ){{0,3}}(?:has|have) (?:now |"
        rf"just |already |all )?been (?:\w+ly )?{_FINISHED}\b"
        r"(?! (?:down|denied|by (?:him|her|"
        r"someone)))(?<!refused)(?<!declined)(?<!rejected)(?<!denied)(?<!turned)",
        rf"\b(?:the|your|everything|all) ?(?:\w+ ){{0,3}}(?:is|are|was|were) (?:now |all |"
        rf"safely )?(?:{_STATE} now|now {_STATE}|"
        r"(?:switched|turned|put|set|locked|cleaned|packed|folded) (?:\w+ )?now|delivered (?:to|at)|"
        r"in place now|back (?:on|in) )",
        r"^\W{0,3}(?:and |so |there,? )?here(?:'s| is| are) (?:your|the)\b|\bi(?:'m| am) gonna\b|"
        r"\bi'll get (?:it|that|you|right)\b|\bhere (?:it is|(?:comes|come) (?:the|your))\b|\b(?:it's|"
        r"it is|that's|they're|all) (?:all |now )?(?:done|finished|sorted|taken care of)\b|\b(?:are|"
        r"is) (?:now )?(?:washed|dried|cleaned|folded|packed|wiped|swept|stacked|loaded|unloaded|sorted|"
        r"delivered)\b|\bas we speak\b",
        rf"(?:^|[,.:] |\b(?:and|so|then|now|first|but) )i (?:now |then |just |gladly |gently |slowly |"
        rf"carefully )?{_PRESENT}\b",
        r"^[^,]{0,24}, (?:now |just |already )?(?!(?:consider|regard|includ|accord|caus|mean|know|see|"
        r"be)ing)[a-z]{2,}ing (?:it|your|them|that)\b(?! (?:is|could|would|may|might))",
        r"\bi'm off to\b|\b(?:window|door|lid|gate|drawer|lamp|light|valve|box|hatch|shutter|blind|"
        r"tap)(?:'s|'re) (?:\w+ )?(?:shut|open|closed|off|on)(?: now)?\b",
        r"\bi'm (?:\w+ly )?(?:on (?:it|my way)|back with)\b|\blet me (?:get|grab|bring|fetch|do|take|"
        r"open|carry|move|put)\b(?! (?:a look|you to))",
    ),
)
