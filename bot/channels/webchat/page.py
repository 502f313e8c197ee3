"""The chat page, its script and style, and the widget for the bureau's own site."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

import orjson
from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.channels.webchat import identity
from bot.network import Network

FOR_EVER = "public, max-age=31536000, immutable"  # the address changes with the content
A_WHILE = "public, max-age=600"

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that the page loads."""

    name: str
    body: str

    @property
    def version(self) -> str:
        """Changes with the content."""
        return sha256(self.body.encode()).hexdigest()[:12]

    def response(self, caching: str) -> web.Response:
        """The file, as a browser gets it."""
        kind = _TYPES[self.name.rpartition(".")[2]]
        headers = {"Cache-Control": caching}
        return web.Response(text=self.body, content_type=kind, charset="utf-8", headers=headers)


class Pages:
    """What a browser loads before it opens the WebSocket."""

    def __init__(
        self,
        words: Mapping[str, str],
        network: Network,
        embedders: frozenset[str],
        cookie_kept_for: int,
        new_token: Callable[[], str],
    ) -> None:
        """`words` may change: each page is made of what they are then. `embedders`: origins whose
        pages may show the chat in a frame."""
        self._words = words
        self._network = network
        self._embedders = embedders
        self._cookie_kept_for = cookie_kept_for
        self._new_token = new_token
        names = ("chat.css", "chat.js", "letters.js", "line.js", "icon.svg")
        self._assets = {name: _load(name) for name in names}
        self._widget = _load("widget.js")
        self._template = Environment(
            loader=PackageLoader(__package__ or ""), autoescape=True, undefined=StrictUndefined
        ).get_template("page.html.j2")

    async def chat(self, request: web.Request) -> web.Response:
        """GET /: the page; with ?embed=1, as the widget frames it."""
        embedded = request.query.get("embed") == "1"
        token = identity.token_in(request) or self._new_token()
        html = self._template.render(
            words=self._words,
            words_json=orjson.dumps(dict(self._words)).decode(),
            openers=[text for key, text in self._words.items() if key.startswith("opener_")],
            embedded=embedded,
            visitor=identity.urn_of(token)[4:16],
            version={name: asset.version for name, asset in self._assets.items()},
        )
        headers = {"Cache-Control": "no-store"}
        response = web.Response(text=html, content_type="text/html", headers=headers)
        https = self._network.is_https(request)
        kept_for = self._cookie_kept_for
        identity.keep_token(response, token, https=https, embedded=embedded, kept_for=kept_for)
        return self._guarded(request, response)

    async def asset(self, request: web.Request) -> web.Response:
        """GET /static/webchat/<name>."""
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        is_this = request.query.get("v") == asset.version
        return self._guarded(request, asset.response(FOR_EVER if is_this else A_WHILE))

    async def widget(self, request: web.Request) -> web.Response:
        """GET /widget.js: loaded by the bureau's own site."""
        widget = Asset("widget.js", _called_with(self._widget.body, self._words))
        response = self._guarded(request, widget.response(A_WHILE))
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    def _guarded(self, request: web.Request, response: web.Response) -> web.Response:
        response.headers["Content-Security-Policy"] = self._policy(request)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        response.enable_compression()
        return response

    def _policy(self, request: web.Request) -> str:
        # Old browsers do not take 'self' to cover WebSockets (w3c/webappsec-csp#7).
        host = request.host if _HOST.fullmatch(request.host) else ""
        sockets = f" ws://{host} wss://{host}" if host else ""
        return "; ".join(
            (
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "img-src 'self'",
                f"connect-src 'self'{sockets}",
                " ".join(("frame-ancestors 'self'", *sorted(self._embedders))),
                "form-action 'self'",
                "base-uri 'none'",
                "object-src 'none'",
                "require-trusted-types-for 'script'",
            )
        )


def _load(name: str) -> Asset:
    body = files(__package__ or "").joinpath("static", name).read_text(encoding="utf-8")
    return Asset(name, body)


def _called_with(function: str, words: Mapping[str, str]) -> str:
    """A script that calls a JavaScript function with the words it shows."""
    mine = {key: text for key, text in words.items() if key.startswith("widget_")}
    given = orjson.dumps(mine).decode().replace("\u2028", " ").replace("\u2029", " ")
    return f"{function.rstrip()}({given});\n"
