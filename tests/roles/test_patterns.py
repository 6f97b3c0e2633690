"""What tags are told by, beside the kinds that ``test_tags.py`` goes through."""

from __future__ import annotations

import pytest

from tb_diagnose.roles.patterns import is_accuracy


@pytest.mark.parametrize("tag", ("epoch_accuracy", "Val/Acc", "sparse_categorical_accuracy"))
def test_an_accuracy_is_known_by_its_tag(tag: str) -> None:
    assert is_accuracy(tag)


@pytest.mark.parametrize("tag", ("epoch_f1", "auc", "loss"))
def test_another_score_is_none(tag: str) -> None:
    assert not is_accuracy(tag)
