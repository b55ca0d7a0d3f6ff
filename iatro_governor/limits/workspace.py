"""Keep-in volumes: a workspace, or a fence in the air, that no link may leave."""

from __future__ import annotations

from typing import ClassVar, Literal

from iatro_governor.body.keep_in import KeepIn
from iatro_governor.limits.doses import Doses, grown
from iatro_governor.limits.limit import Example
from iatro_governor.limits.link_zone import LinkKeepingConfig, LinkKeepingLimit


class WorkspaceConfig(LinkKeepingConfig):
    """No kept link leaves ``volume``. A link that is fixed outside must not be among ``links``."""

    example: ClassVar[Example] = {
        "volume": {"box": {"size": [1.6, 1.6, 1.6], "pose": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}},
        "margin": 0.02,
    }
    doses: ClassVar[Doses] = {"margin": grown}

    kind: Literal["workspace"]


class WorkspaceLimit(LinkKeepingLimit):
    """Keeps the links inside a volume: along the way to rest none comes nearer to its sides than a margin."""

    model = WorkspaceConfig

    def __init__(self, config: WorkspaceConfig) -> None:
        volume = config.volume.volume()
        super().__init__(config, KeepIn(volume), volume)

    def eased(self, margin: float, speed: float) -> WorkspaceLimit:
        """Nearer, or as deep as the margin says."""
        config = self.config.model_copy(update={"margin": margin})
        assert isinstance(config, WorkspaceConfig)
        return WorkspaceLimit(config)
