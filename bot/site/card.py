"""Private pages: the service card to be printed, and the data to be taken along.

A link opens a page with one button, and only its press shows or hands over anything: programs that
look into links (previews of chats, scanners) learn nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from importlib.resources import files
from typing import Protocol

import orjson
from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.jobs.dossiers import book_of
from bot.records.dossiers import Dossier
from bot.site.links import Door, Links
from bot.words import Words
from dialogs.mycard import Card, Cards

_STYLE = files(__package__ or "").joinpath("templates", "card.css").read_text(encoding="utf-8")
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            f"style-src 'sha256-{_STYLE_HASH}'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Dossiers(Protocol):
    """Everything that is held about somebody."""

    async def of(self, visitor: str) -> Dossier:
        """Every row about the visitor, by table."""
        ...


class PrivatePages:
    """What private links open."""

    def __init__(
        self,
        links: Links,
        cards: Cards,
        dossiers: Dossiers,
        words: Callable[[], Words],
        today: Callable[[], date],
    ) -> None:
        self._links = links
        self._cards = cards
        self._dossiers = dossiers
        self._words = words
        self._today = today
        self._template = Environment(
            loader=PackageLoader(__package__ or ""), autoescape=True, undefined=StrictUndefined
        ).get_template("card.html.j2")

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        for door, show in ((Door.CARD, self._show_card), (Door.DATA, self._hand_over)):
            app.router.add_get(f"/{door}/{{token}}", self._closed)
            app.router.add_post(f"/{door}/{{token}}", show)

    async def _closed(self, request: web.Request) -> web.Response:
        """GET: the page with its buttons."""
        door = Door(request.path.split("/")[1])
        if await self._owner(door, request) is None:
            return self._gone()
        words = self._words()
        if door is Door.CARD:
            buttons = [(words.say("card.page_open"), "page")]
            note = words.say("card.page_open_note")
            return self._page("card.page_title", buttons=buttons, note=note)
        kinds = ("book", "json")
        buttons = [(words.say(f"card.page_data_{kind}"), kind) for kind in kinds]
        note = words.say("card.page_data_note")
        return self._page("card.page_data_title", buttons=buttons, note=note)

    async def _show_card(self, request: web.Request) -> web.Response:
        """POST: the card."""
        owner = await self._owner(Door.CARD, request)
        card = None if owner is None else await self._cards.of(owner)
        if card is None:
            return self._gone()
        words = self._words()
        made = words.say("card.page_made", day=self._today().isoformat())
        hint = words.say("card.page_print_hint")
        facts = [(words.say(f"card.page_{name}"), value) for name, value in _facts(card)]
        return self._page("card.page_title", card=card, facts=facts, note=hint, made=made)

    async def _hand_over(self, request: web.Request) -> web.Response:
        """POST: the data as a file."""
        owner = await self._owner(Door.DATA, request)
        if owner is None:
            return self._gone()
        dossier = await self._dossiers.of(owner)
        form = await request.post()
        if form.get("as") == "json":
            body = orjson.dumps(dossier, option=orjson.OPT_INDENT_2)
            return _file(body, "application/json", "mydata.json")
        return _file(book_of(dossier, self._words()), _BOOK, "mydata.xlsx")

    async def _owner(self, door: Door, request: web.Request) -> str | None:
        return await self._links.owner(door, request.match_info["token"])

    def _gone(self) -> web.Response:
        note = self._words().say("card.page_gone")
        return self._page("card.page_gone_title", note=note, status=404)

    def _page(self, title: str, *, status: int = 200, **facts: object) -> web.Response:
        words = self._words()
        facts = {"buttons": (), **facts, "words": words.group("card"), "style": Markup(_STYLE)}
        html = self._template.render(title=words.say(title), **facts)
        return web.Response(text=html, content_type="text/html", headers=_HEADERS, status=status)


def _facts(card: Card) -> list[tuple[str, str | None]]:
    in_charge = " ".join(it for it in (card.station, card.officer) if it)
    return [
        ("name", card.name),
        ("phone", card.phone),
        ("place", card.place),
        ("wish", card.wish),
        ("officer", in_charge),
    ]


def _file(body: bytes, kind: str, name: str) -> web.Response:
    headers = {**_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, content_type=kind, headers=headers)
