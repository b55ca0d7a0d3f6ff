"""Command rate as a limit: its own number, in the place of the channel's."""

from __future__ import annotations

import pytest

from iatro_governor.errors import ProfileError
from iatro_governor.limits.registry import build
from test.governor.profiles import amr
from test.governor.test_offline import at, command, decisions, faults, odom, run, scan, stopping


def rate(bound, name="pace"):
    return {"name": name, "kind": "command_rate", "channel": "base", "source": "a test", "bound": bound}


def burst(hz, end=2.0):
    """Sensors at 20 Hz, commands at ``hz``."""
    events = [event for k in range(round(end * 20)) for event in (scan(k / 20), odom(k / 20))]
    events += [command(round(k / hz, 6)) for k in range(round(end * hz))]
    return sorted(events, key=lambda event: event["t"])


@pytest.mark.parametrize(("bounds", "hz", "stops"), [([30.0], 29, False), ([30.0], 32, True), ([90.0, 30.0], 40, True),
                                                     ([], 40, False)])  # fmt: skip
def test_the_tightest_bound_counts(tmp_path, bounds, hz, stops):
    profile = amr(tmp_path, limits=[rate(bound, f"pace{k}") for k, bound in enumerate(bounds)])
    rows, _ = run(profile, burst(hz))
    assert ("command_rate" in faults(rows)) == stops == stopping(at(rows, 1.5))
    if stops:
        told = next(
            f["detail"] for row in decisions(rows) for f in row["faults"] if f["name"] == "command_rate"
        )
        assert told == f"more than 30 commands in 1 s (limit pace{len(bounds) - 1})"


def test_it_takes_the_place_of_the_channels_own_number(tmp_path):
    own = {"base": {"max_command_hz": 10.0}}
    assert "command_rate" in faults(run(amr(tmp_path, channels=own), burst(20))[0])
    assert "command_rate" not in faults(run(amr(tmp_path, limits=[rate(30.0)], channels=own), burst(20))[0])


def test_it_is_listed_and_checked(tmp_path):
    (row,) = [
        x.row() for x in build(amr(tmp_path, limits=[rate(30.0)]).limits) if x.config.kind == "command_rate"
    ]
    assert (row["bound"], row["unit"], row["source"]) == (30.0, "Hz", "a test")
    with pytest.raises(ProfileError, match="greater than or equal to 1"):
        amr(tmp_path, limits=[rate(0.5)])
