"""The console's routes as the service adds them: each request passes the gate, or goes nowhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from hmac import compare_digest
from typing import Any
from urllib.parse import quote

import structlog
from aiohttp import web
from multidict import MultiDict

from bot.console.gate import Gate
from bot.console.guard import (
    HOME,
    TooLarge,
    attachment,
    guarded,
    new_nonce,
    own_address,
    read_form,
)
from bot.console.html import Html, static
from bot.console.navigation import Group, navigation
from bot.console.sign_in import SIGN_IN, SignIn
from bot.console.visit import (
    Answer,
    Download,
    NotThere,
    Page,
    Redirect,
    Refused,
    Route,
    Visit,
)
from bot.network import Network
from bot.pipeline.line import StorageDown
from bot.records.audit import Audit

FOR_EVER = "public, max-age=31536000, immutable"
_NOTICE = "notice"
_TYPES = {"css": "text/css", "js": "text/javascript"}

log = structlog.get_logger()


class ConsoleSite:
    """Everything of the console in one process."""

    def __init__(
        self,
        routes: Sequence[Route],
        gate: Gate,
        audit: Audit,
        html: Html,
        network: Network,
        clock: Callable[[], datetime],
    ) -> None:
        """`routes`: the whole table of contents; the navigation is made of it."""
        self.routes = tuple(routes)
        self._gate = gate
        self._audit = audit
        self._html = html
        self._network = network
        self._clock = clock
        self._sign_in = SignIn(gate, network, self._respond)

    def add_to(self, app: web.Application) -> None:
        """Add every route, and what signing in needs."""
        app.router.add_get("/console", self._to_home)
        app.router.add_get("/console/static/{name}", self._static)
        self._sign_in.add_to(app)
        for route in self.routes:
            app.router.add_route(route.method, route.path, self._door(route))

    def _door(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def enter(request: web.Request) -> web.StreamResponse:
            try:
                return await self._enter(route, request)
            except StorageDown:
                return self._respond(request, Page("unavailable.html.j2", status=503))
            except TooLarge:
                return self._respond(request, Page("too_large.html.j2", status=413))

        return enter

    async def _enter(self, route: Route, request: web.Request) -> web.StreamResponse:
        found = await self._gate.who(self._sign_in.token_in(request))
        if found is None:
            return self._to_sign_in(request)
        member, session = found
        step = self._gate.step(member, session)
        if step is not None and not route.alone:
            raise web.HTTPSeeOther(step)
        browser = self._sign_in.browser(request)
        if member.role not in route.roles:
            await self._audit.note(member.login, "denied", route.path, address=browser.address)
            return self._respond(request, Page("denied.html.j2", status=403))
        try:
            form, files = await self._read(route, request)
        except ValueError:
            raise web.HTTPBadRequest from None
        visit = Visit(
            member, session, browser.address, self._clock(), request.match_info, request.query,
            form, files, request.path_qs,
        )  # fmt: skip
        if request.method != "GET" and not self._is_meant(request, visit):
            await self._audit.note(member.login, "forged", route.path, address=browser.address)
            return self._respond(request, Page("denied.html.j2", status=403), visit)
        return await self._answer(route, request, visit)

    async def _answer(self, route: Route, request: web.Request, visit: Visit) -> web.StreamResponse:
        try:
            answer = await route.handler(visit)
        except NotThere:
            about = request.path
            await self._audit.note(visit.member.login, "not_there", about, address=visit.address)
            return self._respond(request, Page("not_there.html.j2", status=404), visit)
        except Refused as refused:
            why = self._html.say(refused.words, **refused.facts)
            page = Page("refused.html.j2", {"why": why, "back": _came_from(request)}, status=409)
            return self._respond(request, page, visit)
        if route.act or (request.method != "GET" and not route.alone):
            act, about = route.act or "change", request.path
            await self._audit.note(visit.member.login, act, about, visit.detail, visit.address)
        return self._respond(request, answer, visit)

    async def _read(self, route: Route, request: web.Request) -> tuple[MultiDict[str], Any]:
        if request.method == "GET":
            return MultiDict(), {}
        return await read_form(request, route.largest_body)

    def _is_meant(self, request: web.Request, visit: Visit) -> bool:
        """Whether one of our own pages sent it, shown to this very session."""
        given = visit.form.get("csrf", "")
        same = compare_digest(given.encode(), visit.session.csrf.encode())
        return same and self._network.is_ours(request)

    def _respond(
        self, request: web.Request, answer: Answer, visit: Visit | None = None
    ) -> web.Response:
        nonce = new_nonce()
        response = self._response(request, answer, visit, nonce)
        if not isinstance(answer, Download) and answer.token is not None:
            self._sign_in.keep(request, response, answer.token)
        if response.content_type == "text/html":
            response.enable_compression()
        return guarded(response, nonce, https=self._network.is_https(request))

    def _response(
        self, request: web.Request, answer: Answer, visit: Visit | None, nonce: str
    ) -> web.Response:
        match answer:
            case Redirect(to=to, notice=notice):
                response = web.Response(status=303, headers={"Location": to})
                if notice:
                    response.set_cookie(_NOTICE, notice, max_age=60, path=HOME, httponly=True,
                                        samesite="Lax")  # fmt: skip
                return response
            case Download(name=name, content_type=content_type, body=body):
                headers = {"Content-Disposition": attachment(name)}
                return web.Response(body=body, content_type=content_type, headers=headers)
            case Page():
                return self._page(request, answer, visit, nonce)

    def _page(
        self, request: web.Request, page: Page, visit: Visit | None, nonce: str
    ) -> web.Response:
        notice = request.cookies.get(_NOTICE, "")
        facts = {
            "visit": visit,
            "nav": self._navigation(visit),
            "nonce": nonce,
            "notice": notice if notice.isidentifier() else "",
            "path": request.path,
            "now": self._clock(),
            **page.facts,
        }
        html = self._html.render(page.template, facts)
        response = web.Response(text=html, content_type="text/html", status=page.status)
        if notice:
            response.del_cookie(_NOTICE, path=HOME)
        return response

    def _navigation(self, visit: Visit | None) -> list[Group]:
        if visit is None or self._gate.step(visit.member, visit.session) is not None:
            return []
        return navigation(self.routes, visit.member.role)

    def _to_sign_in(self, request: web.Request) -> web.Response:
        back = request.path_qs if request.method == "GET" else HOME
        return self._respond(request, Redirect(f"{SIGN_IN}?next={quote(back, safe='')}"))

    async def _to_home(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPSeeOther(HOME)

    async def _static(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        try:
            body = static(name)
        except KeyError:
            raise web.HTTPNotFound from None
        kind = _TYPES[name.rpartition(".")[2]]
        headers = {"Cache-Control": FOR_EVER if "v" in request.query else "no-cache"}
        response = web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)
        response.enable_compression()
        return guarded(response, new_nonce(), https=self._network.is_https(request))


def _came_from(request: web.Request) -> str:
    """The page of ours that a form stood on."""
    referer = request.headers.get("Referer", "")
    return own_address("/" + referer.partition("://")[2].partition("/")[2])
