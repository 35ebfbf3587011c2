"""Worker processes on this machine, which grade the submissions of a class."""

from __future__ import annotations

import gc
import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_all_start_methods, get_context, parent_process
from typing import Any, NoReturn, Self

from ..course import CourseError
from ..sandbox.processes import missing_layers, the_server
from ..submissions.read import Rebuilt
from ..submissions.result import NoGrade, Result
from ..submissions.worker import grade_one

TRIES = 3
_FORKS = "forkserver" in get_all_start_methods()
_PRELOADED = (
    "autograder.submissions.grade",
    "autograder.grading.render.html",
    "autograder.sandbox.inside.preload",
)


class LocalPool:
    """Worker processes on this machine. One that dies is replaced, its submission tried again."""

    def __init__(self, workers: int):
        self._workers = workers
        self._executor: ProcessPoolExecutor | None = None
        self._lender = the_server().lend()
        if _FORKS:
            from multiprocessing import forkserver

            # torch is imported once for all workers, and once for all their servers.
            forkserver.set_forkserver_preload(list(_PRELOADED))
            forkserver.ensure_running()

    def graded(
        self, unit_name: str, waiting: dict[str, Rebuilt], seed: int, accept: str
    ) -> Iterator[tuple[str, Result | NoGrade]]:
        """Give what came of each learner's submission, as it comes."""
        tries = dict.fromkeys(waiting, 0)
        queue = list(reversed(waiting.items()))
        running: dict[Future, tuple[str, Rebuilt]] = {}
        for _ in range(min(self._workers, len(waiting))):
            self._submit(_wake)
        while queue or running:
            while queue and len(running) < 2 * self._workers:
                learner, handed_in = queue.pop()
                arguments = (unit_name, learner, handed_in, seed, accept)
                running[self._submit(grade_one, *arguments)] = learner, handed_in
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                learner, handed_in = running.pop(future)
                try:
                    yield learner, future.result()
                except BrokenProcessPool:
                    tries[learner] += 1
                    if tries[learner] < TRIES:
                        queue.append((learner, handed_in))
                    else:
                        yield learner, NoGrade(f"the grading process died {TRIES} times")
                except CourseError:
                    raise
                except Exception as problem:
                    yield learner, NoGrade(f"{type(problem).__name__}: {problem}")

    def _submit(self, function: Callable[..., Any], *arguments: Any) -> Future:
        for _ in range(2):
            if self._executor is None:
                self._executor = ProcessPoolExecutor(
                    self._workers,
                    mp_context=get_context("forkserver" if _FORKS else "spawn"),
                    initializer=_begin,
                    initargs=(self._lender,),
                )
            try:
                return self._executor.submit(function, *arguments)
            except BrokenProcessPool:
                self._executor = None
        raise CourseError("no grading process could be started")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._executor:
            self._executor.shutdown(wait=True, cancel_futures=True)


def _wake() -> None:
    """What a worker does first: it has its server find out what confinement there is."""
    missing_layers()
    gc.freeze()


def _begin(lender: socket.socket | None) -> None:
    """Make a worker ready; one whose class run was killed must not wait for ever."""
    parent = parent_process()
    if parent:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    the_server(lender)


def _end_with(sentinel: int) -> NoReturn:
    """End when the process with this sentinel ends."""
    connection.wait([sentinel])
    os._exit(1)
