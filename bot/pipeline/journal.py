"""Writes the journal into the records, in batches; a batch written twice changes nothing."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import structlog

from bot.metrics import Metrics
from bot.pipeline.closing import Closing
from bot.pipeline.dead import DeadLetters
from bot.pipeline.doorbell import JOURNAL, Doorbell
from bot.pipeline.leases import Leases
from bot.pipeline.line import Line, StorageDown
from bot.pipeline.messages import Line as JournalLine
from bot.pipeline.messages import unpack_line
from bot.pipeline.partitions import Keys
from bot.pipeline.streams import Entry, StreamReader

log = structlog.get_logger()

OUTAGE_PAUSE = 1.0  # seconds between tries while storage or the records are down
GATHER = 0.25  # seconds to let a batch grow: nobody waits for the records
AT_ONCE = 3000  # lines a batch: turns wait while it is put into rows

Batch = Sequence[tuple[str, JournalLine]]


class Transcripts(Protocol):
    """The records, as the journal needs them."""

    async def write(self, batch: Batch) -> None:
        """Write lines with their journal ids, in one transaction."""
        ...


class JournalWriter:
    """Drains the journal of the partitions this process owns."""

    def __init__(
        self,
        line: Line,
        leases: Leases,
        bell: Doorbell,
        transcripts: Transcripts,
        records_up: Callable[[], Awaitable[bool]],
        metrics: Metrics,
        closing: Closing,
    ) -> None:
        """`records_up` tells whether a batch that failed is the database's fault or its own."""
        self._line = line
        self._transcripts = transcripts
        self._records_up = records_up
        self._metrics = metrics
        self._closing = closing
        self._reader = StreamReader(line, leases, bell, JOURNAL)
        self._dead = DeadLetters(line)

    async def run(self) -> None:
        """Write until the service is stopping; what is left stays in the journal."""
        while not self._closing:
            await self._closing.sleep(GATHER)
            try:
                entries = await self._reader.fresh()
            except StorageDown:
                await self._closing.sleep(OUTAGE_PAUSE)
                continue
            for start in range(0, len(entries), AT_ONCE):
                await self._write(entries[start : start + AT_ONCE])

    async def _write(self, entries: list[Entry]) -> None:
        """Once at least, the service's stop or not."""
        while not await self._has_ended(entries) and not self._closing:
            await self._closing.sleep(OUTAGE_PAUSE)

    async def _has_ended(self, entries: list[Entry]) -> bool:
        try:
            return await self._has_written(entries)
        except StorageDown:  # they are written again: that changes nothing
            return False

    async def _has_written(self, entries: list[Entry]) -> bool:
        """Write what can be written and take it from the journal; False when the records are down.

        What makes a batch fail although they are up is found by halving, and becomes a dead letter.
        """
        try:
            await self._transcripts.write([(it.name, _line_of(it)) for it in entries])
        except Exception as error:  # whatever the database's driver raises: the journal keeps it
            log.error("journal.not_written", lines=len(entries), error=type(error).__name__)
            if not await self._records_up():
                return False
            if len(entries) > 1:
                middle = len(entries) // 2
                first = await self._has_written(entries[:middle])
                return first and await self._has_written(entries[middle:])
            raw = entries[0].packed.decode(errors="replace")
            await self._dead.keep_raw(raw, type(error).__name__, time.time())
        await self._drop(entries)
        self._metrics.journal_lines.inc(len(entries))
        return True

    async def _drop(self, entries: list[Entry]) -> None:
        done: defaultdict[int, list[str]] = defaultdict(list)
        for entry in entries:
            done[entry.partition].append(entry.id)
        journals = ((Keys(partition).key("journal"), ids) for partition, ids in done.items())
        await asyncio.gather(*(self._line.call("XDEL", key, *ids) for key, ids in journals))


def _line_of(entry: Entry) -> JournalLine:
    known = entry.thing
    return known if isinstance(known, JournalLine) else unpack_line(entry.packed)
