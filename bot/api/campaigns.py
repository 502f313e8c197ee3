"""Campaigns over the API: all that console and terminal can do with them, by the same desk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from bot.api.calls import AnyOperation, Call, Kind, Refusal, Wrong, change, conflict, look
from bot.api.campaign_models import (
    CampaignsAsked,
    CampaignsTold,
    CampaignTold,
    DraftGiven,
    TrialGiven,
    TrialTold,
    draft_of,
)
from bot.api.models import Nothing
from bot.api.outcome_models import (
    PreviewTold,
    RecipientsAsked,
    RecipientsTold,
    RecipientTold,
    ReportTold,
)
from bot.console.visit import EVERYBODY, SUPERVISORS
from bot.jobs.audience import read_audience
from bot.jobs.campaigns.desk import CampaignDesk
from bot.jobs.campaigns.reach import may_see, within
from bot.jobs.campaigns.texts import WordsRefused, campaign_text
from bot.jobs.campaigns.wording import MISTAKES, CampaignWording
from bot.jobs.query_words import AudienceError
from bot.pipeline.messages import Button
from bot.records.campaign_rows import Campaign, Draft, NoSuchCampaign, State

CAMPAIGNS = "/campaigns"

T = TypeVar("T")


class CampaignOperations:
    """Everything that can be done with campaigns."""

    def __init__(
        self,
        desk: CampaignDesk,
        wording: Callable[[], CampaignWording],
        buttons: Callable[[int], tuple[Button, ...]],
        channels: Sequence[str],
    ) -> None:
        """`buttons`: those under a message, by the campaign's number."""
        self._desk = desk
        self._wording = wording
        self._buttons = buttons
        self._channels = tuple(channels)

    def operations(self) -> tuple[AnyOperation, ...]:
        """The table of contents."""
        one, who = f"{CAMPAIGNS}/{{number}}", EVERYBODY
        told, report = CampaignTold, ReportTold
        return (
            look("campaigns_list", CAMPAIGNS, who, self.show_all, CampaignsTold, CampaignsAsked),
            change("campaign_draft", CAMPAIGNS, who, self.draft, told, DraftGiven, status=201),
            look("campaign_read", one, who, self.show, told, Nothing),
            change("campaign_change", one, who, self.change, told, DraftGiven, method="PUT"),
            look("campaign_preview", f"{one}/preview", who, self.preview, PreviewTold, Nothing),
            change("campaign_test", f"{one}/test", who, self.try_on, TrialTold, TrialGiven),
            *(
                change(
                    f"campaign_{it}", f"{one}/{it}", SUPERVISORS if it == "approve" else who,
                    self._step(it), told, Nothing,
                )
                for it in self._desk.steps()
            ),
            look("campaign_report", f"{one}/report", who, self.report, report, Nothing),
            look(
                "campaign_recipients", f"{one}/recipients", who, self.recipients, RecipientsTold,
                RecipientsAsked, is_kept=True,
            ),
        )  # fmt: skip

    async def show_all(self, call: Call[CampaignsAsked, Nothing]) -> CampaignsTold:
        """The newest first; whoever sees a part of them may find fewer on a page."""
        asked, store = call.query, self._desk.campaigns
        page = await store.latest(asked.limit, digests=asked.digests, before=asked.cursor)
        seen = [CampaignTold.of(it) for it in page if _is_seen(call, it)]
        last = page[-1].number if len(page) == asked.limit else None
        return CampaignsTold(campaigns=seen, next_cursor=last)

    async def draft(self, call: Call[Nothing, DraftGiven]) -> CampaignTold:
        """Write one down; the same key again tells of the one that it has made."""
        draft = _draft(call, self._wording())
        buttons = (lambda _: ()) if call.body.plain else self._buttons
        made = await self._desk.draft(draft, call.member.login, call.once_for("draft"), buttons)
        call.detail["number"] = made.number
        if made.state is State.DRAFT and replace(made.draft, buttons=()) != draft:
            steps = [it.action for it in await self._desk.campaigns.history(made.number)]
            if steps.count("change") < 2:  # the first one gave it its buttons
                raise conflict("api.once_used", number=made.number)
        return CampaignTold.of(made)

    async def show(self, call: Call[Nothing, Nothing]) -> CampaignTold:
        """One of them."""
        return CampaignTold.of(await self._mine(call))

    async def change(self, call: Call[Nothing, DraftGiven]) -> CampaignTold:
        """Another text, audience or time."""
        campaign = await self._mine(call)
        buttons = () if call.body.plain else self._buttons(campaign.number)
        draft = _draft(call, self._wording(), campaign.draft.picture)
        draft = replace(draft, buttons=buttons, kind=campaign.draft.kind)
        who = call.member.login, call.once_for("change")
        store = self._desk.campaigns
        return CampaignTold.of(
            await self._told(call, lambda: store.change(campaign.number, draft, *who))
        )

    async def preview(self, call: Call[Nothing, Nothing]) -> PreviewTold:
        """What would come of it now."""
        draft = (await self._mine(call)).draft
        return PreviewTold.of(await self._told(call, lambda: self._desk.preview(draft)))

    async def try_on(self, call: Call[Nothing, TrialGiven]) -> TrialTold:
        """Send it to oneself."""
        campaign, urn = await self._mine(call), call.body.urn
        if urn.partition(":")[0] not in self._channels:
            raise Refusal(Kind.INVALID, Wrong("urn", "campaigns.no_channel", {"urn": urn}))
        key = call.once_for("test")
        is_new = await self._told(call, lambda: self._desk.try_on(campaign.number, urn, key))
        return TrialTold(is_new=is_new)

    async def report(self, call: Call[Nothing, Nothing]) -> ReportTold:
        """What came of it."""
        number = (await self._mine(call)).number
        history = await self._desk.campaigns.history(number)
        return ReportTold.of(await self._desk.report(number), history, self._wording())

    async def recipients(self, call: Call[RecipientsAsked, Nothing]) -> RecipientsTold:
        """Who got it, and who did not and why."""
        campaign, asked, wording = await self._mine(call), call.query, self._wording()
        found = await self._desk.recipients.listed(
            campaign.number, asked.status, asked.cursor, asked.limit
        )
        call.detail["rows"] = len(found)
        return RecipientsTold(
            recipients=[RecipientTold.of(it, wording) for it in found],
            next_cursor=found[-1].number if len(found) == asked.limit else None,
        )

    def _step(self, name: str) -> Callable[[Call[Nothing, Nothing]], Awaitable[CampaignTold]]:
        step = self._desk.steps()[name]

        async def take(call: Call[Nothing, Nothing]) -> CampaignTold:
            number = (await self._mine(call)).number
            who = call.member.login, call.once_for(name)
            return CampaignTold.of(await self._told(call, lambda: step(number, *who)))

        return take

    async def _told(self, call: Call[Any, Any], work: Callable[[], Awaitable[T]]) -> T:
        """What came of it; what was wrong is told in a sentence."""
        try:
            return await work()
        except MISTAKES as error:
            told = self._wording().mistake(error, call.number())
            raise conflict("campaigns.mistake", told=told) from None

    async def _mine(self, call: Call[Any, Any]) -> Campaign:
        try:
            campaign = await self._desk.campaigns.get(call.number())
        except NoSuchCampaign:
            raise Refusal(Kind.NOT_THERE) from None
        if not _is_seen(call, campaign):
            raise Refusal(Kind.NOT_THERE)
        return campaign


