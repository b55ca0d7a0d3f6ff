"""Which plan a command belongs to: its plan id, else the planner's mark, else the latest open plan of the channel.

A plan opens with its statement. By time it takes commands until the next statement on the channel or its final
statement; by its id until it has been idle. A command that no plan takes joins a group of unattributed commands.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from iatro_governor.testimony.actions import Declared
from iatro_governor.testimony.conduct import Conduct
from iatro_governor.testimony.evidence import Words
from iatro_governor.testimony.params import WitnessParams
from iatro_governor.testimony.records import MarkRecord, Sample, StatementRecord
from iatro_governor.testimony.series import Series
from iatro_governor.testimony.settled import Settled

_IDS_REMEMBERED = 10_000


@dataclass(slots=True, eq=False)
class Plan:
    """One statement and what was commanded under it."""

    record_id: str
    order: int
    statement: StatementRecord
    words: Words
    declared: Declared
    opened: float
    active: float
    """Time of its statement or of its last command, whichever is later."""
    repeats: str = ""
    """Record of the earlier statement with the same plan id."""
    concludes: str = ""
    """Record of the plan that this final statement ended, and whose conduct it is judged by."""
    ended: str = ""
    conducts: dict[str, Conduct] = field(default_factory=dict)
    inherited: dict[str, Conduct] = field(default_factory=dict)
    alive: bool = True

    def conduct(self, channel: str) -> Conduct:
        """Sums of one channel, made on first use."""
        return self.conducts.setdefault(channel, Conduct())


@dataclass(slots=True, eq=False)
class Group:
    """Commands on one channel that no statement covers, less than a gap apart."""

    channel: str
    order: int
    claimed: str
    """The plan id that the commands carry, of no statement known or open."""
    conducted: Conduct = field(default_factory=Conduct)
    alive: bool = True

    def conduct(self, channel: str) -> Conduct:
        """The group's only sums."""
        del channel
        return self.conducted


