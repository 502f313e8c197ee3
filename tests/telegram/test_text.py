from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.text import LIMIT, pieces


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def letters(text: str) -> str:
    return "".join(text.split())


def test_a_short_text_is_one_piece_as_it_is() -> None:
    assert pieces("你好。\n\n 请说 ") == ["你好。\n\n 请说 "]


def test_exactly_the_limit_is_one_piece_and_one_more_is_two() -> None:
    assert pieces("字" * LIMIT) == ["字" * LIMIT]
    assert pieces("字" * (LIMIT + 1)) == ["字" * LIMIT, "字"]


def test_nothing_to_say_is_no_piece() -> None:
    assert pieces("") == []
    assert pieces(" \n" * 5000) == []


def test_it_is_cut_between_paragraphs_first() -> None:
    first, second = "一。\n" * 1000, "二。\n" * 700
    assert pieces(f"{first}\n{second}") == [first.rstrip(), second]


def test_then_between_lines() -> None:
    first, second = "一。" * 1000, "二。" * 1200
    assert pieces(f"{first}\n{second}") == [first, second]


def test_then_between_sentences() -> None:
    sentences = "补贴每人每月三百元！" * 500
    cut = pieces(sentences)
    assert "".join(cut) == sentences
    assert all(piece.endswith("！") for piece in cut)


def test_a_border_near_the_start_does_not_make_a_tiny_piece() -> None:
    text = "标题\n\n" + "字" * 5000
    assert len(pieces(text)[0]) == LIMIT


def test_a_letter_of_two_units_is_never_cut() -> None:
    cut = pieces("a" + "𠮷" * 3000)
    assert [units(piece) for piece in cut] == [4095, 1906]
    assert "".join(cut) == "a" + "𠮷" * 3000


PARTS = st.sampled_from(
    ["字", "𠮷", "a", "。", "\n", "\n\n", " ", "　", "！", ". ", "词" * 700, "😀" * 600]
)


@given(st.lists(PARTS, max_size=60).map("".join))
def test_no_letter_is_lost_and_every_piece_can_be_sent(text: str) -> None:
    cut = pieces(text)
    assert all(piece.strip() and units(piece) <= LIMIT for piece in cut)
    assert letters("".join(cut)) == letters(text)
    place = 0
    for piece in cut:  # inside a piece the white space is untouched, too
        place = text.index(piece, place) + len(piece)


@given(st.text(max_size=300), st.integers(4000, 5000))
def test_any_text_is_cut_only_at_white_space_or_where_nothing_is_dropped(
    tail: str, length: int
) -> None:
    text = "字" * length + tail
    pattern = r"\s*".join(map(re.escape, pieces(text)))
    assert re.fullmatch(rf"\s*{pattern}\s*", text)
