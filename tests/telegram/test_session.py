from __future__ import annotations

import io
import traceback
from collections.abc import AsyncIterator, Callable

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.exceptions import AiogramError, TelegramNetworkError, TelegramServerError
from aiogram.methods import SetMyCommands
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BufferedInputFile
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.telegram.errors import NotConnected
from bot.channels.telegram.session import JsonSession

TOKEN = "700000001:AAF-fake_token_of_the_hotline_0123456"
SECRET = "AAF-fake_token_of_the_hotline_0123456"


class Answering:
    """A server that answers every call by `respond` and keeps the last call's JSON."""

    def __init__(self) -> None:
        self.respond: Callable[[web.Request], web.Response] = lambda _: web.Response()
        self.asked: object = None
        self.calls = 0

    async def handle(self, request: web.Request) -> web.Response:
        self.calls += 1
        self.asked = await request.json()
        return self.respond(request)


@pytest.fixture
def api() -> Answering:
    return Answering()


@pytest.fixture
async def bot(api: Answering) -> AsyncIterator[Bot]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", api.handle)
    async with TestServer(app) as server:
        default = DefaultBotProperties(parse_mode="HTML")
        bot = Bot(TOKEN, session=JsonSession(str(server.make_url("/"))), default=default)
        yield bot
        await bot.session.close()


def everything(error: BaseException) -> str:
    """What a log with traceback could show of an error."""
    out = io.StringIO()
    traceback.print_exception(error, file=out)
    chain = [error]
    while nxt := chain[-1].__cause__ or chain[-1].__context__:
        chain.append(nxt)
    return out.getvalue() + "".join(f"{one!s} {one!r} {one.args}" for one in chain)


@pytest.mark.parametrize(
    "respond",
    [
        lambda r: web.Response(status=404, text=f"<p>{r.url} not found here</p>"),
        lambda r: web.Response(status=502, text=f"<p>{r.url}</p>"),
        lambda r: web.Response(text=f"<p>{str(r.url).replace(':AAF', '%3AAAF')}</p>"),
        lambda r: web.Response(status=302, headers={"Location": f"http://x{r.path}"}),
        lambda r: web.json_response({"ok": False, "description": f"{r.url}"}, status=400),
        lambda r: web.json_response({"ok": False, "description": f"{r.url}"}, status=418),
        lambda r: web.json_response({"ok": True, "result": f"{r.url}"}),
        lambda r: web.Response(headers={"Content-Encoding": "gzip"}, body=b"no gzip"),
    ],
)
async def test_no_answer_brings_the_token_into_an_error(
    bot: Bot, api: Answering, respond: Callable[[web.Request], web.Response]
) -> None:
    api.respond = respond
    with pytest.raises(AiogramError) as caught:
        await bot.get_me()
    assert SECRET not in everything(caught.value)


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:9", "http://no.such.host.invalid", "ftp://x", "http://:5"]
)
async def test_nor_does_a_connection_that_fails(base: str) -> None:
    bot = Bot(TOKEN, session=JsonSession(base))
    with pytest.raises(TelegramNetworkError) as caught:
        await bot.get_me()
    assert SECRET not in everything(caught.value)
    await bot.session.close()


async def test_no_connection_is_told_apart_from_no_answer() -> None:
    bot = Bot(TOKEN, session=JsonSession("http://127.0.0.1:9"))
    with pytest.raises(NotConnected):
        await bot.get_me()
    await bot.session.close()


async def test_the_token_is_not_carried_to_where_an_answer_points(bot: Bot, api: Answering) -> None:
    api.respond = lambda r: web.Response(status=307, headers={"Location": f"/elsewhere{r.path}"})
    with pytest.raises(AiogramError):
        await bot.get_me()
    assert api.calls == 1


async def test_an_error_without_a_description_is_an_error_still(bot: Bot, api: Answering) -> None:
    api.respond = lambda _: web.json_response({"ok": False}, status=500)
    with pytest.raises(TelegramServerError):
        await bot.get_me()


async def test_a_call_goes_out_as_json_with_everything_aiogram_would_say(
    bot: Bot, api: Answering
) -> None:
    api.respond = lambda _: web.json_response({"ok": True, "result": True})
    scope = BotCommandScopeAllPrivateChats()
    assert await bot(
        SetMyCommands(commands=[BotCommand(command="menu", description="菜单")], scope=scope)
    )
    assert api.asked == {
        "commands": [{"command": "menu", "description": "菜单"}],
        "scope": {"type": "all_private_chats"},
    }


async def test_defaults_of_the_bot_are_filled_in_and_unset_fields_left_out(
    bot: Bot, api: Answering
) -> None:
    said = {"message_id": 5, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "好"}
    api.respond = lambda _: web.json_response({"ok": True, "result": said})
    assert (await bot.send_message(1, "好")).message_id == 5
    assert api.asked == {"chat_id": 1, "text": "好", "parse_mode": "HTML"}


async def test_a_file_is_not_silently_dropped(bot: Bot, api: Answering) -> None:
    with pytest.raises(TypeError, match="files"):
        await bot.send_document(1, BufferedInputFile(b"x", "x.txt"))
    assert api.asked is None
