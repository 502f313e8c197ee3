"""What staff do with campaigns before and beside the sending: look, try, and ask how it goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from math import inf

from bot.jobs.campaigns.authors import Authors
from bot.jobs.campaigns.feeder import Mouth
from bot.jobs.campaigns.forecast import finish
from bot.jobs.campaigns.freezing import Freezer, Rules
from bot.jobs.campaigns.scribe import PATIENCE
from bot.jobs.campaigns.texts import campaign_text
from bot.masking import masked_name
from bot.pipeline.messages import Button, Lane, Message, SaidLine
from bot.records.audiences import Audiences, Choice, Counts
from bot.records.campaign_echoes import Echo, Echoes
from bot.records.campaign_rows import Campaign, Draft, State
from bot.records.campaigns import Campaigns
from bot.records.recipient_rows import Recipient
from bot.records.recipients import Recipients
from bot.records.tables import Fate

TakeStep = Callable[[int, str, str], Awaitable[Campaign]]

SAMPLES = 5
MOST_EXPORTED = 100_000  # rows of a sheet
_PAGE = 1000
RATE_OVER = timedelta(seconds=60)  # over which the present speed is measured


@dataclass(frozen=True, slots=True)
class Sample:
    """What one recipient would get."""

    urn: str
    name: str | None  # masked
    county: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen if a draft were frozen and started now."""

    counts: Counts
    samples: tuple[Sample, ...]
    ends_at: datetime | None  # None: not within a year
    needs_approval: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign has come, at one moment."""

    campaign: Campaign
    counts: Mapping[Fate, int]
    erased: int  # had their data deleted since it was frozen
    rate: float  # messages a second, lately
    ends_at: datetime | None

    @property
    def done(self) -> int:
        """How many need nothing more."""
        return self.campaign.frozen - self.counts[Fate.QUEUED] - self.counts[Fate.SENDING]


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a campaign."""

    progress: Progress
    reasons: Mapping[tuple[Fate, str], int]
    echo: Echo


