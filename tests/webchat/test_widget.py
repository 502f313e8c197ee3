"""The chat on the bureau's own site."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, FrameLocator, Page, expect

from bot.channels.webchat.routes import WebChatSettings
from tests.service import free_port

from .service import Service, words

pytestmark = pytest.mark.browser

WORDS = words()
TITLE = WORDS["widget_title"]


@asynccontextmanager
async def bureau(hotline: str, port: int) -> AsyncIterator[None]:
    """The bureau's site: one page with the widget, under a strict policy of its own."""

    async def page(request: web.Request) -> web.Response:
        html = (
            '<!doctype html><html lang="zh-CN"><title>人社局</title><h1>人社局</h1>'
            f'<script src="{hotline}/widget.js" async></script>'
        )
        policy = f"default-src 'none'; script-src {hotline}; frame-src {hotline}; img-src 'self'"
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=html, content_type="text/html", headers=headers)

    async def icon(request: web.Request) -> web.Response:
        return web.Response(content_type="image/x-icon")

    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/favicon.ico", icon)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def bureau_page(
    start: Callable[..., Awaitable[Service]], chrome: Browser
) -> AsyncIterator[Open]:
    """The bureau's page in a browser; at the end nothing was refused or failed."""
    errors: list[str] = []
    async with AsyncExitStack() as stack:

        async def open_one(host: str = "127.0.0.1", may_frame: bool = True, **context: Any) -> Page:
            port, hotline_port = free_port(), free_port()
            hotline = f"http://127.0.0.1:{hotline_port}"
            own = f"http://{host}:{port}"
            settings = WebChatSettings(
                trust_proxy=True,
                origins=frozenset({hotline}),
                embedders=frozenset({own} if may_frame else {}),
            )
            await start(settings, port=hotline_port)
            await stack.enter_async_context(bureau(hotline, port))
            own_context = await chrome.new_context(**context)
            stack.push_async_callback(own_context.close)
            page = await own_context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda entry: entry.type == "error" and errors.append(entry.text))
            await page.goto(own)
            return page

        yield open_one
    if not any("frame-ancestors" in error for error in errors):
        assert errors == []


def chat_in(page: Page) -> FrameLocator:
    return page.frame_locator(f"iframe[title='{TITLE}']")


async def open_chat(page: Page) -> FrameLocator:
    await page.get_by_role("button", name=WORDS["widget_open"]).click()
    chat = chat_in(page)
    await expect(chat.locator("body[data-state=ready]")).to_be_visible()
    return chat


async def ask(chat: FrameLocator, text: str) -> None:
    box = chat.get_by_label(WORDS["input"])
    await box.fill(text)
    await box.press("Enter")
    await expect(chat.get_by_text(f"听到：{text}", exact=True)).to_be_visible()


async def test_the_bureaus_page_opens_the_chat(bureau_page):
    page = await bureau_page()
    chat = await open_chat(page)
    await ask(chat, "有补贴吗")
    await expect(page.get_by_role("dialog", name=TITLE)).to_be_visible()


@pytest.mark.parametrize("https", [False, True])
async def test_the_chat_is_found_again_on_the_bureaus_next_page(bureau_page, https):
    # Over https the two sites may be strangers to each other (localhost is another site than
    # 127.0.0.1); the cookie is then kept for the pair of them.
    context = {"extra_http_headers": {"X-Forwarded-Proto": "https"}} if https else {}
    page = await bureau_page("localhost" if https else "127.0.0.1", **context)
    await ask(await open_chat(page), "有补贴吗")
    [cookie] = await page.context.cookies()
    assert cookie["secure"] == https
    assert cookie["sameSite"] == ("None" if https else "Lax")
    await page.reload()
    chat = await open_chat(page)
    await expect(chat.get_by_text("听到：有补贴吗", exact=True)).to_be_visible()


async def test_the_keyboard_opens_and_closes_it(bureau_page):
    page = await bureau_page()
    launcher = page.get_by_role("button", name=WORDS["widget_open"])
    await expect(launcher).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(launcher).to_be_focused()
    await page.keyboard.press("Enter")
    chat = chat_in(page)
    await expect(chat.locator("body[data-state=ready]")).to_be_visible()
    await expect(page.locator("iframe")).to_be_focused()
    await chat.get_by_label(WORDS["input"]).press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(launcher).to_be_focused()


async def test_a_button_closes_it_and_the_conversation_stays(bureau_page):
    page = await bureau_page()
    chat = await open_chat(page)
    await ask(chat, "有补贴吗")
    await page.get_by_role("button", name=WORDS["widget_close"]).click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    chat = await open_chat(page)
    await expect(chat.get_by_text("听到：有补贴吗", exact=True)).to_be_visible()


@pytest.mark.parametrize(("width", "whole"), [(320, True), (1366, False)])
async def test_on_a_phone_it_takes_the_whole_screen(bureau_page, width, whole):
    page = await bureau_page(viewport={"width": width, "height": 700})
    await open_chat(page)
    box = await page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == ((width, 700) if whole else (420, 660))


async def test_a_site_that_was_not_agreed_cannot_frame_it(bureau_page):
    page = await bureau_page(may_frame=False)
    await page.get_by_role("button", name=WORDS["widget_open"]).click()
    await page.wait_for_timeout(500)
    await expect(chat_in(page).locator("#input")).to_have_count(0)
