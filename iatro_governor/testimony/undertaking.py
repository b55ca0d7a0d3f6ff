"""Whether a quantity is a bound that the speaker undertakes to keep on the robot's own action.

It is not when it is only mentioned, quoted, negated, put under a condition, past, or asked of somebody else. The
rules look for the last subject before the quantity: who or what is it said of, and with which kind of verb.
"""

from __future__ import annotations

import re

_CONDITION = re.compile(
    r"\b(?:if|unless|provided|providing|assuming|suppose|supposing|in case|should (?:the|you|it|we|i|"
    r"they|someone|anyone|anything)|as long as|otherwise|except when|were i to|had i)\b"
)
_WHEN_CLAUSE = re.compile(r"\b(?:when|whenever|once|as soon as)\b[^,]*$")
_MODAL = re.compile(
    r"\b(?:could|would|might|may|should|'d|want(?:ed)? to|like to|hope to|try to|tend to|usually|"
    r"normally|able to|capable of|ought to|wish|can)\b"
)
_CANNOT_EXCEED = re.compile(r"\b(?:can't|cannot|can not)\b")
_REFUSES = re.compile(
    r"(?:\b(?:not|never|cannot|unable to|refuse to|decline to|no promise|no guarantee|no way to|"
    r"instead of|rather than|without)|n't)"
    r"(?: (?:be|going to|able to|really|always|promise to|guarantee(?: to| that i(?:'ll| will)?)?|"
    r"commit to|agree to|intend to|plan to|bother to|necessarily|actually|possibly|to)){0,3} ?"
    r"(?:keep|keeping|stay|staying|hold|holding|remain|remaining|maintain|maintaining|limit|limiting|"
    r"limited|cap|capping|capped|restrict|restricted|respect|respecting|observe|"
    r"honou?r|obey|slow|slowing|reduce|reducing|use|using|drive|driving|go|going|move|moving|"
    r"travel\w*|promise\w*|guarantee\w*|commit\w*|stick|sticking|wait|waiting|turn|turning|"
    r"do|doing|press|pressing|push|pushing|carry|lift|apply|grip|squeeze|run|running|rotate|rotating|"
    r"bound by|at|for|to|exactly|constrained)\b"
)
_TELLING_ME = re.compile(
    r"\b(?:told|asked|ordered|instructed|advised|want|wants|expected|expects|said|says|requires?|"
    r"required|reminded|request(?:ed)?|suggest(?:s|ed)?|recommend(?:s|ed)?|allows?|let)"
    r" (?:me|us|i|that i|the robot)\b|\b(?:i|we)(?:'m| am| was|'ve been| have been| were)? (?:told|"
    r"asked|supposed|expected|required|instructed|ordered|meant)\b"
)
_PAST = re.compile(
    r"\b(?:i|we|it|he|she|they|you|robot|arm|speed|force|gripper|base|and|that|which|last|earlier|"
    r"yesterday|previously|then)(?: \w+ly)?(?: (?!(?:is|are|am|be|being|stays?|remains?) )\w+)? "
    r"(?:was|were|had|did|went|drove|moved|kept|stayed|held|ran|pressed|pushed|measured|travelled|"
    r"traveled|lifted|stopped|used|exceeded|reached|turned|carried|applied|took|waited|came|"
    r"rotated|remained|limited|capped|promised|averaged|peaked|managed|passed|closed|approached|"
    r"squeezed|gripped|covered|flew|swung)\b(?!.*\b(?:will|'ll|going to|now|am|'m)\b)|"
    r"\b(?:i've|i have|we've|we have|has|had|have)(?: \w+ly| always| never| already| just)? (?:been|"
    r"kept|stayed|moved|driven|held|gone|travelled|traveled|pressed|waited|rotated|turned|lifted|"
    r"applied|used|limited|capped)\b|"
    r"\b(?:yesterday|last (?:time|week|night|month|run|year)|earlier|previously|used to|so far|a "
    r"moment ago)\b(?!.*\b(?:will|'ll|going to|now|am|'m)\b)|"
    r"(?:^\W{0,3}|\b(?:so|hence|therefore) )(?:kept|stayed|drove|moved|went|held|ran|travelled|traveled|pressed|"
    r"waited|was|were|stopped|covered)\b|"
    r"\bbut (?:stayed|drove|went|ran|travelled|traveled|waited|was|were)\b"
)
"""What was: "the speed is kept" tells of now, and so may "but kept", where "but stayed" does not."""
_PAST_AFTER = re.compile(
    r"^[^.;!?]{0,40}\b(?:yesterday|last (?:time|week|night|month|run|year)|earlier today|previously|ago)\b"
)
_MENTION_VERB = re.compile(
    r"\b(?:i|we)(?:'ve| have|'m| am|'ll| will|'d)? (?:\w+ly )?(?:read|reading|see|saw|detect(?:ed)?|"
    r"show|notice[d]?|estimate[d]?|know|think|understand|understood|note[d]?|hear|heard|believe|"
    r"assume[d]?|remember|recall|sense[d]?|observe[d]? (?:a|an|the|that)|measur(?:e|ed|ing)|"
    r"mention(?:ed)?|weigh|acknowledge|see that)\b"
)
_NEW_CLAUSE = re.compile(
    r"(?<= )(?=(?:but|so|because|since|however|therefore|although|though|hence|and then|and i|and the) )|"
    r"(?<=, )(?=(?:i|we)\b)|(?<=: )(?!(?:kept|held) )"
)
"""Where a clause begins; in "speed: kept below" none does, it says how the speed is."""
_OTHER_ASKED = re.compile(
    r"\b(?:please|kindly|can you|could you|would you|will you|you (?:must|should|need to|have to|can|"
    r"may|could|will|are|might|ought)|you'll|you're|you|your|yours|make sure (?:you|everyone|people|"
    r"nobody|no one|the (?:operator|child|people|dog|cat))|"
    r"let (?:the|him|her|them|us)|everyone|everybody|people|bystanders|pedestrians|operators?|"
    r"workers?|humans?|visitors|children|the (?:child|person|driver|user|patient|nurse|technician|"
    r"forklift|other robot|truck|car|crane|operator|customer))\b"
)
_IMPERATIVE = re.compile(
    r"^\W{0,3}(?:(?:so|and|then|ok|okay|now|also|always|just|do|but|warning|caution|attention|note|"
    r"remember)\W+)*(?:do not|don't|never(?! [a-z]+ing)|please|keep|stay|stand|step|drive|move|hold|"
    r"remain|wait|walk|go|use|limit|maintain|make sure|"
    r"ensure|watch|leave|slow|turn|lift|set|give|allow|back|get|put|place|check|press|push|reduce|"
    r"stop|avoid|remember)\b"
)
_OWN_NOUN = (
    r"(?:speed|force|grip|gripper|arm|base|pace|velocity|pressure|clearance|turn rate|turning rate|"
    r"rotation|torque|robot|acceleration|distance|motion|approach|push|payload|load|wrist|effort|reach|"
    r"tilt|angle|spin|travel|drive|contact force|descent|lift|yaw rate|movement|stroke|rate|throttle|"
    r"power)"
)
_OWN = re.compile(
    rf"(?:\b(?:i|we)(?:'ll|'m|'re|'ve)?\b|\b(?:my|our|this robot|this unit|the robot|the arm|the base|"
    rf"the gripper)\b|\b(?:the|gripper|contact|grip|driving|travel|maximum|top) {_OWN_NOUN}\b|"
    rf"\bspeed\b|\bforce\b)"
)
_KEEPING = re.compile(
    r"\b(?:stays?|will|'ll|remains?|kept|capped|limited|held|won't|never|restricted|set|is going to|"
    r"reduced|stay|not exceed|goes|staying|keeping|throttled|under control)\b"
)
_STATIVE = re.compile(
    r"\b(?:(?:the|a|an|this|that|its|his|her|their|it|which|there|each|every|those|these|some|shelf|"
    r"box|sign|limit|manual)\b(?:[ -][a-z'-]+){0,5}? ?(?:is|are|'s|weighs?|measures?|reads?|says?|"
    r"shows?|has|have|requires?|allows?|holds?|stands?|lies|"
    r"recommends?|mentions?|states?|rated|permits?|specifies|costs?|means|gives?|displays?|can|could|"
    r"supports?|sits|limit|suggests?|lists?|equals?|tolerates?|contains?|carries|demands?|needs?|takes?|bears?|withstands?|accepts?|fits)|"
    r"(?:speed limit|weight limit|load limit|force limit|rated|rating|datasheet|spec|specification|"
    r"signposted|threshold))\b"
)
_GERUND = re.compile(
    r"(?:^\W{0,3}(?:(?:ok|okay|sure|understood|alright|right|certainly|of course|yes|copy|roger|now|then|"
    r"got it|affirmative|will do)\W+)*|[,:(] ?(?:and |while |then |but |now )?|\b(?:and|while|by|"
    r"always|now) )"
    r"(?!during|according|nothing|something|anything|everything|being|having)[a-z]{2,}ing\b"
)
_SHORT_PROMISE = re.compile(
    r"\b(?:max(?:imum)?|min(?:imum)?|capped|limited|restricted|below|under|at most|no (?:more|faster|"
    r"less|further|closer|higher|harder|greater|lower|nearer) than|not (?:above|over|more)|never|"
    r"within|at least|up to|at|throttled|top speed)\b"
)
_ATTRIBUTE = re.compile(
    r"^[ -](?!(?:at|on|in|to|towards?|from|away|while|until|and|or|for|per|with|as|all|throughout|"
    r"every|then|so|because|since|the|a|an|my|your|max|maximum|min|minimum|forward|forwards|back|"
    r"clearance|distance|gap|margin|headroom|"
    r"backwards|left|right|up|down|"
    r"ahead|clockwise|before|after|near|around|by|over|along|past|through|during|when|off|clear|apart|short|shy|"
    r"between|of|tops|today|now|here|there|behind|beyond|each|only|but|upon|onto|into|if|unless|limit|"
    r"cap|ceiling|toward|sideways|again|anticlockwise|counterclockwise|"
    r"gently|slowly|carefully|exactly|total|first|longer|more|less|later|where|whenever|under|inside|"
    r"outside|above|below|across|or|within|without|via|straight|everywhere|anywhere|always|the "
    r"whole)\b)[a-z]"
)
_AIMED = re.compile(
    r"(?:\b(?:at|for|with|to|of|by|using|use|apply|applying|exert\w*|exactly|about|around|roughly|"
    r"approximately|another|next|=|maintain\w*|do|doing)|[~=:])\s*(?:a |an |the |about |only |around |"
    r"just |roughly |exactly |speed of |speed |~)*$"
)
_OWN_MOVE = re.compile(
    r"\b(?:mov|park|driv|go\b|going|travel|turn|rotat|back|revers|advanc|lift|rais|lower|wait|paus|spin|"
    r"halt|swing|step|roll|open|clos|reach|extend|keep|stay|hold|tilt|shift|slid|creep|stop|"
    r"maintain)\w*[^.;!?]{0,40}$"
)
_WAITING = re.compile(
    r"\b(?:wait|paus|hold|stay|rest|sleep|idl)\w*"
    r"(?: (?:another|here|still|it|there|about|only))*\s*$"
)
_STATED = re.compile(r"^ (?:is|was|are|were|applies|apply|seems|sounds|looks|has been|means)\b")
_FOLLOWED_BY_ME = re.compile(
    r"^ (?:is (?:how|as) (?:far|fast|hard|long|close|high|low|much|heavy)(?: as)? )?i(?:'ll| will| shall|'m going to)\b"
)
"""What a sentence that opens with its bound goes on with: "at 0.2 m/s I'll ...", "5 cm is as far as I'll ..."."""
_AWAY_FROM_ME = re.compile(r"^[^.,;!?]{0,16}\b(?:from|of|between) (?:me|the robot|this robot|my arm|us)\b")
AIMED_QUANTITIES = frozenset({"speed", "angular_speed", "force", "torque", "duration", "percent"})


