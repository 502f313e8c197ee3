"""Somebody looks for work with a phone: a sentence and a few taps, three openings, interest, the
service card. Over the whole service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.forks import fast
from tests.service import Process, hotline, prepared
from tests.webchat.visitor import PHONE, WATCH, Visitor

from .commands import Command

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Process]:
    folder = prepared(tmp_path_factory.mktemp("work"))
    with fast(hotline(folder, SEMANTIC="false")) as service:
        await service.start_beside()
        ended = await asyncio.to_thread(Command(folder), "demo")
        assert ended.code == 0, ended.err
        yield service
        await asyncio.to_thread(service.stop)


@pytest_asyncio.fixture(loop_scope="session")
async def seeker(service: Process, chrome: Browser) -> AsyncIterator[Visitor]:
    context = await chrome.new_context(viewport=PHONE, locale="zh-CN")
    await context.add_init_script(WATCH)
    seeker = Visitor(await context.new_page())
    await seeker.comes(f"http://127.0.0.1:{service.port}/")
    yield seeker
    assert seeker.errors == []
    assert await seeker.violations() == []
    await context.close()


async def hears(seeker: Visitor, words: str) -> str:
    last = seeker.page.locator(".said").last
    await expect(last).to_contain_text(words)
    return await last.inner_text()


async def taps(seeker: Visitor, label: str) -> None:
    await seeker.page.get_by_role("button", name=label, exact=True).last.click()


async def test_a_wish_becomes_three_openings_an_application_and_a_card(seeker: Visitor) -> None:
    await seeker.types("俺想在清河找个包装的活，管住")
    await hears(seeker, "同意登记吗")
    await taps(seeker, "同意")
    await hears(seeker, "全职、兼职")
    await taps(seeker, "全职")
    await hears(seeker, "工资")
    await seeker.types("一个月三千五往上")
    await hears(seeker, "说得对吗")
    summary = "\n".join((await seeker.conversation())[-2:])
    assert "包装工" in summary
    assert "清河县" in summary
    assert "3500" in summary
    await taps(seeker, "对")
    offered = await hears(seeker, "① ")
    assert "③ " in offered
    assert "合适的地方" in offered
    await taps(seeker, "① 感兴趣")
    await hears(seeker, "同意")
    await taps(seeker, "不同意")
    await hears(seeker, "记下")
    await seeker.types("我的服务卡")
    assert "感兴趣，已报给工作人员" in await hears(seeker, "您的服务卡（")


async def test_openings_are_looked_through_without_registering(seeker: Visitor) -> None:
    await seeker.types("清河有没有包装的活")
    found = await hears(seeker, "清河县")
    assert "【示例】" in found
    await seeker.types("我的服务卡")
    await hears(seeker, "还没有")
