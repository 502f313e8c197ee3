"""What the hotline can do, as buttons; and where a link from outside leads."""

from __future__ import annotations

from typing import Protocol

from dialogs.talk import Option, Reply, Talk

MENU = {  # label -> script, in the order of the menu
    "buttons.ask_policy": "policy",
    "buttons.benefits": "benefits",
    "buttons.wish": "wish",
    "buttons.jobs": "jobs",
    "buttons.card": "card",
}


class Titles(Protocol):
    """The policies a link may lead to."""

    def titles(self) -> dict[str, str]:
        """Id and title of every policy."""
        ...


async def show_menu(talk: Talk) -> Reply:
    """Everything a visitor can ask for, one button each."""
    return Reply("menu.shown", options=menu_options())


def menu_options() -> tuple[Option, ...]:
    """The buttons of the menu."""
    return (*(Option.start(label, script) for label, script in MENU.items()), person())


def menu() -> Option:
    """The button that shows everything."""
    return Option.start("buttons.menu", "menu")


def person() -> Option:
    """The button that reaches a person."""
    return Option.start("buttons.person", "handoff")


async def follow_link(talk: Talk, library: Titles) -> Reply:
    """A visitor came by a link that names a policy, from a poster or a web page."""
    policy = talk.given("to")
    titles = library.titles()
    if policy not in titles:
        return await show_menu(talk)
    show = Option.start("buttons.lead", "policy.show", id=policy, part="lead")
    return Reply("menu.linked", {"title": titles[policy]}, (show, *menu_options()))
