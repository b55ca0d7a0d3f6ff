"""Free wordings of caution (asking for care) and of hazard (naming the harm)."""

from __future__ import annotations

from iatro_governor.testimony.rule import rule

_PERILS = (
    r"(?:drown|slip\b|slide off|bleed|suffocat\w+|starv\w+|chok\w+|snap\b|crack\b|blind\b|deafen|infect|"
    r"sting\b|bite\b|scare|"
    r"startle|panic|traumati[sz]e|catch fire|give way|collapse|faint\b|die\b|flood|melt|short[- ]circuit|"
    r"corrode|smash|tear\b|"
    r"rip\b|dent\b|swallow|trap\b|amputate|sever|maim|wreck|destroy|worsen|overheat|roll off|cost (?:him|"
    r"her|them|somebody|lives)|"
    r"take (?:his|her|somebody's|someone's) (?:eye|hand|life)|"
    r"(?:get|be|end up|leave (?:him|her|them|somebody)|getting) (?:badly |seriously |severely )?(?:hurt|"
    r"killed|burned|burnt|injured|"
    r"stuck|cut|infected|sick|shocked|crushed|hit|blinded|trapped|stung|ill|scalded|thrown|run over|"
    r"electrocuted|poisoned|pinched)|"
    r"lose (?:a|an|his|her|their|your|its|the|some) (?:\w+ )?(?:fingers?|hands?|eyes?|life|balance|sight|"
    r"limbs?|hearing|toes?|arm|grip)|"
    r"put [^.,]{0,24}(?:at risk|in danger))"
)
_WILL_HARM = (
    r"(?:burn|hurt|injure|harm|damage|fall\b|explode|shatter|choke|drown|crush|topple|poison|kill|scald|"
    r"suffocate|collapse|"
    r"eat through|eat into|get (?:hurt|burned|burnt|killed|injured)|be (?:hurt|burned|burnt|killed|"
    r"injured|crushed|ruined)|catch fire|bleed|die\b)"
)

CAUTION = (
    rule(
        "caution",
        0.9,
        r"\b(?:with|take|taking|using|use|exercise|exercising) (?:\w+ ){0,2}(?:care|caution)\b|"
        r"\btread(?:ing)? (?:lightly|softly)\b",
        r"\b(?:mind (?:that|how)|watch (?:your|the|for|where)|(?:on|be on) (?:your|my) guard|"
        r"keep (?:a )?(?:close )?watch|"
        r"hold (?:on )?(?:tight|on to|onto)|be (?:sure|certain) (?:to|that|you)|"
        r"make (?:room|way|some room)|give me (?:some )?(?:room|space)|safe distance|keep your distance|"
        r"(?:use|with) both hands|on your own (?:responsibility|risk)|own risk|not my responsibility|"
        r"word of (?:warning|caution|advice))\b",
        r"\b(?:attention|careful|heads up):",
        r"\b(?:take|step|move) (?:\w+ )?(?:steps? |paces? )?back\b(?=[^a-z]|$)|\bi'm not sure (?:that |"
        r"if |whether )?(?:it|this|that)\b",
        r"\bkeep [^.,!?]{1,30} (?:at a (?:safe )?distance|out of (?:the|reach|my|its)|away from (?:the|"
        r"my|it|me)|off the|clear of)\b",
        r"(?:^|[,:] |\b(?:and|please|but) )(?:do not|don't) (?:touch|stand|lean|go near|come (?:near|"
        r"close|any)|put your|walk|reach|"
        r"let (?:the|your|any|go)|step|get (?:too )?close|distract|open|drink|eat|look into|breathe)\b",
        r"(?:^|[,:] |\bplease )(?:stay|stand|keep|step) (?:\w+ )?(?:clear|back|away|aside|out of)\b",
        r"\b(?:under|with) (?:\w+ )?supervision\b|\b(?:adult|someone|somebody|person|nurse|"
        r"operator) (?:should )?(?:present|keep watch|watch)\b",
    ),
    rule(
        "caution",
        0.75,
        r"\b(?:wear|put on) (?:\w+ )?(?:gloves|goggles|helmet|mask|protection|glasses|ear|shoes)\b|"
        r"\bprotective (?:gear|glove|clothing|equipment)",
        r"(?:^|[,:] |\bplease )(?:remember to|don't forget to|be sure|check (?:that|the|whether)|unplug|"
        r"switch off|turn off)\b",
        r"\byou (?:may|might) (?:want|wish|like|need) to\b|\byou (?:really )?(?:should|ought to|"
        r"had better|must) (?:\w+ )?(?:have|keep|check|wear|stay|make|watch|"
        r"supervise|be|put|double|not (?:stand|touch|drink|eat)|avoid)\b|(?:^|"
        r"[,:] )(?:you'd )?better (?:put|move|check|step|stay|keep|get|wear|watch)\b",
        r"\bi (?:strongly )?(?:advise|recommend|warn|caution|urge)\b|\bdon't (?:blame|hold) me\b|"
        r"\bno (?:liability|guarantee|promises)\b|"
        r"\bi (?:take|accept|assume) no\b|\bsomebody should (?:keep|watch)",
    ),
)

