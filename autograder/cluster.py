"""Grading a class on several machines: dask workers grade, the process that asks alone writes."""

from __future__ import annotations

from distributed import Client, as_completed

from .class_run import grade_one
from .course import CourseError

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

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._client.close()

    def graded(self, unit_name, waiting, seed, accept):
        """Give each student's result as it comes; a string where there is none, saying why."""
        queue = list(reversed(waiting.items()))
        students = {}
        running = as_completed(raise_errors=False)
        while queue or students:
            while queue and len(students) < _AHEAD * self._workers:
                student, handed_in = queue.pop()
                if "key" in handed_in:
                    yield student, handed_in
                    continue
                future = self._client.submit(
                    grade_one, unit_name, student, handed_in, seed, accept, pure=False
                )
                students[future.key] = student
                running.add(future)
            if not students:
                continue
            future = next(running)
            student = students.pop(future.key)
            if future.status == "finished":
                yield student, future.result()
                continue
            problem = future.exception()
            if isinstance(problem, CourseError):
                raise problem
            yield student, f"{type(problem).__name__}: {problem}"
