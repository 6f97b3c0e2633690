"""One function over many items: in this process or over worker processes, always in order.

Over a Dask cluster: ``dask.py``.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

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
    left = list(items)
    while left:
        done = 0
        for each in _until_broken(work, left, jobs):
            done += 1
            yield each
        left = left[done:]
        if left:
            yield from _until_broken(work, left[:1], 1, alone=True)
            left = left[1:]


def attempted(work: Callable[[T], R], item: T) -> Done[T, R]:
    """``work`` on one item, whatever comes of it."""
    try:
        return Done(item, work(item))
    except Exception as error:  # noqa: BLE001  one item's failure must not hinder the others
        return Done(item, failure=told(error))


def _until_broken(
    work: Callable[[T], R], items: Sequence[T], jobs: int, *, alone: bool = False
) -> Iterator[Done[T, R]]:
    """Items done by one pool, until one of its workers dies.

    Which item killed the worker cannot be known among several, so the caller gives the first
    unfinished one a worker of its own: ``alone``, its death is the item's failure.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        min(jobs, len(items)), mp_context=context, initializer=_end_when_interrupted
    )
    try:
        futures = [pool.submit(attempted, work, item) for item in items]
        for item, future in zip(items, futures, strict=True):
            try:
                yield future.result()
            except BrokenProcessPool:
                if not alone:
                    return
                yield Done(item, failure="its worker process died, most likely for want of memory")
    finally:
        pool.shutdown(cancel_futures=True)


def _end_when_interrupted() -> None:
    """Control-C reaches every process of a terminal: a worker ends at once, without a traceback."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def told(error: BaseException) -> str:
    """An error in one line."""
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
