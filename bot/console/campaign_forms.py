"""The form of a campaign: what it offers to choose from, and the draft that it makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from multidict import MultiMapping

from bot.clock import ZONE
from bot.console.visit import Refused
from bot.jobs.audience import read_audience
from bot.jobs.campaigns.reach import within
from bot.pipeline.messages import Button
from bot.records.campaign_rows import Draft
from bot.records.conditions import Audience, Compare, Feature, Has, Not
from bot.records.scope import Scope

LONGEST_NAME = 80

# The boxes of the form and what each asks of a visitor.
_BOXES = {
    "county": Feature.COUNTY,
    "town": Feature.TOWN,
    "trade": Feature.TRADE,
    "kind": Feature.KIND,
    "category": Feature.CATEGORY,
    "channel": Feature.CHANNEL,
    "seen": Feature.SEEN,
}


@dataclass(frozen=True, slots=True)
class CampaignForm:
    """What there is to choose from."""

    counties: Callable[[Scope], Sequence[str]]
    trades: Callable[[], Sequence[str]]
    kinds: Sequence[str]
    categories: Callable[[], Sequence[str]]
    channels: Sequence[str]

    def choices(self, scope: Scope) -> dict[str, object]:
        """For the page."""
        return {
            "counties": self.counties(scope),
            "trades": self.trades(),
            "kinds": self.kinds,
            "categories": self.categories(),
            "channels": self.channels,
        }


def read_draft(form: MultiMapping[str], scope: Scope, buttons: tuple[Button, ...] = ()) -> Draft:
    """The draft that a form makes; it reaches nobody outside the scope. Raises AudienceError."""
    name = form.get("name", "").strip()[:LONGEST_NAME]
    if not name:
        raise Refused("campaigns.form_name")
    per_day = form.get("per_day", "").strip()
    if per_day and not (per_day.isdecimal() and int(per_day[:9]) > 0):
        raise Refused("campaigns.form_per_day")
    return Draft(
        name=name,
        audience=within(scope, *_audience(form)),
        words=form.get("words", "").replace("\r\n", "\n").strip(),
        exclusions=form.get("exclusions", "").strip(),
        buttons=buttons,
        again=form.get("again") == "yes",
        starts_at=_time(form.get("starts_at", "")),
        expires_at=_time(form.get("expires_at", "")),
        per_day=int(per_day[:9]) if per_day else None,
    )


def _audience(form: MultiMapping[str]) -> list[Audience]:
    """What was chosen and what was written, all of which must fit."""
    parts: list[Audience] = []
    for box, feature in _BOXES.items():
        if values := tuple(it.strip() for it in form.getall(box, []) if it.strip()):
            parts.append(Has(feature, values))
    for box, feature in (("pay", Feature.PAY), ("reached", Feature.REACHED)):
        if value := form.get(box, "").strip():
            parts.append(_number(feature, value))
    if form.get("not_applied") == "yes":
        parts.append(Not(Has(Feature.APPLIED)))
    return [*parts, read_audience(form.get("audience", ""))]


def _number(feature: Feature, value: str) -> Audience:
    if feature is Feature.REACHED:
        return Not(Has(feature, (value,)))
    return Has(feature, (value,), Compare.MOST)


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE)
    except ValueError:
        raise Refused("campaigns.bad_time", time=text[:40]) from None
