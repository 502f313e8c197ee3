"""Pay as employers write it in a table: 4000-6000元/月, 4-6K, 200/天, 底薪三千+提成, 计件, 面议."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.jobs.numerals import number
from dialogs.work import PayUnit

_SUM = r"(?:\d+(?:\.\d+)? ?[千百万kw]?\d?|[零一二两三四五六七八九十百千万]+)"
_UNITS = {
    "月": PayUnit.MONTH, "天": PayUnit.DAY, "日": PayUnit.DAY, "工": PayUnit.DAY,
    "小时": PayUnit.HOUR, "时": PayUnit.HOUR, "h": PayUnit.HOUR, "钟头": PayUnit.HOUR,
    "件": PayUnit.PIECE, "个": PayUnit.PIECE, "只": PayUnit.PIECE, "双": PayUnit.PIECE,
    "套": PayUnit.PIECE, "条": PayUnit.PIECE, "斤": PayUnit.PIECE, "米": PayUnit.PIECE,
    "吨": PayUnit.PIECE, "单": PayUnit.PIECE, "年": None,
}  # fmt: skip
_EACH = "小时|钟头|月|天|日|工|时|h|件|个(?!月)|只|双|套|条|斤|米|吨|单|年"
_AMOUNT = re.compile(
    rf"(?P<low>{_SUM})\s*元?\s*(?:(?:-|~|—+|–|至|到)+\s*(?P<high>{_SUM}))?\s*(?P<money>元|块)?"
    rf"(?P<open>以上|起|以下|以内|左右)?\s*(?:[/每一]\s*)?(?:个(?=月|小时|钟头))?(?P<unit>{_EACH})?"
)
_BEFORE = re.compile(r"(?:月|日|天|时|年)薪|(?:日|月)工资|每(?:月|天|日|小时)|一(?:月|天|小时)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_LIMITS = {
    PayUnit.MONTH: (300, 200_000),
    PayUnit.DAY: (20, 5000),
    PayUnit.HOUR: (3, 1000),
    PayUnit.PIECE: (0, 100_000),
}
SURELY_A_MONTH = 1000  # yuan: nobody pays less a month, or writes more a day without saying so


class NotPay(Exception):
    """The words name no pay that can be understood."""


@dataclass(frozen=True, slots=True)
class Pay:
    """What is paid, in yuan; without `unit` it is to be agreed on."""

    low: int | None = None
    high: int | None = None
    unit: PayUnit | None = None


def read_pay(text: str, unit: PayUnit | None = None) -> Pay:
    """What the words say; `unit` where they name none. Of several sums the first one counts.
    Raises NotPay."""
    said = _THOUSANDS.sub("", " ".join(unicodedata.normalize("NFKC", text).lower().split()))
    for found in _AMOUNT.finditer(said):
        pay = _of(found, said[: found.start()], unit)
        if pay is not None:
            return pay
    raise NotPay(text)


def unit_in(text: str) -> PayUnit | None:
    """The unit that a heading or a word names: 月薪, 元/天, 计件."""
    said = unicodedata.normalize("NFKC", text).lower()
    if "计件" in said or "按件" in said:
        return PayUnit.PIECE
    found = re.search(r"小时|时薪|月|[天日]", said)
    return None if found is None else _UNITS[found[0].removesuffix("薪")]


def checked(low: int | None, high: int | None, unit: PayUnit | None) -> Pay:
    """The sums in their order, within what is paid at all. Raises NotPay."""
    sums = sorted(it for it in (low, high) if it is not None)
    if not sums:
        return Pay(unit=unit if unit is PayUnit.PIECE else None)
    if unit is None and sums[0] >= SURELY_A_MONTH:
        unit = PayUnit.MONTH
    if unit is None or not _LIMITS[unit][0] <= sums[0] <= sums[-1] <= _LIMITS[unit][1]:
        raise NotPay(f"{low}-{high}")
    return Pay(low, high, unit) if low is None or high is None else Pay(sums[0], sums[1], unit)


def _of(found: re.Match[str], before: str, unit: PayUnit | None) -> Pay | None:
    low, high = _yuan(found["low"]), _yuan(found["high"])
    if low is None:
        return None
    if high is not None and low < 100 <= high and re.search("[千万kw]", found["high"]):
        low *= round(high / _bare(found["high"]))  # "4-6千"
    unit = _named_before(before) or unit
    if found["unit"] is not None:
        unit = _UNITS[found["unit"]]
    share = 12 if found["unit"] == "年" or "年薪" in before else 1
    unit = PayUnit.MONTH if share == 12 else unit
    if unit is PayUnit.PIECE and low < 1:
        return Pay(unit=unit)  # some jiao a piece: told in the words of the posting
    top = None if high is None else round(high / share)
    try:
        pay = checked(round(low / share), top, unit)
    except NotPay:
        return None
    return Pay(None, pay.low, pay.unit) if found["open"] in ("以下", "以内") else pay


def _yuan(said: str | None) -> float | None:
    return None if said is None else number(said)


def _bare(said: str) -> float:
    return number(re.sub("[千万kw]", "", said)) or 1


def _named_before(text: str) -> PayUnit | None:
    found = _BEFORE.findall(text)
    return unit_in(found[-1]) if found else None
