"""Openings and seekers made at random, for tests and the bench."""

from __future__ import annotations

import csv
import random
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

from bot.jobs.crowd import Seeking
from bot.jobs.distance import Land
from bot.jobs.related import Trades
from dialogs.work import ANYWHERE, Opening, PayUnit, Wish, WorkType

T = TypeVar("T")
DIRECTORY = Path(__file__).resolve().parents[2] / "content/directory"
DAY = date(2026, 3, 2)
AWAY = ("北京", "天津", "石家庄", "山东济南")
HOURS = (None, None, "8:00-18:00", "夜班", "两班倒")
PAY = {
    PayUnit.MONTH: (1500, 9000, 100),
    PayUnit.DAY: (60, 400, 10),
    PayUnit.HOUR: (10, 40, 1),
    PayUnit.PIECE: (1, 9, 1),
}
TRADES = Trades.load(DIRECTORY)
LAND = Land.load(DIRECTORY)


@cache
def occupations() -> list[str]:
    """Every trade of the directory."""
    with (DIRECTORY / "occupations.csv").open(encoding="utf-8-sig") as file:
        return [row["occupation"] for row in csv.DictReader(file)]


@cache
def towns() -> dict[str, list[str]]:
    """The towns of each county."""
    found: dict[str, set[str]] = {}
    with (DIRECTORY / "places.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["county"], set()).add(row["town"])
    return {county: sorted(names) for county, names in sorted(found.items())}


class Maker:
    """Makes them; `seed` says which. `trades` and `counties`: so many of them only, so that things
    meet."""

    def __init__(self, seed: int, trades: int = 1000, counties: int = 1000) -> None:
        self._random = random.Random(seed)
        self._trades = occupations()[:trades]
        self._towns = dict(list(towns().items())[:counties])

    def opening(self, number: int) -> Opening:
        """An opening as they are: most pay by the month, some are away, some say little."""
        rand, unit = self._random, self._one(list(PayUnit), 80, 12, 5, 3)
        pay = self._one([None, rand.randrange(*PAY[unit])], 10, 90)
        county = None if rand.random() < 0.08 else rand.choice(list(self._towns))
        return Opening(
            number=number,
            title=f"岗位{number}",
            employer="示例公司",
            published=DAY,
            digest=f"d{number}",
            occupation=self._one([None, rand.choice(self._trades)], 3, 97),
            county=county,
            town=None if county is None else rand.choice([None, *self._towns[county]]),
            away=rand.choice(AWAY) if county is None else None,
            pay_min=pay,
            pay_max=None if pay is None else rand.choice([None, pay + pay // 5]),
            pay_unit=None if pay is None else unit,
            work_type=self._one(list(WorkType), 70, 8, 8, 8, 6),
            housing=rand.choice([None, False, True]),
            meals=rand.choice([None, False, True]),
            hours=rand.choice(HOURS),
            is_example=True,
        )

    def seeking(self) -> Seeking:
        """Somebody with a wish: most name a trade and a county."""
        rand = self._random
        counties = self._some(list(self._towns), 15, 70, 15)
        near = [town for county in counties for town in self._towns[county]]
        pay = self._one([None, rand.choice([2000, 3000, 3500, 4000, 5000, 6000])], 30, 70)
        home = rand.choice([None, *self._towns])
        wish = Wish(
            occupations=self._some(self._trades, 10, 75, 15),
            counties=counties,
            towns=(rand.choice(near),) if near and rand.random() < 0.2 else (),
            away=self._one([(), ("北京",), ("山东",), (ANYWHERE,)], 91, 4, 3, 2),
            pay_min=pay,
            pay_unit=None if pay is None else PayUnit.MONTH,
            work_type=self._one([None, *WorkType], 60, 20, 6, 6, 4, 4),
            housing=self._one([None, False, True], 75, 5, 20),
            meals=self._one([None, True], 85, 15),
            hours=self._one([None, "白天", "晚上"], 85, 10, 5),
            age=self._one([None, 15, 16, 17, 30, 58], 70, 2, 3, 5, 10, 10),
        )
        town = None if home is None else rand.choice(self._towns[home])
        return Seeking(wish, home, town, rand.random() < 0.15)

    def _one(self, values: list[T], *weights: int) -> T:
        return self._random.choices(values, weights)[0]

    def _some(self, values: list[str], *weights: int) -> tuple[str, ...]:
        count = self._one(list(range(len(weights))), *weights)
        return tuple(sorted(self._random.sample(values, count)))
