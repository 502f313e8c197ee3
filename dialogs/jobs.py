"""Looking for openings without registering: a sentence is searched for, the list is turned page by
page, an opening is shown whole. No question is left open, so that every button works at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from dialogs.menu import menu, person
from dialogs.questions import words
from dialogs.talk import MAX_PRESS_BYTES, Option, Outcome, Reply, Talk, address
from dialogs.work import Opening, PayUnit, WorkType

PAGE = 4  # openings in one message
DAYS = 26  # of work in a month
LONGEST_LABEL = 18  # characters of a title on a button
_LETTERS = dict(zip("fphsw", WorkType, strict=True))  # in addresses, where room is scarce


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for; empty or None: anything."""

    counties: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    away: tuple[str, ...] = ()  # as in `Wish`
    occupations: tuple[str, ...] = ()
    work_type: WorkType | None = None
    housing: bool = False
    meals: bool = False
    pay_min: int | None = None  # yuan a month
    words: tuple[str, ...] = ()  # each must be in the posting


@dataclass(frozen=True, slots=True)
class Page:
    """A page of openings; `number` counts from 1."""

    openings: tuple[Opening, ...]
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        """How many there are."""
        return -(-self.total // self.size)

    @property
    def is_last(self) -> bool:
        """Whether there is none after it."""
        return self.number >= self.pages


@dataclass(frozen=True, slots=True)
class Listed:
    """What was found, by which search. `let_go`: what was asked for and is not kept to, since
    nothing fits all of it: "terms", "town", "near" (counties around are looked in as well),
    "trade" (related ones instead), "place", "work"."""

    search: Search
    page: Page
    let_go: tuple[str, ...] = ()


class Board(Protocol):
    """The openings, as visitors look through them."""

    def search_of(self, text: str) -> Search:
        """What a sentence looks for."""
        ...

    async def look(self, search: Search, page: int, size: int) -> Listed:
        """That page of what fits, or, when nothing does, of what comes nearest."""
        ...

    async def get(self, number: int) -> Opening | None:
        """The opening, if it may be shown today."""
        ...


async def search_jobs(talk: Talk, board: Board) -> Reply:
    """Look for what the visitor names in their own words."""
    said = await talk.ask("what", words())
    search = board.search_of(said)
    return _told(await board.look(search, 1, PAGE), search)


async def list_jobs(talk: Talk, board: Board) -> Reply:
    """A page of a search that a button carries."""
    search = read_search({name: talk.given(name) or "" for name in "ctaokmyw"})
    return _told(await board.look(search, _number(talk.given("p")) or 1, PAGE), search)


async def show_job(talk: Talk, board: Board) -> Reply:
    """Everything about one opening."""
    number = _number(talk.given("n"))
    opening = None if number is None else await board.get(number)
    if opening is None:
        return Reply("jobs.gone", options=(_again(), person(), menu()))
    interested = Option.start("jobs.interested", "offers.interested", o=str(opening.number))
    options = (interested, _again(), person())
    facts = {"opening": opening}
    return Reply("jobs.shown", facts, options, Outcome.ANSWERED, evidence={"opening": number})


def write_search(search: Search) -> dict[str, str]:
    """The search as the arguments of an address; `read_search` reads them."""
    letter = next((it for it, kind in _LETTERS.items() if kind is search.work_type), "")
    flags = f"{letter}{'z' if search.housing else ''}{'c' if search.meals else ''}"
    given = {
        "c": ".".join(search.counties),
        "t": ".".join(search.towns),
        "a": ".".join(search.away),
        "o": ".".join(search.occupations),
        "k": flags,
        "y": "" if search.pay_min is None else str(search.pay_min),
        "w": ".".join(search.words),
    }
    return {name: value for name, value in given.items() if value}


def read_search(given: Mapping[str, str]) -> Search:
    """The search of an address, whoever wrote it."""
    kinds = [_LETTERS[letter] for letter in given.get("k", "") if letter in _LETTERS]
    return Search(
        counties=_listed(given.get("c")),
        towns=_listed(given.get("t")),
        away=_listed(given.get("a")),
        occupations=_listed(given.get("o")),
        work_type=kinds[0] if kinds else None,
        housing="z" in given.get("k", ""),
        meals="c" in given.get("k", ""),
        pay_min=_number(given.get("y")),
        words=_listed(given.get("w")),
    )


def pay_a_month(amount: int, unit: PayUnit | None) -> int | None:
    """About how much that is a month, in yuan; None for pay by the piece."""
    days = {PayUnit.MONTH: 1, PayUnit.DAY: DAYS, PayUnit.HOUR: DAYS * 8, None: 1}
    return amount * days[unit] if unit in days else None


def _told(listed: Listed, asked: Search) -> Reply:
    page = listed.page
    evidence = {"found": page.total, "let_go": listed.let_go, **write_search(asked)}
    facts = {"search": listed.search, "asked": asked, "page": page, "let_go": listed.let_go}
    if not page.openings:
        helpful = (*_saved(asked), _again(), person())
        return Reply("jobs.none", facts, helpful, Outcome.DECLINED, evidence=evidence)
    shown = (_show(place, it) for place, it in enumerate(page.openings, 1))
    turned = () if page.is_last else _turned(listed.search, page.number + 1)
    facts["is_cut"] = not page.is_last and not turned
    options = (*shown, *turned, *_saved(asked), person())
    return Reply("jobs.listed", facts, options, Outcome.ANSWERED, evidence=evidence)


def _show(place: int, opening: Opening) -> Option:
    # The mark between them is no ASCII: a label of ASCII alone could be taken for a key of words.
    label = f"{place}、{opening.title[:LONGEST_LABEL]}"
    return Option.start(label, "jobs.show", n=str(opening.number))


def _turned(search: Search, page: int) -> tuple[Option, ...]:
    """The button of the next page; none when the search is too long for a button."""
    return _carrying("jobs.next", "jobs.list", {**write_search(search), "p": str(page)})


def _saved(search: Search) -> tuple[Option, ...]:
    """The button that makes a wish of the search."""
    begun = _carrying("jobs.save", "wish", write_search(search))
    return begun or (Option.start("jobs.save", "wish"),)


def _carrying(label: str, script: str, given: dict[str, str]) -> tuple[Option, ...]:
    if len(f"/{address(script, **given)}".encode()) > MAX_PRESS_BYTES:
        return ()
    return (Option.start(label, script, **given),)


def _again() -> Option:
    return Option.start("jobs.again", "jobs")


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part[:60] for part in (text or "").split(".") if part)[:10]


def _number(text: str | None) -> int | None:
    is_number = text is not None and text.isascii() and text.isdecimal() and len(text) < 10
    return int(text) if is_number and text is not None else None
