"""The embedded simulated robot: a MuJoCo world in place of a real base, its sensors and the people around it."""

from iatro_governor.plant.base import BaseSpec
from iatro_governor.plant.harm import Harm
from iatro_governor.plant.sensors import LidarSpec, OdometrySpec, OdomReading, ScanReading
from iatro_governor.plant.simulation import Plant, Truth
from iatro_governor.plant.world import Box, Person, Start, World, Zone

__all__ = [
    "BaseSpec",
    "Box",
    "Harm",
    "LidarSpec",
    "OdomReading",
    "OdometrySpec",
    "Person",
    "Plant",
    "ScanReading",
    "Start",
    "Truth",
    "World",
    "Zone",
]
