"""A visitor asks for a person; a person comes, answers, and goes. In two browsers, over the whole
service."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.service import Process
from tests.webchat.visitor import PHONE, WATCH, Visitor

from .clerk import PASSWORD, Clerk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PAGES = ("", "tickets", "tickets/1", "account", "staff", "staff/1", "switches", "audit",
         "campaigns")  # fmt: skip


async def hears(visitor: Visitor, words: str) -> None:
    await expect(visitor.page.locator(".said").last).to_contain_text(words)


async def test_a_person_answers(
    office: Process, office_url: str, chrome: Browser, admin: Clerk, tmp_path: Path
) -> None:
    context = await chrome.new_context(viewport=PHONE, locale="zh-CN")
    await context.add_init_script(WATCH)
    visitor = Visitor(await context.new_page())
    await visitor.comes(office_url)
    await visitor.types("人工")
    await hears(visitor, "一两句话")
    await visitor.types("<b>工资</b>拖了三个月，电话 13000000000")
    await hears(visitor, "编号1")

    await admin.opens("")
    await admin.sees("1个工单等人接")
    await admin.page.get_by_role("link", name="工单等人接").click()
    await admin.sees("<b>工资</b>拖了三个月，电话 130****0000")
    await admin.follows("1")
    await admin.presses("我来接")
    await admin.sees("已接")
    await hears(visitor, "来了")

    await visitor.types("在吗")
    await expect(admin.page.locator("#talk")).to_contain_text("在吗")
    await admin.fills(text="在，您先说说在哪个县？")
    await admin.presses("发送")
    await visitor.sees("〔管理员〕在，您先说说在哪个县？")
    await admin.looks_at(PAGES, tmp_path)
    await admin.opens("switches")
    switches = await admin.page.locator("tr[data-row] td:first-child").all_inner_texts()
    assert len(switches) > 10
    assert not [name for name in switches if re.search("[a-z]{3}", name)]

    await admin.opens("tickets/1")
    await admin.page.get_by_label("结果").select_option("已答复")
    await admin.presses("办结")
    await admin.sees("已办结")
    await hears(visitor, "先忙别的去了")
    await visitor.types("菜单")
    await hears(visitor, "随时可以说")
    assert visitor.errors == []
    await context.close()
    log = await asyncio.to_thread(office.log.read_text, encoding="utf-8")
    [session] = [it["value"] for it in await admin.page.context.cookies() if it["name"] == "staff"]
    for secret in ("13000000000", "工资", PASSWORD, session):
        assert secret not in log


async def test_on_a_phone_the_menu_opens_by_a_key(admin: Clerk) -> None:
    await admin.page.set_viewport_size({"width": 390, "height": 844})
    await admin.opens("tickets")
    menu = admin.page.locator("details.menu")
    link = menu.get_by_role("link", name="审计", exact=True)
    await expect(link).to_be_hidden()
    await menu.locator("summary").press("Enter")
    await link.click()
    await admin.sees("校验审计链")
