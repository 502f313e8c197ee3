"""The web chat as the service adds it: its channel, its routes, and the task it needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from bot.channels.webchat import identity, mailbox
from bot.channels.webchat.channel import WebChat
from bot.channels.webchat.limits import Door, Limits
from bot.channels.webchat.mailbox import Mailbox
from bot.channels.webchat.page import Pages
from bot.channels.webchat.postman import Postman
from bot.channels.webchat.reception import Reception
from bot.channels.webchat.sockets import Sockets
from bot.network import Network
from bot.pipeline.inbox import Inbox
from bot.pipeline.line import Line, StorageDown


@dataclass(frozen=True, slots=True)
class WebChatSettings:
    """What an operator may set."""

    trust_proxy: bool = False  # the X-Forwarded headers are written by a proxy of ours
    origins: frozenset[str] = frozenset()  # other names of this service, as browsers see them
    embedders: frozenset[str] = frozenset()  # sites that may show the chat in a frame
    cookie_kept_for: int = identity.KEPT_FOR  # seconds
    mail_kept_for: int = mailbox.KEPT_FOR  # seconds
    limits: Limits = field(default_factory=Limits)


class WebChatSite:
    """Everything of the web chat in one process. `run` must be running."""

    def __init__(
        self,
        line: Line,
        inbox: Inbox,
        words: Mapping[str, str],
        settings: WebChatSettings,
        *,
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
        new_token: Callable[[], str] = identity.new_token,
    ) -> None:
        """`words`: the texts of content/replies/webchat.yaml."""
        limits = settings.limits
        self._network = Network(settings.trust_proxy, settings.origins)
        self._mailbox = Mailbox(line, settings.mail_kept_for)
        self._postman = Postman(line.redis)
        reception = Reception(self._mailbox, inbox, limits, words, wall, clock)
        door = Door(limits, clock)
        self.sockets = Sockets(self._mailbox, reception, self._postman, self._network, door, limits)
        self.channel = WebChat(self._mailbox)
        self._pages = Pages(
            words, self._network, settings.embedders, settings.cookie_kept_for, new_token
        )

    def add_to(self, app: web.Application) -> None:
        """Add the routes; on shutdown the open pages are sent away and come back."""
        app.router.add_get("/", self._pages.chat)
        app.router.add_get("/socket", self.sockets.handle)
        app.router.add_get("/widget.js", self._pages.widget)
        app.router.add_get("/static/webchat/{name}", self._pages.asset)
        app.router.add_post("/forget", self._forget)
        app.on_shutdown.append(self._close)

    async def run(self) -> None:
        """Bring new letters to the open pages until cancelled."""
        await self._postman.run()

    async def _close(self, app: web.Application) -> None:
        await self.sockets.close()

    async def _forget(self, request: web.Request) -> web.Response:
        """POST: whoever uses this browser next is somebody else, and finds nothing."""
        if not self._network.is_ours(request):
            raise web.HTTPForbidden
        embedded = request.query.get("embed") == "1"
        response = web.HTTPSeeOther("/?embed=1" if embedded else "/")
        https = self._network.is_https(request)
        identity.drop_token(response, https=https, embedded=embedded)
        token = identity.token_in(request)
        if token is not None:
            try:
                await self._mailbox.forget(identity.urn_of(token))
            except StorageDown:
                raise web.HTTPServiceUnavailable(headers={"Retry-After": "2"}) from None
        raise response
