"""The latch on disk holds all that a governor needs after a restart."""

from __future__ import annotations

import json
from pathlib import Path

from iatro_governor.governor.decision import Latch
from iatro_governor.nodes.latch import KeptLatch, keep, read


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    latch = Latch("amr-7-1", "ab" * 16, "self_test", ("estop",), ("gate", "panel"))
    keep(tmp_path / "a.latch", latch)
    again = read(tmp_path / "a.latch")
    assert again is not None and (again, again.pressed) == (latch, latch.pressed)


def test_a_latch_of_a_governor_that_named_no_button_is_read(tmp_path: Path) -> None:
    told = {"id": "amr-7-1", "nonce": "ab" * 16, "cause": "estop"}
    (tmp_path / "a.latch").write_text(json.dumps(told))
    again = read(tmp_path / "a.latch")
    assert again == Latch("amr-7-1", "ab" * 16, "estop") and again.pressed == ()


def test_another_button_that_is_pressed_meanwhile_is_kept_too(tmp_path: Path) -> None:
    kept = KeptLatch(tmp_path / "a.latch")
    for pressed in (("gate",), ("gate", "panel")):
        kept.follow(Latch("amr-7-1", "ab" * 16, "estop", (), pressed))
        assert json.loads((tmp_path / "a.latch").read_text())["pressed"] == list(pressed)
    kept.follow(None)
    assert read(tmp_path / "a.latch") is None
