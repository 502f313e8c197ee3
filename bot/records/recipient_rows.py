"""Rows of recipients: what each tells of whom, and how somebody is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.pipeline.messages import Button
from bot.records.audiences import Member, Quiet
from bot.records.campaign_rows import buttons_in
from bot.records.quiet_hours import minute_of
from bot.records.tables import CampaignState, Fate

FIRST = 1  # attempt


@dataclass(frozen=True, slots=True)
class Due:
    """A recipient who is being sent to."""

    number: int
    campaign: int
    urn: str
    text: str | None  # None: the campaign's own words
    attempt: int
    push: int | None = None  # the openings that they are sent
    buttons: tuple[Button, ...] | None = None  # None: the campaign's own

    @property
    def ref(self) -> str:
        """The name of the message, the same whenever it is said."""
        again = f".{self.attempt}" if self.attempt > FIRST else ""
        return f"c{self.campaign}.{self.number}{again}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What speaks for and against sending to a recipient now."""

    campaign_state: CampaignState
    expires_at: datetime | None
    quiet: Quiet
    wants_none: bool


@dataclass(frozen=True, slots=True)
class Recipient:
    """One line of a report."""

    number: int
    urn: str
    channel: str
    county: str | None
    fate: Fate
    reason: str | None
    fed_at: datetime | None
    done_at: datetime | None
    attempt: int
    ref: str


def is_quiet(quiet: Quiet, now: datetime) -> bool:
    """Whether these hours are now."""
    minute = minute_of(now)
    if quiet.begin < quiet.end:
        return quiet.begin <= minute < quiet.end
    return quiet.begin > quiet.end and (minute >= quiet.begin or minute < quiet.end)


def new_row(campaign: int, member: Member, text: str | None) -> dict[str, Any]:
    """The row of somebody who is written down."""
    return {
        "campaign_id": campaign,
        "urn": member.urn,
        "channel": member.channel,
        "county": member.county,
        "text": text,
        "quiet_from": member.quiet.begin,
        "quiet_until": member.quiet.end,
        "state": (Fate.QUEUED if member.why_not is None else Fate.SKIPPED).value,
        "reason": member.why_not,
        "attempt": FIRST,
    }


def due_in(row: Mapping[Any, Any], attempt: int) -> Due:
    """The recipient in a row, sent to for the `attempt`-th time."""
    buttons = None if row["buttons"] is None else buttons_in(row["buttons"])
    return Due(
        row["id"], row["campaign_id"], row["urn"], row["text"], attempt, row["push_id"], buttons
    )


def standing_in(
    usual_from: int,
    usual_until: int,
    own_from: int | None,
    own_until: int | None,
    campaign_state: str,
    expires_at: datetime | None,
    wants_none: object,
) -> Standing:
    """What a row of all that matters tells; hours of their own count for more than the usual."""
    quiet = Quiet(usual_from, usual_until)
    if own_from is not None and own_until is not None:
        quiet = Quiet(own_from, own_until)
    return Standing(CampaignState(campaign_state), expires_at, quiet, bool(wants_none))


def recipient_in(row: Mapping[Any, Any]) -> Recipient:
    """The line of a report that a row makes."""
    due = Due(row["id"], row["campaign_id"], row["urn"], None, row["attempt"])
    return Recipient(
        number=row["id"],
        urn=row["urn"],
        channel=row["channel"],
        county=row["county"],
        fate=Fate(row["state"]),
        reason=row["reason"],
        fed_at=row["fed_at"],
        done_at=row["done_at"],
        attempt=row["attempt"],
        ref=due.ref,
    )
