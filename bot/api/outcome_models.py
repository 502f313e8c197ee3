"""What would come of a campaign, and what came of it, as programs are told."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from bot.api.campaign_models import CampaignTold
from bot.api.models import Given, Told
from bot.jobs.campaigns.desk import Preview, Report
from bot.jobs.campaigns.wording import CampaignWording
from bot.records.campaign_rows import Step
from bot.records.recipient_rows import Recipient
from bot.records.tables import Fate

LARGEST_PAGE = 1000


class SampleTold(Told):
    """What one recipient would get."""

    urn: str
    text: str


class PreviewTold(Told):
    """What would come of a draft."""

    total: int
    sendable: int
    excluded: int
    by_channel: dict[str, int]
    by_county: dict[str, int]
    skipped: dict[str, int]
    samples: list[SampleTold]
    resting: int
    ends_at: datetime | None
    needs_approval: bool

    @classmethod
    def of(cls, it: Preview) -> PreviewTold:
        """What is told of a preview."""
        counts = it.counts
        return cls(
            total=counts.total, sendable=counts.sendable, excluded=counts.excluded,
            by_channel=dict(counts.by_channel), by_county=dict(counts.by_county),
            skipped=dict(counts.skipped),
            samples=[SampleTold(urn=one.urn, text=one.text) for one in it.samples],
            resting=counts.resting, ends_at=it.ends_at, needs_approval=it.needs_approval,
        )  # fmt: skip


class ReasonTold(Told):
    """Why some did not get it."""

    status: Fate
    reason: str
    told: str
    count: int


class StepTold(Told):
    """Who did what."""

    at: datetime
    staff: str
    action: str
    detail: str | None

    @classmethod
    def of(cls, it: Step) -> StepTold:
        """What is told of a step."""
        return cls(at=it.at, staff=it.staff, action=it.action, detail=it.detail)


class ReportTold(Told):
    """What came of a campaign."""

    campaign: CampaignTold
    counts: dict[Fate, int]
    erased: int
    done: int
    rate: float
    ends_at: datetime | None
    reasons: list[ReasonTold]
    replied: int
    interested: int
    applied: int
    opted_out: int
    left: int
    history: list[StepTold]

    @classmethod
    def of(cls, it: Report, history: list[Step], wording: CampaignWording) -> ReportTold:
        """What is told of a report."""
        progress, echo = it.progress, it.echo
        return cls(
            campaign=CampaignTold.of(progress.campaign), counts=dict(progress.counts),
            erased=progress.erased, done=progress.done, rate=round(progress.rate, 1),
            ends_at=progress.ends_at,
            reasons=[
                ReasonTold(status=fate, reason=why, told=wording.reason(why), count=count)
                for (fate, why), count in it.reasons.items()
            ],
            replied=echo.replied, interested=echo.interested, applied=echo.applied,
            opted_out=echo.opted_out, left=echo.left, history=[StepTold.of(it) for it in history],
        )  # fmt: skip


class RecipientsAsked(Given):
    """Which recipients."""

    status: tuple[Fate, ...] = tuple(Fate)
    cursor: int = Field(0, ge=0, lt=2**53)
    limit: int = Field(200, ge=1, le=LARGEST_PAGE)


class RecipientTold(Told):
    """One visitor in a campaign."""

    number: int
    urn: str
    channel: str
    county: str | None
    status: Fate
    reason: str | None
    told: str
    attempt: int
    fed_at: datetime | None
    done_at: datetime | None
    ref: str

    @classmethod
    def of(cls, it: Recipient, wording: CampaignWording) -> RecipientTold:
        """What is told of a recipient."""
        return cls(
            number=it.number, urn=it.urn, channel=it.channel, county=it.county, status=it.fate,
            reason=it.reason, told=wording.reason(it.reason), attempt=it.attempt,
            fed_at=it.fed_at, done_at=it.done_at, ref=it.ref,
        )  # fmt: skip


class RecipientsTold(Told):
    """A page of recipients."""

    recipients: list[RecipientTold]
    next_cursor: int | None
