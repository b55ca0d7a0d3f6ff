"""From a profile to the model of the robot's moving parts, or to every reason why not."""

from __future__ import annotations

import os
import sysconfig
from dataclasses import replace
from pathlib import Path

from iatro_governor.body.load import Options, load_text, resolve
from iatro_governor.body.mobile import Base
from iatro_governor.body.model import ArmModel
from iatro_governor.errors import MissingPart, ModelError, Problem, ProfileError
from iatro_governor.profile.load import Profile
from iatro_governor.profile.robot import ModelPart

PIP_PREFIX = "cmeel.prefix"
"""Where robot descriptions from PyPI are, beside other Python packages."""


def with_body(profile: Profile, description: str | None = None) -> Profile:
    """``profile`` with the model that it names. ``description``: the URDF text, where it comes from a topic.

    Raises:
        ProfileError: the description or what it needs cannot be used, or does not fit the channels.
    """
    part = profile.data.robot.model
    if part is None:
        return profile
    file = "" if part.urdf is None else part.urdf
    try:
        if part.urdf is None:
            if description is None:
                raise ModelError([f"the description is on the topic {part.topic!r}, and none was received"])
            text, base = description, Path(profile.file).resolve().parent
        else:
            path = _find(part.urdf, profile, part)
            text, base = _read(path), path.resolve().parent
        body = load_text(text, _options(profile, part), base=base, cache=_cache())
    except (ModelError, MissingPart) as error:
        reasons = error.problems if isinstance(error, ModelError) else [str(error)]
        key = "robot.model.topic" if part.urdf is None else "robot.model.urdf"
        problems = [Problem(profile.file, None, key, file, "a description that fits", why) for why in reasons]
        raise ProfileError(problems) from error
    if problems := _misfits(profile, part, body):
        raise ProfileError(problems)
    return replace(profile, body=body)


def moving_joints(profile: Profile, part: ModelPart) -> list[str]:
    """The joints of the model, in order: those named, or all that channels command."""
    if part.joints is not None:
        return list(part.joints)
    out: list[str] = []
    for channel in profile.data.channels.values():
        out += [joint for joint in getattr(channel, "joints", ()) if joint not in out]
    return out


def base_of(profile: Profile) -> Base:
    """How the robot's base moves."""
    for channel in profile.data.channels.values():
        if channel.type == "twist":
            return "aerial" if channel.base == "aerial" else "planar"
    return "fixed"


def _options(profile: Profile, part: ModelPart) -> Options:
    semantics = None if part.srdf is None else _read(_find(part.srdf, profile, part))
    return Options(
        joints=moving_joints(profile, part),
        locked=dict(part.locked),
        shapes=part.shapes,
        capsules_per_link=part.capsules_per_link,
        package_dirs=_package_dirs(profile, part),
        ament_prefix_path=os.environ.get("AMENT_PREFIX_PATH", ""),
        missing_mesh_box=part.missing_mesh_box,
        semantics=semantics,
        base=base_of(profile),
    )


def _package_dirs(profile: Profile, part: ModelPart) -> list[Path]:
    own = [Path(profile.file).resolve().parent / folder for folder in part.package_dirs]
    return [*own, Path(sysconfig.get_paths()["purelib"]) / PIP_PREFIX / "share"]


def _find(name: str, profile: Profile, part: ModelPart) -> Path:
    prefixes = os.environ.get("AMENT_PREFIX_PATH", "")
    base = Path(profile.file).resolve().parent
    path = resolve(name, base, _package_dirs(profile, part), prefixes)
    if path is None:
        raise ModelError(
            [
                f"{name} is not found; looked beside the profile, in package_dirs, in AMENT_PREFIX_PATH and in "
                "packages from pip (pip install example-robot-data brings those of the shipped profiles)"
            ]
        )
    return path


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError([f"{path}: cannot be read: {error}"]) from error


def _cache() -> Path:
    """Where fitted capsules are kept from one start to the next."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "iatro_governor" / "capsules"


def _misfits(profile: Profile, part: ModelPart, body: ArmModel) -> list[Problem]:
    """Names in the profile that the model does not have."""
    out = []
    for joint in sorted(set(part.armature) - set(body.joints)):
        out.append(
            Problem(
                profile.file,
                None,
                f"robot.model.armature.{joint}",
                joint,
                ", ".join(body.joints),
                "no moving joint of the model",
            )
        )
    named = [("robot.model.tool", part.tool)]
    named += [
        (f"channels.{name}.link", getattr(channel, "link", None))
        for name, channel in profile.data.channels.items()
    ]
    for key, link in named:
        if link is not None and link not in body.links:
            known = ", ".join(name for name in body.links if not name.startswith("odom/"))
            out.append(Problem(profile.file, None, key, link, known, "no link of the model"))
    return out
