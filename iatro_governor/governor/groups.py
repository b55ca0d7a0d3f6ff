"""From a profile to its groups: charts of its channels, the body that they move, the limits that bound it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from iatro_governor.body.mechanics import mechanics
from iatro_governor.body.mobile import of_base
from iatro_governor.body.model import ArmModel
from iatro_governor.body.shape import Shape
from iatro_governor.governor.admission import Admission
from iatro_governor.governor.chart import Chart, Ramp, places
from iatro_governor.governor.claims import Claims
from iatro_governor.governor.effort_chart import EffortChart, Weight
from iatro_governor.governor.gripper_chart import GripperChart
from iatro_governor.governor.group import Group
from iatro_governor.governor.joint_chart import JointPositionChart, JointVelocityChart
from iatro_governor.governor.jointed import JointedBody
from iatro_governor.governor.ladder import TABLE, Ladder, Row
from iatro_governor.governor.payload import Payload
from iatro_governor.governor.pose_chart import ANGULAR, LINEAR, Limb, PoseChart
from iatro_governor.governor.projection import Projector
from iatro_governor.governor.readings import Readings
from iatro_governor.governor.seated import Seated
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.smooth import SmoothStop
from iatro_governor.governor.stacked import AtOnce, StackedBrakes
from iatro_governor.governor.stepping import Rates
from iatro_governor.governor.stops import Stops
from iatro_governor.governor.trajectory_chart import TrajectoryChart
from iatro_governor.governor.twist import TwistChart, axes, can_do
from iatro_governor.governor.wrench_chart import WrenchChart
from iatro_governor.limits.limit import Limit
from iatro_governor.profile.channels import TwistChannel
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.joint_channels import (
    JointEffortChannel,
    JointPositionChannel,
    JointTrajectoryChannel,
    JointVelocityChannel,
)
from iatro_governor.profile.labels import Mode
from iatro_governor.profile.load import Profile
from iatro_governor.profile.tool_channels import GripperChannel, PoseChannel, WrenchChannel

Limits = list[Limit[Any]]


def build_groups(
    profile: Profile, limits: Limits, senses: Senses, period: float, table: Mapping[str, Row] = TABLE
) -> list[Group]:
    """One group for a robot with a model, all its channels together; else one for each channel."""
    figure = None if profile.data.robot.footprint is None else profile.data.robot.footprint.shape()
    channels = profile.data.channels
    if profile.body is not None:
        return [_jointed(profile, profile.body, limits, senses, figure, period, Ladder(table))]
    out = []
    for name, config in channels.items():
        assert isinstance(config, TwistChannel)  # the profile has been checked: the others need a model
        own = [limit for limit in limits if limit.config.channel == name]
        rates = Rates.of(own, axes(config), 3)
        chart = TwistChart(config, figure, rates, senses, period)
        stops = Stops({name: config}, partial(_alone, chart), senses)
        body, ladder = {name: chart}, Ladder(table)
        projector, smooth = _projector({name: config}, body), _smooth(chart.controlled, rates, body)
        first = body, chart, stops, own, rates, senses, period, ladder
        out.append(Group(*first, projector=projector, smooth=smooth, loop=profile.data.loop))
    return out


def needed_joints(profile: Profile) -> dict[str, list[str]]:
    """Of each source of joints, the names that it must tell."""
    out: dict[str, list[str]] = {n: [] for n, s in profile.data.sources.items() if s.type == "joints"}
    told: set[str] = set()
    for channel in profile.data.channels.values():
        if (state := getattr(channel, "state", None)) is not None:
            own = [*getattr(channel, "joints", ()), *getattr(channel, "fingers", ())]
            out[state] += [joint for joint in own if joint not in out[state]]
            told.update(own)
    modelled = () if profile.body is None else profile.body.joints
    left = [joint for joint in modelled if joint not in told and not of_base(joint)]
    if left and out:
        # No channel commands them, and they move: whoever tells of the first joints tells of them.
        out[next(iter(out))] += left
    return out


def moved_by(profile: Profile) -> TwistChannel | None:
    """The channel that moves the base; all that do go by one odometry."""
    channels = profile.data.channels.values()
    return next((channel for channel in channels if isinstance(channel, TwistChannel)), None)


def _jointed(
    profile: Profile,
    model: ArmModel,
    limits: Limits,
    senses: Senses,
    figure: Shape | None,
    period: float,
    ladder: Ladder,
) -> Group:
    channels = dict(sorted(profile.data.channels.items(), key=lambda item: item[1].type != "twist"))
    charts: dict[str, Chart] = {}
    rates = []
    for name, config in channels.items():
        own = [limit for limit in limits if limit.config.channel == name]
        charts[name], part = _chart(config, own, senses, figure, period, profile)
        rates.append(part)
    claims = Claims.of(charts)
    at, together = places(charts), Rates.stacked(rates)
    stops = Stops(channels, partial(_brakes, charts, at), senses)
    smooth = _smooth(stops.controlled, together, charts)
    body = JointedBody(
        model, charts, figure, senses, period, limits, profile.data.robot.model, claims, smooth
    )
    seated = [x if x.view == "body" else Seated(x, body.places[x.config.channel]) for x in limits]
    admissions = {
        name: Admission(name, chart, model, seated, body.levers, body.joints, period)
        for name, chart in charts.items()
        if isinstance(chart, TrajectoryChart)
    }
    nearest = _projector(channels, charts)
    return Group(
        charts,
        body,
        stops,
        seated,
        together,
        senses,
        period,
        ladder,
        claims,
        nearest,
        smooth,
        admissions,
        profile.data.loop,
        Payload.of(profile),
    )


def _smooth(stop: Ramp, rates: Rates, charts: Mapping[str, Chart]) -> SmoothStop | None:
    """The controlled stop under the bounds on jerk, None: there are none."""
    if not rates.smooth:
        return None
    eased = [np.full(chart.size, _carries(chart, chart.controlled)) for chart in charts.values()]
    return SmoothStop(stop, rates.jerk, np.concatenate(eased))


def _projector(channels: Mapping[str, AnyChannel], charts: Mapping[str, Chart]) -> Projector | None:
    """Where channels of a group, in the order of ``u``, ask for the nearest command."""
    if all(config.weights is None for config in channels.values()):
        return None
    weights: list[float] = []
    able: list[bool] = []
    for name, config in channels.items():
        size = charts[name].size
        weights += config.weights or [1.0] * size
        moves = can_do(config) if isinstance(config, TwistChannel) else [True] * size
        able += moves if config.weights is not None else [False] * size
    return Projector(np.array(weights), np.array(able))


def _chart(
    config: AnyChannel, limits: Limits, senses: Senses, figure: Shape | None, period: float, profile: Profile
) -> tuple[Chart, Rates]:
    match config:
        case TwistChannel():
            rates = Rates.of(limits, axes(config), 4 if config.base == "aerial" else 3)
            return TwistChart(config, figure, rates, senses, period), rates
        case JointVelocityChannel() | JointPositionChannel():
            count = len(config.joints)
            rates = Rates.of(limits, {"joint": np.arange(count)}, count)
            make = JointVelocityChart if isinstance(config, JointVelocityChannel) else JointPositionChart
            return make(config, rates, senses), rates
        case JointEffortChannel():
            rates = Rates.of(limits, {"joint": np.arange(len(config.joints))}, len(config.joints))
            return EffortChart(config, rates, senses, _weight(config, profile, senses), period), rates
        case JointTrajectoryChannel():
            # Its rates are vetted before it is passed: what is executed is shaped no more.
            rates = Rates.of((), {}, len(config.joints))
            return TrajectoryChart(config, rates, senses, period, profile.data.loop.covered_gap_s), rates
        case PoseChannel():
            rates = Rates.of(limits, {"linear": LINEAR, "angular": ANGULAR}, 6)
            assert profile.body is not None  # the profile has been checked
            limb = Limb.of(profile.body, config.link, _readings(profile.body, senses))
            return PoseChart(config, rates, senses, limb), rates
        case WrenchChannel():
            return WrenchChart(config, senses), Rates.of(limits, {"force": LINEAR, "torque": ANGULAR}, 6)
        case GripperChannel():
            rates = Rates.of(limits, {"width": np.arange(1)}, 1)
            return GripperChart(config, rates, senses), rates
    raise NotImplementedError(config.type)


def _weight(config: JointEffortChannel, profile: Profile, senses: Senses) -> Weight:
    model, part = profile.body, profile.data.robot.model
    assert model is not None and part is not None  # the profile has been checked
    own = np.array([model.joints.index(joint) for joint in config.joints], dtype=np.int64)
    return Weight(mechanics(model, part).dynamics, _readings(model, senses), own)


def _readings(model: ArmModel, senses: Senses) -> Readings:
    named = [joint for joint in model.joints if not of_base(joint)]
    return Readings(named, senses.joint_tracks)


def _alone(chart: Chart, modes: Mapping[str, Mode]) -> Ramp:
    """The stop of the only channel there is."""
    (mode,) = modes.values()
    ramp: Ramp = getattr(chart, mode)
    return ramp


def _brakes(charts: Mapping[str, Chart], at: Mapping[str, slice], modes: Mapping[str, Mode]) -> StackedBrakes:
    """What carries one another keeps its way while it brakes; what stops at once, or moves no link, stops by itself."""
    together: list[tuple[slice, Ramp]] = []
    alone: list[tuple[slice, Ramp]] = []
    for name, chart in charts.items():
        ramp: Ramp = getattr(chart, modes[name])
        (together if _carries(chart, ramp) else alone).append((at[name], ramp))
    return StackedBrakes(together, alone)


def _carries(chart: Chart, ramp: Ramp) -> bool:
    return bool(chart.moves or isinstance(chart, TwistChart)) and not isinstance(ramp, AtOnce)
