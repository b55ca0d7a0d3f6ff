"""What one of each unit is in SI, in every language that it is read in."""

from __future__ import annotations

import math
import re

import pytest

from iatro_governor.testimony.unit_names import ANGLES, LENGTHS, PER_TIME, PLAIN, TIMES
from iatro_governor.testimony.units import unit_at

SAID = [
    ("distance", 1.0, "m metre metres meter meters metro metros meter metern mètre mètres 米 公尺 メートル"),
    ("distance", 0.01, "cm centimetre centi-meters centímetro centimetros centimètres"),
    ("distance", 0.01, "zentimeter zentimetern 厘米 公分 センチ センチメートル"),
    (
        "distance",
        0.001,
        "mm millimetre milli-meters milímetros millimètres millimeter millimetern 毫米 ミリ ミリメートル",
    ),
    (
        "distance",
        1000.0,
        "km kilometre kilo-meters kilómetros kilomètres kilometer kilometern 公里 千米 キロメートル",
    ),
    ("distance", 0.0254, "inch inches"),
    ("distance", 0.3048, "ft feet foot"),
    ("distance", 0.9144, "yard yards"),
    ("distance", 1609.344, "mile miles"),
    ("angle", 1.0, "rad rads radian radians radianes radiant 弧度 ラジアン"),
    ("angle", math.pi / 180, "deg degs degree degrees ° grado grados grad degré degrés 度"),
    ("angle", math.tau, "turn turns revolution revolutions rev revs"),
    ("duration", 1.0, "s sec secs second seconds segundo segundos sekunde sekunden seconde secondes 秒 秒钟"),
    ("duration", 0.001, "ms millisecond milli-seconds"),
    ("duration", 60.0, "min mins minute minutes minuto minutos minuten 分 分钟"),
    ("duration", 3600.0, "h hr hrs hour hours hora horas stunde stunden heure heures 小时 時間"),
    ("speed", 1.0, "mps"),
    ("speed", 1 / 3.6, "kmh kph kmph"),
    ("speed", 0.44704, "mph"),
    ("speed", 0.514444, "knot knots"),
    ("angular_speed", math.tau / 60, "rpm"),
    ("force", 1.0, "n newton newtons 牛 牛顿 ニュートン"),
    ("force", 1000.0, "kn kilonewton kilo-newtons"),
    ("force", 4.4482216, "lbf"),
    ("force", 9.80665, "kgf"),
    (
        "torque",
        1.0,
        "nm n·m n-m newton-metre newtonmeters newtonmeter newtonmetern newtonmètres 牛米 牛顿米 ニュートンメートル",
    ),
    (
        "mass",
        1.0,
        "kg kgs kilo kilos kilogram kilogrammes kilogramo kilogramos kilogramm 公斤 千克 キロ キログラム",
    ),
    ("mass", 0.001, "g gram grammes gramo gramos gramm 克 グラム"),
    ("mass", 1000.0, "tonne tonnes"),
    ("mass", 0.45359237, "lb lbs pound pounds"),
    ("percent", 1.0, "% percent prozent パーセント"),
]
"""Of each quantity and factor what is said for it; nobody says two words."""
TWO_WORDS = {"torque": ["n m", "newton metres"], "percent": ["per cent", "por ciento", "pour cent"]}
PER = {
    1.0: "s sec second segundo sekunde seconde 秒",
    60.0: "min minute minuto 分 分钟",
    3600.0: "h hr hour hora stunde heure 小时 時 時間",
}


@pytest.mark.parametrize(("quantity", "factor", "words"), SAID)
def test_a_unit_is_what_it_is_worth(quantity: str, factor: float, words: str) -> None:
    for word in words.split():
        found = unit_at(f"5 {word}", 1)
        assert found is not None, word
        assert (found.quantity, found.factor, found.end) == (
            quantity,
            pytest.approx(factor),
            len(word) + 2,
        )


@pytest.mark.parametrize(("quantity", "said"), TWO_WORDS.items())
def test_a_unit_of_two_words_is_one(quantity: str, said: list[str]) -> None:
    for words in said:
        found = unit_at(f" {words}", 0)
        assert found is not None and (found.quantity, found.factor, found.end) == (
            quantity,
            1.0,
            len(words) + 1,
        )


@pytest.mark.parametrize(("seconds", "words"), PER.items())
def test_a_rate_is_a_length_or_a_turn_by_the_time_that_it_is_per(seconds: float, words: str) -> None:
    for word in words.split():
        speed, turning = unit_at(f" cm/{word}", 0), unit_at(f" turns/{word}", 0)
        assert speed is not None and turning is not None, word
        assert (speed.quantity, speed.factor) == ("speed", pytest.approx(0.01 / seconds))
        assert (turning.quantity, turning.factor) == ("angular_speed", pytest.approx(math.tau / seconds))


def test_every_name_is_said_above() -> None:
    every = " ".join([*(words for _, _, words in SAID), *PER.values()]).split()
    every += [words for said in TWO_WORDS.values() for words in said]
    for name in (*LENGTHS, *ANGLES, *TIMES, *PLAIN, *PER_TIME):
        assert any(re.fullmatch(name, word) for word in every), name


@pytest.mark.parametrize(
    ("text", "end"),
    [("5m", 2), ("5 m", 3), ("5-m", 3), ("5\nm", 3), ("5 \nm", 4), ("5 m/s", 5), ("5 m s-1", 7)],
)
def test_a_unit_follows_its_number_at_once_and_the_longest_reading_counts(text: str, end: int) -> None:
    found = unit_at(text, 1)
    assert found is not None and found.end == end


def test_a_unit_that_is_further_off_is_none() -> None:
    assert unit_at("5   m", 1) is None and unit_at("5", 1) is None
