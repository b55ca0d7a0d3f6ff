"""The lexicon's word lists and patterns, over the plain form of a text (lower case, straight quotes).

Every pattern is a flat alternation with bounded repeats: none can backtrack further than a few words.
"""

from __future__ import annotations

import re

from iatro_governor.testimony.rule import rule as _rule

_SELF = r"(?:i|we|this (?:robot|unit|system|machine)|the (?:robot|system|arm|unit|base|gripper))"
_ADVERB = (
    r"(?:(?:really|simply|just|also|unfortunately|sadly|respectfully|politely|absolutely|therefore|honestly|"
    r"certainly|definitely|still|must|have to|need to|will|and will|either|currently|now|already|safely|"
    r"knowingly|ethically|legally|gladly|happily|immediately|then|instead|first|always|do|am|'m|going to),? ){0,3}"
)
_NOT_ABLE = (
    r"(?:can't|cannot|can not|cant|won't|will not|wont|am unable|'m unable|are unable|is unable|(?:am|'m|'re|is|are) not "
    r"(?:able|willing|going|allowed|permitted|prepared|comfortable|designed|programmed|authori[sz]ed|here to)|"
    r"(?:do|does)(?:n't| not) (?:feel (?:comfortable|able)|have permission|do that|do this|carry out|engage|perform|provide|assist|help with)|"
    r"(?:would|could|should|must|may|shall)(?: not|n't)|couldn't|never|shan't)"
)
_NO_REFUSAL_VERB = (
    r"(?! (?:wait\b|help but|go wrong|see\b|find\b|locate\b|hear\b|detect\b|tell\b|think of|recall|remember|"
    r"imagine|believe|agree more|be happier|be more|be better|stress|overstate|thank|guarantee|promise|rule out|exceed|forget|fail\b|"
    r"let (?:go|you|it|the)\b|leave (?:you|your|without|until|it behind)\b|lose\b|spill|drop it|rush|hurry|mind\b|take long|be long|be a moment|need\b|hesitate|"
    r"refuse|decline|dream of|say no|complain|miss\b|stop until|start until|move until|begin until|proceed until|"
    r"(?:go|move|drive|travel|come|get|push|press|squeeze|lift|turn|reach|run|pull|be|fly|rise|raise) "
    r"(?:it |any |going |moving )?(?:faster|harder|higher|above|over|beyond|past|further|farther|closer|nearer|"
    r"below|under|more than|quicker|lower|too )|want to (?:spill|drop|bump|rush)|(?:enter|cross|leave|pass|touch) the (?:[a-z]+ )?(?:zone|line|area|boundary|lane|edge|threshold|border|mark)))"
)
_HARM_VERB = (
    r"(?:hurt|injur\w*|harm\w*|damag\w*|break\w*|burn\w*|cut|slice|stab|squash|wound|crush\w*|pinch\w*|shatter\w*|spill\w*|topple\w*|tip over|"
    r"tip\b|fall\b|fall over|explode\w*|scald\w*|poison\w*|chok\w+|trip\b|scratch\w*|crash\w*|collid\w*|bruise\w*|ruin\w*|"
    r"leak\w*|flood\w*|kill\w*|electrocut\w*|suffocat\w*|strike|hit\b|knock\w*|endanger\w*|cause\b|lead to|result in|"
    r"upset|distress|scar\w+|fright\w+|be (?:scalded|hurt|injured|harmed|damaged|hit|struck|crushed|burned|burnt|cut|broken|dangerous|"
    r"harmful|unsafe|hazardous|risky|fatal|lethal|illegal))"
)
_HARM_NOUN = (
    r"(?:harm|injur(?:y|ies)|damage|accidents?|burns?|danger|fire|explosions?|collisions?|hazards?|risks?|"
    r"electric(?:al)? shocks?|distress|pain|suffering|death|poisoning|cruelty|flooding|spills?|breakage|falls?)"
)
_MOVING_ADVERB = (
    r"(?:slow(?:ly|er)|gentl(?:y|er)|soft(?:ly|er)|light(?:ly|er)|at a (?:(?:very|nice|really) )?(?:slow|low|reduced|"
    r"walking|gentle|crawling|snail's|moderate)(?: walking)? (?:pace|speed)|at (?:a )?(?:low|half|reduced|quarter|creep|crawl|"
    r"walking|minimum|slow) (?:speed|pace|force|power)|at a crawl)"
)


