"""The port that everything is served on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.channels.telegram.door import Door, ProtocolFactory
from bot.settings import Settings

BACKLOG = 512  # connections that wait to be accepted

MakeDoor = Callable[[ProtocolFactory], Door | None]


def no_door(other: ProtocolFactory) -> Door | None:
    """Every connection is aiohttp's."""
    return None


@asynccontextmanager
async def listening(
    site: web.Application, settings: Settings, make_door: MakeDoor
) -> AsyncIterator[str]:
    """Serve the site; its address. `make_door` may take some requests before aiohttp sees them.

    Raises OSError when the port is taken.
    """
    runner = web.AppRunner(site, access_log=None, handle_signals=False, shutdown_timeout=1)
    await runner.setup()
    assert runner.server is not None
    other: ProtocolFactory = runner.server
    door = make_door(other)
    try:
        server = await asyncio.get_running_loop().create_server(
            door or other, settings.host, settings.port, backlog=BACKLOG
        )
        try:
            host, port = server.sockets[0].getsockname()[:2]
            yield f"http://{host}:{port}/"
        finally:
            server.close()
            if door is not None:
                await door.close()
    finally:
        await runner.cleanup()
