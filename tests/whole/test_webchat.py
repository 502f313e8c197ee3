"""The whole hotline as a process, and a visitor's browser at the other end."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.forks import fast
from tests.service import ROOT, Process, hotline, prepared
from tests.whole.records import Records, Row, until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "电焊培训一天补多少钱"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1366, "height": 768}
PICTURES = ROOT / "deploy" / "pictures"

LETTERS = """() => Array.from(document.querySelectorAll("#log .letter"), (letter) => [
  letter.classList.contains("me") ? "me" : "hotline",
  letter.querySelector(".said").textContent,
])"""

TO_THE_TOP = "(said) => view.scrollTop = said.closest('.letter').offsetTop - 12"


class Visitor:
    """Somebody with the page open; notes every error it makes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.lost_the_line: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda entry: self._note(entry.type, entry.text))

    async def is_connected(self) -> None:
        await expect(self.page.locator("body[data-state=ready]")).to_be_visible()

    async def says(self, text: str) -> None:
        await self.page.get_by_label("请输入您想问的话").fill(text)
        await self.page.keyboard.press("Enter")

    async def presses(self, label: str) -> None:
        await self.page.get_by_role("button", name=label, exact=True).last.click()

    async def is_answered(self, words: str) -> None:
        """The last letter is the hotline's and has these words."""
        answer = self.page.locator("#log .letter").last
        await expect(answer).to_have_class(re.compile("hotline"))
        await expect(answer.locator(".said")).to_contain_text(words)

    async def letters(self) -> list[tuple[str, str]]:
        return [(who, text) for who, text in await self.page.evaluate(LETTERS)]

    def _note(self, kind: str, text: str) -> None:
        if "WebSocket connection to" in text:  # what Chromium says of a server that is not there
            self.lost_the_line.append(text)
        elif kind in ("error", "warning"):
            self.errors.append(text)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Process]:
    folder = prepared(tmp_path_factory.mktemp("web"))
    with fast(hotline(folder, SEMANTIC="false", LOG_LEVEL="debug")) as service:
        await service.start_beside()
        yield service
        await asyncio.to_thread(service.stop)


@pytest.fixture(scope="module")
def records(service: Process) -> Records:
    return Records(Path(service.settings["VAR_DIR"]) / "hotline.db")


@asynccontextmanager
async def visiting(chrome: Browser, service: Process, **how: Any) -> AsyncIterator[Visitor]:
    how = {"viewport": PHONE, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **how}
    context = await chrome.new_context(**how)
    visitor = Visitor(await context.new_page())
    await visitor.page.goto(f"http://127.0.0.1:{service.port}/")
    await visitor.is_connected()
    yield visitor
    assert visitor.errors == []
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(chrome: Browser, service: Process) -> AsyncIterator[Visitor]:
    async with visiting(chrome, service) as visitor:
        yield visitor


async def test_a_question_is_answered_with_its_source_and_a_person_can_be_reached(
    visitor: Visitor, records: Records, tmp_path: Path
) -> None:
    await visitor.says(QUESTION)
    await visitor.is_answered("100元")
    (mine, asked), (_, greeting), (_, answer) = await visitor.letters()
    assert (mine, asked) == ("me", QUESTION)
    assert "我是自动回答的机器人" in greeting
    assert "来源：《强化“造血”功能" in answer
    assert "2019-04-19" in answer
    await visitor.page.screenshot(path=tmp_path / "answer-390.png")

    await visitor.presses("原文")
    await visitor.is_answered("网址：https://")
    await expect(visitor.page.locator("#log a").last).to_have_attribute(
        "href", re.compile("^https://")
    )
    await visitor.presses("找人工")
    await visitor.is_answered("已经记下了，编号")
    spoke = [who for who, _ in await visitor.letters()]
    assert spoke == ["me", "hotline", "hotline", "me", "hotline", "me", "hotline"]
    assert visitor.lost_the_line == []

    urn = await _urn(visitor, records)
    await until(lambda: len(records.said(urn)) == 4 and _all_sent(records.said(urn)))
    assert records.heard(urn)[0]["text"] == QUESTION
    [ticket] = records.rows("tickets", urn)
    assert (ticket["topic"], "skills-training" in ticket["context"]) == (QUESTION, True)


async def test_after_a_reload_everything_is_there_and_the_talk_goes_on(visitor: Visitor) -> None:
    await visitor.says(QUESTION)
    await visitor.is_answered("100元")
    before = await visitor.letters()
    await visitor.page.reload()
    await visitor.is_connected()
    assert await visitor.letters() == before
    await visitor.presses("有用")
    await visitor.is_answered("谢谢")
    assert (await visitor.letters())[: len(before)] == before
    assert len(await visitor.letters()) == len(before) + 2


