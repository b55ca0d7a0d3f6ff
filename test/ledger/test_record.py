"""Records by themselves: their provenance, the numbers they may settle, and what columns and bodies hold."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger.record import Provenance, Record, canonical, lost, lost_numbers, plain, row_of

BY = Provenance("simulation", "policy-of-session", "0.1.0", "system")


def record(**fields: Any) -> Record:
    usual = {"kind": "decision", "writer": "w", "number": 0, "t": 0.0, "plan_id": None, "channel": None}
    return Record(**{**usual, "body": {}, **fields})


def test_what_a_body_or_a_record_says_of_itself_goes_before_what_the_session_says() -> None:
    assert BY.of(record()) == ("simulation", "policy-of-session", "0.1.0", "system")
    assert BY.of(record(policy="its own"))[1] == "its own"
    own = {"config_hash": "c", "software_version": "2", "clock_source": "ros"}
    assert BY.of(record(policy="its own", body=own)) == ("simulation", "c", "2", "ros")


@pytest.mark.parametrize("nothing", ["", None, 7, ["c"]])
def test_a_body_that_names_no_text_leaves_the_sessions_provenance(nothing: object) -> None:
    """The wrong answers: to put a number where a text belongs, or to let an empty text hide what is known."""
    body = {"config_hash": nothing, "software_version": nothing, "clock_source": nothing}
    assert BY.of(record(body=body)) == BY.of(record())


@pytest.mark.parametrize(("first", "last"), [(0, 0), (0, 3), (5, 5), (2**63 - 1, 2**63 - 1)])
def test_lost_numbers_come_back_as_they_were_declared(first: int, last: int) -> None:
    declared = lost("decision", "ring", first, last, "ring full", 0.5)
    assert declared.number == first
    found = lost_numbers(declared.writer, canonical(declared.body))
    assert found == ("decision", "ring", first, last)


@pytest.mark.parametrize(("first", "last"), [(-1, 0), (1, 0), (-2, -1)])
def test_numbers_that_are_none_cannot_be_declared_lost(first: int, last: int) -> None:
    with pytest.raises(LedgerError, match=f"lost numbers {first}..{last}"):
        lost("decision", "ring", first, last, "ring full", 0.5)


@pytest.mark.parametrize(
    ("writer", "first", "last"),
    [
        ("decision/ring", -1, 0),
        ("decision/ring", 1, 0),
        ("decision/ring", 0, 2**63),
        ("statement/ring", 0, 0),
        ("ring", 0, 0),
    ],
)
def test_a_lost_record_that_lost_did_not_make_settles_nothing(writer: str, first: int, last: int) -> None:
    """The wrong answer lets one line account for records of another writer, or for every number there is."""
    body = json.dumps({"of": "decision", "first": first, "last": last})
    with pytest.raises(LedgerError, match="must be made by lost"):
        lost_numbers(writer, body)


@pytest.mark.parametrize("number", [True, False, 1.0, 0.5, "1", None, -1, 2**63])
def test_a_number_that_is_no_whole_number_of_a_column_is_refused(number: Any) -> None:
    """True is 1 to Python: the wrong answer stores it, and a second record of number 1 is a conflict."""
    with pytest.raises(LedgerError, match="is not in 0"):
        row_of(record(number=number), 1, BY)


@pytest.mark.parametrize("number", [0, 1, 2**63 - 1])
def test_every_number_of_a_column_is_stored(number: int) -> None:
    assert row_of(record(number=number), 1, BY)[3] == number


@pytest.mark.parametrize("fields", [{"kind": ""}, {"writer": ""}])
def test_a_record_without_a_kind_or_a_writer_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(LedgerError, match="must not be empty"):
        row_of(record(**fields), 1, BY)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("plan", "plan"),
        ("", ""),
        ("é", "é"),
        ("a\0b", "a\\x00b"),
        ("é\0", "é\\x00"),
        ("\ud800", "\\ud800"),
    ],
)
def test_a_column_holds_no_nul_and_no_half_of_a_character(text: str, column: str) -> None:
    """SQLite reads a text to its first NUL: the wrong answer makes two writers one."""
    assert plain(text) == column
    row = row_of(record(writer=f"w{text}", plan_id=text, channel=text), 1, BY)
    assert (row[2], row[5], row[6]) == (f"w{column}", column, column)


def test_what_json_does_not_have_is_spelled_out_and_all_else_stays() -> None:
    body = {"b": [math.nan, 1.5, (-math.inf, 0)], "a": {"x": math.inf, "y": -2.0, "z": True, "n": None}}
    told = '{"a":{"n":null,"x":"Infinity","y":-2.0,"z":true},"b":["NaN",1.5,["-Infinity",0]]}'
    assert canonical(body) == told
