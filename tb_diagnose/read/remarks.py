"""What is true of a log's steps, restarts and writers, in sentences with the cure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tb_diagnose.read import cycles
from tb_diagnose.read.sessions import Session
from tb_diagnose.read.tracks import Part
from tb_diagnose.runs import Fact, Histograms, Series


def place(part: Part) -> str:
    """The file's name relative to the run."""
    stretch = part.stretch
    return f"{stretch.folder}/{stretch.file}" if stretch.folder else stretch.file


def several_trainings(number: int, total: int) -> Fact:
    """That a folder holds ``total`` independent trainings, of which this is one."""
    says = (
        f"{total} independent trainings were logged to this folder and this is number {number} of "
        "them; give each training a folder of its own."
    )
    return Fact("several-trainings", says, "", {"number": number, "trainings": total})


def of_sessions(found: Sequence[Session]) -> Iterator[Fact]:
    """Restarts (one fact for all folders that show it), overlaps, and several writers."""
    told: set[tuple[str, int]] = set()
    for session in found:
        for restart in session.restarts:
            if ("restart", restart.first) not in told:
                told.add(("restart", restart.first))
                says = (
                    f"the training was resumed at step {restart.first} after step {restart.last} "
                    "had been logged."
                )
                numbers = {"step": restart.first, "last": restart.last, "wall": restart.wall}
                yield Fact("restart", says, session.folder, numbers)
            if restart.dropped:
                yield _overlap(session, restart.first, restart.last, restart.dropped)
        if session.beside:
            says = (
                f"{len(session.beside) + 1} writers logged different curves to this folder at the "
                "same time; they are joined into one run."
            )
            yield Fact(
                "several-writers", says, session.folder, {"writers": len(session.beside) + 1}
            )


def _overlap(session: Session, first: int, last: int, dropped: int) -> Fact:
    says = (
        f"steps {first} to {last} were logged twice because the training was resumed there; the "
        f"{dropped} superseded values are left out."
    )
    numbers = {"first": first, "last": last, "dropped": dropped}
    return Fact("overlap", says, session.folder, numbers)


def of_curve(curve: Series | Histograms) -> Iterator[Fact]:
    """What is odd about the steps of one curve that belongs to one training."""
    moves = np.diff(curve.steps)
    backs = np.flatnonzero(moves < 0) + 1
    repeats = int(np.count_nonzero(moves == 0))
    if len(backs):
        lengths = np.diff([0, *backs])
        first = curve.steps[0]
        if len(backs) >= 2 and np.all(curve.steps[backs] == first) and cycles.equal(lengths):
            yield _batch_indices(curve, len(backs) + 1, int(np.median(lengths)))
            return
        yield _backward(curve, backs.tolist())
    if repeats:
        yield _repeated(curve, repeats)


def _batch_indices(curve: Series | Histograms, times: int, length: int) -> Fact:
    says = (
        f"the steps of {curve.name} start again {times - 1} times, every {length} points: they "
        "number the batches of an epoch; log it with a global step that never starts again."
    )
    numbers = {"cycles": times, "length": length}
    return Fact("steps-are-batch-indices", says, curve.name, numbers)


def _backward(curve: Series | Histograms, backs: list[int]) -> Fact:
    step, before = int(curve.steps[backs[0]]), int(curve.steps[backs[0] - 1])
    times = "once" if len(backs) == 1 else f"{len(backs)} times"
    says = (
        f"the steps of {curve.name} go back {times}, first from {before} to {step}; log it with a "
        "step that only grows."
    )
    numbers = {"times": len(backs), "step": step, "before": before}
    return Fact("backward-steps", says, curve.name, numbers)


def _repeated(curve: Series | Histograms, repeats: int) -> Fact:
    distinct = len(np.unique(curve.steps))
    says = (
        f"{curve.name} has {len(curve)} points at {distinct} different steps: several values were "
        "logged under one step; log each with a step of its own, or each curve under its own tag."
    )
    numbers = {"points": len(curve), "steps": distinct, "repeats": repeats}
    return Fact("repeated-steps", says, curve.name, numbers)
