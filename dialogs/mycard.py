"""The service card (全程服务卡): what happened to me and what is next; and my difficulty, told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from dialogs.consent import Consents, Purpose, consent, remember_consent
from dialogs.menu import menu, person
from dialogs.questions import pick
from dialogs.talk import Option, Reply, Talk

NONE_OF_THESE = "none"
LATEST = 8  # things done that the chat shows; the printed card has all


@dataclass(frozen=True, slots=True)
class Card:
    """A seeker's card as it stands."""

    number: int
    name: str | None
    phone: str | None  # masked
    place: str | None
    station: str | None
    officer: str | None
    wish: str | None  # in words
    done: tuple[tuple[date, str], ...]  # what happened, oldest first, in words
    coming: tuple[str, ...]  # what is next, in words


class Cards(Protocol):
    """Everybody's card."""

    async def of(self, visitor: str) -> Card | None:
        """The visitor's card; None for who is not in the ledger."""
        ...


class CardLinks(Protocol):
    """Where the card can be printed."""

    hours: int  # a link lives

    async def card(self, visitor: str) -> str | None:
        """A private address of the visitor's card; None where there is none to reach."""
        ...


class Difficulties(Protocol):
    """Where a difficulty is kept."""

    async def categorise(self, visitor: str, category: str | None, key: str) -> None:
        """Keep it, or forget it; the same `key` does it once."""
        ...


async def show_card(talk: Talk, cards: Cards, links: CardLinks) -> Reply:
    """The card in chat, with the address where it can be printed."""
    card = await cards.of(talk.visitor)
    if card is None:
        wish = Option.start("buttons.wish", "wish")
        return Reply("card.none", options=(wish, person(), menu()))
    address = await links.card(talk.visitor)
    facts = {
        "card": card,
        "done": card.done[-LATEST:],
        "earlier": max(0, len(card.done) - LATEST),
        "address": address,
        "hours": links.hours,
    }
    return Reply("card.shown", facts, (*_next(card), person(), menu()))


async def tell_category(
    talk: Talk, consents: Consents, difficulties: Difficulties, categories: Mapping[str, str]
) -> Reply:
    """Tell one's difficulty, for posts and help that are kept for it. `categories`: their keys and
    titles."""
    for purpose in (Purpose.REGISTER, Purpose.SENSITIVE):
        if not await consent(talk, purpose, consents):
            await remember_consent(talk, purpose, consents, given=False)
            return Reply("card.category_refused", options=(person(), menu()))
    none = {NONE_OF_THESE: "都不是"}
    which = await talk.ask("which", pick({**categories, **none}))
    category = None if which == NONE_OF_THESE else which
    await difficulties.categorise(talk.visitor, category, talk.event)
    for purpose in (Purpose.REGISTER, Purpose.SENSITIVE):
        await remember_consent(talk, purpose, consents, given=True)
    words = "card.category_kept" if category else "card.category_none"
    mine = Option.start("buttons.mydata", "mydata")
    return Reply(words, {"title": categories.get(which, "")}, (_card(), mine, menu()))


def _next(card: Card) -> tuple[Option, ...]:
    if card.wish is None:
        return (Option.start("buttons.wish", "wish"), Option.start("buttons.mydata", "mydata"))
    change = Option.start("buttons.change_wish", "wish.change")
    more = Option.start("buttons.more_openings", "offers.more")
    return (more, change, Option.start("buttons.mydata", "mydata"))


def _card() -> Option:
    return Option.start("buttons.card", "card")
