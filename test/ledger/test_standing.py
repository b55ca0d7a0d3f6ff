"""What holds on: how many speakers of one topic, how much of it, and who goes first."""

from __future__ import annotations

from iatro_governor.ledger.clips import Message, Topic
from iatro_governor.ledger.standing import MOST_BYTES, MOST_KEYS, Standing

FRAMES = Topic("/tf_static", "tf2_msgs/msg/TFMessage", "", latched=True)


def said(t: float, key: str, data: bytes = b"x") -> Message:
    return Message(t, FRAMES, data, key)


def test_who_spoke_again_is_not_the_oldest_any_more() -> None:
    standing = Standing()
    for number in range(MOST_KEYS):
        standing.take(said(float(number), str(number)))
    standing.take(said(300.0, "0"))
    standing.take(said(301.0, "new"))
    keys = {one.key for one in standing}
    assert len(keys) == MOST_KEYS == 200 and "0" in keys and "1" not in keys


def test_what_takes_just_as_much_as_it_may_stays() -> None:
    standing, half = Standing(), bytes(MOST_BYTES // 2)
    assert MOST_BYTES == 16_777_216
    standing.take(said(1.0, "one", half))
    standing.take(said(2.0, "two", half))
    assert [one.key for one in standing] == ["one", "two"]
    standing.take(said(3.0, "three"))
    assert [one.key for one in standing] == ["two", "three"]
