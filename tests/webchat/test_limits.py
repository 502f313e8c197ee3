from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.webchat.limits import Buckets, Crowded, Door, Limits, Rate

from .conftest import Clock


@given(
    st.integers(1, 20),
    st.integers(1, 30),
    st.lists(st.floats(0, 3, allow_subnormal=False), min_size=1, max_size=80),
)
def test_in_no_span_of_time_is_more_given_than_agreed(a_second, burst, pauses):
    clock = Clock()
    buckets = Buckets(Rate(float(a_second), burst), clock)
    taken = []
    for pause in pauses:
        clock.pass_seconds(pause)
        if not buckets.take("visitor"):
            taken.append(clock.now)
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            span = taken[last] - taken[first]
            assert last - first + 1 <= burst + a_second * span + 1e-3


@given(st.integers(1, 20), st.integers(1, 30))
def test_the_wait_named_is_enough_and_not_too_much(a_second, burst):
    clock = Clock()
    buckets = Buckets(Rate(float(a_second), burst), clock)
    for _ in range(burst):
        assert buckets.take("visitor") == 0
    wait = buckets.take("visitor")
    assert 0 < wait <= 1 / a_second + 1e-6
    clock.pass_seconds(wait * 0.9)
    assert buckets.take("visitor") > 0
    clock.pass_seconds(wait * 0.1)
    assert buckets.take("visitor") == 0


def test_names_do_not_share():
    buckets = Buckets(Rate(1.0, 1), Clock())
    assert buckets.take("one") == 0
    assert buckets.take("two") == 0
    assert buckets.take("one") > 0


def test_who_is_quiet_is_forgotten(clock):
    buckets = Buckets(Rate(1.0, 10), clock)
    for number in range(100_000):
        clock.pass_seconds(0.01)
        buckets.take(f"visitor {number}")
    assert len(buckets) < 3000


def test_whoever_leaves_makes_room(clock):
    door = Door(Limits(sockets_an_address=1), clock)
    for _ in range(3):
        with door.enter("198.51.100.1"):
            assert len(door) == 1
            with pytest.raises(Crowded), door.enter("198.51.100.1"):
                pass
    assert len(door) == 0
