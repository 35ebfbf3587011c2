"""Worker processes on this machine, which grade submissions and are watched meanwhile."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import queue
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from multiprocessing import (
    connection,
    current_process,
    get_all_start_methods,
    get_context,
    parent_process,
)
from typing import Any, NoReturn, Self

import psutil

from ..course import CourseError
from ..sandbox.limits import Budget
from ..sandbox.processes import missing_layers, the_server
from ..submissions.read import Rebuilt
from ..submissions.result import NoGrade, Result
from ..submissions.worker import grade_one

TRIES = 3
_TICK = 0.25
_MOST_TEXT = 500
_LEFT_BEHIND = 64 << 20  # garbage is looked for from here on: each time, it would be felt
_FORKS = "forkserver" in get_all_start_methods()
_CONTEXT = get_context("forkserver") if _FORKS else get_context("spawn")
_PRELOADED = (
    "autograder.submissions.grade",
    "autograder.grading.render.html",
    "autograder.sandbox.inside.preload",
)
GradeOne = Callable[[str, str, Rebuilt, int, str], Result]
Outcome = tuple[str, Result | NoGrade]


class LocalPool:
    """Worker processes on this machine, each with one submission in hand.

    A submission that goes over the budget has no grade and its worker is ended, whatever it does. A
    worker that dies of itself is replaced, and its submission tried again when no other is being
    graded: it may have died of a neighbour.

    Args:
        workers: how many processes.
        budget: what one submission may take of its worker.
        grade: what grades one, in a worker.
    """

    def __init__(self, workers: int, budget: Budget | None = None, grade: GradeOne = grade_one):
        self._size = workers
        self._budget = budget or Budget()
        self._grade = grade
        self._workers: list[_Worker] = []
        self._closed = threading.Event()
        self._supervisor = threading.Thread()
        self._lender = the_server().lend()
        if _FORKS:
            from multiprocessing import forkserver

            # torch is imported once for all workers, and once for all their servers.
            forkserver.set_forkserver_preload(list(_PRELOADED))
            forkserver.ensure_running()

    def graded(
        self, unit_name: str, waiting: dict[str, Rebuilt], seed: int, accept: str
    ) -> Iterator[Outcome]:
        """Give what came of each learner's submission, as it comes."""
        jobs = {
            learner: (unit_name, learner, handed_in, seed, accept)
            for learner, handed_in in waiting.items()
        }
        outcomes: queue.SimpleQueue[Outcome | BaseException] = queue.SimpleQueue()
        # A thread, as whoever takes the outcomes is busy with each for a while.
        self._supervisor = threading.Thread(target=self._supervise, args=(jobs, outcomes))
        self._supervisor.start()
        for _ in jobs:
            outcome = outcomes.get()
            if isinstance(outcome, BaseException):
                raise outcome
            yield outcome
        self._supervisor.join()  # before the next one, with the same workers

    def _supervise(self, jobs: dict[str, tuple], outcomes: queue.SimpleQueue) -> None:
        shift = _Shift(jobs, self._workers, self._budget)
        try:
            while shift.left and not self._closed.is_set():
                while len(self._workers) < min(self._size, shift.left):
                    self._workers.append(_Worker(self._lender, self._grade))
                if outcomes.qsize() < 2 * self._size:  # else there is no hurry
                    shift.hand_out()
                for outcome in shift.look():
                    outcomes.put(outcome)
        except BaseException as problem:
            outcomes.put(problem)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._closed.set()
        if self._supervisor.is_alive():
            self._supervisor.join()
        for worker in self._workers:
            worker.end()


@functools.cache
def _pool_of_one() -> LocalPool:
    # A worker of dask's is a daemon, which may start no process that outlives it; ours does not.
    current_process().daemon = False
    return LocalPool(1)


_one_at_a_time = threading.Lock()


def grade_watched(
    unit_name: str, name: str, handed_in: Rebuilt, seed: int, accept: str
) -> Result | NoGrade:
    """GradeOne one submission in a process beside this one, within the budget.

    Arguments are those of ``grade_one``.

    Raises:
        CourseError: if too many layers are missing on this machine.
    """
    # A dask worker may have several threads. What was interrupted is not taken for what comes next.
    with _one_at_a_time, contextlib.ExitStack() as unless_done:
        unless_done.callback(_pool_of_one.cache_clear)
        pool = unless_done.enter_context(_pool_of_one())
        ((_, outcome),) = pool.graded(unit_name, {name: handed_in}, seed, accept)
        unless_done.pop_all()
    return outcome


