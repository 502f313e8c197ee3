"""My data (我的资料): what is held about me, in plain words; to take along, correct or delete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from dialogs.consent import Consents, Purpose
from dialogs.menu import menu, person
from dialogs.questions import choice
from dialogs.talk import Option, Reply, Talk

ERASE = "全部删除"
KEEP = "不删了"


@dataclass(frozen=True, slots=True)
class Agreed:
    """An answer to a notice."""

    purpose: str
    given: bool
    day: date


@dataclass(frozen=True, slots=True)
class Held:
    """What is held about a visitor, as the chat shows it."""

    name: str | None = None
    phone: str | None = None  # masked
    place: str | None = None
    age: int | None = None
    category: str | None = None  # its title
    wish: str | None = None  # in words
    since: date | None = None  # in the ledger; None: they are not
    agreed: tuple[Agreed, ...] = ()
    applications: int = 0
    services: int = 0
    messages: int = 0
    tickets: int = 0


class Rights(Protocol):
    """What the law gives everybody over their own data."""

    async def held(self, visitor: str) -> Held:
        """What is held about them."""
        ...

    async def erase(self, visitor: str) -> None:
        """Delete it all; twice is as good as once."""
        ...

    async def forget_category(self, visitor: str, key: str) -> None:
        """Delete the difficulty they told of; the same `key` does it once."""
        ...


class DataLinks(Protocol):
    """Where the data can be downloaded."""

    hours: int  # a link lives

    async def data(self, visitor: str) -> str | None:
        """A private address of the visitor's data; None where there is none to reach."""
        ...


async def show_data(talk: Talk, rights: Rights) -> Reply:
    """What is held, and what can be done about it."""
    held = await rights.held(talk.visitor)
    return Reply("mydata.shown", {"held": held}, (*_choices(held), menu()))


async def export_data(talk: Talk, rights: Rights, links: DataLinks) -> Reply:
    """A file to take along; where a file cannot be reached, the same in words."""
    address = await links.data(talk.visitor)
    erase, back = Option.start("buttons.erase", "mydata.erase"), menu()
    if address is not None:
        facts = {"address": address, "hours": links.hours}
        return Reply("mydata.export_file", facts, (erase, back))
    held = await rights.held(talk.visitor)
    return Reply("mydata.export_words", {"held": held}, (erase, person(), back))


async def erase_data(talk: Talk, rights: Rights) -> Reply:
    """Delete everything, once they are sure."""
    held = await rights.held(talk.visitor)
    if await talk.ask("sure", choice(ERASE, KEEP), held=held) == KEEP:
        return Reply("mydata.kept", options=(menu(),))
    await rights.erase(talk.visitor)
    return Reply("mydata.erased", options=(menu(),))


async def revoke_consent(talk: Talk, rights: Rights, consents: Consents) -> Reply:
    """Take back a consent: as easy as it was to give."""
    purpose = talk.given("purpose")
    if purpose not in (Purpose.SENSITIVE, Purpose.EMPLOYER):
        return await show_data(talk, rights)
    meant = Purpose(purpose)
    if meant is Purpose.SENSITIVE:
        await rights.forget_category(talk.visitor, f"{talk.event}:forget")
    version = consents.version(meant)
    await consents.record(talk.visitor, meant, version, False, f"{talk.event}:{meant}")
    mine = Option.start("buttons.mydata", "mydata")
    return Reply("mydata.revoked", {"purpose": meant.value}, (mine, menu()))


def _choices(held: Held) -> tuple[Option, ...]:
    change = (Option.start("buttons.change_wish", "wish.change"),) if held.wish else ()
    is_open = held.since is not None and held.category is None
    tell = (Option.start("buttons.category", "card.category"),) if is_open else ()
    revocable = (Purpose.SENSITIVE.value, Purpose.EMPLOYER.value)
    revoke = (
        Option.start(f"buttons.revoke_{it.purpose}", "mydata.revoke", purpose=it.purpose)
        for it in held.agreed
        if it.given and it.purpose in revocable
    )
    export = Option.start("buttons.export", "mydata.export")
    return (*change, *tell, *revoke, export, Option.start("buttons.erase", "mydata.erase"))
