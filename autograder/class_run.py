"""Grading a class: in parallel, result by result, into nbgrader's gradebook.

Workers (processes here, or dask workers elsewhere) grade; this process alone writes. Each result
is kept as it comes (``results.py``), then nbgrader enters it, notebook, late penalty and all: its
``Grade`` step finds the result and has nothing left to do.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import connection, get_all_start_methods, get_context, parent_process

from . import course
from .course import CourseError
from .sandbox.processes import holes, the_server

TRIES = 3
_FORKS = "forkserver" in get_all_start_methods()
_one_at_a_time = threading.Lock()


@dataclass
class Summary:
    """What a run did: names of students, and the levels of confinement that were met."""

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
    progress=lambda done, total: None,
) -> Summary:
    """Grade ``submitted/*/UNIT`` of the course in the current folder.

    Args:
        workers: processes; as many as there are cores by default.
        scheduler: address of a dask scheduler whose workers grade instead.
        seed: draws the inputs of this and later runs; by default the one in use.
        accept: the weakest confinement that will do: ``full`` or ``partial``.
        progress: called with the number of submissions done and their number in all.

    Raises:
        CourseError: if there is nothing to grade, or no confinement that will do.
    """
    with _pool(workers, scheduler) as pool:
        # The workers get ready meanwhile.
        return _graded(open_desk(unit), unit, pool, seed, accept, progress)


def open_desk(unit: course.Unit):
    """nbgrader's side of an assignment (``gradebook.Desk``), without what takes long to import."""
    # nbformat imports jsonschema, which would build a grammar of web addresses for 1.5 seconds if
    # this package of it can be imported; no notebook needs it.
    sys.modules.setdefault("rfc3987_syntax", None)
    from . import gradebook

    gradebook.reuse_engine()
    return gradebook.Desk(unit)


def _graded(desk, unit, pool, seed, accept, progress) -> Summary:
    if seed is not None:
        desk.results.choose_seed(seed)
    seed = desk.seed()
    students = desk.students()
    if not students:
        raise CourseError(f"there is nothing to grade: no folder submitted/*/{unit.name}")
    if not desk.is_released():
        desk.release()
    summary, waiting, done = Summary(), {}, 0
    progress(0, len(students))
    for student in students:
        handed_in = desk.read(student)
        known = desk.results.load(student)
        if known and known["key"] == _key(unit, handed_in, seed, _isolation(known)):
            if desk.has(student, known["key"]):
                summary.unchanged.append(student)
                summary.isolation.add(_isolation(known))
                done += 1
                progress(done, len(students))
            else:
                waiting[student] = known
        else:
            waiting[student] = handed_in
    for student, result in pool.graded(unit.name, waiting, seed, accept):
        if isinstance(result, str):
            summary.failed[student] = result
        elif result["key"] != _key(unit, desk.read(student), seed, _isolation(result)):
            summary.failed[student] = (
                "it was changed meanwhile, or a worker has another version of the course, of "
                "Python or of its packages; make them equal and grade again"
            )
        else:
            if result is not waiting[student]:
                desk.results.save(student, result)
            problem = desk.enter(student)
            if problem:
                summary.failed[student] = problem
            else:
                summary.graded.append(student)
                summary.isolation.add(_isolation(result))
        done += 1
        progress(done, len(students))
    return summary


def _isolation(result):
    return result["verdict"]["isolation"]


def _key(unit, handed_in, seed, isolation):
    from . import results, submission

    found = handed_in["error"] or submission.from_rebuilt(handed_in["notebook"], unit)
    return results.key_of(found, unit, seed, isolation)


def grade_one(unit_name: str, student: str, handed_in: dict, seed: int, accept: str) -> dict:
    """Grade one submission, in a worker; returns the result as it is kept.

    Args:
        handed_in: ``notebook``, as rebuilt on the release, and ``error`` if it is unreadable.

    Raises:
        CourseError: if the worker's machine has no confinement that will do.
    """
    from . import render, results, submission
    from .grade_submission import confinement, grade_read, unreadable

    unit = course.unit(unit_name)
    isolation = confinement(accept)
    if handed_in["error"]:
        found = handed_in["error"]
        verdict = unreadable(unit, student, found, seed)
    else:
        found = submission.from_rebuilt(handed_in["notebook"], unit)
        with _one_at_a_time:  # a dask worker may have several threads
            server = the_server()
            verdict = grade_read(found, student, seed=seed, show_text=False)
            if not server.alive:  # what ended with it was not ended by the submission
                verdict = grade_read(found, student, seed=seed, show_text=False)
    verdict.isolation = isolation
    return {
        "key": results.key_of(found, unit, seed, isolation),
        "verdict": verdict.to_json(),
        "pages": {each.id: render.exercise_html(each) for each in verdict.exercises},
        "notes": render.notices_html(verdict.notices),
    }


@contextlib.contextmanager
def _pool(workers, scheduler):
    if scheduler:
        from .cluster import Cluster

        with Cluster(scheduler) as pool:
            yield pool
    else:
        pool = _Here(workers or os.cpu_count() or 1)
        try:
            yield pool
        finally:
            pool.close()


class _Here:
    """Worker processes on this machine. One that dies is replaced, its submission tried again."""

    def __init__(self, workers: int):
        self._workers = workers
        self._executor = None
        self._lender = the_server().lend()
        if _FORKS:
            from multiprocessing import forkserver

            # torch is imported once for all workers, and once for all their servers.
            modules = ("grade_submission", "render", "sandbox.late")
            forkserver.set_forkserver_preload([f"{__package__}.{each}" for each in modules])
            forkserver.ensure_running()

    def graded(self, unit_name, waiting, seed, accept):
        """Give each student's result as it comes; a string where there is none, saying why."""
        tries = dict.fromkeys(waiting, 0)
        queue = list(reversed(list(waiting.items())))
        running = {}
        for _ in range(min(self._workers, len(waiting))):
            self._submit(_wake)
        while queue or running:
            while queue and len(running) < 2 * self._workers:
                student, handed_in = queue.pop()
                if "key" in handed_in:
                    yield student, handed_in
                    continue
                arguments = (unit_name, student, handed_in, seed, accept)
                running[self._submit(grade_one, *arguments)] = student, handed_in
            if not running:
                continue
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                student, handed_in = running.pop(future)
                try:
                    yield student, future.result()
                except BrokenProcessPool:
                    tries[student] += 1
                    if tries[student] < TRIES:
                        queue.append((student, handed_in))
                    else:
                        yield student, f"the grading process died {TRIES} times"
                except CourseError:
                    raise
                except Exception as problem:
                    yield student, f"{type(problem).__name__}: {problem}"

    def _submit(self, function, *arguments):
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

    def close(self) -> None:
        """End the workers."""
        if self._executor:
            self._executor.shutdown(wait=True, cancel_futures=True)


def _wake() -> None:
    """What a worker does first: it has its server find out what confinement there is."""
    holes()
    gc.freeze()


def _begin(lender) -> None:
    """Make a worker ready; one whose class run was killed must not wait for ever."""
    parent = parent_process()

    def watch():
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    the_server(lender)
