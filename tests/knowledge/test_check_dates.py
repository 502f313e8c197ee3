"""Dates that are missing, due, or against each other are found."""

from __future__ import annotations

from datetime import date

import pytest

from bot.knowledge.check import check
from tests.knowledge.conftest import TODAY


def found(content, today=TODAY):
    return {finding.words: finding for finding in check(content, today)}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("verified_on: 2026-11-22", "verified_on: 2026-11-23", "check.verified_in_future"),
        ("valid_from: 2018-01-01", "valid_from:", "check.in_force_since_when"),
        ("valid_until:", "valid_until: 2017-06-01", "check.figure_after_end"),
        ("related: []", "related: [startup-subsidy]", "check.link_to_itself"),
        ("supersedes: []", "supersedes: [rent-subsidy]", "check.replaced_in_force"),
        (
            "    until: 2018-12-31",
            "    until: 2017-12-31",
            "check.figure_dates",
        ),
        ("## 条件\n", "## 条件\n详见policy:nowhere。", "check.dead_link"),
    ],
)
def test_a_date_that_cannot_be_right(linked, change, old, new, expected):
    for name in ("startup-subsidy", "rent-subsidy"):
        change(name, "status: historical", "status: in_force")
    assert expected not in found(linked)
    change("startup-subsidy", old, new)
    assert expected in found(linked)


def test_an_end_that_has_not_come_is_no_end(linked, change):
    change("startup-subsidy", "status: historical", "status: expired")
    change("startup-subsidy", "valid_until:", "valid_until: 2026-11-22")
    assert "check.expired_too_early" in found(linked, date(2026, 11, 22))
    assert "check.expired_too_early" not in found(linked, date(2026, 11, 23))


def test_what_ends_by_itself_stops_nobody_from_saving(linked, change):
    change("startup-subsidy", "status: historical", "status: in_force")
    change("startup-subsidy", "valid_until:", "valid_until: 2025-01-01")
    assert not found(linked)["check.ended"].is_error


def test_two_policies_that_replace_each_other(linked, change):
    change("startup-subsidy", "supersedes: []", "supersedes: [rent-subsidy]")
    change("rent-subsidy", "supersedes: []", "supersedes: [startup-subsidy]")
    assert "check.replace_each_other" in found(linked)


@pytest.mark.parametrize(
    ("until", "is_found"), [("2019-12-31", False), ("2020-06-30", True), ("", True)]
)
def test_one_figure_with_two_amounts_on_the_same_day(linked, change, until, is_found):
    figures = "".join(
        f"  - {{name: 奖金, amount: {amount}, per: 每人, from: {since}, until: {end},"
        " source: article-164}\n"
        for amount, since, end in (("5000元", "2018-01-01", until), ("21.5万元", "2020-01-01", ""))
    )
    change("startup-subsidy", "figures:\n", f"figures:\n{figures}")
    assert ("check.figures_overlap" in found(linked)) is is_found


def test_the_line_of_a_link_in_the_text_is_told(linked, change):
    change("startup-subsidy", "## 条件\n", "## 条件\n详见policy:nowhere。")
    lines = (linked / "policies" / "startup-subsidy.md").read_text("utf-8").splitlines()
    assert "policy:nowhere" in lines[found(linked)["check.dead_link"].line - 1]