class _Shift:
    """The submissions that wait, and the workers that grade them.

    Args:
        jobs: by learner, the arguments of ``grade``.
        workers: those there are; changed in place.
        budget: what one submission may take of its worker.
    """

    def __init__(self, jobs: dict[str, tuple], workers: list[_Worker], budget: Budget):
        self._jobs = jobs
        self._workers = workers
        self._budget = budget
        self._waiting = deque(jobs)
        self._suspects: deque[str] = deque()
        self._deaths: Counter[str] = Counter()
        self._stillborn = 0

    @property
    def left(self) -> int:
        """How many have no outcome yet."""
        busy = sum(worker.learner is not None for worker in self._workers)
        return busy + len(self._waiting) + len(self._suspects)

    def hand_out(self) -> None:
        """Give those who wait to workers with nothing in hand; suspects come last, one by one."""
        for worker in self._workers:
            if not worker.is_idle:
                continue
            if self._waiting:
                learner = self._waiting.popleft()
            elif self._suspects and all(each.learner is None for each in self._workers):
                learner = self._suspects.popleft()
            else:
                return
            worker.take(learner, self._jobs[learner])

    def look(self) -> Iterator[Outcome]:
        """Wait a moment for workers; give what came, and end those that are over the budget."""
        channels = {worker.channel: worker for worker in self._workers}
        for channel in connection.wait(list(channels), _TICK):
            worker = channels[channel]  # type: ignore[index]
            try:
                came = worker.receive()
            except (EOFError, OSError):
                yield from self._bury(worker)
                continue
            self._stillborn = 0
            if isinstance(came, CourseError):
                raise came
            if came is not None:
                yield came
        for worker in self._workers:
            worker.watch(self._budget)

    def _bury(self, worker: _Worker) -> Iterator[Outcome]:
        worker.end()
        self._workers.remove(worker)
        learner = worker.learner
        if learner is None:
            self._stillborn += not worker.is_ready
            if self._stillborn == TRIES:
                raise CourseError("no grading process could be started")
        elif worker.over:
            reason = f"grading took more than {worker.over}, all that one submission may take"
            yield learner, NoGrade(reason)
        else:
            self._deaths[learner] += 1
            if self._deaths[learner] < TRIES:
                self._suspects.append(learner)
            else:
                yield learner, NoGrade(f"the grading process died {TRIES} times")


class _Worker:
    """One grading process, as seen from outside.

    Attributes:
        channel: comes from it.
        learner: whose submission it has in hand.
        is_ready: whether it has ever said anything.
        over: which part of the budget that submission went over; it is ended then.
    """

    def __init__(self, lender: socket.socket | None, grade: GradeOne):
        self.channel, theirs = _CONTEXT.Pipe()
        self.learner: str | None = None
        self.is_ready = False
        self.over = ""
        self._process = _CONTEXT.Process(target=_work, args=(theirs, lender, grade), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def is_idle(self) -> bool:
        """Whether it can take a submission."""
        return self.is_ready and self.learner is None and not self.over

    def take(self, learner: str, job: tuple) -> None:
        """Have it grade a submission."""
        self.learner = learner
        self._began = time.monotonic()
        self._before = _memory(self._process.pid)
        with contextlib.suppress(OSError):  # of one that died, its channel tells
            self.channel.send(job)

    def receive(self) -> Outcome | CourseError | None:
        """What it says: an outcome, or at first that it is ready.

        Raises:
            EOFError, OSError: it is gone.
        """
        came = self.channel.recv()
        self.is_ready = True
        learner, self.learner = self.learner, None
        return came if learner is None or isinstance(came, CourseError) else (learner, came)

    def watch(self, budget: Budget) -> None:
        """End it if its submission is over the budget."""
        if self.learner is None or self.over:
            return
        if time.monotonic() - self._began > budget.seconds:
            self.over = f"{budget.seconds:g} seconds"
        elif _memory(self._process.pid) - self._before > budget.megabytes << 20:
            self.over = f"{budget.megabytes} MiB of memory"
        if self.over:
            self._process.kill()

    def end(self) -> None:
        """End it, whatever it does."""
        self.channel.close()
        self._process.kill()
        self._process.join()


def _memory(pid: int | None) -> int:
    """Bytes that a process has in memory. Of address space torch claims far more than it uses."""
    try:
        return psutil.Process(pid).memory_info().rss
    except psutil.Error:  # it is gone
        return 0


def _work(channel: connection.Connection, lender: socket.socket | None, grade: GradeOne) -> None:
    """What a worker does: it gets ready, and grades what it is given."""
    parent = parent_process()
    if parent:  # one whose class run was killed must not wait for ever
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    with contextlib.suppress(Exception):  # each submission says so if there is no server
        the_server(lender)
        missing_layers()
    gc.freeze()
    channel.send(None)
    at_rest = _memory(os.getpid())
    with contextlib.suppress(EOFError, OSError):
        while True:
            job = channel.recv()
            channel.send(_outcome(grade, job))
            if _memory(os.getpid()) - at_rest > _LEFT_BEHIND:
                gc.collect()
                at_rest = _memory(os.getpid())


def _outcome(grade: GradeOne, job: tuple[Any, ...]) -> Result | NoGrade | CourseError:
    try:
        return grade(*job)
    except CourseError as problem:
        return problem
    except Exception as problem:
        return NoGrade(f"{type(problem).__name__}: {problem}"[:_MOST_TEXT])


def _end_with(sentinel: int) -> NoReturn:
    """End when the process with this sentinel ends."""
    connection.wait([sentinel])
    os._exit(1)
