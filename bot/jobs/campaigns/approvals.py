"""Campaigns that wait for a second person, and whether somebody may be that person."""

from __future__ import annotations

from dataclasses import dataclass

from bot.jobs.campaigns.reach import may_see
from bot.records.campaign_rows import Campaign, State
from bot.records.campaigns import Campaigns
from bot.records.staff import SUPERVISORS, Member


@dataclass(frozen=True, slots=True)
class Approvals:
    """Those that one member of staff may give."""

    campaigns: Campaigns
    member: Member

    def awaits(self, campaign: Campaign) -> bool:
        """Whether this one waits for theirs."""
        login = self.member.login
        is_open = campaign.state is State.FROZEN and campaign.approved_by is None
        is_theirs = login in (campaign.created_by, campaign.frozen_by)
        return (
            is_open
            and not is_theirs
            and self.member.role in SUPERVISORS
            and self.campaigns.needs_approval(campaign.frozen)
            and may_see(campaign, login, self.member.scope)
        )

    async def waiting(self, most: int) -> list[Campaign]:
        """The newest that wait for theirs."""
        frozen = await self.campaigns.in_state(State.FROZEN)
        return [it for it in reversed(frozen) if self.awaits(it)][:most]
