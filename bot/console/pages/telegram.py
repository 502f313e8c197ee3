"""One's own Telegram account: bound by a code that is sent to the bot, and let go again."""

from __future__ import annotations

from collections.abc import Callable

import segno

from bot.console.bindings import Bindings
from bot.console.visit import EVERYBODY, Answer, Page, Redirect, Route, Visit

TELEGRAM = "/console/account/telegram"


class TelegramPages:
    """What everybody does for themselves."""

    def __init__(self, bindings: Bindings, bot: Callable[[], str] | None) -> None:
        """`bot`: its name at Telegram, empty until it is known; None without Telegram."""
        self._bindings = bindings
        self._bot = bot

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        code, unbind = f"{TELEGRAM}/code", f"{TELEGRAM}/unbind"
        return (
            Route("GET", TELEGRAM, self.show, EVERYBODY),
            Route("POST", code, self.give_code, EVERYBODY, act="telegram_code"),
            Route("POST", unbind, self.unbind, EVERYBODY, act="telegram_unbind"),
        )

    async def show(self, visit: Visit) -> Answer:
        """Whether one is bound."""
        return Page("telegram.html.j2", {"is_on": self._bot is not None})

    async def give_code(self, visit: Visit) -> Answer:
        """A new code, shown once."""
        if self._bot is None:
            return Redirect(TELEGRAM)
        code = f"bind_{await self._bindings.code_for(visit.member)}"
        name = self._bot()
        link = f"https://t.me/{name}?start={code}" if name else ""
        picture = segno.make(link, error="m").svg_data_uri(scale=5, border=2) if link else ""
        return Page("telegram_code.html.j2", {"code": code, "link": link, "picture": picture})

    async def unbind(self, visit: Visit) -> Answer:
        """The account is theirs no longer."""
        if visit.member.telegram is not None:
            await self._bindings.drop(visit.member)
        return Redirect(TELEGRAM, "saved")
