"""People from staff's tables, and the lists that go back to staff."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.categories import load_categories
from bot.jobs.directory import DirectoryError
from bot.jobs.dossiers import book_of
from bot.jobs.exports import Book, Look, sheet_of, supply_sheet
from bot.jobs.newcomers import Newcomers, NoHeader, header
from bot.jobs.reading import WorkReader
from bot.records.lists import LedgerLine, Placed
from bot.records.roll import Newcomer
from bot.records.seekers import Seeker, State
from bot.records.wishes import WishState
from bot.sheets import Line, read_sheet, write_book
from bot.words import Words
from dialogs.work import Opening, Pace, PayUnit, Wish

CONTENT = Path(__file__).resolve().parents[2] / "content"
COMMON = {"hotline_name": "热线", "retention_days": 1, "records_retention_days": 1,
          "desk_hours": "8"}  # fmt: skip
WORDS = Words.load(CONTENT / "replies", COMMON)
CATEGORIES = load_categories(CONTENT / "directory" / "categories.yaml")
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def newcomers() -> Newcomers:
    return Newcomers(WorkReader(CONTENT / "directory"), CATEGORIES, WORDS)


def lines(*rows: tuple[object, ...]) -> list[Line]:
    return [Line(number, row) for number, row in enumerate(rows, 1)]  # type: ignore[arg-type]


def test_columns_have_many_names_and_any_order(newcomers: Newcomers) -> None:
    people = newcomers.read(
        lines(
            ("2026年贫困劳动力就业台账",),
            ("手机号", "求职意向", "区县", "名字", "岁数", "备注", "人员类别", "培训意愿"),
            (13000000000.0, "想找个电焊工的活，一个月五千以上", "南和县", " 示例甲 ", "52岁", "x",
             "残疾", "叉车"),
        )
    )  # fmt: skip
    [one] = people.taken
    assert (one.name, one.phone, one.county, one.age) == ("示例甲", "13000000000", "南和区", 52)
    assert (one.category, one.is_example) == ("disabled", True)
    assert one.wish is not None
    assert (one.wish.pay_min, one.wish.training, one.wish.age) == (5000, "叉车", 52)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((None, None, "南和区"), "nobody"),
        (("甲", "123"), "bad_phone"),
        (("甲", None, "月球县"), "bad_county"),
        (("甲", None, None, "五十"), "bad_age"),
        (("甲", None, None, 12), "bad_age"),
        (("甲", None, None, None, "怪"), "bad_category"),
        (("甲 000000190001010010",), "identity"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_the_reason(
    newcomers: Newcomers, row: tuple[object, ...], reason: str
) -> None:
    head = ("姓名", "电话", "县", "年龄", "困难类别")
    people = newcomers.read(lines(head, ("乙",), row))
    if reason == "identity":
        row = (f"甲 {_identity()}",)
        people = newcomers.read(lines(head, ("乙",), row))
    [refused] = people.refused
    assert (refused.line, refused.words) == (3, f"ledger.import_{reason}")
    assert WORDS.say(refused.words, **refused.facts)
    assert people.taken == (Newcomer("乙"),)


def _identity() -> str:
    from bot.masking import is_identity

    return next(
        number for last in "0123456789X" if is_identity(number := f"00000019000101001{last}")
    )


@given(st.lists(st.tuples(st.one_of(st.none(), st.text(max_size=8)), st.integers(-5, 200))))
def test_every_row_is_taken_or_refused(rows: list[tuple[object, ...]]) -> None:
    reader = Newcomers(_Silent(), CATEGORIES, WORDS)
    people = reader.read(lines(("姓名", "年龄"), *rows))
    assert len(people.taken) + len(people.refused) == len(rows)


class _Silent:
    def wish(self, text: str) -> Wish:
        return Wish()


@pytest.mark.parametrize("rows", [(), (("姓名",),), (("甲", "乙"), ("丙", "丁")), (("县", "村"),)])
def test_a_table_without_a_header_is_told(
    newcomers: Newcomers, rows: tuple[tuple[object, ...], ...]
) -> None:
    with pytest.raises(NoHeader):
        newcomers.read(lines(*rows))


def test_the_template_can_be_read_back(newcomers: Newcomers) -> None:
    assert newcomers.read(lines(tuple(header(WORDS)))).taken == ()


def line(**changes: object) -> LedgerLine:
    seeker = Seeker(7, "web:1", "王示例", "13000000000", "南和区", "贾宋镇", None, 52, "disabled",
                    "示例站", "示例员", State.WORKING, Pace.DAILY, None, NOW, NOW,
                    False)  # fmt: skip
    wish = Wish(("电焊工",), ("南和区",), away=("*",), pay_min=5000, pay_unit=PayUnit.MONTH)
    placed = Placed("示例焊工", "=HYPERLINK(1)", NOW)
    values: dict[str, object] = {
        "wish_state": WishState.ACTIVE, "confirmed_at": NOW, "found": 2, "offered": 3,
        "applied": 1, "placed": placed, "last_service": NOW,
        "stayed": {1: "working", 6: "changed"},
    }  # fmt: skip
    return LedgerLine(seeker, wish, **{**values, **changes})  # type: ignore[arg-type]


def told(book: Book, one: LedgerLine, *, is_open: bool = False) -> dict[str, object]:
    sheet = sheet_of(book, [one], Look(WORDS, CATEGORIES, UTC, is_open))
    [row] = sheet.rows
    return dict(zip(sheet.header, row, strict=True))


def test_the_ledger_masks_who_it_is_unless_it_is_opened() -> None:
    masked, opened = told(Book.LEDGER, line()), told(Book.LEDGER, line(), is_open=True)
    assert (masked["姓名"], masked["联系电话"]) == ("王**", "130****0000")
    assert (opened["姓名"], opened["联系电话"]) == ("王示例", "13000000000")
    assert masked["困难类别"] == "残疾"
    assert masked["想去的地方"] == "南和区、外地都行"
    assert masked["登记时间"] == NOW


def test_the_demand_has_only_who_wants_work() -> None:
    assert told(Book.DEMAND, line())["不足3个岗位"] == "是"
    assert told(Book.DEMAND, line(found=3))["不足3个岗位"] is None
    sheet = sheet_of(Book.DEMAND, [line(wish_state=WishState.PLACED)], Look(WORDS, CATEGORIES))
    assert list(sheet.rows) == []


def test_duty_and_results() -> None:
    assert told(Book.DUTY, line())["责任人"] == "示例员"
    results = told(Book.RESULTS, line())
    assert (results["在岗1个月回访"], results["在岗3个月回访"]) == ("还在干", None)
    assert (results["在岗6个月回访"], results["稳定就业"]) == ("换了工作", "是")
    lost = told(Book.RESULTS, line(stayed={1: "out_of_work"}))
    assert lost["稳定就业"] == "否"
    assert told(Book.RESULTS, line(stayed={}, placed=None))["稳定就业"] is None


def test_a_workbook_of_all_lists_is_read_back_as_it_was() -> None:
    opening = Opening(1, "示例瓦工", "示例公司", date(2026, 11, 1), county="清河县")
    look = Look(WORDS, CATEGORIES, UTC)
    sheets = [supply_sheet([opening], WORDS) if book is Book.SUPPLY else sheet_of(book, [line()],
              look) for book in Book]  # fmt: skip
    assert [it.title for it in sheets] == [
        "就业信息帮扶台账", "岗位需求清单", "岗位供给清单", "责任分工清单", "帮扶效果清单",
    ]  # fmt: skip
    for sheet in sheets:
        head, row = read_sheet(write_book([sheet]))
        assert head.cells == sheet.header
        assert "13000000000" not in str(row)
    results = read_sheet(write_book([sheets[-1]]))[1]
    assert "=HYPERLINK(1)" in results.cells  # text, not a formula


def test_a_dossier_is_a_workbook() -> None:
    dossier = {"tickets": [{"id": 1, "topic": "=1+1", "opened_at": NOW, "evidence": {"a": [1]}}]}
    head, row = read_sheet(book_of(dossier, WORDS))
    assert head.cells[:2] == ("编号", "问题")
    assert row.cells[1] == "=1+1"
    assert row.cells[3] == '{"a":[1]}'
    assert read_sheet(book_of({}, WORDS))[0].cells == ("没有资料",)


@pytest.mark.parametrize("text", ["a: 1", "a: {title: x}", "- a", "难: {title: x, welfare: true}"])
def test_categories_that_cannot_be_used_are_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "categories.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DirectoryError, match=r"categories\.yaml"):
        load_categories(path)
