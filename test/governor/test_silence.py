"""The longest that a source has left one in the dark of late."""

from __future__ import annotations

from iatro_governor.governor.silence import Silence


def test_the_longest_counts_for_one_to_two_spans_of_5_s_and_is_then_forgotten():
    """What comes exactly 5 s after a span began is of that span, so the 0.2 s of the first last through the second."""
    silence = Silence({"wrist": 0.5, "joints": 0.125})
    assert silence.longest == {"wrist": 0.0, "joints": 0.0}
    longest = []
    for t, age in [(3.0, 0.2), (5.0, 0.1), (5.5, 0.05), (10.25, 0.07), (10.75, 0.03), (16.0, 0.01)]:
        silence.end("wrist", t, age)
        longest.append(silence.longest["wrist"])
    assert longest == [0.2, 0.2, 0.2, 0.2, 0.07, 0.03] and silence.longest["joints"] == 0.0


def test_beyond_its_time_out_it_counts_as_that_long_and_who_feels_nothing_does_not_count():
    silence = Silence({"wrist": 0.5, "joints": 0.125})
    silence.end("wrist", 1.0, 9.0)
    silence.end("joints", 1.0, 0.25)
    silence.end("lidar", 1.0, 0.25)
    assert silence.longest == {"wrist": 0.5, "joints": 0.125}
