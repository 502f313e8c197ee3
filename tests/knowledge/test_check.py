from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.knowledge.check import check
from tests.knowledge.conftest import CONTENT, TODAY


def words(content: Path, today: date = TODAY) -> set[str]:
    return {finding.words for finding in check(content, today)}


def test_the_real_content_has_no_errors():
    assert [finding for finding in check(CONTENT, TODAY) if finding.is_error] == []


def test_a_sound_folder_has_no_errors(linked):
    assert [finding for finding in check(linked, TODAY) if finding.is_error] == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("related: []", "related: [nowhere]", "check.dead_link"),
        ("sources: [article-164, ", "sources: [hearsay, ", "check.unknown_source"),
        ("verified_on: 2026-11-22", "verified_on: 2018-11-22", "check.verified_before_published"),
        ("recheck_by: 2027-05-22", "recheck_by: 2026-05-22", "check.recheck_before_verified"),
        ("valid_until:", "valid_until: 2017-01-01", "check.ends_before_it_begins"),
        (
            "## 给多少\n一次性创业补贴每人5000元",
            "## 给多少\n一次性创业补贴每人6000元",
            "check.number_not_in_figures",
        ),
        ("amount: 5000元", "amount: 7000元", "check.figure_not_in_text"),
        (
            "right: 一次性创业补贴是每人5000元",
            "right: 一次性创业补贴是每人5001元",
            "check.number_not_in_figures",
        ),
        ("status: historical", "status: expired", "check.expired_without_day"),
        ("- 头回干买卖有奖没", "- 公家给贴利息的贷款能借多少", "check.finds_another"),
        ("- 头回干买卖有奖没", "- 五千块", "check.twice"),
        ("- 头回干买卖有奖没", "- 三胎补贴多少", "check.pattern_hits"),
    ],
)
def test_what_an_editor_should_mend_is_found(linked, change, old, new, expected):
    change("startup-subsidy", old, new)
    assert expected in words(linked)


def test_a_policy_that_ended_but_claims_to_hold(linked, change):
    change("startup-subsidy", "status: historical", "status: in_force")
    change("startup-subsidy", "valid_until:", "valid_until: 2025-01-01")
    assert "check.ended" in words(linked)
    assert "check.ended" not in words(linked, date(2024, 1, 1))


def test_a_recheck_that_is_due(linked):
    assert "check.due" in words(linked, date(2027, 5, 23))
    assert "check.due" not in words(linked, date(2027, 5, 22))


def test_nearly_the_same_question_of_another_policy(linked, change):
    change("startup-subsidy", "- 头回干买卖有奖没", "- 孵化基地免费能待几年呀")
    change("incubation-base", "questions:\n", "questions:\n  - 孵化基地免费能待几年\n")
    assert "check.alike" in words(linked)


def test_a_finding_names_the_line(linked, change):
    change("startup-subsidy", "- 头回干买卖有奖没", "- 三胎补贴多少")
    lines = (linked / "policies" / "startup-subsidy.md").read_text("utf-8").splitlines()
    found = next(each for each in check(linked, TODAY) if each.words == "check.pattern_hits")
    assert "三胎补贴" in lines[found.line - 1]


def test_content_that_cannot_be_read_is_reported_too(linked, change):
    change("startup-subsidy", "status: historical", "status: perhaps")
    assert "check.wrong_field" in words(linked)


def test_a_subject_without_kind_words_is_found(linked):
    elsewhere = linked / "elsewhere.yaml"
    elsewhere.write_text(
        elsewhere.read_text("utf-8") + "\nmoon:\n  kind: decline\n  examples: [月亮多远]\n", "utf-8"
    )
    assert "check.no_passage" in words(linked)


def test_every_finding_has_words():
    source = Path(CONTENT.parent / "bot" / "knowledge")
    used = set(
        re.findall(
            r'"check\.(\w+)"', "".join(file.read_text("utf-8") for file in source.glob("*.py"))
        )
    )
    said = yaml.safe_load((CONTENT / "replies" / "check.yaml").read_text("utf-8"))
    assert used == set(said)


def test_a_figure_in_no_sentence_of_its_source_is_found(linked, change):
    change("startup-loan", "quoted: {hebei-loan-2019: [2019年2月], ", "quoted: {")
    assert "check.figure_of_other_source" in words(linked)


def test_a_source_that_figures_use_must_be_listed(linked, change):
    change("startup-loan", "sources: [article-164, hebei-loan-2019, ", "sources: [article-164, ")
    assert "check.source_not_listed" in words(linked)
