"""A connection to Redis that redis-py has made and signed in, without its layers from then on: what
they do for each answer takes longer than the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, cast

from hiredis import PushNotification, Reader, pack_command
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import InvalidResponse, RedisError

Arg = str | bytes | int | float
Command = tuple[Arg, ...]

_pack = cast(Callable[[Command], bytes], pack_command)  # typed too narrowly where it comes from
_BEGIN, _END = _pack(("MULTI",)), _pack(("EXEC",))
_NOT_YET = object()


class Wire(asyncio.Protocol):
    """One connection, one exchange at a time."""

    def __init__(self, connection: AbstractConnection) -> None:
        """`connection`: connected, and used by nobody else from now on."""
        self.connection = connection
        self._answers: list[Any] = []
        self._expected = 0
        self._asked: asyncio.Future[list[Any]] | None = None
        # No public name leads to these two.
        self._transport: Any = connection._writer.transport  # type: ignore[union-attr]
        refusal = connection._parser.parse_error
        self._reader = Reader(InvalidResponse, refusal, notEnoughData=_NOT_YET)
        self._theirs = self._transport.get_protocol()
        self._transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        """Whether anything can be asked."""
        return not self._transport.is_closing()

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """The answers, an error where Redis refused one. Raises RedisError when the connection ends
        before them: what was asked may or may not have happened.

        Several commands are obeyed together: with `appendfsync always` that is one flush to the
        disk for all. When Redis discards them for the fault of one, each is asked by itself.
        """
        packed = b"".join(map(_pack, commands))
        if len(commands) == 1:
            return await self._exchange(packed, 1)
        begun, *queued, done = await self._exchange(_BEGIN + packed + _END, len(commands) + 2)
        if isinstance(begun, RedisError):  # so each was obeyed, or refused, as it came
            return queued
        if isinstance(done, RedisError):
            return await self._exchange(packed, len(commands))
        return cast(list[Any], done)

    def close(self) -> None:
        """Hang up at once."""
        self._transport.abort()

    async def _exchange(self, packed: bytes, expected: int) -> list[Any]:
        self._asked = asyncio.get_running_loop().create_future()
        self._answers, self._expected = [], expected
        self._transport.write(packed)
        try:
            return await self._asked
        finally:
            self._asked = None

    def data_received(self, data: bytes) -> None:
        """Read on; a connection that makes no sense is given up."""
        self._reader.feed(data)
        try:
            while (answer := self._reader.gets()) is not _NOT_YET:
                if not isinstance(answer, PushNotification):
                    self._answers.append(answer)
        except InvalidResponse as error:
            return self._fail(error)
        if len(self._answers) >= self._expected and self._asked and not self._asked.done():
            self._asked.set_result(self._answers)
        return None

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits for answers is told, and so is redis-py, which may wait for the end."""
        self._fail(RedisConnectionError("the connection ended"))
        self._theirs.connection_lost(error)

    def _fail(self, error: Exception) -> None:
        self.close()
        if self._asked is not None and not self._asked.done():
            self._asked.set_exception(error)
