"""The hotline's work side on a real SQLite and a real Redis, with a clock that is moved."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from bot.jobs.arrivals import Arrivals
from bot.jobs.board import Board, Guide
from bot.jobs.campaigns.backlog import Backlog
from bot.jobs.campaigns.feeder import Feeder
from bot.jobs.mailing import Mailing
from bot.jobs.news import News
from bot.jobs.pushes import Books, Planner
from bot.pipeline.doorbell import Doorbell
from bot.pipeline.line import Line
from bot.pipeline.messages import DeliveryLine, Lane, Message
from bot.pipeline.outbox import Outbox
from bot.pipeline.partitions import PARTITIONS, Keys
from bot.records.applications import Applications
from bot.records.campaign_rows import Campaign
from bot.records.campaigns import Campaigns
from bot.records.database import Database
from bot.records.followups import FollowUps
from bot.records.ledger import Ledger
from bot.records.letters import Letters
from bot.records.offers import Offers
from bot.records.openings import Openings
from bot.records.preferences import Preferences
from bot.records.pushes import Pushes
from bot.records.recipients import Recipients
from bot.records.seekers import Seekers
from bot.records.transcripts import Transcripts
from dialogs.work import Opening, PayUnit, Wish
from tests.databases import database_in
from tests.wording import WORDS

from .made import DIRECTORY

CHANNELS = ("telegram", "web")
GUIDE = Guide.load(DIRECTORY)
WELDER = Wish(occupations=("电焊工",), counties=("南和区",), pay_min=4000, pay_unit=PayUnit.MONTH)
MORNING = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # half past nine in Xingtai
NO_LIMIT = 10_000.0


class Town:
    """Every store, the board, the planner, and what feeds the senders."""

    def __init__(self, line: Line, database: Database) -> None:
        self.now = MORNING
        self.line = line
        sessions = database.sessions
        self.openings = Openings(sessions, self.clock)
        self.offers = Offers(sessions, self.clock)
        self.pushes = Pushes(sessions, self.clock)
        self.letters = Letters(sessions, self.clock)
        self.campaigns = Campaigns(sessions, self.clock, 0)
        self.recipients = Recipients(sessions, self.clock)
        self.transcripts = Transcripts(sessions)
        self.preferences = Preferences(sessions, self.clock)
        self.applications = Applications(sessions, self.clock)
        self.followups = FollowUps(sessions, self.clock, lambda: self.today)
        self.ledger = Ledger(sessions, self.clock)
        self.seekers = Seekers(sessions, self.clock)
        self.switched_off: set[str] = set()
        self._numbers = count(1)
        self.restart()

    def clock(self) -> datetime:
        return self.now

    @property
    def today(self) -> date:
        return (self.now + timedelta(hours=8)).date()

    def pass_time(self, **much: float) -> None:
        self.now += timedelta(**much)

    def restart(self, letters: Callable[[Letters], Letters] = lambda it: it, most: int = 7) -> None:
        """What a new process knows: nothing but what is kept."""
        kept = letters(self.letters)
        books = Books(self.offers, self.pushes, kept, self.applications, self.followups)
        self.board = Board(self.openings, self.offers, self.pushes, GUIDE, self.clock)
        arrivals = Arrivals(self.openings, self.pushes, GUIDE, self.clock)
        bell = Doorbell(lambda _hop, _partition: True, lambda _hop, _partition: None)
        outbox = Outbox(self.line, bell, lambda: WORDS, lambda: self.now.timestamp())
        news = News(self.applications, self.followups, outbox, CHANNELS)
        mailing = Mailing(self.campaigns, WORDS, self.clock)
        parts = (self.board, books, arrivals, news, mailing, outbox)
        self.planner = Planner(*parts, CHANNELS, most, self.clock)
        rates = dict.fromkeys(CHANNELS, NO_LIMIT)
        self.feeder = Feeder(
            self.campaigns, self.recipients, outbox, Backlog(self.line), rates, self.off, self.clock
        )

    def off(self, *names: str) -> bool:
        return not self.switched_off.isdisjoint(names)

    async def round(self) -> None:
        """What is due is planned, and what is planned is said."""
        await self.planner.round()
        await self.feeder.round()

    async def arrive(self, state: str = "sent", detail: str = "") -> None:
        """What was said has come to that end."""
        at = self.now.timestamp()
        for digest in await self.digests():
            dues = await self.recipients.on_their_way(digest.number)
            lines = [DeliveryLine(it.ref, it.urn, at, state, detail=detail) for it in dues]
            await self.transcripts.write([(f"1-{next(self._numbers)}-0", it) for it in lines])

    async def digests(self, many: int = 2) -> list[Campaign]:
        """The last days' pushes, the newest first; nobody is missing in any of them."""
        found = await self.campaigns.latest(many, digests=True)
        for it in found:
            counts = await self.recipients.counts(it.number)
            assert sum(counts.values()) == it.frozen
        return found

    async def publish(self, *openings: Opening) -> list[int]:
        return [it.number for it in await self.openings.keep(openings)]

    async def welding(self, many: int, **said: object) -> list[int]:
        """So many openings that a welder in Nanhe would take."""
        jobs = [replace(welding_job(next(self._numbers)), **said) for _ in range(many)]  # type: ignore[arg-type]
        return await self.publish(*jobs)

    async def register(self, urn: str, wish: Wish = WELDER) -> None:
        await self.ledger.register(urn, wish, f"{urn}:{next(self._numbers)}")

    async def said(self, lane: Lane = Lane.BULK) -> list[Message]:
        """Everything in the outbox, in the order it was said."""
        found = []
        for channel in CHANNELS:
            for partition in range(PARTITIONS):
                key = Keys(partition).key(lane.outbox(channel))
                entries = await self.line.call("XRANGE", key, "-", "+")
                found += [Message.unpack(fields[b"d"]) for _, fields in entries]
        return sorted(found, key=lambda it: it.at)


def welding_job(number: int) -> Opening:
    return Opening(
        0, f"电焊工{number}", "示例公司", date(2026, 3, 1), occupation="电焊工", county="南和区",
        pay_min=5000, pay_unit=PayUnit.MONTH, is_example=True,
    )  # fmt: skip


@asynccontextmanager
async def town_in(folder: Path, line: Line) -> AsyncIterator[Town]:
    async with database_in(folder) as database:
        yield Town(line, database)
