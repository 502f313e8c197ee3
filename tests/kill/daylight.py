"""Processes in which it is ten in the morning when the test begins, whatever the hour: nothing is
pushed by night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from pathlib import Path

import bot.clock
from bot.clock import ZONE
from tests.kill import forks
from tests.service import Process


def until_ten() -> timedelta:
    """How far the clock has to be put forward."""
    here = datetime.now(ZONE)
    return datetime.combine(here.date() + timedelta(days=1), time(10), ZONE) - here


@dataclass
class Morning(forks.Forked):
    """A command whose clock is put forward by so much."""

    ahead: timedelta = field(default_factory=until_ten)

    def launch(self) -> None:
        forks._context.set_forkserver_preload([*forks.IMPORTED, __name__])
        run = (self.command[2:], self.settings, self.log, self.ahead)
        process = forks._context.Process(target=_run, args=run, daemon=True)
        process.start()
        assert process.pid is not None
        self.popen = forks.Fork(process, process.pid)

    def now(self) -> datetime:
        """The time in the process."""
        return datetime.now(UTC) + self.ahead


@contextmanager
def by_day(slow: AbstractContextManager[Process]) -> Iterator[Morning]:
    """The same process, its starts forks, in the morning."""
    with slow as plain:
        morning = Morning(plain.command, plain.settings, plain.port, plain.log)
        try:
            yield morning
        finally:
            morning.stop()


def _run(words: list[str], settings: Mapping[str, str], log: Path, ahead: timedelta) -> None:
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + ahead

    bot.clock.datetime = Ahead  # type: ignore[misc]
    forks._run(words, settings, log)
