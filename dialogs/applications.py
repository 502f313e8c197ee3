"""Applications: somebody is interested in an opening, and hears of every step on its way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from dialogs.consent import Consents, Purpose, consent, remember_consent
from dialogs.contact import name, phone
from dialogs.menu import menu, person
from dialogs.offers import more, number
from dialogs.talk import Option, Outcome, Reply, Talk
from dialogs.work import Opening, OpeningState, Step

_OVER = (Step.REFUSED, Step.FILLED, Step.WITHDRAWN, Step.HIRED)


class Openings(Protocol):
    """The list of openings."""

    async def get(self, number: int) -> Opening | None:
        """The opening of that number, whatever its state."""
        ...


class Seeker(Protocol):
    """Somebody in the ledger."""

    @property
    def name(self) -> str | None:
        """How they want to be called."""
        ...

    @property
    def phone(self) -> str | None:
        """Where they can be called."""
        ...


class Seekers(Protocol):
    """The people in the ledger."""

    async def of(self, visitor: str) -> Seeker | None:
        """The seeker that a visitor is."""
        ...

    async def introduce(self, visitor: str, name: str | None, phone: str | None) -> None:
        """Keep a name and a phone; None leaves what is there."""
        ...


class Application(Protocol):
    """One seeker's way to one opening."""

    @property
    def number(self) -> int:
        """What the seeker and staff call it."""
        ...

    @property
    def title(self) -> str:
        """The opening's."""
        ...

    @property
    def step(self) -> Step:
        """How far it has come."""
        ...


class Applications(Protocol):
    """Who is interested in what."""

    async def apply(self, visitor: str, opening: int, shares: bool) -> Application | None:
        """The visitor is interested; None when they are not in the ledger. Twice is once."""
        ...

    async def of(self, visitor: str) -> Sequence[Application]:
        """The visitor's own, the newest first."""
        ...

    async def withdraw(self, visitor: str, number: int) -> Application | None:
        """The visitor does not want it any more; None when it is not theirs or is over."""
        ...


class Answers(Protocol):
    """What visitors say to what they were offered."""

    async def accept(self, visitor: str, opening: int) -> bool:
        """They are interested in the opening; False when it was never offered to them."""
        ...


@dataclass(frozen=True, slots=True)
class Counter:
    """Where somebody who is interested in an opening is served."""

    openings: Openings
    seekers: Seekers
    applications: Applications
    answers: Answers
    consents: Consents
    today: Callable[[], date]


async def take_interest(talk: Talk, counter: Counter) -> Reply:
    """Open an application, with or without the employer being told who it is."""
    if talk.given("o") is None:
        return Reply("offers.which", options=(more(), mine(), person()))
    opening = await counter.openings.get(number(talk.given("o")))
    if opening is None or not opening.may_be_offered(counter.today()):
        return _gone(opening)
    seeker = await counter.seekers.of(talk.visitor)
    if seeker is None:
        options = (Option.start("buttons.wish", "wish"), person())
        return Reply("offers.contact", {"opening": opening}, options, Outcome.ANSWERED)
    shares = await consent(talk, Purpose.EMPLOYER, counter.consents)
    called = reached = ""
    if shares and not seeker.name:
        called = await talk.ask("name", name())
    if shares and not seeker.phone:
        reached = await talk.ask("phone", phone())
    await counter.seekers.introduce(talk.visitor, called or None, reached or None)
    await counter.answers.accept(talk.visitor, opening.number)
    application = await counter.applications.apply(talk.visitor, opening.number, shares)
    await remember_consent(talk, Purpose.EMPLOYER, counter.consents, shares)
    return _opened(opening, application, shares, shares and bool(seeker.phone or reached))


def _gone(opening: Opening | None) -> Reply:
    is_filled = opening is not None and opening.state is OpeningState.FILLED
    words = "offers.filled" if is_filled else "offers.gone"
    return Reply(words, options=(more(), person()))


def _opened(
    opening: Opening, application: Application | None, shares: bool, may_be_called: bool
) -> Reply:
    facts = {
        "opening": opening,
        "number": 0 if application is None else application.number,
        "shares": shares,
        "may_be_called": may_be_called,
    }
    return Reply("offers.applied", facts, (mine(), more(), person()), Outcome.ANSWERED)


def mine() -> Option:
    """The button that shows what the visitor is interested in."""
    return Option.start("offers.mine_button", "applications")


async def show_applications(talk: Talk, applications: Applications) -> Reply:
    """What the visitor is interested in, and how far each has come."""
    known = await applications.of(talk.visitor)
    drop = tuple(
        Option.start(f"{it.number}：不去了", "applications.withdraw", n=str(it.number))
        for it in [it for it in known if it.step not in _OVER][:3]
    )
    return Reply("offers.mine", {"applications": known}, (*drop, more(), person()))


async def withdraw_application(talk: Talk, applications: Applications) -> Reply:
    """The visitor does not want that opening any more."""
    gone = await applications.withdraw(talk.visitor, number(talk.given("n")))
    if gone is None:
        return Reply("offers.nothing_to_withdraw", options=(person(), menu()))
    return Reply("offers.withdrawn", {"title": gone.title}, (more(), menu()))
