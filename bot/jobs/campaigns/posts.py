"""Campaigns as one member of staff is told of them in the chat, and what may be done with each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.jobs.campaigns.approvals import Approvals
from bot.jobs.campaigns.desk import CampaignDesk
from bot.jobs.campaigns.wording import CampaignWording
from bot.masking import masked
from bot.records.campaign_rows import Campaign, State
from bot.records.tables import Fate
from bot.words import Words
from dialogs.newsroom import (
    APPROVE,
    CANCEL,
    KEEP,
    PAUSE,
    RESUME,
    SEND,
    SHOW,
    SUBMIT,
    TRY,
    Post,
)

SAMPLES = 2
_SAMPLE = 300  # characters shown of one
_STEPS = {
    State.DRAFT: (SHOW, CANCEL),
    State.FREEZING: (SEND, CANCEL),
    State.FROZEN: (SEND, CANCEL),
    State.RUNNING: (PAUSE, CANCEL),
    State.PAUSED: (RESUME, CANCEL),
}


class Posts:
    """Tells them."""

    def __init__(
        self, desk: CampaignDesk, approvals: Approvals, words: Words, link: Callable[[int], str]
    ) -> None:
        """`link` leads to the console's page of a campaign, as far as it can be reached."""
        self._desk = desk
        self._approvals = approvals
        self._words = words
        self._wording = CampaignWording(words)
        self._link = link

    async def shown(self, campaign: Campaign) -> Post:
        """All of it that matters as it stands."""
        if self._approvals.awaits(campaign):
            return await self._waiting(campaign)
        is_draft = campaign.state is State.DRAFT
        return await (self.drafted(campaign) if is_draft else self.standing(campaign))

    async def drafted(self, campaign: Campaign) -> Post:
        """A draft, and how it would go."""
        draft = campaign.draft
        preview = await self._desk.preview(draft)
        samples = [masked(it.text)[:_SAMPLE] for it in preview.samples[:SAMPLES]]
        told = self._words.say(
            "post.draft",
            number=campaign.number,
            name=draft.name,
            audience=draft.audience,
            until=self._wording.time(draft.expires_at),
            picture=bool(draft.picture),
            counts=self._wording.preview(replace(preview, samples=())),
            samples=samples,
        )
        send = (SUBMIT,) if preview.needs_approval else (SEND,)
        steps = (TRY, *(send if preview.counts.sendable else ()), KEEP, CANCEL)
        return Post(campaign.number, told, steps, self._link(campaign.number))

    async def _waiting(self, campaign: Campaign) -> Post:
        """All that whoever approves it has to know."""
        draft, number = campaign.draft, campaign.number
        counts = await self._desk.recipients.counts(number)
        told = self._words.say(
            "post.waiting",
            number=number,
            name=draft.name,
            author=campaign.created_by,
            audience=draft.audience,
            exclusions=draft.exclusions,
            frozen=campaign.frozen,
            queued=counts[Fate.QUEUED],
            until=self._wording.time(draft.expires_at),
            picture=bool(draft.picture),
            text=masked(draft.words),
        )
        return Post(number, told, (TRY, APPROVE), self._link(number))

    async def standing(self, campaign: Campaign) -> Post:
        """How far it has come, in short."""
        awaits = self._approvals.awaits(campaign)
        progress = await self._desk.progress(campaign.number)
        is_running = campaign.state is State.RUNNING
        told = self._words.say(
            "post.progress",
            number=campaign.number,
            name=campaign.draft.name,
            state=self._wording.state(campaign.state),
            reason=self._words.say("post.awaits") if awaits else campaign.state_reason or "",
            done=progress.done,
            frozen=campaign.frozen,
            rate=self._wording.rate(progress) if is_running else "",
        )
        steps = (SHOW,) if awaits else _STEPS.get(campaign.state, ())
        link = self._link(campaign.number)
        return Post(campaign.number, told, steps, link)
