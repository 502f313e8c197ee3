"""What a request gives, read into the models of its operation."""

from __future__ import annotations

from typing import TypeVar, get_origin

from aiohttp import web
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.api.calls import LARGEST_BODY, Kind, Refusal, Wrong

JSON = "application/json"
MOST_WRONG = 20  # fields that are told
LONGEST_ONCE = 100  # characters of an Idempotency-Key
_UNREADABLE = ("json_invalid", "model_type")

M = TypeVar("M", bound=BaseModel)


def read_query(request: web.Request, model: type[M]) -> M:
    """What stands behind the question mark. Raises Refusal."""
    given: dict[str, object] = {}
    for name in request.query:
        values, known = request.query.getall(name), model.model_fields.get(name)
        is_list = known is not None and get_origin(known.annotation) is tuple
        given[name] = values if is_list or len(values) > 1 else values[0]
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Refusal(Kind.INVALID, *_wrong(error)) from None


async def read_body(request: web.Request, model: type[M]) -> M:
    """The body. Raises Refusal."""
    raw = await _raw(request)
    if raw and request.content_type != JSON:
        raise Refusal(Kind.MEDIA)
    try:
        return model.model_validate_json(raw or b"{}", strict=True)
    except ValidationError as error:
        wrong = _wrong(error)
        if any(it["type"] in _UNREADABLE and not it["loc"] for it in _details(error)):
            raise Refusal(Kind.UNREADABLE) from None
        raise Refusal(Kind.INVALID, *wrong) from None


def read_once(request: web.Request) -> str:
    """The Idempotency-Key; empty without one. Raises Refusal."""
    once = request.headers.get("Idempotency-Key", "")
    if len(once) > LONGEST_ONCE or not (once.isascii() and once.isprintable()):
        raise Refusal(Kind.INVALID, Wrong("Idempotency-Key", "api.wrong_once"))
    return once


async def _raw(request: web.Request) -> bytes:
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Refusal(Kind.MEDIA)
    if (request.content_length or 0) > LARGEST_BODY:
        raise Refusal(Kind.TOO_LARGE)
    try:
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Refusal(Kind.TOO_LARGE) from None
    if len(raw) > LARGEST_BODY:
        raise Refusal(Kind.TOO_LARGE)
    return raw


def _details(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False, include_input=False)


def _wrong(error: ValidationError) -> list[Wrong]:
    """Each field once, with the first thing that is wrong about it."""
    found: dict[str, Wrong] = {}
    for it in _details(error):
        where = ".".join(map(str, it["loc"]))
        found.setdefault(where, Wrong(where, f"api.wrong_{it['type']}", it.get("ctx", {})))
    return list(found.values())[:MOST_WRONG]
