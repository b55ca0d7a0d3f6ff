"""The least memory of processes: what is given back counts for nothing, and what stays for all of it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from bench import least
from bench.least import Least

SAW = np.tile(np.linspace(0.0, 5.0, 50), 100)
"""MB of garbage; it is collected every 50th time."""


def taken(monkeypatch: pytest.MonkeyPatch, sizes: np.ndarray, each: int) -> list[float]:
    """Of a process of these ``sizes``, MB, at one look after another, what is said after every ``each`` of them."""
    left = iter(sizes.tolist())
    monkeypatch.setattr(least, "owned_mb", lambda pid: next(left))
    one, out = Least({"it": 7}), []
    for _ in range(len(sizes) // each):
        for _ in range(each - 1):
            one.look()
        out.append(one.take()["it"])
    return out


def test_garbage_that_is_collected_is_no_growth(monkeypatch: pytest.MonkeyPatch) -> None:
    assert taken(monkeypatch, 60.0 + SAW, 50) == [60.0] * 100


def test_what_stays_is_growth_by_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    leak = 0.01 * np.arange(len(SAW))
    assert np.diff(taken(monkeypatch, 60.0 + SAW + leak, 50)) == pytest.approx(0.5)


def test_a_while_begins_anew_when_it_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert taken(monkeypatch, np.array([5.0, 3.0, 4.0, 9.0, 8.0, 7.0]), 3) == [3.0, 7.0]


def test_it_looks_by_itself_while_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Event()
    monkeypatch.setattr(least, "LOOK_S", 0.01)
    sizes = iter([70.0, 40.0, 80.0])

    def owned(pid: int) -> float:
        assert pid == os.getpid()
        now = next(sizes, 90.0)
        if now == 90.0:
            looked.set()
        return now

    monkeypatch.setattr(least, "owned_mb", owned)
    with Least({"it": os.getpid()}) as one:
        assert looked.wait(10.0)
        assert one.take() == {"it": 40.0}


def test_one_that_has_ended_is_told_to_who_asks_and_ends_no_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(least, "LOOK_S", 0.01)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait(10.0)
    with Least({"it": ended.pid}) as one, pytest.raises(OSError, match=str(ended.pid)):
        one.take()
