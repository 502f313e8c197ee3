"""A program of the bureau's own, that keeps to the API's description and holds the API to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aiohttp import ClientSession
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

ROOT = "/api/v1"
JSON, PROBLEM = "application/json", "application/problem+json"
DESCRIPTION = "urn:description"

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """An answer as it came."""

    status: int
    told: Any
    headers: Mapping[str, str]

    @property
    def fields(self) -> set[str]:
        """The fields that were wrong."""
        return {it["field"] for it in self.told["errors"]}


class Description:
    """The API's own description: every answer must be as it says."""

    def __init__(self, document: Document) -> None:
        self.document = document
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(DESCRIPTION, resource)
        self._validator = lru_cache(None)(self._made)

    def operations(self) -> dict[str, tuple[str, str, Mapping[str, Any]]]:
        """Method, path and description, by name."""
        return {
            it["operationId"]: (method.upper(), path, it)
            for path, methods in self.document["paths"].items()
            for method, it in methods.items()
        }

    def check(self, method: str, path: str, answer: Answer) -> None:
        """Fails unless the answer is one of those that are described."""
        described = next((it for it in self.document["paths"] if _fits(it, path)), None)
        operation = self.document["paths"].get(described, {}).get(method.lower())
        if operation is None:
            assert answer.status in (404, 405)
            return
        assert str(answer.status) in operation["responses"], (answer.status, answer.told)
        place = ["paths", described, method.lower(), "responses", str(answer.status)]
        response = operation["responses"][str(answer.status)]
        if "$ref" in response:
            place = response["$ref"].removeprefix("#/").split("/")
        kind = JSON if answer.status < 400 else PROBLEM
        assert answer.headers["Content-Type"].startswith(kind)
        self._validator("/".join(map(_escaped, [*place, "content", kind, "schema"]))).validate(
            answer.told
        )

    def _made(self, pointer: str) -> Draft202012Validator:
        schema = {"$ref": f"{DESCRIPTION}#/{pointer}"}
        return Draft202012Validator(schema, registry=self._registry)


class Program:
    """Somebody's program, with their key."""

    def __init__(self, url: str, key: str | None, description: Description) -> None:
        self.url = url
        self.description = description
        bearer = {} if key is None else {"Authorization": f"Bearer {key}"}
        self.http = ClientSession(headers=bearer)

    async def asks(
        self, method: str, path: str, body: object = None, once: str = "", **query: str
    ) -> Answer:
        """One call; `body`: anything JSON can tell."""
        headers = {"Idempotency-Key": once} if once else {}
        return await self.sends(method, path, headers, params=query, json=body)

    async def sends(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **rest: Any
    ) -> Answer:
        """One call as it is."""
        url = f"{self.url}{ROOT}{path}"
        async with self.http.request(method, url, headers=headers, **rest) as response:
            raw = await response.json(content_type=None)
            answer = Answer(response.status, raw, response.headers)
        self.description.check(method, f"{ROOT}{path}", answer)
        return answer

    async def leaves(self) -> None:
        await self.http.close()


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
