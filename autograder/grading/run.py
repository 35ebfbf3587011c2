"""Running one check against one student: what was seen, and how it ended."""

from __future__ import annotations

import functools
import logging
import traceback
from dataclasses import dataclass
from typing import Any

from .. import course
from .checks import Check
from .draw import FULL, Draw, sub_seed
from .expect import Failed, flagging, observing
from .reference import Reference
from .student import LocalStudent, StudentProblem, begin_luck, last_call
from .student_protocol import Student

_UNREADABLE = "Your answer gave back something that this check cannot read."
_log = logging.getLogger("autograder")


class GraderFault(Exception):
    """A check that stops on the model solution as well: the grader's fault, and no learner's.

    Args:
        check: the check.
        seed: what draws its inputs.
        cause: the exception that stopped it.
    """

    def __init__(self, check: Check, seed: int, cause: BaseException | None) -> None:
        super().__init__(
            f"{check.exercise} cannot be graded: the check '{check.says}' stops on the course's "
            "own solution as well. That is a fault of the grader and costs no points; please "
            f"report it to whoever gives the course (seed {seed}{_told(cause)})"
        )

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback: the sentence."""
        return [str(self)]


def _told(cause: BaseException | None) -> str:
    """For a report: the exception, and where it was raised."""
    if cause is None:
        return ""
    place = traceback.extract_tb(cause.__traceback__)[-1:]
    where = "".join(f" at {frame.filename}:{frame.lineno}" for frame in place)
    return f"; {type(cause).__name__}: {cause}{where}"


@dataclass
class Run:
    """One run of a check against one student: what was seen and how it ended.

    ``flags`` are the reasons for a person to look at the answer; ``drawn`` tells whether the check
    drew any inputs. ``error`` is what stopped the check where it should not have stopped; the
    failure says then that the answer could not be read.
    """

    record: list
    failure: Failed | None = None
    problem: StudentProblem | None = None
    flags: tuple[str, ...] = ()
    drawn: bool = True
    error: Exception | None = None

    @property
    def passed(self) -> bool:
        """Whether the property holds."""
        return self.failure is None and self.problem is None

    @property
    def unexplained(self) -> bool:
        """Whether it was stopped, and not by a line of the learner's code."""
        if self.problem and self.problem.kind in ("error", "missing"):
            return self.problem.details.get("line") is None
        return self.error is not None


def run_check(check: Check, student: Student, seed: int, level: int = FULL, luck: int = 0) -> Run:
    """Run a check against a student on the inputs that ``seed`` and ``level`` draw.

    Random numbers of the student's own are the same for the same ``luck``, others for another.
    """
    inputs = seed, check.exercise, check.id, level
    draw = Draw(sub_seed(*inputs), level)
    reference = Reference(_names(check), check, seed, level)
    failure: Failed | None = None
    problem: StudentProblem | None = None
    error: Exception | None = None
    begin_luck(student, sub_seed(*inputs, "luck", luck))
    before = last_call(student)
    with observing() as record, flagging() as flags:
        # What is caught leaves its frames behind: they hold each other, and all that a check saw.
        try:
            check.run(student, reference, draw)
        except Failed as broken:
            failure = broken.with_traceback(None)
        except StudentProblem as silent:
            problem = silent.with_traceback(None)
        except Exception as unread:  # whatever an answer hands back, the grader goes on
            failure, error = Failed(_UNREADABLE), unread
    call = last_call(student)
    ended = failure or problem
    if ended and call is not before:
        ended.call = call
    return Run(record, failure, problem, tuple(flags), draw.used, error)


def run_fairly(check: Check, student: Student, seed: int) -> Run:
    """``run_check``, where the learner is blamed for nothing that stops the reference as well.

    Raises:
        GraderFault: it does.
    """
    run = run_check(check, student, seed)
    if run.unexplained and _stops(check, seed):
        cause = run.error or (run.problem and run.problem.__cause__)
        fault = GraderFault(check, seed, cause)
        _log.error("%s", fault, exc_info=cause)
        raise fault from cause
    return run


@functools.lru_cache(maxsize=4096)
def _stops(check: Check, seed: int) -> bool:
    """Whether a check stops on the reference: the same for a whole class, with its one seed."""
    run = run_check(check, LocalStudent(_names(check)), seed)
    return run.problem is not None or run.error is not None


def _names(check: Check) -> dict[str, Any]:
    return course.reference_namespace(course.exercise(check.exercise).unit)
