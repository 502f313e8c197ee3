"""The web chat as a process of its own, to be killed and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.service import STARTS_WITHIN, free_port

from .service import ROOT


class ServiceProcess:
    """`service.py` on a port that stays the same."""

    def __init__(self, redis_path: str) -> None:
        self.port = free_port()
        self._redis_path = redis_path
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        program = str(Path(__file__).with_name("service.py"))
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            program,
            self._redis_path,
            str(self.port),
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        async with asyncio.timeout(STARTS_WITHIN):
            while not await self._answers():  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            await self._process.wait()
            self._process = None

    async def kill(self) -> None:
        await self.end(signal.SIGKILL)

    async def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.returncode is None, "the service did not start"
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True
