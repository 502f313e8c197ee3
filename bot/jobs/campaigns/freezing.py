"""Writing a campaign's recipients down: each once, with their own text, for good."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass

from bot.jobs.audience import read_audience
from bot.jobs.campaigns.texts import campaign_text
from bot.records.audiences import Audiences, Choice, Quiet
from bot.records.campaign_rows import Campaign, Draft, State, WrongState
from bot.records.campaigns import Campaigns
from bot.records.recipients import Recipients

AT_ONCE = 1000  # recipients in one transaction: the journal writes between them
BREATH = 0.001  # seconds between two of them, in which others may write
MOST_A_WEEK = 3  # campaigns that one visitor gets in seven days, unless told otherwise
NIGHT = Quiet(21 * 60, 8 * 60)

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every campaign."""

    channels: Collection[str]  # those that can send
    most_a_week: int = MOST_A_WEEK
    quiet: Quiet = NIGHT  # of whoever has no other wish

    def choice(self, draft: Draft) -> Choice:
        """Who a campaign is for. Raises AudienceError."""
        exclusions = read_audience(draft.exclusions) if draft.exclusions.strip() else None
        audience = read_audience(draft.audience)
        return Choice(audience, exclusions, self.channels, self.most_a_week, self.quiet)


class Freezer:
    """Writes recipients down."""

    def __init__(
        self, campaigns: Campaigns, audiences: Audiences, recipients: Recipients, rules: Rules
    ) -> None:
        self._campaigns = campaigns
        self._audiences = audiences
        self._recipients = recipients
        self._rules = rules

    async def freeze(
        self, number: int, staff: str, key: str, progress: Progress = lambda _: None
    ) -> Campaign:
        """Write down everybody as they are now; what a crash has left half done is done anew.

        Raises AudienceError, WordsRefused, WrongState.
        """
        campaign = await self._campaigns.get(number)
        self._rules.choice(campaign.draft)
        campaign_text(campaign.draft.words)
        campaign = await self._campaigns.begin_freezing(number, staff, key)
        if campaign.state is not State.FREEZING:  # the same step, taken before
            return campaign
        await self._recipients.clear(number)
        await self._write(campaign, progress)
        return await self._campaigns.end_freezing(number, staff)

    async def extend(self, number: int, staff: str, key: str) -> Campaign:
        """Write down and send to those who joined since. Raises WrongState."""
        campaign = await self._campaigns.get(number)
        if campaign.state not in (State.RUNNING, State.PAUSED, State.DONE):
            raise WrongState(campaign.state)
        await self._write(campaign, lambda _: None)
        return await self._campaigns.extend(number, staff, key)

    async def _write(self, campaign: Campaign, progress: Progress) -> None:
        choice = self._rules.choice(campaign.draft)
        text = campaign_text(campaign.draft.words)
        last = written = 0
        while members := await self._audiences.after(choice, last, AT_ONCE):
            last = members[-1].visitor
            rows = [(member, text.to(member)) for member in members]
            written += await self._recipients.write(campaign.number, rows)
            progress(written)
            await asyncio.sleep(BREATH)
