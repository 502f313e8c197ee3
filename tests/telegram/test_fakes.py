"""The fake Telegram as a process of its own, as the kill tests use it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram import Bot
from aiohttp import ClientSession

from bot.channels.delivery import Sent, Wait
from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.session import JsonSession
from bot.pipeline.messages import Button, Message
from tests.telegram import faults
from tests.telegram.fakes import TOKEN, Remote
from tests.telegram.payloads import message


@pytest.fixture
async def remote(tmp_path: Path) -> AsyncIterator[Remote]:
    command = ["-m", "tests.telegram.fakes", "--journal", str(tmp_path / "sent.jsonl")]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    base = (await process.stdout.readline()).decode().strip()
    async with ClientSession() as http:
        yield Remote(base, http)
    process.kill()
    await process.wait()


async def test_it_takes_faults_and_updates_and_keeps_a_journal(
    remote: Remote, tmp_path: Path
) -> None:
    bot = Bot(TOKEN, session=JsonSession(remote.base))
    channel = Telegram(bot, None)
    said = Message("telegram:42", "e.1", "您好", (Button("好", "q=好"),))
    await remote.fail(faults.flood(7, chat=42), faults.blocked(chat=43))
    assert await channel.send("42", said) == Wait(7.0)
    assert await channel.send("42", said) == Sent("1")
    assert await remote.hears([{"message": message(42, text=str(n))} for n in range(3)]) == [
        1,
        2,
        3,
    ]
    state = await remote.state()
    await bot.session.close()
    assert (state["sent"], state["pending"], state["calls"]) == (1, 3, {"sendMessage": 2})
    (line,) = (tmp_path / "sent.jsonl").read_text(encoding="utf-8").splitlines()
    taken = json.loads(line)
    assert (taken["chat"], taken["text"], taken["buttons"]) == (42, "您好", [[["好", "q=好"]]])
    assert taken["time"] > 1_700_000_000
