"""Rules know three truths: met, not met, and not known."""

from __future__ import annotations

import dataclasses
from datetime import date
from itertools import product

import pytest

from bot.knowledge.facts import Fact, Kind, read_facts
from bot.knowledge.finding import UnusableContent
from bot.knowledge.glossary import read_glossary
from bot.knowledge.offers import Reader
from bot.knowledge.policies import Policy, read_policy
from bot.knowledge.rules import AllOf, AnyOf, Leaf, Not, Unstated, leaves, reasons, truth
from bot.knowledge.values import Range, days_kept, number_kept
from tests.knowledge.conftest import CONTENT, TODAY

A, B = Leaf("a", "is", ("yes",), "甲"), Leaf("b", "is", ("yes",), "乙")
TRUTHS = {"yes": True, "no": False, None: None}


def known(**said: str | None) -> dict[str, str | Range]:
    return {name: value for name, value in said.items() if value is not None}


@pytest.mark.parametrize(("a", "b"), list(product(TRUTHS, TRUTHS)))
def test_all_any_and_not_are_those_of_kleene(a, b):
    person, both = known(a=a, b=b), [TRUTHS[a], TRUTHS[b]]
    expected_all = False if False in both else None if None in both else True
    expected_any = True if True in both else None if None in both else False
    assert truth(AllOf((A, B)), person, TODAY) is expected_all
    assert truth(AnyOf((A, B)), person, TODAY) is expected_any
    assert truth(Not(A), person, TODAY) is (None if TRUTHS[a] is None else not TRUTHS[a])


@pytest.mark.parametrize(
    ("comparison", "said", "expected"),
    [
        ("at_least", "6", True), ("at_least", "5.9", False), ("at_least", "6..", True),
        ("at_least", "..6", False), ("at_least", "3..9", None), ("below", "6", False),
        ("below", "..6", True), ("below", "3..9", None), ("above", "6", False),
        ("above", "7..", True), ("above", "6.5", True), ("at_most", "6", True),
        ("at_most", "..6", True), ("at_most", "6.5", False), ("at_most", "3..9", None),
    ],
)  # fmt: skip
def test_numbers_and_ranges_are_compared(comparison, said, expected):
    leaf = Leaf("n", comparison, 6.0, "")
    assert truth(leaf, {"n": number_kept(said)}, TODAY) is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2024-11-22", True), ("2024-11-21", False), ("2024-11", None), ("2024-12", True),
        ("2024", None), ("2023", False), ("2026-11-22", True), ("2026-11-23", False),
    ],
)  # fmt: skip
def test_two_years_back_are_counted_to_the_day(said, expected):
    leaf = Leaf("day", "within_months", 24.0, "")
    assert truth(leaf, {"day": days_kept(said)}, date(2026, 11, 22)) is expected


def test_a_month_before_the_last_day_of_a_month_is_its_last_day():
    leaf = Leaf("day", "within_months", 1.0, "")
    assert truth(leaf, {"day": days_kept("2026-02-28")}, date(2026, 3, 31)) is True


@pytest.mark.parametrize(
    ("comparison", "said", "expected"),
    [("since", "2020-05-01", True), ("since", "2020-04-30", False), ("since", "2020", None),
     ("before", "2020-04-30", True), ("before", "2020-05-01", False)],
)  # fmt: skip
def test_days_are_compared(comparison, said, expected):
    leaf = Leaf("day", comparison, float(date(2020, 5, 1).toordinal()), "")
    assert truth(leaf, {"day": days_kept(said)}, TODAY) is expected


def test_what_the_text_leaves_open_stays_open_but_does_not_hide_a_failure():
    rule = AllOf((A, Unstated("原文未载明")))
    assert truth(rule, known(a="yes"), TODAY) is None
    assert truth(rule, known(a="no"), TODAY) is False


def test_the_reasons_are_the_leaves_that_decide():
    rule = AllOf((A, AnyOf((B, Not(A)))))
    assert list(reasons(rule, known(a="yes", b="yes"), TODAY)) == [A, B]
    assert list(reasons(rule, known(a="yes"), TODAY)) == [B]
    assert list(reasons(rule, known(a="no"), TODAY)) == [A]
    assert list(leaves(rule)) == [A, B, A]


FACTS = {
    "poor": Fact("poor", Kind.YES_NO, {"yes": "是", "no": "不是"}),
    "months": Fact("months", Kind.NUMBER, {}, {"月": 1}),
    "day": Fact("day", Kind.DATE, {}),
    "work": Fact("work", Kind.CHOICE, {"shop": "开店", "none": "没有"}),
}
LEAF = {"fact": "poor", "is": True, "cite": "是贫困劳动力"}


@pytest.fixture(scope="module")
def policy() -> Policy:
    headings = read_glossary(CONTENT).headings
    return read_policy(CONTENT / "policies" / "startup-subsidy.md", headings)


