"""One function over many items on a Dask cluster, told as they finish.

The scheduler of a cluster handles about a thousand tasks a second, and a run takes some
milliseconds: so several items go into one task. Only as many tasks are under way as keep the
workers busy: neither the scheduler nor this process ever holds more than those. Dask gives the
tasks of a lost worker to others; the items of a task that lost several of them are tried again one
by one, to find the one that does it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from tb_diagnose.parallel.local import Answer, Done, Work, attempt_all, one_line

T = TypeVar("T")
R = TypeVar("R")
#: Numbers of the items that go into each task.
_Batches = deque[Sequence[int]]

#: Items of a task at most (chosen: fifty runs take about half a second, a task itself 1 ms).
_MOST = 50
#: Tasks under way for each thread of the workers: one runs, the others wait at hand.
_AHEAD = 3
#: Seconds to wait for the scheduler, and for its first worker.
_PATIENCE = 20


class NoCluster(Exception):
    """There is no Dask cluster that could do the work: one sentence with the cure."""


def spread(work: Work[T, R], items: Sequence[T], address: str) -> Iterator[Done[T, R]]:
    """Do ``work`` on all items and yield what came of each, in the order in which they finish.

    ``work``, items and results must be picklable, and the cluster must have this package. An item
    that fails, or that ends the workers it is given to, does not hinder the others. Raises
    NoCluster where none can do it at ``address``, such as ``tcp://10.0.0.1:8786``.
    """
    client = _client(address)
    try:
        threads = max(1, sum(client.nthreads().values()))
        yield from _through(client, work, items, _AHEAD * threads)
    except Exception as error:  # whatever goes wrong with an item is already told of
        raise NoCluster(
            f"the Dask cluster at {address} cannot do this work ({one_line(error)}); "
            "install the same tb-diagnose on its scheduler and workers"
        ) from error
    finally:
        client.close()


def _through(client: Any, work: Work[T, R], items: Sequence[T], room: int) -> Iterator[Done[T, R]]:
    """All items in batches, as many at once as there is ``room``; suspects alone, at the end.

    Dask cannot tell which task ended a worker from those that waited there with it.
    """
    suspects: list[int] = []
    size = max(1, min(_MOST, len(items) // room))
    for batch, answers in _answered(client, work, items, _batches(len(items), size), room):
        if answers is None:
            suspects += batch
            continue
        for at, (result, failure) in zip(batch, answers, strict=True):
            yield Done(items[at], result, failure, at)
    for (at,), answers in _answered(client, work, items, deque([at] for at in suspects), 1):
        fatal = None, "it ended one worker after another, most likely for want of memory"
        result, failure = answers[0] if answers else fatal
        yield Done(items[at], result, failure, at)


def _answered(
    client: Any,
    work: Work[T, R],
    items: Sequence[T],
    waiting: _Batches,
    room: int,
) -> Iterator[tuple[Sequence[int], list[Answer[R]] | None]]:
    """Each batch as it finishes, with its answers; None for one that lost its workers."""
    from distributed import KilledWorker, as_completed  # noqa: PLC0415  comes with an extra

    under_way: dict[Any, Sequence[int]] = {}
    finished = as_completed(loop=client.loop)
    while waiting or under_way:
        while waiting and len(under_way) < room:
            batch = waiting.popleft()
            future = client.submit(attempt_all, work, [items[at] for at in batch], pure=False)
            under_way[future] = batch
            finished.add(future)
        future = next(finished)
        batch = under_way.pop(future)
        try:
            answers = future.result()
        except KilledWorker:
            answers = None
        yield batch, answers


def _batches(count: int, size: int) -> _Batches:
    """The numbers below ``count``, ``size`` together."""
    return deque(range(first, min(first + size, count)) for first in range(0, count, size))


def _client(address: str) -> Any:
    try:
        from distributed import Client  # noqa: PLC0415  comes with an extra
    except ImportError as error:
        raise NoCluster(
            "working on a Dask cluster needs the package distributed, which is missing; "
            "install it with: pip install 'tb-diagnose[dask]'"
        ) from error
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoCluster(
            f"no Dask scheduler answers at {address}; start one with 'dask scheduler' "
            "and give the address that it prints"
        ) from error
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        client.close()
        raise NoCluster(
            f"the Dask scheduler at {address} has no worker; start one with 'dask worker {address}'"
        ) from error
    return client
