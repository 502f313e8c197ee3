"""What a member of staff says of a campaign in the chat, read as they say it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.jobs.audience import NAMES, read_audience, write_audience
from bot.jobs.campaigns.deadlines import NotAMoment, Past, read_deadline
from bot.jobs.campaigns.reach import within
from bot.jobs.campaigns.texts import WordsRefused, campaign_text
from bot.jobs.query_words import AudienceError
from bot.records.conditions import Audience, Everybody, Feature, Has
from bot.records.scope import Scope
from dialogs.fields import Reader
from dialogs.newsroom import Plan
from dialogs.talk import Unclear

_BETWEEN = re.compile(r"[、,，;；\s]+")


@dataclass(frozen=True, slots=True)
class Choosing:
    """Reads it for somebody who is responsible for `scope`."""

    reader: Reader
    scope: Scope

    @property
    def counties(self) -> tuple[str, ...]:
        """Those within the scope."""
        known = self.reader.counties()
        return tuple(it for it in known if self.scope.is_whole or it in self.scope.counties)

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The groups of trades."""
        return self.reader.groups()

    def counties_in(self, text: str) -> tuple[str, ...]:
        """The counties that a text names. Raises Unclear."""
        counties = self.counties
        found = self._parts(text, counties) or self.reader.wish(f"在{text}").counties
        inside = tuple(it for it in found if it in counties)
        if not inside:
            raise Unclear("post.no_county", counties=list(counties))
        return inside

    def trades_in(self, text: str) -> tuple[str, ...]:
        """The trades that a text names, all of a group that it names. Raises Unclear."""
        groups = self.groups
        if text.strip() in groups:
            return groups[text.strip()]
        known = [trade for group in groups.values() for trade in group]
        found = self._parts(text, known) or self.reader.wish(f"找个{text}").occupations
        if not found:
            raise Unclear("post.no_trade", groups=list(groups))
        return tuple(found)

    def query(self, text: str) -> str:
        """The audience that a text names, as it is written. Raises Unclear."""
        try:
            return write_audience(read_audience(text))
        except AudienceError as error:
            facts = {"at": error.at + 1, "found": error.found, "names": list(NAMES)}
            raise Unclear(error.words, **facts) from error

    def words(self, text: str) -> str:
        """The words of a campaign. Raises Unclear."""
        try:
            return campaign_text(text).words
        except WordsRefused as error:
            raise Unclear(error.words, **error.facts) from error

    def moment(self, text: str, now: datetime) -> datetime:
        """A moment to come. Raises Unclear."""
        try:
            return read_deadline(text, now)
        except Past:
            raise Unclear("post.past") from None
        except NotAMoment:
            raise Unclear("post.no_moment") from None

    def audience(self, plan: Plan) -> str:
        """Who gets it: those of the plan who live in the scope."""
        parts: list[Audience] = [read_audience(plan.query) if plan.query else Everybody()]
        if plan.counties:
            parts.append(Has(Feature.COUNTY, plan.counties))
        if plan.trades:
            parts.append(Has(Feature.TRADE, plan.trades))
        return within(self.scope, *parts)

    def _parts(self, text: str, known: tuple[str, ...] | list[str]) -> tuple[str, ...]:
        """The parts of a list, if all of them are known."""
        parts = tuple(dict.fromkeys(it for it in _BETWEEN.split(text.strip()) if it))
        return parts if parts and all(it in known for it in parts) else ()
