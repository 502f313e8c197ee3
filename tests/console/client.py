"""Somebody at the console, without a browser: cookies and forms are kept as a browser would."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientResponse, ClientSession, CookieJar, FormData, web

from bot.console.site import ConsoleSite

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@asynccontextmanager
async def serving(site: ConsoleSite) -> AsyncIterator[str]:
    """The console on a port of its own."""
    app = web.Application()
    site.add_to(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@dataclass(frozen=True)
class Seen:
    """An answer as it was seen."""

    status: int
    text: str
    headers: Mapping[str, str]
    address: str  # where it came from, after redirects
    body: bytes = b""


class Clerk:
    """A member of staff."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.csrf = ""
        self.at = "/console/"  # the page looked at last
        self.http = ClientSession(cookie_jar=CookieJar(unsafe=True))

    async def opens(self, path: str) -> Seen:
        """Look at a page."""
        async with self.http.get(self.url + path) as response:
            self.at = path
            return await self._seen(response)

    async def sends(self, path: str, **form: str) -> Seen:
        """Send a form of the page looked at last."""
        return await self.posts(path, {"csrf": self.csrf, **form})

    async def posts(self, path: str, form: Mapping[str, str], origin: str | None = None) -> Seen:
        """Send anything; `origin`: whose page it seems to come from."""
        headers = {"Origin": origin or self.url}
        async with self.http.post(self.url + path, data=form, headers=headers) as response:
            return await self._seen(response)

    async def uploads(self, path: str, name: str, body: bytes, **form: str) -> Seen:
        """Send a file with the form of the page looked at last."""
        data = FormData({"csrf": self.csrf, **form}, quote_fields=False)
        data.add_field("file", io.BytesIO(body), filename=name)
        headers = {"Origin": self.url, "Referer": self.url + self.at}
        async with self.http.post(self.url + path, data=data, headers=headers) as response:
            return await self._seen(response)

    async def signs_in(self, login: str, password: str, then: str = "/console/") -> Seen:
        """Sign in by password."""
        form = {"login": login, "password": password, "next": then}
        return await self.posts("/console/sign-in", form)

    async def leaves(self) -> None:
        await self.http.close()

    async def _seen(self, response: ClientResponse) -> Seen:
        body = await response.read()
        text = body.decode("utf-8", "replace")
        found = _CSRF.search(text)
        if found:
            self.csrf = found[1]
        return Seen(response.status, text, response.headers, response.url.raw_path_qs, body)
