"""A member of staff takes openings in, looks at the doubtful one, and sees somebody through to an
interview. In a browser, over the whole service."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, expect

from bot.records.applications import Applications
from bot.records.database import Database
from bot.records.ledger import Ledger
from bot.records.seekers import Seekers
from bot.sheets import Sheet, write_book
from dialogs.work import Step, Wish
from tests.service import Process

from .clerk import Clerk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TELEPHONE = "0319-0000000"
HEAD = ("岗位名称", "用人单位", "县区", "乡镇", "薪资", "招聘人数", "要求", "联系电话")
ROWS = (
    ("电焊工", "示例机械公司", "清河县", "葛仙庄镇", "5000-7000元/月", 5, "有证优先", TELEPHONE),
    ("<img src=x onerror=alert(1)>", "示例羊绒厂", "清河", "", "计件", 10, "", TELEPHONE),
    ("保洁员", "示例物业", "信都区", "", "2200", 2, "入职先交押金300元", TELEPHONE),
    ("库管", "", "任泽区", "", "面议", 1, "", ""),
)  # fmt: skip
PAGES = ("openings", "openings/1", "openings/1/edit", "openings/import", "seekers", "seekers/1",
         "seekers/1/card", "lists/demand", "lists/supply", "applications")  # fmt: skip


async def somebody_applies(service: Process) -> None:
    """As a chat would: a wish, a name, and an interest in the first opening."""
    database = await Database.open(f"sqlite:///{service.settings['VAR_DIR']}/hotline.db")
    sessions, now = database.sessions, lambda: datetime.now(UTC)
    await Ledger(sessions, now).register("desk:900", Wish(("电焊工",), ("清河县",)), "w")
    await Seekers(sessions, now).introduce("desk:900", "王小明", "13000000000")
    assert await Applications(sessions, now).apply("desk:900", 1, shares=True)
    await database.close()


async def step_of(service: Process) -> Step:
    database = await Database.open(f"sqlite:///{service.settings['VAR_DIR']}/hotline.db")
    [application] = await Applications(database.sessions, lambda: datetime.now(UTC)).of("desk:900")
    await database.close()
    return application.step


async def test_from_a_sheet_to_an_interview(office: Process, admin: Clerk, tmp_path: Path) -> None:
    page = admin.page
    await admin.follows("岗位")
    await admin.follows("从 Excel 导入")
    book = write_book([Sheet("岗位", HEAD, ROWS)])
    sheet = FilePayload(name="三月<b>.xlsx", mimeType="", buffer=book)
    await page.locator("[name=file]").set_input_files(sheet)
    await admin.presses("试读")
    for words in ("什么都没有改", "新增 3", "没有收下 1", "没有写用人单位"):
        await admin.sees(words)
    await admin.presses("确认导入")
    await admin.sees("导入完成")

    await admin.follows("去核实")
    await page.wait_for_url("**/console/openings?state=held")
    await page.wait_for_load_state()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await admin.sees("押金")
    await admin.presses("核实无误，放行")
    await admin.sees("招聘中")

    await somebody_applies(office)
    await admin.follows("首页")
    await admin.sees("1个报名待联系单位")
    await admin.follows("报名")
    await admin.sees("王小明")
    await admin.sees("收不到消息")
    await page.get_by_text("挪到下一步", exact=True).click()
    await page.get_by_label("到哪一步").select_option("约了面试")
    await page.get_by_label("告诉本人的话").fill("周三上午九点到厂门口")
    await admin.presses("挪过去，告诉本人")
    await expect(page.locator("[aria-labelledby=step-interview]")).to_contain_text("周三上午九点")
    assert await step_of(office) is Step.INTERVIEW
    await admin.looks_at(PAGES, tmp_path)
