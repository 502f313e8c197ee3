"""Looking for openings by chat: found, turned, shown, widened honestly, without registering."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.jobs.reading import WorkReader
from bot.jobs.searching import Searching, Surroundings
from bot.records.openings import Openings
from dialogs.jobs import (
    Listed,
    Page,
    Search,
    list_jobs,
    read_search,
    search_jobs,
    show_job,
    write_search,
)
from dialogs.talk import MAX_PRESS_BYTES, Heard, Outcome, Pause, Reply, Talk
from dialogs.work import Opening, OpeningState, PayUnit, WorkType
from tests.databases import database_in
from tests.service import ROOT
from tests.wording import WORDS

TODAY = date(2026, 3, 2)
DIRECTORY = ROOT / "content/directory"
WEAVER = Opening(
    0, "梳绒工", "示例羊绒厂", TODAY, occupation="纺织工", county="清河县", pay_min=4500,
    pay_max=6000, pay_unit=PayUnit.MONTH, phone="0319-0000000", contact="示例联系人",
    expires=date(2026, 4, 1),
)  # fmt: skip
WELDER = replace(WEAVER, title="电焊工", employer="示例机械", occupation="电焊工", county="南和区")


@cache
def reader() -> WorkReader:
    return WorkReader(DIRECTORY)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Openings]:
    async with database_in(tmp_path) as database:
        yield Openings(database.sessions, lambda: datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def board(store: Openings) -> Searching:
    return Searching(store, reader(), Surroundings.load(DIRECTORY), lambda: TODAY)


async def says(board: Searching, text: str) -> Reply:
    return await search_jobs(Talk("web:a", "1-0", "jobs", heard=Heard(text)), board)


async def presses(board: Searching, reply: Reply, label: str) -> Reply:
    [option] = [it for it in reply.options if it.label.endswith(label)]
    script = option.send.removeprefix("/")
    turn = {"jobs.list": list_jobs, "jobs.show": show_job}[script.partition("?")[0]]
    return await turn(Talk("web:a", "1-1", script), board)


def text(reply: Reply) -> str:
    return WORDS.render(reply)


def titles(reply: Reply) -> list[str]:
    return [it.label for it in reply.options if it.send.startswith("/jobs.show")]


async def test_a_sentence_lists_openings_with_place_pay_and_kind(
    board: Searching, store: Openings
) -> None:
    await store.keep([WEAVER, WELDER])
    reply = await says(board, "清河有没有梳绒的活")
    assert reply.outcome is Outcome.ANSWERED
    assert titles(reply) == ["1、梳绒工"]
    assert "清河县，纺织工：有1个岗位" in text(reply)
    assert "4500-6000元/月" in text(reply)
    sends = [it.send for it in reply.options]
    assert "/wish?c=清河县&o=纺织工" in sends
    assert "/handoff" in sends


async def test_nothing_said_is_asked_for(board: Searching) -> None:
    with pytest.raises(Pause) as pause:
        await search_jobs(Talk("web:a", "1-0", "jobs"), board)
    assert "不用登记" in text(pause.value.prompt)


async def test_the_pages_are_turned_to_the_end(board: Searching, store: Openings) -> None:
    await store.keep([replace(WEAVER, employer=f"示例{number}厂") for number in range(10)])
    reply, seen = await says(board, "清河梳绒的活有吗"), []
    while True:
        seen += [it.send for it in reply.options if it.send.startswith("/jobs.show")]
        if "jobs.next" not in {it.label for it in reply.options}:
            break
        reply = await presses(board, reply, "jobs.next")
    assert len(seen) == len(set(seen)) == 10
    assert "第3页，共3页" in text(reply)


async def test_an_opening_is_shown_whole_with_a_warning(board: Searching, store: Openings) -> None:
    await store.keep(
        [replace(WEAVER, requirements="手脚麻利", description="三班倒", town="葛仙庄镇")]
    )
    reply = await presses(board, await says(board, "清河梳绒的活"), "梳绒工")
    said = text(reply)
    for part in ("示例羊绒厂", "清河县葛仙庄镇", "手脚麻利", "三班倒", "示例联系人 0319-0000000"):
        assert part in said
    assert "不许收押金" in said
    assert "/offers.interested?o=1" in [it.send for it in reply.options]


@pytest.mark.parametrize("number", ["1", "2", "0", "-1", "9" * 12, "x", "", "１"])
async def test_what_may_not_be_offered_is_not_shown(
    board: Searching, store: Openings, number: str
) -> None:
    await store.keep([replace(WEAVER, state=OpeningState.HELD, flags=("deposit:押金",))])
    await store.keep([replace(WELDER, expires=date(2026, 3, 1))])
    reply = await show_job(Talk("web:a", "1-0", f"jobs.show?n={number}"), board)
    assert reply.words == "jobs.gone"


@pytest.mark.parametrize(
    ("asked", "let_go", "said"),
    [
        ("平乡有没有电焊的活", ("near",), "连相邻的县（市、区）一起找了找"),
        ("南和有没有机修的活", ("trade",), "换成相近的工种找了找"),
        ("临西有没有电焊的活", ("place",), "不限地方找了找"),
        ("清河有没有月嫂的活", ("work",), "不限工种找了找"),
        ("清河有没有梳绒的活，一个月八千以上", ("terms",), "工资、吃住、用工形式的要求放宽了"),
        ("平乡有没有管住的电焊的活", ("terms", "near"), "要求放宽了"),
    ],
)
async def test_what_is_let_go_of_is_said(
    board: Searching, store: Openings, asked: str, let_go: tuple[str, ...], said: str
) -> None:
    await store.keep([WEAVER, WELDER])
    reply = await says(board, asked)
    assert reply.facts["let_go"] == let_go
    assert "完全符合的现在没有" in text(reply)
    assert said in text(reply)
    assert titles(reply)


async def test_nothing_at_all_is_said_and_a_wish_offered(board: Searching) -> None:
    reply = await says(board, "清河有没有梳绒的活")
    assert reply.outcome is Outcome.DECLINED
    assert "清河县纺织工现在没有合适的岗位" in text(reply)
    assert {it.label for it in reply.options} >= {"jobs.save", "buttons.person"}


async def test_a_trade_that_nobody_listed_is_found_by_its_word(
    board: Searching, store: Openings
) -> None:
    await store.keep([WEAVER, replace(WEAVER, title="电影放映员", occupation=None)])
    reply = await says(board, "清河有没有放映员的活")
    assert reply.facts["asked"] == Search(counties=("清河县",), words=("放映员",))
    assert titles(reply) == ["1、电影放映员"]


async def test_who_asks_for_whatever_there_is_sees_the_newest(
    board: Searching, store: Openings
) -> None:
    await store.keep([WEAVER, replace(WELDER, published=date(2026, 3, 1))])
    assert titles(await says(board, "有啥活")) == ["1、梳绒工", "2、电焊工"]


@pytest.mark.parametrize(
    "given_there", ["", "p=0", "p=-1", "p=99999", "k=qqq&y=x&c=", "c=%00&w=%25"]
)
async def test_an_address_that_somebody_made_up_breaks_nothing(
    board: Searching, store: Openings, given_there: str
) -> None:
    await store.keep([WEAVER])
    assert text(await list_jobs(Talk("web:a", "1-0", f"jobs.list?{given_there}"), board))


TRADES = some.sampled_from(["电焊工", "自行车零件代加工"])
NAMES = some.sampled_from(["清河县", "南和区", "河北邢台经济开发区"])
SEARCHES = some.builds(
    Search,
    counties=some.lists(NAMES, max_size=3, unique=True).map(tuple),
    occupations=some.lists(some.sampled_from(["电焊工", "自行车零件代加工"]), max_size=2).map(
        tuple
    ),
    work_type=some.none() | some.sampled_from(WorkType),
    housing=some.booleans(),
    meals=some.booleans(),
    pay_min=some.none() | some.integers(1, 99_999),
    words=some.lists(some.sampled_from(["洗车", "A"]), max_size=1).map(tuple),
)


@given(SEARCHES)
def test_a_search_comes_back_from_its_address(search: Search) -> None:
    assert read_search(write_search(search)) == search


@given(SEARCHES)
async def test_every_button_fits(search: Search) -> None:
    class Board:
        async def look(self, asked: Search, page: int, size: int) -> object:
            return Listed(asked, Page((replace(WEAVER, number=123_456),) * size, 999, page, size))

    talk = Talk(
        "web:a", "1-0", "jobs.list?" + "&".join(map("=".join, write_search(search).items()))
    )
    reply = await list_jobs(talk, Board())  # type: ignore[arg-type]
    assert all(len(it.send.encode()) <= MAX_PRESS_BYTES for it in reply.options)
    may_turn = "jobs.next" in {it.label for it in reply.options}
    assert reply.facts["is_cut"] is not may_turn
    assert text(reply)
