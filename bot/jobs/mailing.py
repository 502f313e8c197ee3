"""The day's pushes as a campaign: one a day, sent and accounted for like every other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from bot.clock import ZONE
from bot.jobs.audience import TITLES
from bot.jobs.calendar import NIGHT
from bot.jobs.campaigns.freezing import NIGHT as REST
from bot.pipeline.messages import channel_of
from bot.records.audiences import Member
from bot.records.campaign_rows import DIGEST, Draft, State
from bot.records.campaigns import Campaigns
from bot.records.conditions import Feature
from bot.records.letters import Letter
from bot.records.offers import Push
from bot.records.pushes import Candidate
from bot.words import Words
from dialogs.offers import Offered, offers_reply
from dialogs.work import Match

AUDIENCE = TITLES[Feature.WISHING]  # who of them is due is the planner's business


class Mailing:
    """Opens the day's campaign, and puts pushes into words."""

    def __init__(self, campaigns: Campaigns, words: Words, clock: Callable[[], datetime]) -> None:
        self._campaigns = campaigns
        self._words = words
        self._clock = clock

    async def may_take(self) -> bool:
        """Whether pushes may be planned now: staff have not paused or cancelled the day's."""
        campaign = await self._campaigns.of_key(_key(self._today()))
        return campaign is None or campaign.state is State.RUNNING

    async def of_today(self) -> int:
        """The number of the day's campaign, that is opened if there is none yet."""
        today = self._today()
        name = self._words.say("campaigns.digest_name", day=today)
        ends = datetime.combine(today, NIGHT, ZONE)
        draft = Draft(name, AUDIENCE, "", kind=DIGEST, expires_at=ends)
        return (await self._campaigns.open(draft, _key(today))).number

    def letter(
        self, seeker: Candidate, push: Push, matches: Sequence[Match], is_short: bool
    ) -> Letter:
        """What the seeker is told."""
        reply = offers_reply(Offered(push.number, tuple(matches), is_short))
        text, buttons = self._words.render(reply), self._words.buttons(reply)
        member = Member(
            visitor=0,
            urn=seeker.urn,
            channel=channel_of(seeker.urn),
            county=seeker.county,
            town=seeker.town,
            name=None,
            trades=(),
            quiet=REST,
            why_not=None,
        )
        return Letter(push, member, text, buttons)

    def _today(self) -> date:
        return self._clock().astimezone(ZONE).date()


def _key(day: date) -> str:
    return f"{DIGEST}:{day}"
