"""The third-party Bot API emulator, remembering what was sent and failing as told."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from lo_bot_api_emulator import LoBotApiEmulator

from tests.telegram.faults import Fault
from tests.telegram.webhooks import Webhooks


@dataclass(frozen=True)
class Taken:
    """A message that Telegram has taken."""

    chat: int
    text: str
    time: float
    id: int
    buttons: list[list[list[str]]]  # rows of [label, send]
    picture: str = ""  # its name; the text stands under it


class Emulator(LoBotApiEmulator):  # type: ignore[misc]
    """The emulator, remembering what was sent and failing as told."""

    def __init__(self, token: str, journal: Path | None) -> None:
        super().__init__(max_updates=1_000_000)
        self.token = token
        self.taken: list[Taken] = []
        self.answered: list[str] = []
        self.calls: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self.webhooks = self._update_queues = Webhooks(self._record)
        self._commands: list[Any] = []
        self._lines = journal.open("a", encoding="utf-8") if journal else None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.calls[method] += 1
        if request.match_info["token"] != self.token:
            return _refusal(401, "Unauthorized", {})
        fault = await self._fault(method, request) if self.faults else None
        if fault is None:
            return await super().handle(request)  # type: ignore[no-any-return]
        answer = await super().handle(request) if fault.is_taken else None
        await asyncio.sleep(fault.delay)
        if fault.hang_up and request.transport is not None:
            request.transport.abort()
        if fault.body is not None:
            return web.Response(status=fault.status, text=fault.body, content_type="text/html")
        return answer or _refusal(fault.status, fault.description, fault.parameters)

    async def _fault(self, method: str, request: web.Request) -> Fault | None:
        fields = json.loads(await request.read() or b"{}")
        for place, fault in enumerate(self.faults):
            if fault.method == method and fault.chat in (None, int(fields.get("chat_id", 0))):
                left = Fault(**{**asdict(fault), "times": fault.times - 1})
                self.faults[place : place + 1] = [left] if left.times else []
                return fault
        return None

    def validate(self, method: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        known = {**fields}
        if method == "sendMessage":  # real, but not in the emulator's dialect
            known.pop("link_preview_options", None)
        result = super().validate(method, known, uploads)
        match method:
            case "sendMessage" | "sendPhoto":
                self._take(result, known.get("reply_markup"))
            case "answerCallbackQuery":
                self.answered.append(fields["callback_query_id"])
            case "setMyCommands":
                self._commands = self.decoded(fields["commands"])
            case "getMyCommands":
                return self._commands
            case "getMe":
                number = int(self.token.partition(":")[0])
                return {**result, "id": number, "username": "hotline_bot"}
        return result

    def close(self) -> None:
        """Close the journal."""
        if self._lines:
            self._lines.close()

    def _take(self, result: dict[str, Any], markup: Any) -> None:
        rows = self.decoded(markup)["inline_keyboard"] if markup else []
        buttons = [[[key["text"], key["callback_data"]] for key in row] for row in rows]
        chat = result["chat"]["id"]
        text = result.get("text", result.get("caption", ""))
        picture = result["photo"][0]["file_id"] if "photo" in result else ""
        taken = Taken(chat, text, time.time(), result["message_id"], buttons, picture)
        self.taken.append(taken)
        if self._lines:
            self._lines.write(json.dumps(asdict(taken), ensure_ascii=False) + "\n")
            self._lines.flush()


def _refusal(status: int, description: str, parameters: dict[str, int]) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)
