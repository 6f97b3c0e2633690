"""Which framework wrote a log: a guess from its tags, texts and writer."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from tb_diagnose.core.run import Run

#: Framework → a tag (or the start of one) that only it writes. The first that is there wins.
SIGNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Keras", ("epoch_loss", "batch_loss", "evaluation_loss_vs")),
    ("Stable-Baselines3", ("rollout/ep_", "train/clip_range", "train/n_updates")),
    ("Unity ML-Agents", ("Environment/Cumulative Reward", "Policy/Extrinsic")),
    ("CleanRL", ("charts/episodic_return", "charts/SPS")),
    ("YOLO", ("metrics/mAP", "metrics/mAP50(B)")),
    ("TensorFlow Estimator", ("global_step/sec",)),
    ("Lightning", ("hp_metric", "lr-Adam", "lr-SGD", "train_loss_step", "train_loss_epoch")),
)
#: What attach says of the framework, and its name.
ATTACHED = {
    "tf": "tf.summary",
    "torch": "PyTorch SummaryWriter",
    "lightning": "Lightning",
    "hugging_face": "Hugging Face Trainer",
}


def framework(run: Run) -> str:
    """``Keras 3``, ``PyTorch SummaryWriter``, …; never empty."""
    if run.model is not None and run.model.framework != "keras":
        return ATTACHED.get(run.model.framework, "PyTorch")
    if run.model is not None:
        return "Keras 3" if run.model.optimizer or run.model.losses else "Keras"
    signed = _signed(frozenset(series.tag for series in run.scalars))
    if signed == "Keras":
        return signed
    if "args/text_summary" in run.texts:
        return "Hugging Face Trainer"
    if signed:
        return signed
    if "tensorflow" in run.writer:
        return "tf.summary"
    if "tensorboard.summary.writer" in run.writer:
        return "PyTorch SummaryWriter"
    return "tf.summary v1 or tensorboardX"


@lru_cache(maxsize=16)
def _signed(tags: frozenset[str]) -> str:
    """The framework whose sign a tag is, or ``""``; a thousand runs of a search have one answer."""
    found = (name for name, signs in SIGNS if any(tag.startswith(signs) for tag in tags))
    return next(found, "")


class Framework(Enum):
    """In whose words code is suggested."""

    KERAS = "Keras"
    TENSORFLOW = "a TensorFlow loop"
    TORCH = "PyTorch"
    LIGHTNING = "Lightning"
    HUGGING_FACE = "the Hugging Face Trainer"
    ULTRALYTICS = "Ultralytics"
    STABLE_BASELINES3 = "Stable-Baselines3"
    UNKNOWN = "an unknown writer"


#: What `framework` calls the writer of a log → the framework.
WRITERS = {
    "Keras": Framework.KERAS,
    "Keras 3": Framework.KERAS,
    "Stable-Baselines3": Framework.STABLE_BASELINES3,
    "CleanRL": Framework.TORCH,
    "YOLO": Framework.ULTRALYTICS,
    "TensorFlow Estimator": Framework.TENSORFLOW,
    "tf.summary": Framework.TENSORFLOW,
    "Lightning": Framework.LIGHTNING,
    "Hugging Face Trainer": Framework.HUGGING_FACE,
    "PyTorch SummaryWriter": Framework.TORCH,
}


def dialect(writer: str) -> Framework:
    """The framework that wrote a log, from what ``framework`` calls it."""
    return WRITERS.get(writer, Framework.UNKNOWN)
