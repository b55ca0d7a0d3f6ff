"""A profile may make an answer to a fault stronger; a weaker one has to be called unsafe, and is shown as that."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml

from iatro_governor.errors import ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import State
from iatro_governor.governor.events import Fault, Reset
from iatro_governor.governor.ladder import DERIVED, TABLE, Level
from iatro_governor.governor.overrides import ORDERS, changes, said, table_of, weakened
from iatro_governor.governor.resetting import token_of
from iatro_governor.profile.faults import FaultOverride
from test.forked import iatro
from test.governor.profiles import amr
from test.governor.room import Room

OPEN = sorted(set(TABLE) - DERIVED)
STRONGER = {"state": "PROTECTIVE_STOP", "brakes": "protective", "clear_s": 2.0, "latches": True}
KEY = bytes(32)


def overridden(folder, **faults):
    return amr(folder, faults=faults)


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return amr(tmp_path_factory.mktemp("profile"))


def with_faults(profile, **faults):
    """``profile`` with ``faults``, which stand in no file."""
    read = {name: FaultOverride.model_validate(change) for name, change in faults.items()}
    return replace(profile, data=profile.data.model_copy(update={"faults": read}))


def refused(folder, **faults):
    """The problems of a profile that is read but not taken by a governor."""
    with pytest.raises(ProfileError) as error:
        Governor(overridden(folder, **faults))
    return error.value.problems


def test_a_stronger_answer_is_in_force(tmp_path):
    plain, strong = Room(amr(tmp_path)), Room(overridden(tmp_path, sensor_stale=STRONGER), key=KEY)
    assert plain.governor.profile.config_hash != strong.governor.profile.config_hash
    for made in (plain, strong):
        made.go(1.0, command=0.5)
        told, made._sense = made._sense, lambda: None  # type: ignore[method-assign]
        made.go(0.5, command=0.5)
        assert "sensor_stale" in made.faults
        made._sense = told  # type: ignore[method-assign]
        made.go(0.8, command=0.5)
    assert plain.last.latch is None and plain.last.state is not State.PROTECTIVE_STOP
    latch = strong.last.latch
    assert strong.last.state is State.PROTECTIVE_STOP and latch is not None and latch.cause == "sensor_stale"
    strong.tell(Reset(strong.t, token_of(KEY, latch.id, latch.nonce)))
    strong.go(1.9)
    assert "sensor_stale" in strong.faults and strong.last.latch is None
    strong.go(0.2)
    assert "sensor_stale" not in strong.faults


def test_a_fault_of_a_channel_is_stronger_too(tmp_path):
    made = Room(overridden(tmp_path, limit_unreachable={"state": "PROTECTIVE_STOP"}))
    made.go(0.2)
    group = made.governor.groups[0]
    group.ladder.pulse("limit_unreachable", made.t, "a test")
    made.go(0.1)
    assert made.last.state is State.PROTECTIVE_STOP


@pytest.mark.parametrize("key", ["state", "brakes", "clear_s", "recovery", "latches"])
def test_every_row_only_gets_stronger_without_the_word_unsafe(profile, key):
    for name in OPEN:
        own = said(TABLE[name], key)
        values = (0.5, 0.7, 3.0) if key == "clear_s" else tuple(v for v in ORDERS[key] if v != "NOTE")
        for value in values:
            weaker = value < own if key == "clear_s" else ORDERS[key].index(value) < ORDERS[key].index(own)
            for written in (key, f"unsafe_{key}"):
                change = {written: value, "source": "a test"}
                if key == "latches" and value and TABLE[name].level == Level.NOTE:
                    change["state"] = "CONTROLLED_STOP"
                made = with_faults(profile, **{name: change})
                if weaker == written.startswith("unsafe"):
                    assert said(table_of(made)[name], key) == value
                    continue
                with pytest.raises(ProfileError) as error:
                    table_of(made)
                (problem,) = error.value.problems
                assert (problem.key, problem.given) == (f"faults.{name}.{written}", value)
                assert (
                    str(own) in problem.allowed
                    and f"write {key if weaker is False else 'unsafe_' + key}" in problem.message
                )


@pytest.mark.parametrize("name", ["no_such_fault", *sorted(DERIVED)])
def test_what_is_no_fault_of_its_own_cannot_be_changed(tmp_path, name):
    (problem,) = refused(tmp_path, **{name: {"clear_s": 5.0}})
    assert problem.key == f"faults.{name}" and "sensor_stale" in problem.allowed
    assert ("there is no such fault" in problem.message) is (name not in TABLE)
    assert ("follows from other faults" in problem.message) is (name in TABLE)


def test_all_that_is_wrong_is_found_beside_what_is_right(profile):
    """The first answer is stronger, the second weaker; of the unsafe ones the first is weaker, the second stronger."""
    said_so = {"unsafe_latches": False, "unsafe_clear_s": 7.0, "source": "a test"}
    made = with_faults(profile, sensor_stale={"state": "PROTECTIVE_STOP", "recovery": "none"}, estop=said_so)
    with pytest.raises(ProfileError) as error:
        table_of(made)
    found = {(problem.key, problem.allowed) for problem in error.value.problems}
    assert found == {
        ("faults.sensor_stale.recovery", "fresh or stronger"),
        ("faults.estop.unsafe_clear_s", "weaker than 0.5"),
    }


def test_what_is_changed_is_told_with_what_it_was_and_only_what_is_weaker_is_shouted(profile):
    weaker = {"unsafe_clear_s": 0.25, "source": "a test"}
    made = with_faults(profile, sensor_stale={"state": "PROTECTIVE_STOP"}, estop=weaker)
    keys = ("fault", "key", "table", "given", "unsafe")
    assert [tuple(row[key] for key in keys) for row in changes(made)] == [
        ("sensor_stale", "state", "CONTROLLED_STOP", "PROTECTIVE_STOP", False),
        ("estop", "clear_s", 0.5, 0.25, True),
    ]
    assert weakened(made) == ["UNSAFE: faults.estop.unsafe_clear_s is 0.25, weaker than 0.5 (a test)"]


def test_only_what_stops_can_latch(tmp_path):
    (problem,) = refused(tmp_path, command_superseded={"latches": True})
    assert problem.key == "faults.command_superseded.latches" and problem.given is True
    both = {"latches": True, "state": "CONTROLLED_STOP"}
    assert table_of(overridden(tmp_path, command_superseded=both))["command_superseded"].latches


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"source": "nothing is changed"},
        {"clear_s": 0.1},
        {"clear_s": float("nan")},
        {"clear_s": "2"},
        {"state": "NOMINAL"},
        {"unsafe_state": "NOTE", "source": "a test"},
        {"unsafe_clear_s": 0.1},
        {"clear_s": 1.0, "unsafe_clear_s": 0.2, "source": "a test"},
        {"severity": 3},
        {"latches": 1},
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(tmp_path, change):
    with pytest.raises(ProfileError) as error:
        overridden(tmp_path, sensor_stale=change)
    assert all(problem.key.startswith("faults.sensor_stale") for problem in error.value.problems)


def test_check_shows_what_is_stronger_and_shouts_what_is_weaker(tmp_path):
    weak = {"unsafe_latches": False, "unsafe_clear_s": 0.1, "source": "bench without people"}
    path = overridden(tmp_path, estop=weak, sensor_stale={"clear_s": 2.0}).file
    done = iatro("check", path)
    told = " ".join(done.stdout.split())
    assert done.returncode == 0 and "UNSAFE: faults.estop.unsafe_latches is False, weaker than True" in told
    assert "bench without people" in told and "sensor_stale: clear_s 2.0, in place of 0.5" in told
    summary = json.loads(iatro("check", path, "--json").stdout)
    assert len([w for w in summary["warnings"] if w.startswith("UNSAFE")]) == 2
    shown = [(row["fault"], row["key"], row["unsafe"]) for row in summary["faults"]]
    assert sorted(shown) == [
        ("estop", "clear_s", True),
        ("estop", "latches", True),
        ("sensor_stale", "clear_s", False),
    ]


def test_check_and_govern_refuse_a_weaker_answer_with_file_line_and_key(tmp_path):
    path = overridden(tmp_path, estop={"latches": False}).file
    line = next(k for k, text in enumerate(yaml_lines(path), 1) if text.strip() == "latches: false")
    done = iatro("check", path, "--json")
    (error,) = json.loads(done.stdout)["errors"]
    assert done.returncode == 2 and (error["line"], error["key"]) == (line, "faults.estop.latches")
    assert error["given"] is False and "unsafe_latches" in error["message"]
    done = iatro("govern", "--config", path, stdin="")
    assert done.returncode == 2 and "faults.estop.latches" in done.stderr.replace("\n", "")
    assert "Traceback" not in done.stderr


def yaml_lines(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert yaml.safe_load(text)
    return text.splitlines()


def test_an_unsafe_emergency_stop_that_does_not_latch_clears_by_itself(tmp_path):
    weak = {"unsafe_latches": False, "source": "a simulation"}
    made = Room(overridden(tmp_path, self_test=weak))
    made.tell(Fault(made.t, "self_test", True, "a test"))
    made.go(0.2)
    assert made.last.state is State.PROTECTIVE_STOP and made.last.latch is None
    made.tell(Fault(made.t, "self_test", False, ""))
    made.go(1.0)
    assert made.faults <= {"awaiting_rearm"}
