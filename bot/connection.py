"""The line to Redis: to the one the operator named, or to our own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.embedded import (
    PREDECESSOR_ENDS_WITHIN,
    AlreadyRunning,
    EmbeddedRedis,
    FolderLock,
    socket_path,
)
from bot.pipeline.line import Line, StorageDown
from bot.settings import Settings
from bot.tasks import together


@asynccontextmanager
async def open_line(settings: Settings, beside: bool = False) -> AsyncIterator[Line]:
    """The line to Redis: to REDIS_URL, or to the bundled server, started for as long.

    `beside`: a service may be running here, whose server is then used. Raises AlreadyRunning,
    NoRedis, StorageDown.
    """
    async with AsyncExitStack() as stack:
        redis = await _redis(settings, beside, stack)
        stack.push_async_callback(redis.aclose)
        line = Line(redis)
        await stack.enter_async_context(together(line.run()))
        try:
            await line.call("PING")
        except RedisError as refused:  # no such database, no right to ask
            raise StorageDown(str(refused)) from refused
        yield line


async def _redis(settings: Settings, beside: bool, stack: AsyncExitStack) -> Redis:
    if settings.redis_url is not None:
        return Redis.from_url(settings.redis_url.get_secret_value(), **_patience())
    folder = settings.var_dir / "redis"
    lock = FolderLock(settings.var_dir)
    stack.callback(lock.close)
    try:
        lock.take(0.0 if beside else PREDECESSOR_ENDS_WITHIN)
    except AlreadyRunning:
        if not beside:
            raise
    else:
        server = EmbeddedRedis(folder, lock)
        await server.start()
        stack.callback(server.stop)
        await stack.enter_async_context(together(server.watch()))
    return Redis(unix_socket_path=str(socket_path(folder)), **_patience())


def _patience() -> dict[str, Any]:
    """How long one call to Redis may take. Retrying is ours: we know what may be done twice."""
    return {
        "socket_timeout": 5.0,
        "socket_connect_timeout": 2.0,
        "retry": Retry(NoBackoff(), 0),
    }
