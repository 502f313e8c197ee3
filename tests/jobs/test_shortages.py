"""Openings are counted for people whom no channel reaches, so that staff see who has too few."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.jobs import shortages
from bot.jobs.board import Board
from bot.jobs.shortages import Shortages
from bot.records.database import Database
from bot.records.ledger import Ledger
from bot.records.lists import Filter, Lists
from bot.records.offers import Offers
from bot.records.openings import Openings
from bot.records.pushes import Pushes
from bot.records.roll import Newcomer, Roll
from bot.records.unreached import Unreached
from tests.databases import database_in

from .town import GUIDE, MORNING, WELDER, welding_job

SEAMSTRESS = replace(WELDER, occupations=("缝纫工",), pay_min=None)


class Desk:
    """The staff's tables, and the count over them."""

    def __init__(self, database: Database) -> None:
        self.now = MORNING
        sessions = database.sessions
        self.openings = Openings(sessions, self.clock)
        self.ledger = Ledger(sessions, self.clock)
        self._roll = Roll(sessions, self.clock)
        self._lists = Lists(sessions)
        offers, pushes = Offers(sessions, self.clock), Pushes(sessions, self.clock)
        board = Board(self.openings, offers, pushes, GUIDE, self.clock)
        self.shortages = Shortages(board, Unreached(sessions, self.clock), self.clock)

    def clock(self) -> datetime:
        return self.now

    async def publish(self, many: int) -> None:
        await self.openings.keep([welding_job(number) for number in range(many)])

    async def enter(self, *people: Newcomer) -> None:
        await self._roll.keep(people, f"table:{self.now}")

    async def short(self) -> list[str | None]:
        found = await self._lists.seekers(Filter(is_short=True))
        return [it.seeker.name for it in found]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with database_in(tmp_path) as database:
        yield Desk(database)


async def test_who_was_entered_by_staff_and_has_too_few_openings_is_on_their_list(
    desk: Desk,
) -> None:
    await desk.publish(3)
    await desk.enter(Newcomer(name="甲", wish=WELDER), Newcomer(name="乙", wish=SEAMSTRESS))
    await desk.enter(Newcomer(name="丙"))
    assert await desk.short() == []  # nobody has looked yet
    assert not await desk.shortages.round()
    assert await desk.short() == ["乙"]


async def test_they_are_counted_anew_after_some_hours_and_when_they_wish_otherwise(
    desk: Desk,
) -> None:
    await desk.enter(Newcomer(name="甲", wish=WELDER))
    await desk.shortages.round()
    assert await desk.short() == ["甲"]
    await desk.publish(3)
    desk.now += timedelta(minutes=10)
    await desk.shortages.round()
    assert await desk.short() == ["甲"]
    desk.now += timedelta(hours=6)
    await desk.shortages.round()
    assert await desk.short() == []
    desk.now += timedelta(minutes=1)
    await desk.enter(Newcomer(name="甲", wish=SEAMSTRESS))
    await desk.shortages.round()
    assert await desk.short() == ["甲"]


async def test_many_are_counted_some_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortages, "AT_ONCE", 2)
    await desk.enter(*(Newcomer(name=f"示例{number}", wish=WELDER) for number in range(5)))
    assert [await desk.shortages.round() for _ in range(4)] == [True, True, False, False]
    assert len(await desk.short()) == 5


async def test_who_is_reached_by_a_channel_is_the_planners(desk: Desk) -> None:
    await desk.ledger.register("telegram:1", WELDER, "k")
    await desk.shortages.round()
    assert await desk.short() == []
