"""Openings are kept without doubling, found by whoever looks, and ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.records.database import Database
from bot.records.openings import Fate, NoSuchOpening, Openings
from dialogs.jobs import Search
from dialogs.work import ANYWHERE, Opening, OpeningState, PayUnit, WorkType

from .conftest import Clock

TODAY = date(2026, 3, 2)
WELDER = Opening(
    0, "电焊工", "示例机械公司", TODAY, occupation="电焊工", county="南和区", town="三召乡",
    pay_min=5000, pay_max=7000, pay_unit=PayUnit.MONTH, housing=True, expires=date(2026, 4, 1),
)  # fmt: skip
WEAVER = Opening(
    0, "梳绒工", "示例羊绒厂", TODAY - timedelta(1), occupation="纺织工", county="清河县",
    pay_min=200, pay_unit=PayUnit.DAY, meals=True, description="手脚麻利，100%按时发工资",
)  # fmt: skip
MAID = Opening(
    0, "住家保姆", "示例家政", TODAY - timedelta(2), occupation="家政服务员", away="北京市海淀区",
    pay_min=8000, pay_unit=PayUnit.MONTH, housing=True, meals=True,
)  # fmt: skip
CRAFTS = Opening(
    0, "手工编织", "示例合作社", TODAY - timedelta(3), occupation="手工编织", county="威县",
    pay_unit=PayUnit.PIECE, work_type=WorkType.AT_HOME,
)  # fmt: skip
ALL = (WELDER, WEAVER, MAID, CRAFTS)


@pytest.fixture
def openings(database: Database, clock: Clock) -> Openings:
    return Openings(database.sessions, clock)


async def titles(openings: Openings, search: Search, today: date = TODAY) -> list[str]:
    found = await openings.find(search, today)
    assert found.total == len(found.openings)
    return [it.title for it in found.openings]


async def test_what_is_kept_comes_back_with_a_number_and_a_digest(openings: Openings) -> None:
    [kept] = await openings.keep([WELDER], "一月.xlsx")
    assert (kept.fate, kept.number) == (Fate.NEW, 1)
    opening = await openings.get(1)
    assert opening is not None
    assert opening == replace(WELDER, number=1, digest=opening.digest)
    assert len(opening.digest) == 16


async def test_the_same_file_again_doubles_nothing(openings: Openings) -> None:
    first = await openings.keep(ALL)
    again = await openings.keep(ALL)
    assert [it.number for it in again] == [it.number for it in first] == [1, 2, 3, 4]
    assert {it.fate for it in again} == {Fate.SAME}


async def test_a_change_is_taken_over_and_told_apart_from_what_seekers_need_not_hear(
    openings: Openings, clock: Clock
) -> None:
    await openings.keep([WELDER])
    before = await openings.get(1)
    assert before is not None
    clock.pass_minutes(60)
    later = clock.now
    [kept] = await openings.keep([replace(WELDER, headcount=3, title=" 电 焊工")])
    assert kept.fate is Fate.UPDATED
    after = await openings.get(1)
    assert after is not None
    assert (after.headcount, after.digest) == (3, before.digest)
    assert [it.number for it in await openings.changed_since(later)] == [1]
    await openings.keep([replace(WELDER, pay_max=9000)])
    raised = await openings.get(1)
    assert raised is not None
    assert raised.digest != before.digest


async def test_the_same_row_twice_in_one_file_is_one_opening(openings: Openings) -> None:
    kept = await openings.keep([WELDER, replace(WELDER, headcount=9)])
    assert [(it.fate, it.number) for it in kept] == [(Fate.NEW, 1), (Fate.UPDATED, 1)]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (Search(), ["电焊工", "梳绒工", "住家保姆", "手工编织"]),
        (Search(counties=("清河县", "威县")), ["梳绒工", "手工编织"]),
        (Search(counties=("南和区",), towns=("三召乡",)), ["电焊工"]),
        (Search(counties=("南和区",), towns=("闫里乡",)), []),
        (Search(away=("北京",)), ["住家保姆"]),
        (Search(away=(ANYWHERE,)), ["住家保姆"]),
        (Search(counties=("威县",), away=("北京",)), ["住家保姆", "手工编织"]),
        (Search(occupations=("纺织工", "电焊工")), ["电焊工", "梳绒工"]),
        (Search(work_type=WorkType.AT_HOME), ["手工编织"]),
        (Search(housing=True), ["电焊工", "住家保姆"]),
        (Search(meals=True), ["梳绒工", "住家保姆"]),
        (Search(pay_min=5200), ["电焊工", "梳绒工", "住家保姆"]),  # 200 a day is 5200 a month
        (Search(pay_min=5201), ["电焊工", "住家保姆"]),
        (Search(words=("羊绒",)), ["梳绒工"]),
        (Search(words=("100%",)), ["梳绒工"]),
        (Search(words=("%",)), ["梳绒工"]),
        (Search(words=("_",)), []),
    ],
)
async def test_a_search_finds_what_fits_newest_first(
    openings: Openings, search: Search, expected: list[str]
) -> None:
    await openings.keep(ALL)
    assert await titles(openings, search) == expected


async def test_pages_hold_everything_once(openings: Openings) -> None:
    many = [replace(WELDER, employer=f"示例{number}厂") for number in range(12)]
    await openings.keep(many)
    pages = [await openings.find(Search(), TODAY, page, 5) for page in (1, 2, 3, 4)]
    assert [len(it.openings) for it in pages] == [5, 5, 2, 0]
    assert {it.total for it in pages} == {12}
    assert [it.is_last for it in pages] == [False, False, True, True]
    assert len({it.number for page in pages for it in page.openings}) == 12


async def test_an_opening_past_its_last_day_is_neither_listed_nor_offered(
    openings: Openings,
) -> None:
    await openings.keep([WELDER, WEAVER])
    last = date(2026, 4, 1)
    assert await titles(openings, Search(), last) == ["电焊工", "梳绒工"]
    assert [it.number for it in await openings.open_ones(last)] == [1, 2]
    assert await titles(openings, Search(), last + timedelta(1)) == ["梳绒工"]
    assert [it.number for it in await openings.open_ones(last + timedelta(1))] == [2]
    assert await openings.expire(last) == []
    assert await openings.expire(last + timedelta(1)) == [1]
    assert [it.number for it in await openings.every_one(OpeningState.CLOSED)] == [1]


async def test_what_is_closed_filled_or_held_is_not_found(openings: Openings) -> None:
    await openings.keep(ALL)
    await openings.close(1)
    await openings.fill(2)
    held = await openings.hold(3, "电话打不通")
    assert (held.state, held.flags) == (OpeningState.HELD, ("staff:电话打不通",))
    assert await titles(openings, Search()) == ["手工编织"]
    released = await openings.release(3)
    assert (released.state, released.flags) == (OpeningState.OPEN, ())
    assert await titles(openings, Search()) == ["住家保姆", "手工编织"]


@pytest.mark.parametrize("number", [0, -1, 99, 2**40])
async def test_a_number_that_is_nobodys_is_told(openings: Openings, number: int) -> None:
    assert await openings.get(number) is None
    with pytest.raises(NoSuchOpening):
        await openings.close(number)


async def test_what_staff_have_closed_stays_closed_until_it_is_published_anew(
    openings: Openings,
) -> None:
    await openings.keep([WELDER])
    await openings.close(1)
    await openings.keep([replace(WELDER, headcount=5)])
    assert await openings.open_ones(TODAY) == []
    await openings.keep([replace(WELDER, published=TODAY + timedelta(7))])
    assert [it.number for it in await openings.open_ones(TODAY)] == [1]


async def test_what_staff_have_released_is_not_held_for_the_same_words_again(
    openings: Openings,
) -> None:
    doubtful = replace(WELDER, flags=("deposit:押金500元",), state=OpeningState.HELD)
    await openings.keep([doubtful])
    assert await openings.open_ones(TODAY) == []
    await openings.release(1)
    await openings.keep([doubtful])
    assert [it.number for it in await openings.open_ones(TODAY)] == [1]
    worse = replace(doubtful, flags=(*doubtful.flags, "retained:扣身份证"))
    await openings.keep([worse])
    assert await openings.open_ones(TODAY) == []


async def test_what_staff_hold_stays_held_whatever_the_file_says(openings: Openings) -> None:
    await openings.keep([WELDER])
    await openings.hold(1, "核实中")
    await openings.keep([replace(WELDER, headcount=5)])
    opening = await openings.get(1)
    assert opening is not None
    assert (opening.state, opening.flags) == (OpeningState.HELD, ("staff:核实中",))


async def test_a_doubt_that_was_taken_out_of_the_file_frees_the_opening(
    openings: Openings,
) -> None:
    await openings.keep([replace(WELDER, flags=("deposit:押金",), state=OpeningState.HELD)])
    await openings.keep([WELDER])
    assert [it.flags for it in await openings.open_ones(TODAY)] == [()]


async def test_examples_are_taken_out_and_nothing_else(openings: Openings) -> None:
    await openings.keep([WELDER, replace(WEAVER, is_example=True)])
    assert await openings.remove_examples() == 1
    assert [it.title for it in await openings.every_one()] == ["电焊工"]


@pytest.mark.parametrize("nasty", ["\0", "\ud800", "焊" * 40_000, "';--"])
async def test_hostile_words_are_kept_and_found_again(openings: Openings, nasty: str) -> None:
    opening = replace(WELDER, title=nasty, employer=nasty, description=nasty, town=nasty)
    [first] = await openings.keep([opening])
    [second] = await openings.keep([opening])
    assert first.number == second.number
    await openings.find(Search(words=(nasty,), counties=(nasty,)), TODAY)
