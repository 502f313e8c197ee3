"""Real processes for tests: the hotline itself, and the bare bot it is compared with."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil

from bot.folders import make_private
from tests.databases import empty_in

ROOT = Path(__file__).resolve().parents[1]
STARTS_WITHIN = 200.0  # seconds, on a busy machine
FIRST_PASSWORD = "一次性密码：([a-z0-9-]+)"


def free_port() -> int:
    """A port that nobody has, and nobody gets by chance.

    Below the ports that outgoing connections get: somebody who keeps on trying to connect to one
    of those, while nobody listens there, in the end is connected with himself and so takes it.
    """
    while True:
        port = random.SystemRandom().randrange(20_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Running(Protocol):
    """A started process, as subprocess.Popen has it."""

    pid: int

    def poll(self) -> int | None: ...

    def send_signal(self, sig: int, /) -> None: ...

    def wait(self, timeout: float | None = None) -> int: ...


@dataclass
class Process:
    """A command with settings, started, killed and started again on the same port and folder."""

    command: list[str]
    settings: dict[str, str]
    port: int
    log: Path
    popen: Running | None = None
    started_in: float = 0.0

    def launch(self) -> None:
        """Start it without waiting until it is up."""
        env = {**os.environ, **self.settings}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installation keeps what it has compiled
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                self.command,
                env=env,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def start(self) -> None:
        began = time.perf_counter()
        self.launch()
        assert self.popen is not None
        while not self.is_up():
            assert self.popen.poll() is None, self.log.read_text()[-3000:]
            assert time.perf_counter() - began < STARTS_WITHIN, self.log.read_text()[-3000:]
            time.sleep(0.01)
        self.started_in = time.perf_counter() - began

    async def start_beside(self) -> None:
        await asyncio.to_thread(self.start)

    def is_up(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.2):
                return True
        except OSError:
            return False

    def told(self, pattern: str) -> str:
        """All that it has said, once that has come: some is said when the port is open already."""
        until = time.perf_counter() + STARTS_WITHIN
        while not re.search(pattern, said := self.log.read_text(encoding="utf-8")):
            assert time.perf_counter() < until, f"{pattern} is not in {said[-3000:]}"
            time.sleep(0.05)
        return said

    def first_password(self) -> str:
        """The admin's, printed at the first start."""
        [password] = re.findall(FIRST_PASSWORD, self.told(FIRST_PASSWORD))
        return str(password)

    def kill(self, number: int = signal.SIGKILL) -> None:
        assert self.popen is not None
        self.popen.send_signal(number)
        self.popen.wait(30)

    def stop(self) -> float:
        """End it kindly; how many seconds that took."""
        began = time.perf_counter()
        if self.popen is not None and self.popen.poll() is None:
            self.kill(signal.SIGTERM)
        return time.perf_counter() - began

    def resident(self) -> int:
        """Bytes of memory in use by it and its own kind."""
        return sum(int(it.memory_info().rss) for it in self._family())

    def processor_seconds(self) -> float:
        """Used so far by it and its own kind, not by its redis-server."""
        return sum(it.cpu_times().user + it.cpu_times().system for it in self._family())

    def _family(self) -> list[psutil.Process]:
        assert self.popen is not None
        head = psutil.Process(self.popen.pid)
        return [it for it in (head, *head.children()) if it.name().startswith("python")]

    def redis(self) -> psutil.Process:
        """Its redis-server."""
        assert self.popen is not None
        children = psutil.Process(self.popen.pid).children()
        [server] = [it for it in children if it.name().startswith("redis")]
        return server

    def get(self, path: str) -> bytes:
        """What a GET answers, whatever its status."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return bytes(answer.read())
        except HTTPError as error:
            return error.read()


def prepared(folder: Path) -> Path:
    """The folder, in its `var` what `hotline prepare` leaves there: the tables, and what was
    learned from the content of the project (when it was installed; else it is learned anew)."""
    var = folder / "var"
    make_private(var)
    if not (var / "hotline.db").exists():
        empty_in(var)
    (var / "cache").mkdir(exist_ok=True)
    for file in (ROOT / "var" / "cache").glob("wording-*.npz"):
        with suppress(FileExistsError):
            (var / "cache" / file.name).symlink_to(file)
    return folder


@contextmanager
def hotline(folder: Path, **settings: str) -> Iterator[Process]:
    """The hotline with its data in `folder`, not started yet."""
    port = free_port()
    # What is said depends on nothing but the test: somebody is at the desk at any hour.
    always = {"DESK_HOURS": "0:00-24:00"}
    own = {"PORT": str(port), "VAR_DIR": str(folder / "var"), **always, **settings}
    command = [sys.executable, "-m", "bot", "serve"]
    process = Process(command, own, port, folder / "hotline.log")
    try:
        yield process
    finally:
        process.stop()


@contextmanager
def bare_bot(folder: Path, api: str, redis_socket: Path, *options: str) -> Iterator[Process]:
    """The bare aiogram bot, not started yet."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.bare", "--port", str(port), "--api", api]
    process = Process(
        [*command, "--socket", str(redis_socket), *options], {}, port, folder / "bare.log"
    )
    try:
        yield process
    finally:
        process.stop()
