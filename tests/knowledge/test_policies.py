from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.finding import UnusableContent
from bot.knowledge.glossary import read_glossary
from bot.knowledge.policies import Part, Policy, read_policies, read_publications
from tests.knowledge.conftest import CONTENT, FEW, Change


def read(content: Path) -> dict[str, Policy]:
    return {each.id: each for each in read_policies(content, read_glossary(content).headings)}


def what_is_wrong(content: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(UnusableContent) as caught:
        read(content)
    return [(each.file, each.line, each.words) for each in caught.value.findings]


def test_every_policy_of_the_content_can_be_read():
    policies = read(CONTENT)
    assert len(policies) >= 24
    assert policies["startup-subsidy"].figures[0].amount == "5000元"


def test_every_section_has_something_to_say(small):
    for policy in read(small).values():
        assert list(policy.sections) == list(Part)
        assert all(policy.sections.values())


def test_the_version_changes_with_the_file(small, change):
    before = read(small)["startup-subsidy"].version
    change("startup-subsidy", "头一回自己创业", "第一回自己创业")
    assert read(small)["startup-subsidy"].version != before


def test_line_ends_of_another_system_make_no_difference(small):
    before = read(small)
    for name in FEW:
        file = small / "policies" / f"{name}.md"
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert read(small) == before


def test_a_file_that_is_no_yaml_is_named_with_its_line(small, change):
    change("startup-loan", "region: ", "region: [")
    file, line, words = what_is_wrong(small)[0]
    assert (file, words) == ("policies/startup-loan.md", "check.not_yaml")
    assert line > 5


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("---\n", "", "check.no_front_matter"),
        ("id: startup-loan", "id: another", "check.id_is_not_file"),
        ("## 材料\n", "## 资料\n", "check.section"),
        ("## 来源\n", "## 别的\n话\n## 来源\n", "check.unknown_section"),
        ("status: historical", "status: perhaps", "check.wrong_field"),
        ("published: ", "colour: red\npublished: ", "check.wrong_field"),
        ("recheck_by: 2027-05-22\n", "", "check.missing_field"),
        ("recheck_by: 2027-05-22", "recheck_by: soon", "check.wrong_field"),
    ],
)
def test_what_an_editor_forgot_is_said(small: Path, change: Change, old, new, words):
    change("startup-loan", old, new)
    assert words in [found for _, _, found in what_is_wrong(small)]


def test_every_broken_file_is_named_at_once(small, change):
    for name in ("startup-loan", "rent-subsidy"):
        change(name, "status: historical", "status: perhaps")
    assert [file for file, _, _ in what_is_wrong(small)] == [
        "policies/rent-subsidy.md",
        "policies/startup-loan.md",
    ]


def test_every_source_that_is_cited_is_known():
    known = read_publications(CONTENT)
    for policy in read(CONTENT).values():
        assert set(policy.sources) <= set(known)