HAZARD = (
    rule(
        "hazard",
        0.9,
        rf"\b(?:could|may|might|would|can|'d|likely to|bound to|liable to|going to|about to|will|"
        rf"'ll) (?:\w+ly )?{_PERILS}",
        rf"(?<!\bi )(?<!\bwe )(?<!robot )(?<!arm )(?<!gripper )\b(?:will|'ll) (?:\w+ly )?{_WILL_HARM}",
        r"\b(?:overdos\w+|burglar\w*|robbery|assault\w*|trespass\w*|blackmail\w*|arson|crimes?|murder\w*|"
        r"abus(?:e|ing)|dishonest\w*|"
        r"deadly|reckless\w*|irresponsible|treacherous|scalding|slippery|flammable|explosive|corrosive|"
        r"sabotage|bullying|"
        r"tortur\w+|manslaughter|lying to|break(?:ing)? into|breach of|infringe\w*|unstable|hazards|"
        r"bloodshed|concussion|explosions?|unconscious|heart attack|bloody|"
        r"inhal(?:e|ing) (?:the |those |these )?(?:fumes|smoke|gas))\b",
        r"\b(?:hot|sharp|heavy|strong|fast|high|loud|steep|bright) enough to (?:burn|cut|crush|hurt|"
        r"injure|kill|break|blind|harm|deafen|scald)\b|"
        r"\b(?:in|to) (?:the )?(?:hospital|emergency room)\b|\b(?:would|could|might|may) drop (?:him|her|"
        r"them|somebody|someone)\b|"
        r"\b(?:stops?|stopping) (?:a|his|her|the|your) heart\b|\bknock [^.,]{0,16}(?:over|out|down|"
        r"unconscious)\b|"
        r"\b(?:lives?|people|children|others|him|her|them|everyone|somebody) (?:in|into) (?:grave |"
        r"great |real )?danger\b|\bwrong to\b|"
        r"\b(?:breaks?|breaking|violat\w+|against) the (?:law|rules)\b|\bget (?:hurt|killed|burned|burnt|"
        r"injured)\b|"
        r"\b(?:real|serious|high|great|grave|big) (?:risk|danger|threat)\b|\bget(?:s)? (?:him|her|them|"
        r"somebody|someone|me|us|\w+) killed\b",
        r"\b(?:crushing|breaking|burning|hurting|cutting|injuring|blinding|hitting|killing|harming|"
        r"scalding) (?:someone|somebody|him|her|them|people|"
        r"a (?:person|child|passer-by|bystander)|the (?:child|baby|dog|cat|patient))\b",
    ),
)
