"""The circuit breaker: a campaign that the network refuses again and again, always for the same
reason, is paused before it has spoilt everything."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.records.campaign_rows import BLOCKED, Campaign, WrongState
from bot.records.campaigns import Campaigns
from bot.records.recipients import Recipients

RUN = 20  # refusals in a row
LOOK_EVERY = timedelta(seconds=1)

log = structlog.get_logger()


class Breaker:
    """Looks at what came of the last messages of each campaign."""

    def __init__(
        self, campaigns: Campaigns, recipients: Recipients, clock: Callable[[], datetime]
    ) -> None:
        self._campaigns = campaigns
        self._recipients = recipients
        self._clock = clock
        self._looked: dict[int, datetime] = {}

    async def has_tripped(self, campaign: Campaign) -> bool:
        """Whether the campaign was paused just now. What was before its last step counts for
        nothing: whoever resumes it has seen it."""
        now, number = self._clock(), campaign.number
        looked = self._looked.get(number)
        if looked is not None and now - looked < LOOK_EVERY:
            return False
        self._looked[number] = now
        latest = await self._recipients.latest_results(number, campaign.state_at, RUN)
        reason = latest[0] if len(latest) == RUN and len(set(latest)) == 1 else None
        if reason is None or reason == BLOCKED:
            return False
        log.error("campaign.paused", campaign=number, reason=reason)
        with suppress(WrongState):  # somebody was quicker
            await self._campaigns.pause(number, "-", f"breaker:{now.isoformat()}", reason)
        return True
