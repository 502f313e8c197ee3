"""Pay is read as employers write it."""

from __future__ import annotations

import pytest

from bot.jobs.wages import NotPay, Pay, checked, read_pay, unit_in
from dialogs.work import PayUnit

MONTH, DAY, HOUR, PIECE = PayUnit.MONTH, PayUnit.DAY, PayUnit.HOUR, PayUnit.PIECE


@pytest.mark.parametrize(
    ("text", "pay"),
    [
        ("4000-6000元/月", Pay(4000, 6000, MONTH)),
        ("4000~6000", Pay(4000, 6000, MONTH)),
        ("４０００－６０００元", Pay(4000, 6000, MONTH)),
        ("4,000—6,000元", Pay(4000, 6000, MONTH)),
        ("4000元至6000元/月", Pay(4000, 6000, MONTH)),
        ("4-6K", Pay(4000, 6000, MONTH)),
        ("4k-6k", Pay(4000, 6000, MONTH)),
        ("4千-6千", Pay(4000, 6000, MONTH)),
        ("4-6千/月", Pay(4000, 6000, MONTH)),
        ("0.8-1.2万/月", Pay(8000, 12000, MONTH)),
        ("1.2万", Pay(12000, None, MONTH)),
        ("五千到八千", Pay(5000, 8000, MONTH)),
        ("三千五", Pay(3500, None, MONTH)),
        ("5000元以上", Pay(5000, None, MONTH)),
        ("6000以下", Pay(None, 6000, MONTH)),
        ("200/天", Pay(200, None, DAY)),
        ("150-200元/天", Pay(150, 200, DAY)),
        ("一天二百", Pay(200, None, DAY)),
        ("日薪200元", Pay(200, None, DAY)),
        ("每天180", Pay(180, None, DAY)),
        ("20元/小时", Pay(20, None, HOUR)),
        ("18-22元/时", Pay(18, 22, HOUR)),
        ("时薪20", Pay(20, None, HOUR)),
        ("2元/件", Pay(2, None, PIECE)),
        ("0.8元/个", Pay(None, None, PIECE)),
        ("底薪3000+提成", Pay(3000, None, MONTH)),
        ("3000元/月+五险一金", Pay(3000, None, MONTH)),
        ("保底4000，上不封顶", Pay(4000, None, MONTH)),
        ("试用期4000，转正5000", Pay(4000, None, MONTH)),
        ("年薪6万", Pay(5000, None, MONTH)),
        ("6-9万/年", Pay(5000, 7500, MONTH)),
        ("4000元一个月", Pay(4000, None, MONTH)),
        ("5000", Pay(5000, None, MONTH)),
        ("6000-4000", Pay(4000, 6000, MONTH)),
    ],
)
def test_what_employers_write_is_read(text: str, pay: Pay) -> None:
    assert read_pay(text) == pay


@pytest.mark.parametrize("text", ["200", "面议", "", "看着给", "30", "9999999999元/月", "1元/月"])
def test_what_says_no_pay_is_refused(text: str) -> None:
    with pytest.raises(NotPay):
        read_pay(text)


def test_the_unit_of_the_heading_counts_where_the_cell_names_none() -> None:
    assert read_pay("200", DAY) == Pay(200, None, DAY)
    assert read_pay("5000元/月", DAY) == Pay(5000, None, MONTH)
    assert [unit_in(it) for it in ("月薪(元)", "元/天", "计件", "时薪", "工资", "日工资")] == [
        MONTH, DAY, PIECE, HOUR, None, DAY,
    ]  # fmt: skip


def test_two_columns_are_put_in_order() -> None:
    assert checked(6000, 4000, None) == Pay(4000, 6000, MONTH)
    assert checked(None, 4000, None) == Pay(None, 4000, MONTH)
    assert checked(None, None, MONTH) == Pay()
    with pytest.raises(NotPay):
        checked(200, 300, None)
