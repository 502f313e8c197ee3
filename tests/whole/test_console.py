"""A visitor asks for a person; a person comes, answers, and goes. In two browsers, over the whole
service."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.service import Process, hotline
from tests.webchat.browser import chromium
from tests.webchat.visitor import PHONE, WATCH, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

DESK = {"width": 1366, "height": 768}
PASSWORD = "ganz-neues-wort-7"
WITHIN = 30_000  # milliseconds, on a busy machine


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Process]:
    folder = tmp_path_factory.mktemp("console")
    with hotline(folder, SEMANTIC="false", DESK_HOURS="0:00-24:00") as service:
        await service.start_beside()
        yield service
        await asyncio.to_thread(service.stop)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


def url_of(service: Process) -> str:
    return f"http://127.0.0.1:{service.port}/"


class Clerk:
    """Somebody at the console; notes every error a page makes."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda it: self._note(it.type, f"{it.text} {it.location}"))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.errors.append(text)

    async def opens(self, path: str) -> None:
        await self.page.goto(f"{self.url}console/{path}")

    async def fills(self, **fields: str) -> None:
        for name, value in fields.items():
            await self.page.locator(f"main [name={name}]").first.fill(value)

    async def presses(self, label: str) -> None:
        await self.page.get_by_role("button", name=label, exact=True).first.click()

    async def sees(self, text: str) -> None:
        await expect(self.page.locator("main")).to_contain_text(text, timeout=WITHIN)


@pytest_asyncio.fixture(loop_scope="module")
async def admin(service: Process, browser: Browser) -> AsyncIterator[Clerk]:
    """The admin that the first start has made, signed in for the first time."""
    log = await asyncio.to_thread(service.log.read_text, encoding="utf-8")
    first = re.search(r"一次性密码：([a-z0-9-]+)", log)
    assert first
    context = await browser.new_context(viewport=DESK, locale="zh-CN")
    await context.add_init_script(WATCH)
    clerk = Clerk(await context.new_page(), url_of(service))
    await clerk.opens("tickets")
    await clerk.fills(login="admin", password=first[1])
    await clerk.presses("登录")
    await clerk.fills(old=first[1], new=PASSWORD, again=PASSWORD)
    await clerk.presses("保存")
    await clerk.sees("密码已修改")
    yield clerk
    assert clerk.errors == []
    assert await clerk.page.evaluate("violations") == []
    await context.close()


async def hears(visitor: Visitor, words: str) -> None:
    await expect(visitor.page.locator(".said").last).to_contain_text(words, timeout=WITHIN)


async def test_a_person_answers(service: Process, browser: Browser, admin: Clerk) -> None:
    context = await browser.new_context(viewport=PHONE, locale="zh-CN")
    await context.add_init_script(WATCH)
    visitor = Visitor(await context.new_page())
    await visitor.comes(url_of(service))
    await visitor.types("人工")
    await hears(visitor, "一两句话")
    await visitor.types("<b>工资</b>拖了三个月，电话 13000000000")
    await hears(visitor, "编号1")

    await admin.opens("")
    await admin.sees("1个工单等人接")
    await admin.page.get_by_role("link", name="工单等人接").click()
    await admin.sees("<b>工资</b>拖了三个月，电话 130****0000")
    await admin.page.get_by_role("link", name="1", exact=True).click()
    await admin.presses("我来接")
    await admin.sees("已接")
    await hears(visitor, "来了")

    await visitor.types("在吗")
    await expect(admin.page.locator("#talk")).to_contain_text("在吗", timeout=WITHIN)
    await admin.fills(text="在，您先说说在哪个县？")
    await admin.presses("发送")
    await visitor.sees("〔管理员〕在，您先说说在哪个县？")

    await admin.page.get_by_label("结果").select_option("已答复")
    await admin.presses("办结")
    await admin.sees("已办结")
    await hears(visitor, "先忙别的去了")
    await visitor.types("菜单")
    await hears(visitor, "随时可以说")
    assert visitor.errors == []
    await context.close()
