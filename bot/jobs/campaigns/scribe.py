"""The scribe writes down, in the background, recipients whom nobody waits for any more: of large
campaigns, and of those that a crash has interrupted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.jobs.campaigns.freezing import Freezer
from bot.jobs.campaigns.texts import WordsRefused
from bot.jobs.query_words import AudienceError
from bot.records.campaign_rows import Campaign, State, WrongState
from bot.records.campaigns import Campaigns
from bot.records.extensions import Extensions

PATIENCE = 2.0  # seconds that somebody at a page or a program waits
LEFT_AFTER = timedelta(seconds=2 * PATIENCE)  # whoever has begun it has gone

log = structlog.get_logger()


class Scribe:
    """Ends what was begun."""

    def __init__(
        self,
        campaigns: Campaigns,
        extensions: Extensions,
        freezer: Freezer,
        clock: Callable[[], datetime],
    ) -> None:
        self._campaigns = campaigns
        self._extensions = extensions
        self._freezer = freezer
        self._clock = clock

    async def round(self) -> None:
        """Everything that was left."""
        left = self._clock() - LEFT_AFTER
        for campaign in await self._campaigns.in_state(State.FREEZING):
            if campaign.state_at < left:
                staff = campaign.frozen_by or "-"
                await self._end(campaign.number, self._freezer.go_on(campaign, staff))
        for extension in await self._extensions.open(left):
            await self._end(extension.campaign, self._freezer.go_on_extending(extension))

    async def _end(self, number: int, work: Awaitable[Campaign]) -> None:
        try:
            campaign = await work
        except WrongState:
            return  # it was cancelled meanwhile
        except (AudienceError, WordsRefused) as error:  # written for another version
            log.error("campaign.not_written_down", campaign=number, error=str(error))
            return
        log.info("campaign.written_down", campaign=number, recipients=campaign.frozen)