def what_is_wrong(policy: Policy, **fields: object) -> list[str]:
    spoilt = policy.model_copy(update={"rules": (), "examples": (), **fields})
    reader = Reader(FACTS)
    reader.offers(spoilt)
    reader.examples(spoilt)
    return [finding.words for finding in reader.findings]


def test_a_rule_is_read_as_it_is_written(policy):
    raw = {
        "amount": "5000元",
        "any": [LEAF, {"not": {**LEAF, "is": False}}, {"unstated": "未载明"}],
    }
    reader = Reader(FACTS)
    [offer] = reader.offers(policy.model_copy(update={"rules": (raw,)}))
    poor = Leaf("poor", "is", ("yes",), "是贫困劳动力")
    denied = dataclasses.replace(poor, target=("no",))
    assert offer.rule == AnyOf((poor, Not(denied), Unstated("未载明")))
    assert str(poor) == "poor is yes"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"all": []}, "check.rule_shape"),
        ({"all": [LEAF], "any": [LEAF]}, "check.rule_shape"),
        ({"some": [LEAF]}, "check.rule_shape"),
        ({"all": ["贫困"]}, "check.rule_shape"),
        ({"all": [{**LEAF, "fact": "rich"}]}, "check.rule_fact"),
        ({"all": [{"fact": "poor", "is": True}]}, "check.rule_cite_missing"),
        ({"all": [{**LEAF, "at_least": 6}]}, "check.rule_comparison"),
        ({"all": [{"fact": "poor", "at_least": 6, "cite": "甲"}]}, "check.rule_comparison"),
        ({"all": [{"fact": "day", "at_least": 6, "cite": "甲"}]}, "check.rule_comparison"),
        ({"all": [{**LEAF, "is": "perhaps"}]}, "check.rule_value"),
        ({"all": [{"fact": "work", "one_of": ["shop", "farm"], "cite": "甲"}]}, "check.rule_value"),
        ({"all": [{"fact": "months", "at_least": "六", "cite": "甲"}]}, "check.rule_value"),
        ({"all": [{"fact": "months", "at_least": True, "cite": "甲"}]}, "check.rule_value"),
        ({"all": [{"fact": "poor", "is": 1, "cite": "甲"}]}, "check.rule_value"),
        ({"all": [{"fact": "day", "since": 2020, "cite": "甲"}]}, "check.rule_value"),
        ({"all": [{"fact": "day", "within_months": TODAY, "cite": "甲"}]}, "check.rule_value"),
    ],
)
def test_a_rule_that_cannot_be_read_is_told_in_the_editors_words(policy, rule, words):
    assert what_is_wrong(policy, rules=({"amount": "5000元", **rule},)) == [words]


def test_an_offer_must_say_how_much(policy):
    assert what_is_wrong(policy, rules=({"all": [LEAF]},)) == ["check.rule_amount_missing"]


@pytest.mark.parametrize(
    ("example", "words"),
    [
        ({"given": {"poor": True}}, "check.example_shape"),
        ({"given": {"poor": True}, "verdict": "maybe"}, "check.example_shape"),
        ({"given": {"poor": True}, "verdict": True, "why": "甲"}, "check.example_shape"),
        ({"given": {"rich": True}, "verdict": True}, "check.example_fact"),
        ({"given": {"months": "半年"}, "verdict": True}, "check.example_fact"),
    ],
)
def test_an_example_that_cannot_be_read_is_told(policy, example, words):
    assert what_is_wrong(policy, examples=(example,)) == [words]


@pytest.mark.parametrize(
    "fact",
    [
        "{kind: maybe}",
        "{kind: choice, choices: {one: 一}}",
        "{kind: number, choices: {few: 少}}",
        "{kind: number, choices: {'9..3': 反了}}",
        "yes",
    ],
)
def test_a_fact_that_cannot_be_read_is_named_with_its_line(tmp_path, fact):
    text = f"yes_no: {{yes: 是, no: 不是}}\nsaid: {{}}\nfacts:\n  age: {fact}\n"
    (tmp_path / "facts.yaml").write_text(text, "utf-8")
    with pytest.raises(UnusableContent) as caught:
        read_facts(tmp_path)
    [finding] = caught.value.findings
    assert (finding.line, finding.words) == (4, "check.wrong_fact")


def test_a_range_that_is_on_no_button_any_more_is_not_taken_for_a_number():
    fact = Fact("months", Kind.NUMBER, {"..9": "不到9个月", "9..": "9个月以上"}, {"月": 1})
    assert [fact.read(said) for said in ("..6", "6..", "6")] == [None, None, "6"]


def test_every_fact_reads_its_own_values_and_labels():
    for fact in read_facts(CONTENT).values():
        for value, label in fact.choices.items():
            assert fact.read(value) == value
            assert fact.read(label) == value
            fact.value(value)
        assert fact.read("unknown") == "unknown"
        assert fact.value("unknown") is None
        assert fact.read("不知道") == "unknown"
