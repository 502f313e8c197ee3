"""A member of staff takes openings in, looks at the doubtful one, and sees somebody through to an
interview. In a browser, over the whole service."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Page, ViewportSize, expect

from bot.records.applications import Applications
from bot.records.database import Database
from bot.records.ledger import Ledger
from bot.records.seekers import Seekers
from bot.sheets import Sheet, write_book
from dialogs.work import Step, Wish
from tests.service import Process, hotline
from tests.webchat.browser import chromium
from tests.webchat.visitor import WATCH

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

DESK = ViewportSize(width=1366, height=768)
PHONE = ViewportSize(width=390, height=844)
TELEPHONE = "0319-0000000"
PASSWORD = "ganz-neues-wort-7"
WITHIN = 30_000  # milliseconds, on a busy machine
HEAD = ("岗位名称", "用人单位", "县区", "乡镇", "薪资", "招聘人数", "要求", "联系电话")
ROWS = (
    ("电焊工", "示例机械公司", "清河县", "葛仙庄镇", "5000-7000元/月", 5, "有证优先", TELEPHONE),
    ("<img src=x onerror=alert(1)>", "示例羊绒厂", "清河", "", "计件", 10, "", TELEPHONE),
    ("保洁员", "示例物业", "信都区", "", "2200", 2, "入职先交押金300元", TELEPHONE),
    ("库管", "", "任泽区", "", "面议", 1, "", ""),
)  # fmt: skip
WIDTH = "document.documentElement.scrollWidth"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Process]:
    folder = tmp_path_factory.mktemp("console")
    with hotline(folder, SEMANTIC="false") as service:
        await service.start_beside()
        yield service
        await asyncio.to_thread(service.stop)


@pytest_asyncio.fixture(loop_scope="module")
async def page(service: Process) -> AsyncIterator[Page]:
    """The console of the first admin; whatever a page does wrong fails the test."""
    wrong: list[str] = []
    async with chromium() as browser:
        context = await browser.new_context(viewport=DESK, locale="zh-CN")
        await context.add_init_script(WATCH)
        page = await context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda it: wrong.append(it.text) if it.type == "error" else None)
        await _sign_in(page, service)
        yield page
        assert wrong == []
        assert await page.evaluate("violations") == []


async def _sign_in(page: Page, service: Process) -> None:
    log = await asyncio.to_thread(service.log.read_text, encoding="utf-8")
    first = re.search(r"一次性密码：([a-z0-9-]+)", log)
    assert first
    await page.goto(f"http://127.0.0.1:{service.port}/console/")
    for name, value in {"login": "admin", "password": first[1]}.items():
        await page.locator(f"main [name={name}]").fill(value)
    await page.get_by_role("button", name="登录", exact=True).click()
    for name, value in {"old": first[1], "new": PASSWORD, "again": PASSWORD}.items():
        await page.locator(f"main [name={name}]").fill(value)
    await page.get_by_role("button", name="保存", exact=True).click()
    await sees(page, "密码已修改")


async def sees(page: Page, text: str) -> None:
    await expect(page.locator("main")).to_contain_text(text, timeout=WITHIN)


async def presses(page: Page, label: str) -> None:
    await page.get_by_role("button", name=label, exact=True).first.click()


async def follows(page: Page, label: str) -> None:
    await page.get_by_role("link", name=label, exact=True).first.click()


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


async def test_from_a_sheet_to_an_interview(service: Process, page: Page, tmp_path: Path) -> None:
    shots = Path(tmp_path)
    await follows(page, "岗位")
    await follows(page, "从 Excel 导入")
    book = write_book([Sheet("岗位", HEAD, ROWS)])
    sheet = FilePayload(name="三月<b>.xlsx", mimeType="", buffer=book)
    await page.locator("[name=file]").set_input_files(sheet)
    await presses(page, "试读")
    for words in ("什么都没有改", "新增 3", "没有收下 1", "没有写用人单位"):
        await sees(page, words)
    await page.screenshot(path=shots / "report.png", full_page=True)
    await presses(page, "确认导入")
    await sees(page, "导入完成")

    await follows(page, "去核实")
    await page.wait_for_url("**/console/openings?state=held")
    await page.wait_for_load_state()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await sees(page, "押金")
    await page.screenshot(path=shots / "held.png", full_page=True)
    await presses(page, "核实无误，放行")
    await sees(page, "招聘中")

    await somebody_applies(service)
    await follows(page, "首页")
    await sees(page, "1个报名待联系单位")
    await follows(page, "报名")
    await sees(page, "王小明")
    await sees(page, "收不到消息")
    await page.get_by_text("挪到下一步", exact=True).click()
    await page.get_by_label("到哪一步").select_option("约了面试")
    await page.get_by_label("告诉本人的话").fill("周三上午九点到厂门口")
    await presses(page, "挪过去，告诉本人")
    await expect(page.locator("[aria-labelledby=step-interview]")).to_contain_text("周三上午九点")
    assert await step_of(service) is Step.INTERVIEW
    await looks_right(page, shots)


async def looks_right(page: Page, shots: Path) -> None:
    """Every page at both widths: nothing sticks out at the side."""
    paths = ("openings", "openings/1", "openings/1/edit", "openings/import", "seekers", "seekers/1",
             "seekers/1/card", "lists/demand", "lists/supply", "applications")  # fmt: skip
    for size in (DESK, PHONE):
        await page.set_viewport_size(size)
        for path in paths:
            await page.goto(re.sub(r"/console/.*", f"/console/{path}", page.url))
            assert await page.evaluate(WIDTH) <= size["width"], f"{path} at {size['width']}"
            name = f"{path.replace('/', '-')}-{size['width']}.png"
            await page.screenshot(path=shots / name, full_page=True)