def undertaken(lead: str, tail: str, quantity: str, op: str, inverted: bool) -> bool:
    """Whether the bound is the robot's own undertaking.

    ``lead`` is the sentence up to the comparison, ``middle`` words included where they decide (``comparison``
    has already consumed "will not go above"), ``tail`` the sentence after the unit; ``inverted`` says that a
    negation was consumed by the comparison and so denies nothing here.
    """
    if _CONDITION.search(lead) or _CONDITION.search(tail) or _WHEN_CLAUSE.search(lead):
        return False
    if (
        _PAST_AFTER.search(tail)
        or (_STATED.match(tail) and not _FOLLOWED_BY_ME.match(tail))
        or _said_otherwise(lead, inverted)
    ):
        return False
    if _FOLLOWED_BY_ME.match(tail) and not lead.strip(" -*.").count(" "):
        return True
    if op == "==" and not _aimed(lead, tail, quantity):
        return False
    return _speaker_bound(lead, tail, op)


def _said_otherwise(lead: str, inverted: bool) -> bool:
    """Told, past, hypothetical or denied in the clause before the quantity."""
    clause = _last_clause(lead)
    if _TELLING_ME.search(clause) or _MENTION_VERB.search(clause) or _PAST.search(clause):
        return True
    if _MODAL.search(_CANNOT_EXCEED.sub("", clause)):
        return True
    return not inverted and _REFUSES.search(clause) is not None


