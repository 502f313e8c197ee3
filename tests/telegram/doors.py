"""A server with the short way in before aiohttp's, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.channels.telegram.door import Door, ProtocolFactory

SECRET = "s3cret_-"


@asynccontextmanager
async def open_door(
    take: Callable[[bytes], Awaitable[int]], other: ProtocolFactory
) -> AsyncIterator[int]:
    """The webhook at /hook; yields the port."""
    door = Door("/hook", SECRET.encode(), take, other)
    server = await asyncio.get_running_loop().create_server(door, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await door.close()
