"""What the words of a tag mean: one vocabulary for all frameworks.

A tag is cut into words (``Loss/train`` → loss train; ``epoch_val_acc`` → epoch val acc), the
folder it was written to included. The words say three things: what is measured (its *kind*), on
which data (its *split*), and of which part of the model (what is left).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from tb_diagnose.roles.patterns import AGGREGATION, KINDS, TRAIN, VALIDATION


class TagInfo(NamedTuple):
    """What a curve's words say.

    Attributes:
        kind: a key of ``KINDS``, or ``""``.
        split: ``train``, ``validation`` or ``""``.
        part: what is left of the words: ``box`` of ``train/box_loss``; ``""`` for the total.
        words: the words themselves.
        because: the words that decided, for people.
    """

    kind: str
    split: str
    part: str
    words: tuple[str, ...]
    reason: str


@lru_cache(maxsize=65536)
def parse_tag(folder: str, tag: str) -> TagInfo:
    """Read a curve's folder (relative to its run) and tag."""
    place, name = words(folder), words(tag)
    if name and place[: len(name)] == name:  # add_scalars: the folder is the tag and a key
        key = place[len(name) :]
        place, name = key, key if _kind(key)[0] else name + key
    kind, run = _kind(name)
    split, said = _split(place, name)
    left = [w for w in name if w not in run and w not in TRAIN | VALIDATION | AGGREGATION]
    reason = " ".join(dict.fromkeys([*run, *said]))
    return TagInfo(kind, split, " ".join(left), tuple(name), reason)


def words(text: str) -> list[str]:
    """``Loss&Acc_trainLoss`` → loss acc train loss."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", text)
    return re.findall(r"[a-z]+\d*|\d+", apart.lower())


def _kind(name: list[str]) -> tuple[str, list[str]]:
    joined = f" {' '.join(name)} "
    for kind, phrases in KINDS:
        for phrase in sorted(phrases, key=len, reverse=True):
            if f" {phrase} " in joined:
                return kind, phrase.split()
    return "", []


def _split(place: list[str], name: list[str]) -> tuple[str, list[str]]:
    for source in (place[::-1], name):
        for word in source:
            if word in VALIDATION:
                return "validation", [word]
            if word in TRAIN:
                return "train", [word]
    return "", []
