"""What of a text is somebody else's words, to the character; and how it is cut into sentences."""

from __future__ import annotations

import pytest

from iatro_governor.testimony.passages import passages, quotes, spoken

REST = "and that is all there is to say about it"


def reported(text: str) -> list[str]:
    found = quotes(text)
    return [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('xx"abcdef"', ['"abcdef"']),
        ('x"abcdefg"', []),
        ("xy 'abcde'", ["'abcde'"]),
        ("x 'abcdef'", []),
        ('  xx"abcdef"   ', ['"abcdef"']),
        ('  x"abcdefg"   ', []),
    ],
)
def test_a_text_that_is_four_fifths_a_quotation_is_its_speaker_s_own(text: str, expected: list[str]) -> None:
    assert reported(text) == expected


@pytest.mark.parametrize("length", [1998, 1999, 2000])
def test_a_quotation_is_no_longer_than_two_thousand_characters(length: int) -> None:
    quoted = f'"{"x" * length}"'
    assert reported(f"{quoted} {REST * 20}") == ([quoted] if length < 2000 else [])


@pytest.mark.parametrize(("blanks", "own"), [(38, True), (39, False)])
@pytest.mark.parametrize("mark", ["'", '"'])
def test_what_introduces_an_answer_of_one_s_own_stands_within_48_characters(
    mark: str, blanks: int, own: bool
) -> None:
    quoted = f"{mark}not me{mark}"
    assert reported(f"my answer:{' ' * blanks}{quoted} {REST}") == ([] if own else [quoted])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'"a b" and "c d" {REST}', ['"a b"', '"c d"']),
        (
            f"\"he said 'no more' then\" and 'not now' {REST} {REST}",
            ["\"he said 'no more' then\"", "'not now'"],
        ),
        (f"\"abc\"'def ghi' {REST}", ['"abc"', "'def ghi'"]),
        (f'"a b" : "c d" {REST}', ['"c d"']),
        (f'a b" c d {REST}', []),
        (f"'not now' and \"c d\" {REST}", ["'not now'", '"c d"']),
        (f'my answer: "not me" and "c d" {REST}', ['"c d"']),
        (f'{REST * 40} "a b"', ['"a b"']),
        (f'"a b" "c d" " {REST}', ['"a b"', '"c d"']),
    ],
)
def test_quotations_follow_one_another_and_hold_no_others(text: str, expected: list[str]) -> None:
    assert reported(text) == expected


def test_what_is_in_a_quotation_begins_with_its_first_mark_and_ends_with_its_last() -> None:
    found = quotes(f'"a b" and "c d" {REST}')
    assert (found.starts, found.ends) == ((0, 10), (5, 15))
    assert [at for at in range(20) if found.hold(at)] == [*range(5), *range(10, 15)]


def test_reported_speech_is_blotted_out_and_everything_else_stays_where_it_is() -> None:
    text = f'"a b" and "c d" {REST}. i go'
    own, found = spoken(text)
    assert own == f"{'¤' * 5} and {'¤' * 5} {REST}. i go"
    assert [(one.start, one.end, one.text) for one in found] == [
        (0, len(own) - 6, own[:-6]),
        (len(own) - 5, len(own), " i go"),
    ]
    assert all(own[one.start : one.end] == one.text for one in found)
    assert spoken(f'he said "a b" {REST}')[0] == f"he said {'¤' * 5} {REST}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shall i go", [("shall i go", False)]),
        ("shall i go? i go", [("shall i go", True), (" i go", False)]),
        ("go; stop!? now", [("go", False), (" stop", True), (" now", False)]),
        ("i go, but slowly", [("i go", False), ("but slowly", False)]),
        ("max. 5 km. then 0.5 m", [("max. 5 km", False), (" then 0.5 m", False)]),
        ("a. . b", [("a", False), (" b", False)]),
        (" \n ", []),
    ],
)
def test_a_text_is_cut_into_sentences_and_only_a_question_asks(
    text: str, expected: list[tuple[str, bool]]
) -> None:
    assert [(one.text, one.question) for one in passages(text)] == expected
