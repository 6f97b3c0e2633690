"""The logs of trainers: Lightning, Hugging Face, Ultralytics' classifiers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from trainings.logs.events import EventFile, simple, text
from trainings.logs.hparams import session
from trainings.logs.told import Told
from trainings.plan import Array

_LIGHTNING_NAMES = (
    ("train_loss", "val_loss", "train_{}", "val_{}"),
    ("train/loss", "val/loss", "train/{}", "val/{}"),
    ("loss", "val_loss", "{}", "val_{}"),
)


def _file(folder: Path, told: Told) -> EventFile:
    name = f"events.out.tfevents.{int(told.begin)}.host.{1000 + told.number}.0"
    return EventFile(folder / name, told.begin, told.writer)


def write_lightning(folder: Path, told: Told) -> None:
    """As ``self.log`` with ``on_step`` and ``on_epoch``, each time with the epoch beside it."""
    file = _file(folder, told)
    file.add(0, told.begin, [simple("hp_metric", -1)])
    session(file, told.plan, told.begin, told.wall(len(told.record.loss)))
    loss, val_loss, score, val_score = _LIGHTNING_NAMES[told.style.names % 3]
    metric = {"accuracy": "acc"}.get(told.metric, told.metric)
    steps, record, every = told.plan.steps, told.record, told.style.every
    for epoch in told.span:
        begin, end = epoch * steps, (epoch + 1) * steps
        for step in range(begin, end) if every and told.style.training else ():
            if (step + 1) % every == 0:
                suffix = "_step" if told.style.names < 3 else ""
                values = {loss + suffix: record.loss[step], "epoch": epoch}
                _add(file, told, step, values)
                if told.style.rate:
                    rate = {f"lr-{told.plan.optimizer.capitalize()}": record.rate[step]}
                    _add(file, told, step, rate)
        if told.validated(epoch):
            values = {val_loss: record.val_loss[epoch]}
            if told.style.score:
                values[val_score.format(metric)] = record.val_score[epoch]
            _add(file, told, end - 1, {**values, "epoch": epoch})
        if told.style.training and (not every or told.style.names < 3):
            suffix = "_epoch" if every else ""
            values = {loss + suffix: record.epochs(record.loss)[epoch]}
            if told.style.score:
                values[score.format(metric) + suffix] = record.epochs(record.score)[epoch]
            _add(file, told, end - 1, {**values, "epoch": epoch})
    file.close()


def write_huggingface(folder: Path, told: Told) -> None:
    """As ``Trainer`` does: means between logs with NaN filtered, evaluation after each epoch."""
    file = _file(folder, told)
    plan, record, total = told.plan, told.record, len(told.record.loss)
    arguments = {"learning_rate": plan.rate, "optim": "adamw_torch",
                 "per_device_train_batch_size": plan.batch,
                 "num_train_epochs": plan.epochs, "max_grad_norm": plan.clip,
                 "lr_scheduler_type": plan.schedule[0], "logging_nan_inf_filter": True}  # fmt: skip
    file.add(0, told.begin, [text("args/text_summary", json.dumps(arguments, indent=2))])
    every = told.style.every or max(1, total // 20)
    losses = _filtered(record.loss, every)
    for epoch in told.span:
        done = (epoch + 1) * plan.steps
        for step in range(epoch * plan.steps + 1, done + 1):
            if step % every == 0:
                values = {"train/loss": losses[step // every - 1],
                          "train/grad_norm": record.norm[step - 1],
                          "train/learning_rate": record.rate[min(step, total - 1)],
                          "train/epoch": step / plan.steps}  # fmt: skip
                _add(file, told, step, values)
        if told.validated(epoch):
            values = {"eval/loss": record.val_loss[epoch]}
            if told.style.score:
                values[f"eval/{told.metric}"] = record.val_score[epoch]
            values |= {"eval/runtime": 0.2, "eval/samples_per_second": 1000.0,
                       "eval/steps_per_second": 32.0, "train/epoch": epoch + 1.0}  # fmt: skip
            _add(file, told, done, values)
    if told.span.stop == plan.epochs:
        mean = float(np.nanmean(losses)) if np.isfinite(losses).any() else 0.0
        _add(file, told, total, {"train/train_runtime": told.style.pace * total,
                                 "train/train_loss": mean})  # fmt: skip
    file.close()


def _filtered(loss: Array, every: int) -> Array:
    """Means over ``every`` steps; a loss that is not finite counts as the mean so far.

    Where none was finite since the last log the mean is 0, as the trainer has it.
    """
    means = []
    for begin in range(0, len(loss) - every + 1, every):
        total = 0.0
        for count, value in enumerate(loss[begin : begin + every], start=1):
            total += value if np.isfinite(value) else total / count
        means.append(round(total / every, 4))
    return np.array(means)


def write_ultralytics(folder: Path, told: Told) -> None:
    """As its classifiers are logged: an event for each value, epochs counted from 1."""
    file = _file(folder, told)
    record = told.record
    loss = record.epochs(record.loss)
    for epoch in told.span:
        rate = record.rate[(epoch + 1) * told.plan.steps - 1]
        values = {"train/loss": loss[epoch], **{f"lr/pg{group}": rate for group in range(3)}}
        if told.validated(epoch):
            values |= {"metrics/accuracy_top1": record.val_score[epoch],
                       "metrics/accuracy_top5": 1.0,
                       "val/loss": record.val_loss[epoch]}  # fmt: skip
        _add(file, told, epoch + 1, values, (epoch + 1) * told.plan.steps)
    file.close()


def _add(
    file: EventFile, told: Told, step: int, values: dict[str, float], at: int | None = None
) -> None:
    for tag, value in values.items():
        file.add(step, told.wall(step if at is None else at), [simple(tag, value)])
