"""One cart, or two that are governed apart, which nobody senses; and what the core says of them."""

from __future__ import annotations

import copy
from pathlib import Path

import yaml

from iatro_governor.governor.core import Governor
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.load import Profile
from test.governor.profiles import AMR, ZONES, amr


def one_cart(folder: Path) -> Profile:
    """The base, whose silent emergency stop is as good as pressed."""
    return amr(folder, sources={"estop": {"stale_is_pressed": True}})


def two_carts(folder: Path) -> Profile:
    """The base and a cart: two groups."""
    given = yaml.safe_load(AMR.read_text())
    cart = copy.deepcopy(given["channels"]["base"]) | {"input": "cart_planner", "output": "cart_vel"}
    del cart["recover"], given["channels"]["base"]["recover"]
    given["channels"]["cart"] = cart
    given["limits"] = [row for row in given["limits"] if row["kind"] not in ZONES]
    given["limits"] += [row | {"name": f"cart_{row['name']}", "channel": "cart"} for row in given["limits"]]
    path = folder / "two.yaml"
    path.write_text(yaml.safe_dump(given, sort_keys=False))
    return load_profile(path)


def told(governor: Governor) -> dict[str, str]:
    """The faults of the whole process, and what they say."""
    return {fault.name: fault.detail for fault in governor.process.reports}


def faults(governor: Governor, t: float, channel: str = "base") -> dict[str, str]:
    """As a tick has them."""
    (decision,) = [decision for decision in governor.tick(t) if decision.channel == channel]
    return {fault.name: fault.detail for fault in decision.faults}
