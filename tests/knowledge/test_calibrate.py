from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.knowledge.calibrate import _cheapest, fit, judge
from bot.knowledge.decide import FEATURES, Calibration, chances, read_calibration, write_calibration
from bot.knowledge.learned import Vectors
from bot.knowledge.search import Search, spoken_examples
from bot.knowledge.subjects import Subject
from tests.knowledge.conftest import CONTENT

SUBJECTS = [
    Subject(
        "loan",
        "policy",
        ("贷款",),
        ("贷款十万",),
        ("贷款多少", "能贷多少钱", "借钱开店", "贷款利息", "借多少", "贷款条件"),
    ),
    Subject(
        "rent",
        "policy",
        ("房租",),
        ("房租三年",),
        ("房租补几年", "租金给多少", "门面租金", "租房开店", "租金补贴", "房租条件"),
    ),
    Subject(
        "weather",
        "decline",
        (),
        (),
        ("下雨吗", "今天热不热", "明天有雪", "刮风没", "天气咋样", "冷不冷"),
    ),
    Subject(
        "train",
        "decline",
        (),
        (),
        ("火车几点", "车票多少钱", "去北京的车", "公交几路", "飞机票", "汽车站"),
    ),
]


def letters_as_vectors(texts: Sequence[str]) -> Vectors:
    """Vectors good enough to tell the subjects apart: which of some characters a text holds."""
    signs = "贷借款息租房门雨天雪冷风车票公站"
    return np.array([[sign in text for sign in signs] for text in texts], np.float32)


def test_what_is_learned_names_the_right_subject():
    judged = judge(SUBJECTS, letters_as_vectors)
    is_policy = np.array([subject.kind == "policy" for subject in SUBJECTS])
    calibration = fit(judged, is_policy)
    search = Search(SUBJECTS, letters_as_vectors([text for _, text in spoken_examples(SUBJECTS)]))
    for text, at in (
        ("贷款能贷多少", 0),
        ("房租补多少", 1),
        ("明天下雨不", 2),
        ("去北京的火车票", 3),
    ):
        sight = search.with_meaning(search.see(text), letters_as_vectors([text])[0])
        assert chances(sight, is_policy, calibration).argmax() == at
        assert chances(search.see(text), is_policy, calibration).argmax() == at


def test_every_example_is_judged_without_itself_and_strange_ones_without_their_kind():
    judged = judge(SUBJECTS, letters_as_vectors)
    seen = [each.subject for each in judged]
    assert [seen.count(at) for at in range(4)] == [6, 6, 12, 12]


def test_weights_of_the_meaning_are_not_used_without_it():
    judged = judge(SUBJECTS, letters_as_vectors)
    calibration = fit(judged, np.array([True, True, False, False]))
    unused = [
        weight
        for name, weight in zip(FEATURES, calibration.letters, strict=True)
        if "meaning" in name
    ]
    assert unused == [0, 0, 0]


def test_every_bar_is_learned_and_without_need_nobody_is_asked_back():
    calibration = fit(judge(SUBJECTS, letters_as_vectors), np.array([True, True, False, False]))
    assert 0.2 <= calibration.unaided < 0.8
    assert calibration.offer == round(calibration.answer / 2, 2)
    is_policy = np.array([True, True, False])
    seen = np.array([[0.9, 0.1, 0.0], [0.3, 0.6, 0.1], [0.05, 0.05, 0.9]])
    assert _cheapest(seen, np.array([0, 1, 2]), is_policy) == 0.2
    assert _cheapest(seen, np.array([0, 0, 2]), is_policy) == 0.62


def test_a_calibration_is_kept_in_a_file(tmp_path):
    ones = tuple(float(at) for at in range(len(FEATURES)))
    kept = Calibration(ones, ones, 0.4, 0.3, 0.2, 0.9)
    write_calibration(tmp_path, kept, "how it came about")
    assert read_calibration(tmp_path) == kept


def test_chances_add_up_to_one_in_the_real_calibration():
    search = Search(SUBJECTS)
    is_policy = np.array([True, True, False, False])
    assert abs(chances(search.see("贷款"), is_policy, read_calibration(CONTENT)).sum() - 1) < 1e-6
