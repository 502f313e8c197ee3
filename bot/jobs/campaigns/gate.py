"""The gate before each message of a campaign: the records say, at the last moment, whether it is
still wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from bot.channels.delivery import Withheld
from bot.pipeline.gate import Held
from bot.pipeline.line import StorageDown
from bot.pipeline.messages import Message, channel_of
from bot.pipeline.switches import BOT, CAMPAIGNS
from bot.records.database import DOWN
from bot.records.recipient_rows import Standing, is_quiet
from bot.records.results import recipient_of
from bot.records.tables import CampaignState

GATHER = 0.002  # seconds to let others join who ask at the same time
ON_ITS_WAY = (CampaignState.RUNNING, CampaignState.DONE)


class Records(Protocol):
    """Where it stands."""

    async def standings(self, numbers: Sequence[int]) -> dict[int, Standing]:
        """What speaks for and against sending to each recipient."""
        ...


class CampaignGate:
    """Asks the records for all messages at once that wait for an answer."""

    def __init__(
        self, records: Records, off: Callable[..., bool], clock: Callable[[], datetime]
    ) -> None:
        """`off`: whether any of these was switched off."""
        self._records = records
        self._off = off
        self._clock = clock
        self._asking: list[tuple[int, asyncio.Future[Standing | None]]] = []
        self._lock = asyncio.Lock()
        self._held: set[str] = set()

    def minds(self, message: Message) -> bool:
        """Whether it is a campaign's."""
        return recipient_of(message.ref) is not None

    def holds(self, message: Message) -> bool:
        """Whether it was held when it was last asked about."""
        return message.ref in self._held

    async def verdict(self, message: Message) -> Held | Withheld | None:
        """What speaks against sending it now; None: nothing. Raises StorageDown."""
        whose = recipient_of(message.ref)
        if whose is None:
            return None
        verdict = self._judge(await self._standing(whose[1]), channel_of(message.urn))
        if isinstance(verdict, Held):
            self._held.add(message.ref)
        else:
            self._held.discard(message.ref)
        return verdict

    def _judge(self, standing: Standing | None, channel: str) -> Held | Withheld | None:
        now = self._clock()
        if standing is None:  # they had all that is known of them deleted
            return Withheld("erased")
        if standing.campaign_state is CampaignState.CANCELLED:
            return Withheld("cancelled")
        if standing.wants_none:
            return Withheld("opted_out")
        if standing.expires_at is not None and now >= standing.expires_at:
            return Withheld("expired")
        is_off = self._off(BOT, CAMPAIGNS, f"channel:{channel}")
        may_go = standing.campaign_state in ON_ITS_WAY and not is_off
        return None if may_go and not is_quiet(standing.quiet, now) else Held()

    async def _standing(self, recipient: int) -> Standing | None:
        mine: asyncio.Future[Standing | None] = asyncio.get_running_loop().create_future()
        self._asking.append((recipient, mine))
        async with self._lock:
            if not mine.done():  # the first in the line asks for all
                await asyncio.sleep(GATHER)
                await self._ask()
        return await mine

    async def _ask(self) -> None:
        asking, self._asking = self._asking, []
        try:
            found = await self._records.standings([number for number, _ in asking])
        except DOWN as error:
            _fail(asking, type(error).__name__)
            return
        except BaseException:
            _fail(asking, "not asked")
            raise
        for number, future in asking:
            if not future.done():
                future.set_result(found.get(number))


def _fail(asking: Sequence[tuple[int, asyncio.Future[Standing | None]]], why: str) -> None:
    for _, future in asking:
        if not future.done():
            future.set_exception(StorageDown(why))
