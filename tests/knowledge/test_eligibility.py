"""The engine over the rules of the real policies: what it asks, and what it finds."""

from __future__ import annotations

import itertools
import random
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.knowledge.eligibility import Eligibility
from bot.knowledge.facts import UNKNOWN
from bot.knowledge.offers import Offer
from bot.knowledge.rules import Leaf, leaves, reasons, truth
from bot.knowledge.samples import samples
from bot.knowledge.texts import Texts
from dialogs.policy import Started
from tests.knowledge.conftest import CONTENT, TODAY

MOST_PATHS = 3000  # different walks through the questions of one policy


@cache
def engine() -> Eligibility:
    return Eligibility.open(CONTENT, Texts.read(CONTENT), lambda: TODAY)


POLICIES = list(dict.fromkeys(offer.policy.id for offer in engine().offers))
DAYS = ["2026-06", "2025", "2024-11", "2012-07-01"]
KEPT = {name: [*(fact.choices or DAYS), UNKNOWN] for name, fact in engine().facts.items()}
PEOPLE = st.fixed_dictionaries({name: st.sampled_from(kept) for name, kept in KEPT.items()})


def questioned(person: dict[str, str], policy: str | None) -> dict[str, str]:
    """What is known after every question that is asked."""
    known: dict[str, str] = {}
    while asked := engine().next_question(known, policy):
        assert asked.fact not in known
        known[asked.fact] = person[asked.fact]
    return known


def verdicts(known: dict[str, str]) -> list[bool | None]:
    someone = engine().person(known)
    return [someone.fits(offer.rule) for offer in engine().offers]


def facts_of(offer: Offer) -> list[str]:
    return list(dict.fromkeys(it.fact for it in leaves(offer.rule) if isinstance(it, Leaf)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PEOPLE)
def test_what_was_not_asked_would_have_changed_no_verdict(person):
    known = questioned(person, None)
    asked_all = engine().person(person)
    someone = engine().person(known)
    for offer in engine().offers:
        if engine()._judge.may_hold(offer.policy, TODAY):
            assert someone.fits(offer.rule) is asked_all.fits(offer.rule), offer.title


@settings(max_examples=60, deadline=None)
@given(PEOPLE, st.randoms())
def test_the_order_of_the_answers_never_changes_a_verdict(person, chance: random.Random):
    shuffled = list(person)
    chance.shuffle(shuffled)
    known: dict[str, str] = {}
    before = verdicts(known)
    for name in shuffled:
        known[name] = person[name]
        after = verdicts(known)
        settled = [was for was in zip(before, after, strict=True) if was[0] is not None]
        assert all(was is now for was, now in settled)  # what was decided stays decided
        before = after
    assert before == verdicts(person)


@cache
def may_change(at: int, name: str, known: tuple[tuple[str, str], ...]) -> bool:
    """Whether two answers to `name` can change the verdict on an offer, by the answers to come."""
    offer = engine().offers[at]
    values = engine().person(dict(known)).values
    free = [it for it in facts_of(offer) if it not in dict(known) and it != name]
    possible = [samples(engine().facts[it], [offer.rule], TODAY) for it in free]
    own = samples(engine().facts[name], [offer.rule], TODAY)
    for others in itertools.product(*possible):
        person = {**values, **dict(zip(free, others, strict=True))}
        if len({truth(offer.rule, {**person, name: value}, TODAY) for value in own}) > 1:
            return True
    return False


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PEOPLE)
def test_nothing_is_asked_that_can_change_no_verdict(person):
    known: dict[str, str] = {}
    while asked := engine().next_question(known, None):
        assert any(
            may_change(at, asked.fact, tuple((it, known[it]) for it in names if it in known))
            for at, offer in enumerate(engine().offers)
            if asked.fact in (names := facts_of(offer))
        ), (asked.fact, known)
        known[asked.fact] = person[asked.fact]


