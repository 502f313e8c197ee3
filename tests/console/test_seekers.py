"""Seekers at the console: who is found, what is masked, what staff do, the lists, the files."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.records.audit import Audit
from bot.records.consents import ConsentBook
from bot.records.database import Database
from bot.records.followups import FollowUps
from bot.records.roll import Newcomer, Roll
from bot.records.seekers import DESK, Seekers
from bot.records.staff import Role
from bot.records.tables import SeekerRow, WishRow
from dialogs.consent import Purpose
from dialogs.work import PayUnit, Wish, WorkType
from tests.wording import WORDS

from .client import Clerk, Seen
from .conftest import Clock
from .work import ATTACKS, FORMULAS, PHONE, Town, book, first_sheet, runs_nothing

Come = Callable[..., Awaitable[Clerk]]
HEAD = ("姓名", "联系电话", "县", "乡镇", "求职意愿", "责任人")


@pytest.fixture
def town(database: Database, clock: Clock) -> Town:
    return Town.of(database, clock)


@pytest.fixture
def roll(database: Database, clock: Clock) -> Roll:
    return Roll(database.sessions, clock)


@pytest.fixture
async def people(roll: Roll, database: Database, clock: Clock) -> None:
    """Three of whom staff know: 1 wants to weld and is short, 2 is in work, 3 is elsewhere."""
    one = Newcomer("甲某", PHONE, "清河县", "葛仙庄镇", category="disabled", officer="老张",
                   wish=Wish(("电焊工",), ("清河县",)))  # fmt: skip
    two = Newcomer("乙某", "13000000001", "清河县", "油坊镇", station="油坊站")
    three = Newcomer("丙某", "13000000002", "威县", "洺州镇", wish=Wish(("保安员",)))
    await roll.keep([one, two, three], "t")
    async with database.sessions.begin() as session:
        await session.execute(update(WishRow).where(WishRow.seeker_id == 1).values(found=1))
    since = clock.now.date() - timedelta(40)
    await FollowUps(database.sessions, clock).begin(2, since, None)


def numbers_in(text: str) -> set[int]:
    return {it for it in range(1, 9) if f'<a href="/console/seekers/{it}">' in text}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {1, 2, 3}),
        ("county=威县", {3}),
        ("town=油坊镇", {2}),
        ("category=disabled", {1}),
        ("station=油坊站", {2}),
        ("officer=老张", {1}),
        ("state=working", {2}),
        ("trade=电焊", {1}),
        ("trade=保安", {3}),
        ("short=yes", {1}),
        ("due=yes", {2}),
        ("since=2026-03-02&until=2026-03-02", {1, 2, 3}),
        ("since=2026-03-03", set()),
        ("until=2026-03-01", set()),
        ("since=9999-99-99&state=nonsense&page=0", {1, 2, 3}),
    ],
)
async def test_the_list_is_narrowed_by_its_address(
    clerk: Come, people: None, query: str, found: set[int]
) -> None:
    somebody = await clerk(Role.STAFF)
    seen = await somebody.opens(f"/console/seekers?{query}")
    assert numbers_in(seen.text) == found


async def test_name_and_telephone_are_masked_until_revealed_with_a_reason(
    clerk: Come, people: None, audit: Audit
) -> None:
    somebody = await clerk(Role.STAFF)
    path = "/console/seekers/1"
    for page in ("/console/seekers", path, f"{path}/card", "/console/lists/ledger"):
        text = (await somebody.opens(page)).text
        assert "甲某" not in text, page
        assert PHONE not in text, page
        assert "甲*" in text, page
    for what in ("reveal", "card"):
        await somebody.opens(path)
        assert (await somebody.sends(f"{path}/{what}", reason=" ")).status == 409
        seen = await somebody.sends(f"{path}/{what}", reason="约面试，打13000000009")
        assert "甲某" in seen.text
        assert PHONE in seen.text
        [entry] = await audit.latest(1)
        assert entry.action == f"seeker_{what}"
        assert dict(entry.detail) == {"reason": "约面试，打130****0009"}


async def test_what_staff_do_stands_on_the_card(clerk: Come, people: None, town: Town) -> None:
    somebody = await clerk(Role.STAFF)
    path = "/console/seekers/1"
    await somebody.opens(path)
    await somebody.sends(f"{path}/assign", station="葛仙庄站", officer="小李")
    assert (await somebody.sends(f"{path}/note", kind="noted", text=" ")).status == 409
    assert (await somebody.sends(f"{path}/note", kind="hired", text="x")).status == 409
    for _ in range(2):  # a double click enters it once
        await somebody.sends(f"{path}/note", kind="noted", text="陪同面试 13000000000", key="k1")
    await somebody.sends(f"{path}/note", kind="training", text="电工证", key="k2")
    seen = await somebody.opens(f"{path}/card")
    assert seen.text.count("陪同面试 130****0000") == 1
    for words in ("葛仙庄站", "小李", "报名培训：电工证"):
        assert words in seen.text
    seeker = await town.seekers.get(1)
    assert seeker is not None
    assert (seeker.station, seeker.officer) == ("葛仙庄站", "小李")


async def test_what_was_said_of_the_work_is_kept_once(
    clerk: Come, people: None, database: Database, clock: Clock
) -> None:
    store = FollowUps(database.sessions, clock)
    [first, *_] = await store.of(2)
    somebody = await clerk(Role.STAFF)
    assert "该回访了" in (await somebody.opens("/console/seekers/2")).text

    async def told(seeker: int, answer: str) -> int:
        form = {"follow_up": str(first.number), "answer": answer}
        return (await somebody.sends(f"/console/seekers/{seeker}/answer", **form)).status

    assert await told(1, "working") == 409  # is not theirs
    assert await told(2, "x") == 409
    assert await told(2, "working") == 200
    assert await told(2, "changed") == 409
    [first, *_] = await store.of(2)
    assert first.answer == "working"
    assert numbers_in((await somebody.opens("/console/seekers?due=yes")).text) == set()


async def test_offers_and_applications_stand_with_the_person(clerk: Come, town: Town) -> None:
    opening = await town.offers_work(title="夜班<b>电焊</b>")
    seeker = await town.registers("web:1")
    await town.tells(seeker, opening)
    await town.offers.refuse("web:1", 1, "工资低")
    await town.applies("web:1", opening)
    somebody = await clerk(Role.STAFF)
    text = (await somebody.opens(f"/console/seekers/{seeker}")).text
    assert "不合适：工资低" in text
    assert "新报名" in text
    assert "夜班&lt;b&gt;电焊" in text
    assert "电焊工，清河县" in text


async def test_a_seeker_of_another_county_is_not_there(clerk: Come, people: None) -> None:
    elsewhere, by_town = await clerk(Role.SUPERVISOR, "威县"), await clerk(Role.STAFF, "清河县")
    assert numbers_in((await elsewhere.opens("/console/seekers")).text) == {3}
    assert "共 1 条" in (await elsewhere.opens("/console/seekers")).text
    assert numbers_in((await by_town.opens("/console/seekers?county=威县")).text) == set()
    home = (await elsewhere.opens("/console/")).text
    assert "<b>0</b>人岗位不足3个" in home
    assert "<b>0</b>人要回访" in home
    assert "<b>1</b>人岗位不足3个" in (await by_town.opens("/console/")).text
    for page in ("/console/seekers/1", "/console/seekers/1/card"):
        assert (await elsewhere.opens(page)).status == 404
    await elsewhere.opens("/console/seekers")
    assert (await elsewhere.opens("/console/seekers/1/wish")).status == 404
    await elsewhere.opens("/console/seekers")
    for what in ("reveal", "assign", "note", "answer", "card", "told", "reply", "wish"):
        form = {"reason": "x", "officer": "x", "kind": "noted", "text": "x"}
        assert (await elsewhere.sends(f"/console/seekers/1/{what}", **form)).status == 404


@pytest.mark.parametrize("which", ["ledger", "demand", "duty", "results", "supply"])
async def test_each_list_is_shown_and_exported_within_ones_region(
    clerk: Come, people: None, town: Town, audit: Audit, which: str
) -> None:
    await town.offers_work(county="威县", town="洺州镇")
    await town.offers_work()
    somebody = await clerk(Role.STAFF, "威县")
    page = f"/console/lists/{which}"
    seen = await somebody.opens(page)
    assert seen.text.count("data-row") == 1
    assert "清河县" not in seen.text
    sheet = first_sheet((await somebody.opens(f"{page}/export")).body)
    assert sheet.max_row == 2
    assert sheet.freeze_panes == "A2"
    values = [cell.value for cell in sheet[2]]
    assert "威县" in values
    assert "丙某" not in values
    [entry] = await audit.latest(1)
    assert (entry.action, dict(entry.detail)["rows"]) == ("list_export", 1)


async def test_a_list_is_exported_with_names_for_a_reason_only(
    clerk: Come, people: None, audit: Audit
) -> None:
    somebody = await clerk(Role.STAFF)
    page = "/console/lists/ledger"
    await somebody.opens(page)
    assert (await somebody.sends(f"{page}/export", reason="")).status == 409
    seen = await somebody.sends(f"{page}/export?officer=老张", reason="上报")
    sheet = first_sheet(seen.body)
    assert sheet.max_row == 2
    assert {"甲某", PHONE} <= {cell.value for cell in sheet[2]}
    [entry] = await audit.latest(1)
    assert entry.action == "list_export_revealed"
    assert dict(entry.detail)["reason"] == "上报"
    assert (await somebody.opens("/console/lists/nonsense")).status == 404
    assert (await somebody.opens("/console/lists")).address == "/console/lists/demand"


async def look_at(somebody: Clerk, name: str, body: bytes) -> Seen:
    await somebody.opens("/console/seekers/import")
    return await somebody.uploads("/console/seekers/import", name, body)


async def confirm(somebody: Clerk, seen: Seen) -> Seen:
    token = seen.text.partition('name="token" value="')[2].partition('"')[0]
    return await somebody.sends("/console/seekers/import/confirm", token=token)


async def test_a_table_of_people_is_looked_at_and_then_taken_in(
    clerk: Come, town: Town, audit: Audit
) -> None:
    rows = (("丁某", "13000000003", "清河", "油坊镇", "想在清河干电焊", "老张"),
            ("戊某", "12", "清河", "", "", ""), ("", "", "威县", "", "保安", ""))  # fmt: skip
    somebody = await clerk(Role.STAFF)
    seen = await look_at(somebody, "台账.xlsx", book(HEAD, *rows))
    for words in ("什么都没有改", "新增 1", "没有收下 2", "电话不像电话号码", "姓名和电话都没有"):
        assert words in seen.text, words
    assert "丁某" not in seen.text
    assert await town.seekers.get(1) is None
    assert "导入完成" in (await confirm(somebody, seen)).text
    seeker = await town.seekers.get(1)
    assert seeker is not None
    assert (seeker.name, seeker.urn) == ("丁某", f"{DESK}1")
    assert (await confirm(somebody, seen)).status == 409
    seen = await look_at(somebody, "台账.xlsx", book(HEAD, *rows))
    assert "没有变化 1" in seen.text
    entry = next(it for it in await audit.latest(9) if it.action == "seekers_import")
    assert dict(entry.detail) == {"new": 1, "updated": 0, "same": 0, "refused": 2}


async def test_a_table_touches_nobody_outside_of_ones_region(
    clerk: Come, people: None, town: Town
) -> None:
    before = await town.seekers.get(1)
    rows = (
        ("新名", PHONE, "威县", "洺州镇", "", "别人"),
        ("己某", "13000000008", "清河", "", "", ""),
        ("庚某", "13000000009", "", "", "", ""),
    )
    somebody = await clerk(Role.STAFF, "威县")
    seen = await look_at(somebody, "a.xlsx", book(HEAD, *rows))
    assert seen.text.count("而且要在您负责的地区里") == 2
    await confirm(somebody, seen)
    assert await town.seekers.get(1) == before
    new = await town.seekers.get(4)
    assert new is not None
    assert (new.county, new.name) == ("威县", "新名")
    assert await town.seekers.get(5) is None


@pytest.mark.parametrize("body", [b"PK\x03\x04x", b"\xd0\xcf\x11\xe0x", "甲,乙\n1,2\n".encode()])
async def test_what_is_no_table_of_people_is_refused_kindly(clerk: Come, body: bytes) -> None:
    somebody = await clerk(Role.STAFF)
    seen = await look_at(somebody, "x.exe", body)
    assert seen.status == 409
    assert 'href="/console/seekers/import">返回' in seen.text


@pytest.mark.parametrize("attack", ATTACKS)
async def test_what_comes_from_outside_is_shown_and_never_run(
    clerk: Come, roll: Roll, attack: str
) -> None:
    wish = Wish((attack,), ("清河县",), hours=attack, training=attack)
    one = Newcomer(attack, None, "清河县", attack, attack, None, attack, attack, attack, wish)
    await roll.keep([one], "t")
    somebody = await clerk(Role.STAFF)
    row = (attack, "", "清河", attack, attack, attack)
    seen = [await look_at(somebody, f"{attack}.xlsx", book(HEAD, row, (attack, attack, attack)))]
    await somebody.opens("/console/seekers/1")
    await somebody.sends("/console/seekers/1/note", kind="noted", text=attack)
    await somebody.sends("/console/seekers/1/assign", station=attack, officer=attack)
    seen.append(await somebody.sends("/console/seekers/1/reveal", reason=attack))
    pages = ["seekers", "seekers/1", "seekers/1/card", f"seekers?station={attack}&town={attack}"]
    lists = [f"lists/{it}" for it in ("ledger", "demand", "duty", "results")]
    seen += [await somebody.opens(f"/console/{page}") for page in (*pages, *lists)]
    for it in seen:
        assert it.status == 200
        assert runs_nothing(it.text)
        assert "{{" not in attack or ">49<" not in it.text


async def test_an_export_calculates_nothing(clerk: Come, roll: Roll) -> None:
    people = [Newcomer(it, None, "清河县", it, officer=it) for it in FORMULAS]
    await roll.keep(people, "t")
    somebody = await clerk(Role.STAFF)
    await somebody.opens("/console/lists/ledger")
    seen = await somebody.sends("/console/lists/ledger/export", reason="核对")
    cells = [cell for row in first_sheet(seen.body).iter_rows(min_row=2) for cell in row]
    found = [cell for cell in cells if cell.value in FORMULAS]
    assert len(found) == 3 * len(FORMULAS)
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in found)


async def test_only_the_fields_of_a_form_are_taken(
    clerk: Come, people: None, town: Town, database: Database
) -> None:
    before = await town.seekers.get(1)
    somebody = await clerk(Role.STAFF)
    await somebody.opens("/console/seekers/1")
    extra = {"state": "withdrawn", "name": "别人", "phone": "1", "county": "威县", "urn": "web:9"}
    await somebody.sends("/console/seekers/1/assign", station="站", officer="人", **extra)
    after = await town.seekers.get(1)
    assert before is not None
    assert after is not None
    assert (after.name, after.phone, after.county) == (before.name, before.phone, before.county)
    assert (after.urn, after.state) == (before.urn, before.state)
    async with database.sessions() as session:
        assert (await session.get_one(SeekerRow, 3)).officer is None


async def test_openings_are_read_to_who_has_no_chat_and_are_not_new_again(
    clerk: Come, people: None, town: Town, audit: Audit, clock: Clock
) -> None:
    for place in ("清河县", "南宫市"):  # the second one only if the place is let go
        await town.offers_work(title=f"{place}电焊", county=place, town=None, phone="0319-1110000")
    somebody = await clerk(Role.STAFF)
    path = "/console/seekers/1"
    text = (await somebody.opens(path)).text
    for words in ("是您要的工种：电焊工", "不到3个", "0319-1110000", "王经理",
                  "不在您说的地方，在相邻的南宫市", "这2个已告知本人"):  # fmt: skip
        assert words in text, words
    shown = openings_in(text)
    assert len(shown) == 2
    for _ in range(2):  # a double click tells them once
        seen = await somebody.sends(f"{path}/told", opening=shown, key="k1")
        assert seen.status == 200
    text = (await somebody.opens(path)).text
    assert "合适的2个都告诉过本人了" in text
    assert "工作人员当面或打电话告诉了您2个岗位" in text
    assert openings_in(text) == []
    entry = next(it for it in await audit.latest(9) if it.action == "seeker_told")
    assert dict(entry.detail) == {"openings": [int(it.partition(":")[0]) for it in shown]}
    await town.offers_work(title="新来的电焊")
    clock.pass_seconds(10)
    assert "这个已告知本人" in (await somebody.opens(path)).text


async def test_only_what_is_still_as_it_was_shown_counts_as_told(
    clerk: Come, people: None, town: Town
) -> None:
    number = await town.offers_work()
    somebody = await clerk(Role.STAFF)
    path = "/console/seekers/1"
    [shown] = openings_in((await somebody.opens(path)).text)
    for forged in (f"{number}:x", "999:x", "x", ":", f"{number}"):
        assert (await somebody.sends(f"{path}/told", opening=forged)).status == 409, forged
    await town.openings.fill(number)
    assert (await somebody.sends(f"{path}/told", opening=shown)).status in (200, 409)
    assert (await somebody.sends("/console/seekers/2/told", opening=shown)).status == 409
    assert "不用推荐" in (await somebody.opens("/console/seekers/2")).text


@pytest.mark.parametrize(("answer", "shares"), [("shared", True), ("alone", False), ("1", None)])
async def test_what_somebody_says_to_an_opening_is_kept(
    clerk: Come, people: None, town: Town, database: Database, clock: Clock,
    answer: str, shares: bool | None,
) -> None:  # fmt: skip
    version = WORDS.say("consent.version_employer")
    consents = ConsentBook(database.sessions, clock, lambda _: version)
    opening = await town.offers_work()
    somebody = await clerk(Role.STAFF)
    path = "/console/seekers/1"

    async def replies(said: str) -> int:
        return (await somebody.sends(f"{path}/reply", opening=str(opening), answer=said)).status

    shown = openings_in((await somebody.opens(path)).text)
    assert await replies(answer) == 409  # was not told of it
    await somebody.sends(f"{path}/told", opening=shown)
    assert await replies("x") == 409
    assert await replies(answer) == 200
    text = (await somebody.opens(path)).text
    assert ("不合适：太远" if shares is None else "感兴趣") in text
    assert [it.shares for it in await town.applications.of(f"{DESK}1")] == (
        [] if shares is None else [shares]
    )
    assert await consents.given(f"{DESK}1", Purpose.EMPLOYER, version) is shares


async def test_every_field_of_a_wish_is_written_and_emptied_by_staff(
    clerk: Come, people: None, town: Town
) -> None:
    somebody = await clerk(Role.STAFF)
    page = "/console/seekers/1/wish"
    assert 'value="电焊工"' in (await somebody.opens(page)).text
    told = {"occupations": "保安、保洁", "places": "南和贾宋镇", "work_type": "兼职",
            "pay": "一天一百五", "housing": "yes", "meals": "no", "hours": "白天", "age": "57",
            "training": "月嫂"}  # fmt: skip
    await somebody.sends(page, **told, key="k")
    assert await town.ledger.wish_of(f"{DESK}1") == Wish(
        ("保安员", "保洁员"), ("南和区",), ("贾宋镇",), (), 150, PayUnit.DAY, WorkType.PART_TIME,
        True, False, "白天", 57, "月嫂",
    )  # fmt: skip
    text = (await somebody.opens(page)).text
    for words in ("保安员、保洁员", "南和区、贾宋镇", "每天150元", "白天", "57", "月嫂"):
        assert f'value="{words}"' in text, words
    wrong = await somebody.sends(page, **{**told, "pay": "很多", "age": "五"})
    assert wrong.status == 422
    assert wrong.text.count("没看明白") == 2
    partly = {**told, "occupations": "保安、宇航员", "places": "火星 清河县"}
    kept = await somebody.sends(page, **partly)
    assert kept.status == 422
    assert "没看明白“宇航员”" in kept.text
    assert "没看明白“火星”" in kept.text
    assert 'value="保安、宇航员"' in kept.text
    assert (await town.ledger.wish_of(f"{DESK}1") or Wish()).occupations == ("保安员", "保洁员")
    await somebody.sends(page, **dict.fromkeys(told, ""), key="k2")
    assert await town.ledger.wish_of(f"{DESK}1") == Wish()
    assert "工作人员照您说的改了求职意愿" in (await somebody.opens("/console/seekers/1")).text


async def test_who_somebody_is_is_mended_and_taken_out_by_staff(
    clerk: Come, people: None, database: Database, clock: Clock
) -> None:
    seekers = Seekers(database.sessions, clock)
    somebody = await clerk(Role.STAFF)
    page = "/console/seekers/1/person"
    shown = (await somebody.opens(page)).text
    assert "甲某" not in shown
    assert "现在是 甲*。" in shown
    wrong = await somebody.sends(page, name="110101199003070011", phone="很多", category="disabled")
    assert (wrong.status, wrong.text.count('class="why"')) == (422, 2)
    assert 'value="很多"' in wrong.text
    await somebody.sends(page, name="甲大某", phone="130 0000 0009", category="disabled", key="k")
    one = await seekers.get(1)
    assert one is not None
    assert (one.name, one.phone, one.category) == ("甲大某", "13000000009", "disabled")
    await somebody.sends(page, name="", phone="", no_phone="yes", category="", key="k2")
    one = await seekers.get(1)
    assert one is not None
    assert (one.name, one.phone, one.category) == ("甲大某", None, None)
    card = (await somebody.opens("/console/seekers/1")).text
    assert card.count("工作人员照您说的改了姓名、电话或者困难情况") == 2


def openings_in(text: str) -> list[str]:
    """The openings that a person's page shows to be read to them."""
    return re.findall(r'name="opening" value="(\d+:\w+)"', text)
