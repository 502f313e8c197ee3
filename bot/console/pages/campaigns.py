"""Campaigns in the console: written, looked at, tried, sent, stopped, and accounted for.

Whoever is responsible for a part of the region writes only to that part, and sees only what they
wrote themselves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex
from typing import TypeVar

from bot.console.campaign_forms import CampaignForm, read_draft
from bot.console.pages.home import Waiting
from bot.console.visit import (
    EVERYBODY,
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
from bot.jobs.campaigns.approvals import Approvals
from bot.jobs.campaigns.desk import CampaignDesk
from bot.jobs.campaigns.reach import may_see
from bot.jobs.campaigns.wording import GOT, MISSED, MISTAKES, CampaignWording
from bot.pipeline.messages import Button
from bot.records.campaign_rows import Campaign, NoSuchCampaign, State
from bot.records.scope import Scope

CAMPAIGNS = "/console/campaigns"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
APPROVE = "approve"
# What may be pressed in which state.
OFFERED = {
    State.DRAFT: ("freeze", "cancel"),
    State.FREEZING: ("cancel",),
    State.FROZEN: (APPROVE, "start", "cancel"),
    State.RUNNING: ("pause", "retry", "extend", "cancel"),
    State.PAUSED: ("resume", "retry", "extend", "cancel"),
    State.DONE: ("retry", "extend"),
    State.CANCELLED: (),
}
DIGESTS = ("pause", "resume", "cancel")
_WAITING = f"{CAMPAIGNS}?which=waiting"
_SHELVES = ("posts", "digests", "waiting")
_A_PAGE = 200
_OWN = 50
_OF_LATE = timedelta(days=7)

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
            who = SUPERVISORS if what == APPROVE else EVERYBODY
            return Route("POST", f"{one}/{what}", handler, who, act=f"campaign_{what}")

        return (
            Route("GET", CAMPAIGNS, self.show_all, EVERYBODY, title="nav_campaigns"),
            Route("POST", CAMPAIGNS, self.draft, EVERYBODY, act="campaign_draft"),
            Route("GET", one, self.show, EVERYBODY),
            Route("GET", f"{one}/missed", self.show_missed, EVERYBODY, act="campaign_missed"),
            change("change", self.change),
            change("test", self.try_on),
            change("export", self.export),
            *(change(step, self._step(step)) for step in self._desk.steps()),
        )

    def waiting(self) -> tuple[Waiting, ...]:
        """What waits for somebody's approval, and what was decided of their own, for the first
        page."""

        async def to_approve(visit: Visit) -> int:
            return len(await self._approvals(visit).waiting(_A_PAGE))

        async def approved(visit: Visit) -> int:
            frozen = await self._desk.campaigns.in_state(State.FROZEN)
            login = visit.member.login
            return sum(it.created_by == login and it.approved_by is not None for it in frozen)

        async def refused(visit: Visit) -> int:
            return len([it for it in await self._own(visit) if await self._is_refused(visit, it)])

        return (
            Waiting("campaigns.home_waiting", _WAITING, SUPERVISORS, to_approve, is_quiet=True),
            Waiting("campaigns.home_approved", CAMPAIGNS, EVERYBODY, approved, is_quiet=True),
            Waiting("campaigns.home_refused", CAMPAIGNS, EVERYBODY, refused, is_quiet=True),
        )

    async def show_all(self, visit: Visit) -> Answer:
        """The newest ones, those of the days' pushes or those that wait, and the form for
        another."""
        shelves = _SHELVES if visit.member.role in SUPERVISORS else _SHELVES[:-1]
        which = visit.query.get("which", "")
        which = which if which in shelves else shelves[0]
        if which == "waiting":
            newest = await self._approvals(visit).waiting(_A_PAGE)
        else:
            newest = await self._desk.campaigns.latest(_A_PAGE, digests=which == "digests")
        wording = self._wording()
        rows = [(it, wording.state(it.state)) for it in newest if may_see(it, *_who(visit))]
        facts = {
            "rows": rows,
            "which": which,
            "shelves": shelves,
            "key": token_hex(8),
            "filled": {},
        }
        return Page("campaigns.html.j2", facts | self._form.choices(visit.scope))

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
            "offered": _offered(campaign, visit),
            "key": token_hex(8),
            "history": [wording.step(it) for it in await self._desk.campaigns.history(
                campaign.number)],
            "picture": _address(campaign.draft.picture),
            "preview": "",
            "report": "",
            "progress": None,
        }  # fmt: skip
        if campaign.state is State.DRAFT:
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
            draft = replace(draft, kind=campaign.draft.kind, picture=campaign.draft.picture)
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

    async def export(self, visit: Visit) -> Answer:
        """The figures, who did not get it and who did, as an Excel file."""
        number = (await self._mine(visit)).number
        missed, got = [await self._desk.listed(number, it) for it in (MISSED, GOT)]
        book = self._wording().book(await self._desk.report(number), missed, got)
        visit.detail.update(rows=len(missed) + len(got))
        return Download(f"campaign-{number}.xlsx", XLSX, book)

    def _step(self, name: str) -> Handler:
        async def take(visit: Visit) -> Answer:
            campaign, key = await self._mine(visit), self._key(visit)
            step = self._desk.steps()[name]
            await self._told(lambda: step(campaign.number, visit.member.login, key))
            return self._back(campaign, "saved")

        return take

    async def _told(self, work: Callable[[], Awaitable[T]]) -> T:
        """What came of it; what was wrong is told in a sentence."""
        try:
            return await work()
        except MISTAKES as error:
            raise Refused("campaigns.mistake", told=self._wording().mistake(error)) from None

    def _approvals(self, visit: Visit) -> Approvals:
        return Approvals(self._desk.campaigns, visit.member)

    async def _own(self, visit: Visit) -> list[Campaign]:
        """The newest that they wrote."""
        return await self._desk.campaigns.latest(_OWN, by=visit.member.login)

    async def _is_refused(self, visit: Visit, campaign: Campaign) -> bool:
        """Whether another has cancelled it of late."""
        if campaign.state is not State.CANCELLED or visit.now - campaign.state_at > _OF_LATE:
            return False
        last = (await self._desk.campaigns.history(campaign.number))[-1]
        return last.staff != visit.member.login

    async def _mine(self, visit: Visit) -> Campaign:
        try:
            campaign = await self._desk.campaigns.get(visit.number())
        except NoSuchCampaign:
            raise NotThere from None
        if not may_see(campaign, *_who(visit)):
            raise NotThere
        return campaign

    def _key(self, visit: Visit) -> str:
        key = visit.form.get("key", "")
        if not key.isalnum():
            raise Refused("campaigns.form_old")
        return key[:40]

    def _back(self, campaign: Campaign, notice: str = "") -> Redirect:
        return Redirect(f"{CAMPAIGNS}/{campaign.number}", notice)


def _offered(campaign: Campaign, visit: Visit) -> tuple[str, ...]:
    """The steps that may be taken; whom the day's pushes are for is nobody's to say."""
    if campaign.is_standing:
        return tuple(it for it in OFFERED[campaign.state] if it in DIGESTS)
    may_approve = visit.member.role in SUPERVISORS
    return tuple(it for it in OFFERED[campaign.state] if it != APPROVE or may_approve)


def _address(picture: str) -> str:
    """Where a picture can be looked at; empty when only its network keeps it."""
    name = picture.partition(":")[2]
    return name if name.startswith("https://") else ""


def _who(visit: Visit) -> tuple[str, Scope]:
    return visit.member.login, visit.scope
