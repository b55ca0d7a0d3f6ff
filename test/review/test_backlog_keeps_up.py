"""A witness that starts again gets to its work whatever others send, and however fast the ledger is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from iatro_governor.ledger import Ledger, Reader
from iatro_governor.review import backlog
from iatro_governor.review.backlog import Backlog, judged
from iatro_governor.testimony.witness import Witness
from test.review.test_backlog import KEY, a_run, stored


def run(path: Path, forged: int) -> None:
    """The ledger of a run; after every tenth record a mark of long ago or of long after, as long as there are any."""
    marks: list[int] = []
    with Ledger.open(path, key=KEY, context="field", software_version="0") as ledger:
        for index, (kind, body) in enumerate(a_run(3)):
            ledger.append([stored(kind, body, marks)])
            if index % 10 == 0 and forged > 0:
                forged -= 1
                t = 0.0 if forged % 2 else 1e9
                ledger.append([stored("mark", {"t": t, "channel": "none", "plan_id": None}, marks)])


def test_marks_of_another_time_begin_no_other_story(tmp_path: Path) -> None:
    """The wrong answer: each of them has the witness begin anew, and reads the ledger from its start."""
    found = {}
    for forged in (0, 12):
        run(path := tmp_path / f"{forged}.db", forged)
        begun: list[None] = []

        def new(begun: list[None] = begun) -> Witness:
            begun.append(None)
            return Witness()

        with Reader(path) as reader:
            found[forged] = [(one.kind, one.verdict) for one in judged(reader, new).closed()]
        assert len(begun) == 1, forged
    assert found[0] and found[12] == found[0]


@pytest.mark.parametrize(
    ("rounds", "read"),
    [([900, 950], 2), ([900, 400, 300, 300, 10], 4), ([900, 400, 199, 500], 3), ([199], 1)],
)
def test_a_ledger_that_is_written_faster_than_it_is_read_is_not_waited_for(
    rounds: list[int], read: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path / "ledger.db", 0)
    left = list(rounds)
    monkeypatch.setattr(Backlog, "read_on", lambda self, reader: left.pop(0))
    assert backlog.FEW == 200
    with Reader(tmp_path / "ledger.db") as reader:
        judged(reader, Witness)
    assert len(rounds) - len(left) == read
