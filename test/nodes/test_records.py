from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.nodes.records import BURST, RESEND_S, Records


class Sender:
    """Records that are sent again, at times set by hand."""

    def __init__(self, records: Records) -> None:
        self.records, self.now, self.seqs = records, 0.0, list[int]()

    def after(self, seconds: float) -> list[int]:
        """What is sent again in the next ``seconds``, asked ten times a second."""
        before = len(self.seqs)
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            self.records.send_again(self.now, lambda body: self.seqs.append(body["seq"]))
        return self.seqs[before:]


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[], Records]:
    return lambda: Records(tmp_path / "sub" / "a.ring")


def write(records: Records, count: int) -> None:
    for _ in range(count):
        records.write({"seq": records.next_number})


def test_nothing_is_sent_again_that_is_young_or_acknowledged(opened: Callable[[], Records]) -> None:
    sender = Sender(opened())
    write(sender.records, 5)
    assert sender.after(0.8) == []
    sender.records.receipt(5)
    assert sender.after(3 * RESEND_S) == []


def test_what_waits_is_sent_again_and_again_oldest_first(opened: Callable[[], Records]) -> None:
    sender = Sender(opened())
    write(sender.records, 4)
    sender.records.receipt(1)
    sent = sender.after(5 * RESEND_S)
    assert sent[:3] == [1, 2, 3] and 3 <= sent.count(1) <= 5
    assert sorted(sent) == sent[:1] * sent.count(1) + [2] * sent.count(2) + [3] * sent.count(3)


def test_a_hole_is_filled_while_new_decisions_go_on(opened: Callable[[], Records]) -> None:
    sender = Sender(opened())
    write(sender.records, 3)
    for _ in range(40):
        write(sender.records, 10)
        sender.after(0.1)
    assert sender.seqs.count(0) >= 2


def test_a_burst_is_bounded(opened: Callable[[], Records]) -> None:
    sender = Sender(opened())
    write(sender.records, 3 * BURST)
    sender.after(RESEND_S + 0.05)
    assert len(sender.after(0.1)) <= BURST
    assert sorted(set(sender.seqs + sender.after(1.0))) == list(range(3 * BURST))


def test_the_oldest_does_not_wait_for_all_that_a_long_absence_has_left(
    opened: Callable[[], Records],
) -> None:
    sender = Sender(opened())
    write(sender.records, 30 * BURST)
    assert sender.after(10.0).count(0) >= 4
    sender.records.receipt(20 * BURST)
    assert 30 * BURST - 1 in sender.after(5.0)


def test_numbers_go_on_after_a_restart_and_what_waits_is_sent(opened: Callable[[], Records]) -> None:
    first = opened()
    write(first, 3)
    first.receipt(1)
    writer = first.writer
    first.close()
    sender = Sender(opened())
    assert (sender.records.writer, sender.records.next_number) == (writer, 3)
    assert sender.after(0.1) == [1, 2]


def test_a_receipt_for_more_than_it_knows_moves_the_numbers_on(opened: Callable[[], Records]) -> None:
    records = opened()
    write(records, 2)
    records.receipt(9)
    assert records.next_number == 9
    assert records.backlog == 0.0


def test_two_governors_cannot_have_one_record(opened: Callable[[], Records]) -> None:
    records = opened()
    with pytest.raises(LedgerError):
        opened()
    records.close()
