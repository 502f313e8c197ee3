"""Whose the partitions are: shared for each duty apart, and who stands by takes what is left."""

from __future__ import annotations

import pytest

from bot.pipeline.doorbell import JOURNAL, Doorbell, News
from bot.pipeline.leases import RECORDS, Leases
from bot.pipeline.line import Line
from bot.pipeline.partitions import PARTITIONS


async def rounds(*leases: Leases) -> None:
    """So many that everything has been handed over."""
    for _ in range(2):
        for each in leases:
            await each.beat()


def leases(line: Line, name: str, stands_by: bool = False) -> Leases:
    return Leases(line, name, lambda partition: None, RECORDS, stands_by)


async def test_who_stands_by_has_everything_until_another_comes_and_once_it_leaves(
    line: Line,
) -> None:
    reserve, other = leases(line, "reserve", stands_by=True), leases(line, "other")
    await rounds(reserve)
    assert len(reserve.owned()) == PARTITIONS
    await rounds(other, reserve, other)
    assert (reserve.owned(), len(other.owned())) == ([], PARTITIONS)
    await other.give_all()
    await rounds(reserve)
    assert len(reserve.owned()) == PARTITIONS


async def test_those_who_do_not_stand_by_share(line: Line) -> None:
    reserve, *others = (leases(line, "a", True), leases(line, "b"), leases(line, "c"))
    await rounds(reserve, *others, *others)
    shares = [len(it.owned()) for it in others]
    assert (reserve.owned(), sum(shares)) == ([], PARTITIONS)
    assert min(shares) > 10


async def test_turns_and_records_are_shared_apart(line: Line) -> None:
    turns, records = Leases(line, "one", lambda partition: None), leases(line, "two")
    await rounds(turns, records)
    assert len(turns.owned()) == len(records.owned()) == PARTITIONS


@pytest.mark.parametrize(("is_ours", "told"), [(True, 1), (False, 0)])
async def test_of_the_journal_only_its_own_process_is_told(is_ours: bool, told: int) -> None:
    far: list[str] = []

    def tell(hop: str, *news: int | News) -> None:
        far.append(hop)

    bell = Doorbell(lambda hop, _: is_ours and hop == JOURNAL, tell, tell)
    bell.hand_all(JOURNAL, 7, [b"1-0", b"1-1"], [b"line"], [])
    bell.ring(JOURNAL, 7)
    bell.ring("inbox", 7)
    rung = await bell.rung(JOURNAL, 0.01)
    assert (len(rung.partitions), far) == (told, ["inbox"])
