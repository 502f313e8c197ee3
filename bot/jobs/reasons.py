"""Why an opening fits somebody, and what of their wish was let go: in keys of
content/replies/matching.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.jobs.crowd import Seeking
from bot.jobs.distance import Land, Place
from bot.jobs.hours import read_hours
from bot.jobs.related import Trade, Trades
from bot.jobs.rules import MOST, LetGo, monthly
from bot.jobs.stock import highest
from bot.jobs.tables import TOWNS, let_go, points
from dialogs.work import Match, Opening, Wish, WorkType

_PLACES = {
    Place.TOWN: "town",
    Place.COUNTY: "county",
    Place.REST_OF_COUNTY: "county",
    Place.AWAY: "away",
    Place.HOME: "home",
    Place.NEAR_HOME: "near_home",
}


def explained(seeking: Seeking, opening: Opening, weight: int, trades: Trades, land: Land) -> Match:
    """The match that a weight stands for, in words."""
    is_open = replace(seeking.wish, age=None, training=None) == Wish()
    nothing = "no_demands" if is_open else "nearest"
    reasons = tuple(_reasons(seeking, opening, trades, land)) or (nothing,)
    widened = tuple((step.name or "").lower() for step in LetGo if step in let_go(weight))
    return Match(opening, points(weight) / MOST, reasons, widened, facts(opening))


def facts(opening: Opening) -> dict[str, object]:
    """What the words of reasons and of what was let go need."""
    return {
        "trade": opening.occupation or opening.title,
        "county": opening.county,
        "town": opening.town,
        "away": opening.away,
        "kind": opening.work_type.value,
    }


def _reasons(seeking: Seeking, opening: Opening, trades: Trades, land: Land) -> Iterator[str]:
    wish = seeking.wish
    if trades.stands(wish.occupations, opening.occupation) is Trade.SAME:
        yield "trade"
    place = place_of(seeking, opening, land)
    if place in _PLACES:
        yield _PLACES[place]
    wanted = monthly(wish.pay_min, wish.pay_unit)
    if wanted and highest(opening) >= wanted:
        yield "pay"
    if wish.work_type is opening.work_type:
        yield "kind"
    if wish.housing and opening.housing:
        yield "housing"
    if wish.meals and opening.meals:
        yield "meals"
    if read_hours(wish.hours) & read_hours(opening.hours):
        yield "hours"
    if opening.work_type is WorkType.WELFARE:
        yield "to_be_recognised"


def place_of(seeking: Seeking, opening: Opening, land: Land) -> Place:
    """How the opening's place stands to where the seeker wants to work."""
    wanted, towns = seeking.spot
    place = land.stands(wanted, opening.county, opening.away)
    return Place.TOWN if place in TOWNS and opening.town in towns else place
