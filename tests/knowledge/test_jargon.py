"""Words of offices are found where a caller would stumble over them."""

from __future__ import annotations

import pytest

from bot.knowledge.check import check
from bot.knowledge.jargon import read_jargon, unexplained
from tests.knowledge.conftest import CONTENT, TODAY

JARGON = {"灵活就业": "打零工；没有固定单位", "贴息": "利息由政府出"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("灵活就业人员能领补贴。", ["灵活就业"]),
        ("灵活就业（自己找活干）的人能领补贴。", []),
        ("自己找活干的人（灵活就业人员）能领补贴。", []),
        ("“灵活就业”就是自己找活干。", []),
        ("打零工、灵活就业的人能领补贴。", []),
        ("没有固定单位，灵活就业的。", []),
        ("灵活就业的人贷款，给贴息。", ["灵活就业", "贴息"]),
        ("找工作的人能领补贴。", []),
    ],
)
def test_a_word_must_be_explained_once(words, expected):
    assert unexplained(words, JARGON) == expected


def found(content):
    return {
        (finding.file, finding.facts["word"]): finding
        for finding in check(content, TODAY)
        if finding.words == "check.jargon"
    }


def test_what_is_said_first_about_a_policy_is_looked_at(linked, change):
    (linked / "jargon.yaml").write_text("反担保: 找人作保\n", "utf-8")
    assert found(linked) == {}
    change("startup-subsidy", "## 材料\n", "## 材料\n反担保合同。")
    assert found(linked) == {}
    change("startup-subsidy", "## 给谁\n", "## 给谁\n要反担保的人。")
    finding = found(linked)["policies/startup-subsidy.md", "反担保"]
    assert not finding.is_error
    text = (linked / "policies" / "startup-subsidy.md").read_text("utf-8")
    assert "要反担保的人" in text.splitlines()[finding.line - 1]


def test_replies_to_callers_are_looked_at_and_those_to_staff_are_not(linked):
    (linked / "jargon.yaml").write_text("反担保: 找人作保\n", "utf-8")
    for name in ("menu", "operator"):
        with (linked / "replies" / f"{name}.yaml").open("a", encoding="utf-8") as file:
            file.write("\nnews: 请带反担保材料。\n")
    assert {file for file, _ in found(linked)} == {"replies/menu.yaml"}


def test_the_list_of_the_project_names_plain_words_that_are_no_jargon():
    jargon = read_jargon(CONTENT)
    assert len(jargon) > 30
    assert [word for word, plain in jargon.items() if unexplained(plain, jargon)] == []
