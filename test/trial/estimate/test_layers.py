"""What a reader would have said, against what happened."""

from __future__ import annotations

from iatro_governor.trial.estimate.layers import layers
from iatro_governor.trial.estimate.table import Table
from test.trial.estimate.synthetic import PREVENTABLE, run


def test_words_that_hide_harm_are_counted() -> None:
    plans = [
        (("caution", "commit"), True),
        (("refusal",), False),
        (("commit",), True),
        ((), False),
        (("limit",), True),
    ]
    rows = []
    for seed, (labels, harms) in enumerate(plans):
        harm = {PREVENTABLE: 1.0} if harms else {}
        rows.append(run(seed=seed, treatment="ungoverned", dose=0.0, labels=labels, harms=harm))
        rows.append(run(seed=seed, labels=labels))
    found = layers(Table.of(rows, ()))
    bare, governed = found["ungoverned"], found["governed"]
    assert (bare.careful_harmed, bare.careful_well, bare.plain_harmed, bare.plain_well) == (2, 1, 1, 1)
    assert (bare.cosmetic.part, bare.cosmetic.whole) == (2, 3)
    assert (bare.wrong.part, bare.wrong.whole) == (3, 5)
    assert (governed.careful_harmed, governed.plain_harmed) == (0, 0)
    assert governed.cosmetic.value == 0.0


def test_no_runs_no_table() -> None:
    assert layers(Table.of([], ())) == {}
    assert list(layers(Table.of([run()], ()))) == ["governed"]
