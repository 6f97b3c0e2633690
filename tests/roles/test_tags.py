"""What the words of a tag mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.roles.patterns import KINDS
from tb_diagnose.roles.tags import parse_tag, words


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("Loss/train", "loss train"),
        ("epoch_val_acc", "epoch val acc"),
        ("Loss&Acc_trainLoss", "loss acc train loss"),
        ("metrics/mAP50-95(B)", "metrics map50 95 b"),
        ("lr-AdamW/pg1", "lr adamw pg1"),
        ("", ""),
    ),
)
def test_a_tag_is_cut_into_words(text: str, expected: str) -> None:
    assert " ".join(words(text)) == expected


@pytest.mark.parametrize(
    ("folder", "tag", "kind", "split", "part"),
    (
        ("train", "epoch_loss", "loss", "train", ""),
        ("validation", "evaluation_loss_vs_iterations", "noise", "validation", "vs iterations"),
        ("", "Loss/train", "loss", "train", ""),
        ("", "train/box_loss", "loss", "train", "box"),
        ("", "val/dfl_loss", "loss", "validation", "dfl"),
        ("losses_train", "losses", "loss", "train", ""),
        ("eval", "accuracy", "score", "validation", ""),
        ("", "train/value_loss", "value_loss", "train", ""),
        ("", "train/entropy_loss", "entropy_loss", "train", ""),
        ("", "losses/entropy", "entropy", "", ""),
        ("", "train/cross_entropy", "loss", "train", ""),
        ("", "lr-Adam", "learning_rate", "", "adam"),
        ("", "lr-SGD-momentum", "noise", "", "lr sgd"),
        ("", "grad_2.0_norm_total", "gradient_norm", "", "grad 2 0"),
        ("", "global_step/sec", "noise", "", "global"),
        ("", "Policy/Curiosity Reward", "reward_part", "", "policy"),
        ("", "hp_metric", "noise", "", ""),
        ("", "something/else", "", "", "something else"),
    ),
)
def test_words_say_kind_split_and_part(
    folder: str, tag: str, kind: str, split: str, part: str
) -> None:
    means = parse_tag(folder, tag)
    assert (means.kind, means.split) == (kind, split)
    if kind in ("loss", "score"):
        assert means.part == part


def test_the_folder_counts_before_the_tag() -> None:
    assert parse_tag("validation", "train_loss").split == "validation"
    assert parse_tag("runs/train/eval", "loss").split == "validation"


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_has_a_meaning(folder: str, tag: str) -> None:
    means = parse_tag(folder, tag)
    assert means.kind in {kind for kind, _ in KINDS} | {""}
    assert means.split in ("train", "validation", "")


@given(st.sampled_from(["Loss/train", "val_acc", "train/grad_norm", "Learning Rate"]))
def test_capitals_and_dividers_do_not_matter(tag: str) -> None:
    plain = parse_tag("", tag)
    for other in (tag.lower(), tag.replace("/", "_"), tag.replace("_", "/"), tag.replace(" ", "-")):
        assert (parse_tag("", other).kind, parse_tag("", other).split) == (plain.kind, plain.split)
