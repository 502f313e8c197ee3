"""What every answer of the console carries, and how a request is read safely."""

from __future__ import annotations

from secrets import token_urlsafe
from urllib.parse import quote

from aiohttp import BodyPartReader, web
from multidict import MultiDict

from bot.console.visit import Upload

HOME = "/console/"
_MOST_FIELDS = 500
_LONGEST_FIELD = 32_768  # bytes


class TooLarge(Exception):
    """The request holds more than it may."""


def guarded(response: web.Response, nonce: str, *, https: bool) -> web.Response:
    """The answer with every header that protects it (OWASP ASVS 5.0, 3.4)."""
    headers = response.headers
    headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
        )
    )
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    headers.setdefault("Cache-Control", "no-store")
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response


def new_nonce() -> str:
    """A number used once, for the page's own script."""
    return token_urlsafe(16)


def own_address(text: str) -> str:
    """`text` if it is an address within the console, else the console's first page: nobody is
    sent elsewhere by a link to the sign-in page."""
    ours = text.startswith(HOME) and "//" not in text and "\\" not in text and text.isprintable()
    return text if ours else HOME


def attachment(name: str) -> str:
    """The header by which a browser keeps a file under that name."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


async def read_form(request: web.Request, largest: int) -> tuple[MultiDict[str], dict[str, Upload]]:
    """The fields and files of a form. Raises TooLarge, ValueError."""
    if request.content_length is not None and request.content_length > largest:
        raise TooLarge
    if request.content_type == "multipart/form-data":
        return await _read_parts(request, largest)
    fields: MultiDict[str] = MultiDict()
    for name, value in (await request.post()).items():
        if isinstance(value, str):
            fields.add(name, value)
    return fields, {}


async def _read_parts(
    request: web.Request, largest: int
) -> tuple[MultiDict[str], dict[str, Upload]]:
    fields: MultiDict[str] = MultiDict()
    files: dict[str, Upload] = {}
    left = largest
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise ValueError("a form within a form")
        most = left if part.filename else min(left, _LONGEST_FIELD)
        body = await _read(part, most)
        left -= len(body)
        if len(fields) + len(files) >= _MOST_FIELDS:
            raise TooLarge
        if part.filename:
            files[part.name] = Upload(part.filename, body)
        else:
            fields.add(part.name, body.decode("utf-8"))
    return fields, files


async def _read(part: BodyPartReader, most: int) -> bytes:
    body = bytearray()
    while chunk := await part.read_chunk():
        body += chunk
        if len(body) > most:
            raise TooLarge
    return bytes(body)
