"""What has to be done every so often, whoever does it: the process that owns the first partition
does it for all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog

from bot.app.campaigns import CampaignStores
from bot.app.work import Work
from bot.clock import now, today
from bot.jobs.nudges import Nudges
from bot.pipeline.leases import Leases
from bot.pipeline.line import StorageDown
from bot.pipeline.outbox import Outbox
from bot.records.database import DOWN, Database
from bot.records.retention import Retention
from bot.records.summaries import Summaries
from bot.records.tallies import Tallies
from bot.records.tickets import Tickets
from bot.reload import LiveContent
from bot.settings import Settings
from bot.tasks import together

FORGET_EVERY = 6 * 3600.0  # seconds
SUM_UP_EVERY = 1.0
QUIET = timedelta(seconds=3)  # after which a conversation seems to pause
TALLY_EVERY = 60.0
PLAN_EVERY = 5.0
COUNT_EVERY = 10.0
WRITE_DOWN_EVERY = 2.0
BREATH = 0.2  # between parts of a long list, at least: visitors go first
RESTS = 9.0  # times as long as a part took
NUDGE_EVERY = 30.0
EXPIRE_EVERY = 600.0
AWAY = (*DOWN, StorageDown)  # what a storage raises that is away

log = structlog.get_logger()


def retention_of(settings: Settings, database: Database) -> Retention:
    """What forgets, as the settings say."""
    kept = timedelta(days=settings.retention_days)
    records_kept = timedelta(days=settings.records_retention_days)
    return Retention(database.sessions, kept, now, records_kept)


class Chores:
    """The background work on the records."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        leases: Leases,
        outbox: Outbox,
        work: Work,
        live: LiveContent,
    ) -> None:
        self._settings = settings
        self._database = database
        self._leases = leases
        self._outbox = outbox
        self._work = work
        self._live = live
        self._summaries = Summaries(database.sessions)
        self._tallies = Tallies(database.sessions)
        self._campaigns = CampaignStores.of(database, settings)

    def is_mine(self) -> bool:
        """Whether this process does the chores now."""
        return self._leases.owns(0)

    async def run(self, channels: Sequence[str]) -> None:
        """All of them, until cancelled; `channels`: those by which somebody can be reached."""
        settings = self._settings
        steps = [
            self._repeat("forget", self._forget, FORGET_EVERY),
            self._repeat("expire", self._expire, EXPIRE_EVERY),
            self._repeat("sum_up", self._sum_up, SUM_UP_EVERY),
            self._repeat("tally", self._tally, TALLY_EVERY),
            self._repeat("write_down", self._campaigns.scribe(settings).round, WRITE_DOWN_EVERY),
            self._push(channels),
        ]
        if self._settings.staff_group is not None:
            steps.append(self._repeat("nudge", self._nudge, NUDGE_EVERY))
        async with together(*steps):
            await asyncio.Event().wait()

    async def _repeat(
        self, name: str, chore: Callable[[], Awaitable[object]], seconds: float
    ) -> None:
        """Do it every so often, and sooner while it tells that it had something to do: after a
        breath, or a rest when it was hard work."""
        while True:
            pause, began = seconds, time.monotonic()
            if self.is_mine():
                try:
                    if await chore():
                        rest = RESTS * (time.monotonic() - began)
                        pause = min(max(BREATH, rest), seconds)
                except AWAY as error:
                    log.warning("chore.later", chore=name, error=type(error).__name__)
            await asyncio.sleep(pause)

    async def _forget(self) -> None:
        """Forget what is too old."""
        rows = await retention_of(self._settings, self._database).purge()
        await self._summaries.tidy()
        log.info("records.forgotten", rows=rows)

    async def _sum_up(self) -> int:
        """Bring conversations that pause up to date."""
        return await self._summaries.renew(quiet_since=now() - QUIET)

    async def _tally(self) -> int:
        """Count up days that are over."""
        return await self._tallies.renew(today())

    async def _expire(self) -> None:
        """Close openings that are past their last day."""
        await self._work.openings.expire(today())

    async def _nudge(self) -> None:
        """Remind the staff of tickets that wait too long."""
        group = self._settings.staff_group
        assert group is not None
        tickets = Tickets(self._database.sessions, now)
        await Nudges(tickets, self._outbox, group, now).send()

    async def _push(self, channels: Sequence[str]) -> None:
        """Push openings to those they suit; planned anew when the content changes."""
        most = self._settings.pushes_a_week
        while True:
            parts = (self._live.now, self._outbox, self._campaigns.campaigns)
            planner = self._work.planner(*parts, channels, most)
            shortages = self._work.shortages(self._live.now)
            async with together(
                self._repeat("push", planner.round, PLAN_EVERY),
                self._repeat("count", shortages.round, COUNT_EVERY),
            ):
                await self._live.change()
