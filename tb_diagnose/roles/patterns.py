"""The words of tags: which ones name what is measured, on which data, and how it was aggregated.

Collected from the sources of the frameworks and from public logs.
"""

from __future__ import annotations

from collections.abc import Iterable

TRAIN = frozenset("train training trn tr fit".split())
VALIDATION = frozenset("val valid validation eval evaluation dev test testing holdout".split())

#: Kind → the words or runs of words that name it. The first kind that matches wins, so that
#: "value loss" is a critic's loss before it is a loss. Collected from the frameworks' sources.
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "noise",
        (
            "per second",
            "runtime",
            "total flos",
            "fps",
            "sps",
            "sec",
            "seconds",
            "memory",
            "hp metric",
            "epoch time",
            "time elapsed",
            "iterations",
            "total timesteps",
            "n updates",
            "lesson",
            "grad scale",
            "loss scale",
            "hit count",
            "keep probability",
            "vs iterations",
            # Lightning's LearningRateMonitor: lr-SGD-momentum, lr-AdamW-weight_decay.
            "momentum",
            "weight decay",
        ),
    ),
    # What a policy is paid for exploring or imitating (Unity ML-Agents) is not what it earns.
    (
        "reward_part",
        (
            "extrinsic reward",
            "curiosity reward",
            "intrinsic reward",
            "gail reward",
            "rnd reward",
        ),
    ),
    (
        "reward",
        (
            "ep rew mean",
            "mean reward",
            "cumulative reward",
            "episode reward",
            "episodic return",
            "episodic return mean",
            "episode return",
            "mean episode reward",
            "average return",
            "average reward",
            "avg reward",
            "eval reward",
            "return",
            "score mean",
            "total reward",
            "reward mean",
            "reward",
            "avg return",
        ),
    ),
    ("success", ("success rate", "win rate", "success")),
    ("episode_length", ("ep len mean", "mean ep length", "episode length", "episodic length")),
    ("explained_variance", ("explained variance", "explained var")),
    ("kl", ("approx kl", "approxkl", "kl divergence policy", "mean kl", "old approx kl")),
    ("clip_fraction", ("clip fraction", "clipfrac")),
    ("entropy_loss", ("entropy loss",)),
    ("entropy", ("losses entropy", "policy entropy")),  # CleanRL: losses/entropy is no loss
    ("entropy_coefficient", ("ent coef", "ent coef loss", "alpha loss", "curiosity")),
    (
        "value_loss",
        (
            "value loss",
            "critic loss",
            "qf loss",
            "qf1 loss",
            "qf2 loss",
            "q loss",
            "td loss",
            "v loss",
            "td error",
        ),
    ),
    ("policy_loss", ("policy loss", "policy gradient loss", "actor loss", "pg loss")),
    (
        "generator_loss",
        (
            "generator loss",
            "gen loss",
            "g loss",
            "loss g",
            "err g",
            "loss gen",
            "loss generator",
            "lossg",
            "gloss",
            "errg",
        ),
    ),
    (
        "discriminator_loss",
        (
            "discriminator loss",
            "disc loss",
            "d loss",
            "loss d",
            "err d",
            "loss disc",
            "loss discriminator",
            "lossd",
            "dloss",
            "errd",
            "critic loss gan",
        ),
    ),
    (
        "gradient_norm",
        (
            "grad norm",
            "gradient norm",
            "gradnorm",
            "norm total",
            "global norm",
            "total norm",
            "gradients norm",
        ),
    ),
    (
        "learning_rate",
        (
            "learning rate",
            "learn rate",
            "lr",
            "learningrate",
            "learnrate",
            "base lr",
            "lr0",
            "lr1",
            "lr2",
            "pg0",
            "pg1",
            "pg2",
        ),
    ),
    (
        "loss",
        (
            "loss",
            "losses",
            "cost",
            "nll",
            "ce",
            "xent",
            "cross entropy",
            "crossentropy",
            "bce",
            "objective",
            "neg log likelihood",
            "energy",
            "elbo",
            "perplexity",
            "ppl",
            "trainloss",
            "valloss",
            "testloss",
        ),
    ),
    (
        "score",
        (
            "accuracy",
            "acc",
            "top1",
            "top5",
            "top 1",
            "top 5",
            "f1",
            "f1score",
            "auc",
            "roc auc",
            "precision",
            "recall",
            "map",
            "map50",
            "cocoap50",
            "ap",
            "miou",
            "iou",
            "dice",
            "bleu",
            "rouge",
            "rougel",
            "mcc",
            "kappa",
            "jaccard",
            "lcc",
            "srocc",
            "plcc",
            "r2",
            "r2 score",
            "r squared",
            "psnr",
            "ssim",
            "correct",
            "hit",
            "ndcg",
            "pck",
            "exact match",
        ),
    ),
    (
        "error",
        (
            "mae",
            "mse",
            "rmse",
            "error",
            "err",
            "wer",
            "cer",
            "mape",
            "rmsle",
            "fid",
            "mean squared error",
            "mean absolute error",
        ),
    ),
    ("entropy", ("entropy",)),
    ("epoch", ("epoch",)),
)

#: Words that say how a number was aggregated, not what it measures.
AGGREGATION = frozenset(
    "epoch step batch mean avg ave average total sum running smoothed iter iteration per the of 1"
    " metrics metric summary summaries scalar scalars charts losses training procedure".split()
)


#: Words of scores of which guessing is known whatever the task: the mean explains nothing, two that
#: guess agree no more often than by chance, and half of all pairs are in the right order.
GUESSED = {"r2": 0.0, "kappa": 0.0, "mcc": 0.0, "auc": 0.5, "roc": 0.5, "auroc": 0.5}


def guessed(words: Iterable[str]) -> float | None:
    """What guessing gives for the score that these words of a tag name, if that is known."""
    return next((GUESSED[word] for word in words if word in GUESSED), None)


def is_accuracy(tag: str) -> bool:
    """Whether a tag names an accuracy, which counts exact hits."""
    return "acc" in tag.lower()
