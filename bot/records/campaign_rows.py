"""What a campaign is, and the row that keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.pipeline.messages import Button
from bot.records.tables import CampaignRow, CampaignState

State = CampaignState
BLOCKED = "blocked"  # why it failed: the recipient wants nothing from us
DIGEST = "digest"  # the kind of a day's pushes; every other is somebody's post


@dataclass(frozen=True, slots=True)
class Draft:
    """What a campaign is to say, to whom and when."""

    name: str
    audience: str  # a query of bot.jobs.audience
    words: str
    exclusions: str = ""
    buttons: tuple[Button, ...] = ()
    kind: str = "post"
    again: bool = False  # send once more what may or may not have arrived
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    per_day: int | None = None
    picture: str = ""  # as bot.pipeline.messages.Message has it


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as it stands."""

    number: int
    draft: Draft
    state: State
    state_at: datetime
    state_reason: str | None
    created_by: str
    created_at: datetime
    frozen_by: str | None
    approved_by: str | None
    begun_at: datetime | None
    frozen: int

    @property
    def is_standing(self) -> bool:
        """Whether recipients join it one by one, until its day is over."""
        return self.draft.kind == DIGEST

    def may_send(self, now: datetime) -> bool:
        """Whether its recipients are to be sent to at this moment."""
        starts = self.draft.starts_at
        return self.state is State.RUNNING and (starts is None or now >= starts)

    def has_expired(self, now: datetime) -> bool:
        """Whether it is too late for it."""
        return self.draft.expires_at is not None and now >= self.draft.expires_at


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody did with a campaign."""

    at: datetime
    staff: str
    action: str
    detail: str | None


class NoSuchCampaign(Exception):
    """There is none of that number."""


class WrongState(Exception):
    """The step cannot be taken from the state that the campaign is in."""

    def __init__(self, state: State) -> None:
        super().__init__(state.value)
        self.state = state


class NeedsApproval(Exception):
    """So many recipients need a second person's approval."""


class OwnApproval(Exception):
    """Nobody approves of what they made themselves."""


def parts_of(buttons: Iterable[Button]) -> list[str]:
    """Buttons as a column keeps them."""
    return [part for it in buttons for part in (it.label, it.send)]


def buttons_in(parts: Sequence[str]) -> tuple[Button, ...]:
    """The buttons that a column keeps."""
    return tuple(map(Button, parts[::2], parts[1::2]))


def columns_of(draft: Draft) -> dict[str, object]:
    """The columns that a draft fills."""
    return {
        "name": draft.name,
        "kind": draft.kind,
        "audience": draft.audience,
        "exclusions": draft.exclusions,
        "words": draft.words,
        "buttons": parts_of(draft.buttons),
        "again": draft.again,
        "starts_at": draft.starts_at,
        "expires_at": draft.expires_at,
        "per_day": draft.per_day,
        "picture": draft.picture or None,
    }


def campaign_in(row: CampaignRow) -> Campaign:
    """The campaign that a row holds."""
    draft = Draft(
        name=row.name,
        audience=row.audience,
        words=row.words,
        exclusions=row.exclusions,
        buttons=buttons_in(row.buttons),
        kind=row.kind,
        again=row.again,
        starts_at=row.starts_at,
        expires_at=row.expires_at,
        per_day=row.per_day,
        picture=row.picture or "",
    )
    return Campaign(
        number=row.id,
        draft=draft,
        state=State(row.state),
        state_at=row.state_at,
        state_reason=row.state_reason,
        created_by=row.created_by,
        created_at=row.created_at,
        frozen_by=row.frozen_by,
        approved_by=row.approved_by,
        begun_at=row.begun_at,
        frozen=row.frozen,
    )
