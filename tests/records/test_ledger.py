"""The ledger: registering, changing and withdrawing a wish, each done once; and its lists."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from bot.records.consents import ConsentBook
from bot.records.database import Database
from bot.records.followups import FollowUps, StillThere, later
from bot.records.ledger import Ledger
from bot.records.lists import Filter, LedgerLine, Lists
from bot.records.openings import Openings
from bot.records.outlines import Outlines
from bot.records.owners import Owners
from bot.records.roll import Fate, Newcomer, Roll
from bot.records.seekers import Seeker, Seekers, State
from bot.records.services import Services
from bot.records.tables import ApplicationRow, OfferRow, SeekerRow
from bot.records.wishes import WishState, wish_row
from dialogs.consent import Purpose
from dialogs.work import ANYWHERE, Opening, Pace, PayUnit, Wish, WorkType

from .conftest import Clock

ME = "web:me"
WISH = Wish(
    ("电焊工",), ("南和区",), ("贾宋镇",), ("北京",), 5000, PayUnit.MONTH, WorkType.FULL_TIME,
    True, False, "白天", 40, "叉车",
)  # fmt: skip


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    return Ledger(database.sessions, clock)


@pytest.fixture
def seekers(database: Database, clock: Clock) -> Seekers:
    return Seekers(database.sessions, clock)


@pytest.fixture
def services(database: Database, clock: Clock) -> Services:
    return Services(database.sessions, clock)


def follow_ups_of(database: Database, clock: Clock) -> FollowUps:
    return FollowUps(database.sessions, clock, lambda: clock.now.date())


async def me(seekers: Seekers) -> Seeker:
    seeker = await seekers.of(ME)
    assert seeker is not None
    return seeker


async def kinds(services: Services, seeker: int) -> list[str]:
    return [entry.kind for entry in await services.of(seeker)]


async def test_a_wish_comes_back_as_it_was_given(ledger: Ledger, seekers: Seekers) -> None:
    assert await ledger.wish_of(ME) is None
    await ledger.register(ME, WISH, "k")
    assert await ledger.wish_of(ME) == WISH
    seeker = await me(seekers)
    assert (seeker.county, seeker.town, seeker.age) == ("南和区", "贾宋镇", 40)
    assert (seeker.state, seeker.pace) == (State.ACTIVE, Pace.DAILY)
    assert await seekers.get(seeker.number) == seeker


async def test_an_empty_wish_is_a_wish(ledger: Ledger, seekers: Seekers) -> None:
    await ledger.register(ME, Wish(), "k")
    assert await ledger.wish_of(ME) == Wish()
    assert (await me(seekers)).county is None


async def test_the_same_key_registers_once(
    ledger: Ledger, seekers: Seekers, services: Services
) -> None:
    await ledger.register(ME, WISH, "k1")
    await ledger.register(ME, Wish(away=(ANYWHERE,)), "k2")
    await ledger.register(ME, WISH, "k1")
    assert await ledger.wish_of(ME) == Wish(away=(ANYWHERE,))  # nor is the age told any more
    assert await kinds(services, (await me(seekers)).number) == ["registered", "changed"]


async def test_staff_write_a_wish_down_once(
    ledger: Ledger, seekers: Seekers, services: Services
) -> None:
    await ledger.register(ME, WISH, "k1")
    await ledger.withdraw(ME, "k2")
    number = (await me(seekers)).number
    assert not await ledger.amend(number + 1, Wish(), "k3", "li")
    for wish in (Wish(away=(ANYWHERE,)), WISH):
        assert await ledger.amend(number, wish, "k4", "li")
    assert await ledger.wish_of(ME) == Wish(away=(ANYWHERE,))
    seeker = await me(seekers)
    assert (seeker.state, seeker.age) == (State.ACTIVE, None)
    assert [(it.kind, it.staff) for it in await services.of(number)][-1] == ("amended", "li")


async def test_many_at_once_are_one_seeker(ledger: Ledger, seekers: Seekers) -> None:
    await asyncio.gather(*(ledger.register(ME, WISH, "k") for _ in range(8)))
    assert await ledger.wish_of(ME) == WISH


async def test_a_wish_is_withdrawn_and_made_anew(
    ledger: Ledger, seekers: Seekers, services: Services
) -> None:
    await ledger.withdraw(ME, "k0")
    await ledger.register(ME, WISH, "k1")
    for _ in range(2):
        await ledger.withdraw(ME, "k2")
    assert await ledger.wish_of(ME) is None
    seeker = await me(seekers)
    assert (seeker.state, seeker.next_push_at) == (State.WITHDRAWN, None)
    await ledger.register(ME, Wish(), "k3")
    assert (await me(seekers)).state is State.ACTIVE
    assert await kinds(services, seeker.number) == ["registered", "withdrawn", "changed"]


async def test_a_changed_wish_is_matched_anew(
    ledger: Ledger, seekers: Seekers, database: Database
) -> None:
    await ledger.register(ME, WISH, "k1")
    number = (await me(seekers)).number
    async with database.sessions.begin() as session:
        row = await wish_row(session, number)
        assert row is not None
        row.found = 7
    await ledger.register(ME, Wish(), "k2")
    async with database.sessions() as session:
        row = await wish_row(session, number)
    assert row is not None
    assert (row.found, row.state) == (None, WishState.ACTIVE)


async def test_name_and_telephone_are_kept_beside_what_was_told(
    ledger: Ledger, seekers: Seekers
) -> None:
    await seekers.introduce(ME, "王示例", None)  # who is not in the ledger is not entered so
    assert await seekers.of(ME) is None
    await ledger.register(ME, WISH, "k")
    await seekers.introduce(ME, "王示例", None)
    await seekers.introduce(ME, None, "13000000000")
    seeker = await me(seekers)
    assert (seeker.name, seeker.phone) == ("王示例", "13000000000")


async def test_a_difficulty_is_told_and_forgotten(seekers: Seekers, services: Services) -> None:
    for _ in range(2):
        await seekers.categorise(ME, "disabled", "k1")
    assert (await me(seekers)).category == "disabled"
    await seekers.categorise(ME, None, "k2")
    await seekers.categorise(ME, "disabled", "k1")
    seeker = await me(seekers)
    assert seeker.category is None
    assert await kinds(services, seeker.number) == ["category_told", "category_dropped"]


async def test_somebody_is_put_in_charge(
    ledger: Ledger, seekers: Seekers, services: Services
) -> None:
    assert not await seekers.assign(1, "站", "员", "k", "s")
    await ledger.register(ME, WISH, "k0")
    number = (await me(seekers)).number
    for _ in range(2):
        assert await seekers.assign(number, "示例站", "示例员", "k", "s")
    seeker = await me(seekers)
    assert (seeker.station, seeker.officer) == ("示例站", "示例员")
    assert await kinds(services, number) == ["registered", "assigned"]


async def test_consents_are_kept_once_and_the_last_counts(database: Database, clock: Clock) -> None:
    book = ConsentBook(database.sessions, clock, lambda _: "2")
    assert await book.given(ME, Purpose.REGISTER, "2") is None
    await book.record(ME, Purpose.REGISTER, "2", True, "k1")
    clock.pass_minutes(1)
    await book.record(ME, Purpose.REGISTER, "2", False, "k2")
    await book.record(ME, Purpose.REGISTER, "2", True, "k1")
    assert await book.given(ME, Purpose.REGISTER, "2") is False
    assert await book.given(ME, Purpose.REGISTER, "1") is None
    assert await book.given(ME, Purpose.EMPLOYER, "2") is None
    assert await book.given("web:2", Purpose.REGISTER, "2") is None
    assert {it.purpose: it.given for it in (await book.of(ME)).values()} == {"register": False}


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 11, 22), 1, date(2026, 12, 22)),
        (date(2023, 12, 29), 6, date(2024, 6, 29)),
        (date(2026, 12, 5), 12, date(2027, 12, 5)),
    ],
)
def test_months_later(day: date, months: int, due: date) -> None:
    assert later(day, months) == due


async def test_who_found_work_is_asked_after_1_3_and_6_months(
    database: Database, clock: Clock, ledger: Ledger, seekers: Seekers
) -> None:
    await ledger.register(ME, WISH, "k")
    number = (await me(seekers)).number
    follow_ups = follow_ups_of(database, clock)
    for _ in range(2):
        await follow_ups.begin(number, clock.now.date(), 5)
    assert (await me(seekers)).state is State.WORKING
    assert await follow_ups.due() == []
    asked = []
    for days in (31, 61, 92):
        clock.now += timedelta(days=days)
        [due] = await follow_ups.due()
        asked.append(due.months)
        assert due.urn == ME
        await follow_ups.asked(due.number)
        assert await follow_ups.due() == []
        assert await follow_ups.answer(ME, due.number, "working", f"a{days}")
    assert asked == [1, 3, 6]
    assert not await follow_ups.answer("web:2", due.number, "working", "x")


async def test_who_lost_the_work_is_asked_no_more_and_can_change_their_mind(
    database: Database, clock: Clock, ledger: Ledger, seekers: Seekers
) -> None:
    await ledger.register(ME, WISH, "k")
    number = (await me(seekers)).number
    follow_ups = follow_ups_of(database, clock)
    await follow_ups.begin(number, clock.now.date() - timedelta(days=40), None)
    [due] = await follow_ups.due()
    for _ in range(2):
        assert await follow_ups.answer_for(due.number, StillThere.OUT_OF_WORK, "a", "s")
    assert [it.answer for it in await follow_ups.of(number)] == [StillThere.OUT_OF_WORK]
    assert (await me(seekers)).state is State.ACTIVE
    assert await ledger.wish_of(ME) == WISH


async def test_people_of_the_desk_are_asked_by_telephone(database: Database, clock: Clock) -> None:
    await Roll(database.sessions, clock).keep([Newcomer("示例甲")], "f")
    [line] = await Lists(database.sessions).seekers(Filter())
    follow_ups = follow_ups_of(database, clock)
    await follow_ups.begin(line.seeker.number, date(2025, 1, 1), None)
    assert await follow_ups.due() == []
    assert [it.months for it in await follow_ups.due(reachable=False)] == [1, 3, 6]


async def test_a_table_of_people_is_taken_in_once(database: Database, clock: Clock) -> None:
    roll = Roll(database.sessions, clock)
    one = Newcomer("示例甲", "13000000000", "南和区", wish=Wish(("电焊工",), age=40), age=40)
    two = Newcomer("示例乙", None, "清河县", "葛仙庄镇", is_example=True)
    assert await roll.keep([one, two, one], "f1") == [Fate.NEW, Fate.NEW, Fate.SAME]
    assert await roll.keep([one, two], "f2") == [Fate.SAME, Fate.SAME]
    moved = Newcomer("示例甲", "13000000000", "清河县", wish=Wish(("瓦工",), age=40))
    assert await roll.keep([moved, Newcomer("示例乙", None, "任泽区")], "f3") == [
        Fate.UPDATED,
        Fate.NEW,
    ]
    lines = await Lists(database.sessions).seekers(Filter())
    assert sorted((it.seeker.urn, it.seeker.county or "") for it in lines) == [
        ("desk:1", "清河县"), ("desk:2", "清河县"), ("desk:3", "任泽区"),
    ]  # fmt: skip
    assert {it.seeker.age for it in lines} == {40, None}
    assert await roll.remove_examples() == 1
    assert len(await Lists(database.sessions).seekers(Filter())) == 2


async def people(database: Database, clock: Clock) -> None:
    """Three people: one short of openings, one placed, one withdrawn."""
    ledger, seekers = Ledger(database.sessions, clock), Seekers(database.sessions, clock)
    await ledger.register("web:1", Wish(("电焊工",), ("南和区",)), "a")
    clock.now += timedelta(days=1)
    await ledger.register("web:2", Wish(("瓦工",), ("清河县",)), "b")
    await ledger.register("web:3", Wish(), "c")
    await ledger.withdraw("web:3", "d")
    await seekers.assign(2, "示例站", "示例员", "e", None)
    await seekers.categorise("web:2", "older", "f")
    opening = Opening(0, "示例瓦工", "示例公司", clock.now.date(), county="清河县")
    [kept] = await Openings(database.sessions, clock).keep([opening])
    async with database.sessions.begin() as session:
        for number, found in ((1, 2), (2, 5)):
            row = await wish_row(session, number)
            assert row is not None
            row.found = found
        session.add(OfferRow(push_id=1, seeker_id=2, opening_id=kept.number, digest="d",
                             offered_at=clock.now, reasons=[], widened=[]))  # fmt: skip
        session.add(ApplicationRow(seeker_id=2, opening_id=kept.number, state="hired", shares=True,
                                   opened_at=clock.now, updated_at=clock.now))  # fmt: skip
    follow_ups = follow_ups_of(database, clock)
    await follow_ups.begin(2, clock.now.date() - timedelta(days=200), 1)
    for due in await follow_ups.due():
        await follow_ups.answer("web:2", due.number, "working", f"g{due.months}")


async def found(database: Database, which: Filter) -> list[str]:
    return sorted(it.seeker.urn for it in await Lists(database.sessions).seekers(which))


async def test_the_ledger_is_narrowed_down(database: Database, clock: Clock) -> None:
    start = clock.now
    await people(database, clock)
    wanted = {
        Filter(): ["web:1", "web:2", "web:3"],
        Filter(county="南和区"): ["web:1"],
        Filter(town="无"): [],
        Filter(category="older"): ["web:2"],
        Filter(station="示例站"): ["web:2"],
        Filter(officer="示例员"): ["web:2"],
        Filter(state=State.WITHDRAWN): ["web:3"],
        Filter(trade="瓦工"): ["web:2"],
        Filter(since=start + timedelta(hours=1)): ["web:2", "web:3"],
        Filter(until=start + timedelta(hours=1)): ["web:1"],
        Filter(is_short=True): ["web:1"],
        Filter(county="南和区", trade="瓦工"): [],
    }
    for which, urns in wanted.items():
        assert await found(database, which) == urns, which
    assert await Lists(database.sessions).short() == 1


async def test_a_line_tells_what_was_done_and_what_came_of_it(
    database: Database, clock: Clock
) -> None:
    await people(database, clock)
    lines: list[LedgerLine] = await Lists(database.sessions).seekers(Filter(county="清河县"))
    [line] = lines
    assert (line.offered, line.applied, line.wish_state) == (1, 1, WishState.PLACED)
    assert line.placed is not None
    assert (line.placed.title, line.placed.employer) == ("示例瓦工", "示例公司")
    assert line.stayed == {1: "working", 3: "working", 6: "working"}
    assert line.is_stable is True
    assert not line.wants_work
    assert line.last_service == clock.now


async def test_an_outline_has_everything_of_one_person(
    database: Database, clock: Clock, services: Services
) -> None:
    await people(database, clock)
    outlines = Outlines(database.sessions, services, follow_ups_of(database, clock))
    outline = await outlines.of("web:2")
    assert outline == await outlines.get(2)
    assert outline is not None
    assert [it.months for it in outline.follow_ups] == [1, 3, 6]
    assert outline.pending == ()  # they have the place
    assert (await outlines.count("web:2")).applications == 1
    assert await outlines.get(10**12) is None
    assert await outlines.of("web:9") is None


async def test_a_number_is_somebody_s(database: Database, clock: Clock, ledger: Ledger) -> None:
    await ledger.register(ME, WISH, "k")
    owners = Owners(database.sessions, SeekerRow)
    number = await owners.number_of(ME)
    assert number is not None
    assert await owners.urn_of(number) == ME
    assert await owners.number_of("web:2") is None
    assert await owners.urn_of(number + 1) is None
    assert await owners.urn_of(10**12) is None
