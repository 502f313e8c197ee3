"""The description is a right one, in words, and holds for whatever a program may send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate

from tests.api.bodies import made_of
from tests.api.program import Description, Program
from tests.api.test_campaigns import DRAFT
from tests.api.test_openings import OWN, WELDER

HAN = re.compile("[一-鿿]")


def test_it_is_openapi_3_1(description: Description) -> None:
    assert description.document["openapi"].startswith("3.1")
    validate(description.document)


def test_it_is_said_in_words(description: Description) -> None:
    document = description.document
    for _, _, operation in description.operations().values():
        assert HAN.search(operation["summary"])
    for name, schema in document["components"]["schemas"].items():
        assert "title" not in schema
        for field, known in schema.get("properties", {}).items():
            assert HAN.search(known["description"]), (name, field)


@pytest.fixture
async def stocked(anna: Program) -> Program:
    """Anna's program, which has put in a campaign and an opening."""
    await anna.asks("POST", "/campaigns", DRAFT)
    await anna.asks("PUT", f"{OWN}/Q", WELDER)
    return anna


@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_whatever_is_sent_is_answered_as_described(
    stocked: Program, description: Description, data: st.DataObject
) -> None:
    """Every answer is compared with the description by the program itself; 500 fails here."""
    name = data.draw(st.sampled_from(sorted(description.operations())))
    method, path, operation = description.operations()[name]
    number = data.draw(st.sampled_from(["1", "2", "0", "x", "1" * 9, "９"]))
    reference = quote(data.draw(st.sampled_from(["Q", "R-1", "a b", "汉", "\x00", "?", "'--"])), "")
    one = path.removeprefix("/api/v1").replace("{number}", number).replace("{reference}", reference)
    rest: dict[str, Any] = {"params": dict(_query(operation, description, data))}
    if "requestBody" in operation:
        [content] = operation["requestBody"]["content"].values()
        rest["json"] = data.draw(made_of(content["schema"], _schemas(description)))
    once = data.draw(st.sampled_from(["", "k1", "k2"]))
    answer = await stocked.sends(method, one, {"Idempotency-Key": once}, **rest)
    assert answer.status < 500, answer.told


def _query(
    operation: Any, description: Description, data: st.DataObject
) -> Iterator[tuple[str, str]]:
    for it in operation["parameters"]:
        if it["in"] == "query" and data.draw(st.booleans()):
            value = data.draw(made_of(it["schema"], _schemas(description)))
            yield it["name"], str(value).encode(errors="replace").decode()


def _schemas(description: Description) -> Any:
    return description.document["components"]["schemas"]
