"""Campaigns in the chat: what one member of staff may do with them there, by the same desk as on
the console. Every step is in the audit under their login."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.jobs.campaigns.approvals import Approvals
from bot.jobs.campaigns.choosing import Choosing
from bot.jobs.campaigns.desk import CampaignDesk
from bot.jobs.campaigns.posts import Posts
from bot.jobs.campaigns.reach import may_see
from bot.jobs.campaigns.wording import MISTAKES, CampaignWording
from bot.masking import masked
from bot.pipeline.messages import Button
from bot.records.audit import Audit
from bot.records.campaign_rows import Campaign, Draft, NoSuchCampaign, State, WrongState
from bot.records.staff import Member, Staff
from bot.words import Words
from dialogs.fields import Reader
from dialogs.newsroom import (
    CANCEL,
    PAUSE,
    RESUME,
    SEND,
    SHOW,
    SUBMIT,
    TRY,
    Plan,
    Post,
    StepRefused,
)

LATEST = 5
_NAME = 20
# Where a step leads; who takes it twice has taken it.
_LEADS = {
    SEND: State.RUNNING,
    PAUSE: State.PAUSED,
    RESUME: State.RUNNING,
    CANCEL: State.CANCELLED,
}
_OVER = (State.DRAFT, State.DONE, State.CANCELLED)
_ACTS = {TRY: "test", SEND: "start", SUBMIT: "freeze"}  # as the console names them


@dataclass(frozen=True, slots=True)
class Newsroom:
    """Where campaigns are written in the chat. `link` leads to the console's page of a campaign,
    as far as it can be reached; `buttons` are those under a message, by the campaign's number."""

    staff: Staff
    desk: CampaignDesk
    audit: Audit
    words: Callable[[], Words]
    reader: Reader
    buttons: Callable[[int], tuple[Button, ...]]
    link: Callable[[int], str]
    clock: Callable[[], datetime]

    async def desk_of(self, visitor: str) -> Posting | None:
        """The desk of the member of staff whose account that is; None: it is nobody's."""
        member = await self.staff.by_telegram(visitor)
        return None if member is None else Posting(self, member, visitor)


class Posting:
    """What one member of staff may do."""

    def __init__(self, room: Newsroom, member: Member, visitor: str) -> None:
        """`visitor`: the urn of their own account."""
        self._room = room
        self._desk = room.desk
        self._member = member
        self._visitor = visitor
        self._approvals = Approvals(room.desk.campaigns, member)
        self._posts = Posts(room.desk, self._approvals, room.words(), room.link)
        self._choosing = Choosing(room.reader, member.scope)
        self._wording = CampaignWording(room.words())
        self.counties = self._choosing.counties
        self.groups = self._choosing.groups
        self.counties_in = self._choosing.counties_in
        self.trades_in = self._choosing.trades_in
        self.query = self._choosing.query
        self.words = self._choosing.words

    def moment(self, text: str) -> datetime:
        """A moment to come. Raises Unclear."""
        return self._choosing.moment(text, self._room.clock())

    async def write(self, plan: Plan, key: str) -> Post:
        """Write a draft down; the same `key` writes it once."""
        words = plan.letter.words
        first = next((it.strip() for it in words.splitlines() if it.strip()), "")
        draft = Draft(
            name=f"{plan.kind} {masked(first)[:_NAME]}",
            audience=self._choosing.audience(plan),
            words=words,
            expires_at=plan.until,
            picture=plan.letter.picture,
        )
        made = await self._desk.draft(draft, self._login, f"post:{key}", self._room.buttons)
        await self._noted("draft", made.number)
        return await self._posts.drafted(made)

    async def is_under_way(self, number: int) -> bool | None:
        """Whether its recipients are written down and not all is over; None: there is no campaign
        of that number that they may see."""
        try:
            campaign = await self._desk.campaigns.get(number)
        except NoSuchCampaign:
            return None
        is_theirs = may_see(campaign, self._login, self._member.scope)
        return campaign.state not in _OVER if is_theirs else None

    async def latest(self) -> Sequence[Post]:
        """The last few that they wrote, and what waits for their approval; the newest first."""
        waiting = await self._approvals.waiting(LATEST)
        mine = await self._desk.campaigns.latest(LATEST, by=self._login)
        newest = sorted((*waiting, *mine), key=lambda it: it.number, reverse=True)
        return [await self._posts.standing(it) for it in newest]

    async def take(self, step: str, number: int, key: str) -> None:
        """Take a step; the same `key` takes it once. Raises StepRefused."""
        if step == SHOW:
            return
        try:
            await self._take(step, await self._desk.campaigns.get(number), f"post:{key}")
        except WrongState as error:
            if error.state is not _LEADS.get(step):
                raise StepRefused(self._wording.mistake(error, number)) from error
        except MISTAKES as error:
            raise StepRefused(self._wording.mistake(error, number)) from error
        await self._noted(step, number)

    async def show(self, number: int) -> Post:
        """How the campaign stands; there is one."""
        campaign = await self._desk.campaigns.get(number)
        return await self._posts.shown(campaign)

    async def note(self, action: str, about: str) -> None:
        """Into the audit."""
        await self._room.audit.note(self._login, action, about, address=self._visitor)

    @property
    def _login(self) -> str:
        return self._member.login

    async def _noted(self, step: str, number: int) -> None:
        await self.note(f"campaign_{_ACTS.get(step, step)}", f"campaign:{number}")

    async def _take(self, step: str, campaign: Campaign, key: str) -> None:
        number, login, campaigns = campaign.number, self._login, self._desk.campaigns
        match step:
            case "try":
                await self._desk.try_on(number, self._visitor, key)
            case "send":  # one key: a second tap is the same step
                await self._freeze(campaign)
                await campaigns.start(number, login, "post:start")
            case "submit":
                await self._freeze(campaign)
            case "approve":
                await self._approve(campaign, key)
            case "pause":
                await campaigns.pause(number, login, key)
            case "resume":
                await campaigns.resume(number, login, key)
            case "cancel":
                await self._desk.steps()["cancel"](number, login, key)
            case _:  # keeping a draft changes nothing
                pass

    async def _approve(self, campaign: Campaign, key: str) -> None:
        if campaign.approved_by == self._login:  # who takes it twice has taken it
            return
        if not self._approvals.awaits(campaign):
            raise StepRefused(self._room.words().say("post.not_yours"))
        await self._desk.steps()["approve"](campaign.number, self._login, key)

    async def _freeze(self, campaign: Campaign) -> None:
        if campaign.state in (State.DRAFT, State.FREEZING):
            freeze = self._desk.steps()["freeze"]
            campaign = await freeze(campaign.number, self._login, "post:freeze")
        if campaign.state is State.FREEZING:
            raise StepRefused(self._room.words().say("post.freezing"))
