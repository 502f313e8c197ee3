"""Whose browser it is: cookies, shared computers, other tabs."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import async_playwright, expect

from .browser import QUIET, chromium_path
from .visitor import WORDS

pytestmark = pytest.mark.browser


async def test_on_a_shared_computer_the_next_person_finds_nothing(service, visit):
    visitor = await visit(service.url)
    await visitor.types("这是我的事")
    await visitor.sees("听到：这是我的事")
    await visitor.page.locator("summary").click()
    await visitor.presses(WORDS["forget"])
    await expect(visitor.page.locator(".said")).to_have_count(0)
    await visitor.is_connected()
    await visitor.types("我是另一个人")
    await visitor.sees("听到：我是另一个人")
    assert await visitor.conversation() == ["我是另一个人", "听到：我是另一个人"]
    assert len({event.urn for event in service.echo.heard}) == 2


async def test_a_lost_cookie_is_a_new_visitor_without_a_word(service, visit):
    visitor = await visit(service.url)
    await visitor.page.context.clear_cookies()
    async with visitor.page.expect_event("load"):  # by itself
        await service.site.sockets.close()
    await visitor.is_connected()
    await visitor.types("你好")
    await visitor.sees("听到：你好")


async def test_a_browser_that_takes_no_cookies_is_told_so(service, tmp_path):
    profile = tmp_path / "Default"
    profile.mkdir()
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (profile / "Preferences").write_text(json.dumps(blocked))
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=chromium_path(), args=QUIET
        )
        page = await context.new_page()
        await page.goto(service.url)
        await expect(page.locator("#state")).to_have_text(WORDS["cookies"])
        await context.close()


async def test_in_another_tab_too_the_next_person_finds_nothing(service, visit):
    one = await visit(service.url)
    two = await visit(service.url, one.page.context)
    await one.types("这是我的事")
    await two.sees("听到：这是我的事")
    await one.page.locator("summary").click()
    await one.presses(WORDS["forget"])
    await expect(two.page.locator(".said")).to_have_count(0)
    await two.is_connected()
    await two.types("我是另一个人")
    await one.sees("听到：我是另一个人")
