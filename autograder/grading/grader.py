"""Grading: checks are run against a student, and what came of them becomes a verdict."""

from __future__ import annotations

import contextlib
import functools
import logging
import math
import os
import random
from collections.abc import Callable, Collection, Container, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import torch

from .. import course
from ..sandbox.inside import surroundings
from . import diagnosis, expect, misconceptions, slips
from .call import ShownCall, shown
from .checks import Check, checks_of, points_of
from .diagnosis import Explanation, OutOfPatience, Patience
from .draw import FULL
from .expect import Failed
from .misconceptions import Misconception
from .record import Status
from .run import Run, run_check, run_fairly
from .slips import Slip
from .student import StudentProblem
from .student_protocol import Student
from .verdict import CheckVerdict, ExerciseVerdict
from .words import Words

_log = logging.getLogger("autograder")
_MESSAGES = {
    "not_started": "This exercise is not started yet.",
    "missing": "Nothing called {text} is defined.",
    "memory": "The answer needs more memory than it may use.",
    "timeout": "{text}",
    "crashed": "{text}",
    "protocol": "{text}",
    "forbidden": "The answer calls a library's {calls}, which this exercise does not allow.",
    "syntax_error": "The cell is not valid Python{colon}{text}",
    "error": "Your code stopped with {type}{colon}{text}",
}
# What is asked of a type or a shape that is wrong, where nothing explains it.
_KINDS = ("tensor", "pair", "dict")
_ADVICE = " Hint: enable anomaly detection"  # of torch, and no help to a learner
_ASKS_OF_KINDS = (
    "After which line is the shape, or the type, no longer what you expect? Print it there."
)
_ASKS = {
    "not_started": "Replace the line that raises NotImplementedError with your answer.",
    "missing": "Is the cell with your answer still there, and is the name spelled as in the task?",
    "memory": "Which tensor of yours is the largest, and need it be that large?",
    "timeout": "Which line takes that long: a loop that never ends, one that could be a matrix "
    "product, or work that nobody asked for?",
    "forbidden": "What would it compute? Write that out with smaller steps.",
    "syntax_error": "Is this line itself wrong, or is a bracket or a quote above it still open?",
}
_STOPPED: tuple[Status, ...] = (
    "not_started",
    "missing",
    "forbidden",
    "timeout",
    "crashed",
    "memory",
)
# Called with (exercise, ids of earlier exercises whose reference should stand in).
OpenStudent = Callable[[course.Exercise, tuple[str, ...]], AbstractContextManager[Student]]


def fresh_seed() -> int:
    """A seed nobody chose; with ``AUTOGRADER_SEED`` set, the next of those that follow from it."""
    return _seeds().randrange(2**31)


@functools.cache
def _seeds() -> random.Random:
    chosen = os.environ.get("AUTOGRADER_SEED")
    return random.Random(chosen) if chosen else random.SystemRandom()


