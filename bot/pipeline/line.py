"""The line to Redis on which everything that happens at once shares a round trip.

Calls made while another round trip is under way are sent together in the next one. With
`appendfsync always` that also makes them share one disk flush.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha1
from importlib.resources import files
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.pipeline.wire import Arg as Arg
from bot.pipeline.wire import Command, Wire

_Call = tuple[Command, "asyncio.Future[Any]"]

MOST_AT_ONCE = 512  # calls a round trip; bounds the memory of one and the wait of the next

# How the answers of a Redis begin that cannot do it for now: starting, a replica, out of memory or
# disk, a script that hangs, a password that was changed, a cluster that is changing.
REFUSALS = (
    "LOADING", "READONLY", "MASTERDOWN", "OOM", "MISCONF", "NOREPLICAS", "BUSY", "NOAUTH", "NOPERM",
    "WRONGPASS", "CLUSTERDOWN", "TRYAGAIN",
)  # fmt: skip


class StorageDown(Exception):
    """Redis cannot be reached or refuses writes. What was asked may or may not have happened."""


@dataclass(frozen=True, slots=True)
class LuaScript:
    """A script Redis runs atomically; in the append-only file it is one MULTI/EXEC."""

    body: str
    digest: str

    @classmethod
    def load(cls, name: str) -> LuaScript:
        """The script of that name in `bot/pipeline/lua`."""
        body = files("bot.pipeline.lua").joinpath(f"{name}.lua").read_text(encoding="utf-8")
        return cls(body, sha1(body.encode(), usedforsecurity=False).hexdigest())


class Line:
    """Calls to Redis, grouped. `run` must be running for calls to be answered."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self._waiting: list[_Call] = []
        self._some = asyncio.Event()
        self._wire: Wire | None = None

    def call(self, *command: Arg) -> asyncio.Future[Any]:
        """The answer to one command, e.g. `await call("GET", key)`.

        Raises StorageDown when Redis cannot do it now, RedisError when it never will.
        """
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((command, answer))
        self._some.set()
        return answer

    async def script(self, script: LuaScript, keys: Sequence[str], *args: Arg) -> Any:
        """The result of a Lua script; it is loaded on first use and after Redis has restarted."""
        try:
            return await self.call("EVALSHA", script.digest, len(keys), *keys, *args)
        except NoScriptError:
            return await self.call("EVAL", script.body, len(keys), *keys, *args)

    async def run(self) -> None:
        """Carry calls until cancelled."""
        task = asyncio.current_task()
        try:
            # redis-py may swallow a cancellation that reaches it; the task remembers it.
            while task is not None and not task.cancelling():
                await self._some.wait()
                batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                if not self._waiting:
                    self._some.clear()
                if batch:
                    await self._carry(batch)
        finally:
            await self._hang_up()

    async def _carry(self, batch: list[_Call]) -> None:
        try:
            answers = await self._exchange([_words(command) for command, _ in batch])
        except (RedisError, OSError) as error:
            await self._hang_up()
            answers = [error] * len(batch)
        except BaseException:
            await self._hang_up()  # answers to come would be taken for those of the next batch
            raise
        for (command, future), answer in zip(batch, answers, strict=True):
            if future.done():  # the caller was cancelled
                continue
            if isinstance(answer, BaseException):
                future.set_exception(_named(answer))
            else:
                future.set_result(self._read(command, answer))

    async def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        if self._wire is None or not self._wire.is_open:
            await self._hang_up()
            self._wire = Wire(await self.redis.connection_pool.get_connection())  # type: ignore[no-untyped-call]
        async with asyncio.timeout(self._wire.connection.socket_timeout):
            return await self._wire.ask(commands)

    def _read(self, command: Command, answer: Any) -> Any:
        """The answer as redis-py gives it. (The callbacks are typed too narrowly there.)"""
        reader = self.redis.response_callbacks.get(cast(str, command[0]))
        return answer if reader is None else reader(answer)

    async def _hang_up(self) -> None:
        """Give the connection up: the next call makes another."""
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()
            await wire.connection.disconnect(nowait=True)
            await self.redis.connection_pool.release(wire.connection)


def _words(command: Command) -> Command:
    """The command as it goes out: redis-py knows "CONFIG GET" by one name, Redis by two words."""
    name = command[0]
    is_known_otherwise = isinstance(name, str) and " " in name
    return (*str(name).split(), *command[1:]) if is_known_otherwise else command


def _named(error: BaseException) -> BaseException:
    """The error as callers know it: their fault, or storage that is down for now."""
    unreachable = isinstance(error, (RedisConnectionError, RedisTimeoutError, OSError))
    refusing = str(error).startswith(REFUSALS)
    if unreachable or refusing or "command not allowed when used memory" in str(error):
        down = StorageDown(type(error).__name__)
        down.__cause__ = error
        return down
    return error
