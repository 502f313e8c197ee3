"""Writing a campaign's recipients down: each once, with their own text, for good."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from math import inf
from time import monotonic

from bot.jobs.audience import read_audience
from bot.jobs.campaigns.texts import campaign_text
from bot.records.audiences import Audiences, Choice, Quiet
from bot.records.campaign_rows import Campaign, Draft, State, WrongState
from bot.records.campaign_steps import STEPS
from bot.records.campaigns import Campaigns
from bot.records.extensions import Extension, Extensions
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
    """Writes recipients down. However many do it at once, and whatever a crash has left half done,
    everybody is written down once: whoever comes to the end first ends it for all."""

    def __init__(
        self,
        campaigns: Campaigns,
        audiences: Audiences,
        recipients: Recipients,
        extensions: Extensions,
        rules: Rules,
    ) -> None:
        self._campaigns = campaigns
        self._audiences = audiences
        self._recipients = recipients
        self._extensions = extensions
        self._rules = rules

    async def freeze(
        self,
        number: int,
        staff: str,
        key: str,
        progress: Progress = lambda _: None,
        within: float | None = None,
    ) -> Campaign:
        """Write down everybody as they are now. What is not done within so many seconds is left,
        still freezing, to the `Scribe`.

        Raises AudienceError, WordsRefused, WrongState.
        """
        campaign = await self._campaigns.get(number)
        self._rules.choice(campaign.draft)
        campaign_text(campaign.draft.words)
        campaign = await self._campaigns.begin_freezing(number, staff, key)
        if campaign.state is not State.FREEZING:  # the same step, taken before
            return campaign
        return await self.go_on(campaign, staff, progress, within)

    async def go_on(
        self,
        campaign: Campaign,
        staff: str,
        progress: Progress = lambda _: None,
        within: float | None = None,
    ) -> Campaign:
        """Go on with what is being frozen. Raises WrongState when it was cancelled."""
        number = campaign.number
        try:
            if not await self._write(campaign, progress, within):
                return await self._campaigns.get(number)
        except WrongState as error:
            if error.state is State.CANCELLED:
                raise
            return await self._campaigns.get(number)  # somebody else has come to the end
        return await self._campaigns.end_freezing(number, staff)

    async def extend(
        self, number: int, staff: str, key: str, within: float | None = None
    ) -> Campaign:
        """Write down and send to those who joined since. What is not done within so many seconds
        is left to the `Scribe`. Raises WrongState."""
        campaign = await self._campaigns.get(number)
        if campaign.is_standing:
            raise WrongState(campaign.state)
        extension = Extension(number, staff, key)
        await self._extensions.ask(extension)
        return await self.go_on_extending(extension, within)

    async def go_on_extending(self, extension: Extension, within: float | None = None) -> Campaign:
        """Go on with an extension. Raises WrongState when the campaign was cancelled."""
        campaign = await self._campaigns.get(extension.campaign)
        if not await self._write(campaign, lambda _: None, within, STEPS["extend"][0]):
            return campaign
        return await self._campaigns.extend(campaign.number, extension.staff, extension.key)

    async def _write(
        self,
        campaign: Campaign,
        progress: Progress,
        within: float | None,
        states: Collection[State] = (State.FREEZING,),
    ) -> bool:
        """Whether everybody was written down in time."""
        ends = inf if within is None else monotonic() + within
        choice = self._rules.choice(campaign.draft)
        text = campaign_text(campaign.draft.words)
        last = written = 0
        while members := await self._audiences.after(choice, last, AT_ONCE):
            last = members[-1].visitor
            rows = [(member, text.to(member)) for member in members]
            written += await self._recipients.write(campaign.number, rows, states)
            progress(written)
            await asyncio.sleep(BREATH)
            if monotonic() > ends:
                return False
        return True
