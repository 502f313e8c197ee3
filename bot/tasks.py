"""Background work that lives exactly as long as a block."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from bot.pipeline.closing import Closing

FINISH_WITHIN = 4.0  # seconds for work under way; what is left is the next process's


@asynccontextmanager
async def together(*steps: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run beside the block; cancelled at its end."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(step) for step in steps]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


@asynccontextmanager
async def finished(closing: Closing, *steps: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run beside the block; told to finish at its end, and cancelled if that takes too long."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(step) for step in steps]
        try:
            yield
        finally:
            closing.begin()
            _, late = await asyncio.wait(tasks, timeout=FINISH_WITHIN)
            for task in late:
                task.cancel()
