"""The governor node: a lifecycle node that configures and activates itself, and stops the robot whenever it is neither.

Publishers, subscriptions and the loop exist from the start, in every lifecycle state: an inactive governor publishes
stops. Exit codes as in ``run``. With ``kill -9`` no stop is sent: the watch sends it, and who reads the output misses
its deadline.

A process that was killed leaves shared memory of Fast DDS behind in /dev/shm. Governors killed ten times in a row came
back each time, but what is left can deafen a later process whose ports are the same. Where nodes find each other and
hear nothing, ``fastdds shm clean`` removes it; FASTDDS_BUILTIN_TRANSPORTS=UDPv4 in the environment of all nodes does
without shared memory, but not where discovery is limited to LOCALHOST.
"""

from __future__ import annotations

import gc
import os
import secrets
import time
from collections.abc import Callable
from functools import partial
from itertools import count

from iatro_governor import __version__, operator_key
from iatro_governor.errors import EventError, IatroError
from iatro_governor.governor.decision import Decision
from iatro_governor.governor.events import Backlog, Command, Event
from iatro_governor.governor.overrides import weakened
from iatro_governor.governor.recorded import decision_body
from iatro_governor.governor.scene import Scene
from iatro_governor.governor.self_test import Finding, tested
from iatro_governor.governor.told import NotingGovernor
from iatro_governor.ledger.journal import folder_of
from iatro_governor.limits.registry import load_profile
from iatro_governor.msg import Ack, GovernorDecision
from iatro_governor.nodes import commands, qos, sources
from iatro_governor.nodes.announce import Announcer
from iatro_governor.nodes.breakdown import Breakdown, bodies_without_decision, short, whole
from iatro_governor.nodes.configuration_files import ConfigurationFiles
from iatro_governor.nodes.convert import CLOCKS, Body, decision_message
from iatro_governor.nodes.description import description_of
from iatro_governor.nodes.ending import Ending
from iatro_governor.nodes.hold_ups import HoldUps
from iatro_governor.nodes.input_journal import InputJournal
from iatro_governor.nodes.inputs import Inputs
from iatro_governor.nodes.interfaces import Interfaces
from iatro_governor.nodes.latch import KeptLatch
from iatro_governor.nodes.managed import Done, Managed
from iatro_governor.nodes.markers import Markers
from iatro_governor.nodes.neighbours import Neighbours
from iatro_governor.nodes.operator_calls import OperatorCalls
from iatro_governor.nodes.outgoing import output_of, recognised
from iatro_governor.nodes.own_topics import refuse_bypass
from iatro_governor.nodes.parameters import settings
from iatro_governor.nodes.records import Records
from iatro_governor.nodes.resting import RAMP_S, Values
from iatro_governor.nodes.run import Unusable, run
from iatro_governor.nodes.self_testing import SelfTesting, summary
from iatro_governor.nodes.shadow import Shadow
from iatro_governor.nodes.shell_faults import ShellFaults
from iatro_governor.nodes.steady import every
from iatro_governor.nodes.timeline import Timeline
from iatro_governor.nodes.watch_file import Acquaintance
from iatro_governor.profile.body_model import files_of
from iatro_governor.profile.load import Profile
from iatro_governor.profile.model import HEARTBEAT_S

LOOKS_HZ = 1.0 / HEARTBEAT_S
"""Heartbeats, looks at the graph and bursts of sending again, in a second."""
MARKERS_EVERY = 5
"""Heartbeats from one picture for the operator's screen to the next."""
MEETING_S = 3.0
"""A watch that runs and does not hear the heartbeats is waited for so long at the start, s."""
MOST_AHEAD = 100_000
"""A ledger may know this many decisions more than the ring, after a loss of power."""


