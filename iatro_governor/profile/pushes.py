"""Whether what tells of pushes is felt where it can be compared with the motion."""

from __future__ import annotations

from collections.abc import Iterator

from iatro_governor.errors import Problem
from iatro_governor.profile.document import Key
from iatro_governor.profile.load import Profile


def unfelt_pushes(profile: Profile) -> list[Problem]:
    """One problem for each channel whose ``pushed_by`` names no wrench source, or one that is felt elsewhere."""
    return [problem for name in profile.data.channels for problem in _unfelt(profile, name)]


def _unfelt(profile: Profile, name: str) -> Iterator[Problem]:
    channel, data = profile.data.channels[name], profile.data
    config = getattr(channel, "pushed_by", None)
    if config is None:
        return
    key: Key = ("channels", name, "pushed_by", "wrench")
    source = data.sources.get(config.wrench)
    if source is None or source.type != "wrench":
        known = ", ".join(n for n, s in data.sources.items() if s.type == "wrench")
        yield profile.problem(key, config.wrench, known or "a wrench source", "names no wrench source")
        return
    links = () if profile.body is None else profile.body.links
    frames = (data.robot.base_frame,) if channel.type == "twist" else links
    if source.frame not in frames:
        why = "nobody knows what a push there does to the channel"
        yield profile.problem(
            ("sources", config.wrench, "frame"), source.frame, ", ".join(frames) or "a link of a model", why
        )
