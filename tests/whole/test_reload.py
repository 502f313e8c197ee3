"""An editor saves a file while the hotline runs: what visitors are told, and when."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import time
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from bot.reload import SETTLES_IN
from tests.forks import fast
from tests.load import SECRET, TOKEN, BotApi, Got, Poster, update
from tests.service import ROOT, Process, hotline, prepared
from tests.whole.records import until

pytestmark = [pytest.mark.process, pytest.mark.asyncio(loop_scope="module")]

QUESTION = "一次性创业补贴标准是多少"
FIGURE = re.compile(r"每人(\d{4})元")
RELOADS = 6
REFUSED = 'hotline_content_reloads_total{result="refused"}'
WITHIN = 80.0  # seconds, on a busy machine

_chats = count(900_001)


class Editor:
    """Somebody with the content folder open in an editor."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.policy = folder / "policies" / "startup-subsidy.md"
        self._text = (ROOT / "content" / "policies" / self.policy.name).read_text("utf-8")

    def written(self, figure: int) -> str:
        """The policy with another figure, in all places."""
        return self._text.replace("5000元", f"{figure}元")

    def saves(self, figure: int) -> float:
        """Save as editors do: write beside, then rename; the time of it."""
        beside = self.policy.with_name(".startup-subsidy.md.swp")
        beside.write_text(self.written(figure), "utf-8")
        beside.replace(self.policy)
        return time.perf_counter()

    async def writes(self, figure: int) -> float:
        """Save by and by, for more than a second; the longest rest, in seconds."""
        whole = self.written(figure).encode()
        longest, last = 0.0, time.perf_counter()
        with self.policy.open("wb", buffering=0) as file:
            for start in range(0, len(whole), len(whole) // 20):
                file.write(whole[start : start + len(whole) // 20])
                longest = max(longest, time.perf_counter() - last)
                last = time.perf_counter()
                await asyncio.sleep(0.06)
        return longest

    def breaks(self) -> None:
        self.policy.write_text(self._text.replace("## 给多少", "## 给几个钱"), "utf-8")


class Visitors:
    """People who write by Telegram: each question is a new visitor's first."""

    def __init__(self, port: int, api: BotApi) -> None:
        self._poster = Poster(port)
        self._api = api
        self.asked: dict[int, float] = {}  # chat -> when

    async def asks(self, question: str = QUESTION) -> str:
        """The answer, after the greeting."""
        chat = next(_chats)
        self.asked[chat] = await self._poster.insist(update(chat, chat, question))
        await until(lambda: len(self._api.by_chat[chat]) >= 2, WITHIN)
        return self.answers(chat)[-1].text

    def answers(self, chat: int) -> list[Got]:
        return self._api.by_chat[chat]

    async def hang_up(self) -> None:
        await self._poster.hang_up()

    async def figures(self) -> set[int]:
        """What six of them are told: with two processes, each answers some."""
        told = await asyncio.gather(*(self.asks() for _ in range(6)))
        return {int(number) for text in told for number in FIGURE.findall(text)}

    async def are_told(self, figure: int, since: float) -> float:
        """Ask until that is the answer to all; how many seconds after `since`."""
        while await self.figures() != {figure}:
            assert time.perf_counter() - since < WITHIN, "the old figure is still told"
            await asyncio.sleep(0.05)
        return time.perf_counter() - since


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def api() -> AsyncIterator[BotApi]:
    yield BotApi()


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=["1", "3"])
async def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, api: BotApi
) -> AsyncIterator[Process]:
    """The hotline alone, and with a recorder and a worker beside it."""
    folder = prepared(tmp_path_factory.mktemp("reload"))
    content = Path(shutil.copytree(ROOT / "content", folder / "content"))
    settings = {
        "CONTENT_DIR": str(content),
        "SEMANTIC": "false",
        "PROCESSES": request.param,
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_SECRET": SECRET,
        "TELEGRAM_WEBHOOK": "https://example.invalid/telegram",
        "TELEGRAM_RATE": "100000",
        "TELEGRAM_CHAT_RATE": "100000",
    }
    async with api.open() as address:
        with fast(hotline(folder, TELEGRAM_API=address, **settings)) as service:
            await service.start_beside()
            yield service
            await asyncio.to_thread(service.stop)


@pytest.fixture
def editor(service: Process) -> Editor:
    return Editor(Path(service.settings["CONTENT_DIR"]))


@pytest_asyncio.fixture(loop_scope="module")
async def visitors(service: Process, api: BotApi) -> AsyncIterator[Visitors]:
    visitors = Visitors(service.port, api)
    yield visitors
    await visitors.hang_up()


def content_of(service: Process) -> dict[str, object]:
    """What /readyz tells of the content."""
    report = json.loads(service.get("/readyz"))
    assert report["ready"] is True
    told: dict[str, object] = report["content"]
    return told


def metric(service: Process, name: str) -> float:
    [line] = [it for it in service.get("/metrics").decode().splitlines() if it.startswith(name)]
    return float(line.rsplit(" ", 1)[1])


async def until_told(service: Process, served: bool) -> dict[str, object]:
    await until(lambda: content_of(service)["served"] is served, WITHIN)
    return content_of(service)


async def test_a_saved_figure_is_told(editor: Editor, visitors: Visitors) -> None:
    for figure in (5100, 5200, 5300):
        await visitors.are_told(figure, editor.saves(figure))


async def test_what_cannot_be_served_is_refused_with_the_report_of_the_check(
    service: Process, editor: Editor, visitors: Visitors
) -> None:
    since = editor.saves(5400)
    await visitors.are_told(5400, since)
    editor.breaks()
    told = await until_told(service, served=False)
    text = "\n".join(map(str, told["report"]))  # type: ignore[call-overload]
    assert re.search(r"^policies/startup-subsidy\.md:\d+: 缺少“给多少”这一节", text, re.M), text
    assert metric(service, "hotline_content_refused") == 1
    assert "content.refused" in service.log.read_text()
    assert await visitors.figures() == {5400}
    since = editor.saves(5500)
    await visitors.are_told(5500, since)
    assert (await until_told(service, served=True))["report"] == []
    assert metric(service, "hotline_content_refused") == 0


async def test_words_and_commands_follow_too(
    service: Process, editor: Editor, visitors: Visitors
) -> None:
    menu = editor.folder / "replies" / "menu.yaml"
    menu.write_text(menu.read_text("utf-8").replace("我能帮您", "我可以帮您"), "utf-8")
    page = editor.folder / "replies" / "webchat.yaml"
    page.write_text(
        re.sub("^welcome: .*$", "welcome: 新的招呼", page.read_text("utf-8"), flags=re.M)
    )
    commands = editor.folder / "commands.yaml"
    commands.write_text(commands.read_text("utf-8").replace("[菜单,", "[菜单, 菜谱,"), "utf-8")
    async with asyncio.timeout(WITHIN):
        while not all(  # noqa: ASYNC110
            ["我可以帮您" in await visitors.asks("菜谱") for _ in range(6)]
        ):
            await asyncio.sleep(0.3)  # whoever asks on and on keeps the loading waiting
    assert "新的招呼" in service.get("/").decode()


async def test_a_file_that_is_saved_in_two_steps_is_waited_for(
    service: Process, editor: Editor, visitors: Visitors
) -> None:
    for figure in count(5600):
        refused = metric(service, REFUSED)
        rested = await editor.writes(figure)
        await visitors.are_told(figure, time.perf_counter())
        if rested < SETTLES_IN:
            break  # else half a file may well have been taken for a whole one
    assert metric(service, REFUSED) == refused


@pytest.mark.timeout(300)
async def test_under_load_every_message_is_answered_by_one_content_or_the_other(
    service: Process, editor: Editor, visitors: Visitors
) -> None:
    """One reload after the other while people write; nobody waits for the loading."""
    taken = 'hotline_content_reloads_total{result="taken"}'
    figures = {6000 + number for number in range(RELOADS)}
    before, stop = metric(service, taken), asyncio.Event()

    async def write() -> None:
        while not stop.is_set():
            await visitors.asks()

    async with asyncio.timeout(240), asyncio.TaskGroup() as writing:
        for _ in range(8):
            writing.create_task(write())
        for number, figure in enumerate(sorted(figures), 1):
            editor.saves(figure)
            while await asyncio.to_thread(metric, service, taken) < before + number:
                await visitors.asks()
        stop.set()
    answers = {chat: visitors.answers(chat) for chat in visitors.asked}
    assert {len(got) for got in answers.values()} == {2}, "the greeting and the answer, once each"
    told = [set(map(int, FIGURE.findall(got[-1].text))) for got in answers.values()]
    assert all(len(each) == 1 for each in told), "no answer mixes two contents"
    assert len(figures & set.union(*told)) > RELOADS / 2, "people were answered all along"
