"""Applications: opened once, moved step by step, ended when the place is taken."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from bot.records.applications import Applications, NoSuchApplication
from bot.records.database import Database
from bot.records.ledger import Ledger
from bot.records.openings import Openings
from bot.records.services import Services
from dialogs.work import Opening, Step, Wish

from .conftest import Clock


@pytest.fixture
def applications(database: Database, clock: Clock) -> Applications:
    return Applications(database.sessions, clock)


@pytest.fixture
async def job(database: Database, clock: Clock) -> int:
    ledger, openings = Ledger(database.sessions, clock), Openings(database.sessions, clock)
    for urn in ("telegram:1", "web:2"):
        await ledger.register(urn, Wish(), urn)
    posting = Opening(0, "焊工", "示例公司", date(2026, 3, 1))
    [kept] = await openings.keep([posting])
    return kept.number


async def test_an_application_is_opened_once(applications: Applications, job: int) -> None:
    opened = await asyncio.gather(*(applications.apply("telegram:1", job, True) for _ in range(5)))
    assert len({it.number for it in opened if it}) == 1
    [mine] = await applications.of("telegram:1")
    assert (mine.title, mine.employer, mine.step, mine.shares) == (
        "焊工",
        "示例公司",
        Step.NEW,
        True,
    )
    assert await applications.waiting() == [mine]
    assert await applications.of("web:2") == []
    assert await applications.apply("telegram:99", job, True) is None


async def test_every_step_is_news_and_stands_on_the_card(
    applications: Applications, job: int, database: Database, clock: Clock
) -> None:
    opened = await applications.apply("telegram:1", job, True)
    assert opened is not None
    began = clock.now
    clock.pass_minutes(10)
    moved = await applications.move(opened.number, Step.INTERVIEW, "周三上午九点", "staff")
    assert (moved.step, moved.note, moved.updated_at) == (Step.INTERVIEW, "周三上午九点", clock.now)
    clock.pass_minutes(10)
    assert await applications.move(opened.number, Step.INTERVIEW, "周三上午九点") == moved
    assert await applications.moved(clock.now) == []
    assert await applications.moved(began) == [moved]
    await applications.move(opened.number, Step.HIRED)
    assert await applications.waiting() == []
    card = await Services(database.sessions, clock).of(opened.seeker)
    assert [it.kind for it in card] == ["registered", "interested", "interview", "hired"]
    assert card[1].facts == {"title": "焊工", "employer": "示例公司"}
    with pytest.raises(NoSuchApplication):
        await applications.move(99, Step.HIRED)


async def test_a_visitor_may_withdraw_their_own_and_begin_anew(
    applications: Applications, job: int
) -> None:
    opened = await applications.apply("telegram:1", job, False)
    assert opened is not None
    assert await applications.withdraw("web:2", opened.number) is None
    for _ in range(2):
        gone = await applications.withdraw("telegram:1", opened.number)
        assert gone is not None
        assert gone.step is Step.WITHDRAWN
    assert await applications.waiting() == []
    again = await applications.apply("telegram:1", job, True)
    assert again is not None
    assert (again.number, again.step, again.shares) == (opened.number, Step.NEW, True)
    await applications.move(opened.number, Step.HIRED)
    assert await applications.withdraw("telegram:1", opened.number) is None


async def test_a_place_that_is_filled_ends_what_is_under_way(
    applications: Applications, job: int, database: Database, clock: Clock
) -> None:
    first = await applications.apply("telegram:1", job, True)
    second = await applications.apply("web:2", job, True)
    assert first is not None
    assert second is not None
    await applications.move(first.number, Step.HIRED)
    assert await applications.end_filled() == 0
    await Openings(database.sessions, clock).fill(job)
    clock.pass_minutes(1)
    assert await applications.end_filled() == 1
    assert await applications.end_filled() == 0
    assert [it.step for it in await applications.of("telegram:1")] == [Step.HIRED]
    assert [(it.urn, it.step) for it in await applications.moved(clock.now)] == [
        ("web:2", Step.FILLED)
    ]
