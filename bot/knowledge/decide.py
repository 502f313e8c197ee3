"""How sure we are: the chance of every subject, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from bot.knowledge.bm25 import Scores
from bot.knowledge.search import Sight

Chances = NDArray[np.float64]

FEATURES = (
    "letters_of_sentence",  # how much of the sentence the subject holds
    "letters_of_best",
    "sound_of_best",
    "named",  # how long a name of the subject the sentence holds
    "wording",
    "wording_of_best",
    "meaning",
    "meaning_of_best",
    "meaning_nearest",
    "elsewhere",  # the subject is no policy
    "elsewhere_wording",
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the features and the chances from which we answer, learned by `calibrate`."""

    letters: tuple[float, ...]  # without the meaning view
    meaning: tuple[float, ...]  # with it
    answer: float  # from this chance on we answer
    unaided: float  # the same where there is no meaning view
    offer: float  # from this chance on we offer titles to choose from
    sure: float  # from this chance on the meaning view is not asked


def read_calibration(content: Path) -> Calibration:
    """The floats of content/calibration.yaml."""
    written = (content / "calibration.yaml").read_text(encoding="utf-8")
    raw = yaml.load(written, yaml.CSafeLoader)

    def weights(name: str) -> tuple[float, ...]:
        return tuple(float(raw[name][feature]) for feature in FEATURES)

    return Calibration(
        weights("letters"), weights("meaning"),
        float(raw["answer"]), float(raw["unaided"]), float(raw["offer"]), float(raw["sure"]),
    )  # fmt: skip


def write_calibration(content: Path, calibration: Calibration, note: str) -> None:
    """Keep `calibration` with a comment that says where it comes from."""

    def named(weights: tuple[float, ...]) -> Mapping[str, float]:
        return {name: round(weight, 3) for name, weight in zip(FEATURES, weights, strict=True)}

    fields = {
        "answer": calibration.answer,
        "unaided": calibration.unaided,
        "offer": calibration.offer,
        "sure": calibration.sure,
        "letters": named(calibration.letters),
        "meaning": named(calibration.meaning),
    }
    text = yaml.safe_dump(fields, sort_keys=False)
    comment = "".join(f"# {line}".rstrip() + "\n" for line in note.splitlines())
    (content / "calibration.yaml").write_text(comment + text, encoding="utf-8")


def features(sight: Sight, is_policy: NDArray[np.bool_]) -> Chances:
    """One row of features for every subject."""
    views = sight.views
    letters, sound, wording = views["letters"], views["sound"], views.get("wording")
    seen = np.zeros((len(is_policy), len(FEATURES)))
    seen[:, 0] = letters / max(sight.weight, 1e-6)
    seen[:, 1] = _of_best(letters)
    seen[:, 2] = _of_best(sound)
    seen[:, 3] = views["names"]
    seen[:, 9] = ~is_policy
    if wording is not None:
        seen[:, 4] = wording
        seen[:, 5] = _of_best(wording)
        seen[:, 10] = seen[:, 9] * wording
    if "meaning" in views:
        seen[:, 6] = views["meaning"]
        seen[:, 7] = _of_best(views["meaning"])
        seen[:, 8] = views["meaning_nearest"]
    return seen


def chances(sight: Sight, is_policy: NDArray[np.bool_], calibration: Calibration) -> Chances:
    """The chance of every subject to be what is meant; together 1."""
    with_meaning = "meaning" in sight.views
    weights = calibration.meaning if with_meaning else calibration.letters
    return softmax(features(sight, is_policy) @ np.array(weights))


def clearest(readings: Sequence[Chances]) -> Chances:
    """The chances of a message by the reading that leaves least doubt."""
    return max(readings, key=lambda chances: float(chances.max()))


def pooled(readings: Sequence[Chances]) -> Chances:
    """The chances of a message by all its readings: what one of them rules out is out."""
    return softmax(np.mean([np.log(chances + 1e-12) for chances in readings], axis=0))


def softmax(scores: Chances) -> Chances:
    """Scores as chances, over the last axis."""
    grown: Chances = np.exp(scores - scores.max(axis=-1, keepdims=True))
    grown /= grown.sum(axis=-1, keepdims=True)
    return grown


def _of_best(scores: Scores) -> Scores:
    best: Scores = scores / max(float(scores.max(initial=0)), 1e-6)
    return best
