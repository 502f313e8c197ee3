"""The pages by which somebody signs in: password, code, and what the first time asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import web
from multidict import MultiDict

from bot.console.gate import Browser, Gate, NotYou, SlowDown
from bot.console.guard import HOME, TooLarge, own_address, read_form
from bot.console.visit import SMALL_BODY, Answer, Page, Redirect, Visit
from bot.network import Network
from bot.pipeline.line import StorageDown

SIGN_IN = "/console/sign-in"
_LONGEST = 200  # characters of a login, and of the browser's name


class Respond(Protocol):
    """How an answer becomes a response."""

    def __call__(
        self, request: web.Request, answer: Answer, visit: Visit | None = None
    ) -> web.Response:
        """The response, with every header that protects it."""
        ...


class SignIn:
    """Signing in; everything after it is an ordinary route."""

    def __init__(self, gate: Gate, network: Network, respond: Respond) -> None:
        self._gate = gate
        self._network = network
        self._respond = respond

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get(SIGN_IN, self._safely(self._ask))
        app.router.add_post(SIGN_IN, self._safely(self._sign_in))

    def token_in(self, request: web.Request) -> str:
        """What the browser shows to be known by."""
        return request.cookies.get(self._cookie(request), "")

    def browser(self, request: web.Request) -> Browser:
        """Where the request comes from."""
        name = request.headers.get("User-Agent", "")[:_LONGEST]
        return Browser(self._network.address(request), name)

    def keep(self, request: web.Request, response: web.Response, token: str) -> web.Response:
        """The browser is to hold the token; an empty one ends it."""
        https = self._network.is_https(request)
        name = self._cookie(request)
        if token:
            response.set_cookie(name, token, path="/", httponly=True, samesite="Lax", secure=https)
        else:
            response.del_cookie(name, path="/", httponly=True, samesite="Lax", secure=https)
        return response

    def _cookie(self, request: web.Request) -> str:
        # A browser takes a __Host- cookie only from this very host, over TLS.
        return "__Host-staff" if self._network.is_https(request) else "staff"

    async def _ask(self, request: web.Request) -> web.Response:
        back = own_address(request.query.get("next", HOME))
        return self._respond(request, Page("sign_in.html.j2", {"next": back, "why": ""}))

    async def _sign_in(self, request: web.Request) -> web.Response:
        if not self._network.is_ours(request):
            raise web.HTTPForbidden
        form, _ = await read_form(request, SMALL_BODY)
        back = own_address(form.get("next", HOME))
        try:
            token = await self._gate.sign_in(*_given(form), self.browser(request))
        except NotYou:
            return self._again(request, back, "not_you", 403)
        except SlowDown:
            return self._again(request, back, "slow_down", 429)
        return self._respond(request, Redirect(back, token=token))

    def _again(self, request: web.Request, back: str, why: str, status: int) -> web.Response:
        return self._respond(
            request, Page("sign_in.html.j2", {"next": back, "why": why}, status=status)
        )

    def _safely(
        self, handle: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def safe(request: web.Request) -> web.Response:
            try:
                return await handle(request)
            except StorageDown:
                return self._respond(request, Page("unavailable.html.j2", status=503))
            except TooLarge:
                return self._respond(request, Page("too_large.html.j2", status=413))
            except ValueError:
                raise web.HTTPBadRequest from None

        return safe


def _given(form: MultiDict[str]) -> tuple[str, str]:
    return form.get("login", "").strip()[:_LONGEST], form.get("password", "")
