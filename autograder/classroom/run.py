"""Grading a class: in parallel, result by result, into nbgrader's gradebook.

Workers (processes here, or dask workers elsewhere) grade; this process alone writes. Each result
is kept as it comes (``results.py``), then nbgrader enters it, notebook, late penalty and all: its
``Grade`` step finds the result there and has nothing left to do.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import psutil

from .. import course
from ..bootstrap import cores
from ..course import CourseError
from ..submissions.fingerprint import key_of
from ..submissions.read import Rebuilt
from ..submissions.result import NoGrade, Result
from .local_pool import LocalPool
from .results import KEPT

if TYPE_CHECKING:
    from .cluster import Cluster
    from .desk import Desk

_CHANGED = (
    "it was changed meanwhile, or a worker has another version of the course, of Python or of its "
    "packages; make them equal and grade again"
)
_MOST_SECONDS = 60
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_NO_ROOM_IN_DATABASE = ("database or disk is full", "readonly database")


@dataclass
class Summary:
    """What a run did: names of learners, and the isolation that their submissions had.

    Those whose file could not be read are among the graded, or unchanged, with no points.
    """

    graded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    isolation: set[str] = field(default_factory=set)


def grade_class(
    unit: course.Unit,
    workers: int | None = None,
    scheduler: str | None = None,
    seed: int | None = None,
    accept: str = "full",
    progress: Callable[[int, int], None] = lambda done, total: None,
    students: Collection[str] = (),
) -> Summary:
    """Grade ``submitted/*/UNIT`` of the course in the current folder.

    Args:
        unit: the assignment.
        workers: processes; by default as many as processors and free memory allow.
        scheduler: address of a dask scheduler whose workers grade instead.
        seed: draws the inputs of this and later runs; by default the one in use.
        accept: the weakest isolation that will do: ``full`` or ``partial``.
        progress: called with the number of submissions done and their number in all.
        students: only their submissions; everyone's by default.

    Raises:
        CourseError: if there is nothing to grade, or nothing of one of the students, the isolation
            is too weak, another run is at work, or nothing can be written.
        ValueError: if ``accept`` is anything else.
    """
    if accept not in ("full", "partial"):
        raise ValueError(f"accept is 'full' or 'partial', not '{accept}'")
    with _pool(workers, scheduler) as pool:
        # What its workers are forked from gets ready meanwhile.
        desk = open_desk(unit)
        with desk.results.locked():
            return _ClassRun(desk, unit, seed, accept, progress, students).grade(pool)


def open_desk(unit: course.Unit) -> Desk:
    """nbgrader's side of an assignment, without what takes long to import."""
    # nbformat imports jsonschema, which would build a grammar of web addresses for 1.5 seconds if
    # this package of it can be imported; no notebook needs it.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from . import desk

    desk.reuse_engine()
    return desk.Desk(unit)


class _ClassRun:
    """One run over everyone who has handed in."""

    def __init__(
        self,
        desk: Desk,
        unit: course.Unit,
        seed: int | None,
        accept: str,
        progress: Callable[[int, int], None],
        students: Collection[str] = (),
    ):
        self._learners = desk.learners()
        for student in students:
            if student not in self._learners:
                raise CourseError(f"there is nothing to grade: no folder {desk.folder(student)}")
        everyone, self._learners = self._learners, list(dict.fromkeys(students)) or self._learners
        if seed is not None:
            desk.results.choose_seed(seed)
        self._desk = desk
        self._unit = unit
        self._seed = desk.seed()
        self._accept = accept
        self._progress = progress
        self._done = 0
        self._summary = Summary()
        others = set(everyone).difference(self._learners)
        known = desk.results.failures()
        self._failed_before = {each: known[each] for each in known if each in others}

    def grade(self, pool: LocalPool | Cluster) -> Summary:
        if not self._learners:
            raise CourseError(f"there is nothing to grade: no folder {self._desk.folder('*')}")
        self._desk.see_to_release()
        self._progress(0, len(self._learners))
        waiting: dict[str, Rebuilt] = {}
        for learner in self._learners:
            with self._alone(learner):
                handed_in = self._desk.read(learner)
                if not self._keep_known(learner, handed_in):
                    waiting[learner] = handed_in
        for learner, outcome in pool.graded(self._unit.name, waiting, self._seed, self._accept):
            with self._alone(learner):
                self._keep(learner, outcome)
        self._save_failures()
        return self._summary

    @contextlib.contextmanager
    def _alone(self, learner: str) -> Iterator[None]:
        """Whatever is wrong with the folder of a learner costs the grade of this learner only."""
        try:
            with _time_limit(_MOST_SECONDS):
                yield
        except CourseError:
            raise
        except OSError as problem:
            if problem.errno in _NO_ROOM:
                raise self._desk.results.unwritable(problem) from None
            place = f"{problem.filename}: " if problem.filename else ""
            self._fail(learner, f"{place}{problem.strerror or problem}; mend that and grade again")
        except Exception as problem:
            self._fail(learner, f"{type(problem).__name__}: {problem}")

    def _keep_known(self, learner: str, handed_in: Rebuilt) -> bool:
        """Keep what came of this submission in an earlier run; False if that is not known."""
        known = self._desk.results.load(learner, self._accept)
        if not known or not self._is_of(known, handed_in):
            return False
        if self._desk.has(learner, known.key):
            self._summary.unchanged.append(learner)
            self._count(learner, known)
        else:
            self._enter(learner, known)
        return True

    def _keep(self, learner: str, outcome: Result | NoGrade) -> None:
        if isinstance(outcome, NoGrade):
            self._fail(learner, outcome.reason)
        elif not self._is_of(outcome, self._desk.read(learner)):
            self._fail(learner, _CHANGED)
        else:
            self._desk.results.save(learner, outcome)
            self._enter(learner, outcome)

    def _enter(self, learner: str, result: Result) -> None:
        problem = self._desk.enter(learner, self._seed, self._accept)
        if any(sign in problem for sign in (*map(os.strerror, _NO_ROOM), *_NO_ROOM_IN_DATABASE)):
            raise CourseError(f"nothing can be written any more ({problem}); {KEPT}")
        if problem:
            self._fail(learner, problem)
        else:
            self._summary.graded.append(learner)
            self._count(learner, result)

    def _is_of(self, result: Result, handed_in: Rebuilt) -> bool:
        """Whether it is the result of this submission, as it would be graded now."""
        return result.key == key_of(handed_in, self._unit, self._seed, result.verdict.isolation)

    def _fail(self, learner: str, reason: str) -> None:
        self._summary.failed[learner] = reason
        self._save_failures()
        self._step()

    def _save_failures(self) -> None:
        """For reports, also of a run that does not come to its end."""
        try:
            self._desk.results.save_failures(self._failed_before | self._summary.failed)
        except OSError as problem:
            raise self._desk.results.unwritable(problem) from None

    def _count(self, learner: str, result: Result) -> None:
        self._summary.isolation.add(result.verdict.isolation)
        if result.verdict.error:
            self._summary.unreadable[learner] = result.verdict.error.message
        self._step()

    def _step(self) -> None:
        self._done += 1
        self._progress(self._done, len(self._learners))


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in what takes longer, where signals can do that."""
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise TimeoutError(f"nothing came of it in {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)  # again, where it is swallowed
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _pool(workers: int | None, scheduler: str | None) -> Iterator[LocalPool | Cluster]:
    if scheduler:
        from .cluster import Cluster

        with Cluster(scheduler) as cluster:
            yield cluster
    else:
        with LocalPool(workers or _most_workers()) as pool:
            yield pool


def _most_workers() -> int:
    """As many as this process may use processors, and as there are GiB of memory free."""
    return max(1, min(cores(), psutil.virtual_memory().available >> 30))
