"""Which framework wrote a log."""

from __future__ import annotations

import pytest

from tb_diagnose.roles.frameworks import framework
from tests.cases import compiled, curve, dense_model, run


@pytest.mark.parametrize(
    ("expected", "tags"),
    (
        ("Keras", "epoch_loss epoch_lr"),
        ("Keras", "evaluation_loss_vs_iterations"),
        ("Stable-Baselines3", "train/loss rollout/ep_rew_mean"),
        ("Unity ML-Agents", "Environment/Cumulative Reward"),
        ("CleanRL", "charts/SPS losses/value_loss"),
        ("YOLO", "train/box_loss metrics/mAP_0.5"),
        ("YOLO", "train/box_loss metrics/mAP50(B)"),
        ("TensorFlow Estimator", "loss global_step/sec"),
        ("Lightning", "train_loss_step train_loss_epoch"),
        ("Lightning", "loss hp_metric"),
        ("tf.summary v1 or tensorboardX", "loss"),
        ("tf.summary v1 or tensorboardX", ""),
    ),
)
def test_tags_tell_the_framework(expected: str, tags: str) -> None:
    names = [tags] if "Environment" in tags else tags.split()
    assert framework(run(*[curve([1.0], name, "") for name in names])) == expected


@pytest.mark.parametrize(
    ("expected", "writer"),
    (
        ("tf.summary", "tensorflow.core.util.events_writer"),
        ("PyTorch SummaryWriter", "tensorboard.summary.writer.event_file_writer"),
    ),
)
def test_the_writer_tells_where_tags_do_not(expected: str, writer: str) -> None:
    assert framework(run(curve([1.0], "loss", ""), writer=writer)) == expected


def test_a_model_configuration_tells_keras_3_from_older_ones() -> None:
    assert framework(run(model=dense_model(optimizer=compiled()))) == "Keras 3"
    assert framework(run(model=dense_model(loss=""))) == "Keras"


def test_the_trainer_of_hugging_face_writes_its_arguments() -> None:
    assert framework(run(texts={"args/text_summary": "{}"})) == "Hugging Face Trainer"
