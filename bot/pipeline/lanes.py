"""Things in order for each visitor, many visitors side by side."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Lanes(Generic[Item]):
    """One queue a key, each served by a task of its own while it holds anything.

    `serve` must not raise: an exception ends the whole service. Use as an async context manager;
    leaving it waits for all that was added.
    """

    def __init__(self, serve: Callable[[Item], Awaitable[None]], most: int) -> None:
        """`most`: items held before `room` makes the reader wait."""
        self._serve = serve
        self._most = most
        self._queues: dict[str, deque[Item]] = {}
        self._held = 0
        self._room = asyncio.Event()
        self._room.set()
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Lanes[Item]:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._tasks.__aexit__(*error)  # type: ignore[arg-type]

    def __len__(self) -> int:
        return self._held

    def __contains__(self, key: str) -> bool:
        """Whether something of that key is under way or waits."""
        return key in self._queues

    def add(self, key: str, item: Item) -> None:
        """Put an item behind the others of its key."""
        self._held += 1
        if self._held >= self._most:
            self._room.clear()
        if key in self._queues:
            self._queues[key].append(item)
        else:
            self._queues[key] = deque([item])
            self._tasks.create_task(self._run(key))

    @contextmanager
    def aside(self) -> Iterator[None]:
        """An item waits for something else than its turn: it does not count as held meanwhile."""
        self._held -= 1
        if self._held < self._most:
            self._room.set()
        try:
            yield
        finally:
            self._held += 1
            if self._held >= self._most:
                self._room.clear()

    async def room(self) -> None:
        """Wait until fewer than `most` items are held."""
        await self._room.wait()

    async def _run(self, key: str) -> None:
        queue = self._queues[key]
        while queue:
            await self._serve(queue[0])
            queue.popleft()
            self._held -= 1
            if self._held < self._most:
                self._room.set()
        del self._queues[key]