class GovernorNode(Managed):
    """The shell around :class:`Governor`: one loop, one thread."""

    def __init__(self) -> None:
        super().__init__("governor")
        own, _ = settings(self)
        self._settings = own
        profile = load_profile(own.config, description_of(self, own.config))
        findings = tested(profile)
        self.tested = findings, summary(profile, findings)
        self._files = ConfigurationFiles(files_of(profile))
        self._latch = KeptLatch(own.ledger.with_suffix(".latch"))
        standing = self._latch.standing
        self.records = Records(own.ring)
        self.core = NotingGovernor(profile, _nonce, standing, self.records.next_number, self._key(profile))
        self._shadow = Shadow(self.core, standing)
        self._shadow.remind(time.monotonic())
        sim = bool(self.get_parameter("use_sim_time").value)
        self._clock_name = CLOCKS[sim]
        self.timeline = Timeline(self._ros_now, time.monotonic, sim)
        self._last: dict[str, Decision] = {}
        self._hold_ups = HoldUps(profile.data.loop, time.monotonic())
        self._ticks = 0
        self._bodies: dict[str, Body] = {}
        self._braked: set[str] = set()  # channels that a stop has gone to in this turn
        self._ending: Ending | None = None
        self._breakdown = Breakdown(self)
        self._faults = ShellFaults(self.core, self.timeline, self._breakdown)
        self._moved = False
        self._told_core = InputJournal(
            self.core,
            folder_of(own.ledger),
            self.records.writer,
            lambda: self.timeline.offset,
            self.get_logger().warning,
        )
        self._connect()

    def _key(self, profile: Profile) -> bytes | None:
        """The operator's key. One that is named and cannot be used is refused here, not at the first reset."""
        named = profile.data.operator_key
        path = operator_key.place(profile.file, named, os.environ.get(operator_key.ENVIRONMENT))
        if path is None:
            self.get_logger().warning("no operator key is configured: no reset can release a latch")
        return None if path is None else operator_key.read(path)

    def meet_watch(self) -> None:
        """Where a watch runs, it is to hear the heartbeats before the first output: until then it publishes stops."""
        end = time.monotonic() + MEETING_S
        while self._watch.runs and not self._announcer.heard and time.monotonic() < end:
            time.sleep(MEETING_S / 100)

    def _ros_now(self) -> float:
        return float(self.get_clock().now().nanoseconds * 1e-9)

    def _connect(self) -> None:
        data = self.core.profile.data
        refuse_bypass(self, data)
        loop = data.loop
        self._commands = {name: output_of(self, channel, loop) for name, channel in data.channels.items()}
        recognised(self, self._commands.values())
        self._decisions = self.create_publisher(
            GovernorDecision, "governor/decision", qos.RECORD, event_callbacks=qos.QUIET_OUT
        )
        self._announcer = Announcer(self, self.core)
        self._markers = Markers(self, Scene(self.core.profile, self.core.senses))
        self._inputs = Inputs(self, data.robot, self.timeline, self._take)
        self._inputs.listen(data.sources, data.channels)
        heard = {source.topic: sources.TYPES[source.type].message for source in data.sources.values()}
        heard |= {channel.input: commands.command_type(channel).message for channel in data.channels.values()}
        self._watch = Acquaintance(self._settings.ledger.with_suffix(".watch"))
        buttons = {s.topic: sources.TYPES[s.type].readers for s in data.sources.values() if s.type == "estop"}
        self._neighbours = Neighbours(self, list(self._commands.values()), heard, self._watch.ids, buttons)
        self._interfaces = Interfaces(self, [channel.actuator for channel in data.channels.values()])
        self.create_subscription(Ack, "recorder/ack", self._receipt, qos.EVENT, event_callbacks=qos.QUIET_IN)
        self._operator = OperatorCalls(self, self.core, self.timeline, self._latch, self._keep_latch)
        turns = lambda: self._ticks  # noqa: E731
        self._testing = SelfTesting(self, self.core.profile, self._rests, turns, self.record_self_test)
        every(1.0 / loop.rate_hz, self, self._tick)
        self._every = max(round(loop.rate_hz / LOOKS_HZ), 1)

    def record_self_test(self, findings: list[Finding], told: str) -> None:
        """Put what a self-test came to on record; a limit that let something pass stops the robot, and latches."""
        failed = any(finding.refuses for finding in findings)
        self._faults.set("self_test", failed, told)
        if not failed:
            self._faults.pulse("self_tested", told)
            self.get_logger().info(f"self-test: {told}")

    def allow(self, motion: bool, why: str) -> None:
        """Whether motion is allowed, and why not."""
        self._faults.set("inactive", not motion, why)
        if not motion:
            self._shadow.end(self.timeline.now)

    # The loop.

    def _tick(self) -> None:
        began = time.monotonic()
        if self._hold_ups.wakes(began) and self._neighbours.watched:
            return
        self._hold_ups.begin(began)
        self._braked.clear()
        try:
            t = self.timeline.read()
            self._watch_time(began)
            if self._ticks % self._every == 0:
                self._look(t)
            bodies = self._decide(t)
            self._faults.told()
            if self._tell(bodies):
                self._breakdown.over()
        except Unusable:
            raise
        except Exception as error:  # noqa: BLE001 - the robot must be stopped whatever it was
            self._stop_without_core(error)
            self._break(error)
        self._ticks += 1
        self._announce()

    def _decide(self, t: float) -> list[Body]:
        """Once round; after its last decision the node only says that the robot stands. ``t``: now, s."""
        if self._ending is not None and self._ending.decided:
            self._ending.stand(t + self.timeline.offset)
            return []
        self._go_on_from_the_watch(t)
        decisions = self.core.tick(t)
        self._told_core.turn(self._rests())
        return self._carry_out(decisions)

    def _watch_time(self, began: float) -> None:
        """What the clock says of this turn, in force until the next."""
        self._faults.turn()
        if told := self._hold_ups.come_round(began):
            self._faults.pulse("loop_overrun", told)
        if (jump := self.timeline.take_jump()) is not None:
            self._faults.pulse("clock_jump", jump)
        stands = self.timeline.stands
        self._faults.set("clock_stands", stands is not None, stands or "")

    def _go_on_from_the_watch(self, t: float) -> None:
        """After a silence in which the watch, where there is one, has stepped in, what went out last no longer stands.

        ``t``: now, s. It counts from the last heartbeat, as the watch counts: the loop may have come round since.
        """
        braked_s = self._hold_ups.spoken_for(time.monotonic())
        if braked_s > 0 and self._neighbours.watched:
            self.core.absent(t, braked_s)

    def _look(self, t: float) -> None:
        """Who is on the topics, and how much of the record waits."""
        if self.transition_failed:
            self.allow(False, "a lifecycle transition failed")
        for event in (*self._neighbours.publishers(t), *self._interfaces.users(t)):
            self.core.handle(event)
        strange, deaf = self._neighbours.strangers(), [*self._neighbours.deaf(), *self._neighbours.unheard()]
        if strange and not self._moved:
            raise Unusable("; ".join(strange))
        self._faults.set("input_malformed", bool(strange), "; ".join(strange))
        if self._ticks % (10 * self._every) == 0:
            changed = ", ".join(self._files.changed())
            told = f"{changed} changed since it was read; what is in force did not"
            self._faults.set("configuration_changed", bool(changed), told)
        self._faults.set("incompatible_qos", bool(deaf), "; ".join(deaf))
        self.core.handle(Backlog(t, self.records.backlog))
        if self._decisions.get_subscription_count():
            self.records.send_again(t, self._send)

    def _take(self, event: Event) -> None:
        if self._ending is not None and self._ending.decided:
            return
        # After the process was held up, what waited for it is taken before the loop comes round.
        now = time.monotonic()
        self._hold_ups.begin(now)
        if self._hold_ups.overdue(now):
            self._watch_time(now)
        self._go_on_from_the_watch(self.timeline.now)
        try:
            decisions = self.core.handle(event)
        except EventError as error:
            self.get_logger().warning(f"{error}", throttle_duration_sec=1.0)
            return
        if decisions:
            self._tell(self._carry_out(decisions, event if isinstance(event, Command) else None))
        if isinstance(event, Command) and self._shadow.passes(event, self._last.get(event.channel)):
            self._commands[event.channel].pass_on(event, event.stamp + self.timeline.offset)
            self._shadow.passed(event.channel)

    def _carry_out(self, decisions: list[Decision], command: Command | None = None) -> list[Body]:
        """In the ring, then into the world; returns what is to be told then. ``command``: that they were made on."""
        if decisions and self.core.latch is None:
            self._keep_latch()  # that none stands, before anything moves for it
        left = list(decisions)
        try:
            bodies = []
            while left:
                bodies.append(self._put_out(left[0], command))
                del left[0]
            return bodies
        finally:
            for decision in left:
                self._unsent(decision)

    def _put_out(self, decision: Decision, command: Command | None) -> Body:
        """Record it, and publish what is allowed, unless it is too old for that."""
        offset, writer, outgoing = self.timeline.offset, self.records.writer, self._commands[decision.channel]
        mine = command if decision.on_command else None
        body = decision_body(decision, offset, writer, __version__, self._clock_name, mine, outgoing.joints)
        self.records.write(body)
        if not self._shadow.enforces(decision):
            outgoing.live()
        elif self._hold_ups.too_old(time.monotonic()):
            self._hold_ups.withhold(decision.seq)
            self._unsent(decision)
        else:
            outgoing.carry_out(decision, decision.t + offset)
            if decision.stop is not None and outgoing.values:
                self._braked.add(decision.channel)  # a trajectory knows by itself whether its stop went out
        self._last[decision.channel], self._bodies[decision.channel] = decision, body
        self._moved = self._moved or outgoing.moving
        return body

    def _unsent(self, decision: Decision) -> None:
        if decision.trajectory is not None:
            self.core.unsent(decision.channel)

    def _tell(self, bodies: list[Body]) -> bool:
        """Keep what latches, and let everybody hear of it; returns whether it is kept.

        A stop waits for no disk, so that it is out by now. What cannot be kept is an error of ours, and the core stops
        the robot for that, too.
        """
        kept = True
        try:
            self._keep_latch()
        except Exception as error:  # noqa: BLE001 - whatever it is, what was decided has gone its way
            kept = False
            self._breakdown.take(error)
            self.survive(error)
        for body in bodies:
            self._send(body)
        return kept

    def _keep_latch(self) -> None:
        """On disk before anybody hears of it: that it stands, that it grew, that it was released.

        In shadow mode it holds nothing, and its causes are often the mode's own.
        """
        if not self._shadow.on:
            self._latch.follow(self.core.latch)

    def _send(self, body: Body) -> None:
        self._decisions.publish(decision_message(body))

    def _announce(self) -> None:
        now, backlog = self.timeline.now + self.timeline.offset, self.records.backlog
        every_second = self._ticks % (10 * self._every) == 0
        status = self._announcer.status(self._last, self._breakdown.what)
        beat = time.monotonic()
        if self._ticks % self._every == 0 or self._hold_ups.beat_due(beat):
            self._go_on_from_the_watch(self.timeline.read())
            self._announcer.heartbeat(now, status)
            self._hold_ups.beat(beat)
        if self._ticks % (MARKERS_EVERY * self._every) == 0:
            self._markers.show(now, self._last)
        self._announcer.state(now, status, backlog, every_second)
        if every_second:
            self._shadow.remind(time.monotonic())
            watched = self._neighbours.watched, self._watch.refused
            heard, frail = self._inputs.heard, self._neighbours.frail
            self._announcer.diagnostics(self.timeline.now, now, status, heard, backlog, watched, frail)

    # Faults of the shell.

    def survive(self, error: Exception) -> bool:
        """An exception in a callback: a protective stop until the loop has gone round again, and on."""
        self._despite(error, lambda: self._faults.broke(error))
        if self.core.next_seq > self.records.next_number:
            self._despite(error, lambda: self._record_failure(short(error)))
        return True

    def _break(self, error: Exception) -> None:
        """The loop itself failed. What could not be decided is recorded once; it may be the record that failed."""
        new = self._breakdown.take(error)
        self._despite(error, self._keep_latch)  # before anybody hears of it
        self._despite(error, lambda: self.core.replaced(self.timeline.now, self._sent()))
        if new:
            self._despite(error, lambda: self._record_failure(whole(error)))
        self.survive(error)

    def _despite(self, error: Exception, step: Callable[[], object]) -> None:
        """Take a step after ``error``, which may fail as well."""
        try:
            step()
        except Exception as second:  # noqa: BLE001 - the next step is to be taken all the same
            if short(second) != short(error):  # which is logged, and in each turn would be again
                self._breakdown.beside(second)

    def _stop_without_core(self, error: Exception) -> None:
        """The core or the record failed: stop from what was published last, as hard as is allowed.

        What a stop has gone to in this turn has braked in it already; what cannot be stopped keeps no other from it.
        """
        for name, outgoing in self._commands.items():
            if name not in self._braked:
                self._despite(error, partial(outgoing.stop, self.core.period, self._ros_now()))

    def _sent(self) -> dict[str, Values]:
        """What went out last, by channel; empty where it is no values."""
        return {name: outgoing.values for name, outgoing in self._commands.items()}

    def _record_failure(self, detail: str) -> None:
        """No decision was made, or one that did not take effect: the ledger is to say why, under its number."""
        numbers = count(self.records.next_number)
        now = self._ros_now()
        for body in bodies_without_decision(self._bodies, self._sent(), now, numbers.__next__, detail):
            self.records.write(body)
            self._send(body)
        self.core.skip_to(self.records.next_number)

    # Ending.

    def finish(self) -> bool:
        """Bring the robot to rest; True once it is, or cannot be seen to be in time."""
        if self._ending is None:
            self.get_logger().info("ending: stopping the robot first")
            listeners = self._decisions.get_subscription_count
            self._ending = Ending(self._rests, self._commands.values(), self.records, listeners)
        self.allow(False, "the node is ending")
        return self._ending.done(self._ros_now())

    def _rests(self) -> bool:
        """Outputs and measurements both say so."""
        return all(group.at_rest for group in self.core.groups)

    def destroy_node(self) -> None:
        """Let go of the record, too."""
        self._told_core.close()
        self.records.close()
        super().destroy_node()

    # Others.

    def _receipt(self, ack: Ack) -> None:
        if ack.writer != self.records.writer:
            return
        ahead = ack.up_to - self.records.next_number
        if ahead > (0 if self._moved else MOST_AHEAD):
            # A ledger can know more than a ring that lost power; once the robot moves, nobody can.
            self.get_logger().error(
                f"a receipt for {ahead} decisions never made is ignored", throttle_duration_sec=1.0
            )
            return
        self.records.receipt(ack.up_to)
        self.core.skip_to(self.records.next_number)


def _nonce(_latch_id: str, _seq: int) -> str:
    return secrets.token_hex(16)


def build() -> GovernorNode:
    """A governor that is configured and active, and closed until its sources speak."""
    node = GovernorNode()
    node.meet_watch()
    for step in (node.trigger_configure, node.trigger_activate):
        if step() != Done.SUCCESS:
            raise IatroError("the lifecycle node could not be activated; its log says why")
    # What is here now stays; the collector need not look at it again and again in the loop.
    gc.collect()
    gc.freeze()
    node.record_self_test(*node.tested)
    if not node.get_parameter("config").value:
        node.get_logger().warning(
            f"no parameter config: the demo's robot is governed, {node.core.profile.file}"
        )
    for warning in weakened(node.core.profile):
        node.get_logger().warning(warning)
    node.get_logger().info(
        f"governing {', '.join(node.core.channels)}; configuration {node.core.profile.config_hash}"
    )
    return node


def main() -> None:
    """Run the node."""
    code = run("governor", build, survive=GovernorNode.survive, finish=GovernorNode.finish, finish_s=RAMP_S)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
