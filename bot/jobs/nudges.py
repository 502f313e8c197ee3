"""Reminds the staff of tickets that nobody has taken in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.pipeline.outbox import Outbox
from bot.records.tickets import Tickets
from dialogs.talk import Reply

_AT_ONCE = 20


class Nudges:
    """One reminder a ticket, in the staff's own group; it names no visitor."""

    def __init__(
        self, tickets: Tickets, outbox: Outbox, group: str, clock: Callable[[], datetime]
    ) -> None:
        self._tickets = tickets
        self._outbox = outbox
        self._group = group
        self._clock = clock

    async def send(self) -> int:
        """Remind of what is overdue now; how many. Killed in between, it is said once all the
        same."""
        late = await self._tickets.overdue(_AT_ONCE)
        for ticket in late:
            minutes = int((self._clock() - ticket.opened_at).total_seconds()) // 60
            facts = {"number": ticket.number, "minutes": minutes}
            await self._outbox.say(
                self._group, Reply("desk.nudge", facts), f"nudge:{ticket.number}"
            )
            await self._tickets.nudged(ticket.number)
        return len(late)
