"""Transcripts: one conversation as the visitor saw it, and why each answer was given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.console.evidence import Understood, understood
from bot.console.filters import Filters
from bot.console.pages.talks import TALKS
from bot.console.visit import SUPERVISORS, Answer, NotThere, Page, Refused, Route, Visit
from bot.masking import masked
from bot.records.conversations import Spoken
from bot.records.pieces import parts_of
from bot.records.readings import BEST, CRITERIA, Readings
from bot.records.talks import Talk, Talks

# Why an answer was given, as the knowledge names it; each has its words.
REASONS = frozenset({"amount", "follow_up", "no_matter", "not_here", "pattern", "rules", "several",
                     "sure", "unsure"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript as the page shows it."""

    said: Spoken
    parts: Sequence[tuple[str, bool]]  # of the text, each with whether it was searched for
    why: Understood | None
    answered_in: timedelta | None
    delivered_in: timedelta | None


class TranscriptPages:
    """Reading what was said."""

    def __init__(
        self, talks: Talks, readings: Readings, titles: Callable[[], Mapping[str, str]]
    ) -> None:
        """`titles`: of the policies, by their ids."""
        self._talks = talks
        self._readings = readings
        self._titles = titles

    def routes(self) -> tuple[Route, ...]:
        """The pages' table of contents."""
        one = f"{TALKS}/{{number}}"
        return (
            Route("GET", one, self.show, SUPERVISORS, act="talk_read"),
            Route("POST", f"{one}/reveal", self.reveal, SUPERVISORS, act="talk_reveal"),
        )

    async def show(self, visit: Visit) -> Answer:
        """One conversation as the visitor saw it, and why each answer was given."""
        talk = await self._talk(visit)
        await self._talks.read(talk.number, visit.member.login, visit.now)
        return await self._page(visit, talk, Filters.read(visit.query), masked)

    async def reveal(self, visit: Visit) -> Answer:
        """The same with telephone numbers readable; why is in the audit."""
        reason = visit.form.get("reason", "").strip()
        if not reason:
            raise Refused("console.reveal_needs_reason")
        talk = await self._talk(visit)
        visit.detail.update(reason=masked(reason[:200]))
        return await self._page(visit, talk, Filters.read(visit.form), str)

    async def _page(
        self, visit: Visit, talk: Talk, filters: Filters, show: Callable[[str], str]
    ) -> Page:
        sought, what = filters.sought, filters.words
        older = await self._talks.older(sought, visit.scope, 1, talk.place)
        newer = await self._talks.newer(sought, visit.scope, 1, talk.place)
        tags = (await self._talks.tags([talk]))[talk.number]
        lines = _lines(await self._talks.lines(talk), show, what.phrases if what else ())
        readings = await self._readings.of(talk.number)
        facts = {
            "talk": talk,
            "lines": lines,
            "policies": self._titles(),
            "labels": [value for kind, value in tags if kind == "label"],
            "known_labels": await self._readings.labels(),
            "tags": tags,
            "readings": readings,
            "mine": next((it for it in readings if it.staff == visit.member.login), None),
            "points": await self._readings.points(talk.number),
            "criteria": CRITERIA,
            "marks": range(BEST + 1),
            "filters": filters.given,
            "query": filters.address(),
            "reasons": REASONS,
            "older": older[0].number if older else None,
            "newer": newer[0].number if newer else None,
            "revealed": show is not masked,
        }
        return Page("talk.html.j2", facts)

    async def _talk(self, visit: Visit) -> Talk:
        talk = await self._talks.get(visit.number(), visit.scope)
        if talk is None:
            raise NotThere
        return talk


def _lines(
    said: Sequence[Spoken], show: Callable[[str], str], phrases: Sequence[str]
) -> list[Line]:
    heard: dict[str, Spoken] = {it.event: it for it in reversed(said) if it.is_heard}
    lines = []
    for it in said:
        asked = None if it.is_heard else heard.get(it.event)
        lines.append(
            Line(
                it,
                list(parts_of(show(it.text), phrases)),
                None if it.is_heard else understood(it.evidence, show),
                it.at - asked.at if asked else None,
                it.delivered_at - it.at if it.delivered_at else None,
            )
        )
    return lines
