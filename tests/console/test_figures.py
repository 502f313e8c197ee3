"""The dashboard: its numbers, their meaning, and the conversations behind them."""

from __future__ import annotations

import io
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from bot.records.database import Database
from bot.records.retention import Retention
from bot.records.seekers import enter
from bot.records.staff import Role
from bot.records.tables import SeekerRow
from bot.records.tickets import Tickets

from .client import Clerk
from .conftest import Clock
from .test_review import Talk

Come = Callable[..., Awaitable[Clerk]]


@pytest.fixture
def talk(database: Database) -> Talk:
    return Talk(database)


async def test_a_number_of_what_people_did_leads_to_the_conversations(
    clerk: Come, talk: Talk, database: Database, clock: Clock
) -> None:
    await talk.about("社保补贴", "web:1")
    await talk.about("驾校报销", "telegram:2", 60)
    await Tickets(database.sessions, clock).open("telegram:2", "驾校", "e1", "")
    somebody = await clerk(Role.SUPERVISOR)
    seen = await somebody.opens("/console/figures")
    behind = set(re.findall(r'href="(/console/talks\?whose=[^"]+)"', seen.text))
    kinds = {it.partition("whose=")[2].partition("&")[0] for it in behind}
    assert kinds == {"opened", "closed", "sent", "interested", "hired", "asked", "answered",
                     "working"}  # fmt: skip
    for address in behind:
        listed = await somebody.opens(address.replace("&amp;", "&"))
        assert "只列出" in listed.text
        rows = listed.text.partition("<main")[2].count("data-row")
        assert rows == ("whose=opened" in address), address


async def test_deleted_days_are_told_and_lead_nowhere(
    clerk: Come, talk: Talk, database: Database, clock: Clock
) -> None:
    await talk.about("社保补贴", "web:1")
    clock.pass_seconds(3 * 24 * 3600)
    await Retention(database.sessions, timedelta(days=1), clock).purge()
    somebody = await clerk(Role.SUPERVISOR)
    seen = await somebody.opens("/console/figures?begin=2026-03-01&end=2026-03-05")
    assert "2026-03-04 及以前" not in seen.text
    assert "2026-03-02 及以前的会话已经到期删除" in seen.text
    assert "<b>0</b>来访人数" in seen.text  # today
    assert "begin=2026-03-02&amp;end=2026-03-02" not in seen.text
    assert "begin=2026-03-03&amp;end=2026-03-03" in seen.text
    day = seen.text.partition('<th scope="row">2026-03-02</th>')[2]
    assert day.startswith('<td class="number">1</td>')


async def test_figures_are_those_of_the_conversations(clerk: Come, talk: Talk) -> None:
    await talk.about("社保补贴", "web:1")
    await talk.about("驾校报销", "telegram:2", 60, "declined")
    await talk.about("驾校报销", "telegram:2", 90, "declined")
    somebody = await clerk(Role.SUPERVISOR)
    seen = await somebody.opens("/console/figures")
    for tile in ("<b>2</b>来访人数", "<b>3</b>来访者说话次数", "<b>1</b>答复了", "<b>2</b>没有答上",
                 "400 毫秒"):  # fmt: skip
        assert tile in seen.text
    assert seen.text.count("<title ") + seen.text.count("<title>") > 60
    behind = "/console/talks?outcome=declined&amp;begin=2026-03-02&amp;end=2026-03-02"
    assert behind in seen.text
    assert "共 1 次会话" in (await somebody.opens(behind.replace("&amp;", "&"))).text
    report = await somebody.opens("/console/figures/report?month=2026-03")
    assert "月报 2026-03" in report.text
    async with somebody.http.get(
        somebody.url + "/console/figures/report.xlsx?month=2026-03"
    ) as response:
        book = load_workbook(io.BytesIO(await response.read()))
    assert book.sheetnames == ["合计", "日期", "县（市、区）", "渠道"]
    assert [cell.value for cell in book["合计"][2]][:2] == ["来访人数", 2]


async def test_figures_of_a_county_and_a_channel(
    clerk: Come, talk: Talk, database: Database, clock: Clock
) -> None:
    await talk.about("社保补贴", "web:1")
    await talk.about("驾校报销", "telegram:2", 60, "declined")
    async with database.sessions.begin() as session:
        number = await enter(session, "telegram:2", clock())
        (await session.get_one(SeekerRow, number)).county = "威县"
    somebody = await clerk(Role.SUPERVISOR)
    for chosen, shown in (("", 2), ("county=威县", 1), ("channel=web", 1), ("county=清河县", 0)):
        seen = await somebody.opens(f"/console/figures?{chosen}")
        assert f"<b>{shown}</b>来访人数" in seen.text, chosen
    behind = "/console/talks?county=%E5%A8%81%E5%8E%BF&amp;channel=telegram&amp;outcome=declined"
    seen = await somebody.opens("/console/figures?county=威县&channel=telegram")
    assert behind in seen.text
    assert "不分渠道" in seen.text
    assert "共 1 次会话" in (await somebody.opens(behind.replace("&amp;", "&"))).text
    of_county = await clerk(Role.SUPERVISOR, "清河县")
    assert "<b>0</b>来访人数" in (await of_county.opens("/console/figures?county=威县")).text
