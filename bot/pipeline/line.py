"""The line to Redis on which everything that happens at once shares a round trip.

Calls made while another round trip is under way are sent together in the next one. With
`appendfsync always` that also makes them share one disk flush.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha1
from importlib.resources import files
from typing import Any, cast

from hiredis import pack_command
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

Arg = str | bytes | int | float
Call = tuple[tuple[Arg, ...], "asyncio.Future[Any]"]
Pack = Callable[[tuple[Arg, ...]], bytes]

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
    """Calls to Redis, grouped into pipelines. `run` must be running for calls to be answered."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self._waiting: list[Call] = []
        self._some = asyncio.Event()
        self._wire: AbstractConnection | None = None

    async def call(self, *command: Arg) -> Any:
        """The answer to one command, e.g. `call("GET", key)`.

        Raises StorageDown when Redis cannot do it now, RedisError when it never will.
        """
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, future))
        self._some.set()
        return await future

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

    async def _carry(self, batch: list[Call]) -> None:
        try:
            answers = await self._exchange([command for command, _ in batch])
        except (RedisError, OSError) as error:
            await self._hang_up()
            answers = [error] * len(batch)
        except BaseException:
            await self._hang_up()  # answers to come would be taken for those of the next batch
            raise
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():  # the caller was cancelled
                continue
            if isinstance(answer, BaseException):
                future.set_exception(_named(answer))
            else:
                future.set_result(answer)

    async def _exchange(self, commands: Sequence[tuple[Arg, ...]]) -> list[Any]:
        """The answers, an error where Redis refused one.

        Below redis-py's pipeline, which takes two thirds of a call's cost for what is not needed
        here; connecting, signing in and reading answers are its own.
        """
        # Both are typed too narrowly, or not at all, where they come from.
        packed = b"".join(map(cast(Pack, pack_command), map(_words, commands)))
        if self._wire is None:
            self._wire = await self.redis.connection_pool.get_connection()  # type: ignore[no-untyped-call]
        wire = self._wire
        async with asyncio.timeout(wire.socket_timeout):
            await wire.send_packed_command(packed)
            return [await self._answer(wire, command) for command in commands]

    async def _answer(self, wire: AbstractConnection, command: tuple[Arg, ...]) -> Any:
        try:
            answer = await wire.read_response(timeout=math.inf, disconnect_on_error=False)
        except ResponseError as refused:
            return refused
        reader = self.redis.response_callbacks.get(cast(str, command[0]))
        return answer if reader is None else reader(answer)

    async def _hang_up(self) -> None:
        """Give the connection up: the next call makes another."""
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.disconnect(nowait=True)
            await self.redis.connection_pool.release(wire)


def _words(command: tuple[Arg, ...]) -> tuple[Arg, ...]:
    """The command as it goes out: redis-py knows "CONFIG GET" by one name, Redis by two words."""
    name, *rest = command
    if isinstance(name, str) and " " in name:
        return (*name.split(), *rest)
    return command


def _named(error: BaseException) -> BaseException:
    """The error as callers know it: their fault, or storage that is down for now."""
    unreachable = isinstance(error, (RedisConnectionError, RedisTimeoutError, OSError))
    refusing = str(error).startswith(REFUSALS)
    if unreachable or refusing or "command not allowed when used memory" in str(error):
        down = StorageDown(type(error).__name__)
        down.__cause__ = error
        return down
    return error
