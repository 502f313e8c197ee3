"""The named alternative: a bare aiogram 3 echo bot, as its documentation builds one.

RedisStorage and RedisEventIsolation, the webhook handled in the foreground (or, with
`--background`, as by default: the control of the kill tests).
"""

from __future__ import annotations

import argparse

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.storage.redis import RedisEventIsolation, RedisStorage
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web
from redis.asyncio import Redis

from tests.load import SECRET, TOKEN


async def echo(message: Message) -> None:
    """Answer with what was said."""
    await message.answer(message.text or "")


def main() -> None:
    """Serve until killed."""
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--api", required=True)
    options.add_argument("--socket", required=True)
    options.add_argument("--background", action="store_true")
    given = options.parse_args()
    redis = Redis(unix_socket_path=given.socket)
    dispatcher = Dispatcher(
        storage=RedisStorage(redis), events_isolation=RedisEventIsolation(redis)
    )
    dispatcher.message.register(echo)
    session = AiohttpSession(api=TelegramAPIServer.from_base(given.api))
    bot = Bot(TOKEN, session=session)
    app = web.Application()
    handler = SimpleRequestHandler(
        dispatcher, bot, handle_in_background=given.background, secret_token=SECRET
    )
    handler.register(app, path="/telegram")
    setup_application(app, dispatcher, bot=bot)
    web.run_app(app, host="127.0.0.1", port=given.port, access_log=None, print=None)


if __name__ == "__main__":
    main()
