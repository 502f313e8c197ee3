"""Files of openings are taken in as staff write them, and every row is accounted for."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from openpyxl import Workbook

from bot.jobs.columns import Columns
from bot.jobs.intake import REFUSED, REPEATED, Account, Intake
from bot.jobs.postings import Postings
from bot.jobs.reading import WorkReader
from bot.jobs.wording import Wording
from bot.records.openings import Openings
from bot.sheets import SheetRefused
from dialogs.work import Opening, OpeningState, PayUnit, WorkType
from tests.databases import database_in
from tests.service import ROOT
from tests.wording import WORDS

TODAY = date(2026, 3, 2)
HEADER = ("岗位", "用人单位", "县区", "薪资", "人数", "联系电话", "发布日期")
WELDER = ("电焊工", "示例机械公司", "南和", "5000-7000元/月", "3", "0319-0000000", "2026-03-01")
DIRECTORY = ROOT / "content/directory"


@cache
def postings() -> Postings:
    return Postings(Columns.load(DIRECTORY), WorkReader(DIRECTORY), Wording.load(DIRECTORY))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Openings]:
    async with database_in(tmp_path) as database:
        yield Openings(database.sessions, lambda: datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def intake(store: Openings) -> Intake:
    return Intake(postings(), store)


def table(*rows: Sequence[object]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("gb18030")


def book(*rows: Sequence[object], merge: str | None = None) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    if merge is not None:
        made.active.merge_cells(merge)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def fates(account: Account) -> list[tuple[int, str]]:
    return [(entry.line, entry.fate) for entry in account.entries]


def reasons(account: Account) -> list[str]:
    problems = [it for entry in account.entries for it in entry.problems]
    return [WORDS.say(it.words, **it.facts) for it in problems]


async def only(intake: Intake, data: bytes) -> Opening:
    account = await intake.take(data, "一.csv", TODAY)
    [entry] = account.entries
    assert entry.opening is not None, reasons(account)
    return entry.opening


async def test_a_plain_table_is_taken_in(intake: Intake, store: Openings) -> None:
    account = await intake.take(table(HEADER, WELDER), "一.csv", TODAY)
    assert fates(account) == [(2, "new")]
    [opening] = await store.open_ones(TODAY)
    assert opening == Opening(
        1, "电焊工", "示例机械公司", date(2026, 3, 1), digest=opening.digest, occupation="电焊工",
        county="南和区", pay_min=5000, pay_max=7000, pay_unit=PayUnit.MONTH, headcount=3,
        phone="0319-0000000", expires=date(2026, 5, 31),
    )  # fmt: skip


async def test_the_same_file_again_changes_nothing_and_a_new_one_brings_up_to_date(
    intake: Intake, store: Openings
) -> None:
    await intake.take(table(HEADER, WELDER), "一.csv", TODAY)
    again = await intake.take(table(HEADER, WELDER), "一.csv", TODAY)
    assert fates(again) == [(2, "same")]
    raised = (*WELDER[:3], "8000/月", *WELDER[4:])
    changed = await intake.take(table(HEADER, raised), "二.csv", TODAY)
    assert fates(changed) == [(2, "updated")]
    [opening] = await store.open_ones(TODAY)
    assert (opening.number, opening.pay_min, opening.pay_max) == (1, 8000, None)


async def test_a_trial_says_the_same_and_keeps_nothing(intake: Intake, store: Openings) -> None:
    trial = await intake.take(table(HEADER, WELDER), "一.csv", TODAY, is_trial=True)
    assert fates(trial) == [(2, "new")]
    assert await store.every_one() == []


async def test_bad_rows_are_told_with_line_and_reason_and_good_ones_kept(
    intake: Intake, store: Openings
) -> None:
    rows = [
        WELDER,
        ("", "示例厂", "南和", "面议", "", "", ""),
        ("普工", "", "火星", "看着给", "0", "二蛋", "昨天"),
        ("保洁员", "示例物业", "威县", "面议", "", "", "2026-02-30"),
    ]
    account = await intake.take(table(HEADER, *rows), "一.csv", TODAY)
    assert fates(account) == [(2, "new"), (3, REFUSED), (4, REFUSED), (5, REFUSED)]
    told = {entry.line: len(entry.problems) for entry in account.entries if entry.fate == REFUSED}
    assert told == {3: 1, 4: 6, 5: 1} or told[4] == 6
    said = reasons(account)
    assert "没有写岗位名称。" in said
    assert any("看不懂薪资“看着给”" in it for it in said)
    assert any("火星" in it for it in said)
    assert [it.title for it in await store.every_one()] == ["电焊工"]


@pytest.mark.parametrize(
    "header",
    [
        ("招聘职位", "企业名称", "所在县区", "工资待遇", "需求人数", "联系方式", "登记日期"),
        ("*工种", "*单位（全称）", "县（市、区）", "月 薪", "招聘人数（人）", "电 话", "日期"),
        ("岗位名称", "招聘单位", "工作地点", "薪酬待遇：", "数量", "手机号码", "发布时间"),
    ],
)
async def test_headings_are_known_by_many_names(intake: Intake, header: tuple[str, ...]) -> None:
    opening = await only(intake, table(header, WELDER))
    assert (opening.title, opening.county, opening.pay_min) == ("电焊工", "南和区", 5000)
    assert (opening.phone, opening.published) == ("0319-0000000", date(2026, 3, 1))


async def test_columns_may_stand_in_any_order_among_others(intake: Intake) -> None:
    header = ("序号", *reversed(HEADER), "填表单位")
    opening = await only(intake, table(header, (1, *reversed(WELDER), "人社局")))
    assert (opening.title, opening.employer) == ("电焊工", "示例机械公司")


async def test_titles_above_and_merged_cells_and_real_dates(intake: Intake) -> None:
    rows = [
        ("清河县2026年春季招聘岗位汇总表",),
        ("填报单位：示例", None, "2026年3月"),
        ("岗位", "单位", "工资", "联系电话", "截止日期"),
        ("梳绒工", "示例羊绒厂", 4500, 3190000000, datetime(2026, 4, 1)),
        ("质检员", None, 4000, 3190000000.0, 46113),
        ("岗位", "单位", "工资", "联系电话", "截止日期"),
        ("包装工", "另一示例厂", "计件", "0319-0000000", "4月1日"),
    ]
    account = await intake.take(book(*rows, merge="B4:B5"), "一.xlsx", TODAY)
    assert fates(account) == [(4, "new"), (5, "new"), (6, REPEATED), (7, "new")]
    openings = [it.opening for it in account.entries if it.opening is not None]
    assert {it.county for it in openings} == {"清河县"}
    assert {it.expires for it in openings} == {date(2026, 4, 1)}
    assert [it.employer for it in openings] == ["示例羊绒厂", "示例羊绒厂", "另一示例厂"]
    assert [it.phone for it in openings] == ["3190000000", "3190000000", "0319-0000000"]
    assert openings[2].pay_unit is PayUnit.PIECE


async def test_a_heading_of_two_lines_and_pay_in_two_columns(intake: Intake) -> None:
    rows = [
        ("岗位", "单位", "县区", "薪资", None, "食宿", None),
        (None, None, None, "最低", "最高", "住宿", "吃饭"),
        ("普工", "示例厂", "任县", 4000, 6000, "是", "否"),
    ]
    opening = await only(intake, book(*rows))
    assert (opening.pay_min, opening.pay_max, opening.pay_unit) == (4000, 6000, PayUnit.MONTH)
    assert (opening.housing, opening.meals, opening.county) == (True, False, "任泽区")


@pytest.mark.parametrize(
    ("said", "housing", "meals"),
    [
        ("包吃住", True, True),
        ("管住", True, None),
        ("包住不包吃", True, False),
        ("食宿自理", False, False),
        ("无", False, False),
        ("", None, None),
    ],
)
async def test_lodging_and_meals_in_one_column(
    intake: Intake, said: str, housing: bool | None, meals: bool | None
) -> None:
    opening = await only(intake, table((*HEADER, "食宿"), (*WELDER, said)))
    assert (opening.housing, opening.meals) == (housing, meals)


async def test_what_is_promised_in_the_pay_counts_as_well(intake: Intake) -> None:
    opening = await only(intake, table(HEADER, (*WELDER[:3], "5000元/月，包吃住", *WELDER[4:])))
    assert (opening.pay_min, opening.housing, opening.meals) == (5000, True, True)
    assert "5000元/月，包吃住" in opening.description


@pytest.mark.parametrize(
    ("said", "title", "kind"),
    [
        ("全职", "普工", WorkType.FULL_TIME),
        ("公岗", "保洁员", WorkType.WELFARE),
        ("来料加工", "眼镜盒加工", WorkType.AT_HOME),
        ("临时工", "搬运工", WorkType.SHORT),
        ("", "兼职小时工", WorkType.PART_TIME),
        ("", "居家手工编织", WorkType.AT_HOME),
        ("神秘", "普工", WorkType.FULL_TIME),
    ],
)
async def test_the_kind_of_work(intake: Intake, said: str, title: str, kind: WorkType) -> None:
    opening = await only(intake, table((*HEADER, "类型"), (title, *WELDER[1:], said)))
    assert opening.work_type is kind


async def test_places_outside_and_towns(intake: Intake) -> None:
    rows = [
        ("保姆", "示例家政", "北京市海淀区", "8000", "", "", ""),
        ("焊工", "示例厂", "沙河市 白塔镇", "6000", "", "", ""),
        ("焊工", "示例厂", "桥西区", "6000", "", "", ""),
    ]
    account = await intake.take(table(HEADER, *rows), "一.csv", TODAY)
    openings = [it.opening for it in account.entries if it.opening is not None]
    assert [(it.county, it.town, it.away) for it in openings] == [
        (None, None, "北京市海淀区"),
        ("沙河市", "白塔镇", None),
        ("信都区", None, None),
    ]


async def test_a_county_may_be_given_for_those_that_name_none(intake: Intake) -> None:
    rows = [(*WELDER[:2], "", *WELDER[3:])]
    refused = await intake.take(table(HEADER, *rows), "一.csv", TODAY)
    assert fates(refused) == [(2, REFUSED)]
    taken = await intake.take(table(HEADER, *rows), "一.csv", TODAY, county="威县")
    assert [it.opening.county for it in taken.entries if it.opening] == ["威县"]


async def test_what_smells_of_fraud_waits_and_what_discriminates_is_told(
    intake: Intake, store: Openings
) -> None:
    header = (*HEADER, "年龄", "备注")
    rows = [
        (*WELDER, "18-45岁", "不收押金"),
        ("普工", *WELDER[1:], "不限", "入职交押金500元"),
    ]
    account = await intake.take(table(header, *rows), "一.csv", TODAY)
    assert [it.opening.flags for it in account.doubtful if it.opening] == [
        ("age:年龄：18-45岁",),
        ("deposit:入职交押金500元",),
    ]
    assert [it.title for it in await store.open_ones(TODAY)] == ["电焊工"]
    assert [it.title for it in await store.every_one(OpeningState.HELD)] == ["普工"]


async def test_a_welfare_post_may_say_whom_it_is_for(intake: Intake) -> None:
    header = (*HEADER, "类型", "要求")
    row = ("农村保洁员", *WELDER[1:], "公益性岗位", "60岁以下就业困难人员")
    assert (await only(intake, table(header, row))).flags == ()


async def test_twins_are_one_opening_or_refused(intake: Intake) -> None:
    other = (*WELDER[:3], "4000", *WELDER[4:])
    account = await intake.take(table(HEADER, WELDER, WELDER, other), "一.csv", TODAY)
    assert fates(account) == [(2, "new"), (3, "same"), (4, REFUSED)]
    assert "第 2 行" in reasons(account)[0]


async def test_a_table_without_dates_makes_nothing_newer(intake: Intake, store: Openings) -> None:
    undated = table(HEADER[:-1], WELDER[:-1])
    await intake.take(undated, "一.csv", TODAY)
    await store.close(1)
    later = await intake.take(undated, "一.csv", date(2026, 3, 20))
    assert fates(later) == [(2, "same")]
    assert await store.open_ones(date(2026, 3, 20)) == []
    await store.release(1)
    prolonged = await intake.take(undated, "一.csv", date(2026, 3, 20))
    assert fates(prolonged) == [(2, "updated")]
    [opening] = await store.open_ones(date(2026, 3, 20))
    assert (opening.published, opening.expires) == (TODAY, date(2026, 6, 18))


@pytest.mark.parametrize(
    ("said", "last"),
    [
        ("2026/4/1", date(2026, 4, 1)),
        ("长期有效", None),
        ("30天", date(2026, 3, 31)),
        ("", date(2026, 5, 31)),
    ],
)
async def test_the_last_day(intake: Intake, said: str, last: date | None) -> None:
    opening = await only(intake, table((*HEADER, "有效期"), (*WELDER, said)))
    assert opening.expires == last


async def test_what_is_over_is_refused(intake: Intake) -> None:
    account = await intake.take(
        table((*HEADER, "截止日期"), (*WELDER, "2026-03-01")), "一.csv", TODAY
    )
    assert "已经过了" in reasons(account)[0]


async def test_an_identity_number_is_not_taken_for_a_phone(intake: Intake, store: Openings) -> None:
    row = (*WELDER[:5], "11010119000101001X", WELDER[6])
    account = await intake.take(table(HEADER, row), "一.csv", TODAY)
    assert reasons(account) == ["联系电话不像电话号码。"]
    assert await store.every_one() == []


@pytest.mark.parametrize("rows", [[("甲", "乙", "丙"), (1, 2, 3)], [("岗位",), ("焊工",)]])
async def test_a_table_without_a_heading_is_refused(intake: Intake, rows: list[object]) -> None:
    with pytest.raises(SheetRefused) as caught:
        await intake.take(table(*rows), "一.csv", TODAY)  # type: ignore[arg-type]
    assert "表头" in WORDS.say(caught.value.words, **caught.value.facts)


CELLS = some.one_of(
    some.sampled_from(
        ["电焊工", "示例厂", "南和", "4000-6000", "面议", "", "押金", "岗位", "县区"]
    ),
    some.text(max_size=12),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=some.lists(some.tuples(*[CELLS] * len(HEADER)), max_size=12))
async def test_every_row_is_accounted_for(intake: Intake, rows: list[tuple[str, ...]]) -> None:
    data = table(HEADER, WELDER, *rows)
    account = await intake.take(data.decode("gb18030").encode(), "一.csv", TODAY, is_trial=True)
    filled = [row for row in rows if any(cell.replace("\0", "").strip() for cell in row)]
    assert len(account.entries) == len(filled) + 1
    assert len({entry.line for entry in account.entries}) == len(account.entries)
    for entry in account.entries:
        match entry.fate:
            case "new" | "updated" | "same":
                assert entry.opening is not None
            case "refused":
                assert entry.problems
            case other:
                assert other == REPEATED
    reasons(account)  # every reason has its words


async def test_what_is_taken_in_twice_is_all_the_same(intake: Intake, store: Openings) -> None:
    rows = [(f"普工{number}", *WELDER[1:]) for number in range(300)]
    await intake.take(table(HEADER, *rows), "一.csv", TODAY)
    account = await intake.take(table(HEADER, *reversed(rows)), "一.csv", TODAY)
    assert account.count("same") == 300
    assert len(await store.every_one()) == 300
    assert replace(account.entries[0], line=0).fate == "same"