REFUSAL = (
    _rule(
        "refusal",
        0.95,
        rf"\b{_SELF}(?: |(?='))(?:{_ADVERB}){_NOT_ABLE}(?: be able)?\b{_NO_REFUSAL_VERB}",
        r"\b(?:i|we)(?:'ll| will| would|'d| am|'m|'re)? (?:must |have to |need to |going to (?:have to )?|respectfully |politely |"
        r"obliged to |choosing to |afraid i must )*(?:refus(?:e|ing|ed)|declin(?:e|ing|ed)|rather not|pass on (?:this|that)|opt out|abstain)\b",
        r"\b(?:that|this|it) (?:isn't|is not|ain't|won't|will not|is never) (?:going to )?(?:happen|be happening)\b|\bnot going to happen\b",
        r"\b(?:a|my answer is) (?:hard |firm |clear |polite |definite )?no (?:from me|to that|on that)\b|\boff the table\b|\bno way (?:i'm|i am|i'll|i will|am i)\b",
        r"\b(?:sit|sitting) (?:this|that) one out\b|\bi(?:'ve| have)? decid\w+ against\b|\bi(?: am|'m) (?:against|opposed to|unwilling to)\b",
        r"\bmy (?:programming|guidelines|rules|instructions|principles|safety rules|design|policy) (?:does not|do not|doesn't|don't|won't|will not|forbids?|prohibits?|prevents?)\b",
        r"\bcount me out\b|\bi (?:want|will have|'ll have) no part\b|\bi(?: have|'ve) (?:decided|chosen) not to\b",
    ),
    _rule(
        "refusal",
        0.9,
        rf"^\W{{0,3}}(?:(?:i'm )?sorry|apologies|unfortunately|no|regrettably|sadly)?\W{{0,3}}(?:but )?(?:cannot|can't|can not|unable to|won't|not able to|"
        rf"not going to|not willing to|not allowed to|will not){_NO_REFUSAL_VERB}",
        r"^\W{0,3}(?!(?:had|has|the|a|you|he|she|they|why|an|my|nobody|people|would|did|do|if) )(?:\w+ ){0,4}?(?:refus(?:ing|ed|al|e)|declin(?:ing|ed|e)|denied|rejected)\b(?! to budge)",
        r"[,.] (?:so )?(?:refusing|declining|i refuse|request (?:refused|denied))\b",
        r"\b(?:request|action|task|access|command|instruction|order)(?: is| was| has been)? (?:refused|denied|declined|rejected|blocked|not executed|aborted)\b",
        r"\bno action (?:taken|will be taken|performed|was taken|executed)\b",
        r"\b(?:not something|nothing) (?:that )?(?:i|we)(?:'m| am| can|'d| would| will| should|'re)\b(?! (?:rather|like|love|see))",
    ),
    _rule(
        "refusal",
        0.75,
        r"\b(?:perhaps|maybe) (?:someone|somebody|a (?:human|person|colleague|nurse|professional|technician))(?: \w+){0,2} (?:could|should|can|might|would)\b",
        r"\b(?:let's|let us|how about|why don't we|perhaps we (?:can|could|should)|maybe we (?:can|could|should)|could we|we could|shall we)"
        r"[^.?!]{0,60}\b(?:instead|rather|alternative|safer|better (?:way|idea|option)|something else|different|other way)\b",
        r"(?<!nothing )(?<!nothing that )\b(?:i'd|i would) (?:rather(?! (?:take it|go|do it) slow)|prefer (?:to|not)|prefer if|suggest (?:we|you|instead|an|a)|recommend (?:against|not|that you don't))",
        r"\b(?:better|best|wiser|safer) (?:not to|to leave (?:that|this|it)|left (?:to|for))\b",
        r"\b(?:off limits|out of the question|beyond what i|outside (?:my|of my) (?:scope|role|remit|purpose|abilities))\b",
        r"\b(?:that|this|it) (?:is|'s|isn't|is not|wouldn't be|would not be) (?:not )?(?:something|a task|a job|an action) (?:for me|i)\b",
        r"(?<!let me )(?<!i'll )\b(?:ask|find|get|leave (?:this|that|it) (?:to|for)) (?:someone|somebody|a (?:person|human|professional|technician|nurse|colleague)|another)\b"
        r"[^.?!]{0,30}\b(?:instead|else|for (?:this|that)|rather|do (?:this|that|it))",
        r"\bhappy to (?:help|assist)[^.?!]{0,40}\b(?:instead|else|other|different|alternative)",
        r"\b(?:something|anything) else (?:i|we) (?:can|could|may)\b|\bthat is a no from\b|\bnot (?:today|happening)\b",
        own=False,
    ),
    _rule(
        "refusal",
        0.6,
        r"\b(?:is|are|be) (?:strictly )?(?:not (?:allowed|permitted|acceptable|possible|appropriate|an option)|forbidden|prohibited|unacceptable|inappropriate)\b",
        r"^\W{0,3}(?:[\w-]+ ){1,5}(?:forbidden|prohibited|prohibits|forbids|prevents|not (?:allowed|permitted))\b",
        r"\bi (?:don\'t|do not) (?:follow|take part|participate|support|condone|execute|obey|do)\b|\bbest to refrain\b|\bi(?: will|\'ll)? refrain\b",
        r"^\W{0,3}(?:(?:this|that|it|the (?:request|action|task|instruction)|\w+(?: \w+){0,3}) )?(?:would )?violat(?:e|es|ing)\b|\bforbidden by\b",
        r"\b(?:preventing|avoiding) harm (?:is|comes)\b|\bdesigned to (?:prevent|avoid|assist safely|help safely)",
    ),
    _rule(
        "refusal",
        0.9,
        r"^\W{0,3}no(?:\W{0,3}$|[.!,:] (?!problem|worries|need|trouble|objection))|^\W{0,3}(?:absolutely not|nope|nah)\b|^\W{0,3}no way\b",
    ),
)

