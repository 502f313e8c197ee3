"""Campaigns in the console: written, looked at, tried, sent, stopped, and accounted for.

Whoever is responsible for a part of the region writes only to that part, and sees only what they
wrote themselves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from secrets import token_hex
from typing import TypeVar

from bot.console.campaign_forms import CampaignForm, read_draft
from bot.console.visit import (
    SUPERVISORS,
    Answer,
    Download,
    NotThere,
    Page,
    Redirect,
    Refused,
    Route,
    Visit,
)
from bot.jobs.campaigns.desk import CampaignDesk
from bot.jobs.campaigns.wording import MISSED, MISTAKES, CampaignWording
from bot.pipeline.messages import Button
from bot.records.campaign_rows import Campaign, NoSuchCampaign, State
from bot.records.recipient_rows import Recipient

CAMPAIGNS = "/console/campaigns"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STEPS = ("approve", "start", "pause", "resume", "cancel", "retry", "extend")
# What may be pressed in which state.
OFFERED = {
    State.DRAFT: ("freeze", "cancel"),
    State.FREEZING: ("freeze", "cancel"),
    State.FROZEN: ("approve", "start", "cancel"),
    State.RUNNING: ("pause", "retry", "extend", "cancel"),
    State.PAUSED: ("resume", "retry", "extend", "cancel"),
    State.DONE: ("retry", "extend"),
    State.CANCELLED: (),
}
_A_PAGE = 200
_MOST_EXPORTED = 100_000

T = TypeVar("T")
Handler = Callable[[Visit], Awaitable[Answer]]


class CampaignPages:
    """Every campaign's pages."""

    def __init__(
        self,
        desk: CampaignDesk,
        wording: Callable[[], CampaignWording],
        form: CampaignForm,
        buttons: Callable[[int], tuple[Button, ...]],
        channels: Sequence[str],
    ) -> None:
        """`buttons`: those under a message, by the campaign's number."""
        self._desk = desk
        self._wording = wording
        self._form = form
        self._buttons = buttons
        self._channels = tuple(channels)

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        one = f"{CAMPAIGNS}/{{number}}"

        def change(what: str, handler: Handler) -> Route:
            return Route("POST", f"{one}/{what}", handler, SUPERVISORS, act=f"campaign_{what}")

        return (
            Route("GET", CAMPAIGNS, self.show_all, SUPERVISORS, title="nav_campaigns"),
            Route("POST", CAMPAIGNS, self.draft, SUPERVISORS, act="campaign_draft"),
            Route("GET", one, self.show, SUPERVISORS),
            Route("GET", f"{one}/missed", self.show_missed, SUPERVISORS, act="campaign_missed"),
            change("change", self.change),
            change("test", self.try_on),
            change("freeze", self.freeze),
            change("export", self.export),
            *(change(step, self._step(step)) for step in STEPS),
        )

    async def show_all(self, visit: Visit) -> Answer:
        """The newest ones, and the form for another."""
        found = [it for it in await self._desk.campaigns.latest(_A_PAGE) if _may_see(visit, it)]
        wording = self._wording()
        rows = [(it, wording.state(it.state)) for it in found]
        facts = {"rows": rows, "key": token_hex(8), "filled": {}, **self._form.choices(visit.scope)}
        return Page("campaigns.html.j2", facts)

    async def draft(self, visit: Visit) -> Answer:
        """Write one down."""
        key = self._key(visit)

        async def write() -> Campaign:
            planned = read_draft(visit.form, visit.scope)
            return await self._desk.draft(planned, visit.member.login, key, self._buttons)

        made = await self._told(write)
        visit.detail.update(number=made.number)
        return self._back(made, "saved")

    async def show(self, visit: Visit) -> Answer:
        """One campaign: as a draft what would happen, later how it goes."""
        campaign = await self._mine(visit)
        wording = self._wording()
        facts: dict[str, object] = {
            "campaign": campaign,
            "state": wording.state(campaign.state),
            "offered": OFFERED[campaign.state],
            "key": token_hex(8),
            "history": [wording.step(it) for it in await self._desk.campaigns.history(
                campaign.number)],
            "preview": "",
            "report": "",
            "progress": None,
        }  # fmt: skip
        if campaign.state in (State.DRAFT, State.FREEZING):
            preview = await self._told(lambda: self._desk.preview(campaign.draft))
            facts["preview"] = wording.preview(preview)
            facts |= {"filled": campaign.draft, **self._form.choices(visit.scope)}
        else:
            report = await self._desk.report(campaign.number)
            facts |= {"progress": report.progress, "report": wording.report(report)}
            facts["rate"] = wording.rate(report.progress)
        return Page("campaign.html.j2", facts)

    async def show_missed(self, visit: Visit) -> Answer:
        """Who did not get it, and why."""
        campaign = await self._mine(visit)
        after = visit.query.get("after", "0")
        if not after.isdecimal() or len(after) > 15:
            raise NotThere
        found = await self._desk.recipients.listed(campaign.number, MISSED, int(after), _A_PAGE)
        wording = self._wording()
        rows = [(it, wording.fate(it.fate), wording.reason(it.reason)) for it in found]
        last = found[-1].number if len(found) == _A_PAGE else None
        return Page("campaign_missed.html.j2", {"campaign": campaign, "rows": rows, "last": last})

    async def change(self, visit: Visit) -> Answer:
        """Another text, audience or time."""
        campaign, key = await self._mine(visit), self._key(visit)
        login = visit.member.login

        async def change() -> Campaign:
            draft = read_draft(visit.form, visit.scope, campaign.draft.buttons)
            self._desk.check(draft)
            return await self._desk.campaigns.change(campaign.number, draft, login, key)

        await self._told(change)
        return self._back(campaign, "saved")

    async def try_on(self, visit: Visit) -> Answer:
        """Send it to oneself."""
        campaign, key = await self._mine(visit), self._key(visit)
        urn = visit.form.get("urn", "").strip()
        channel, _, address = urn.partition(":")
        if channel not in self._channels or not address or len(urn) > 100:
            raise Refused("campaigns.no_channel", urn=urn[:100])
        await self._told(lambda: self._desk.try_on(campaign.number, urn, key))
        return self._back(campaign, "campaign_tried")

    async def freeze(self, visit: Visit) -> Answer:
        """Write everybody down who gets it."""
        campaign, key = await self._mine(visit), self._key(visit)
        freezer, login = self._desk.freezer, visit.member.login
        await self._told(lambda: freezer.freeze(campaign.number, login, key))
        return self._back(campaign, "saved")

    async def export(self, visit: Visit) -> Answer:
        """The figures and who did not get it, as an Excel file."""
        campaign = await self._mine(visit)
        missed: list[Recipient] = []
        last = 0
        while len(missed) < _MOST_EXPORTED:
            page = await self._desk.recipients.listed(campaign.number, MISSED, last, 1000)
            if not page:
                break
            last = page[-1].number
            missed += page
        book = self._wording().book(await self._desk.report(campaign.number), missed)
        visit.detail.update(rows=len(missed))
        return Download(f"campaign-{campaign.number}.xlsx", XLSX, book)

    def _step(self, name: str) -> Handler:
        async def take(visit: Visit) -> Answer:
            campaign, key = await self._mine(visit), self._key(visit)
            store = self._desk.freezer if name == "extend" else self._desk.campaigns
            step = getattr(store, name)
            await self._told(lambda: step(campaign.number, visit.member.login, key))
            return self._back(campaign, "saved")

        return take

    async def _told(self, work: Callable[[], Awaitable[T]]) -> T:
        """What came of it; what was wrong is told in a sentence."""
        try:
            return await work()
        except MISTAKES as error:
            raise Refused("campaigns.mistake", told=self._wording().mistake(error)) from None

    async def _mine(self, visit: Visit) -> Campaign:
        try:
            campaign = await self._desk.campaigns.get(visit.number())
        except NoSuchCampaign:
            raise NotThere from None
        if not _may_see(visit, campaign):
            raise NotThere
        return campaign

    def _key(self, visit: Visit) -> str:
        key = visit.form.get("key", "")
        if not key.isalnum():
            raise Refused("campaigns.form_old")
        return key[:40]

    def _back(self, campaign: Campaign, notice: str = "") -> Redirect:
        return Redirect(f"{CAMPAIGNS}/{campaign.number}", notice)


def _may_see(visit: Visit, campaign: Campaign) -> bool:
    return visit.scope.is_whole or campaign.created_by == visit.member.login
