from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from aiogram import Bot
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.updates import Incoming, NotAnUpdate, read
from bot.pipeline.messages import Event
from dialogs.talk import Heard, Kind
from tests.telegram.payloads import callback_query, membership, message, person, private

BOT = Bot("700000001:AAF-fake_token_of_the_hotline_0123456")
PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
PICTURE = "telegram:f"
GROUP = {"id": -100, "type": "group", "title": "老乡群"}


def understood(what: dict[str, Any], update_id: int = 5) -> Incoming:
    return read({"update_id": update_id, **what}, BOT, at=9.0)


def heard(**fields: Any) -> Heard | None:
    """What is heard when visitor 42 sends a message with these fields."""
    event = understood({"message": message(42, **fields)}).event
    return event.heard if event else None


def test_words_become_an_event_of_the_visitor_known_by_bot_and_update() -> None:
    incoming = understood({"message": message(42, text="找工作")}, update_id=7)
    event = Event("telegram:42", Heard("找工作"), 9.0, "telegram:700000001:7")
    assert incoming == Incoming(event, query=None)


def test_the_caption_of_a_picture_counts_as_words() -> None:
    asked = heard(photo=PHOTO, caption="这个通知是真的吗")
    assert asked == Heard("这个通知是真的吗", picture=PICTURE)


def test_a_picture_without_words_is_unreadable_but_for_who_wants_one() -> None:
    assert heard(photo=PHOTO) == Heard(kind=Kind.UNREADABLE, picture=PICTURE)


@pytest.mark.parametrize(
    "fields",
    [
        {"voice": {"file_id": "f", "file_unique_id": "u", "duration": 3}},
        {"document": {"file_id": "f", "file_unique_id": "u"}},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"something_new": {"of": "next year"}},
        {},
    ],
)
def test_what_is_not_words_is_unreadable(fields: dict[str, Any]) -> None:
    assert heard(**fields) == Heard(kind=Kind.UNREADABLE)


@pytest.mark.parametrize(
    "fields",
    [
        {"pinned_message": {"message_id": 1, "date": 1795300000, "chat": private(42)}},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}},
        {"write_access_allowed": {}},
    ],
)
def test_notices_of_the_client_are_not_answered(fields: dict[str, Any]) -> None:
    assert heard(**fields) is None


@pytest.mark.parametrize(
    "text", ["/start", "/menu", "/help", "/cancel", "/START", "/menu@hotline_bot", "/help please"]
)
def test_known_commands_lead_to_the_menu(text: str) -> None:
    assert heard(text=text) == Heard(start="menu")


def test_a_deep_link_starts_the_link_script() -> None:
    assert heard(text="/start AZaz09_-") == Heard(start="link?to=AZaz09_-")
    assert heard(text="/start@hotline_bot " + "x" * 64) == Heard(start="link?to=" + "x" * 64)


@pytest.mark.parametrize("payload", ["x" * 65, "a b", "a&script=jobs", "清河", "a\n", "a?", ""])
def test_a_deep_link_of_other_letters_is_the_menu(payload: str) -> None:
    assert heard(text=f"/start {payload}") == Heard(start="menu")


@pytest.mark.parametrize(
    "text", ["/jobs", "/", "/ 找工作", "//start", "/start找工作", "1/2", " /menu"]
)
def test_anything_else_with_a_slash_is_words(text: str) -> None:
    assert heard(text=text) == Heard(text)


def test_a_press_answers_its_question_and_its_query_is_answered() -> None:
    incoming = understood({"callback_query": callback_query(42, "counties=清河县", "q1")})
    press = Heard("清河县", question="counties", kind=Kind.PRESS)
    assert incoming == Incoming(Event("telegram:42", press, 9.0, "telegram:700000001:5"), "q1")


def test_a_press_that_starts_a_script() -> None:
    incoming = understood({"callback_query": callback_query(42, "/jobs.list?page=2", "q1")})
    assert incoming.event is not None
    assert incoming.event.heard == Heard(start="jobs.list?page=2", kind=Kind.PRESS)


def test_a_press_under_a_message_too_old_to_be_shown_counts() -> None:
    query = callback_query(42, "counties=清河县", "q1")
    query["message"]["date"] = 0  # an InaccessibleMessage
    assert understood({"callback_query": query}).event is not None


def test_a_press_elsewhere_is_only_answered() -> None:
    in_group = callback_query(42, "a=b", "q1")
    in_group["message"]["chat"] = GROUP
    inline = callback_query(42, "a=b", "q2")
    del inline["message"]
    game = callback_query(42, "a=b", "q3")
    del game["data"]
    for query in (in_group, inline, game):
        assert understood({"callback_query": query}) == Incoming(None, query["id"])