class Grader:
    """Grades the exercises of one submission, each against a fresh student.

    Args:
        open_student: called with (exercise, ids of earlier exercises whose reference should stand
            in for the learner's); a context manager that gives a student.
        seed: draws the inputs.
        words: those that messages may repeat, where inputs and earlier work are not for the
            learner to see; by default all.
        before_search: called with the verdict on a wrong answer, before misconceptions are held
            against that: all of it but their names.
        seconds: how long that may take, where a learner waits for it. The clock decides then; by
            default the same is found on every machine.
    """

    def __init__(
        self,
        open_student: OpenStudent,
        seed: int,
        words: Words | None = None,
        before_search: Callable[[ExerciseVerdict], None] = lambda verdict: None,
        seconds: float = math.inf,
    ) -> None:
        self._open_student = open_student
        self._seed = seed
        self._words = words
        self._before_search = before_search
        self._seconds = seconds
        self._done: dict[str, ExerciseVerdict] = {}
        self._passed: dict[str, bool] = {}

    def grade(self, exercise: course.Exercise) -> ExerciseVerdict:
        """The verdict on one exercise.

        If it does not pass and earlier work of the same unit does not pass either, it is graded
        again with the reference of that earlier work, unless that costs points.
        """
        if exercise.id not in self._done:
            with _plainly(), self._judged(exercise) as judged:
                self._done[exercise.id] = self._verdict(exercise, judged)
        return self._done[exercise.id]

    def passes_alone(self, exercise: course.Exercise) -> bool:
        """Whether it passes without the reference's help, and without a word on why not."""
        with _plainly(), self._open_student(exercise, ()) as student:
            return _all_passed(self._run_all(exercise, student))

    def _passes(self, exercise: course.Exercise) -> bool:
        if exercise.id in self._done:
            return self._done[exercise.id].status == "passed"
        if exercise.id not in self._passed:
            with self._judged(exercise) as judged:
                self._passed[exercise.id] = _all_passed(judged.runs)
        return self._passed[exercise.id]

    @contextlib.contextmanager
    def _judged(self, exercise: course.Exercise) -> Iterator[_Judged]:
        with self._open_student(exercise, ()) as student:
            runs = self._run_all(exercise, student)
            wrong = () if _all_passed(runs) else self._wrong_before(exercise)
            if wrong:
                with self._open_student(exercise, wrong) as helped:
                    again = self._run_all(exercise, helped)
                    if _points(exercise, again) >= _points(exercise, runs):
                        yield _Judged(helped, again, wrong)
                        return
            yield _Judged(student, runs, ())

    def _wrong_before(self, exercise: course.Exercise) -> tuple[str, ...]:
        earlier = [course.exercise(each) for each in course.prerequisites_of(exercise.id)]
        own = [each for each in earlier if each.unit == exercise.unit]
        return tuple(each.id for each in own if not self._passes(each))

    def _run_all(self, exercise: course.Exercise, student: Student) -> dict[Check, Run]:
        runs: dict[Check, Run] = {}
        stopped: StudentProblem | None = None
        for check in checks_of(exercise):
            run = Run([], problem=stopped) if stopped else run_fairly(check, student, self._seed)
            runs[check] = run
            problem = run.problem
            if problem and (problem.fatal or problem.kind in ("not_started", "missing")):
                stopped = problem
        return runs

    def _verdict(self, exercise: course.Exercise, judged: _Judged) -> ExerciseVerdict:
        further = _Further(judged, self._seed)
        verdict = self._told(exercise, judged, {}, further)
        if not any(map(_is_wrong, judged.runs.values())):
            return verdict
        self._before_search(verdict)
        patience = Patience(self._seconds)
        try:
            explained = diagnosis.explain(exercise, judged.runs, self._seed, patience)
        except OutOfPatience:
            verdict.search_ended = True
            return verdict
        except Exception:
            _log.exception("no name is looked for: %s, seed %s", exercise.id, self._seed)
            return verdict
        if not explained:
            return verdict
        return self._told(exercise, judged, explained, further)

    def _told(
        self,
        exercise: course.Exercise,
        judged: _Judged,
        explained: dict[Check, Explanation],
        further: _Further,
    ) -> ExerciseVerdict:
        _, runs, replaced = judged
        names = self._names(exercise, runs, explained)
        if further.is_random(names):
            unnamed = [check for check, run in runs.items() if run.failure and check not in names]
            names |= dict.fromkeys(unnamed, _Named((slips.RANDOM,)))
        runs = further.lenient()
        asides = _asides(runs, names)
        listed = asides | _named_before(runs, names)
        points = points_of(exercise)
        checks = []
        for check, run in runs.items():
            verdict = CheckVerdict(check.id, check.says, points[check.id], points[check.id], True)
            if not run.passed:
                verdict.points, verdict.passed = 0.0, False
                verdict.aside = check in asides
                told = run if check in listed else further.smaller(check)
                self._tell(verdict, check, told, names.get(check))
            checks.append(verdict)
        passed = all(each.passed for each in checks)
        reached = exercise.points if passed else sum(each.points for each in checks)
        status: Status = "passed" if passed else _status(checks)
        return ExerciseVerdict(
            exercise.id,
            exercise.title,
            round(reached, 4),
            exercise.points,
            status,
            checks,
            replaced,
            flags=tuple(dict.fromkeys(flag for run in runs.values() for flag in run.flags)),
        )

    def _names(
        self,
        exercise: course.Exercise,
        runs: dict[Check, Run],
        explained: dict[Check, Explanation],
    ) -> dict[Check, _Named]:
        """What each failed check is put down to; one that nothing explains is missing."""
        known = misconceptions.misconceptions_of(exercise)
        slips_of_values: list[str | None] = []
        named: dict[Check, _Named] = {}
        for check, run in runs.items():
            if run.passed:
                continue
            explanation = explained.get(check, Explanation())
            if not explanation.names and run.failure and run.failure.misconception:
                explanation = Explanation((run.failure.misconception,))
            found = tuple(known[name] for name in explanation.names if name in known)
            slip = None if found else self._slip(run)
            if run.failure and run.failure.counterexample:
                slips_of_values.append(slip.name if slip else None)
                # Where the values that went wrong first are of no such kind, it is chance.
                slip = slip if slip and slip.name == slips_of_values[0] else None
            if found:
                named[check] = _Named(found, explanation.alike)
            elif slip:
                named[check] = _Named((slip,))
        return named

    def _slip(self, run: Run) -> Slip | None:
        if run.problem:
            has = self._words.has if self._words else lambda _: True
            return slips.of_problem(run.problem, has)
        return slips.of_failure(run.failure) if run.failure else None

    def _tell(self, verdict: CheckVerdict, check: Check, run: Run, named: _Named | None) -> None:
        """Say of a check that failed how, why, and what to think about next."""
        if run.problem:
            self._tell_problem(verdict, run.problem)
            if run.problem.kind != "forbidden":
                verdict.call = self._shown(run.problem)
        elif run.failure:
            failure = run.failure
            verdict.message = self._words.kept(failure.message) if self._words else failure.message
            verdict.counterexample = failure.counterexample
            verdict.call = self._shown(failure)
            of_kind = failure.demand is not None and failure.demand.kind in _KINDS
            verdict.asks = _ASKS_OF_KINDS if of_kind else check.asks
            if named and named.slip:  # of the values that are shown
                named = _Named((slips.of_failure(failure) or named.slip,))
        if verdict.aside:
            verdict.asks = ""
        if named:
            joint = ", or " if named.alike else ", and "
            verdict.misconceptions = tuple(each.name for each in named.found)
            verdict.diagnosis = f"It looks as if {joint.join(each.says for each in named.found)}."
            verdict.asks = named.found[0].asks or verdict.asks

    def _shown(self, ended: Failed | StudentProblem) -> ShownCall | None:
        """The call that a check ended with; of an exception, and in a class, its shapes only."""
        if ended.call is None:
            return None
        try:
            called = shown(ended.call, isinstance(ended, Failed) and self._words is None)
            told = called and called.text.split("(")[0] + "(" in str(ended)
            return None if told else called
        except Exception:
            _log.exception("a call is not shown: %s", ended.call.path)
            return None

    def _tell_problem(self, verdict: CheckVerdict, problem: StudentProblem) -> None:
        details = dict(problem.details)
        text = str(details.get("text") or "").split(_ADVICE)[0]
        if problem.kind == "error" and self._words:
            text = ""
            if not self._words.has(str(details.get("type"))):
                details["type"] = details.get("builtin")
        details |= {
            "text": text,
            "colon": ": " if text else ".",
            # What a learner writes comes first, and what that calls inside after it.
            "calls": details.get("calls", [""])[0],
            "type": details.get("type") or "an exception",
        }
        verdict.problem = problem.kind
        verdict.message = _MESSAGES[problem.kind].format(**details)
        verdict.asks = _ASKS.get(problem.kind, "")
        verdict.cause = problem.__cause__
        if details.get("line") and problem.kind != "not_started":
            verdict.where = (
                f"{details['cell']}, line {details['line']}: {details.get('source', '')}"
            )
            verdict.asks = verdict.asks or "What does this line get, and what did you expect?"


