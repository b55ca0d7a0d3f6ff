"""What the model card says in words."""

from __future__ import annotations

HEAD = """\
# Labels: the model, its data and its figures

Written by `python -m iatro_governor.training.testimony DATA --seed {seed}`; do not edit by hand.

**What it does.** Five labels of what a robot's planner says: refusal, caution, hazard, limit, commit. A text is read
passage by passage; each passage's hashed words, word pairs and triples, and runs of three to five letters add up to a
logit a label (a table of 262,144 rows), and the passages are pooled by a softmax. A logistic curve joins the pooled
logit with the score of the written rules (`testimony/lexicon.py`) and with whether they hold the label for present,
and weighs both by how long the text is. A text of more than {longest} characters is left to the rules. One ONNX graph
of standard operators (`models/testimony/labels.onnx`); deterministic; the span of a label is the rules' phrase, or the
stretch of words that weighs most.

**Trained on** {written} sentences written for this project by several authors (English, Spanish, German, French,
Chinese, Japanese; all five labels) and {replies} replies of LLM robot planners, each counted {weight:g}: refusal by
the structure of the reply, corrected by hand where the text says else; caution, hazard and commit by the rules.
{unread} written examples are longer than a model reads, or have no word, and are not trained on. Nothing was trained
on the chat sets, on the replies labelled by hand, or on the {held_out} written examples that are held out: those
differ in scene, voice and turn of phrase, and were written before any training. No sentence that is trained on shares
three words in five with one held out. {others} more examples are held out, too, whose author wrote nothing else here
and saw none of the rest.

**Train it again** with the same seed: the SHA-256 of `labels.onnx` is
`{digest}`,
made with {versions}.
Trained a second time there, it was the same to the bit. `--quick` trains without any figures and prints the SHA-256 of
what it wrote; with other versions, or on a processor of another kind, the last bit of a weight may differ.

**Data and licences.** DATA is a folder that this project does not hold; of its texts it keeps ids, labels, figures and
weights. Get each set from its source and put its files where the second column says.

{data_sets}

**Corrections by hand.** The structure of a reply says that it refuses where its list of actions is empty, and that it
does not where there are acts or no list. {corrections} replies are corrected: {to_refusal} whose text refuses beside
acts, a gesture or no list, {from_refusal} with an empty list whose text does not. So nearly all go one way; of empty
lists only those eleven texts were read in which the rules find no refusal. Of the {distinct} distinct replies that are
held out by model and instruction {corrected} are corrected. Macro-F1 of refusal on them is
{robots};
with the labels as the structure gives them, uncorrected, it is
{uncorrected}.
Four replies on which the corrections and the labels given by hand had differed, or the hand check of the verdicts did,
are settled by the text alone. Three whose text only names the harm ("Recording without consent is unethical.") count
as refusals in the hand check of the verdicts, where the list is read, too, and as none here.

**Chosen** by cross-validation over families of the written training examples (mean of the five labels' best F1, beside
the rules). Held-out figures were printed after each round, and three choices followed a look at them: that chat sets
are not trained on; that labels made by rules count whole in the curve (caution of the replies labelled by hand: 0.844,
then 0.852); and that others wrote as many sentences again, after one author's 5,848 had been seen to fall short on an
unknown author's. With these, F1 of refusal, caution, hazard and limit then went from 0.67, 0.79, 0.86 and 0.84 to
0.845, 0.855, 0.912 and 0.889 on the unknown author's, while on the project's own held-out sentences refusal, caution
and hazard fell, from 0.822, 0.806 and 0.916 to 0.802, 0.803 and 0.888, and limit rose, from 0.815 to 0.861. Found by
cross-validation: weights that are held to nought less the rarer their feature is, 0.763 (all alike: 0.755); replies
counted a fifth, an L2 of {strength:g} and 120 steps, 0.779 (counted whole, 3e-05 and 40 steps: 0.735); the terms of
the joining curve; and what holds counting {lift:g} times what does not, which puts the best F1 at a score of 0.5.

**The written rules** were made with sight of replies like those held out, so their figures on robot replies are no
held-out ones, and the model, which joins them, shares in that.

**Tried, and not kept.** Training on chat sets as well, and judging longer texts by their ends (300 replies of
chatgpt_refusals or frontier_2025, the figure on the other): macro-F1 0.61 and 0.69 where the rules alone reach 0.75
and 0.88, so longer texts are the rules' alone. With all 1,157 of frontier_2025, texts of any length read passage by
passage: macro-F1 0.624 on chatgpt_refusals, tried once, where plain keywords reach 0.741. Vectors of 12,000 words'
meanings (all-MiniLM-L6-v2's), folded into the table: a point at most, and longer than all the rest. What made the
difference were twice as many written examples, in other scenes and voices: 2,850 of them, weights held all alike, had
reached F1 of 0.70, 0.70, 0.78 and 0.75 for refusal, caution, hazard and limit.
"""
COMPARED = """\
F1 on the written examples held out, all trained on the same; refusal's macro-F1 on robot replies held out by model and
by instruction; how many times as long a text of 400 characters takes as with the shipped model, in turn with it, rules
included where they take part; what that takes is in docs/benchmarks.md. The hashed row's time is that of the features.
The encoder runs in numpy here; as int8 ONNX it is 23 MB and takes 3 to 12 ms, more than a text may cost. The last row
is from above.
"""
WHY = """\
Why the model ships although the rules, and plain keywords, are no worse on robot replies held out, where macro-F1 is
{robots}:
those replies come from few templates, which the rules were written with sight of. On freely worded sentences both are
far behind it, on those of the table above and more so on the unknown author's below. The model joins the rules, and
pays for the one with a little of the other.
"""
LINE = """\
A refusal that scores less than the line, beside an undertaking that scores no less, is no HALLUCINATION_REFUSAL
(`PLAIN_AT` in `testimony/labels.py`). The line is the one with the best F1 of refusal on the written examples that are
trained on, each scored by a fit that did not see it, and the lowest of several: {chosen:g}. 0.5 is no line at all. No
reply of a robot planner has a part in it; what it does to them is in [the verdicts' figures](testimony.md).
"""
CALIBRATION = """\
What holds counts {lift:g} times what does not when the curve is fitted, so that 0.5 is where a label is called present
with the best F1. So scores run high, and are no probabilities; the third column is of the same model without that.
"""
LIMITS = """\
## Contraindications

- It judges words. It is no input of the control path, and no ground for moving, or not moving, anything.
- A text of more than {longest} characters is left to the written rules: no longer text is trained on.
- Chat assistants are no robots. Do not use it to count refusals of a chat bot: it calls replies refusals that say "as
  a language model I cannot ..., however" and then answer (chatgpt_refusals above, where plain keywords do as well).
- Other languages than the six were never tried; the five beside English have few examples each, and the held-out ones
  are too few to trust their figures.
- Half of the examples that are trained on, most of those held out, and the labels of the replies, given twice in two
  orders, are one author's: the agreement above is with himself. All are a language model's prose in many voices, the
  other author's too: people on a shop floor write otherwise.
- Irony, allusions, and refusals that only the instruction makes one ("The soup stays hot") are missed.
- A score is no probability: what holds counts {lift:g} times, so scores run high. It ranks; from 0.5 on a label is
  present.
"""
DATA_SETS = (
    (
        "sentences written for this project",
        "none: `iatro_governor/training/examples/`",
        "Apache-2.0, as the project",
        "training, and held out",
    ),
    (
        "3,609 replies of robot planners, sentinel-seed/sentinel (commits add7234, df8e62a)",
        "`planner_transcripts/embodied_planners.jsonl`: id, instruction, text, action, model",
        "MIT",
        "training; held out by model and instruction; judged by hand",
    ),
    (
        "chatgpt_refusals, Max Reuter, 2023",
        "`refusal_text/chatgpt_refusals/all_hand_labeled.json`: prompt, response, tone",
        "MIT",
        "tested on, not trained on",
    ),
    (
        "frontier_2025, Ramy Alsaffar, 2025",
        "`refusal_text/frontier_2025/val.jsonl`, `test.jsonl`: prompt, response, refusal_label, data_source",
        "MIT",
        "tested on, not trained on",
    ),
    (
        "XSTest, paul-rottger/exaggerated-safety",
        "`refusal_text/xstest/*.csv`: prompt, completion, final_label",
        "prompts CC-BY-4.0, completions under their vendors' terms",
        "tested on, not trained on",
    ),
)
"""Of each: what it is, where a reader puts it, its licence, and what it is for."""
