"""The domain that a process of ours joins, looked at first: the middleware ends a process at one that there is not."""

from __future__ import annotations

from collections.abc import Mapping

from iatro_governor.errors import IatroError

LAST = 232
"""Beyond it the ports that DDS makes of a domain do not exist (DDSI-RTPS 2.5, 9.6.1.1)."""


class NoDomain(IatroError):
    """ROS_DOMAIN_ID names no domain."""


def see_domain(environment: Mapping[str, str]) -> None:
    """Raises NoDomain where ROS_DOMAIN_ID is set, and no whole number from 0 to 232."""
    given = environment.get("ROS_DOMAIN_ID", "").strip()
    if given and not (given.isascii() and given.isdecimal() and int(given) <= LAST):
        raise NoDomain(
            f"ROS_DOMAIN_ID is {given!r}; a whole number from 0 to {LAST} is needed, the same as the robot's: "
            "set it, or unset it for 0"
        )
