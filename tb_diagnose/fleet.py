"""One function over many items: in this process or over worker processes, always in order.

A run takes a millisecond or two, no longer than it takes to hand it to a worker: so several items
go into one batch. What is left when a worker dies is begun anew, its suspects one by one.
Over a Dask cluster: ``dask.py``.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

#: Items of a batch at most, and batches for each worker at least (chosen: none waits long for
#: the last one).
_MOST, _EACH = 32, 8
#: Items for which another worker pays (chosen: they take as long as it takes to start one).
_WORTH = 100


@dataclass(frozen=True)
class Done(Generic[T, R]):
    """What came of one item: a result, or the reason why there is none.

    ``at`` is its place among the items.
    """

    item: T
    result: R | None = None
    failure: str = ""
    at: int = 0


def crew(items: int) -> int:
    """How many workers so many runs are worth: a core for each hundred, at least this process."""
    return max(1, min(os.cpu_count() or 1, items // _WORTH))


def spread(work: Callable[[T], R], items: Sequence[T], jobs: int = 1) -> Iterator[Done[T, R]]:
    """Do ``work`` on every item and yield what came of it, in the order of the items.

    An item that fails, or whose worker dies, does not hinder the others. With more than one job,
    ``work``, items and results must be picklable.
    """
    for at, done in enumerate(_in_order(work, items, jobs)):
        yield replace(done, at=at)


def _in_order(work: Callable[[T], R], items: Sequence[T], jobs: int) -> Iterator[Done[T, R]]:
    if jobs <= 1 or len(items) <= 1:
        yield from (attempted(work, item) for item in items)
        return
    size = max(1, min(_MOST, len(items) // (jobs * _EACH)))
    at = 0
    while at < len(items):
        for done in _until_broken(work, items[at:], jobs, size):
            at += 1
            yield done
        if at < len(items):
            # Which item killed a worker cannot be known among several: they get one, one by one.
            until = min(at + size, len(items))
            for done in _until_broken(work, items[at:until], 1, 1):
                at += 1
                yield done
            if at < until:
                why = "its worker process died, most likely for want of memory"
                yield Done(items[at], failure=why)
                at += 1


def attempted(work: Callable[[T], R], item: T) -> Done[T, R]:
    """``work`` on one item, whatever comes of it."""
    try:
        return Done(item, work(item))
    except Exception as error:  # noqa: BLE001  one item's failure must not hinder the others
        return Done(item, failure=told(error))


def _batch(work: Callable[[T], R], items: Sequence[T]) -> list[tuple[R | None, str]]:
    """Results and failures of some items, for the way back to who knows the items."""
    done = (attempted(work, item) for item in items)
    return [(each.result, each.failure) for each in done]


def _until_broken(
    work: Callable[[T], R], items: Sequence[T], jobs: int, size: int
) -> Iterator[Done[T, R]]:
    """Items done in batches of ``size`` by one pool, until one of its workers dies."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    batches = [items[at : at + size] for at in range(0, len(items), size)]
    context = multiprocessing.get_context("fork" if _alone() else "spawn")
    pool = ProcessPoolExecutor(
        min(jobs, len(batches)), mp_context=context, initializer=_end_when_interrupted
    )
    try:
        futures = [pool.submit(_batch, work, batch) for batch in batches]
        for batch, future in zip(batches, futures, strict=True):
            for item, (result, failure) in zip(batch, future.result(), strict=True):
                yield Done(item, result, failure)
    except BrokenProcessPool:
        return
    finally:
        pool.shutdown(cancel_futures=True)


def _alone() -> bool:
    """Whether this process may be forked, which spares each worker the start of a program.

    One with threads, such as TensorBoard's, may not: what they hold stays held in the worker.
    """
    return sys.platform == "linux" and threading.active_count() == 1


def _end_when_interrupted() -> None:
    """Control-C reaches every process of a terminal: a worker ends at once, without a traceback."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def told(error: BaseException) -> str:
    """An error in one line."""
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
