"""A bureau's program keeps its openings here in step with its own list."""

from __future__ import annotations

import asyncio

from bot.records.audit import Audit
from bot.records.staff import Role
from tests.api.conftest import Hire
from tests.api.program import Program

WELDER = {
    "title": "电焊工", "employer": "示例机械有限公司", "county": "清河县", "pay": "5000-7000元/月",
    "housing": True, "headcount": 3, "phone": "0319-1234567", "endless": True,
    "description": "焊接钢架。\n有五险。",
}  # fmt: skip
OWN = "/openings/own"


async def test_an_opening_is_put_in_replaced_and_closed(anna: Program, audit: Audit) -> None:
    made = await anna.asks("PUT", f"{OWN}/XT-1", WELDER)
    told = made.told
    assert (told["reference"], told["state"], told["occupation"]) == ("XT-1", "open", "电焊工")
    assert (told["pay_min"], told["pay_max"], told["pay_unit"]) == (5000, 7000, "月")
    assert (told["housing"], told["meals"], told["headcount"]) == (True, None, 3)
    assert (told["expires"], told["description"]) == (None, WELDER["description"])
    again = await anna.asks("PUT", f"{OWN}/XT-1", WELDER)
    assert again.told == told
    more = {**WELDER, "pay": "8000元/月", "town": "葛仙庄镇"}
    better = await anna.asks("PUT", f"{OWN}/XT-1", more)
    assert (better.told["number"], better.told["pay_min"]) == (told["number"], 8000)
    assert (await anna.asks("GET", "/openings")).told["total"] == 1
    number = told["number"]
    assert (await anna.asks("GET", f"/openings/{number}")).told == better.told
    closed = await anna.asks("POST", f"{OWN}/XT-1/close")
    assert (closed.told["state"], (await anna.asks("GET", f"{OWN}/XT-1")).told) == (
        "closed", closed.told,
    )  # fmt: skip
    [last] = await audit.latest(1)
    assert (last.action, last.detail) == ("opening_own_close", {"key": "anna-key"})


async def test_what_a_file_brought_in_gets_its_own_number(anna: Program) -> None:
    first = await anna.asks("PUT", f"{OWN}/A", WELDER)
    taken = await anna.asks("PUT", f"{OWN}/B", WELDER)  # the same employer, work and place
    assert (taken.status, str(first.told["number"]) in taken.told["detail"]) == (409, True)
    other = await anna.asks("PUT", f"{OWN}/B", {**WELDER, "title": "钳工"})
    assert other.told["number"] != first.told["number"]
    twin = await anna.asks("PUT", f"{OWN}/B", WELDER)
    assert twin.status == 409


async def test_the_same_number_at_once_is_one_opening(anna: Program) -> None:
    made = await asyncio.gather(*(anna.asks("PUT", f"{OWN}/X", WELDER) for _ in range(5)))
    assert {it.status for it in made} == {200}
    assert (await anna.asks("GET", "/openings")).told["total"] == 1


async def test_what_is_doubtful_waits_for_somebody_to_look(anna: Program) -> None:
    made = await anna.asks("PUT", f"{OWN}/Y", {**WELDER, "requirements": "入职先交押金500元"})
    assert (made.told["state"], made.told["flags"][0]["passage"] != "") == ("held", True)
    held = await anna.asks("GET", "/openings", state="held", flagged="true")
    assert [it["reference"] for it in held.told["openings"]] == ["Y"]


async def test_what_is_wrong_is_told_as_it_is_for_files(anna: Program) -> None:
    wrong = {
        "title": "保洁", "employer": "示例物业", "county": "火星", "pay": "很多", "phone": "没有",
        "expires": "2020-01-01",
    }  # fmt: skip
    told = await anna.asks("PUT", f"{OWN}/Z", wrong)
    assert (told.status, told.fields) == (422, {"county", "pay", "phone", "expires"})
    types = await anna.asks("PUT", f"{OWN}/Z", {"title": 1, "employer": "", "housing": "是"})
    assert types.fields == {"title", "employer", "county", "housing"}
    assert (await anna.asks("PUT", f"{OWN}/{'长' * 65}", WELDER)).fields == {"reference"}
    assert (await anna.asks("GET", f"{OWN}/Z")).status == 404


async def test_the_list_is_narrowed_and_paged(anna: Program) -> None:
    for place, county in enumerate(("清河县", "清河县", "威县")):
        body = {**WELDER, "title": f"电焊工{place}", "county": county}
        await anna.asks("PUT", f"{OWN}/{place}", body)
    first = await anna.asks("GET", "/openings", county="清河县", size="1")
    assert (first.told["total"], first.told["has_next"]) == (2, True)
    second = await anna.asks("GET", "/openings", county="清河县", size="1", page="2")
    assert first.told["openings"] != second.told["openings"]
    assert second.told["has_next"] is False
    assert (await anna.asks("GET", "/openings", text="电焊工2")).told["total"] == 1
    assert (await anna.asks("GET", "/openings", trade="缝纫工")).told["total"] == 0
    assert (await anna.asks("GET", "/openings", colour="red")).fields == {"colour"}


async def test_each_keeps_to_their_region(anna: Program, hire: Hire) -> None:
    qinghe = await hire("qing", Role.STAFF, "清河县")
    made = await anna.asks("PUT", f"{OWN}/W", {**WELDER, "county": "威县"})
    away = f"/openings/{made.told['number']}"
    assert (await qinghe.asks("PUT", f"{OWN}/V", {**WELDER, "county": "威县"})).fields == {"county"}
    assert (await qinghe.asks("PUT", f"{OWN}/W", WELDER)).status == 409
    seen = [
        (await qinghe.asks(*it)).status
        for it in (("GET", away), ("GET", f"{OWN}/W"), ("POST", f"{away}/close"))
    ]
    assert seen == [404, 404, 404]
    assert (await qinghe.asks("GET", "/openings")).told["total"] == 0