class _Judged(NamedTuple):
    """A student, what came of each check, and the earlier work that the reference replaced."""

    student: Student
    runs: dict[Check, Run]
    replaced: tuple[str, ...]


class _Further:
    """Further runs of the checks of an answer, each made once and only when asked for."""

    def __init__(self, judged: _Judged, seed: int) -> None:
        self._student, self._runs, _ = judged
        self._seed = seed
        self.smaller = functools.cache(self._smaller)
        self.lenient = functools.cache(self._lenient)
        self._again = functools.cache(self._second_run)

    def is_random(self, names: Container[Check]) -> bool:
        """Whether the first check that fails by unnamed values sees others when it runs again."""
        for check, run in self._runs.items():
            if run.failure and run.failure.counterexample and check not in names:
                second = self._again(check)
                return second.problem is None and not diagnosis.same_record(run, second)
        return False

    def _second_run(self, check: Check) -> Run:
        return run_check(check, self._student, self._seed, luck=1)

    def _lenient(self) -> dict[Check, Run]:
        """The runs, where another dtype, or float32's digits, cost the points of one check only.

        That is the first that speaks of the dtype, or the first of all.
        """
        lacking = [check for check, run in self._runs.items() if slips.is_of_precision(run.failure)]
        of_dtype = [check for check in lacking if "dtype" in check.says + check.asks]
        others = set(lacking) - set((of_dtype or lacking)[:1])
        with expect.few_digits():
            again = {check: run_fairly(check, self._student, self._seed) for check in others}
        return self._runs | {check: run for check, run in again.items() if run.passed}

    def _smaller(self, check: Check) -> Run:
        """A run with its failure on smaller inputs; a check that draws nothing has no such."""
        run = self._runs[check]
        if run.failure is None or not run.drawn:
            return run
        return replace(run, failure=self._shrunk(check, run.failure))

    def _shrunk(self, check: Check, failure: Failed) -> Failed:
        """The same check failing on smaller inputs, if it does."""
        for level in range(FULL):
            small = run_check(check, self._student, self._seed, level)
            if small.problem and small.problem.fatal:
                break
            if small.failure and not small.error and _alike(small.failure, failure):
                return small.failure
        return failure