def _is_seen(call: Call[Any, Any], campaign: Campaign) -> bool:
    return may_see(campaign, call.member.login, call.member.scope)


def _draft(call: Call[Nothing, DraftGiven], wording: CampaignWording, picture: str = "") -> Draft:
    """The draft that is given, with the `picture` that it has unless another is given; it reaches
    nobody outside the scope. Raises Refusal."""
    given, scope = call.body, call.member.scope
    checks: dict[str, Callable[[], object]] = {
        "audience": lambda: within(scope, read_audience(given.audience)),
        "exclusions": lambda: read_audience(given.exclusions),
        "words": lambda: campaign_text(given.words),
    }
    found = {name: _refused(check, wording) for name, check in checks.items()}
    wrong = [Wrong(name, "campaigns.mistake", {"told": it}) for name, it in found.items() if it]
    if not given.name.strip():
        wrong.append(Wrong("name", "campaigns.form_name"))
    if wrong:
        raise Refusal(Kind.INVALID, *wrong)
    return draft_of(given, within(scope, read_audience(given.audience)), picture)


def _refused(check: Callable[[], object], wording: CampaignWording) -> str:
    """What is wrong, in a sentence; empty when nothing is."""
    try:
        check()
    except (AudienceError, WordsRefused) as error:
        return wording.mistake(error)
    return ""
