"""One function over many items: in this process or over worker processes, always in order.

Over a Dask cluster: ``dask.py``.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

#: So many items are handed to a worker at once, where there are plenty (measured: runs that take
#: milliseconds would wait for one another's messages).
_TOGETHER = 16
#: To start workers takes as long as so many runs do (measured: about a second).
_MANY = 300

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Done(Generic[T, R]):
    """What came of one item: a result, or the reason why there is none.

    ``at`` is its place among the items.
    """

    item: T
    result: R | None = None
    failure: str = ""
    at: int = 0


def paying(items: int) -> int:
    """How many worker processes pay for so many items of a few milliseconds each."""
    return os.cpu_count() or 1 if items >= _MANY else 1


def spread(work: Callable[[T], R], items: Sequence[T], jobs: int = 1) -> Iterator[Done[T, R]]:
    """Do ``work`` on every item and yield what came of it, in the order of the items.

    An item that fails, or whose worker dies, does not hinder the others. With more than one job,
    ``work``, items and results must be picklable; workers are started afresh, not forked, because
    the caller may hold threads.
    """
    for at, done in enumerate(_in_order(work, items, jobs)):
        yield replace(done, at=at)


def _in_order(work: Callable[[T], R], items: Sequence[T], jobs: int) -> Iterator[Done[T, R]]:
    if jobs <= 1 or len(items) <= 1:
        yield from (attempted(work, item) for item in items)
        return
    size = max(1, min(_TOGETHER, len(items) // (4 * jobs)))
    left = [items[at : at + size] for at in range(0, len(items), size)]
    while left:
        done = 0
        for each in _until_broken(work, left, jobs):
            done += 1
            yield from each
        left = left[done:]
        if left:
            yield from _one_by_one(work, left.pop(0))


def _one_by_one(work: Callable[[T], R], items: Sequence[T]) -> Iterator[Done[T, R]]:
    """Items of which one kills its worker: each has a worker of its own."""
    for item in items:
        done = next(_until_broken(work, [[item]], 1), None)
        lost = Done[T, R](item, failure="its worker process died, most likely for want of memory")
        yield done[0] if done else lost


def attempted(work: Callable[[T], R], item: T) -> Done[T, R]:
    """``work`` on one item, whatever comes of it."""
    try:
        return Done(item, work(item))
    except Exception as error:  # noqa: BLE001  one item's failure must not hinder the others
        return Done(item, failure=told(error))


def _all_attempted(work: Callable[[T], R], items: Sequence[T]) -> list[Done[T, R]]:
    return [attempted(work, item) for item in items]


def _until_broken(
    work: Callable[[T], R], parcels: Sequence[Sequence[T]], jobs: int
) -> Iterator[list[Done[T, R]]]:
    """Parcels of items done by one pool, until one of its workers dies.

    Which item killed the worker cannot be known among several.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        min(jobs, len(parcels)), mp_context=context, initializer=_end_when_interrupted
    )
    try:
        futures = [pool.submit(_all_attempted, work, parcel) for parcel in parcels]
        for future in futures:
            try:
                yield future.result()
            except BrokenProcessPool:
                return
    finally:
        pool.shutdown(cancel_futures=True)


def _end_when_interrupted() -> None:
    """Control-C reaches every process of a terminal: a worker ends at once, without a traceback."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def told(error: BaseException) -> str:
    """An error in one line."""
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
