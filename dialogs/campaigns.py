"""What a visitor may say to a campaign: that it interests them, or that they want no more."""

from __future__ import annotations

from typing import Protocol

from dialogs.menu import menu, person
from dialogs.offers import Paces, number
from dialogs.talk import Option, Reply, Talk
from dialogs.work import Pace


class CampaignBook(Protocol):
    """Where it is kept."""

    async def take_interest(self, visitor: str, campaign: int) -> bool:
        """It interests them; False when they were sent none of it."""
        ...

    async def mute(self, visitor: str, campaign: int | None) -> None:
        """They want no campaigns any more. Twice is as good as once."""
        ...

    async def unmute(self, visitor: str) -> None:
        """They want them again."""
        ...


async def take_interest(talk: Talk, book: CampaignBook) -> Reply:
    """感兴趣: kept for the staff, and whoever wants to may go on at once."""
    await book.take_interest(talk.visitor, number(talk.given("campaign")))
    return Reply("campaigns.interested", options=(_openings(), person(), menu()))


async def stop_campaigns(talk: Talk, book: CampaignBook) -> Reply:
    """不再接收: no campaign reaches them any more."""
    await book.mute(talk.visitor, number(talk.given("campaign")) or None)
    again = Option.start("campaigns.again_button", "campaign.again")
    return Reply("campaigns.stopped", options=(again, menu()))


async def unsubscribe(talk: Talk, book: CampaignBook, paces: Paces) -> Reply:
    """Nothing comes unasked any more, neither campaigns nor openings."""
    await book.mute(talk.visitor, None)
    await paces.set_pace(talk.visitor, Pace.NEVER)
    return Reply("campaigns.unsubscribed", options=(menu(),))


async def want_campaigns(talk: Talk, book: CampaignBook) -> Reply:
    """恢复接收: they changed their mind."""
    await book.unmute(talk.visitor)
    return Reply("campaigns.again", options=(menu(),))


def options(campaign: int) -> tuple[Option, ...]:
    """The buttons under a campaign's message."""
    return (
        Option.start("campaigns.interested_button", "campaign.interested", campaign=str(campaign)),
        Option.start("campaigns.stop_button", "campaign.stop", campaign=str(campaign)),
    )


def _openings() -> Option:
    return Option.start("campaigns.openings_button", "jobs")