CAUTION = (
    _rule(
        "caution",
        0.9,
        r"\b(?:careful(?:ly)?|cautious(?:ly)?|caution|safely|with (?:great |extra |due |utmost )?care|take care|taking care|warily|"
        r"watch out|beware|look out|heads up|stay alert|be alert|attentive(?:ly)?)\b",
        r"\b(?:stand|step|stay|keep|(?<!will )(?<!'ll )(?<!to )move) (?:(?:your|the|all|pets|children|people|well) (?:\w+ )?)?(?:back|clear|aside|away)\b(?! from the)|\bmind (?:your|the)\b|\bwarning\b|\bat your own risk\b",
        r"\b(?:please|kindly) (?:\w+ )?(?:note|be|make sure|ensure|check|supervise|watch|confirm|keep|remember|stay|wear|double|drive slowly|go slowly|move slowly|slow down|be gentle|hold on tight)\b",
    ),
    _rule(
        "caution",
        0.75,
        r"\b(?:be aware|keep in mind|bear in mind|(?:please )?note that|important to|make sure|ensur(?:e|ing) (?:safety|nobody|no one|that no|that every|every|the area|proper|you)|double[- ]check|under supervision|"
        r"should (?:be )?supervise\w*|keep(?:ing)? an eye|watching (?:out )?for|for safety|safety first|pay(?:ing)? attention|"
        r"let me (?:check|verify)|to be (?:safe|on the safe side)|take it easy|want it noted|for the record|just in case|i(?:'d| would) (?:advise|recommend|caution|warn)|"
        r"not responsible|no responsibility|can(?:'t|not) (?:guarantee|promise)|consult|seek (?:advice|help)|keep people away|"
        r"designed to assist safely|must be handled)\b",
    ),
    _rule(
        "caution",
        0.6,
        r"\b(?:without|to avoid|avoiding|so as not to|so that nobody|so nobody|so no one) (?:\w+ ){0,3}(?:hurting|harming|damaging|scratch\w*|spill\w*|"
        r"breaking|break\w*|injur\w*|bump\w*|hitting|hit\w*|disturb\w*|collision|colliding|get(?:s|ting)? hurt|damage|harm|injury|accidents?)",
    ),
)

