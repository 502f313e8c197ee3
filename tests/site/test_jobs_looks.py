"""The public pages as a phone and a desk computer show them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, ViewportSize

from bot.records.openings import Openings
from bot.site.jobs import JobPages
from tests.wording import WORDS

from .test_jobs import COUNTIES, CRAFTS, NOW, TRADES, WELDER, openings_in

SMALL = """[...document.querySelectorAll("header a, button, select, summary, input[type=search],"
+ ".pages a, .contact a, .check")].filter(it => {
  const box = it.getBoundingClientRect(); return box.height > 0 && box.height < 44;
}).map(it => it.outerHTML)"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest_asyncio.fixture(loop_scope="session")
async def store(tmp_path: Path) -> AsyncIterator[Openings]:
    async with openings_in(tmp_path) as store:
        yield store


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(("width", "height"), [(360, 740), (1366, 768)])
async def test_they_fit_the_screen_and_can_be_used(
    store: Openings, chrome: Browser, width: int, height: int
) -> None:
    long = replace(WELDER, title="很长的岗位名称" * 8, employer="LongNameWithoutSpaces" * 4)
    many = [replace(CRAFTS, employer=f"示例{number}厂") for number in range(25)]
    await store.keep([WELDER, long, *many])
    app = web.Application()
    JobPages(store, lambda: WORDS, COUNTIES, TRADES, None, lambda: NOW).add_to(app)
    async with TestServer(app) as server:
        page = await chrome.new_page(viewport=ViewportSize(width=width, height=height))
        refused: list[str] = []
        page.on("console", lambda it: refused.append(it.text) if "Security" in it.text else None)
        for path in ("/jobs", "/jobs/2", "/jobs/999", "/jobs?page=2"):
            await page.goto(str(server.make_url(path)))
            assert await page.evaluate(WIDER) <= 0
            assert await page.evaluate(SMALL) == []
        await page.goto(str(server.make_url("/jobs")))
        await page.select_option("select[name=county]", "南和区")
        await page.check("input[name=housing]")
        await page.click("button")
        assert "county=" in page.url
        assert "housing=1" in page.url
        await page.click(".jobs >> text=电焊工")
        assert await page.inner_text("h1") == "电焊工"
        assert refused == []
        await page.close()