def _alike(small: Failed, failure: Failed) -> bool:
    """Whether a failure on smaller inputs shows the same."""
    if bool(small.counterexample) != bool(failure.counterexample):
        return False
    slip = slips.of_failure(failure)
    return slip is None or getattr(slips.of_failure(small), "name", None) == slip.name


@dataclass(frozen=True)
class _Named:
    """What explains a failure: misconceptions of the exercise, at work together or ``alike``, or a
    slip."""

    found: tuple[Misconception | Slip, ...]
    alike: bool = False

    @property
    def slip(self) -> Slip | None:
        """The slip, if it is one."""
        return next((each for each in self.found if isinstance(each, Slip)), None)


def _asides(runs: dict[Check, Run], names: dict[Check, _Named]) -> set[Check]:
    """The checks that nothing explains, of which it is enough to say that they fail too.

    Where values are wrong, it is no news that further ones are, and what those checks would ask is
    beside the point; all the more where the first check that compares values does not hold.
    """
    asides = set()
    values_before = basic_failed = False
    basic = next((check for check, run in runs.items() if _compares(run)), None)
    for check, run in runs.items():
        failure = run.failure
        follows = basic_failed or (values_before and failure and failure.counterexample)
        if failure and follows and check not in names and not _is_number(failure):
            asides.add(check)
        values_before |= bool(failure and failure.counterexample)
        basic_failed |= check is basic and not run.passed
    return asides


def _named_before(runs: dict[Check, Run], names: dict[Check, _Named]) -> set[Check]:
    """The checks with the names of an earlier one: they are listed beside it, without a case."""
    first: dict[tuple[str, ...], Check] = {}
    failed = [check for check in names if runs[check].failure]
    for check in failed:
        first.setdefault(tuple(each.name for each in names[check].found), check)
    return set(failed) - set(first.values())


def _is_number(failure: Failed) -> bool:
    """Whether it is a number that is wrong; each is a property of its own."""
    return failure.demand is not None and failure.demand.kind == "number"


def _is_wrong(run: Run) -> bool:
    """Whether it ended as that of a misconception could."""
    return run.failure is not None or (run.problem is not None and run.problem.kind == "error")


def _compares(run: Run) -> bool:
    """Whether it saw tensors, or was stopped before it could."""
    return run.problem is not None or any(isinstance(each, torch.Tensor) for each in run.record)


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    """Plain surroundings, and one thread.

    Many tiny operations: a second thread gains nothing, and waits where cores are busy.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with surroundings.plain():
            yield
    finally:
        torch.set_num_threads(before)


def _all_passed(runs: dict[Check, Run]) -> bool:
    return all(run.passed for run in runs.values())


def _points(exercise: course.Exercise, runs: dict[Check, Run]) -> float:
    points = points_of(exercise)
    return sum(points[check.id] for check, run in runs.items() if run.passed)


def _status(checks: list[CheckVerdict]) -> Status:
    problems = [each.problem for each in checks if not each.passed]
    for kind in _STOPPED:
        if kind in problems:
            return kind
    if "protocol" in problems:
        return "crashed"
    if all(problems):
        return "syntax_error" if "syntax_error" in problems else "error"
    return "failed"


@contextlib.contextmanager
def replaced_names(namespace: dict[str, Any], names: Collection[str]) -> Iterator[None]:
    """Put the reference in place of the learner's own earlier work, for a while."""
    missing = object()
    before = {name: namespace.get(name, missing) for name in names}
    for name in names:
        namespace[name] = course.reference_namespace(course.exercise(name).unit)[name]
    try:
        yield
    finally:
        for name, value in before.items():
            if value is missing:
                del namespace[name]
            else:
                namespace[name] = value
