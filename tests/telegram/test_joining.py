from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.channels.delivery import Pace, Sent
from bot.channels.telegram import joining
from bot.channels.telegram.door import SECRET_HEADER
from bot.channels.telegram.joining import JoiningTelegram
from bot.channels.telegram.options import TelegramSettings
from bot.channels.telegram.service import TelegramService
from bot.pipeline.dead import DeadLetters
from bot.pipeline.inbox import Inbox
from bot.pipeline.line import Line
from bot.pipeline.messages import Message
from bot.tasks import together
from tests.service import ROOT
from tests.telegram.conftest import Storage
from tests.telegram.fakes import FakeTelegram
from tests.telegram.payloads import message

IMPORTS = 0.5  # seconds that it takes here


@pytest.fixture
def settings(telegram: FakeTelegram) -> TelegramSettings:
    hook = "http://127.0.0.1:1/hook"
    return TelegramSettings(telegram.token, telegram.base, hook, "s3cret", Pace(28.0))


@pytest.fixture
async def joining_(
    settings: TelegramSettings, inbox: Inbox, storage: Storage
) -> AsyncIterator[JoiningTelegram]:
    def load() -> TelegramService:
        time.sleep(IMPORTS)
        return TelegramService(settings, inbox, DeadLetters(Line(storage.redis)), {"menu": "菜单"})

    one = JoiningTelegram(settings, load)
    yield one
    await one.close()


def test_nothing_of_it_imports_aiogram() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import bot.channels.telegram.joining, sys; print('aiogram' in sys.modules)",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "False"


async def test_messages_wait_until_it_has_joined(
    joining_: JoiningTelegram, telegram: FakeTelegram
) -> None:
    sending = asyncio.create_task(joining_.send("42", Message("telegram:42", "e.1", "您好")))
    await asyncio.sleep(0.05)  # here it would go
    assert telegram.texts(42) == []
    await joining_.join()
    assert isinstance(await sending, Sent)
    assert telegram.texts(42) == ["您好"]


async def post(url: str) -> tuple[int, float]:
    """The status of a POST, and the seconds it took."""
    began = time.monotonic()
    update = {"update_id": 1, "message": message(42, text="找工作")}
    async with (
        ClientSession() as http,
        http.post(url, json=update, headers={SECRET_HEADER: "s3cret"}) as response,
    ):
        return response.status, time.monotonic() - began


async def test_at_the_door_updates_wait_for_it_and_elsewhere_are_asked_to_come_again(
    joining_: JoiningTelegram, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = web.Application()
    joining_.add_to(app)
    async with TestServer(app) as server:
        assert server.handler is not None
        door = joining_.door(server.handler)
        assert door is not None
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(door, "127.0.0.1", 0)
        address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/hook"
        assert (await post(str(server.make_url("/hook"))))[0] == 503
        monkeypatch.setattr(joining, "JOIN_WITHIN", 0.1)
        assert (await post(address))[0] == 503
        monkeypatch.setattr(joining, "JOIN_WITHIN", 60.0)
        async with together(joining_.run()):
            status, took = await post(address)
            assert (status, took > IMPORTS / 2) == (200, True)
            assert (await post(str(server.make_url("/hook"))))[0] == 200
        listening.close()
        await door.close()
    assert [event.heard.text for event in await storage.kept()] == ["找工作"]


async def test_without_a_webhook_there_is_no_door() -> None:
    polling = TelegramSettings("1:a", "http://127.0.0.1:9", None, None, Pace(28.0))

    def load() -> TelegramService:
        raise AssertionError

    one = JoiningTelegram(polling, load)
    app = web.Application()
    one.add_to(app)
    assert (one.mode, one.door(lambda: asyncio.Protocol())) == ("polling", None)
    assert len(app.router.routes()) == 0


def test_the_secret_is_the_operators_or_made_from_the_token() -> None:
    own = TelegramSettings("1:a", "", "http://x/hook", "mine", Pace(1.0))
    made = TelegramSettings("1:a", "", "http://x/hook", None, Pace(1.0))
    assert own.webhook_secret == "mine"
    assert len(made.webhook_secret) == 64
    assert (made.path, TelegramSettings("1:a", "", "http://x", None, Pace(1.0)).path) == (
        "/hook",
        "/",
    )
