"""Openings at the console: found, mended, taken in from files, and kept within one's region."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.records.audit import Audit
from bot.records.database import Database
from bot.records.staff import Role
from dialogs.work import OpeningState, WorkType

from .client import Clerk
from .conftest import Clock
from .work import DAY, FORM, FORMULAS, PHONE, Town, first_sheet

Come = Callable[..., Awaitable[Clerk]]


@pytest.fixture
def town(database: Database, clock: Clock) -> Town:
    return Town.of(database, clock)


@pytest.fixture
async def mixed(town: Town) -> None:
    await town.offers_work()
    doubtful = {"requirements": "入职交押金500元", "flags": ("deposit:交押金",)}
    await town.offers_work(title="保安", employer="示例物业", occupation="保安", county="威县",
                           town=None, state=OpeningState.HELD, **doubtful)  # fmt: skip
    await town.offers_work(title="编织", occupation="手工编织工", town=None,
                           work_type=WorkType.AT_HOME, expires=DAY + timedelta(3))  # fmt: skip
    await town.offers_work(title="搬运", county=None, town=None, away="北京", expires=None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"电焊工", "保安", "编织", "搬运"}),
        ("county=威县", {"保安"}),
        ("town=葛仙庄镇", {"电焊工"}),
        ("town=没有镇", set()),
        ("trade=电焊", {"电焊工", "搬运"}),
        ("kind=居家", {"编织"}),
        ("state=held", {"保安"}),
        ("state=open&county=清河县", {"电焊工", "编织"}),
        ("flagged=yes", {"保安"}),
        ("soon=yes", {"编织"}),
        ("words=示例物业", {"保安"}),
        ("words=%25", set()),
        ("state=nonsense&page=x", {"电焊工", "保安", "编织", "搬运"}),
    ],
)
async def test_the_list_is_narrowed_by_its_address(
    clerk: Come, mixed: None, query: str, found: set[str]
) -> None:
    somebody = await clerk(Role.STAFF)
    seen = await somebody.opens(f"/console/openings?{query}")
    assert {it for it in ("电焊工", "保安", "编织", "搬运") if f">{it}</a>" in seen.text} == found


async def test_a_long_list_is_turned_page_by_page(clerk: Come, town: Town) -> None:
    for number in range(55):
        await town.offers_work(title=f"岗位{number}")
    somebody = await clerk(Role.STAFF)
    first = await somebody.opens("/console/openings?county=清河县")
    assert first.text.count("data-row") == 50
    assert "page=2" in first.text
    second = await somebody.opens("/console/openings?county=清河县&page=2")
    assert second.text.count("data-row") == 5
    assert 'data-key="next"' not in second.text


async def test_one_opening_tells_what_is_doubtful_and_who_heard_of_it(
    clerk: Come, town: Town
) -> None:
    flags = ("deposit:入职交押金",)
    number = await town.offers_work(state=OpeningState.HELD, flags=flags)
    seeker = await town.registers("web:1")
    await town.tells(seeker, number)
    await town.applies("web:1", number)
    somebody = await clerk(Role.STAFF)
    seen = await somebody.opens(f"/console/openings/{number}")
    assert "<mark>入职交押金</mark>" in seen.text
    assert "核实前不发布" in seen.text
    assert "4000-6000" in seen.text
    assert seen.text.count(f'href="/console/seekers/{seeker}"') == 2
    assert "王**" in seen.text
    assert "王小明" not in seen.text


async def test_an_opening_goes_its_way(clerk: Come, town: Town, audit: Audit) -> None:
    number = await town.offers_work(state=OpeningState.HELD, flags=("deposit:交押金",))
    somebody = await clerk(Role.STAFF)
    path = f"/console/openings/{number}"

    async def after(what: str, **form: str) -> OpeningState:
        await somebody.opens(path)
        await somebody.sends(f"{path}/{what}", **form)
        opening = await town.openings.get(number)
        assert opening is not None
        return opening.state

    assert await after("release") is OpeningState.OPEN
    assert await after("hold", reason=" ") is OpeningState.OPEN
    assert await after("hold", reason="电话打不通") is OpeningState.HELD
    assert "电话打不通" in (await somebody.opens(path)).text
    assert await after("release") is OpeningState.OPEN
    assert await after("fill") is OpeningState.FILLED
    assert await after("release") is OpeningState.OPEN
    assert await after("close") is OpeningState.CLOSED
    acts = {it.action for it in await audit.latest(20)}
    assert {"opening_release", "opening_hold", "opening_fill", "opening_close"} <= acts


async def test_an_opening_is_extended_and_begins_anew(
    clerk: Come, town: Town, clock: Clock
) -> None:
    number = await town.offers_work()
    somebody = await clerk(Role.STAFF)
    path = f"/console/openings/{number}"
    await town.openings.close(number)
    await somebody.opens(path)
    for day in ("", "x", "2026-03-01", "9999-01-01"):
        assert (await somebody.sends(f"{path}/extend", expires=day)).status == 409
    await somebody.sends(f"{path}/extend", expires="2026-12-31")
    opening = await town.openings.get(number)
    assert opening is not None
    assert (opening.state, str(opening.expires)) == (OpeningState.OPEN, "2026-12-31")
    await town.openings.hold(number, "核实")
    await somebody.sends(f"{path}/extend", expires="2027-01-31")
    held = await town.openings.get(number)
    assert held is not None
    assert held.state is OpeningState.HELD
    assert held.flags == ("staff:核实",)


async def test_a_form_is_held_to_the_rules_of_files(clerk: Come, town: Town) -> None:
    somebody = await clerk(Role.STAFF)
    await somebody.opens("/console/openings/new")
    wrong = {"county": "火星", "pay": "很多", "phone": "打给我", "expires": "2026-01-01"}
    seen = await somebody.sends("/console/openings/new", **wrong)
    assert seen.status == 422
    for words in (
        "没有写岗位名称",
        "没有写用人单位",
        "看不出“火星”",
        "看不懂薪资",
        "不像电话",
        "早于发布日期",
    ):
        assert words in seen.text, words
    assert 'value="很多"' in seen.text  # what was typed is not lost
    assert seen.text.count('aria-invalid="true"') == 6
    assert await town.openings.every_one() == []


async def test_a_new_opening_is_looked_over_like_any_other(
    clerk: Come, town: Town, audit: Audit
) -> None:
    somebody = await clerk(Role.STAFF)
    await somebody.opens("/console/openings/new")
    seen = await somebody.sends("/console/openings/new", **FORM)
    assert seen.status == 200
    assert "招聘中" in seen.text
    seen = await somebody.sends("/console/openings/new", **FORM)
    assert seen.status == 422
    assert "已经有同一个单位" in seen.text
    doubtful = {**FORM, "title": "保洁员", "requirements": "只招女性，入职先交押金"}
    await somebody.opens("/console/openings/new")
    assert "待核实" in (await somebody.sends("/console/openings/new", **doubtful)).text
    [entry] = await audit.latest(1)
    assert (entry.action, dict(entry.detail)) == ("opening_added", {"number": 2})


async def test_a_change_takes_nothing_but_the_forms_own_fields(clerk: Come, town: Town) -> None:
    number = await town.offers_work()
    other = await town.offers_work(title="别的")
    somebody = await clerk(Role.STAFF)
    path = f"/console/openings/{number}/edit"
    before = await town.openings.get(number)
    assert before is not None
    assert 'value="4000-6000元/月"' in (await somebody.opens(path)).text
    form = {**FORM, "digest": before.digest}
    extra = {"number": str(other), "state": "closed", "flags": "x", "is_example": "1", "key": "x"}
    seen = await somebody.sends(path, **form, **extra)
    assert seen.address == f"/console/openings/{number}"
    after, untouched = await town.openings.get(number), await town.openings.get(other)
    assert after is not None
    assert untouched is not None
    assert (after.title, after.pay_min, after.state) == ("缝纫工", 200, OpeningState.OPEN)
    assert not after.is_example
    assert untouched.title == "别的"
    assert (await somebody.sends(path, **form)).status == 422  # somebody has changed it meanwhile
    twin = {**FORM, "title": "别的", "employer": "示例机械厂", "town": "葛仙庄镇"}
    seen = await somebody.sends(path, **twin, digest=after.digest)
    assert f"{other}号" in seen.text


async def test_an_opening_of_another_county_is_not_there(clerk: Come, town: Town) -> None:
    number = await town.offers_work(state=OpeningState.HELD)
    away = await town.offers_work(county=None, town=None, away="北京")
    here, elsewhere = await clerk(Role.STAFF, "清河县"), await clerk(Role.SUPERVISOR, "威县")
    for somebody, is_there in ((here, True), (elsewhere, False)):
        seen = await somebody.opens("/console/openings")
        assert (">电焊工</a>" in seen.text) is is_there
        exported = first_sheet((await somebody.opens("/console/openings/export")).body)
        assert exported.max_row == (2 if is_there else 1)
        for page in (f"/console/openings/{number}", f"/console/openings/{number}/edit"):
            assert ((await somebody.opens(page)).status == 200) is is_there
        home = (await somebody.opens("/console/")).text
        assert f"<b>{int(is_there)}</b>个岗位待核实" in home
        assert (await somebody.opens(f"/console/openings/{away}")).status == 404
        assert ("清河县" in (await somebody.opens("/console/openings/new")).text) is is_there
    await elsewhere.opens("/console/openings")
    for what in ("edit", "release", "hold", "fill", "close", "extend"):
        sent = await elsewhere.sends(f"/console/openings/{number}/{what}", reason="x", **FORM)
        assert sent.status == 404, what
    seen = await elsewhere.sends("/console/openings/new", **FORM)
    assert "不在您负责的地区" in seen.text
    assert len(await town.openings.every_one()) == 2


async def test_an_opening_cannot_be_moved_out_of_ones_region(clerk: Come, town: Town) -> None:
    number = await town.offers_work(county="威县", town="洺州镇")
    opening = await town.openings.get(number)
    assert opening is not None
    somebody = await clerk(Role.STAFF, "威县")
    path = f"/console/openings/{number}/edit"
    await somebody.opens(path)
    seen = await somebody.sends(path, **FORM, digest=opening.digest)
    assert "不在您负责的地区" in seen.text
    assert await town.openings.get(number) == opening


async def test_an_export_calculates_nothing(clerk: Come, town: Town) -> None:
    for formula in FORMULAS:
        await town.offers_work(title=formula, employer=formula, description=formula)
    somebody = await clerk(Role.STAFF)
    seen = await somebody.opens("/console/openings/export")
    cells = [cell for row in first_sheet(seen.body).iter_rows(min_row=2) for cell in row]
    found = [cell for cell in cells if cell.value in FORMULAS]
    assert len(found) == 3 * len(FORMULAS)
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in found)


async def test_what_is_exported_is_what_is_filtered_and_is_in_the_audit(
    clerk: Come, mixed: None, audit: Audit
) -> None:
    somebody = await clerk(Role.STAFF)
    seen = await somebody.opens("/console/openings/export?county=威县")
    assert first_sheet(seen.body).max_row == 2
    assert "attachment" in seen.headers["Content-Disposition"]
    [entry] = await audit.latest(1)
    assert (entry.action, dict(entry.detail)["rows"]) == ("openings_export", 1)
    assert first_sheet((await somebody.opens("/console/openings/template")).body)["A1"].value


async def test_filters_are_kept_by_name_for_oneself(clerk: Come, mixed: None) -> None:
    one, other = await clerk(Role.STAFF), await clerk(Role.STAFF)
    await one.opens("/console/openings?county=威县")
    form = {"name": "威县的<b>", "page": "/console/openings", "query": "county=%E5%A8%81&page=7"}
    seen = await one.sends("/console/bookmarks", **form)
    assert seen.address == "/console/openings?county=%E5%A8%81"
    assert "威县的&lt;b&gt;" in (await one.opens("/console/openings")).text
    assert "威县的" not in (await other.opens("/console/openings")).text
    assert (await other.sends("/console/bookmarks/1/drop")).status == 404
    for page in ("javascript:alert(1)", "//evil.example", "/console/staff", ""):
        assert (await one.sends("/console/bookmarks", name="x", page=page)).status == 409
    await one.sends("/console/bookmarks/1/drop")
    assert "威县的" not in (await one.opens("/console/openings")).text


async def test_no_telephone_of_a_seeker_is_on_a_page_of_openings(clerk: Come, town: Town) -> None:
    number = await town.offers_work()
    await town.registers("web:1")
    await town.applies("web:1", number, shares=True)
    somebody = await clerk(Role.ADMIN)
    assert PHONE not in (await somebody.opens(f"/console/openings/{number}")).text
