"""Two runs at once never test in one ROS domain."""

from __future__ import annotations

import subprocess
import sys

import pytest

from test import domains

TAKE = "from test.domains import fresh_domain; print(*(fresh_domain() for _ in range({count})), flush=True); input()"


def other(count: int) -> subprocess.Popen[str]:
    """Another run, which has taken so many and lives on until it is told to end."""
    command = [sys.executable, "-c", TAKE.format(count=count)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_no_two_runs_have_the_same_domain_at_a_time() -> None:
    """The wrong answer: numbers by process id, of which two runs may have the same."""
    runs = [other(domains.KEPT) for _ in range(6)]
    try:
        taken = [set(map(int, run.stdout.readline().split())) for run in runs if run.stdout]
        own = {domains.fresh_domain() for _ in range(domains.KEPT)}
        every = [*taken, own]
        assert all(len(one) == domains.KEPT for one in every)
        assert len(set().union(*every)) == domains.KEPT * len(every)
    finally:
        for run in runs:
            run.communicate("\n", timeout=30)


def test_a_process_has_its_own_domains_one_after_another_and_none_at_once_again() -> None:
    newest = [domains.fresh_domain() for _ in range(3 * domains.KEPT)]
    assert all(len(set(newest[at : at + domains.KEPT])) == domains.KEPT for at in range(2 * domains.KEPT))
    assert all(domains.FIRST <= one < domains.FIRST + domains.COUNT for one in newest)


def test_where_all_are_taken_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domains, "_taken", lambda _number: None)
    with pytest.raises(RuntimeError, match="all ROS domains from 1 to 100 are taken"):
        domains.fresh_domain()
