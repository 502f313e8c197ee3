"""`hotline staff`: who is given which part of the region at the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.whole.commands import Command

pytestmark = pytest.mark.process


@pytest.fixture
def run(tmp_path: Path) -> Command:
    return Command(tmp_path)


def test_a_part_of_the_region_is_given_by_names_that_are_known_and_never_to_an_admin(
    run: Command,
) -> None:
    assert run("staff", "add", "wang", "--county", "清河", "--county", "威县").code == 0
    unknown = run("staff", "add", "li", "--county", "海淀区")
    assert (unknown.code, unknown.err) == (
        1, "不认得“海淀区”，请写县（市、区）的名字，例如 南和区。\n",
    )  # fmt: skip
    bound = run("staff", "add", "zhao", "--role", "admin", "--county", "清河县")
    assert bound.code == 1
    assert "管理员管全市" in bound.err
    assert run("staff", "list").out == "wang  wang  工作人员  威县、清河县\n"
