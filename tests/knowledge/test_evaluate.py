from __future__ import annotations

import pytest

from bot.knowledge.evaluate import Case, Said, is_right, score

ASKED = Case("开店给多少", "startup-subsidy", ("3000—5000元",), "direct")
STRANGE = Case("鸡蛋几块", "none", (), "out_of_scope")


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (Said("answered", ("startup-subsidy",), "每年 3000-5000元"), True),
        (Said("answered", ("startup-subsidy",), "每年５０００元"), False),
        (Said("answered", ("startup-loan", "startup-subsidy"), "3000—5000元"), False),
        (Said("choices", ("startup-subsidy",), "3000—5000元"), False),
    ],
)
def test_the_right_policy_comes_first_with_every_fact(said, right):
    assert is_right(ASKED, said) is right


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (Said("declined", (), "这个我不懂。"), True),
        (Said("choices", ("startup-loan",), "请选一个"), True),
        (Said("answered", ("startup-loan",), "贷款"), False),
        (Said("declined", (), "大约5元"), False),
        (Said("declined", (), "请打0319-1234567"), False),
        (Said("chat", (), "危险时请打110"), True),
    ],
)
def test_what_is_not_ours_gets_neither_answer_nor_figure_nor_number(said, right):
    assert is_right(STRANGE, said) is right


def test_every_policy_of_several_must_be_named():
    case = Case("贷款和房租", "startup-loan", (), "multi", ("rent-subsidy",))
    assert not is_right(case, Said("answered", ("startup-loan",), ""))
    assert is_right(case, Said("answered", ("startup-loan", "rent-subsidy"), ""))


def test_the_report_tells_wrong_from_missing_from_offered():
    report = score(
        [
            (ASKED, Said("answered", ("startup-loan",), "")),
            (ASKED, Said("answered", ("startup-subsidy",), "")),
            (ASKED, Said("choices", ("rent-subsidy", "startup-subsidy"), "")),
            (STRANGE, Said("declined", (), "")),
        ]
    )
    direct = report.kinds["direct"]
    assert (direct.asked, direct.wrong, direct.missing, direct.offered) == (3, 1, 1, 1)
    assert report.total.right == 1
    assert report.confused == {("startup-subsidy", "startup-loan"): 1}
