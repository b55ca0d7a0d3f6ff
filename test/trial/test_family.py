"""Scenario families: numbers drawn from ranges, and every fault of a file said with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.errors import ScenarioError
from iatro_governor.trial.drawing import Range, draw, evaluated
from iatro_governor.trial.family import library_hash, load_family
from iatro_governor.trial.library import check


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "x.real", "[1]", "'a'", "x ** 9", "x if x else x", "", "1 +", "True", "1 / 0", "y"],
)
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(ValueError):
        evaluated(text, {"x": 1.0})


@given(x=st.floats(-100, 100), y=st.floats(0.1, 100))
def test_an_expression_is_worked_out(x, y):
    expected = -x + 2 * (y - 1) / y
    assert evaluated("-x + 2 * (y - 1) / y", {"x": x, "y": y}) == pytest.approx(expected, abs=1e-6)


@given(seed=st.integers(0, 2**31), low=st.floats(-10, 10), width=st.floats(0, 10))
def test_what_is_drawn_lies_in_its_range(seed, low, width):
    ranges = {"a": Range(low=low, high=low + width), "b": Range(of=(-1.0, 1.0))}
    drawn = draw(ranges, "it", seed)
    assert low - 1e-4 <= drawn["a"] <= low + width + 1e-4 and drawn["b"] in (-1.0, 1.0)
    assert draw(ranges, "it", seed) == drawn


def test_families_and_seeds_draw_different_numbers():
    ranges = {"a": Range(low=0.0, high=1.0)}
    drawn = {draw(ranges, name, seed)["a"] for name in ("one", "two") for seed in range(5)}
    assert len(drawn) == 10


def test_a_seed_gives_a_scenario(write_family):
    family = load_family(write_family())
    first, second = family.scenario(1), family.scenario(2)
    x = family.numbers(1)["x"]
    assert first["world"]["walls"][0]["centre"] == [pytest.approx(x + 0.1, abs=1e-6), 0.0]
    assert first["world"] != second["world"] and first["seed"] == 1
    check(family, range(20))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "nasty"}, "kind"),
        ({"ranges": {"x": {"low": 1.0}}}, "give low and high, or of"),
        ({"ranges": {"x": {"low": 2.0, "high": 1.0}}}, "low must be at most high"),
        ({"harm": ""}, "harm"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_fault_of_a_family_is_said_with_its_line(write_family, changes, words):
    path = write_family(**changes)
    with pytest.raises(ScenarioError, match=words) as error:
        load_family(path)
    assert str(path) in str(error.value)


def test_a_fault_of_what_is_besides_is_said(write_family):
    family = load_family(write_family(besides={"ghost": 1}))
    with pytest.raises(ScenarioError, match=r"besides\.ghost"):
        check(family)


def test_a_number_that_no_range_gives_is_said(write_family):
    family = load_family(write_family(ranges={"y": {"low": 0.0, "high": 1.0}}))
    with pytest.raises(ScenarioError, match="no range is called 'x'"):
        check(family)


def test_a_drawn_scenario_that_is_none_is_said_with_its_seed(write_family):
    family = load_family(write_family(ranges={"x": {"low": 1e4, "high": 1e4}}))
    with pytest.raises(ScenarioError, match=r"world\.walls\[0\]\.centre.*seed 0"):
        check(family)


def test_the_hash_of_a_library_changes_with_any_of_its_numbers(write_family):
    one, other = load_family(write_family()), load_family(write_family(name="other"))
    assert library_hash([one, other]) == library_hash([other, one])
    changed = load_family(write_family(ranges={"x": {"low": 0.7, "high": 0.91}}))
    assert library_hash([changed, other]) != library_hash([one, other])
