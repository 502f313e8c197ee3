"""The kill switches, for admins."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.console.visit import ADMINS, Answer, Page, Redirect, Refused, Route, Visit
from bot.pipeline.switches import BOT, CAMPAIGNS, Off, Switches

SWITCHES = "/console/switches"
_LONGEST = 200  # characters of a reason


class SwitchPages:
    """What is off, and switching it."""

    def __init__(
        self, switches: Switches, channels: Sequence[str], dialogs: Callable[[], Sequence[str]]
    ) -> None:
        """`dialogs`: the names of the conversations."""
        self._switches = switches
        self._channels = tuple(channels)
        self._dialogs = dialogs

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        return (
            Route("GET", SWITCHES, self.show, ADMINS, title="nav_switches"),
            Route("POST", f"{SWITCHES}/off", self.turn_off, ADMINS, act="switched_off"),
            Route("POST", f"{SWITCHES}/on", self.turn_on, ADMINS, act="switched_on"),
        )

    async def show(self, visit: Visit) -> Answer:
        """Everything that can be switched."""
        return Page("switches.html.j2", {"names": self._names(), "off": self._switches.all()})

    async def turn_off(self, visit: Visit) -> Answer:
        """Off, at once, with a reason."""
        reason = visit.form.get("reason", "").strip()[:_LONGEST]
        if not reason:
            raise Refused("console.switch_needs_reason")
        off = Off(reason, visit.member.login, visit.now.timestamp())
        name = self._named(visit)
        visit.detail.update(name=name, reason=reason)
        await self._switches.turn_off(name, off)
        return Redirect(SWITCHES, "switched_off")

    async def turn_on(self, visit: Visit) -> Answer:
        """On again."""
        name = self._named(visit)
        visit.detail.update(name=name)
        await self._switches.turn_on(name)
        return Redirect(SWITCHES, "switched_on")

    def _names(self) -> list[str]:
        channels = [f"channel:{name}" for name in self._channels]
        return [BOT, CAMPAIGNS, *channels, *(f"dialog:{name}" for name in self._dialogs())]

    def _named(self, visit: Visit) -> str:
        name = visit.form.get("name", "")
        if name not in self._names():
            raise Refused("console.switch_unknown")
        return name