@pytest.mark.parametrize("policy", POLICIES)
def test_every_walk_through_the_questions_of_a_policy_ends_with_a_verdict(policy):
    seen: set[bool | None] = set()
    walks, ended = [{}], 0
    while walks:
        assert ended < MOST_PATHS, "too many to walk them all"
        known = walks.pop()
        asked = engine().next_question(known, policy)
        if asked is None:
            ended += 1
            verdict = engine().verdict(policy, known)
            seen.add(verdict)
            advice = engine().advise(known, policy)
            told = (*advice.likely, *advice.open, *advice.unlikely, *advice.over)
            assert told
            assert all(it.reasons for it in told)
        else:
            walks += [{**known, asked.fact: kept} for kept in KEPT[asked.fact]]
    assert {False, None} <= seen


@pytest.mark.parametrize("offer", engine().offers, ids=lambda offer: offer.title)
def test_every_condition_decides_for_somebody(offer):
    """Each leaf is the reason of some verdict, met and not met."""
    names = facts_of(offer)
    possible = [samples(engine().facts[name], [offer.rule], TODAY) for name in names]
    left = {(id(leaf), met) for leaf in leaves(offer.rule) if isinstance(leaf, Leaf)
            for met in (True, False)}  # fmt: skip
    for person in itertools.product(*possible):
        values = dict(zip(names, person, strict=True))
        for leaf in leaves(offer.rule):
            if (id(leaf), truth(leaf, values, TODAY)) in left:
                verdict = truth(offer.rule, values, TODAY)
                is_met = truth(leaf, values, TODAY)
                deciding = {id(it) for it in reasons(offer.rule, values, TODAY)}
                is_open = verdict is None  # the text leaves open what else may help
                if id(leaf) in deciding or is_open or (is_met and verdict):
                    left.discard((id(leaf), is_met))
        if not left:
            return
    assert not left


def test_what_settles_most_is_asked_first():
    assert engine().next_question({}, None).fact == "asker"
    employer = engine().next_question({"asker": "employer"}, None).fact
    assert employer in ("is_small", "hires_poor", "firm_kind")


def test_what_somebody_does_not_know_is_not_asked_again():
    known = {"asker": "person", "poor": UNKNOWN}
    while asked := engine().next_question(known, "startup-subsidy"):
        assert asked.fact != "poor"
        known[asked.fact] = KEPT[asked.fact][0]
    assert engine().verdict("startup-subsidy", known) in (None, False)


def test_a_policy_of_another_place_is_never_told_as_likely():
    for policy in ("social-insurance-subsidy-flexible", "graduate-jobseeker-subsidy"):
        best = {
            "asker": "person", "hardship": "yes", "work": "flexible", "pays_own": "yes",
            "graduate": "yes", "poor_student": "yes",
        }  # fmt: skip
        advice = engine().advise(best, policy)
        assert advice.likely == ()
        assert any("邢台" in reason for it in advice.open for reason in it.reasons)


def test_an_amount_is_cited_by_the_source_that_states_it():
    advice = engine().advise({"asker": "person", "work": "starting"}, "startup-loan")
    [loan] = advice.open
    assert "2019年2月起" in loan.amount
    assert loan.source.title != engine().advise({}, "startup-subsidy").open[0].source.title


@pytest.mark.parametrize(
    "said", ["我能领啥补贴", "我能享受什么政策", "看看我符合哪些", "俺这样的能享受啥待遇"]
)
async def test_who_asks_what_there_is_for_them_is_led_to_the_questions(library, said):
    assert isinstance(found := await library.find(said), Started)
    assert found.script == "benefits"


@pytest.mark.parametrize("said", ["我能领失业金吗", "就业困难人员能享受啥", "我能领雨露计划吗"])
async def test_who_names_a_policy_is_not_led_away(library, said):
    assert not isinstance(await library.find(said), Started)


def test_an_answer_knows_whether_it_can_be_worked_out_who_gets_it(library):
    assert library.show("startup-subsidy", "lead").has_rules
    assert not library.show("hotline-110", "lead").has_rules
