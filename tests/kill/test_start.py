"""Starting beside or after another service in the same folder."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest

from tests.forks import fast
from tests.kill.conftest import Figures
from tests.service import Process, free_port, hotline

pytestmark = pytest.mark.kill

GONE_WITHIN = 30.0  # seconds, on a busy machine


@pytest.mark.timeout(300)
async def test_a_folder_serves_one_hotline_and_outlives_its_death(
    tmp_path: Path, figures: Figures
) -> None:
    with fast(hotline(tmp_path, SEMANTIC="false", LOG_LEVEL="warning")) as process:
        await process.start_beside()
        code, words = await _second(process, tmp_path / "second.log")
        assert code == 1
        [sentence] = words.splitlines()
        assert str(tmp_path / "var") in sentence
        assert "Traceback" not in sentence
        assert process.is_up()

        redis = process.redis()
        process.kill(signal.SIGKILL)
        died = time.perf_counter()
        while redis.is_running() and redis.status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.01)
            assert time.perf_counter() - died < GONE_WITHIN
        gone_after = time.perf_counter() - died

        await process.start_beside()
        redis = process.redis()
        redis.kill()
        process.kill(signal.SIGKILL)
        stale = tmp_path / "var/redis/redis.sock"
        assert stale.is_socket()
        with socket.socket(socket.AF_UNIX) as probe, pytest.raises(ConnectionRefusedError):
            probe.connect(str(stale))
        await process.start_beside()
        assert b'"ready": true' in await asyncio.to_thread(process.get, "/readyz")
    figures.tell(redis_gone_after=gone_after, start=process.started_in)


async def _second(process: Process, log: Path) -> tuple[int, str]:
    """Start another with the same folder; its exit code and what it says."""
    settings = {**process.settings, "PORT": str(free_port())}
    second = type(process)(process.command, settings, process.port, log)
    second.launch()
    assert second.popen is not None
    code = await asyncio.to_thread(second.popen.wait, 60)
    return code, await asyncio.to_thread(log.read_text, "utf-8")
