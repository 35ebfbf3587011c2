"""Grading a class: in parallel, result by result, into nbgrader's gradebook.

Workers (processes here, or dask workers elsewhere) grade; this process alone writes. Each result
is kept as it comes (``results.py``), then nbgrader enters it, notebook, late penalty and all: its
``Grade`` step finds the result there and has nothing left to do.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .. import course
from ..course import CourseError
from ..submissions.fingerprint import key_of
from ..submissions.read import Rebuilt
from ..submissions.result import NoGrade, Result
from .local_pool import LocalPool

if TYPE_CHECKING:
    from .cluster import Cluster
    from .desk import Desk

_CHANGED = (
    "it was changed meanwhile, or a worker has another version of the course, of Python or of its "
    "packages; make them equal and grade again"
)


@dataclass
class Summary:
    """What a run did: names of learners, and the isolation that their submissions had."""

    graded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    isolation: set[str] = field(default_factory=set)


def grade_class(
    unit: course.Unit,
    workers: int | None = None,
    scheduler: str | None = None,
    seed: int | None = None,
    accept: str = "full",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Summary:
    """Grade ``submitted/*/UNIT`` of the course in the current folder.

    Args:
        unit: the assignment.
        workers: processes; as many as there are cores by default.
        scheduler: address of a dask scheduler whose workers grade instead.
        seed: draws the inputs of this and later runs; by default the one in use.
        accept: the weakest isolation that will do: ``full`` or ``partial``.
        progress: called with the number of submissions done and their number in all.

    Raises:
        CourseError: if there is nothing to grade, or the isolation is too weak.
    """
    with _pool(workers, scheduler) as pool:
        # The workers get ready meanwhile.
        return _ClassRun(open_desk(unit), unit, seed, progress).grade(pool, accept)


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
        progress: Callable[[int, int], None],
    ):
        if seed is not None:
            desk.results.choose_seed(seed)
        self._desk = desk
        self._unit = unit
        self._seed = desk.seed()
        self._progress = progress
        self._done = 0
        self._learners = desk.learners()
        self._summary = Summary()

    def grade(self, pool: LocalPool | Cluster, accept: str) -> Summary:
        if not self._learners:
            raise CourseError(f"there is nothing to grade: no folder submitted/*/{self._unit.name}")
        if not self._desk.is_released():
            self._desk.release()
        self._progress(0, len(self._learners))
        waiting: dict[str, Rebuilt] = {}
        for learner in self._learners:
            handed_in = self._desk.read(learner)
            known = self._desk.results.load(learner)
            if not known or not self._is_of(known, handed_in):
                waiting[learner] = handed_in
            elif self._desk.has(learner, known.key):
                self._summary.unchanged.append(learner)
                self._count(known)
            else:
                self._enter(learner, known)
        for learner, outcome in pool.graded(self._unit.name, waiting, self._seed, accept):
            self._keep(learner, outcome)
        return self._summary

    def _keep(self, learner: str, outcome: Result | NoGrade) -> None:
        if isinstance(outcome, NoGrade):
            self._fail(learner, outcome.reason)
        elif not self._is_of(outcome, self._desk.read(learner)):
            self._fail(learner, _CHANGED)
        else:
            self._desk.results.save(learner, outcome)
            self._enter(learner, outcome)

    def _enter(self, learner: str, result: Result) -> None:
        problem = self._desk.enter(learner)
        if problem:
            self._fail(learner, problem)
        else:
            self._summary.graded.append(learner)
            self._count(result)

    def _is_of(self, result: Result, handed_in: Rebuilt) -> bool:
        """Whether it is the result of this submission, as it would be graded now."""
        return result.key == key_of(handed_in, self._unit, self._seed, result.verdict.isolation)

    def _fail(self, learner: str, reason: str) -> None:
        self._summary.failed[learner] = reason
        self._step()

    def _count(self, result: Result) -> None:
        self._summary.isolation.add(result.verdict.isolation)
        self._step()

    def _step(self) -> None:
        self._done += 1
        self._progress(self._done, len(self._learners))


@contextlib.contextmanager
def _pool(workers: int | None, scheduler: str | None) -> Iterator[LocalPool | Cluster]:
    if scheduler:
        from .cluster import Cluster

        with Cluster(scheduler) as cluster:
            yield cluster
    else:
        with LocalPool(workers or os.cpu_count() or 1) as pool:
            yield pool
