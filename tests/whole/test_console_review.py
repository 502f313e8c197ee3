"""A supervisor looks at what was said: finds it, reads why, judges it, and sees the figures. In a
browser, over the whole service."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.webchat.browser import WITHIN
from tests.webchat.visitor import Visitor

from .clerk import Clerk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ASKED = ("灵活就业社保补贴怎么申请", "<img src=x onerror=alert(1)>驾校学费给报销不")
PAGES = ("talks", "talks?q=驾校", "figures", "figures/report?month=2026-01", "points",
         "plans", "unanswered", "changes")  # fmt: skip


async def somebody_asks(browser: Browser, url: str) -> None:
    context = await browser.new_context(locale="zh-CN")
    visitor = Visitor(await context.new_page())
    await visitor.comes(url)
    said = visitor.page.locator(".said")
    await visitor.types(ASKED[0])  # after the greeting comes the answer
    await expect(said.last).to_contain_text("社保补贴")
    heard = await said.count()
    await visitor.types(ASKED[1])
    await expect(said.nth(heard + 1)).to_be_visible(timeout=WITHIN)  # after the words, an answer
    await context.close()


async def is_found(admin: Clerk) -> None:
    """What was said is indexed by and by."""
    async with asyncio.timeout(WITHIN / 1000):
        await admin.opens("talks?q=驾校")
        while not await admin.page.locator("mark").count():
            await asyncio.sleep(0.2)
            await admin.page.reload()


async def test_a_supervisor_reads_and_judges(
    office_url: str, chrome: Browser, admin: Clerk, tmp_path: Path
) -> None:
    await somebody_asks(chrome, office_url)
    page = admin.page
    await is_found(admin)
    await admin.opens("talks")
    await page.keyboard.press("/")
    await page.keyboard.type("驾校")
    await page.keyboard.press("Enter")
    await expect(page.locator("mark").first).to_have_text("驾校")
    await page.locator("[data-row] a").first.click()
    await admin.sees(ASKED[1])
    await page.locator("details.reasons summary").first.click()
    await admin.sees("可能的政策")
    for name in ("correct", "complete", "kind", "in_time"):
        await page.locator(f"input[name={name}][value='1']").check()
    await admin.presses("保存评分")
    await admin.sees("4/8")
    await page.get_by_label("新标签").fill("要改")
    await admin.presses("贴上")
    await expect(page.get_by_role("button", name="去掉标签 要改")).to_be_visible(timeout=WITHIN)
    await admin.fills(text="补上驾校的答案", due="2030-01-01")
    await admin.presses("保存")
    one = page.url.partition("/console/")[2].partition("?")[0]
    await admin.opens("points")
    await admin.sees("补上驾校的答案")
    await admin.opens("talks?label=要改")
    await admin.sees_rows(1)
    await page.locator("tr[data-row] td").nth(1).click()  # a row leads where its number leads
    await page.wait_for_url("**/talks/*label=*")
    await admin.follows("回列表")
    await page.get_by_text("保存和导出").click()
    await page.locator("input[name=name]").fill("我要改的")
    await admin.presses("存下来")
    await expect(page.get_by_role("link", name="我要改的")).to_be_visible(timeout=WITHIN)
    await admin.opens("figures")
    await page.locator(".tile", has_text="说话次数").click()
    await expect(page.locator("tr[data-row]").first).to_be_visible(timeout=WITHIN)
    await admin.looks_at((one, *PAGES), tmp_path)
