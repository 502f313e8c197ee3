"""Shortages: how many openings there are for the people whom no channel reaches. Who has fewer than
three is on the staff's list like everybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.jobs.board import Board
from bot.records.unreached import Unreached

AT_ONCE = 200  # people
COUNT_AFTER = timedelta(hours=6)  # openings come and go


class Shortages:
    """Counts for them, some at a time."""

    def __init__(self, board: Board, unreached: Unreached, clock: Callable[[], datetime]) -> None:
        self._board = board
        self._unreached = unreached
        self._clock = clock

    async def round(self) -> bool:
        """Count for those who wait for it; whether there may be more."""
        now = self._clock()
        waiting = await self._unreached.uncounted(now - COUNT_AFTER, AT_ONCE)
        found = await self._board.find(waiting) if waiting else []
        counts = [(who, has.count) for who, has in zip(waiting, found, strict=True)]
        await self._unreached.count(counts, now)
        return len(waiting) == AT_ONCE