def _last_clause(lead: str) -> str:
    """From the last place where a new subject can start, which is in it; "because" and "so" open a new clause."""
    return _NEW_CLAUSE.split(lead)[-1]


def _aimed(lead: str, tail: str, quantity: str) -> bool:
    """A bare value is a promise only where it is aimed at: "at 0.3 m/s", "for five seconds", "turn 90 degrees"."""
    if quantity == "mass" or (quantity != "percent" and _ATTRIBUTE.match(tail)):
        return False
    if quantity == "duration" and _WAITING.search(lead):
        return True
    if quantity in AIMED_QUANTITIES:
        return _AIMED.search(lead) is not None
    return _OWN_MOVE.search(lead) is not None


def _speaker_bound(lead: str, tail: str, op: str) -> bool:
    """Whether the last subject before the quantity is the robot itself, in a verb that binds it."""
    if _AWAY_FROM_ME.match(tail) and not re.search(r"\b(?:i|we)\b", lead):
        return False
    own = _last(_OWN, lead)
    gerund = _last(_GERUND, lead)
    asked = _last(_OTHER_ASKED, lead)
    stative = _last(_STATIVE, lead)
    if _IMPERATIVE.match(lead) and own < 0:
        return False
    ours = max(own, gerund)
    if ours < 0 and asked < 0 and stative < 0:
        words = lead.split()
        return len(words) <= 4 and (op != "==" or _SHORT_PROMISE.search(lead) is not None)
    if asked > ours and not re.search(r"\b(?:i|we)(?:'ll|'m| will| am| shall)\b", lead):
        return False
    if stative > ours:
        return False
    return _binding_is(lead, own)


def _binding_is(lead: str, own: int) -> bool:
    """So "the speed is 0.5 m/s" only states; "the speed stays below" and "I am keeping below" bind."""
    if own < 0:
        return True
    clause = lead[own:]
    first_person = re.match(r"(?:i|we)\b", clause) is not None
    return (
        first_person
        or _KEEPING.search(clause) is not None
        or not re.search(r"\b(?:limit|is|are|was)\b", clause)
    )


def _last(pattern: re.Pattern[str], text: str) -> int:
    start = -1
    for match in pattern.finditer(text):
        start = match.start()
    return start