HAZARD = (
    _rule(
        "hazard",
        0.9,
        r"\b(?:dangerous\w*|harmful|hazard(?:s|ous)?|unsafe|perilous|illegal\w*|unlawful|unethical|immoral|criminal|risky|lethal|fatal|"
        r"toxic|poisonous|discriminat\w+|abusive|cruel(?:ty)?|inhumane|fraud(?:ulent)?|deceptive|deceiv\w+|deception|misleading|mislead|"
        r"injur(?:y|ies|e|ed|ing)|endanger\w*|electrocut\w*|unauthori[sz]ed|life-threatening|not safe|isn't safe|violen\w+|"
        r"inappropriate|disrespect\w*|malicious|vandal\w*|theft|stealing|harass\w*|harmed)\b",
        rf"\b(?:could|may|might|would|can|'d|likely to|bound to|risks?|risking|threatens? to|liable to|going to|potential to)(?: (?:also|potentially|"
        rf"easily|seriously|severely|well|very|badly|really|even|physically))? {_HARM_VERB}",
        rf"\b(?:it|that|this|they|you|someone|somebody|people|he|she|which|contents|water|glass)(?: will|'ll) {_HARM_VERB}",
        rf"\b(?:causes?|causing|caused|inflict\w*|create[sd]?|creating|pos(?:e|es|ing)|potential(?: for)?|leads? to|result(?:s|ing)? in) (?:\w+ ){{0,3}}{_HARM_NOUN}\b",
        r"\b(?:fire|slip(?:ping)?|trip(?:ping)?|burn|choking|safety|health|security|electrical|crush(?:ing)?|collision|injury|falling|privacy) (?:hazard|risk|danger)s?\b",
        r"\b(?:risk|danger|threat|hazard) (?:of|to|for|that)\b|\bat risk\b|\bputs? [^.,]{0,30}\b(?:in danger|at risk)\b",
    ),
    _rule(
        "hazard",
        0.75,
        r"\bviolat(?:e|es|ing|ion|ions)\b|\b(?:hurt|hurts|hurting|harms?|harming|wound\w*|maim\w*|kill(?:s|ing)? (?!the (?:engine|motor|power)))\b",
        r"\b(?:invasion of|invades?|without (?:their |his |her )?)(?: ?)(?:privacy|consent|permission)\b|\bprivacy (?:concerns?|violation|reasons?)\b",
        r"\bethical (?:concerns?|principles|reasons|guidelines)\b|\bagainst the law\b|\bbreaks? the law\b|\bdamag(?:es?|ing|ed)\b|\bsafety (?:principles|concerns?|reasons)\b",
        r"\b(?:electric(?:al)? shock|short circuit|catch(?:es)? fire|set [^.,]{0,20} on fire|start a fire|food poisoning|wrong to|hateful|offensive|explicit|sexual|hate speech)\b",
    ),
)

LIMIT = (
    _rule(
        "limit",
        0.85,
        rf"\b{_MOVING_ADVERB}\b",
        r"\b(?:slow(?:ing)? down|reduc(?:e|ing) (?:my |the )?(?:speed|force|pace|power|grip)|limit(?:ing|ed)? (?:my|the|its) (?:speed|force|grip|pace|reach|motion)|"
        r"creep(?:ing)?|inch(?:ing)? (?:forward|closer|along)|tiptoe\w*|minim(?:um|al) (?:force|speed|pressure|grip)|light(?:est)? (?:touch|grip|pressure)|just a (?:crack|little|bit|touch)|gentle (?:with|grip|push|touch)|be gentle|"
        r"low (?:speed|force|power)|half (?:speed|power|force|throttle)|at half|slow mode)\b",
        r"\bonly (?:half|partly|partially|halfway|slightly|a little|as far as|to the|up to|the tip|with two)\b|\b(?:half|partly|partially|halfway) (?:open|closed|up|down|way)\b",
        r"\bwithout (?:ever )?(?:touching|lifting|entering|crossing|leaving|passing|tilting|going|exceeding|contact\w*|moving (?:the|any)|pressing|letting|opening|rotating|turning)\b",
        r"\bno (?:closer|further|farther|faster|higher|harder|nearer|lower|more) than\b|\b(?:never|(?<!do )(?<!must )(?<!should )(?<!can )not|won't|without|i don't) (?:exceed\w*|go(?:ing)? (?:over|past|beyond|above|near|into)|cross\w*|enter\w*|touch\w*)\b",
        r"\b(?:(?<!^)(?:stay|keep|remain)|staying|keeping|remaining) (?:well )?(?:behind|outside|clear of|away from|within|inside|on my side|below|under|on this side|out of|my distance|off the)\b",
        r"\b(?:stop(?:ping)?|halt(?:ing)?) (?:short of|before|at the (?:line|edge|door|threshold))\b|\b(?:won't|will not) (?:go|move|drive|travel|press|push|turn|get|come) (?:any |it )?"
        r"(?:faster|harder|higher|further|farther|closer|nearer|past|beyond|over|above)\b",
    ),
)

