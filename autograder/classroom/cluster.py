"""Grading a class on several machines: dask workers grade, the process that asks alone writes."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Self

from distributed import Client, as_completed

from ..course import CourseError
from ..submissions.read import Rebuilt
from ..submissions.result import NoGrade
from .local_pool import Outcome, grade_watched

_CONNECT_SECONDS = 20
_AHEAD = 4


class Cluster:
    """The workers of a dask scheduler; they need the same course, Python and packages.

    Args:
        address: the scheduler's, ``tcp://host:port``. Whoever reaches it can run code on the
            workers: keep it in a network of your own.

    Raises:
        CourseError: if nothing answers there, or it has no workers.
    """

    def __init__(self, address: str):
        try:
            self._client = Client(address, timeout=_CONNECT_SECONDS)
        except (OSError, ValueError) as problem:
            raise CourseError(
                f"no dask scheduler answers at {address}; start one with 'dask scheduler' "
                f"({type(problem).__name__})"
            ) from None
        self._workers = len(self._client.scheduler_info(n_workers=-1)["workers"])
        if not self._workers:
            self._client.close()
            raise CourseError(
                f"the scheduler at {address} has no workers; start some with 'dask worker "
                f"{address} --nthreads 1'"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def graded(
        self, unit_name: str, waiting: dict[str, Rebuilt], seed: int, accept: str
    ) -> Iterator[Outcome]:
        """Give what came of each learner's submission, as it comes."""
        queue = list(reversed(waiting.items()))
        learners: dict[Hashable, str] = {}
        running = as_completed(raise_errors=False)
        while queue or learners:
            while queue and len(learners) < _AHEAD * self._workers:
                learner, handed_in = queue.pop()
                future = self._client.submit(
                    grade_watched, unit_name, learner, handed_in, seed, accept, pure=False
                )
                learners[future.key] = learner
                running.add(future)
            future = next(running)
            learner = learners.pop(future.key)
            if future.status == "finished":
                yield learner, future.result()
                continue
            problem = future.exception()
            if isinstance(problem, CourseError):
                raise problem
            yield learner, NoGrade(f"{type(problem).__name__}: {problem}")
