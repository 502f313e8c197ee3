"""`hotline check` reads the rules over: what an editor should mend there."""

from __future__ import annotations

import pytest

from bot.knowledge.check_rules import check_rules
from bot.knowledge.facts import read_facts
from bot.knowledge.glossary import read_glossary
from bot.knowledge.policies import read_policies
from tests.knowledge.conftest import CONTENT

POOR = "{fact: poor, is: yes, cite: 是贫困劳动力}"
MONTHS = "{fact: business_months, at_least: 6, cite: 稳定经营6个月以上}"


def found(content) -> dict[str, tuple[str, int]]:
    policies = read_policies(content, read_glossary(content).headings)
    return {it.words: (it.file, it.line) for it in check_rules(content, policies) if it.is_error}


def test_the_rules_of_the_real_content_have_no_errors_and_no_idle_fact():
    policies = read_policies(CONTENT, read_glossary(CONTENT).headings)
    assert list(check_rules(CONTENT, policies)) == []


def test_every_policy_with_rules_has_examples_of_all_verdicts():
    for policy in read_policies(CONTENT, read_glossary(CONTENT).headings):
        verdicts = {str(example["verdict"]) for example in policy.examples}
        if policy.rules:
            assert len(policy.examples) >= 4
            assert {"False", "unknown"} <= verdicts


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("cite: 稳定经营6个月以上", "cite: 稳定经营9个月以上", "check.rule_not_in_text"),
        ("amount: 一次性创业补贴每人", "amount: 一次性创业补贴每家", "check.rule_not_in_text"),
        ("at_least: 6", "at_least: 9", "check.rule_between"),
        ("at_least: 6", "is: 6", "check.rule_comparison"),
        (MONTHS, f"{MONTHS}\n      - not: {MONTHS}", "check.rule_never_met"),
        (f"      - {POOR}", f"      - any: [{POOR}, not: {POOR}]", "check.rule_never_asked"),
        ("months: 6}, verdict: yes", "months: 6}, verdict: no", "check.example_wrong"),
        ("months: 4}, verdict: no", "months: 6}, verdict: no", "check.example_wrong"),
        ("poor: no}, verdict: no", "rich: no}, verdict: no", "check.example_fact"),
        ("poor: no}, verdict: no", "poor: no}, offer: 甲, verdict: no", "check.example_offer"),
        ("poor: no}, verdict: no", "poor: no}, verdict: never", "check.example_shape"),
        ("amount: 一次性创业补贴每人5000元，只发一次。", "offer: 甲", "check.rule_amount_missing"),
    ],
)  # fmt: skip
def test_what_an_editor_should_mend_is_found(small, change, old, new, words):
    assert found(small) == {}
    change("startup-subsidy", old, new)
    file, line = found(small)[words]
    assert file == "policies/startup-subsidy.md"
    assert line > 1


def test_a_rule_with_too_few_examples_is_found(small, change):
    text = (small / "policies" / "startup-subsidy.md").read_text("utf-8")
    examples = text[text.index("examples:\n") : text.index("questions:\n")]
    change("startup-subsidy", examples, "\n".join(examples.splitlines()[:4]) + "\n")
    assert set(found(small)) == {"check.few_examples"}


def test_a_fact_without_a_question_or_a_rule_is_found(small):
    facts = small / "facts.yaml"
    facts.write_text(facts.read_text("utf-8") + "  shoes: {kind: yes_no, after: hat}\n", "utf-8")
    policies = read_policies(small, read_glossary(small).headings)
    words = {
        it.words for it in check_rules(small, policies) if it.facts["fact"] in ("shoes", "hat")
    }
    assert words == {"check.fact_without_words", "check.idle_fact", "check.rule_fact"}


def test_facts_that_cannot_be_read_are_told(small):
    facts = small / "facts.yaml"
    facts.write_text(facts.read_text("utf-8").replace("kind: date", "kind: day", 1), "utf-8")
    assert set(found(small)) == {"check.wrong_fact"}
    facts.write_text("facts: [", "utf-8")
    assert set(found(small)) == {"check.not_yaml"}


def test_content_without_facts_has_no_rules(small):
    (small / "facts.yaml").unlink()
    assert read_facts(small) == {}
    assert set(found(small)) == {"check.rule_fact", "check.example_fact"}
