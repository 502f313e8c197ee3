"""A supervisor looks at what was said: finds it, reads why, judges it, and sees the figures. In a
browser, over the whole service, with no serious fault of accessibility."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, ViewportSize, expect

from tests.service import Process, hotline
from tests.webchat.browser import chromium
from tests.webchat.visitor import WATCH, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

DESK = ViewportSize(width=1366, height=768)
PHONE = ViewportSize(width=390, height=844)
PASSWORD = "ganz-neues-wort-7"
WITHIN = 30_000  # milliseconds, on a busy machine
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
PAGES = ("talks", "talks/1", "talks?q=驾校", "figures", "figures/report?month=2026-01", "points",
         "plans", "unanswered", "changes")  # fmt: skip
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
        await _talks(service, await (await browser.new_context(locale="zh-CN")).new_page())
        context = await browser.new_context(viewport=DESK, locale="zh-CN")
        await context.add_init_script(WATCH)
        page = await context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda it: wrong.append(it.text) if it.type == "error" else None)
        await _sign_in(page, service)
        yield page
        assert wrong == []
        assert await page.evaluate("violations") == []


async def _talks(service: Process, page: Page) -> None:
    visitor = Visitor(page)
    await visitor.comes(f"http://127.0.0.1:{service.port}/")
    for words in ("灵活就业社保补贴怎么申请", "<img src=x onerror=alert(1)>驾校学费给报销不"):
        await visitor.types(words)
        await expect(page.locator(".said").last).not_to_have_text("", timeout=WITHIN)
        await page.wait_for_timeout(1500)


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


async def faults(page: Page) -> list[str]:
    """What axe-core finds that is serious."""
    await page.evaluate(AXE)
    found = await page.evaluate("axe.run()")
    return [
        f"{it['id']}: {node['html'][:150]}"
        for it in found["violations"]
        if it["impact"] in ("serious", "critical")
        for node in it["nodes"]
    ]


async def test_a_supervisor_reads_and_judges(
    service: Process, page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = f"http://127.0.0.1:{service.port}/console/"
    await page.goto(f"{url}talks")
    await expect(page.locator("tr[data-row]")).to_have_count(1, timeout=WITHIN)
    await page.keyboard.press("/")
    await page.keyboard.type("驾校")
    await page.keyboard.press("Enter")
    await expect(page.locator("mark").first).to_have_text("驾校", timeout=WITHIN)
    await page.locator("[data-row] a").first.click()
    await sees(page, "<img src=x onerror=alert(1)>驾校学费给报销不")
    await page.locator("details.reasons summary").first.click()
    await sees(page, "可能的政策")
    for name in ("correct", "complete", "kind", "in_time"):
        await page.locator(f"input[name={name}][value='1']").check()
    await page.get_by_role("button", name="保存评分").click()
    await sees(page, "4/8")
    await page.get_by_label("新标签").fill("要改")
    await page.get_by_role("button", name="贴上").click()
    await expect(page.get_by_role("button", name="去掉标签 要改")).to_be_visible(timeout=WITHIN)
    await page.locator("textarea[name=text]").fill("补上驾校的答案")
    await page.locator("input[name=due]").fill("2030-01-01")
    await page.get_by_role("button", name="保存", exact=True).click()
    await page.goto(f"{url}points")
    await sees(page, "补上驾校的答案")
    await page.goto(f"{url}talks?label=要改")
    await expect(page.locator("tr[data-row]")).to_have_count(1)
    await page.get_by_text("保存和导出").click()
    await page.locator("input[name=name]").fill("我要改的")
    await page.get_by_role("button", name="存下来").click()
    await expect(page.get_by_role("link", name="我要改的")).to_be_visible(timeout=WITHIN)
    await page.goto(f"{url}figures")
    await page.locator(".tile", has_text="来访人数").click()
    await expect(page.locator("tr[data-row]")).to_have_count(1, timeout=WITHIN)
    await _look(page, url, tmp_path_factory.mktemp("pictures"))


async def _look(page: Page, url: str, pictures: Path) -> None:
    """Every page, on both sizes of screen."""
    for size in (DESK, PHONE):
        await page.set_viewport_size(size)
        for path in PAGES:
            await page.goto(url + path)
            assert await faults(page) == [], path
            assert await page.evaluate(WIDTH) <= size["width"], path
            name = re.sub(r"\W+", "-", path)
            await page.screenshot(path=pictures / f"{name}-{size['width']}.png", full_page=True)
