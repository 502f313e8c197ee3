"""Whatever is sent, the database takes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from bot.records.columns import (
    LARGEST_JSON,
    LONGEST_NAME,
    LONGEST_TEXT,
    Moment,
    clean_name,
    clean_text,
    dump_json,
    moment,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()))
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT | st.integers(), inner),
)


def numbers_in(value: object) -> list[int]:
    if isinstance(value, dict):
        return [number for item in value.values() for number in numbers_in(item)]
    if isinstance(value, list):
        return [number for item in value for number in numbers_in(item)]
    return [value] if isinstance(value, int) else []


@given(ANY_TEXT)
def test_any_text_becomes_utf8_without_nul(text: str) -> None:
    cleaned = clean_text(text)
    assert "\0" not in cleaned.encode().decode()


@given(ANY_TEXT)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    ordinary = text.encode(errors="ignore").decode().replace("\0", "")
    assert clean_text(ordinary) == ordinary


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("一\0二", "一\ufffd二"),
        ("plain\0ascii", "plain\ufffdascii"),
        ("一\ud800二", "一\ufffd二"),
        ("\udc00", "\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("焊" * 10**6, "焊" * LONGEST_TEXT),
    ],
)
def test_text_that_no_database_holds_is_mended(sent: str, kept: str) -> None:
    assert clean_text(sent) == kept


def test_a_long_name_is_cut_and_stays_itself() -> None:
    one, other = "web:" + "a" * 1000, "web:" + "a" * 1000 + "b"
    assert len(clean_name(one)) == LONGEST_NAME
    assert clean_name(one) == clean_name(one)
    assert clean_name(one) != clean_name(other)
    assert clean_name("a\0") != clean_name("a\ufffd")
    assert clean_name("a" * LONGEST_NAME) == "a" * LONGEST_NAME


@given(ANY_JSON)
def test_any_value_becomes_json_that_every_database_takes(value: object) -> None:
    packed = dump_json({"value": value})
    assert "\0" not in str(orjson.loads(packed))
    assert all(abs(number) < 2**64 for number in numbers_in(orjson.loads(packed)))
    packed.encode()


def test_ordinary_json_stays_as_it_is() -> None:
    evidence = {"scores": [0.91, 1], "route": "向量", "none": None, "back\\u0000slash": True}
    assert orjson.loads(dump_json(evidence)) == evidence


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"n": float("nan")}, {"n": None}),
        ({"n": 10**30}, {"n": hex(10**30)}),
        ({"n": {datetime}}, {"n": [str(datetime)]}),
        ({"a\0": "b\0"}, {"a\ufffd": "b\ufffd"}),
        ({1: ("x",)}, {"1": ["x"]}),
        ({"long": "x" * 10**6}, {"cut": '{"long":"' + "x" * 991}),
        (["x" * 10**6], ['["' + "x" * 998]),
    ],
)
def test_json_that_some_database_refuses_is_mended(sent: object, kept: object) -> None:
    assert orjson.loads(dump_json(sent)) == kept


def test_a_number_beyond_what_python_prints_is_kept_in_part() -> None:
    assert len(dump_json({"n": 10**100_000})) < LARGEST_JSON


def test_an_endless_nest_has_an_end() -> None:
    nest: list[object] = []
    nest.append(nest)
    assert dump_json(nest) == "[" * 21 + '"…"' + "]" * 21


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0, 1e300, 10**30, None])
def test_what_is_no_time_is_1970(seconds: float) -> None:
    assert moment(seconds) == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_time_is_told_to_the_end_of_the_calendar() -> None:
    assert moment(1_772_438_400.5) == datetime(2026, 3, 2, 8, 0, 0, 500_000, tzinfo=UTC)
    assert moment(253_402_300_799).year == 9999


def test_a_time_without_a_zone_is_refused_and_any_zone_becomes_utc() -> None:
    column, dialect = Moment(), sqlite.dialect()
    with pytest.raises(ValueError, match="zone"):
        column.process_bind_param(datetime(2026, 3, 2), dialect)
    beijing = datetime(2026, 3, 2, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    kept = column.process_bind_param(beijing, dialect)
    assert kept is not None
    assert kept.isoformat() == "2026-03-02T00:00:00+00:00"
