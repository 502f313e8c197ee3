"""The work somebody wants: told, confirmed, registered, and answered with openings at once; changed
or withdrawn any day.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from dialogs.consent import Consents, Purpose, consent, remember_consent
from dialogs.fields import Reader
from dialogs.form import DROP, Form, ask
from dialogs.jobs import read_search
from dialogs.menu import menu, person
from dialogs.offers import Jobs, offers_reply
from dialogs.questions import choice
from dialogs.talk import Option, Reply, Talk
from dialogs.work import ANYWHERE, PayUnit, Wish

YES, NO = "是", "不是"


class Ledger(Protocol):
    """Where wishes are kept."""

    async def wish_of(self, visitor: str) -> Wish | None:
        """The visitor's wish as it stands."""
        ...

    async def register(self, visitor: str, wish: Wish, key: str) -> None:
        """Keep a wish, new or changed; the same `key` does it once."""
        ...

    async def withdraw(self, visitor: str, key: str) -> None:
        """The visitor looks for no work any more; the same `key` does it once."""
        ...


async def register_wish(
    talk: Talk, reader: Reader, ledger: Ledger, consents: Consents, jobs: Jobs
) -> Reply:
    """Ask for the wish, register it if the visitor agrees, and show openings either way.

    A search that a button carries, or the sentence that started the script, is a beginning.
    """
    form = Form(talk, reader, _given(talk, reader))
    await form.begin()
    agreed = await consent(talk, Purpose.REGISTER, consents)
    wish = await form.settle() if agreed else form.wish()
    if agreed:
        await ledger.register(talk.visitor, wish, talk.event)
    await remember_consent(talk, Purpose.REGISTER, consents, agreed)
    talk.say(Reply("wish.registered" if agreed else "wish.unregistered"))
    return offers_reply(await jobs.offer(talk.visitor, wish, talk.event))


async def change_wish(talk: Talk, reader: Reader, ledger: Ledger, jobs: Jobs) -> Reply:
    """Change the wish field by field or in a sentence, or withdraw it."""
    kept = await ledger.wish_of(talk.visitor)
    if kept is None:
        return Reply("wish.none", options=(_anew(), menu()))
    form = Form(talk, reader, kept, is_kept=True)
    await form.begin()
    wish = await form.settle()
    if talk.answers.get("confirm") == DROP:
        return await withdraw_wish(talk, ledger)
    await ledger.register(talk.visitor, wish, talk.event)
    talk.say(Reply("wish.changed"))
    return offers_reply(await jobs.offer(talk.visitor, wish, talk.event))


async def withdraw_wish(talk: Talk, ledger: Ledger) -> Reply:
    """Look for no work any more."""
    if await ledger.wish_of(talk.visitor) is None:
        return Reply("wish.none", options=(_anew(), menu()))
    if await ask(talk, "sure", choice(YES, NO)) == NO:
        return Reply("wish.stays", options=(_change(), menu()))
    await ledger.withdraw(talk.visitor, talk.event)
    return Reply("wish.withdrawn", options=(_anew(), person(), menu()))


def _given(talk: Talk, reader: Reader) -> Wish:
    """The search that a button carries, as a wish; whoever made the button may have put anything
    there, so its names are read like words."""
    search = read_search({name: talk.given(name) or "" for name in "ctaoky"})
    places = (*search.counties, *search.towns, *search.away)
    named = reader.wish(" ".join((*places, *search.occupations)))
    return replace(
        named,
        away=named.away or (ANYWHERE,) * (ANYWHERE in search.away),
        pay_min=search.pay_min,
        pay_unit=None if search.pay_min is None else PayUnit.MONTH,
        work_type=search.work_type or named.work_type,
        housing=search.housing or None,
        meals=search.meals or None,
    )


def _anew() -> Option:
    return Option.start("buttons.wish", "wish")


def _change() -> Option:
    return Option.start("buttons.change_wish", "wish.change")
