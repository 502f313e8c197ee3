"""Personal numbers are masked however they are written; what merely looks alike is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masking import is_card, is_identity, masked, masked_name, masked_phone, without_secrets

# Made up: region 000000 was never given out.
IDENTITY = "000000190001010012"
CARD = "6200000000000000003"
PHONE = "13000000000"


def check_digit(seventeen: str) -> str:
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    total = sum(weight * int(digit) for weight, digit in zip(weights, seventeen, strict=True))
    return "0123456789X"[(12 - total % 11) % 11]


def luhn(digits: str) -> str:
    return next(last for last in "0123456789" if is_card(digits + last))


IDENTITY = IDENTITY[:17] + check_digit(IDENTITY[:17])
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"电话{PHONE}，急", "电话130****0000，急"),
        (f"+86{PHONE}", "+86130****0000"),
        ("0086 130 0000 0000", "0086 130****0000"),
        ("130-0000-0000", "130****0000"),
        (PHONE.translate(WIDE), "１３０****００００"),
        (PHONE.translate(SPOKEN), "一三零****零零零零"),
        ("幺三零零零零零零零零零", "幺三零****零零零零"),
        (f"{PHONE}、{PHONE}", "130****0000、130****0000"),
        (f"身份证{IDENTITY}", f"身份证000000********{IDENTITY[14:]}"),
        (f"{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}", f"000000********{IDENTITY[14:]}"),
        (IDENTITY.translate(WIDE), f"００００００********{IDENTITY[14:].translate(WIDE)}"),
    ],
)
def test_numbers_are_masked_as_they_are_written(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_check_digit_may_be_a_letter() -> None:
    ending = next(n for n in range(1000) if check_digit(f"00000019000101{n:03}") == "X")
    number = f"00000019000101{ending:03}"
    for letter in ("X", "x", "Ｘ"):
        assert masked(number + letter) == f"000000********{ending:03}{letter}"


@pytest.mark.parametrize("length", [16, 17, 18, 19])
def test_a_bank_card_is_masked_alone_and_in_groups(length: int) -> None:
    head = "6200000000000000000"[: length - 1]
    number = head + luhn(head)
    assert is_card(number)
    grouped = " ".join(number[place : place + 4] for place in range(0, length, 4))
    for text in (number, grouped):
        shown = without_secrets(f"卡号{text}。")
        assert shown.startswith("卡号6200*")
        assert "0000000" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "一个月1500到2000，3000也行",
        "17-1795300000000-0",
        "2026-11-22T03:36:15.138123Z",
        "0319-12333",
        "23000000000",  # eleven digits, no mobile number
        "130000000001",  # twelve
        "三百五十，一天二百",
        "000000199913010017",  # a thirteenth month
        "订单号1234567890123456",  # no card by the Luhn test
        "一二三四五六七八九十",
        "91130500MA0000000X",  # a company's number
    ],
)
def test_what_merely_looks_alike_is_left(text: str) -> None:
    assert masked(text) == text


def test_a_wrong_check_digit_is_no_identity() -> None:
    wrong = IDENTITY[:17] + ("1" if IDENTITY[17] != "1" else "2")
    assert is_identity(IDENTITY)
    assert not is_identity(wrong)
    assert not is_identity(IDENTITY[:17])


def test_records_keep_a_telephone_number() -> None:
    assert without_secrets(f"打{PHONE}，身份证{IDENTITY}").startswith(
        f"打{PHONE}，身份证000000****"
    )


@given(st.text(), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text())
def test_a_mobile_number_is_masked_whatever_stands_around_it(a: str, phone: str, b: str) -> None:
    assert phone not in masked(f"{a}。{phone}。{b}")


@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize(
    ("phone", "shown"),
    [(PHONE, "130****0000"), ("0319-1234567", "031****67"), ("12333", "123****"), (None, None)],
)
def test_a_column_of_telephones_tells_only_their_ends(phone: str | None, shown: str | None) -> None:
    assert masked_phone(phone) == shown


def test_a_column_of_names_tells_only_the_first_character() -> None:
    assert masked_name("王小明") == "王**"
    assert masked_name("王") == "王"
    assert masked_name(None) is None
