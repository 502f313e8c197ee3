"""Campaigns as they go in and out."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from bot.api.models import Given, Moment, Text, Told
from bot.jobs.audience import LONGEST as LONGEST_QUERY
from bot.jobs.campaigns.texts import LONGEST as LONGEST_WORDS
from bot.records.campaign_rows import Campaign, Draft, State

LONGEST_NAME = 80
LONGEST_ADDRESS = 1000
_FETCHED = "telegram:"  # by Telegram itself, which takes an address where a picture's name goes


class DraftGiven(Given):
    """What a campaign is to say, to whom and when."""

    name: Text = Field(min_length=1, max_length=LONGEST_NAME)
    audience: Text = Field(min_length=1, max_length=LONGEST_QUERY)
    exclusions: Text = Field("", max_length=LONGEST_QUERY)
    words: Text = Field(min_length=1, max_length=LONGEST_WORDS)
    picture: Text | None = Field(None, max_length=LONGEST_ADDRESS, pattern=r"^(https://\S+)?$")
    plain: bool = False
    again: bool = False
    starts_at: Moment | None = None
    expires_at: Moment | None = None
    per_day: int | None = Field(None, ge=1, le=100_000_000)


class TrialGiven(Given):
    """To whom a campaign is sent for a trial."""

    urn: Text = Field(pattern=r"^[a-z]+:\S{1,80}$")


class CampaignsAsked(Given):
    """Which campaigns: what people wrote, or the days' pushes; the newest first."""

    digests: bool = False
    cursor: int | None = Field(None, ge=1, lt=2**31)
    limit: int = Field(50, ge=1, le=200)


class CampaignTold(Told):
    """A campaign as it stands."""

    number: int
    name: str
    kind: str
    audience: str
    exclusions: str
    words: str
    plain: bool
    has_picture: bool
    again: bool
    starts_at: datetime | None
    expires_at: datetime | None
    per_day: int | None
    state: State
    state_at: datetime
    state_reason: str | None
    created_by: str
    created_at: datetime
    frozen_by: str | None
    approved_by: str | None
    begun_at: datetime | None
    frozen: int

    @classmethod
    def of(cls, it: Campaign) -> CampaignTold:
        """What is told of a campaign."""
        draft = it.draft
        return cls(
            number=it.number, name=draft.name, kind=draft.kind, audience=draft.audience,
            exclusions=draft.exclusions, words=draft.words, plain=not draft.buttons,
            has_picture=bool(draft.picture), again=draft.again, starts_at=draft.starts_at,
            expires_at=draft.expires_at,
            per_day=draft.per_day, state=it.state, state_at=it.state_at,
            state_reason=it.state_reason, created_by=it.created_by, created_at=it.created_at,
            frozen_by=it.frozen_by, approved_by=it.approved_by, begun_at=it.begun_at,
            frozen=it.frozen,
        )  # fmt: skip


class CampaignsTold(Told):
    """A page of campaigns."""

    campaigns: list[CampaignTold]
    next_cursor: int | None


class TrialTold(Told):
    """Whether a trial was sent just now, or before under the same key."""

    is_new: bool


def draft_of(given: DraftGiven, audience: str, picture: str = "") -> Draft:
    """The draft, its audience narrowed to a region already; `picture`: the one that it has."""
    if given.picture is not None:
        picture = given.picture and f"{_FETCHED}{given.picture}"
    return Draft(
        name=given.name.strip(),
        audience=audience,
        words=given.words.strip(),
        exclusions=given.exclusions.strip(),
        again=given.again,
        starts_at=given.starts_at,
        expires_at=given.expires_at,
        per_day=given.per_day,
        picture=picture,
    )
