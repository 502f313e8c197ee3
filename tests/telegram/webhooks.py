"""Webhook deliveries of the fake Telegram."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from lo_bot_api_emulator import updates

updates.KINDS.add("my_chat_member")  # the emulator has no blocking of bots


class Webhooks(updates.UpdateQueues):  # type: ignore[misc]
    """Delivers as Telegram does: a chat's updates one after another and again until 2xx, chats
    side by side (presses of a button apart from messages)."""

    def __init__(self, record: Any, connections: int = 40) -> None:
        super().__init__(record=record, max_updates=1_000_000, insecure_webhooks=True)
        self.answers: Counter[int] = Counter()
        self._news = asyncio.Event()
        self._connections = asyncio.Semaphore(connections)
        self._queues: dict[str, deque[dict[str, Any]]] = {}
        self._known: set[int] = set()
        self._pump: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._pump = asyncio.create_task(self._run())

    async def stop(self) -> None:
        assert self._pump is not None
        self._pump.cancel()
        await asyncio.gather(self._pump, return_exceptions=True)

    async def set_webhook(self, token: str, fields: dict[str, Any]) -> bool:
        kept = await super().set_webhook(token, fields)
        self._state(token).max_connections = int(fields.get("max_connections", 40))
        return bool(kept)

    def info(self, token: str) -> dict[str, Any]:
        found: dict[str, Any] = super().info(token)
        if found["url"]:
            found["max_connections"] = self._state(token).max_connections
        return found

    async def deliver(self, token: str) -> int:
        """Wakes the pump, where the emulator itself delivers once."""
        del token
        self._news.set()
        return 0

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as group, ClientSession() as http:
            while True:
                await self._news.wait()
                self._news.clear()
                for state in list(self._bots.values()):
                    for update in list(state.updates) if state.url else ():
                        self._sort(update, state, group, http)
                await asyncio.sleep(0.005)

    def _sort(
        self, update: dict[str, Any], state: Any, group: asyncio.TaskGroup, http: ClientSession
    ) -> None:
        if update["update_id"] in self._known:
            return
        self._known.add(update["update_id"])
        name = _queue(update)
        if name in self._queues:
            self._queues[name].append(update)
        else:
            self._queues[name] = deque([update])
            group.create_task(self._drain(name, state, http))

    async def _drain(self, name: str, state: Any, http: ClientSession) -> None:
        queue = self._queues[name]
        pause = 0.05
        while queue:
            async with self._connections:
                status, again = await self._post(queue[0], state, http)
            self.answers[status] += 1
            if 200 <= status < 300:
                state.updates.remove(queue.popleft())
                pause = 0.05
            else:
                await asyncio.sleep(again or pause)
                pause = min(pause * 2, 1.0)
        del self._queues[name]

    async def _post(
        self, update: dict[str, Any], state: Any, http: ClientSession
    ) -> tuple[int, float]:
        headers = {"X-Telegram-Bot-Api-Secret-Token": state.secret} if state.secret else {}
        limit = ClientTimeout(total=60)
        try:
            async with http.post(state.url, json=update, headers=headers, timeout=limit) as answer:
                await answer.read()
                return answer.status, float(answer.headers.get("Retry-After", 0))
        except (ClientError, OSError):
            return 0, 0.0


def _queue(update: dict[str, Any]) -> str:
    (kind,) = set(update) - {"update_id"}
    within = update[kind]
    who = within["from"] if kind == "callback_query" else within["chat"]
    return f"{kind}:{who['id']}"
