"""What the hotline itself holds in the end: nothing owed, and a transcript of everything."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.embedded import socket_path
from bot.pipeline.dead import DeadLetters
from bot.pipeline.line import Line, StorageDown
from bot.pipeline.messages import Lane
from bot.pipeline.partitions import PARTITIONS, Keys
from tests.conftest import running_line
from tests.kill.crowd import Crowd

OWED = ("inbox", *(lane.outbox("telegram") for lane in Lane), "journal")
SETTLED_WITHIN = 200.0  # seconds, on a busy machine

Transcript = dict[int, list[tuple[str, str]]]  # chat -> (direction or delivery state, text)


@dataclass(frozen=True, slots=True)
class Books:
    """Where one hotline, or several that share, keep what they know."""

    socket: Path
    database: Path

    @classmethod
    def under(cls, folder: Path) -> Books:
        """Those of a hotline started by tests.service.hotline with that folder."""
        var = folder / "var"
        return cls(socket_path(var / "redis"), var / "hotline.db")

    async def settle(self) -> set[int]:
        """Wait until nothing is owed; the chats whose updates are dead letters."""
        async with running_line(self.socket) as line, asyncio.timeout(SETTLED_WITHIN):
            while await _owed(line):  # noqa: ASYNC110 -- it is another process's work
                await asyncio.sleep(0.1)
            letters = await DeadLetters(line).all()
        assert all(letter.event is not None for letter in letters), letters
        return {_chat(letter.event.urn) for letter in letters if letter.event is not None}

    def transcript(self) -> Transcript:
        """Every line of the records."""
        lines: Transcript = defaultdict(list)
        query = "SELECT urn, coalesce(delivery, direction), text FROM messages ORDER BY at, id"
        with closing(sqlite3.connect(self.database)) as records:
            for urn, state, text in records.execute(query):
                lines[_chat(urn)].append((state, text))
        return lines


async def lost(crowd: Crowd, books: Books) -> list[int]:
    """Whose update was accepted and then neither answered nor laid with the dead letters.

    Fails when the records tell another story than what the visitors saw.
    """
    dead = await books.settle()
    transcript = books.transcript()
    for chat in crowd.accepted - dead:
        assert transcript[chat] == crowd.story(chat), (chat, transcript[chat])
    for chat in dead:
        assert [state for state, _ in transcript[chat]].count("heard") == 1, transcript[chat]
    return [chat for chat in crowd.unanswered() if chat not in dead]


async def _owed(line: Line) -> int:
    keys = [Keys(partition).key(hop) for partition in range(PARTITIONS) for hop in OWED]
    try:
        return sum(await asyncio.gather(*(line.call("XLEN", key) for key in keys)))
    except StorageDown:
        return 1


def _chat(urn: str) -> int:
    return int(urn.partition(":")[2])