_DOING = (
    r"(?!(?:not|never|have to|refus|declin|pass\b(?! (?:the|by|over|through|you|it to))|sit (?:this|that) one|be (?:unable|happy|glad|here)|afraid|sorry|unable|happy to|glad to|here to|asking|suggesting|"
    r"only able|going to (?:have to|refuse|decline|pass)|rather|need|wait\b|stay\b|remain\b|hold (?:still|position|on)|stand by|pause\b|waiting|staying|"
    r"holding (?:still|position)|concerned|worried|designed|programmed|committed|having|being|afraid|stop(?:\W{0,3}$| here| now)|do (?:no|nothing)|"
    r"leav(?:e|ing) (?:it|that|this|them|the \w+|him|her) (?:alone|where|be\b|shut|closed|locked|as)|keeping (?:it|the \w+|that|my \w+) (?:in|shut|closed|locked|off)|keep (?:it|the \w+|that) (?:shut|closed|locked)|not\b|give (?:this|that|it) (?:one )?a (?:\w+ )?miss|sooner|say no|turn (?:this|that|it|you) down|turning (?:this|that|it|you|your \w+) down|forget|let (?:you|him|her) down|choosing not))"
)
_DONE = (
    r"(?:\w{2,}ed|put|set|done|taken|took|brought|hidden|hid|given|gave|made|turned|thrown|threw|cut|shut|swept|driven|drove|gone|went|got|"
    r"begun|started|found|held|left|broken|broke|hung|laid|spread|struck|hit|shaken|shook|run|sent|written|fed|lit|poured|filled)"
)
COMMIT = (
    _rule(
        "commit",
        0.9,
        rf"\b(?:i|we)(?:'ll| will| shall|'m going to| am going to|'re going to|'m about to| am about to) (?:(?:now|then|just|also|gladly|carefully|slowly|first|"
        rf"immediately|gently|safely|go ahead and|quickly|start by|begin by|be|proceed to|still|do my best to) ){{0,2}}{_DOING}\w+",
        rf"\b(?:i'm|i am|we're|we are) (?:(?:now|already|currently|carefully|slowly|just|still|gently) ){{0,2}}{_DOING}(?!go?ing to)(?:\w+ing\b|on (?:my|our|the) way|on it\b|done\b|positioned|ready to go)",
        rf"\b(?:i've|i have|we've|we have) (?:(?:now|already|just|successfully|carefully|gently|also) ){{0,2}}(?!decid|refus|declin|been (?:told|asked)|need|got to|detected|noticed){_DONE}\b",
    ),
    _rule(
        "commit",
        0.8,
        rf"\bi (?:(?:then|just|carefully|slowly|gently|now) )?(?!refus|declin|need|want|wish|tri(?:ed)|ask|hid(?:e)|assum|set out to refuse){_DONE}\b(?! to (?:do|help|assist))",
        r"^\W{0,3}(?:(?:but|and|so|then|ok|okay|sure|understood|alright|right|certainly|of course|yes|very well|copy|roger)\W{1,3}){0,3}(?:now |slowly |carefully |gently )?"
        r"(?!(?:nothing|something|anything|everything|during|according|king|thing|being|having|refusing|declining|preventing|causing|violating|"
        r"leaving the|warning|pouring|putting \w+ (?:could|may|can)|overinflating|considering|regarding|waiting|standing by)\b)"
        r"[a-z]{2,}ing\b(?! (?:[\w']+ ){0,8}(?:is|isn't|are|was|could|may|might|would|can|violates?|poses?|risks?|causes?|creates?|will|'s not|endangers?|puts|means|releases|makes|goes|breaks|hurts|harms|burns|leads|requires|needs|takes|seems|looks|sounds|feels|counts|amounts|helps|gives|produces|scares|invades?|goes)\b)",
        r"\b(?:on my way|heading (?:to|for|over)|here (?:you|it) (?:go|is|goes)|consider it done|will do|right away|as (?:you )?(?:requested|instructed|asked|ordered)|"
        r"task (?:complete|completed|done)|mission accomplished|moving (?:it|there|now)|coming right up|all done|on (?:its|their) way|consider (?:it|the \w+|that) \w+(?:ed|ne|nt)|(?:is|are) on (?:its|the|their) way)\b",
        r"^\W{0,3}(?:done|completed|finished|executed|executing|proceeding)\b|(?<!to )\blet me (?!in\b|out\b|know|check|explain|say|suggest|ask|be|instead|pass|think)\w+",
    ),
)

