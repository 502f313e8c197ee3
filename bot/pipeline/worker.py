"""Takes turns: in order for each visitor, many visitors side by side, each committed once."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache

import structlog

from bot.metrics import Metrics
from bot.pipeline.closing import Closing
from bot.pipeline.dead import DeadLetters, dead_letter
from bot.pipeline.doorbell import JOURNAL, Doorbell
from bot.pipeline.lanes import Lanes
from bot.pipeline.leases import Leases
from bot.pipeline.line import Arg, Line, LuaScript, StorageDown
from bot.pipeline.messages import (
    UNREADABLE,
    Event,
    HeardLine,
    Lane,
    VisitorLine,
    channel_of,
    pack_line,
)
from bot.pipeline.messages import Line as JournalLine
from bot.pipeline.sessions import Session
from bot.pipeline.streams import Entry, StreamReader
from bot.pipeline.switchboard import Switchboard, Turn
from dialogs.talk import Kind

log = structlog.get_logger()

MOST_HELD = 4000  # events in memory; the rest waits in Redis
TRIES = 5  # of a turn that raises; then the event is a dead letter
CRASHES = 10  # processes that may die over an event (or just near it) before it is one
FIRST_BACKOFF = 0.2  # seconds, doubled at each further try
OUTAGE_PAUSE = 1.0  # seconds between tries while storage is down
SESSION_KEPT = 180 * 24 * 3600  # seconds after the last turn
APOLOGISE_EVERY = 600.0  # seconds: a visitor with many lost messages hears of it once

_commit = LuaScript.load("commit")


@dataclass(slots=True)
class Job:
    """An event to take a turn for, with the inbox entry that keeps it.

    `session`: the visitor's as far as it is known already; the commit finds out if it is not.
    """

    entry: Entry
    event: Event
    session: bytes | None


class Worker:
    """Runs the turns of the partitions this process owns."""

    def __init__(
        self,
        line: Line,
        leases: Leases,
        bell: Doorbell,
        switchboard: Callable[[], Switchboard],
        records_up: Callable[[], Awaitable[bool]],
        metrics: Metrics,
        closing: Closing,
        clock: Callable[[], float] = time.time,
        session_kept: int = SESSION_KEPT,
    ) -> None:
        """`switchboard` gives the present one (content may be reloaded); `records_up` tells whether
        a failed turn is the database's fault, and so no attempt of its own."""
        self._session_kept = session_kept
        self._line = line
        self._leases = leases
        self._bell = bell
        self._switchboard = switchboard
        self._records_up = records_up
        self._metrics = metrics
        self._replied = cache(metrics.replies.labels)  # they are many times one of a few
        self._closing = closing
        self._clock = clock
        self._dead = DeadLetters(line)

    async def run(self) -> None:
        """Take turns until the service is stopping; those begun are finished."""
        reader = StreamReader(self._line, self._leases, self._bell, "inbox")
        async with Lanes[Job](self._serve, MOST_HELD) as lanes:
            while not self._closing:
                try:
                    for entry in await reader.fresh():
                        await self._sort(entry, lanes)
                except StorageDown:
                    await self._closing.sleep(OUTAGE_PAUSE)
                await lanes.room()

    async def _sort(self, entry: Entry, lanes: Lanes[Job]) -> None:
        try:
            known = entry.thing
            event = known if isinstance(known, Event) else Event.unpack(entry.packed)
        except UNREADABLE as error:
            return await self._dead.lay_aside(entry, "inbox", error, self._clock())
        session = None if event.urn in lanes else entry.session
        lanes.add(event.urn, Job(entry, event, session))
        return None

    async def _serve(self, job: Job) -> None:
        """Bring one event to its end: committed, dead, or another process's by now."""
        entry = job.entry
        backoff = FIRST_BACKOFF
        counted = not entry.inherited
        with self._leases.working(entry.partition):
            while self._leases.token(entry.partition) == entry.token and not self._closing:
                try:
                    if not counted and await self._count(job, "crashed") > CRASHES:
                        return await self._bury(job, "crashed")
                    counted = True
                    if await self._has_ended(job):
                        return None
                    await self._closing.sleep(backoff)
                    backoff *= 2
                except StorageDown:
                    await self._closing.sleep(OUTAGE_PAUSE)
        return None

    async def _has_ended(self, job: Job) -> bool:
        """One try; False when it failed and another is due."""
        try:
            await self._take(job)
            return True
        except StorageDown:
            raise
        except Exception as error:  # any fault of a script is the event's, not ours
            if not await self._records_up():
                raise StorageDown("records") from error
            self._metrics.turn_errors.inc()
            tries = await self._count(job, "failed")
            log.warning("turn.failed", urn=job.event.urn, turn=job.entry.name, tries=tries)
            if tries < TRIES:
                return False
            log.exception("turn.hopeless", turn=job.entry.name)
            await self._bury(job, type(error).__name__)
            return True

    async def _count(self, job: Job, what: str) -> int:
        attempts = job.entry.keys.key("attempts")
        return int(await self._line.call("HINCRBY", attempts, f"{job.entry.id}:{what}", 1))

    async def _kept(self, job: Job) -> bytes:
        """The visitor's session as Redis has it; empty when there is none."""
        key = job.entry.keys.key("session", job.event.urn)
        return await self._line.call("GET", key) or b""

    def _session(self, job: Job, packed: bytes) -> Session:
        """Where the visitor is; nowhere, when what is kept cannot be read (any more)."""
        try:
            return Session.unpack(packed)
        except (ValueError, TypeError, AttributeError):
            log.error("session.unreadable", urn=job.event.urn)
            return Session()

    async def _take(self, job: Job) -> None:
        """Take the turn; anew, when the session that was read along is not the last any more."""
        if job.session is None or not await self._has_taken(job, job.session):
            while not await self._has_taken(job, await self._kept(job)):
                pass

    async def _has_taken(self, job: Job, packed: bytes) -> bool:
        started, now = time.perf_counter(), self._clock()
        event, name = job.event, job.entry.name
        before = self._session(job, packed)
        turn = await self._switchboard().take(before, event.heard, event.urn, name, now)
        await self._note_presence(job)
        if not await self._has_committed(job, packed, turn, now):
            return False
        self._measure(event, turn, now, time.perf_counter() - started)
        return True

    def _measure(self, event: Event, turn: Turn, now: float, took: float) -> None:
        self._metrics.turn_seconds.observe(took)
        self._metrics.wait_seconds.observe(max(0.0, now - event.at))
        for spoken in turn.spoken:
            self._replied(spoken.script, spoken.outcome).inc()

    async def _note_presence(self, job: Job) -> None:
        """Who left is sent nothing unasked until they return."""
        match job.event.heard.kind:
            case Kind.LEFT:
                await self._line.call("SADD", job.entry.keys.key("stopped"), job.event.urn)
            case Kind.RETURNED:
                await self._line.call("SREM", job.entry.keys.key("stopped"), job.event.urn)
            case _:
                pass

    async def _bury(self, job: Job, reason: str) -> None:
        """Give an event up: to the dead letters, and the visitor is told once."""
        log.error("turn.dead", urn=job.event.urn, turn=job.entry.name, reason=reason)
        now = self._clock()
        dead = dead_letter(job.event, reason, now)
        while True:
            packed = await self._kept(job)
            session = self._session(job, packed)
            turn = Turn(session)
            if now - session.apologised > APOLOGISE_EVERY:
                session.apologised = now
                turn = Turn(session, [self._switchboard().apology()])
            if await self._has_committed(job, packed, turn, now, dead):
                break
        self._metrics.dead.inc()

    async def _has_committed(
        self, job: Job, before: bytes, turn: Turn, now: float, dead: bytes = b""
    ) -> bool:
        """False when the visitor's session is not (any more) the one `before` this turn."""
        entry, event, keys = job.entry, job.event, job.entry.keys
        lines = _lines_of(event, entry.name, turn)
        messages = []
        for number, spoken in enumerate(turn.spoken):
            ref = f"{entry.name}.{number}"
            messages.append(spoken.message(event.urn, ref, now))
            lines.append(spoken.line(event.urn, entry.name, ref, now, event.heard.text))
        outbox = Lane.INTERACTIVE.outbox(channel_of(event.urn))
        session, hops = keys.key("session", event.urn), (outbox, "journal", "attempts", "dead")
        places = [keys.key("owner"), keys.key("inbox"), session, *map(keys.key, hops)]
        after = (turn.session.pack(), self._session_kept)
        packed = [message.pack() for message in messages]
        journal = [pack_line(line) for line in lines]
        told: list[Arg] = [dead, len(packed), *packed, *journal]
        committed = await self._line.script(
            _commit, places, entry.token, entry.id, before, *after, *told
        )
        match committed:
            case -2:
                return False
            case -1:  # another process's by now
                return True
            case 0:  # an earlier try had arrived, only its answer was lost
                self._bell.ring(outbox, entry.partition)
                self._bell.ring(JOURNAL, entry.partition)
            case [said, noted]:
                self._bell.hand_all(outbox, entry.partition, said, packed, messages)
                self._bell.hand_all(JOURNAL, entry.partition, noted, journal, lines)
        return True


def _lines_of(event: Event, name: str, turn: Turn) -> list[JournalLine]:
    """The journal lines of what was heard."""
    heard = event.heard
    match heard.kind:
        case Kind.LEFT:
            return [VisitorLine(event.urn, event.at, "stopped")]
        case Kind.RETURNED:
            return [VisitorLine(event.urn, event.at, "active")]
        case Kind.TAKEN_OVER | Kind.GIVEN_BACK if not turn.spoken:
            return []  # the person was there already, or is gone: nothing has happened
        case _:
            said = (heard.text, heard.kind, heard.start, heard.question)
            return [HeardLine(name, event.urn, event.at, *said)]
