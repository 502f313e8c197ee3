from __future__ import annotations

import contextlib
import re

import orjson
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.webchat import frames
from dialogs.talk import MAX_PRESS_BYTES

json = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers(-(2**60), 2**60)
    | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["id", "text", "press", "label", "hello", "x"]) | st.text(max_size=5),
        inner,
        max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip
names = st.from_regex(r"[A-Za-z0-9_-]{8,64}", fullmatch=True)


@given(st.text() | json.map(lambda value: orjson.dumps(value).decode()))
def test_whatever_is_sent_is_read_or_named_unreadable(frame):
    with contextlib.suppress(frames.Unreadable):
        frames.read(frame)


@given(names, st.text(min_size=1, max_size=3000))
def test_what_is_heard_is_short_and_without_control_characters(client, text):
    frame = orjson.dumps({"id": client, "text": text}).decode()
    try:
        said = frames.read(frame)
    except frames.Unreadable:
        return
    assert isinstance(said, frames.Said)
    assert said.client == client
    assert 0 < len(said.heard.text) <= 2000
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", said.heard.text)
    assert said.shown == said.heard.text


@given(names, st.text(max_size=80), st.text(max_size=300))
def test_a_press_is_no_longer_than_a_button_can_send(client, send, label):
    frame = orjson.dumps({"id": client, "press": send, "label": label}).decode()
    try:
        said = frames.read(frame)
    except frames.Unreadable:
        return
    assert isinstance(said, frames.Said)
    parts = (said.heard.start, said.heard.question, said.heard.text)
    assert sum(len(part.encode()) for part in parts if part) <= MAX_PRESS_BYTES
    assert len(said.shown) <= 200


@given(st.floats(1e-9, 3600))
def test_a_page_that_must_wait_is_told_for_how_long_however_short(wait):
    told = orjson.loads(frames.error("请稍等", "message-1", wait))["wait"]
    assert max(wait, 0.01) <= told + 1e-9 <= wait + 0.0101
