"""Bodies and queries made at random from the API's description, most of them nearly right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

Schema = Mapping[str, Any]
Json = st.SearchStrategy[Any]

SAYINGS = (
    "所有人", "县=清河县", "(", "非", "{{ 称呼 }}", "{{", "web:me", "telegram:1", "清河县",
    "8000元/月", "\x00", "2026-03-07", "2026-03-07T09:00:00+08:00", "0001-01-01T00:00:00+14:00",
    "é\u202e", "9" * 400, "", " ", "\r\n", "岗位", "长期", "1e9",
)  # fmt: skip
NUMBERS = (0, 1, -1, 2**31, 2**63, 10**30)
anything: Json = st.recursive(
    st.none() | st.booleans() | st.sampled_from(NUMBERS) | st.floats() | st.sampled_from(SAYINGS),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


def made_of(schema: Schema, schemas: Mapping[str, Schema]) -> Json:
    """What fits the schema, and now and then something that does not."""
    return st.one_of(*[_fitting(schema, schemas)] * 9, anything)


def _fitting(schema: Schema, schemas: Mapping[str, Schema]) -> Json:
    match schema:
        case {"$ref": reference}:
            return _fitting(schemas[reference.rpartition("/")[2]], schemas)
        case {"anyOf": several}:
            return st.one_of(*(_fitting(it, schemas) for it in several))
        case {"enum": values}:
            return st.sampled_from(values)
        case {"type": "object"}:
            return _objects(schema, schemas)
        case {"type": "array", "items": items}:
            return st.lists(made_of(items, schemas), max_size=3)
        case {"type": "string"}:
            return _texts(schema)
        case {"type": "integer"}:
            return st.integers(schema.get("minimum", 0), schema.get("maximum", 2**40))
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "null"}:
            return st.none()
    raise AssertionError(schema)


def _objects(schema: Schema, schemas: Mapping[str, Schema]) -> Json:
    parts = {name: made_of(it, schemas) for name, it in schema.get("properties", {}).items()}
    required = {name: parts.pop(name) for name in schema.get("required", ())}
    whole = st.fixed_dictionaries(required, optional=parts)
    strange = st.dictionaries(st.text(max_size=5), anything, max_size=1)
    return st.one_of(*[whole] * 4, st.tuples(whole, strange).map(lambda it: {**it[0], **it[1]}))


def _texts(schema: Schema) -> Json:
    longest = min(schema.get("maxLength", 50), 50)
    match schema.get("format"):
        case "date":
            return st.dates().map(str)
        case "date-time":
            return st.datetimes(timezones=st.timezones()).map(lambda it: it.isoformat())
        case _:
            return st.sampled_from(SAYINGS) | st.text(max_size=longest)
