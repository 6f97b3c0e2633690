"""Which framework wrote a log: a guess from its tags, texts and writer."""

from __future__ import annotations

from tb_diagnose.runs import Run

#: Framework → a tag (or the start of one) that only it writes. The first that is there wins.
SIGNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Stable-Baselines3", ("rollout/ep_", "train/clip_range", "train/n_updates")),
    ("Unity ML-Agents", ("Environment/Cumulative Reward", "Policy/Extrinsic")),
    ("CleanRL", ("charts/episodic_return", "charts/SPS")),
    ("YOLO", ("metrics/mAP", "metrics/mAP50(B)")),
    ("TensorFlow Estimator", ("global_step/sec",)),
    ("Lightning", ("hp_metric", "lr-Adam", "lr-SGD", "train_loss_step", "train_loss_epoch")),
)


def framework(run: Run) -> str:
    """``Keras 3``, ``PyTorch SummaryWriter``, …; never empty."""
    tags = [series.tag for series in run.scalars]
    if run.model is not None:
        return "Keras 3" if run.model.optimizer or run.model.losses else "Keras"
    if any(tag.startswith(("epoch_loss", "batch_loss", "evaluation_loss_vs")) for tag in tags):
        return "Keras"
    if "args/text_summary" in run.texts:
        return "Hugging Face Trainer"
    for name, signs in SIGNS:
        if any(tag.startswith(signs) for tag in tags):
            return name
    if "tensorflow" in run.writer:
        return "tf.summary"
    if "tensorboard.summary.writer" in run.writer:
        return "PyTorch SummaryWriter"
    return "tf.summary v1 or tensorboardX"