async def test_a_killed_service_loses_nothing_and_says_nothing_twice(
    visitor: Visitor, service: Process, records: Records
) -> None:
    await visitor.says("你好")
    await visitor.is_answered("直接用大白话问我")
    await visitor.says(QUESTION)
    await asyncio.to_thread(service.kill)
    state = visitor.page.locator("#state")
    await expect(state).to_contain_text("正在重连")
    await visitor.says("转人工")
    await expect(visitor.page.locator(".letter.me").last).to_have_class(re.compile("waiting"))
    await visitor.page.get_by_label("请输入您想问的话").fill("还没写完")
    await until(lambda: bool(visitor.lost_the_line))  # the page has tried in vain
    await service.start_beside()
    await visitor.is_connected()
    await visitor.is_answered("已经记下了，编号")
    await expect(state).to_be_hidden()

    letters = await visitor.letters()
    assert [text for who, text in letters if who == "me"] == ["你好", QUESTION, "转人工"]
    answers = [text for who, text in letters if who == "hotline"]
    assert [_kind(text) for text in answers] == ["greeting", "hello", "answer", "ticket"]
    assert await visitor.page.get_by_label("请输入您想问的话").input_value() == "还没写完"
    await visitor.page.reload()
    await visitor.is_connected()
    assert await visitor.letters() == letters

    urn = await _urn(visitor, records)
    await until(lambda: len(records.said(urn)) == 4 and _all_sent(records.said(urn)))
    assert [row["text"] for row in records.heard(urn)] == ["你好", QUESTION, "转人工"]
    assert [row["text"] for row in records.said(urn)] == answers
    assert len(records.rows("tickets", urn)) == 1


async def test_the_picture_for_the_readme(
    chrome: Browser, service: Process, tmp_path: Path
) -> None:
    """Kept in deploy/pictures when PICTURES is set."""
    folder = PICTURES if os.environ.get("PICTURES") else tmp_path
    folder.mkdir(exist_ok=True)
    async with visiting(chrome, service, device_scale_factor=2) as visitor:
        await visitor.says("你好")
        await visitor.is_answered("直接用大白话问我")
        await visitor.says(QUESTION)
        await visitor.is_answered("100元")
        question = visitor.page.get_by_text(QUESTION).last
        await question.evaluate(TO_THE_TOP)
        for seen in (question, visitor.page.get_by_text("100元").last):
            await expect(seen).to_be_in_viewport()
        await visitor.page.screenshot(path=folder / "webchat.png")
    assert (folder / "webchat.png").stat().st_size > 20_000


async def test_on_a_wide_screen_the_lines_stay_short_enough_to_read(
    chrome: Browser, service: Process, tmp_path: Path
) -> None:
    async with visiting(chrome, service, viewport=DESK) as visitor:
        await visitor.says(QUESTION)
        await visitor.is_answered("100元")
        box = await visitor.page.locator(".letter.hotline .said").last.bounding_box()
        assert box is not None
        assert box["width"] < 760
        scroll = await visitor.page.evaluate("document.documentElement.scrollWidth")
        assert scroll == DESK["width"]
        await visitor.page.screenshot(path=tmp_path / "answer-1366.png")


async def test_nothing_in_the_log_tells_who_somebody_is(visitor: Visitor, service: Process) -> None:
    await visitor.says(f"我叫王五，电话13812345678，身份证130503199001011234，{QUESTION}")
    await visitor.is_answered("来源")
    log = service.log.read_text()
    cookies = await visitor.page.context.cookies()
    tokens = [cookie["value"] for cookie in cookies]
    assert tokens
    for secret in ("13812345678", "130503199001011234", "王五", *tokens):
        assert secret not in log
    assert "Traceback" not in log


def _kind(text: str) -> str:
    kinds = {
        "greeting": "我是自动回答的机器人",
        "hello": "直接用大白话问我",
        "answer": "100元",
        "ticket": "已经记下了，编号",
    }
    return next((kind for kind, words in kinds.items() if words in text), text)


async def _urn(visitor: Visitor, records: Records) -> str:
    """Whose page it is: the page knows the beginning."""
    begin = await visitor.page.locator("body").get_attribute("data-visitor")
    [urn] = [urn for urn in records.urns() if urn.startswith(f"web:{begin}")]
    return urn


def _all_sent(rows: list[Row]) -> bool:
    return all(row["delivery"] == "sent" for row in rows)
