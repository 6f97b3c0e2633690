"""What is true of a log's steps, restarts and writers, in sentences with the cure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.run import Fact, Histograms, Series
from tb_diagnose.measure.medians import median
from tb_diagnose.read.sessions import cycles
from tb_diagnose.read.sessions.sessions import Restart, Session


def several_trainings(number: int, total: int) -> Fact:
    """That a folder holds ``total`` independent trainings, of which this is one."""
    message = (
        f"{total} independent trainings were logged to this folder and this is number {number} of "
        "them; give each training a folder of its own."
    )
    return Fact("several-trainings", message, "", {"number": number, "trainings": total})


def of_sessions(found: Sequence[Session]) -> Iterator[Fact]:
    """Restarts and overlaps (one fact for all folders that show the same), several writers."""
    restarts: dict[tuple[int, int], list[tuple[str, Restart]]] = {}
    for session in found:
        for restart in session.restarts:
            alike = restarts.setdefault((restart.first, restart.last), [])
            alike.append((session.folder, restart))
    for same in restarts.values():
        yield from _restart(same)
    for session in found:
        if session.beside:
            writers = len(session.beside) + 1
            message = (
                f"{writers} writers logged different curves to this folder; they are joined into "
                "one run."
            )
            yield Fact("several-writers", message, session.folder, {"writers": writers})


def _restart(same: Sequence[tuple[str, Restart]]) -> Iterator[Fact]:
    """One restart, as seen in one or several folders."""
    where, restart = same[0]
    first, last = restart.first, restart.last
    message = f"the training was resumed at step {first} when step {last} had been logged."
    yield Fact("restart", message, where, {"step": first, "last": last, "wall": restart.wall})
    dropped = sum(each.dropped for _, each in same)
    if dropped:
        # The first of the resumed steps may lie behind the last that was logged before.
        ends = sorted((first, last))
        steps = f"step {ends[0]} was" if first == last else f"steps {ends[0]} to {ends[1]} were"
        values = "value is" if dropped == 1 else "values are"
        message = (
            f"{steps} logged twice, as by a training that was resumed there; the {dropped} "
            f"superseded {values} left out."
        )
        yield Fact("overlap", message, where, {"first": first, "last": last, "dropped": dropped})


def of_curve(curve: Series | Histograms) -> Iterator[Fact]:
    """What is odd about the steps of one curve that belongs to one training."""
    moves = np.diff(curve.steps)
    if (moves > 0).all():
        return  # as nearly all are
    backs = np.flatnonzero(moves < 0) + 1
    if len(backs):
        lengths = np.diff([0, *backs])
        first = curve.steps[0]
        if len(backs) >= 2 and (curve.steps[backs] == first).all() and cycles.equal(lengths):
            yield _batch_indices(curve, len(backs) + 1, int(median(lengths)))
            return
        yield _backward(curve, backs.tolist())
    repeats = _repeats(curve, moves)
    if repeats:
        yield _repeated(curve, repeats)


def _repeats(curve: Series | Histograms, moves: NDArray[np.int64]) -> int:
    """How many points have the step of the point before them, but another value."""
    values = curve.mean if isinstance(curve, Histograms) else curve.values
    differ = (values[1:] != values[:-1]) & ~(np.isnan(values[1:]) & np.isnan(values[:-1]))
    return int(np.count_nonzero((moves == 0) & differ))


def _batch_indices(curve: Series | Histograms, times: int, length: int) -> Fact:
    message = (
        f"the steps of {curve.name} start again {times - 1} times, every {length} points: they "
        "number the batches of an epoch; log it with a global step that never starts again."
    )
    numbers = {"cycles": times, "length": length}
    return Fact("steps-are-batch-indices", message, curve.name, numbers)


def _backward(curve: Series | Histograms, backs: list[int]) -> Fact:
    step, before = int(curve.steps[backs[0]]), int(curve.steps[backs[0] - 1])
    times = "once" if len(backs) == 1 else f"{len(backs)} times"
    message = (
        f"the steps of {curve.name} go back {times}, first from {before} to {step}; log it with a "
        "step that only grows."
    )
    numbers = {"times": len(backs), "step": step, "before": before}
    return Fact("backward-steps", message, curve.name, numbers)


def _repeated(curve: Series | Histograms, repeats: int) -> Fact:
    distinct = len(np.unique(curve.steps))
    message = (
        f"{curve.name} has {len(curve)} points at {distinct} different steps: several values were "
        "logged under one step; log each with a step of its own, or each curve under its own tag."
    )
    numbers = {"points": len(curve), "steps": distinct, "repeats": repeats}
    return Fact("repeated-steps", message, curve.name, numbers)
