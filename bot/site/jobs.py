"""The public pages of openings: the list with its filters, each opening, and the feed.

They work without a script, on any phone, and on paper; every list has an address to be passed on.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from functools import wraps
from hashlib import sha256
from importlib.resources import files
from typing import Protocol

import structlog
from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.records.database import DOWN
from bot.site.filters import PAYS, Filters, read_filters
from bot.site.postings import feed, job_posting
from bot.words import Words
from dialogs.jobs import Page, Search
from dialogs.work import Opening, OpeningState, WorkType

PAGE, FEED = 20, 50  # openings
A_MINUTE = "public, max-age=60"
FOR_EVER = "public, max-age=31536000, immutable"  # the address changes with the content
_STYLE = files(__package__ or "").joinpath("templates", "jobs.css").read_text(encoding="utf-8")
_VERSION = sha256(_STYLE.encode()).hexdigest()[:12]
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+")
_GUARDS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Store(Protocol):
    """Where openings are kept."""

    async def find(self, search: Search, today: date, page: int = 1, size: int = 5) -> Page:
        """What may be offered and fits."""
        ...

    async def get(self, number: int) -> Opening | None:
        """The opening, whatever its state."""
        ...


class JobPages:
    """The list, its openings, and the feed."""

    def __init__(
        self,
        store: Store,
        words: Callable[[], Words],
        counties: tuple[str, ...],
        trades: Mapping[str, tuple[str, ...]],
        public_url: str | None,
        clock: Callable[[], datetime],
    ) -> None:
        """`counties` and `trades` (by group) are what can be chosen; `clock` tells local time."""
        self._store = store
        self._words = words
        self._counties = counties
        self._trades = trades
        self._known = frozenset(it for names in trades.values() for it in names)
        self._public_url = public_url
        self._clock = clock
        self._templates = Environment(
            loader=PackageLoader(__package__ or ""),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/jobs", self._guarded(self._list))
        app.router.add_get("/jobs.rss", self._guarded(self._feed))
        app.router.add_get("/jobs/style.css", self._style)
        app.router.add_get(r"/jobs/{number:[0-9]{1,9}}", self._guarded(self._one))
        app.router.add_get("/jobs/{rest:.*}", self._guarded(self._nothing))

    async def _list(self, request: web.Request) -> web.Response:
        filters = self._filters(request)
        today = self._clock().date()
        page = await self._store.find(filters.search(), today, filters.page, PAGE)
        is_past = not page.openings and filters.page > 1
        facts = {"filters": filters, "page": page, "is_past": is_past}
        chosen = {"counties": self._counties, "trades": self._trades, "pays": PAYS}
        facts |= chosen | {"kinds": tuple(WorkType)}
        path = f"/jobs{filters.query(filters.page)}"
        status = 404 if is_past else 200
        return self._page(request, "jobs.html.j2", path, status, **facts)

    async def _one(self, request: web.Request) -> web.Response:
        opening = await self._store.get(int(request.match_info["number"]))
        if opening is None or opening.state is OpeningState.HELD:
            return self._gone(request, 404)
        if not opening.may_be_offered(self._clock().date()):
            return self._gone(request, 410)
        path = f"/jobs/{opening.number}"
        words, url = self._words(), self._base(request) + path
        publisher, region = words.say("site.name"), words.say("site.region")
        posting = None if opening.is_example else job_posting(opening, url, publisher, region)
        return self._page(request, "job.html.j2", path, opening=opening, posting=posting)

    async def _feed(self, request: web.Request) -> web.Response:
        filters, base, words = self._filters(request), self._base(request), self._words()
        page = await self._store.find(filters.search(), self._clock().date(), 1, FEED)
        items = [
            (it, f"{base}/jobs/{it.number}", words.say("site.summary", opening=it))
            for it in page.openings
        ]
        query = filters.query()
        channel = {
            "title": words.say("site.title"),
            "description": words.say("site.feed"),
            "link": f"{base}/jobs{query}",
            "self": f"{base}/jobs.rss{query}",
        }
        body = feed(items, channel, self._clock().astimezone(UTC))
        return _cached(request, web.Response(body=body, content_type="application/rss+xml"))

    async def _nothing(self, request: web.Request) -> web.Response:
        return self._gone(request, 404)

    async def _style(self, request: web.Request) -> web.Response:
        caching = FOR_EVER if request.query.get("v") == _VERSION else A_MINUTE
        headers = {**_GUARDS, "Cache-Control": caching}
        return web.Response(text=_STYLE, content_type="text/css", headers=headers)

    def _gone(self, request: web.Request, status: int) -> web.Response:
        title = "site.over" if status == 410 else "site.missing"
        return self._page(request, "gone.html.j2", None, status, title=title)

    def _filters(self, request: web.Request) -> Filters:
        return read_filters(request.query, frozenset(self._counties), self._known)

    def _page(
        self,
        request: web.Request,
        template: str,
        path: str | None,
        status: int = 200,
        **facts: object,
    ) -> web.Response:
        """`path`: where the page is to be found; without it nobody is to look for it."""
        words, base = self._words(), self._base(request)
        address = None if path is None or status != 200 else base + path
        common = {"say": words.say, "canonical": address, "version": _VERSION}
        html = self._templates.get_template(template).render({**common, **facts})
        response = web.Response(text=html, content_type="text/html", status=status)
        return _cached(request, response) if status == 200 else response

    def _base(self, request: web.Request) -> str:
        if self._public_url is not None:
            return self._public_url.rstrip("/")
        host = request.host if _HOST.fullmatch(request.host) else ""
        return f"{request.scheme}://{host}" if host else ""

    def _guarded(self, handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                response = await handler(request)
            except DOWN as error:
                log.warning("site.records_down", error=type(error).__name__)
                response = self._page(request, "gone.html.j2", None, 503, title="site.down")
                response.headers["Retry-After"] = "5"
            response.headers.update(_GUARDS)
            return response

        return guarded


def _cached(request: web.Request, response: web.Response) -> web.Response:
    """The response with its mark; without its body for who has it already."""
    assert isinstance(response.body, bytes)
    mark = sha256(response.body).hexdigest()[:20]
    headers = {"Cache-Control": A_MINUTE, "ETag": f'"{mark}"'}
    known = request.if_none_match or ()
    if any(it.value in (mark, "*") for it in known):
        return web.Response(status=304, headers=headers)
    response.headers.update(headers)
    response.enable_compression()
    return response
