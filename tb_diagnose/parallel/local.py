"""One function over many items: in this process or over worker processes, always in order.

A run takes about a millisecond, no longer than it takes to hand it to a worker, and less where
several are done together: so several items go into one batch, and the function takes several. What
is left when it fails, or when a worker dies, is started again, the suspects one by one.
Over a Dask cluster: ``dask.py``.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
#: Takes items, and gives a result for each of them, in their order.
Work = Callable[[Sequence[T]], Iterable[R]]
#: What came of an item: a result, or the reason why there is none.
Answer = tuple[R | None, str]

#: Items of a batch at most; it is no more than a third of what is left for each worker either, so
#: that all of them end at about the same time, but no less than a 64th of a worker's share, which
#: is as near (chosen).
_MOST, _PARTS, _SHARE = 64, 3, 64
#: Items for which another worker pays (chosen: they take as long as it takes to start one).
_WORTH = 100


@dataclass
class Done(Generic[T, R]):
    """What came of one item: a result, or the reason why there is none.

    ``at`` is its place among the items.
    """

    item: T
    result: R | None = None
    failure: str = ""
    at: int = 0


def worker_count(items: int) -> int:
    """How many workers so many runs are worth: a core for each hundred, at least this process."""
    return max(1, min(os.cpu_count() or 1, items // _WORTH))


def spread(work: Work[T, R], items: Sequence[T], jobs: int = 1) -> Iterator[Done[T, R]]:
    """Do ``work`` on all items and yield what came of each, in their order.

    An item that fails, or whose worker dies, does not hinder the others. With more than one job,
    ``work``, items and results must be picklable.
    """
    for at, done in enumerate(_in_order(work, items, jobs)):
        done.at = at
        yield done


def _in_order(work: Work[T, R], items: Sequence[T], jobs: int) -> Iterator[Done[T, R]]:
    if jobs <= 1 or len(items) <= 1:
        for item, (result, failure) in zip(items, attempted(work, items), strict=True):
            yield Done(item, result, failure)
        return
    at = 0
    while at < len(items):
        for done in _until_broken(work, items[at:], jobs):
            at += 1
            yield done
        if at < len(items):
            # Which item killed a worker cannot be known among several: they get one, one by one.
            until = at + len(next(_batches(items[at:], jobs)))
            for done in _until_broken(work, items[at:until], 1, largest=1):
                at += 1
                yield done
            if at < until:
                why = "its worker process died, most likely for want of memory"
                yield Done(items[at], failure=why)
                at += 1


def attempted(work: Work[T, R], items: Sequence[T]) -> Iterator[Answer[R]]:
    """``work`` on some items, whatever comes of them."""
    at = 0
    while at < len(items):
        rest = items[at:]
        try:
            for _, result in zip(rest, work(rest), strict=True):
                yield result, ""
                at += 1
        except Exception as error:  # noqa: BLE001  one item's failure must not hinder the others
            # Which item it was cannot be known among several: the next one is done alone.
            yield (None, one_line(error)) if len(items) - at == 1 else _alone(work, items[at])
            at += 1


def _alone(work: Work[T, R], item: T) -> Answer[R]:
    try:
        (result,) = work([item])
    except Exception as error:  # noqa: BLE001  as above
        return None, one_line(error)
    return result, ""


def attempt_all(work: Work[T, R], items: Sequence[T]) -> list[Answer[R]]:
    """Answers about some items, for the way back to who knows the items."""
    return list(attempted(work, items))


def _batches(items: Sequence[T], jobs: int, largest: int = _MOST) -> Iterator[Sequence[T]]:
    """All items in order, in batches that become smaller towards the end."""
    at, least = 0, max(1, len(items) // (_SHARE * jobs))
    while at < len(items):
        size = min(largest, max(least, (len(items) - at) // (_PARTS * jobs)))
        yield items[at : at + size]
        at += size


def _until_broken(
    work: Work[T, R], items: Sequence[T], jobs: int, *, largest: int = _MOST
) -> Iterator[Done[T, R]]:
    """Items done in batches by one pool, until one of its workers dies."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    batches = list(_batches(items, jobs, largest))
    context = multiprocessing.get_context("fork" if _single() else "spawn")
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        min(jobs, len(batches)), mp_context=context, initializer=_end_with_the_parent
    )
    try:
        futures = [pool.submit(attempt_all, work, batch) for batch in batches]
        for batch, future in zip(batches, futures, strict=True):
            for item, (result, failure) in zip(batch, future.result(), strict=True):
                yield Done(item, result, failure)
    except BrokenProcessPool:
        return
    except BaseException:  # a signal, or nobody wants the rest: what workers do is in vain
        for worker in set(multiprocessing.active_children()) - others:
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _single() -> bool:
    """Whether this process may be forked, which spares each worker the start of a program.

    One with threads, such as TensorBoard's, may not: what they hold stays held in the worker.
    """
    return sys.platform == "linux" and threading.active_count() == 1


def _end_with_the_parent() -> None:
    """A worker ends at once by a signal, without a traceback, and when its parent has died.

    Control-C reaches every process of a terminal; a parent that was killed can tell nobody.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, signal.SIG_DFL)
    threading.Thread(target=_wait_for_the_parent, name="tb-diagnose-parent", daemon=True).start()


def _wait_for_the_parent() -> None:
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    if (parent := parent_process()) is not None:
        wait([parent.sentinel])
        os._exit(1)


def one_line(error: BaseException) -> str:
    """An error in one line."""
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
