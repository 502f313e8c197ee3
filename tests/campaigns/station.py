"""Everything between a campaign and the network, in one process: the feeder, the gate, a sender,
and the journal that brings the results back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.channels.delivery import Pace
from bot.jobs.campaigns.backlog import Backlog
from bot.jobs.campaigns.feeder import Feeder
from bot.jobs.campaigns.gate import CampaignGate
from bot.metrics import Metrics
from bot.pipeline.closing import Closing
from bot.pipeline.doorbell import Doorbell
from bot.pipeline.journal import JournalWriter
from bot.pipeline.leases import Leases
from bot.pipeline.line import Line, StorageDown
from bot.pipeline.outbox import Outbox
from bot.pipeline.sender import Sender
from bot.pipeline.switches import Switches
from bot.records.database import DOWN
from tests.campaigns.conftest import Square
from tests.pipeline.channel import Kept
from tests.wording import WORDS

NO_LIMIT = 100_000.0


class Station:
    """One process's part in campaigns."""

    def __init__(self, line: Line, square: Square, rate: float = NO_LIMIT) -> None:
        self.line = line
        self.square = square
        self.channel = Kept("telegram", None if rate == NO_LIMIT else Pace(rate, NO_LIMIT))
        self.leases = Leases(line, "one", lambda _: None)
        self.bell = Doorbell(lambda _, p: self.leases.owns(p), lambda _hop, _partition: None)
        self.switches = Switches(line)
        self.outbox = Outbox(line, self.bell, lambda: WORDS)
        self.gate = CampaignGate(square.recipients, self.switches.off, square.clock)
        rates = {"telegram": rate}
        backlog = Backlog(line)
        self.feeder = Feeder(
            square.campaigns, square.recipients, self.outbox, backlog, rates, self.switches.off,
            square.clock,
        )  # fmt: skip

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Station]:
        closing, metrics = Closing(), Metrics()
        closing.tell(self.bell.wake_all)
        parts = (self.line, self.leases, self.bell)
        sender = Sender(*parts, self.channel, metrics, closing, gate=self.gate)
        up = self.square.database.may_write
        journal = JournalWriter(*parts, self.square.transcripts, up, metrics, closing)
        await self.leases.beat()
        async with asyncio.TaskGroup() as group:
            for work in (sender.run(), journal.run()):
                group.create_task(work)
            down = (StorageDown, *DOWN)
            shared = [
                group.create_task(it)
                for it in (self.leases.run(), self.feeder.run(lambda: True, down))
            ]
            try:
                yield self
            finally:
                closing.begin()
                for task in shared:
                    task.cancel()
        await self.leases.give_all()

    async def waiting(self) -> int:
        return await Backlog(self.line).of("telegram")

    async def until(self, is_so: Callable[[], Awaitable[bool]], within: float = 60.0) -> None:
        async with asyncio.timeout(within):
            while not await is_so():  # noqa: ASYNC110 -- it is another task's work
                await asyncio.sleep(0.02)

    async def until_sent(self, many: int) -> None:
        async def is_so() -> bool:
            return len(self.channel.messages) >= many

        await self.until(is_so)
