"""Files of openings at the console: looked at, taken in, and harmless whatever is in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Awaitable, Callable

import pytest

from bot.records.audit import Audit
from bot.records.database import Database
from bot.records.staff import Role
from dialogs.work import OpeningState

from .client import Clerk, Seen
from .conftest import Clock
from .work import ATTACKS, FORM, HEAD, Town, book, runs_nothing

Come = Callable[..., Awaitable[Clerk]]


@pytest.fixture
def town(database: Database, clock: Clock) -> Town:
    return Town.of(database, clock)


async def look_at(somebody: Clerk, name: str, body: bytes) -> Seen:
    await somebody.opens("/console/openings/import")
    return await somebody.uploads("/console/openings/import", name, body)


def token_in(seen: Seen) -> str:
    return seen.text.partition('name="token" value="')[2].partition('"')[0]


async def test_a_file_is_looked_at_and_then_taken_in(clerk: Come, town: Town, audit: Audit) -> None:
    rows = (("缝纫工", "示例服装厂", "清河", "200元/天", ""), ("电工", "", "威县", "高薪", ""),
            ("保洁", "示例物业", "威县", "2000", "入职交押金"))  # fmt: skip
    somebody = await clerk(Role.STAFF)
    seen = await look_at(somebody, "三月.xlsx", book(HEAD, *rows))
    assert "什么都没有改" in seen.text
    assert "三月.xlsx" in seen.text
    for words in ("新增 2", "没有收下 1", "没有写用人单位", "看不懂薪资“高薪”", "押金"):
        assert words in seen.text, words
    assert await town.openings.every_one() == []
    done = await somebody.sends("/console/openings/import/confirm", token=token_in(seen))
    assert "导入完成" in done.text
    assert "有 1 个岗位要先核实" in done.text
    states = {it.title: it.state for it in await town.openings.every_one()}
    assert states == {"缝纫工": OpeningState.OPEN, "保洁": OpeningState.HELD}
    again = await somebody.sends("/console/openings/import/confirm", token=token_in(seen))
    assert again.status == 409
    seen = await look_at(somebody, "三月.xlsx", book(HEAD, *rows))
    assert "没有变化 2" in seen.text
    entry = next(it for it in await audit.latest(9) if it.action == "openings_import")
    assert dict(entry.detail)["new"] == 2


async def test_nobody_confirms_anothers_file(clerk: Come, town: Town) -> None:
    one, other = await clerk(Role.STAFF), await clerk(Role.STAFF)
    seen = await look_at(one, "a.xlsx", book(HEAD, ("工", "厂", "清河县", "面议", "")))
    await other.opens("/console/openings")
    for token in (token_in(seen), "", "*"):
        sent = await other.sends("/console/openings/import/confirm", token=token)
        assert sent.status == 409
    assert await town.openings.every_one() == []


async def test_a_file_touches_nothing_outside_of_ones_region(clerk: Come, town: Town) -> None:
    number = await town.offers_work(town=None)
    row = ("电焊工", "示例机械厂", "清河县", "9000", "")
    somebody = await clerk(Role.STAFF, "威县")
    seen = await look_at(somebody, "a.xlsx", book(HEAD, row, ("工", "厂", "威县", "面议", "")))
    assert "不在您负责的地区" in seen.text
    await somebody.sends("/console/openings/import/confirm", token=token_in(seen))
    opening = await town.openings.get(number)
    assert opening is not None
    assert opening.pay_min == 4000
    assert [it.county for it in await town.openings.every_one()] == ["清河县", "威县"]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (80 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (bomb(), "展开后超过"),
        (b"MZ\x90\x00\xff\xfe\x81", "没有找到表头|编码|打不开"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Excel"),
        (b"PK\x03\x04broken", "打不开"),
        ("甲,乙\n1,2\n".encode(), "没有找到表头"),
        (b"x" * (6 * 1024 * 1024), "太大"),
    ],
    ids=["bomb", "program", "xls", "broken", "no heading", "large"],
)
async def test_what_is_no_table_is_refused_kindly(clerk: Come, body: bytes, why: str) -> None:
    somebody = await clerk(Role.STAFF)
    seen = await look_at(somebody, "../../etc/passwd", body)
    assert seen.status == 409
    assert any(it in seen.text for it in why.split("|"))
    assert '<a class="button" href="/console/openings/import">返回' in seen.text


async def test_a_form_without_a_file_is_refused(clerk: Come) -> None:
    somebody = await clerk(Role.STAFF)
    await somebody.opens("/console/openings/import")
    assert (await somebody.sends("/console/openings/import")).status == 409


@pytest.mark.parametrize("attack", ATTACKS)
async def test_what_comes_from_outside_is_shown_and_never_run(
    clerk: Come, town: Town, attack: str
) -> None:
    number = await town.offers_work(
        title=attack, employer=attack, contact=attack, description=attack, requirements=attack,
        hours=attack, address=attack, flags=(f"staff:{attack}",), state=OpeningState.HELD,
    )  # fmt: skip
    somebody = await clerk(Role.STAFF)
    row = (attack, attack, "清河县", attack, attack)
    good = (attack, "厂", "清河县", "面议", attack)
    trial = await look_at(somebody, f"{attack}.csv", book(HEAD, row, good))
    pages = ["", f"/{number}", f"/{number}/edit", f"?words={attack}&town={attack}&trade={attack}"]
    seen = [trial, *[await somebody.opens(f"/console/openings{it}") for it in pages]]
    for it in seen:
        assert it.status == 200
        assert runs_nothing(it.text)
        assert "{{" not in attack or ">49<" not in it.text
    await somebody.opens("/console/openings/new")
    form = dict.fromkeys(FORM, attack)
    assert runs_nothing((await somebody.sends("/console/openings/new", **form)).text)
