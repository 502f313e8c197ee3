"""Openings, seekers and applications as staff look through them, on both kinds of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.records.applicants import Applicants
from bot.records.applications import Applications
from bot.records.bookmarks import Bookmarks
from bot.records.database import Database
from bot.records.followups import FollowUps
from bot.records.histories import Histories
from bot.records.ledger import Ledger
from bot.records.lists import Filter, Lists
from bot.records.offers import Draft, Offers
from bot.records.openings import Openings
from bot.records.roll import Fate, Newcomer, Roll
from bot.records.scope import EVERYWHERE, Scope
from bot.records.supply import Supply, Twin, Wanted
from dialogs.jobs import Search
from dialogs.work import Match, Opening, OpeningState, Step, Wish

from .conftest import Clock

DAY = date(2026, 3, 2)
HERE, ELSEWHERE = Scope(frozenset({"清河县"})), Scope(frozenset({"威县"}))
TOWN = Scope(frozenset({"清河县"}), frozenset({"油坊镇"}))
ONE = Opening(0, "电焊工", "示例厂", DAY, county="清河县", town="葛仙庄镇", occupation="电焊工")
OTHERS = (
    replace(ONE, title="保安", flags=("deposit:押金",), state=OpeningState.HELD),
    replace(ONE, title="编织", town="油坊镇", expires=DAY + timedelta(3)),
    replace(ONE, title="搬运", county=None, town=None, away="北京"),
)


@pytest.fixture
async def supply(database: Database, clock: Clock) -> Supply:
    await Openings(database.sessions, clock).keep([ONE, *OTHERS])
    return Supply(database.sessions, clock)


@pytest.mark.parametrize(
    ("which", "scope", "titles"),
    [
        (Wanted(), EVERYWHERE, ["搬运", "编织", "保安", "电焊工"]),
        (Wanted(), HERE, ["编织", "保安", "电焊工"]),
        (Wanted(), TOWN, ["编织"]),
        (Wanted(), ELSEWHERE, []),
        (Wanted(is_flagged=True), EVERYWHERE, ["保安"]),
        (Wanted(state=OpeningState.HELD), HERE, ["保安"]),
        (Wanted(expires_by=DAY + timedelta(7)), EVERYWHERE, ["编织"]),
        (Wanted(Search(words=("保",))), EVERYWHERE, ["保安"]),
    ],
)
async def test_openings_are_narrowed(
    supply: Supply, which: Wanted, scope: Scope, titles: list[str]
) -> None:
    page = await supply.page(which, scope, 1, 50)
    assert [it.title for it in page.rows] == titles
    assert [it.title for it in await supply.all(which, scope)] == titles
    assert page.total == await supply.count(which, scope) == len(titles)


async def test_a_page_tells_whether_there_is_another(supply: Supply) -> None:
    first, last = [await supply.page(Wanted(), EVERYWHERE, it, 3) for it in (1, 2)]
    assert (len(first.rows), first.has_next, len(last.rows), last.has_next) == (3, True, 1, False)
    assert (await supply.page(Wanted(), EVERYWHERE, 10**9, 3)).rows == ()


async def test_an_opening_is_changed_and_never_becomes_another_one(supply: Supply) -> None:
    opening = await supply.get(1, HERE)
    assert opening is not None
    assert await supply.get(1, ELSEWHERE) is None
    assert await supply.get(10**17) is None
    changed = await supply.change(replace(opening, title="氩弧焊工", pay_min=5000))
    assert (changed.number, changed.title, changed.pay_min) == (1, "氩弧焊工", 5000)
    with pytest.raises(Twin) as caught:
        await supply.change(replace(changed, title="保安"))
    assert caught.value.number == 2
    assert (await supply.get(1)) == changed


async def test_people_are_narrowed_and_shown_page_by_page(database: Database, clock: Clock) -> None:
    roll, lists = Roll(database.sessions, clock), Lists(database.sessions)
    wish = Wish(("电焊工", "电工"))
    people = [Newcomer(f"人{it}", county="清河县", town="油坊镇", wish=wish) for it in range(3)]
    await roll.keep([*people, Newcomer("丁", county="威县")], "t")
    await FollowUps(database.sessions, clock).begin(3, DAY - timedelta(31), None)
    for which, scope, found in (
        (Filter(), EVERYWHERE, {1, 2, 3, 4}),
        (Filter(), HERE, {1, 2, 3}),
        (Filter(trade="电工"), EVERYWHERE, {1, 2, 3}),
        (Filter(trade="工"), EVERYWHERE, set()),
        (Filter(is_wishing=True), TOWN, {1, 2}),
        (Filter(due_by=DAY), EVERYWHERE, {3}),
        (Filter(due_by=DAY), ELSEWHERE, set()),
    ):
        page = await lists.page(which, scope, 1, 50)
        assert {it.seeker.number for it in page.rows} == found
        assert {it.seeker.number for it in await lists.seekers(which, scope)} == found
        assert page.total == await lists.count(which, scope) == len(found)
    assert len((await lists.page(Filter(), EVERYWHERE, 2, 3)).rows) == 1


async def test_a_trial_and_another_region_leave_people_as_they_were(
    database: Database, clock: Clock
) -> None:
    roll, lists = Roll(database.sessions, clock), Lists(database.sessions)
    one = Newcomer("甲", "13000000000", "清河县")
    assert await roll.keep([one], "a", is_trial=True) == [Fate.NEW]
    assert await lists.count(Filter()) == 0
    assert await roll.keep([one], "b") == [Fate.NEW]
    moved = replace(one, county="威县", name="乙")
    assert await roll.keep([moved], "c", ELSEWHERE) == [Fate.NEW]
    assert await roll.keep([replace(one, name="丙")], "d", HERE, is_trial=True) == [Fate.UPDATED]
    assert [it.seeker.name for it in await lists.seekers(Filter(), HERE)] == ["甲"]


async def test_applications_and_offers_are_seen_from_both_sides(
    supply: Supply, database: Database, clock: Clock
) -> None:
    sessions = database.sessions
    await Ledger(sessions, clock).register("web:1", Wish((), ("威县",)), "w")
    opening = await supply.get(1)
    assert opening is not None
    draft = Draft(1, "d", "asked", (Match(opening, 1.0, ("trade",)),), 1)
    await Offers(sessions, clock).keep([draft])
    store = Applications(sessions, clock)
    await store.apply("web:1", 1, shares=True)
    applicants, histories = Applicants(sessions), Histories(sessions)
    for scope, sees in ((EVERYWHERE, 1), (HERE, 1), (ELSEWHERE, 1), (TOWN, 0)):
        assert len(await applicants.at(Step.NEW, scope)) == sees
        assert (await applicants.count(scope)).get(Step.NEW, 0) == sees
        assert (await applicants.get(1, scope) is not None) is bool(sees)
        assert len(await applicants.for_opening(1, scope)) == sees
    assert [it.application.opening for it in await applicants.by_seeker(1)] == [1]
    assert await applicants.at(Step.HIRED, EVERYWHERE) == []
    assert [it.title for it in await histories.of_seeker(1)] == ["电焊工"]
    assert len(await histories.of_opening(1, ELSEWHERE)) == 1  # where the seeker lives
    assert await histories.of_opening(1, HERE) == []


async def test_a_bookmark_is_its_members_own(database: Database) -> None:
    bookmarks = Bookmarks(database.sessions)
    await bookmarks.keep(1, "我的", "/console/seekers", "a=1")
    await bookmarks.keep(1, "我的", "/console/seekers", "a=2")
    await bookmarks.keep(2, "我的", "/console/seekers", "")
    [mine] = await bookmarks.of(1, "/console/seekers")
    assert mine.address == "/console/seekers?a=2"
    assert await bookmarks.of(1, "/console/openings") == []
    assert await bookmarks.drop(2, mine.number) is None
    assert await bookmarks.drop(1, mine.number) == "/console/seekers"
    assert await bookmarks.of(1, "/console/seekers") == []
