"""Whoever wrote a campaign hears what somebody else decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.records.campaign_rows import Campaign
from bot.records.staff import Staff
from dialogs.talk import Reply

DECISIONS = ("approve", "cancel")  # steps that concern the author when another takes them


class Voice(Protocol):
    """Says something unasked; the same key says it once."""

    async def say(self, visitor: str, reply: Reply, key: str) -> bool:
        """Whether it was said now. Raises StorageDown."""
        ...


@dataclass(frozen=True, slots=True)
class Authors:
    """Tells them in the chat, if they have bound an account; the console's home tells everybody."""

    staff: Staff
    voice: Voice

    async def hear(self, campaign: Campaign, step: str, login: str) -> None:
        """One of DECISIONS was taken by that member. Raises StorageDown."""
        if login == campaign.created_by:
            return
        found = await self.staff.by_login(campaign.created_by)
        member = found[0] if found else None
        if member is None or not member.is_active or member.telegram is None:
            return
        facts = {"number": campaign.number, "name": campaign.draft.name, "by": login}
        reply = Reply(f"post.told_{step}", facts)
        await self.voice.say(member.telegram, reply, f"told:{campaign.number}:{step}")
