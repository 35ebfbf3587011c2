"""Running one check against one student: what was seen, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from .. import course
from .checks import Check
from .draw import FULL, Draw, sub_seed
from .expect import Failed, flagging, observing
from .student import LocalStudent, StudentProblem
from .student_protocol import Student

_UNREADABLE = "Your answer gave back something that this check cannot read ({problem})."


@dataclass
class Run:
    """One run of a check against one student: what was seen and how it ended.

    ``flags`` are the reasons for a person to look at the answer; ``drawn`` tells whether the check
    drew any inputs.
    """

    record: list
    failure: Failed | None = None
    problem: StudentProblem | None = None
    flags: tuple[str, ...] = ()
    drawn: bool = True

    @property
    def passed(self) -> bool:
        """Whether the property holds."""
        return self.failure is None and self.problem is None


def run_check(check: Check, student: Student, seed: int, level: int = FULL) -> Run:
    """Run a check against a student on the inputs that ``seed`` and ``level`` draw."""
    draw = Draw(sub_seed(seed, check.exercise, check.id, level), level)
    unit = course.exercise(check.exercise).unit
    reference = LocalStudent(course.reference_namespace(unit))
    failure: Failed | None = None
    problem: StudentProblem | None = None
    with observing() as record, flagging() as flags:
        # What is caught leaves its frames behind: they hold each other, and all that a check saw.
        try:
            check.run(student, reference, draw)
        except Failed as broken:
            failure = broken.with_traceback(None)
        except StudentProblem as silent:
            problem = silent.with_traceback(None)
        except Exception as unread:  # whatever an answer hands back, the grader goes on
            failure = Failed(_UNREADABLE.format(problem=unread))
    return Run(record, failure, problem, tuple(flags), draw.used)
