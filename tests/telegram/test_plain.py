"""The short reading of an update says what aiogram's says, or nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from aiogram import Bot
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.plain import Plain, plain
from bot.channels.telegram.updates import NotAnUpdate, _read, read
from tests.telegram.payloads import callback_query, membership, message, person

BOT = Bot("700000001:AAF-fake_token_of_the_hotline_0123456")
PLACE = {"latitude": 37.07, "longitude": 114.5}
CARD = {"phone_number": "13000000000", "first_name": "王", "user_id": 42}
KINDS: list[dict[str, Any]] = [
    {"message": message(42, text="找工作")},
    {"message": message(42, text="/start abc")},
    {"message": message(42, text="/menu@hotline_bot")},
    {"message": message(42, text="")},
    {"message": message(42, text="看图", photo=[])},
    {"message": message(42, caption="看图")},
    {"message": message(42, text="x", location=PLACE)},
    {"message": message(42, location=PLACE)},
    {"message": message(42, contact=CARD)},
    {"message": message(42)},
    {"message": message(42, text="找工作", entities=[{"type": 5}])},
    {"message": {**message(42, text="x"), "date": 0}},
    {"message": {**message(42, text="x"), "from": {**person(42), "is_bot": True}}},
    {"message": {**message(42, text="x"), "from": {"id": 42}}},
    {"message": {**message(42, text="x"), "chat": {"id": -1, "type": "group", "title": "群"}}},
    {"edited_message": message(42, text="改了")},
    {"callback_query": callback_query(42, "counties=清河县", "q1")},
    {"callback_query": callback_query(42, "/jobs.list?page=2", "q1")},
    {"callback_query": callback_query(42, "", "q1")},
    {"callback_query": {**callback_query(42, "a=b", "q1"), "message": None}},
    {"my_chat_member": membership(42, "member", "kicked")},
    {"my_chat_member": membership(42, "kicked", "member")},
    {"poll": {"id": "1"}},
    {"message": message(42, text="x"), "callback_query": callback_query(42, "a=b", "q1")},
]


def both(update: dict[str, Any]) -> None:
    """Where the short reading says something, aiogram's says the same, or takes offence at a field
    that is nothing to us."""
    if plain(update) is not None:
        with suppress(NotAnUpdate):
            assert read(update, BOT, at=9.0) == _read(update, BOT, at=9.0)


@pytest.mark.parametrize("what", KINDS)
def test_every_kind_of_update_is_read_as_aiogram_reads_it(what: dict[str, Any]) -> None:
    both({"update_id": 5, **what})
    with suppress(NotAnUpdate):
        assert read({"update_id": 5, **what}, BOT, at=9.0) == _read(
            {"update_id": 5, **what}, BOT, at=9.0
        )


def test_words_and_presses_need_no_models() -> None:
    assert plain({"update_id": 5, **KINDS[0]}) == Plain(5, 42, "找工作")
    pressed = {"update_id": 5, "callback_query": callback_query(42, "counties=清河县", "q1")}
    assert plain(pressed) == Plain(5, 42, "counties=清河县", "q1")


def test_nothing_else_is_read_without_them() -> None:
    read_here = [what for what in KINDS if plain({"update_id": 5, **what}) is not None]
    assert [next(iter(what)) for what in read_here] == ["message"] * 5 + ["callback_query"] * 2


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just({}) | st.just([])
FIELDS = ["message_id", "date", "chat", "from", "text", "caption", "contact", "location", "photo"]
PERSONAL = ["id", "is_bot", "first_name", "type"]


@given(
    st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=2),
    st.dictionaries(st.sampled_from(PERSONAL), JSON, max_size=2),
    st.sampled_from(["from", "chat"]),
    st.integers(-1, 2**64),
)
def test_whatever_its_fields_hold_it_is_never_read_otherwise(
    fields: dict[str, Any], personal: dict[str, Any], where: str, number: int
) -> None:
    written = message(42, text="您好")
    written[where] = {**written[where], **personal}
    both({"update_id": number, "message": {**written, **fields}})
