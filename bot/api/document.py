"""The API described for programs: OpenAPI 3.1, made of the operations themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from bot.api.calls import AnyOperation, Kind
from bot.api.models import Nothing
from bot.api.problems import PROBLEM_JSON, STATUS, Problem
from bot.api.reading import JSON, LONGEST_ONCE
from bot.words import Words

Schema = dict[str, Any]  # JSON
VERSION = "1"
_REF = "#/components/schemas/{model}"
# The variable parts of addresses.
PARTS: Mapping[str, Schema] = {
    "number": {"type": "integer", "minimum": 1, "maximum": 999_999_999},
    "reference": {"type": "string", "pattern": r"^[\w.\-]{1,64}$"},
}
_ALWAYS = (Kind.UNKNOWN, Kind.FORBIDDEN, Kind.INVALID, Kind.TOO_MANY, Kind.BROKEN,
           Kind.UNAVAILABLE)  # fmt: skip
_WITH_BODY = (Kind.UNREADABLE, Kind.TOO_LARGE, Kind.MEDIA)


def document(operations: Sequence[AnyOperation], root: str, words: Words) -> bytes:
    """The whole description, as JSON."""
    return orjson.dumps(_Writer(operations, words).whole(root))


class _Writer:
    """Writes the description."""

    def __init__(self, operations: Sequence[AnyOperation], words: Words) -> None:
        self._operations = operations
        self._words = words
        self._refs, self._schemas = _schemas(operations)
        for name, schema in self._schemas.items():
            self._explain(name, schema)

    def whole(self, root: str) -> Schema:
        paths: dict[str, Schema] = {}
        for it in self._operations:
            paths.setdefault(f"{root}{it.path}", {})[it.method.lower()] = self._operation(it)
        queries = {self._refs[it.query, "validation"] for it in self._operations}
        return {
            "openapi": "3.1.0",
            "info": {
                "title": self._say("title"),
                "version": VERSION,
                "description": self._say("about"),
            },
            "security": [{"key": []}],
            "tags": [{"name": self._say(f"tag_{it}")} for it in self._tags()],
            "paths": paths,
            "components": {
                "securitySchemes": {
                    "key": {"type": "http", "scheme": "bearer", "description": self._say("key")}
                },
                "schemas": {n: s for n, s in self._schemas.items() if n not in queries},
                "responses": {it.value: self._problem(it) for it in Kind},
            },
        }

    def _tags(self) -> list[str]:
        return list(dict.fromkeys(map(_tag, self._operations)))

    def _operation(self, it: AnyOperation) -> Schema:
        schema = {"$ref": f"#/components/schemas/{self._refs[it.answer, 'serialization']}"}
        told: Schema = {
            "operationId": it.name,
            "summary": self._say(f"do_{it.name}"),
            "tags": [self._say(f"tag_{_tag(it)}")],
            "x-roles": sorted(it.roles),
            "parameters": [*_parts(it), *self._query(it), *self._once(it)],
            "responses": {
                str(it.status): {
                    "description": self._say("done"),
                    "content": {JSON: {"schema": schema}},
                },
                **{str(STATUS[kind]): _response(kind) for kind in _kinds(it)},
            },
        }
        if it.body is not Nothing:
            body = {"$ref": f"#/components/schemas/{self._refs[it.body, 'validation']}"}
            told["requestBody"] = {"required": True, "content": {JSON: {"schema": body}}}
        return told

    def _query(self, it: AnyOperation) -> list[Schema]:
        schema = self._schemas[self._refs[it.query, "validation"]]
        return [
            {
                "name": name,
                "in": "query",
                "required": name in schema.get("required", ()),
                "description": known["description"],
                "schema": {key: value for key, value in known.items() if key != "description"},
            }
            for name, known in schema.get("properties", {}).items()
        ]

    def _once(self, it: AnyOperation) -> list[Schema]:
        if not it.changes:
            return []
        schema = {"type": "string", "maxLength": LONGEST_ONCE}
        return [{
            "name": "Idempotency-Key", "in": "header", "required": False, "schema": schema,
            "description": self._say("once"),
        }]  # fmt: skip

    def _problem(self, kind: Kind) -> Schema:
        schema = {"$ref": f"#/components/schemas/{self._refs[Problem, 'serialization']}"}
        return {
            "description": self._say(f"problem_{kind}"),
            "content": {PROBLEM_JSON: {"schema": schema}},
        }

    def _explain(self, model: str, schema: Schema) -> None:
        """Words for people instead of what the models' own names and notes make."""
        schema.pop("title", None)
        schema.pop("description", None)
        for name, known in schema.get("properties", {}).items():
            known.pop("title", None)
            own = f"field_{model.lower()}_{name}"
            has_own = f"api.{own}" in self._words.texts
            known["description"] = self._say(own if has_own else f"field_{name}")

    def _say(self, key: str) -> str:
        return self._words.say(f"api.{key}")


def _schemas(
    operations: Sequence[AnyOperation],
) -> tuple[dict[tuple[Any, str], str], dict[str, Schema]]:
    """The name of each model's schema, by what it is for, and the schemas by their names."""
    wanted: dict[tuple[type[Any], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for it in operations:
        wanted |= dict.fromkeys(
            [(it.query, "validation"), (it.body, "validation"), (it.answer, "serialization")]
        )
    refs, whole = models_json_schema(list(wanted), ref_template=_REF)
    names: dict[tuple[Any, str], str] = {}
    for (model, mode), ref in refs.items():
        names[model, mode] = ref["$ref"].rpartition("/")[2]
    return names, whole["$defs"]


def _tag(it: AnyOperation) -> str:
    return it.path.split("/")[1]


def _parts(it: AnyOperation) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": PARTS[name]}
        for name in re.findall(r"\{(\w+)\}", it.path)
    ]


def _kinds(it: AnyOperation) -> list[Kind]:
    kinds = [*_ALWAYS]
    if "{" in it.path:
        kinds.append(Kind.NOT_THERE)
    if it.changes:
        kinds += [Kind.CONFLICT, *_WITH_BODY]
    return sorted(kinds, key=lambda kind: STATUS[kind])


def _response(kind: Kind) -> Schema:
    return {"$ref": f"#/components/responses/{kind}"}
