"""A Telegram to test against: the third-party Bot API emulator, with a memory and with faults.

In a test:

    async with FakeTelegram() as telegram:
        bot = Bot(telegram.token, session=JsonSession(telegram.base))
        telegram.fail(flood(3))
        await telegram.says(1, "找工作")
        assert telegram.texts(1) == ["哪个县？"]

As a process, for tests that kill the bot: `python -m tests.telegram.fakes --port 9010 --journal
sent.jsonl`. Every message it takes becomes a line of the journal, {"chat", "text", "time",
"buttons", "id"}. `Remote(base)` talks to it from the test.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import uvloop
from aiohttp import ClientSession, web

from tests.telegram.emulator import Emulator, Taken
from tests.telegram.faults import Fault
from tests.telegram.payloads import callback_query, membership, message

TOKEN = "700000001:AAF-fake_token_of_the_hotline_0123456"


class FakeTelegram:
    """One bot's Telegram: what visitors do, what the bot sent them, and faults in between."""

    def __init__(self, token: str = TOKEN, journal: Path | None = None, port: int = 0) -> None:
        self.token = token
        self.emulator = Emulator(token, journal)
        self._port = port
        self._runner: web.AppRunner | None = None
        self._next_query = 1

    async def __aenter__(self) -> Self:
        app = self.emulator.app()
        app.router.add_post("/control/updates", self._control_updates)
        app.router.add_post("/control/faults", self._control_faults)
        app.router.add_get("/control/state", self._control_state)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self.emulator.webhooks.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.emulator.webhooks.stop()
        assert self._runner is not None
        await self._runner.cleanup()
        self.emulator.close()

    @property
    def base(self) -> str:
        """The address for JsonSession."""
        assert self._runner is not None
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    # What visitors do. Each returns the id of the update.

    async def says(self, chat: int, text: str) -> int:
        return await self.hears({"message": message(chat, text=text)})

    async def shows(self, chat: int, picture: str, caption: str = "") -> int:
        """Send a picture, which Telegram keeps under that name from now on."""
        self.keeps(picture)
        sizes = [
            {"file_id": name, "file_unique_id": name, "width": side, "height": side}
            for side, name in ((90, f"{picture}-small"), (800, picture))
        ]
        words = {"caption": caption} if caption else {}
        return await self.hears({"message": message(chat, photo=sizes, **words)})

    def keeps(self, picture: str) -> None:
        """Telegram has a picture of that name."""
        self.emulator.assets[picture] = {"size": 1, "data": b""}

    async def presses(self, chat: int, send: str) -> int:
        query = callback_query(chat, send, f"{chat}-{self._next_query}")
        self._next_query += 1
        return await self.hears({"callback_query": query})

    async def blocks(self, chat: int) -> int:
        return await self.hears({"my_chat_member": membership(chat, "member", "kicked")})

    async def unblocks(self, chat: int) -> int:
        return await self.hears({"my_chat_member": membership(chat, "kicked", "member")})

    async def hears(self, update: dict[str, Any]) -> int:
        """Any update, without its id."""
        return int(await self.emulator.enqueue_update(update, token=self.token))

    # What became of it.

    @property
    def sent(self) -> Sequence[Taken]:
        """Every message taken, oldest first."""
        return self.emulator.taken

    def texts(self, chat: int) -> list[str]:
        """The words of the messages to one visitor."""
        return [one.text for one in self.sent if one.chat == chat]

    @property
    def answered(self) -> list[str]:
        """The callback queries answered."""
        return self.emulator.answered

    @property
    def calls(self) -> Counter[str]:
        """How often each method was called, refused calls included."""
        return self.emulator.calls

    @property
    def pending(self) -> int:
        """How many updates wait for the bot: not confirmed, or not taken by its webhook."""
        return int(self.emulator.webhooks.info(self.token)["pending_update_count"])

    @property
    def webhook_answers(self) -> Counter[int]:
        """How often the webhook answered with which status; 0 is no answer."""
        return self.emulator.webhooks.answers

    def fail(self, fault: Fault) -> None:
        """Let calls go wrong."""
        self.emulator.faults.append(fault)

    async def _control_updates(self, request: web.Request) -> web.Response:
        raws = json.loads(await request.read())
        return web.json_response([await self.hears(raw) for raw in raws])

    async def _control_faults(self, request: web.Request) -> web.Response:
        for raw in json.loads(await request.read()):
            self.fail(Fault(**raw))
        return web.json_response({})

    async def _control_state(self, request: web.Request) -> web.Response:
        del request
        state = {
            "pending": self.pending,
            "sent": len(self.sent),
            "answered": len(self.answered),
            "calls": self.calls,
            "webhook_answers": self.webhook_answers,
        }
        return web.json_response(state)


class Remote:
    """A FakeTelegram in another process."""

    def __init__(self, base: str, http: ClientSession) -> None:
        self.base = base
        self._http = http

    async def hears(self, raws: Sequence[dict[str, Any]]) -> list[int]:
        """Put updates (without ids) into the queue; their ids."""
        async with self._http.post(f"{self.base}/control/updates", json=raws) as response:
            ids: list[int] = await response.json()
            return ids

    async def fail(self, *faults: Fault) -> None:
        raws = [asdict(fault) for fault in faults]
        async with self._http.post(f"{self.base}/control/faults", json=raws) as response:
            response.raise_for_status()

    async def state(self) -> dict[str, Any]:
        """pending, sent, answered, calls, webhook_answers."""
        async with self._http.get(f"{self.base}/control/state") as response:
            found: dict[str, Any] = await response.json()
            return found


async def _serve(port: int, journal: Path, token: str) -> None:
    async with FakeTelegram(token, journal, port) as telegram:
        print(telegram.base, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--token", default=TOKEN)
    given = parser.parse_args()
    uvloop.run(_serve(given.port, given.journal, given.token))


if __name__ == "__main__":
    main()
