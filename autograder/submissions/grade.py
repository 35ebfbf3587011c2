"""Grading one submission as a whole, in a process apart or, for debugging, in this one."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from .. import course
from ..course import Exercise
from ..grading.grader import Grader, OpenStudent, fresh_seed
from ..grading.record import ErrorRecord, Isolation, Status
from ..grading.student import LocalStudent, RemoteStudent, StudentProblem
from ..grading.student_protocol import Student
from ..grading.verdict import CheckVerdict, ExerciseVerdict, SubmissionVerdict
from ..grading.words import Words
from ..sandbox import probe, processes
from ..sandbox.inside import cells
from ..sandbox.limits import Budget, Limits
from ..sandbox.link import Link, SubmissionDied
from . import bypasses
from .fingerprint import checks_version
from .read import Submission, Unreadable, read_file

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_NO_LOOPS = (
    "not all cells came to an end; beside the answer being graded, only what defines something was "
    "run, and no loop"
)


class _Blocked:
    """Stands for a student of whom nothing can be asked; says why to every check."""

    def __init__(self, problem: StudentProblem):
        self._problem = problem

    def __getattr__(self, name: str) -> Any:
        raise self._problem


def grade(
    path: Path,
    exercise_ids: Collection[str] | None = None,
    seed: int | None = None,
    in_process: bool = False,
    limits: Limits | None = None,
    before_search: Callable[[ExerciseVerdict], None] = lambda verdict: None,
) -> SubmissionVerdict:
    """Grade one notebook or Python file.

    Args:
        path: the file.
        exercise_ids: only these exercises; all of its unit by default.
        seed: draws the inputs; a fresh one by default.
        in_process: run the submission in this process, for debugging: only for one's own code.
        limits: time and memory of each exercise.
        before_search: called with each verdict before its name is looked for (``Grader``).

    Returns:
        The verdict; ``error`` is set if the file could not be read.

    Raises:
        CourseError: for an exercise that the course or its unit does not have, and to run in this
            process what is not one's own (``course.is_own``).
    """
    if in_process and not course.is_own(path):
        raise course.CourseError(
            f"{path} is not in {course.WORKSPACE}; in this process its code would run as you: "
            "leave --in-process out, or copy it there if it is yours"
        )
    seed = fresh_seed() if seed is None else seed
    try:
        submission = read_file(path, exercise_ids)
    except Unreadable as problem:
        error = ErrorRecord(problem.kind, problem.message)
        return SubmissionVerdict(str(path), [], seed, "none", "", error)
    return grade_read(
        submission,
        str(path),
        exercise_ids,
        seed,
        in_process,
        limits,
        budget=Budget(),
        before_search=before_search,
    )


def grade_read(
    submission: Submission,
    name: str,
    exercise_ids: Collection[str] | None = None,
    seed: int = 0,
    in_process: bool = False,
    limits: Limits | None = None,
    show_text: bool = True,
    budget: Budget | None = None,
    before_search: Callable[[ExerciseVerdict], None] = lambda verdict: None,
) -> SubmissionVerdict:
    """Grade a submission that was read already; arguments as for ``grade``.

    Args:
        show_text: whether messages may repeat all that the submission says; its words can carry
            inputs and earlier work.
        budget: what it may take, where nothing else watches this process; none while debugging.

    Raises:
        CourseError: for an exercise that its unit does not have, or if it goes over the budget.
        ServerFailed: if no server serves it from beginning to end.
    """
    unit = submission.unit
    exercises = {exercise.id: exercise for exercise in unit.with_points}
    wanted = list(exercise_ids or exercises)
    for exercise_id in wanted:
        if exercise_id not in exercises:
            raise course.CourseError(
                f"unit {unit.name} has no exercise '{exercise_id}'; it has: {', '.join(exercises)}"
            )
    words = None if show_text else Words("\n".join(cell["code"] for cell in submission.cells))

    def verdicts() -> tuple[list[ExerciseVerdict], list[str]]:
        notices = list(submission.notices)
        open_student = _opener(submission, in_process, limits or Limits(), budget, notices)
        grader = Grader(open_student, seed, words, before_search)
        chosen = [exercises[exercise_id] for exercise_id in wanted]
        return [
            _awaited(each, submission) if each.by_hand else grader.grade(each) for each in chosen
        ], notices

    graded, notices = verdicts() if in_process else processes.by_one_server(verdicts)
    for verdict in graded:
        if not exercises[verdict.id].by_hand:
            verdict.flags += tuple(bypasses.flags(submission, verdict.id))
    isolation: Isolation = "none" if in_process else confinement("partial")
    version = checks_version(unit.name)
    return SubmissionVerdict(name, graded, seed, isolation, version, notices=notices)


def _awaited(exercise: Exercise, submission: Submission) -> ExerciseVerdict:
    """The verdict on prose, before a person has read it."""
    about = exercise.id, exercise.title, 0.0, exercise.points
    if exercise.id in submission.written:
        return ExerciseVerdict(*about, "manual")
    status: Status
    status, message = "not_started", "Nothing is written here yet."
    if exercise.id in submission.missing:
        status, message = "missing", "Its cell is not in the file, nor any prose of yours."
    says = "there is something for a person to read"
    check = CheckVerdict("written", says, 0.0, exercise.points, False, message)
    return ExerciseVerdict(*about, status, [check])


def confinement(accept: str) -> Isolation:
    """The isolation that submissions get on this machine, ``full`` or ``partial``.

    Args:
        accept: the weakest isolation that will do.

    Raises:
        CourseError: if it is weaker than that.
    """
    missing = processes.missing_layers()
    if missing and accept != "partial":
        raise course.CourseError(
            f"submissions cannot be confined fully here ({', '.join(missing)}); see 'python -m "
            "autograder doctor', or grade all the same with --accept partial"
        )
    return probe.isolation(missing)


def unreadable(unit: course.Unit, name: str, error: ErrorRecord, seed: int) -> SubmissionVerdict:
    """The verdict on a file of a known unit that could not be read: no points, and why."""
    exercises = [
        ExerciseVerdict(
            exercise.id,
            exercise.title,
            0.0,
            exercise.points,
            "missing",
            [
                CheckVerdict(
                    "readable",
                    "the file can be read",
                    0.0,
                    exercise.points,
                    False,
                    error.message,
                )
            ],
        )
        for exercise in unit.with_points
    ]
    version = checks_version(unit.name)
    return SubmissionVerdict(name, exercises, seed, "none", version, error)


def _opener(
    submission: Submission,
    in_process: bool,
    limits: Limits,
    budget: Budget | None,
    notices: list[str],
) -> OpenStudent:
    survives, began, before = True, time.monotonic(), _memory()

    @contextlib.contextmanager
    def open_student(exercise: Exercise, replaced: Iterable[str]) -> Iterator[Student]:
        nonlocal survives
        replace = {earlier: course.reference_source([earlier]) for earlier in replaced}
        if in_process:
            yield _open_local(submission, exercise, replace)
            return
        if budget and (over := _over(budget, time.monotonic() - began, _memory() - before)):
            raise course.CourseError(
                f"grading took more than {over}, all that one submission may take; grade one "
                "exercise at a time, with --exercise"
            )
        megabytes = min(limits.megabytes, exercise.megabytes or limits.megabytes)
        its_limits = dataclasses.replace(limits, megabytes=megabytes)
        if survives:
            with Link(its_limits, exercise.forbidden) as link:
                student, died = _open_remote(submission, submission.cells, exercise, replace, link)
                if not died:
                    yield student
                    return
            survives = False
            notices.append(_NO_LOOPS)
        with Link(its_limits, exercise.forbidden) as link:
            code = _careful(submission.cells, exercise)
            yield _open_remote(submission, code, exercise, replace, link)[0]

    return open_student


def _over(budget: Budget, seconds: float, memory: int) -> str:
    """The part of the budget that is spent, if one is."""
    if seconds > budget.seconds:
        return f"{budget.seconds:g} seconds"
    return f"{budget.megabytes} MiB of memory" if memory > budget.megabytes << 20 else ""


def _memory() -> int:
    """Bytes that this process had in memory at most, where the system tells."""
    if not resource:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _careful(code: list[dict], exercise: Exercise) -> list[dict]:
    """The cells with nothing run but definitions, without loops, but for this exercise's answer.

    For a submission that did not survive its own cells: one that hangs must not cost the others.
    """
    careful = {"define_only": True, "loops": False}
    return [cell if cell["id"] == exercise.id else cell | careful for cell in code]


def _open_local(
    submission: Submission, exercise: Exercise, replace: dict[str, str]
) -> LocalStudent | _Blocked:
    namespace = cells.new_namespace()
    problems = cells.run(submission.cells, namespace, replace, submission.earlier_work)
    blocked = _why_blocked(submission, exercise, problems, exercise.id in namespace)
    return _Blocked(blocked) if blocked else LocalStudent(namespace, exercise.forbidden)


def _open_remote(
    submission: Submission,
    code: list[dict],
    exercise: Exercise,
    replace: dict[str, str],
    link: Link,
) -> tuple[RemoteStudent | _Blocked, bool]:
    """A student, and whether the submission died while its cells were run."""
    try:
        problems = link.begin(code, replace, submission.earlier_work)
        reply = link.request({"verb": "names", "names": [exercise.id]})
    except SubmissionDied as death:
        return _Blocked(StudentProblem(death.kind, text=death.message)), True
    blocked = _why_blocked(submission, exercise, problems, reply.get("names") == [exercise.id])
    return (_Blocked(blocked) if blocked else RemoteStudent(link)), False


def _why_blocked(
    submission: Submission, exercise: Exercise, problems: list[dict | None], is_defined: bool
) -> StudentProblem | None:
    """Why an exercise cannot be asked for, if it cannot."""
    suspects = _problems_of(submission, exercise, problems, is_defined)
    reason = _decisive(suspects, is_defined)
    if reason:
        return _student_problem(reason)
    if exercise.id in submission.missing or not is_defined:
        return StudentProblem("missing", text=exercise.id)
    return None


def _problems_of(
    submission: Submission, exercise: Exercise, problems: list[dict | None], is_defined: bool
) -> list[dict]:
    """What went wrong in the answer; in added cells as well, one of which may have defined it."""
    return [
        problem
        for cell, problem in zip(submission.cells, problems, strict=True)
        if problem and (cell["id"] == exercise.id or (cell["define_only"] and not is_defined))
    ]


def _decisive(problems: list[dict], is_defined: bool) -> dict | None:
    """The problem to name: code that does not parse, else whatever left the exercise undefined."""
    for problem in problems:
        if problem.get("kind") == "syntax_error":
            return problem
    return problems[0] if problems and not is_defined else None


def _student_problem(description: dict) -> StudentProblem:
    details = {key: value for key, value in description.items() if value is not None}
    kind = details.pop("kind", "error")
    known = ("not_started", "memory", "syntax_error")
    return StudentProblem(kind if kind in known else "error", **details)
