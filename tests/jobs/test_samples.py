"""The samples are plainly samples, and there is something of everything among them."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path

from bot.jobs.distance import Land
from tests.service import ROOT

SAMPLES = ROOT / "content/samples"


@cache
def rows(name: str) -> list[dict[str, str]]:
    with Path(SAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_nobody_real_is_among_them() -> None:
    for row in rows("openings.csv"):
        assert row["用人单位"].startswith("示例")
        assert row["联系人"].startswith("示例")
        assert row["联系电话"] == "0319-0000000"
        assert "示例" in row["岗位描述"]
    assert all(row["姓名"].startswith("示例") for row in rows("seekers.csv"))
    assert not any("电话" in name for name in rows("seekers.csv")[0])


def test_every_county_and_every_kind_of_work_is_there() -> None:
    openings = rows("openings.csv")
    assert (len(openings), len(rows("seekers.csv"))) == (200, 100)
    counties = Counter(row["县区"] for row in openings)
    every = set(Land.load(ROOT / "content/directory").neighbours)
    assert every <= set(counties)
    assert min(counties[name] for name in every) >= 5
    kinds = Counter(row["用工形式"] for row in openings)
    assert set(kinds) == {"全职", "兼职", "居家", "短期", "公益性岗位"}
    assert len({row["工种"] for row in openings}) >= 40
