"""What the work pages know of the region and its words for work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.jobs.categories import Category
from bot.jobs.newcomers import Newcomers
from bot.jobs.opening_books import OpeningBooks
from bot.jobs.opening_forms import OpeningForms
from bot.jobs.postings import Postings
from bot.jobs.reading import WorkReader
from bot.jobs.wording import Flag
from bot.records.opening_rows import STAFF
from bot.records.scope import Scope
from bot.words import Words


@dataclass(frozen=True)
class Directory:
    """Places, trades, categories, and the readers of what is written of them."""

    words: Words
    places: Mapping[str, tuple[str, ...]]  # the region's counties with their towns
    categories: Mapping[str, Category]
    reader: WorkReader
    postings: Postings

    @cached_property
    def trades(self) -> tuple[str, ...]:
        """Every trade, by its name."""
        return tuple(trade for group in self.reader.groups().values() for trade in group)

    @cached_property
    def books(self) -> OpeningBooks:
        """Writes openings into workbooks."""
        return OpeningBooks(self.postings.columns, self.postings.wording, self.words)

    @cached_property
    def forms(self) -> OpeningForms:
        """Writes and reads an opening as a form."""
        return OpeningForms(self.postings, self.books)

    @cached_property
    def newcomers(self) -> Newcomers:
        """Reads tables of people."""
        return Newcomers(self.reader, self.categories, self.words)

    def counties(self, scope: Scope) -> tuple[str, ...]:
        """The counties within a scope."""
        return tuple(it for it in self.places if scope.is_whole or it in scope.counties)

    def towns(self, scope: Scope) -> tuple[str, ...]:
        """The towns within a scope."""
        inside = ((county, town) for county, towns in self.places.items() for town in towns)
        return tuple(dict.fromkeys(town for county, town in inside if scope.covers(county, town)))

    def counties_with(self, town: str | None) -> tuple[str, ...]:
        """A town narrows its county: the counties that have one of that name; none without a
        town."""
        if town is None:
            return ()
        return tuple(it for it, towns in self.places.items() if town in towns) or ("",)

    def trade(self, said: str | None) -> str | None:
        """The trade that somebody names; their own word where it is none we know."""
        if said is None or said in self.trades:
            return said
        return next(iter(self.reader.wish(said).occupations), said)

    def why(self, flag: Flag) -> str:
        """Why a passage of an opening is flagged."""
        if flag.rule == STAFF:
            return self.words.say("openings.staff_flag")
        return self.postings.wording.reason(flag) or self.words.say("openings.flag_gone")
