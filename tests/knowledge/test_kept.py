from __future__ import annotations

import os

import numpy as np

from bot.knowledge.kept import Arrays, Kept


class Learner:
    """Counts how often it had to learn."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Arrays:
        self.times += 1
        return {"weights": np.ones((2, 2), np.float32), "grams": np.array(["创业", "补"], "U2")}


def test_what_was_learned_of_the_same_content_is_not_learned_again(tmp_path):
    learner = Learner()
    first = Kept(tmp_path / "cache").arrays("wording", "a1", learner)
    again = Kept(tmp_path / "cache").arrays("wording", "a1", learner)
    assert learner.times == 1
    assert again["grams"].tolist() == ["创业", "补"]
    assert (again["weights"] == first["weights"]).all()


def test_another_content_is_learned(tmp_path):
    learner, kept = Learner(), Kept(tmp_path)
    kept.arrays("wording", "a1", learner)
    kept.arrays("wording", "b2", learner)
    kept.arrays("meaning", "b2", learner)
    assert learner.times == 3


def test_a_damaged_file_is_learned_again(tmp_path):
    learner, kept = Learner(), Kept(tmp_path)
    kept.arrays("wording", "a1", learner)
    [file] = tmp_path.iterdir()
    whole = file.read_bytes()
    for spoilt in (b"", b"no archive", whole[:-40], whole.replace(b"\x80?", b"\x80@", 1)):
        file.write_bytes(spoilt)
        told = kept.arrays("wording", "a1", learner)
        assert (told["weights"] == 1).all()
    assert learner.times == 5


def test_objects_are_never_read_from_a_file(tmp_path):
    learner = Learner()
    np.savez(tmp_path / "wording-a1.npz", weights=np.array([{"a": 1}], object), allow_pickle=True)
    Kept(tmp_path).arrays("wording", "a1", learner)
    assert learner.times == 1


def test_only_the_last_few_contents_are_kept(tmp_path):
    learner, kept = Learner(), Kept(tmp_path)
    for number in range(6):
        kept.arrays("wording", str(number), learner)
        os.utime(tmp_path / f"wording-{number}.npz", (number, number))
    assert sorted(it.name for it in tmp_path.iterdir()) == [
        f"wording-{number}.npz" for number in range(2, 6)
    ]


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path):
    (tmp_path / "cache").write_text("a file")
    learner = Learner()
    assert Kept(tmp_path / "cache").arrays("wording", "a1", learner)["weights"].size == 4