class CampaignDesk:
    """For the terminal, the console and the API alike."""

    def __init__(
        self,
        campaigns: Campaigns,
        audiences: Audiences,
        recipients: Recipients,
        freezer: Freezer,
        rules: Rules,
        rates: Mapping[str, float],
        mouth: Mouth,
        echoes: Echoes,
        authors: Authors,
        clock: Callable[[], datetime],
    ) -> None:
        """`rates`: messages a second that each channel may send."""
        self.campaigns = campaigns
        self.recipients = recipients
        self.freezer = freezer
        self._audiences = audiences
        self._rules = rules
        self._rates = rates
        self._mouth = mouth
        self._echoes = echoes
        self._authors = authors
        self._clock = clock

    def steps(self) -> Mapping[str, TakeStep]:
        """The steps that somebody may take, by their names: with a campaign's number, in the name
        of a login, under a key. A long list of recipients is ended in the background."""
        store, freezer = self.campaigns, self.freezer
        return {
            "freeze": partial(freezer.freeze, within=PATIENCE),
            "approve": partial(self._decide, "approve", store.approve),
            "start": store.start,
            "pause": store.pause,
            "resume": store.resume,
            "cancel": partial(self._decide, "cancel", store.cancel),
            "retry": store.retry,
            "extend": partial(freezer.extend, within=PATIENCE),
        }

    async def _decide(
        self, name: str, step: TakeStep, number: int, login: str, key: str
    ) -> Campaign:
        """Take it, and its author hears of it."""
        campaign = await step(number, login, key)
        await self._authors.hear(campaign, name, login)
        return campaign

    def check(self, draft: Draft) -> Choice:
        """Raises AudienceError or WordsRefused for what cannot be sent."""
        campaign_text(draft.words)
        return self._rules.choice(draft)

    async def draft(
        self, draft: Draft, staff: str, key: str, buttons: Callable[[int], tuple[Button, ...]]
    ) -> Campaign:
        """A new campaign; `buttons`: those under its message, by its number. Raises AudienceError,
        WordsRefused."""
        self.check(draft)
        made = await self.campaigns.draft(draft, staff, key)
        if made.state is not State.DRAFT or made.draft.buttons:
            return made
        with_buttons = replace(draft, buttons=buttons(made.number))
        return await self.campaigns.change(made.number, with_buttons, staff, f"buttons:{key}")

    async def preview(self, draft: Draft) -> Preview:
        """What would come of it. Raises AudienceError, WordsRefused."""
        choice, now = self.check(draft), self._clock()
        counts = await self._audiences.count(choice, max(now, draft.starts_at or now))
        return Preview(
            counts=counts,
            samples=await self._samples(draft, choice),
            ends_at=self._end(draft, counts.by_channel),
            needs_approval=self.campaigns.needs_approval(counts.sendable),
        )

    async def try_on(self, number: int, urn: str, key: str) -> bool:
        """Send it to somebody of the staff, who is no recipient; False when it was, with that
        key. Raises StorageDown."""
        draft = (await self.campaigns.get(number)).draft
        self.check(draft)
        words = campaign_text(draft.words).to_anybody()
        now = self._clock().timestamp()
        ref = f"trial:{number}:{key}:{urn}"
        labels = [button.label for button in draft.buttons]
        message = Message(urn, ref, words, draft.buttons, now, picture=draft.picture)
        line = SaidLine(f"trial:{number}", ref, urn, now, words, labels, "campaign", "chat", [])
        return await self._mouth.put(message, line, Lane.INTERACTIVE)

    async def progress(self, number: int) -> Progress:
        """How far it has come."""
        campaign = await self.campaigns.get(number)
        counts, frozen = await self.recipients.counts_with_total(number)
        speed = await self.recipients.done_since(number, self._clock() - RATE_OVER)
        left = await self.recipients.by_channel(number)
        is_open = campaign.state in (State.FROZEN, State.RUNNING, State.PAUSED)
        return Progress(
            campaign=campaign,
            counts=counts,
            erased=max(0, frozen - sum(counts.values())),
            rate=speed,
            ends_at=self._end(campaign.draft, left, speed) if is_open else None,
        )

    async def report(self, number: int) -> Report:
        """What came of it."""
        return Report(
            await self.progress(number),
            await self.recipients.by_reason(number),
            await self._echoes.of(number),
        )

    async def listed(self, number: int, fates: Sequence[Fate]) -> list[Recipient]:
        """Everybody who came to one of these, as far as a sheet holds them."""
        found: list[Recipient] = []
        last = 0
        while len(found) < MOST_EXPORTED:
            page = await self.recipients.listed(number, fates, last, _PAGE)
            if not page:
                break
            last = page[-1].number
            found += page
        return found

    async def _samples(self, draft: Draft, choice: Choice) -> tuple[Sample, ...]:
        text = campaign_text(draft.words)
        members = await self._audiences.after(choice, 0, SAMPLES * 20)
        told = [it for it in members if it.why_not is None]
        shown = [replace(it, name=masked_name(it.name)) for it in told[:SAMPLES]]
        return tuple(Sample(it.urn, it.name, it.county, text.to(it) or text.words) for it in shown)

    def _end(self, draft: Draft, left: Mapping[str, int], speed: float = 0.0) -> datetime | None:
        """When the slowest channel is through, at the `speed` of late if there is one: no channel
        is faster than all of them were."""
        begins = max(self._clock(), draft.starts_at or self._clock())
        rates = {it: min(self._rates.get(it, 1.0), speed or inf) for it in left}
        ends = [
            finish(begins, many, rates[channel], self._rules.quiet, draft.per_day)
            for channel, many in left.items()
            if many
        ]
        return None if None in ends else max((it for it in ends if it), default=begins)
