"""Tools and channels of the robots that come with the package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from iatro_governor.planning.tools import Tools
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.load import load_data

CONFIG = Path(__file__).resolve().parents[2] / "config"


@cache
def channels(robot: str) -> Mapping[str, AnyChannel]:
    return load_data(CONFIG / f"{robot}.yaml").channels


@pytest.fixture(scope="session")
def base() -> Tools:
    return Tools(channels("amr"))


@pytest.fixture(scope="session")
def arm() -> Tools:
    return Tools(channels("panda"))
