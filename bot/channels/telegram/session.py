"""Carries calls to the Bot API as JSON, and never lets the bot's token into an error."""

from __future__ import annotations

from typing import cast

import orjson
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError, TelegramServerError
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile
from aiohttp import ClientConnectorError, ClientError, ClientTimeout, ConnectionTimeoutError

from bot.channels.telegram.errors import NotConnected
from bot.channels.telegram.wires import Answer, Broken, Unreachable, Wires

OFFICIAL = "https://api.telegram.org"
TIMEOUT = 35  # seconds a call may take; a long poll holds for 25
CONNECT_TIMEOUT = 10  # seconds
POOL_TIMEOUT = 20  # seconds to wait for a free connection, connecting included

_JSON = {"Content-Type": "application/json"}


class JsonSession(AiohttpSession):
    """aiogram's session for calls without files: JSON instead of a form, and no token in errors."""

    def __init__(
        self, base: str = OFFICIAL, *, connections: int = 250, proxy: str | None = None
    ) -> None:
        """`base` is the Bot API server; `proxy` an "http://.." address that leads to it."""
        super().__init__(
            limit=connections,
            api=TelegramAPIServer.from_base(base),
            json_loads=orjson.loads,
            timeout=TIMEOUT,
        )
        self._http_proxy = proxy
        self._server, self._path = _parted(self.api.base)
        self._wires = Wires(self._server, connections)

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 (aiogram's signature)
    ) -> TelegramType:
        """The result of one call; every failure is an AiogramError."""
        body = self._body(bot, method)
        answer = await self._by_aiohttp(bot, method, body, timeout or self.timeout)
        return self.result(bot, method, answer)

    async def post(self, bot: Bot, method: TelegramMethod[TelegramType], body: bytes) -> Answer:
        """What the Bot API says to a call whose JSON is written already, for `result` to read.

        The shorter way, for what is called all day. Every failure is an AiogramError.
        """
        if self._http_proxy is not None:
            return await self._by_aiohttp(bot, method, body, self.timeout)
        path = self._path.format(token=bot.token, method=method.__api_method__)
        trouble: TelegramNetworkError
        try:
            return await self._wires.post(path, body, self.timeout, CONNECT_TIMEOUT)
        except Unreachable as error:
            trouble = NotConnected(method, str(error))
        except Broken as error:
            trouble = TelegramNetworkError(method, str(error))
        except OSError as error:  # a time-out is an OSError
            trouble = TelegramNetworkError(method, type(error).__name__)
        raise trouble

    def result(
        self, bot: Bot, method: TelegramMethod[TelegramType], answer: Answer
    ) -> TelegramType:
        """What the call returned. Raises an AiogramError when it was refused."""
        if answer.status >= 500:  # whatever came with it, often not Telegram's but a proxy's
            raise TelegramServerError(method, f"HTTP {answer.status}")
        text = _without_token(answer.body, bot.token)
        return cast(TelegramType, self.check_response(bot, method, answer.status, text).result)

    async def close(self) -> None:
        """Close the connections. aiohttp waits for their end; aiogram's quarter second is over."""
        self._wires.close()
        if self._session is not None:
            await self._session.close()

    async def _by_aiohttp(
        self, bot: Bot, method: TelegramMethod[TelegramType], body: bytes, within: float
    ) -> Answer:
        http = await self.create_session()
        trouble: TelegramNetworkError
        try:
            async with http.post(
                self.api.api_url(bot.token, method.__api_method__),
                data=body,
                headers=_JSON,
                timeout=ClientTimeout(within, POOL_TIMEOUT, sock_connect=CONNECT_TIMEOUT),
                allow_redirects=False,
                proxy=self._http_proxy,
            ) as response:
                return Answer(response.status, await response.read())
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            trouble = NotConnected(method, type(error).__name__)
        except (ClientError, OSError) as error:  # a time-out is an OSError
            trouble = TelegramNetworkError(method, type(error).__name__)
        # Not raised above: what aiohttp raised would be its context, and that knows the URL.
        raise trouble

    def _body(self, bot: Bot, method: TelegramMethod[TelegramType]) -> bytes:
        files: dict[str, InputFile] = {}
        fields = method.model_dump(exclude_none=True, warnings=False)
        ready = self.prepare_value(fields, bot, files, _dumps_json=False)
        if files:
            raise TypeError("a JSON call carries no files")
        return orjson.dumps(ready)


def _parted(address: str) -> tuple[str, str]:
    """The server of an address, and the path on it."""
    scheme, _, rest = address.partition("://")
    server, slash, path = rest.partition("/")
    return f"{scheme}://{server}", f"{slash}{path}"


def _without_token(answer: bytes, token: str) -> str:
    """The answer; error pages of proxies quote the address, and the token is part of it."""
    text = answer.decode(errors="replace")
    for written in (token, token.replace(":", "%3A"), token.replace(":", "%3a")):
        text = text.replace(written, "<token>")
    return text
