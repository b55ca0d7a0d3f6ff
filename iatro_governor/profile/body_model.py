"""From a profile to the model of the robot's moving parts, or to every reason why not."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from iatro_governor.body.load import Options, load_text, resolve
from iatro_governor.body.mobile import Base
from iatro_governor.body.urdf import disabled_pairs, parse
from iatro_governor.errors import MissingPart, ModelError, ProfileError
from iatro_governor.profile.load import Profile
from iatro_governor.profile.model_names import misnamed
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
    key, given = ("urdf", part.urdf) if part.urdf is not None else ("topic", part.topic)
    moving = moving_joints(profile, part)
    with _blaming(profile, key, given):
        text, base = _text(profile, part, description)
        tree = parse(text)
    if problems := misnamed(profile, part, tree, moving):
        raise ProfileError(problems)
    with _blaming(profile, "srdf", part.srdf):
        semantics = _semantics(profile, part)
    with _blaming(profile, key, given):
        options = _options(profile, part, moving, semantics)
        return replace(profile, body=load_text(text, options, base=base, cache=_cache()))


def files_of(profile: Profile) -> list[Path]:
    """The files that a checked profile was read from: its own, and those that describe the robot; no meshes."""
    part = profile.data.robot.model
    named = [] if part is None else [name for name in (part.urdf, part.srdf) if name is not None]
    return [Path(profile.file), *(_find(name, profile, part) for name in named if part is not None)]


@contextmanager
def _blaming(profile: Profile, key: str, given: str | None) -> Iterator[None]:
    """What is wrong with the model is said of ``key``."""
    try:
        yield
    except (ModelError, MissingPart) as error:
        reasons = error.problems if isinstance(error, ModelError) else [str(error)]
        at = ("robot", "model", key)
        raise ProfileError(
            [profile.problem(at, given, "a description that can be used", why) for why in reasons]
        ) from error


def _text(profile: Profile, part: ModelPart, description: str | None) -> tuple[str, Path]:
    """The description, and the folder that its meshes are looked for from."""
    if part.urdf is not None:
        path = _find(part.urdf, profile, part)
        return _read(path), path.resolve().parent
    if description is None:
        raise ModelError([f"the description is on the topic {part.topic!r}, and none was received"])
    return description, Path(profile.file).resolve().parent


def _semantics(profile: Profile, part: ModelPart) -> str | None:
    if part.srdf is None:
        return None
    text = _read(_find(part.srdf, profile, part))
    disabled_pairs(text)  # which says what is wrong with it
    return text


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


def _options(profile: Profile, part: ModelPart, moving: list[str], semantics: str | None) -> Options:
    return Options(
        joints=moving,
        locked=dict(part.locked),
        shapes=part.shapes,
        capsules_per_link=part.capsules_per_link,
        package_dirs=_package_dirs(profile, part),
        ament_prefix_path=os.environ.get("AMENT_PREFIX_PATH", ""),
        missing_mesh_box=part.missing_mesh_box,
        semantics=semantics,
        base=base_of(profile),
        frame=profile.data.robot.base_frame,
    )


def _package_dirs(profile: Profile, part: ModelPart) -> list[Path]:
    own = [Path(profile.file).resolve().parent / folder for folder in part.package_dirs]
    return [*own, pip_packages()]


def pip_packages() -> Path:
    """Where packages of robots are that came from PyPI."""
    return Path(sysconfig.get_paths()["purelib"]) / PIP_PREFIX / "share"


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
