"""The audience query: read, written, and told apart from what it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.audience import read_audience, write_audience
from bot.jobs.profiles import Profile, is_in
from bot.jobs.query_words import AudienceError
from bot.records.conditions import (
    FLAGS,
    And,
    Audience,
    Compare,
    Everybody,
    Feature,
    Has,
    Not,
    Or,
)

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
NANHE, WELDER = Has(Feature.COUNTY, ("南和区",)), Has(Feature.TRADE, ("电焊工",))
APPLIED = Has(Feature.APPLIED)

texts = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6),
                 min_size=1, max_size=3).map(tuple)  # fmt: skip
numbers = st.lists(st.integers(0, 10**9).map(str), min_size=1, max_size=3).map(tuple)
named = st.sampled_from([Feature.COUNTY, Feature.TOWN, Feature.TRADE, Feature.PLACE, Feature.KIND,
                         Feature.CATEGORY, Feature.CHANNEL])  # fmt: skip
conditions: st.SearchStrategy[Audience] = st.one_of(
    st.just(Everybody()),
    st.builds(Has, st.sampled_from(sorted(FLAGS))),
    st.builds(Has, named, texts),
    st.builds(Has, st.just(Feature.PAY), numbers, st.sampled_from(list(Compare))),
    st.builds(Has, st.sampled_from([Feature.SEEN, Feature.REACHED]), numbers),
    st.builds(Has, st.just(Feature.RATED), st.sampled_from([("yes",), ("no",), ("yes", "no")])),
)
audiences = st.recursive(
    conditions,
    lambda part: st.one_of(
        st.builds(Not, part),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=12,
)


@given(audiences)
def test_what_is_written_is_read_as_the_same(audience: Audience) -> None:
    assert read_audience(write_audience(audience)) == audience


@given(st.text(max_size=60))
def test_whatever_staff_write_is_read_or_answered(text: str) -> None:
    at = 0
    try:
        audience = read_audience(text)
    except AudienceError as error:
        at = error.at
    else:
        assert read_audience(write_audience(audience)) == audience
    assert 0 <= at <= len(text)


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("", Everybody()),
        ("所有人", Everybody()),
        ("县=南和区", NANHE),
        ("county=南和区 AND trade=电焊工", And((NANHE, WELDER))),
        ("县＝南和区，清河县", Has(Feature.COUNTY, ("南和区", "清河县"))),
        ("县=南和区 且 (工种=电焊工 或 工种=电工) 非 报过名",
         And((NANHE, Or((WELDER, Has(Feature.TRADE, ("电工",)))), Not(APPLIED)))),
        ("县=南和区 或 工种=电焊工 且 报过名", Or((NANHE, And((WELDER, APPLIED))))),
        ("非（县：南和区 或 报过名）", Not(Or((NANHE, APPLIED)))),
        ("县!=南和区", Not(NANHE)),
        ("月薪≥4000元 工资<=6000", And((Has(Feature.PAY, ("4000",), Compare.LEAST),
                                    Has(Feature.PAY, ("6000",), Compare.MOST)))),
        ("最近=30天", Has(Feature.SEEN, ("30",))),
        ("非报过名", Not(APPLIED)),
        ("非 收到过=12", Not(Has(Feature.REACHED, ("12",)))),
        ("评价=没用", Has(Feature.RATED, ("no",))),
        ('工种="数控 车床(熟练)"', Has(Feature.TRADE, ("数控 车床(熟练)",))),
        ("工种=“且”", Has(Feature.TRADE, ("且",))),
    ],
)  # fmt: skip
def test_the_query_reads_as_staff_mean_it(text: str, audience: Audience) -> None:
    assert read_audience(text) == audience


@pytest.mark.parametrize(
    ("text", "words", "at"),
    [
        ("县", "a_sign", 1),
        ("县=", "a_value", 2),
        ("县=南和区 且", "a_condition", 7),
        ("省=河北", "unknown", 0),
        ("(县=南和区", "open_bracket", 0),
        ("县=南和区)", "not_expected", 5),
        ("县>=南和区", "sign", 1),
        ("最近=很久", "a_number", 3),
        ("评价=一般", "a_rating", 3),
        ('县="南和区', "open_quote", 2),
        ("非" * 40 + "报过名", "too_deep", 30),
        ("报过名 " * 2000, "too_long", 4000),
    ],
)
def test_an_error_points_at_its_place(text: str, words: str, at: int) -> None:
    with pytest.raises(AudienceError) as error:
        read_audience(text)
    assert error.value.words == f"campaigns.query_{words}"
    assert error.value.at == at


def test_who_belongs_to_an_audience() -> None:
    welder = Profile("telegram", NOW - timedelta(days=3), "南和区", trades=frozenset({"电焊工"}))
    for text, belongs in {
        "县=南和区 工种=电焊工 非 报过名": True,
        "最近=2": False,
        "最近=2,5": True,
        "月薪<=9000": False,  # none was told
        "非 月薪<=9000": True,
        "渠道=web 或 县=清河县": False,
    }.items():
        assert is_in(read_audience(text), welder, NOW) is belongs, text