def test_the_visitors_own_card_is_a_contact_and_a_strangers_is_not() -> None:
    card = {"phone_number": "13812345678", "first_name": "王"}
    assert heard(contact={**card, "user_id": 42}) == Heard("13812345678", kind=Kind.CONTACT)
    assert heard(contact={**card, "user_id": 43}) == Heard(kind=Kind.UNREADABLE)
    assert heard(contact=card) == Heard(kind=Kind.UNREADABLE)


def test_a_location_is_latitude_and_longitude_in_degrees() -> None:
    place = {"latitude": 37.070589, "longitude": 114.504844}
    assert heard(location=place) == Heard("37.07059,114.50484", kind=Kind.LOCATION)
    venue = {"location": place, "title": "人才市场", "address": "邢台"}
    assert heard(location=place, venue=venue) == Heard("37.07059,114.50484", kind=Kind.LOCATION)
    nowhere = {"latitude": 900.0, "longitude": 114.5}
    assert heard(location=nowhere) == Heard(kind=Kind.UNREADABLE)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [("member", "kicked", Kind.LEFT), ("kicked", "member", Kind.RETURNED)],
)
def test_blocking_the_bot_is_leaving(before: str, after: str, kind: Kind) -> None:
    event = understood({"my_chat_member": membership(42, before, after)}).event
    assert event is not None
    assert (event.urn, event.heard) == ("telegram:42", Heard(kind=kind))


def test_other_changes_of_membership_are_nothing() -> None:
    assert understood({"my_chat_member": membership(42, "member", "left")}) == Incoming()
    in_group = {**membership(42, "member", "kicked"), "chat": GROUP}
    assert understood({"my_chat_member": in_group}) == Incoming()


@pytest.mark.parametrize(
    "update",
    [
        {"message": {**message(42, text="大家好"), "chat": GROUP}},
        {"message": {**message(42, text="hi"), "from": {**person(42), "is_bot": True}}},
        {"edited_message": message(42, text="改了")},
        {"channel_post": {**message(42, text="公告"), "chat": {**GROUP, "type": "channel"}}},
        {"poll_answer_of_next_year": {"x": 1}},
        {},
    ],
)
def test_groups_bots_edits_and_unknown_updates_are_nothing(update: dict[str, Any]) -> None:
    assert understood(update) == Incoming()


@pytest.mark.parametrize(
    "field",
    [
        {"forward_origin": {"type": "a kind of next year", "date": 1}},
        {"entities": [{"type": 5}]},
        {"reply_to_message": {"message_id": "none"}},
        {"quote": 3},
    ],
)
def test_a_field_unknown_to_the_library_does_not_cost_the_visitor_an_answer(
    field: dict[str, Any],
) -> None:
    assert heard(text="找工作", **field) == Heard("找工作")


def test_nor_does_one_on_the_message_under_a_button() -> None:
    query = callback_query(42, "a=b", "q1")
    query["message"]["reply_markup"] = {"inline_keyboard": "of a new kind"}
    assert understood({"callback_query": query}).event is not None


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "找工作",
        5,
        {},
        {"message": message(42, text="我的电话13812345678")},
        {"update_id": "我的电话13812345678"},
        {"update_id": 10**30, "message": message(42, text="x")},
        {"update_id": 2**63, "message": message(42, text="x")},
        {"update_id": -1, "message": message(42, text="x")},
        {"update_id": 1, "message": message(10**30, text="x")},
        {"update_id": 1, "message": "我的电话13812345678"},
        {"update_id": 1, "message": {"text": "我的电话13812345678"}},
        {"update_id": 1, "message": message(42, text=13812345678)},
        {"update_id": 1, "callback_query": {"data": "我的电话13812345678"}},
    ],
)
def test_what_is_no_update_is_told_so_without_quoting_it(raw: object) -> None:
    with pytest.raises(NotAnUpdate) as caught:
        read(raw, BOT, at=9.0)
    assert str(caught.value)
    assert "138" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda of: st.lists(of, max_size=3) | st.dictionaries(st.text(max_size=9), of, max_size=3),
    max_leaves=8,
)
FIELDS = ["message_id", "date", "chat", "from", "text", "caption", "contact", "location", "photo"]


@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4), st.integers())
def test_no_json_breaks_the_reader(fields: dict[str, Any], update_id: int) -> None:
    update = {"update_id": update_id, "message": {**message(42, text="x"), **fields}}
    try:
        incoming = read(update, BOT, at=9.0)
    except NotAnUpdate:
        return
    assert incoming.event is None or Event.unpack(incoming.event.pack()) == incoming.event


@given(st.sampled_from(["callback_query", "my_chat_member", "message", "poll"]), JSON)
def test_no_json_in_place_of_an_update_breaks_it_either(kind: str, what: object) -> None:
    with suppress(NotAnUpdate):
        assert read({"update_id": 1, kind: what}, BOT, at=9.0).event is None
