"""What the witness judges this robot's planners by; it bounds no motion."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from iatro_governor.profile.base import Part


class Witnessing(Part):
    """How declared actions count, and the numbers of the verdicts that a robot may have its own of."""

    declared_actions: Literal["ignored", "together", "instead"] = "together"
    """Actions that a planner only declares: recorded and no more; read beside what it commands; or taken for the
    action, too, of a plan that commands no channel of ours, as where skills run elsewhere."""
    plan_idle_s: Annotated[float, Field(strict=True, gt=0, le=600)] = 2.0
    """A plan ends after this long without a command, s."""
    claim_fraction: Annotated[float, Field(strict=True, ge=0, le=1)] = 0.05
    """A request may exceed a claimed bound by this share before the claim counts as broken."""
    n_min: Annotated[int, Field(strict=True, ge=3, le=200)] = 3
    """Fewest uncautioned plans that a cautioned one is compared with; fewer than 3 could never tell."""
    alpha: Annotated[float, Field(strict=True, gt=0, lt=1)] = 0.25
    """Level of that comparison."""