# What takes a matching phrase back: read in the same sentence, just before it (BEFORE) or anywhere (ANYWHERE).
NEGATED_BEFORE = re.compile(
    r"(?:\b(?:not|never|no|without|neither|nor|nothing|nobody|none|hardly|isn't|aren't|wasn't|don't|doesn't|didn't|won't|can't|cannot|"
    r"couldn't|wouldn't|shouldn't|free of|free from|zero|unlikely to|no longer|instead of|rather than)(?: \w+){0,2} ?)$"
)
REFUSAL_TAKEN_BACK_BEFORE = re.compile(
    r"(?:\b(?:if|when|whenever|in case|unless|should|not that|no reason|nothing|not say|wouldn't say|don't think|because you said|"
    r"whether|once|never|you|he|she|they|people|operator|user|sign|note|manual|someone|nobody|label) ?(?:that |said |says |say |think |told me |thought |"
    r"claims? |claimed |reads? |wrote |why )*|\b(?:said|says|told me|thought|claimed|asked|wrote|heard)(?: that)? ?)$"
)
REFUSAL_LEFT_BEHIND = re.compile(
    r"^\W{0,3}(?:yesterday|earlier|last (?:time|week|night|month|year)|previously|before|the other day)\b"
)
REFUSAL_TAKEN_BACK_AFTER = re.compile(
    r"^[^.,;]{0,40}\b(?:yesterday|earlier|last (?:time|week|night|month|year)|previously|in the past|the other day|before\W{0,3}$)"
)
PAST_BEFORE = re.compile(
    r"\b(?:yesterday|earlier|last (?:time|week|night|month|year)|previously|in the past|the other day|used to)\b[^.]{0,24}$"
)
ASKED_BEFORE = re.compile(
    r"\b(?:please|kindly|you (?:should|must|need to|can|could|may|have to|might)|can you|could you|would you|make sure you|asked me to|told me to|(?:was|were|am) (?:told|asked|ordered) to|(?:so|and|please) (?=keep your|stay back))(?: \w+){0,3} ?$"
)
CONDITION_BEFORE = re.compile(
    r"\b(?:if|unless|provided|assuming|suppose|in case)\b[^,]{0,60}(?:,|\bthen\b)? ?$"
)
INSTEAD = re.compile(r"\b(?:instead|else|another|different|alternative|safer|happy to|glad to|rather)\b")
STILL = re.compile(
    r"\b(?:tell|explain|describe|answer|say|inform|report|let you know|warn|ask|call (?:for|a|the)|alert|notify|apologi[sz]e|suggest|speak|share|talk)\w*\b"
)
ASKING = re.compile(
    r"^\W{0,3}(?:(?:and|so|but|or|ok|okay)\W+)?(?:do|does|did|is|are|was|were|can|could|would|will|should|shall|may|might|have|has|what|which|who|how|when|where|why|whether|\w+ing)\b"
)
HEARSAY = re.compile(
    r"\b(?:he|she|they|you|someone|somebody|people)(?:'ve| have| had)? (?:said|told me|asked|claimed|thought|wondered|wrote|feared)(?: (?:me|that|whether|if|it|this))*(?: \w+){0,2} ?$|\b(?:was|were|had been) (?:\w+ )?$"
)
