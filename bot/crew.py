"""Further processes of this service on the same machine, started again when they die."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping

import structlog

from bot.embedded import die_with_parent

log = structlog.get_logger()

LOOK_EVERY = 0.5  # seconds
STOP_WITHIN = 9.0  # seconds
_RECORDER = {"ROLE": "records", "SEMANTIC": "false"}  # it answers nobody
_WORKER = {"ROLE": "worker"}


class Crew:
    """So many processes of `hotline serve`: the first one keeps the records, the others take turns
    and send."""

    def __init__(self, size: int, settings: Mapping[str, str]) -> None:
        """`settings`: what they need beside this process's own environment."""
        self._environment = {**os.environ, **settings, "PROCESSES": "1"}
        self._roles = [_RECORDER, *[_WORKER] * (size - 1)][:size]
        self._processes: list[subprocess.Popen[bytes]] = []

    async def run(self) -> None:
        """Keep them running until cancelled; then end them kindly."""
        try:
            self._processes = [self._start(role) for role in self._roles]
            while True:
                await asyncio.sleep(LOOK_EVERY)
                self._replace_the_dead()
        finally:
            for process in self._processes:
                process.terminate()
            for process in self._processes:
                await asyncio.to_thread(process.wait, STOP_WITHIN)

    def _replace_the_dead(self) -> None:
        for number, process in enumerate(self._processes):
            if process.poll() is not None:
                log.error("worker.died", code=process.returncode)
                self._processes[number] = self._start(self._roles[number])

    def _start(self, role: Mapping[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            env={**self._environment, **role},
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent(os.getpid()),
            start_new_session=True,
        )
