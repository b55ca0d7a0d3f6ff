"""Times and spans of messages, in seconds and back."""

from __future__ import annotations

from builtin_interfaces.msg import Duration, Time

_BILLION = 1_000_000_000
_LONGEST = 2**31 - 1


def seconds(stamp: Time | Duration) -> float:
    """A stamp or a span in s."""
    return float(stamp.sec + stamp.nanosec * 1e-9)


def stamp_of(t: float) -> Time:
    """``t`` s as a stamp, rounded to ns; a stamp reaches from 1970 to 2038."""
    nanoseconds = round(t * _BILLION)
    return Time(sec=nanoseconds // _BILLION, nanosec=nanoseconds % _BILLION)


def span_of(t: float) -> Duration:
    """``t`` s as a span, rounded to ns; beyond 68 years either way it is the longest that there is."""
    nanoseconds = max(-_LONGEST * _BILLION, min(round(t * _BILLION), _LONGEST * _BILLION))
    return Duration(sec=nanoseconds // _BILLION, nanosec=nanoseconds % _BILLION)
