"""The API's routes as the service adds them: each request shows a key, or goes nowhere."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import lru_cache
from secrets import token_hex

import structlog
from aiohttp import web
from pydantic import BaseModel

from bot.api.calls import AnyOperation, Call, Kind, Refusal
from bot.api.document import document
from bot.api.keys import Holder, Keys
from bot.api.models import Nothing
from bot.api.problems import PROBLEM_JSON, problem
from bot.api.reading import JSON, read_body, read_once, read_query
from bot.console.guard import guarded, new_nonce
from bot.network import Network
from bot.pipeline.line import StorageDown
from bot.records.audit import Audit
from bot.records.database import DOWN
from bot.words import Words

ROOT = "/api/v1"
DOCUMENT = "/api/openapi.json"
RETRY_AFTER = "5"  # seconds
_NOTED = {Kind.FORBIDDEN: "denied", Kind.NOT_THERE: "not_there"}  # in the audit, in its words

log = structlog.get_logger()


class ApiSite:
    """Everything of the API in one process."""

    def __init__(
        self,
        operations: Sequence[AnyOperation],
        keys: Keys,
        audit: Audit,
        words: Callable[[], Words],
        network: Network,
        clock: Callable[[], datetime],
    ) -> None:
        """`operations`: the whole table of contents."""
        self.operations = tuple(operations)
        self._keys = keys
        self._audit = audit
        self._words = words
        self._network = network
        self._clock = clock
        self._written = lru_cache(1)(lambda words: document(self.operations, ROOT, words))

    def add_to(self, app: web.Application) -> None:
        """Add every route; whatever else is asked for below /api/ is not there."""
        app.router.add_get(DOCUMENT, self._document)
        for it in self.operations:
            app.router.add_route(it.method, f"{ROOT}{it.path}", self._door(it))
        app.router.add_route("*", "/api/{rest:.*}", self._nowhere)

    def _door(
        self, operation: AnyOperation
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def enter(request: web.Request) -> web.StreamResponse:
            try:
                answer = await self._enter(operation, request)
            except Refusal as refusal:
                return self._refuse(request, refusal)
            except (StorageDown, *DOWN) as error:
                log.warning("api.later", operation=operation.name, error=type(error).__name__)
                return self._refuse(request, Refusal(Kind.UNAVAILABLE, Retry_After=RETRY_AFTER))
            except Exception:
                log.exception("api.failed", operation=operation.name)
                return self._refuse(request, Refusal(Kind.BROKEN))
            body = answer.model_dump_json().encode()
            return self._guarded(request, body, JSON, operation.status)

        return enter

    async def _enter(self, operation: AnyOperation, request: web.Request) -> BaseModel:
        holder = await self._keys.holder(request)
        try:
            if holder.member.role not in operation.roles:
                raise Refusal(Kind.FORBIDDEN)
            call = await self._read(operation, request, holder)
            answer: BaseModel = await operation.handler(call)
        except Refusal as refusal:
            if refusal.kind in _NOTED:
                await self._note(holder, _NOTED[refusal.kind], request, {})
            raise
        if operation.changes or operation.is_kept:
            await self._note(holder, operation.name, request, call.detail)
        return answer

    async def _read(
        self, operation: AnyOperation, request: web.Request, holder: Holder
    ) -> Call[BaseModel, BaseModel]:
        return Call(
            member=holder.member,
            key=holder.key,
            now=self._clock(),
            path=request.match_info,
            query=read_query(request, operation.query),
            body=await read_body(request, operation.body) if operation.changes else Nothing(),
            once=read_once(request) or token_hex(16),
        )

    async def _note(
        self, holder: Holder, what: str, request: web.Request, detail: dict[str, object]
    ) -> None:
        kept = {"key": holder.key, **detail}
        await self._audit.note(holder.member.login, what, request.path, kept, holder.address)

    async def _document(self, request: web.Request) -> web.StreamResponse:
        return self._guarded(request, self._written(self._words()), JSON, 200)

    async def _nowhere(self, request: web.Request) -> web.StreamResponse:
        allowed = [it.method for it in self.operations if _fits(it, request.path)]
        if allowed:
            return self._refuse(request, Refusal(Kind.METHOD, Allow=", ".join(sorted(allowed))))
        return self._refuse(request, Refusal(Kind.NOT_THERE))

    def _refuse(self, request: web.Request, refusal: Refusal) -> web.Response:
        told = problem(refusal, self._words())
        body = told.model_dump_json().encode()
        response = self._guarded(request, body, PROBLEM_JSON, told.status)
        response.headers.update(refusal.headers)
        return response

    def _guarded(
        self, request: web.Request, body: bytes, content_type: str, status: int
    ) -> web.Response:
        response = web.Response(body=body, content_type=content_type, status=status)
        return guarded(response, new_nonce(), https=self._network.is_https(request))


def _fits(operation: AnyOperation, path: str) -> bool:
    shape = re.sub(r"\{\w+\}", "[^/]+", f"{ROOT}{operation.path}")
    return re.fullmatch(shape, path) is not None
