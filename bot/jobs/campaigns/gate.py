"""The gate before each message of a campaign: the records say, at the last moment, whether it is
still wanted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from bot.channels.delivery import Withheld
from bot.jobs.campaigns.lookout import Lookout, Records
from bot.pipeline.gate import Held
from bot.pipeline.messages import Message, channel_of
from bot.pipeline.switches import BOT, CAMPAIGNS
from bot.records.recipient_rows import Standing, is_quiet
from bot.records.results import recipient_of
from bot.records.tables import CampaignState

FRESH = 0.05  # seconds that what the records said of a message that comes up counts
HELD_FRESH = 0.4  # likewise of one that is held
ON_ITS_WAY = (CampaignState.RUNNING, CampaignState.DONE)


class CampaignGate:
    """Asks the records for all messages at once that come up next, and lets none pass by what was
    read more than a twentieth of a second ago."""

    def __init__(
        self, records: Records, off: Callable[..., bool], clock: Callable[[], datetime]
    ) -> None:
        """`off`: whether any of these was switched off."""
        self._off = off
        self._clock = clock
        # By channel: one that must wait is in nobody's way.
        self._coming: defaultdict[str, Lookout] = defaultdict(lambda: Lookout(records, FRESH))
        self._held = Lookout(records, HELD_FRESH)

    def minds(self, message: Message) -> bool:
        """Whether it is a campaign's."""
        return recipient_of(message.ref) is not None

    @contextmanager
    def expecting(self, message: Message) -> Iterator[None]:
        """While inside, it is coming up."""
        whose = recipient_of(message.ref)
        if whose is None:
            yield
            return
        coming = self._coming[channel_of(message.urn)]
        coming.add(whose[1])
        try:
            yield
        finally:
            coming.drop(whose[1])

    def holds(self, message: Message) -> bool:
        """Whether it was held when it was last asked about."""
        whose = recipient_of(message.ref)
        return whose is not None and whose[1] in self._held

    async def verdict(self, message: Message) -> Held | Withheld | None:
        """What speaks against sending it now; None: nothing. Raises StorageDown."""
        whose = recipient_of(message.ref)
        if whose is None:
            return None
        recipient, channel = whose[1], channel_of(message.urn)
        lookout = self._held if recipient in self._held else self._coming[channel]
        verdict = self._judge(await lookout.standing(recipient), channel)
        lookout.drop(recipient)
        if isinstance(verdict, Held):
            self._held.add(recipient)
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