@dataclass(slots=True)
class Attribution:
    """Open plans and groups, and the channel's newest of each."""

    params: WitnessParams
    plans: list[Plan] = field(default_factory=list)
    groups: dict[tuple[str, str], Group] = field(default_factory=dict)
    by_id: dict[str, Plan] = field(default_factory=dict)
    record_of: dict[str, str] = field(default_factory=dict)
    current: dict[str, Plan] = field(default_factory=dict)
    anywhere: Plan | None = None
    marks: dict[str, str] = field(default_factory=dict)
    freed: set[str] = field(default_factory=set)
    """Channels whose commands the planner said to belong to no plan."""
    acting: dict[str, Plan | Group] = field(default_factory=dict)
    attributed: int = 0
    unattributed: int = 0
    settled: Settled = field(default_factory=Settled)
    """Records that are there already."""
    taken: dict[str, Series] = field(default_factory=dict)
    """By writer the decisions that were given to somebody."""
    latest: dict[tuple[str, str], int] = field(default_factory=dict)
    """By writer and channel the command with the highest number that was."""

    def open(self, plan: Plan) -> Plan | None:
        """Open a plan; returns the earlier plan that a final statement ends, for its record to be closed."""
        said = plan.statement
        ended = self._concluded(said) if said.final else None
        if said.plan_id:
            plan.repeats = self.record_of.get(said.plan_id, "")
            self.remember(said.plan_id, plan.record_id)
            self.by_id[said.plan_id] = plan
            self._adopt(plan)
        for channel in said.channels or tuple(self.current):
            if (older := self.current.pop(channel, None)) is not None:
                older.ended = "superseded"
        self.freed.difference_update(said.channels or tuple(self.freed))
        self._take_channels(plan)
        self.plans.append(plan)
        if ended is not None:
            plan.concludes, plan.inherited = ended.record_id, ended.conducts
            ended.ended = "final"
        return ended

    def _take_channels(self, plan: Plan) -> None:
        if plan.statement.final:
            plan.ended = "final"
            self.anywhere = self.anywhere if plan.statement.channels else None
        elif plan.statement.channels:
            self.current.update(dict.fromkeys(plan.statement.channels, plan))
        else:
            self.anywhere = plan

    def _concluded(self, said: StatementRecord) -> Plan | None:
        """The open plan that a final statement speaks of: by id, or by time if it names none."""
        if said.plan_id:
            return self.by_id.get(said.plan_id)
        channels = said.channels or tuple(self.current)
        found = [plan for channel in channels if (plan := self.by_time(channel)) is not None]
        if self.anywhere is not None:
            found.append(self.anywhere)
        return max(found, key=lambda plan: plan.order, default=None)

    def remember(self, plan_id: str, record_id: str) -> None:
        """Note which record a plan id opened last."""
        self.record_of.pop(plan_id, None)
        self.record_of[plan_id] = record_id
        if len(self.record_of) > _IDS_REMEMBERED:
            self.record_of.pop(next(iter(self.record_of)))

    def _adopt(self, plan: Plan) -> None:
        """Take over commands that named this plan before its statement came; a record that is there takes none."""
        if plan.record_id in self.settled.plans:
            return
        for key in [key for key in self.groups if key[1] == plan.statement.plan_id]:
            group = self.groups.pop(key)
            plan.conducts[group.channel] = group.conducted
            if self.acting[group.channel] is group:
                self.acting[group.channel] = plan
            self.attributed += group.conducted.commands
            self.unattributed -= group.conducted.commands

    def mark(self, mark: MarkRecord) -> None:
        """Commands on a channel from now on are of this plan; after an empty id they are of none.

        Then only zeros still count as the latest plan's: they end its motion, and begin nothing.
        """
        self.marks[mark.channel] = mark.plan_id
        (self.freed.discard if mark.plan_id else self.freed.add)(mark.channel)

    def by_time(self, channel: str) -> Plan | None:
        """The latest plan that is open on a channel by time."""
        found = [plan for plan in (self.current.get(channel), self.anywhere) if plan is not None]
        return max(found, key=lambda plan: plan.order, default=None)

    def take(self, sample: Sample) -> None:
        """Give a decision to whom it belongs."""
        self.taken.setdefault(sample.writer, Series()).add(sample.seq)
        if sample.command:
            self._command(sample)
            return
        actor = self.acting.get(sample.channel)
        waiting = self.by_time(sample.channel)
        if actor is not None and actor.alive:
            actor.conduct(sample.channel).take(sample, self.params)
        if waiting is not None:
            waiting.conduct(sample.channel).watch(sample)

    def _command(self, sample: Sample) -> None:
        claimed, way = self._claimed(sample)
        before = self._before(sample)
        freed = sample.channel in self.freed and not _zero(sample)
        timely = None if freed else self.by_time(sample.channel)
        plan = self.by_id.get(claimed) if claimed else timely
        if plan is None or not self.settled.has(plan.record_id, sample):
            if self._counted(sample):
                return
            plan = None if plan is not None and plan.record_id in self.settled.plans else plan
        owner: Plan | Group
        if plan is not None:
            owner = plan
            plan.active = max(plan.active, sample.t)
            self.attributed += 1
        else:
            owner = self.groups.setdefault(
                (sample.channel, claimed), Group(sample.channel, sample.seq, claimed)
            )
            self.unattributed += 1
        conduct = owner.conduct(sample.channel)
        conduct.attributed(
            way if plan is not None else "none", self._contradiction(sample, claimed, plan, timely)
        )
        conduct.take(sample, self.params)
        conduct.number(sample, before)
        self.acting[sample.channel] = owner

    def _before(self, sample: Sample) -> int | None:
        """The channel's command before this one, where everything between the two is here already."""
        stream = sample.writer, sample.channel
        before = self.latest.get(stream, sample.seq)
        self.latest[stream] = max(before, sample.seq)
        whole = before < sample.seq and self.taken[sample.writer].whole(before, sample.seq)
        return before if whole else None

    def _counted(self, sample: Sample) -> bool:
        """Whether a record that is there has this command already."""
        kind = self.settled.kind_of(sample)
        self.attributed += kind == "statement"
        self.unattributed += kind == "unattributed"
        return kind is not None

    def _claimed(self, sample: Sample) -> tuple[str, str]:
        if sample.plan_id:
            return sample.plan_id, "plan_id"
        marked = self.marks.get(sample.channel, "")
        return (marked, "mark") if marked else ("", "time")

    def _contradiction(self, sample: Sample, claimed: str, plan: Plan | None, timely: Plan | None) -> str:
        """What speaks against the id that a command carries, in one sentence; empty where nothing does."""
        marked = self.marks.get(sample.channel, "")
        if sample.plan_id and marked and marked != sample.plan_id:
            return f"the command names plan {sample.plan_id!r}, the mark {marked!r}"
        if claimed and plan is None:
            known = claimed in self.record_of
            return f"plan {claimed!r} " + ("had ended before" if known else "has no statement")
        if plan is None:
            return ""
        if plan.statement.channels and sample.channel not in plan.statement.channels:
            return f"plan {claimed!r} is not about channel {sample.channel!r}"
        if timely is not None and timely is not plan:
            return f"the latest open plan is {timely.statement.plan_id!r}, the command is of {claimed!r}"
        return ""

    def expired(self, t: float) -> Iterator[tuple[float, Plan | Group]]:
        """Plans and groups that have ended before ``t``, with the time of their end, the oldest end first.

        Each is taken off the books.
        """
        ended: list[tuple[float, int, Plan | Group]] = []
        for owner in self._owners():
            end = self._end(owner)
            if t > end:
                ended.append((end, owner.order, owner))
        for end, _, owner in sorted(ended, key=lambda item: item[:2]):
            self.drop(owner)
            yield end, owner

    def _owners(self) -> list[Plan | Group]:
        return [*self.plans, *self.groups.values()]

    def _end(self, owner: Plan | Group) -> float:
        if isinstance(owner, Plan):
            return owner.active + self.params.plan_idle_s
        return owner.conducted.last_command_t + self.params.group_gap_s

    def drop(self, owner: Plan | Group) -> None:
        """Take a plan or group off the books."""
        owner.alive = False
        if isinstance(owner, Plan):
            self.plans.remove(owner)
            owner.ended = owner.ended or "idle"
            if self.by_id.get(owner.statement.plan_id) is owner:
                del self.by_id[owner.statement.plan_id]
            self._unmark(owner.statement.plan_id)
            self.current = {channel: plan for channel, plan in self.current.items() if plan is not owner}
            self.anywhere = None if self.anywhere is owner else self.anywhere
        else:
            self.groups.pop((owner.channel, owner.claimed), None)

    def _unmark(self, plan_id: str) -> None:
        if plan_id not in self.by_id:
            self.marks = {channel: marked for channel, marked in self.marks.items() if marked != plan_id}

    def next_end(self) -> float:
        """No plan or group on the books ends before this time."""
        return min(map(self._end, self._owners()), default=math.inf)


def _zero(sample: Sample) -> bool:
    return sample.requested is not None and not any(sample.requested)
