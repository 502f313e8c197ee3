"""Who a web visitor is: whoever holds a random token in a cookie.

The urn is a digest of the token, so that a urn in a log or a transcript opens nothing.
"""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

from aiohttp import web

COOKIE = "hotline_visitor"
KEPT_FOR = 180 * 86400  # seconds after the last visit

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


def new_token() -> str:
    """128 random bits in 22 letters."""
    return secrets.token_urlsafe(16)


def urn_of(token: str) -> str:
    """The urn of whoever holds the token."""
    return "web:" + sha256(token.encode()).hexdigest()[:32]


def token_in(request: web.BaseRequest) -> str | None:
    """The token that a request brings, if it is one."""
    token = request.cookies.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else None


def keep_token(
    response: web.StreamResponse, token: str, *, https: bool, embedded: bool, kept_for: int
) -> None:
    """Have the browser keep the token. Inside another site's page a cookie needs https, and is
    kept apart for each such site (developer.mozilla.org: Cookies Having Independent Partitioned
    State)."""
    apart = https and embedded
    attributes = [f"{COOKIE}={token}", f"Max-Age={kept_for}", "Path=/", "HttpOnly"]
    attributes.append("SameSite=None" if apart else "SameSite=Lax")
    if https:
        attributes.append("Secure")
    if apart:
        attributes.append("Partitioned")  # http.cookies knows it only from Python 3.14 on
    response.headers.add("Set-Cookie", "; ".join(attributes))


def drop_token(response: web.StreamResponse, *, https: bool, embedded: bool) -> None:
    """Have the browser forget the token."""
    keep_token(response, "", https=https, embedded=embedded, kept_for=0)
