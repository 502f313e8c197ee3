"""Seekers who are pushed to while the service is killed: who is due, who is to be left alone, and
what the records say of each in the end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from bot.pipeline.messages import VisitorLine
from bot.records.campaigns import Campaigns
from bot.records.database import Database
from bot.records.ledger import Ledger
from bot.records.letters import Letters
from bot.records.openings import Openings
from bot.records.preferences import Preferences
from bot.records.pushes import Pushes
from bot.records.recipient_rows import Recipient
from bot.records.recipients import Recipients
from bot.records.tables import Fate
from bot.records.transcripts import Transcripts
from dialogs.work import Opening, Pace, PayUnit, Wish
from tests.kill.broadcast import FIRST_CHAT
from tests.load import Got

WELDER = Wish(occupations=("电焊工",), counties=("南和区",), pay_min=4000, pay_unit=PayUnit.MONTH)
TITLE = re.compile(r"电焊工(\d+)（")
KINDS = ("daily", "daily", "daily", "weekly", "at_once", "never", "quiet", "left")


@dataclass
class Town:
    """The records of a service, from beside it, and the people in them."""

    database: Database
    clock: Callable[[], datetime]
    kinds: dict[int, str] = field(default_factory=dict)  # chat: one of KINDS
    seen: set[int] = field(default_factory=set)  # sum of all fates less the count, at each look
    jobs: int = 0

    def __post_init__(self) -> None:
        sessions = self.database.sessions
        self.campaigns = Campaigns(sessions, self.clock, 10**9)
        self.recipients = Recipients(sessions, self.clock)
        self.preferences = Preferences(sessions, self.clock)
        self.pushes = Pushes(sessions, self.clock)
        self.letters = Letters(sessions, self.clock)
        self.ledger = Ledger(sessions, self.clock)
        self.openings = Openings(sessions, self.clock)
        self.transcripts = Transcripts(sessions)

    async def publish(self, many: int) -> None:
        """So many more openings that suit everybody."""
        numbers = range(self.jobs + 1, self.jobs + many + 1)
        await self.openings.keep([_opening(it, self.clock().date()) for it in numbers])
        self.jobs += many

    async def register(self, many: int) -> list[int]:
        """So many more seekers, of every kind."""
        chats = [FIRST_CHAT + len(self.kinds) + it for it in range(many)]
        for chat in chats:
            kind = self.kinds[chat] = KINDS[chat % len(KINDS)]
            await self._register(f"telegram:{chat}", kind)
        return chats

    async def _register(self, urn: str, kind: str) -> None:
        if kind == "left":
            gone = VisitorLine(urn, self.clock().timestamp(), "stopped")
            await self.transcripts.write([(f"0-{urn.partition(':')[2]}-0", gone)])
        if kind == "quiet":
            await self.preferences.be_quiet(urn, 0, 24 * 60 - 1)
        await self.ledger.register(urn, WELDER, f"register:{urn}")
        paces = {"weekly": Pace.WEEKLY, "at_once": Pace.AT_ONCE, "never": Pace.NEVER}
        pace = paces.get(kind, Pace.DAILY)
        due = None if pace is Pace.NEVER else self.clock()
        await self.pushes.set_pace(urn, pace, due)

    async def lines(self) -> list[Recipient]:
        """Everybody in the days' pushes."""
        found: list[Recipient] = []
        for digest in await self.campaigns.latest(9, digests=True):
            last = 0
            while page := await self.recipients.listed(digest.number, list(Fate), last, 1000):
                last = page[-1].number
                found += page
        return found

    async def opt_out(self, chats: list[int]) -> set[int]:
        """They want no openings any more; those of them who were not being sent to."""
        for chat in chats:
            self.kinds[chat] = "gone"
            await self.pushes.set_pace(f"telegram:{chat}", Pace.NEVER, None)
        sent = {it.urn for it in await self.lines() if it.fed_at is not None}
        return {chat for chat in chats if f"telegram:{chat}" not in sent}

    async def until_sent(self, chats: list[int], many: int, within: float = 8.0) -> None:
        """Until so many of them were handed to the sender, but not for ever."""
        urns = {f"telegram:{chat}" for chat in chats}
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while await self._sent(urns) < many:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)

    async def _sent(self, urns: set[str]) -> int:
        return len([it for it in await self.lines() if it.fed_at and it.urn in urns])

    async def watch(self) -> None:
        """Look at the sum again and again."""
        while True:
            for digest in await self.campaigns.latest(1, digests=True):
                counts, total = await self.recipients.counts_with_total(digest.number)
                self.seen.add(sum(counts.values()) - total)
            await asyncio.sleep(0.1)

    async def until_quiet(self, within: float) -> None:
        """Until everybody who is due was served and nothing is on its way."""
        async with asyncio.timeout(within):
            while not await self._is_quiet():  # noqa: ASYNC110 -- it is another process's work
                await asyncio.sleep(0.2)

    async def _is_quiet(self) -> bool:
        waits = await self.pushes.due(["telegram"], 9) or await self.letters.unposted(9)
        on_their_way = {
            it.urn for it in await self.lines() if it.fate in (Fate.QUEUED, Fate.SENDING)
        }
        quiet = {f"telegram:{chat}" for chat, kind in self.kinds.items() if kind == "quiet"}
        return not waits and on_their_way <= quiet


@asynccontextmanager
async def town_of(folder: Path, clock: Callable[[], datetime]) -> AsyncIterator[Town]:
    """The records of the hotline with its data in that folder, whether it runs or not."""
    database = await Database.open(f"sqlite:///{folder}/var/hotline.db")
    try:
        yield Town(database, clock)
    finally:
        await database.close()


def openings_in(messages: list[Got]) -> list[int]:
    """The openings that somebody was told of, as often as they were."""
    return [int(it) for message in messages for it in TITLE.findall(message.text)]


def _opening(number: int, day: date) -> Opening:
    return Opening(
        0, f"电焊工{number}", "示例公司", day, occupation="电焊工", county="南和区",
        pay_min=5000, pay_unit=PayUnit.MONTH, is_example=True,
    )  # fmt: skip
