"""What the tests of the work pages share: openings, seekers and applications to look at."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date, timedelta

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from bot.app.campaigns import CampaignStores
from bot.pipeline.messages import HeardLine, SaidLine
from bot.records.applications import Applications
from bot.records.campaign_rows import Draft as CampaignDraft
from bot.records.database import Database
from bot.records.ledger import Ledger
from bot.records.offers import Draft, Offers
from bot.records.openings import Openings
from bot.records.seekers import Seekers
from bot.records.summaries import Summaries
from bot.records.tables import SeekerRow
from bot.records.tickets import Tickets
from bot.records.transcripts import Transcripts
from bot.settings import Settings
from bot.sheets import Cell, Sheet, write_book
from dialogs.work import Match, Opening, PayUnit, Wish, WorkType

from .conftest import Clock

DAY = date(2026, 3, 2)
PHONE = "13000000000"
XLSX = "openings.xlsx"
HEAD = ("岗位名称", "用人单位", "县区", "薪资", "要求")  # of a table of openings
FORM = {"title": "缝纫工", "employer": "示例服装厂", "county": "清河县", "pay": "200元/天"}

# What a page must show and never run.
ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</textarea><svg onload=alert(1)>",
    "{{ 7*7 }}",
    "javascript:alert(1)",
)
RUNS = ("<script>alert", "<img src=x", "<svg onload")
FORMULAS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1,1)")

OPENING = Opening(
    0, "电焊工", "示例机械厂", DAY, occupation="电焊工", county="清河县", town="葛仙庄镇",
    pay_min=4000, pay_max=6000, pay_unit=PayUnit.MONTH, contact="王经理", phone="0319-0000000",
    expires=DAY + timedelta(60), work_type=WorkType.FULL_TIME,
)  # fmt: skip


@dataclass(frozen=True)
class Town:
    """The stores, and people who came to them by chat."""

    openings: Openings
    ledger: Ledger
    seekers: Seekers
    offers: Offers
    applications: Applications

    @classmethod
    def of(cls, database: Database, clock: Clock) -> Town:
        stores = (Openings, Ledger, Seekers, Offers, Applications)
        return cls(*(store(database.sessions, clock) for store in stores))  # type: ignore[arg-type]

    async def offers_work(self, **changes: object) -> int:
        """An opening; its number."""
        [kept] = await self.openings.keep([replace(OPENING, **changes)])  # type: ignore[arg-type]
        return kept.number

    async def registers(self, urn: str, county: str = "清河县", name: str = "王小明") -> int:
        """A seeker who wants work in that county; their number."""
        await self.ledger.register(urn, Wish(("电焊工",), (county,)), f"wish:{urn}")
        await self.seekers.introduce(urn, name, PHONE)
        found = await self.seekers.of(urn)
        assert found is not None
        return found.number

    async def tells(self, seeker: int, opening: int) -> None:
        """The seeker is told of the opening."""
        known = await self.openings.get(opening)
        assert known is not None
        match = Match(known, 1.0, ("trade",))
        await self.offers.keep([Draft(seeker, f"d{seeker}", "asked", (match,), 1)])

    async def applies(self, urn: str, opening: int, *, shares: bool = True) -> int:
        """The seeker is interested; the application's number."""
        application = await self.applications.apply(urn, opening, shares)
        assert application is not None
        return application.number


async def one_of_each(database: Database, clock: Clock, words: str, county: str) -> None:
    """An opening, a seeker, an application, a ticket, a conversation and a campaign, each with the
    number 1, of somebody who lives in that county and says these words."""
    town, urn, at = Town.of(database, clock), "web:9", clock().timestamp()
    opening = await town.offers_work(title=words, county=county, town="洺州镇")
    await town.registers(urn, county)
    async with database.sessions.begin() as session:
        seeker = await session.get_one(SeekerRow, 1)
        seeker.county, seeker.station, seeker.category = county, words, "零就业"
    await town.applies(urn, opening)
    await Tickets(database.sessions, clock).open(urn, words, "e1", "")
    said = SaidLine("e2", "e2.0", urn, at + 1, words, [], "policy", "declined", [], {}, words)
    await Transcripts(database.sessions).write(
        [("1-1-0", HeardLine("e2", urn, at, words, "words")), ("1-2-0", said)]
    )
    await Summaries(database.sessions).renew_all()
    stores = CampaignStores.of(database, Settings.model_construct())
    await stores.campaigns.draft(CampaignDraft(words, "", words), "somebody", "k1")


def book(header: tuple[str, ...], *rows: tuple[Cell, ...]) -> bytes:
    """An .xlsx file."""
    return write_book([Sheet("表", header, rows)])


def first_sheet(body: bytes) -> Worksheet:
    """What an .xlsx file that was downloaded holds."""
    return load_workbook(io.BytesIO(body)).worksheets[0]


def runs_nothing(text: str) -> bool:
    """Whether a page shows every attack as text."""
    return not any(it in text for it in RUNS)
