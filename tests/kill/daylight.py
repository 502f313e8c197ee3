"""Processes in which it is ten in the morning when the test begins, whatever the hour: nothing is
pushed by night."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import partial
from pathlib import Path

import bot.clock
from bot.clock import ZONE
from tests.forks import Forked, run, started_by
from tests.service import Process


def until_ten() -> timedelta:
    """How far the clock has to be put forward."""
    here = datetime.now(ZONE)
    return datetime.combine(here.date() + timedelta(days=1), time(10), ZONE) - here


@dataclass
class Morning(Forked):
    """A command whose clock is put forward by so much."""

    ahead: timedelta = field(default_factory=until_ten)

    def fork(self) -> Callable[[], None]:
        return partial(_run, self.command[2:], self.settings, self.log, self.ahead)

    def now(self) -> datetime:
        """The time in the process."""
        return datetime.now(UTC) + self.ahead


def by_day(slow: AbstractContextManager[Process]) -> AbstractContextManager[Morning]:
    """The same process, its starts forks, in the morning."""
    return started_by(Morning, slow)


def _run(words: list[str], settings: Mapping[str, str], log: Path, ahead: timedelta) -> None:
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + ahead

    bot.clock.datetime = Ahead  # type: ignore[misc]
    run(words, settings, log)
