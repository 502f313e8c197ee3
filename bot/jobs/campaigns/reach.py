"""How far a member of staff reaches: whoever is responsible for a part of the region writes only to
that part, and sees only what they wrote themselves."""

from __future__ import annotations

from bot.jobs.audience import read_audience, write_audience
from bot.records.campaign_rows import Campaign
from bot.records.conditions import And, Audience, Everybody, Feature, Has
from bot.records.scope import Scope


def may_see(campaign: Campaign, login: str, scope: Scope) -> bool:
    """Whether somebody may see the campaign and take its steps."""
    return scope.is_whole or campaign.created_by == login


def within(scope: Scope, *parts: Audience) -> str:
    """The query of whoever fits every part and lives in the region of the scope, read once more: a
    number that is none is refused. Raises AudienceError."""
    wanted = [it for it in (*parts, *_region(scope)) if not isinstance(it, Everybody)]
    unique = tuple(dict.fromkeys(wanted))
    found = And(unique) if len(unique) > 1 else next(iter(unique), Everybody())
    return write_audience(read_audience(write_audience(found)))


def _region(scope: Scope) -> tuple[Audience, ...]:
    if scope.is_whole:
        return ()
    counties = Has(Feature.COUNTY, tuple(sorted(scope.counties)))
    if not scope.towns:
        return (counties,)
    return (counties, Has(Feature.TOWN, tuple(sorted(scope.towns))))
