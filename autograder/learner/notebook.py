"""What a learner calls in a notebook: ``check``, ``hint``, ``explain``, ``status``, ``mine``.

``check`` runs in the learner's own kernel, on the names that are defined there: honest feedback,
not proof.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from .. import course
from ..course import CourseError, Exercise
from ..grading.grader import Grader, fresh_seed, replaced_names
from ..grading.render.wording import number
from ..grading.run import GraderFault
from ..grading.student import LocalStudent
from ..grading.student_protocol import Student
from ..grading.verdict import ExerciseVerdict
from ..sandbox.inside import cells, surroundings
from . import practice, predictions, workspace


class _Html:
    """An object that a notebook shows as HTML and a terminal as text."""

    def __init__(self, page: str, text: str):
        self._page = page
        self._text = text

    def _repr_html_(self) -> str:
        return self._page

    def __repr__(self) -> str:
        return self._text


def _show(text: str, template: str, **values: object) -> None:
    """Show a text; in a notebook as HTML, from a template with these values."""
    if _shell() is None:
        print(text)
        return
    from IPython.display import display

    from ..grading.render import looks

    display(_Html(looks.template(template).render(values), text))


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _namespace(depth: int) -> dict[str, Any]:
    shell = _shell()
    return shell.user_ns if shell else sys._getframe(depth).f_globals


def grade_names(exercise: Exercise, namespace: dict[str, Any], seed: int) -> ExerciseVerdict:
    """Grade an exercise on names of this process; the namespace is left as it was."""

    @contextlib.contextmanager
    def open_student(which: Exercise, replaced: tuple[str, ...]) -> Iterator[Student]:
        with replaced_names(namespace, replaced):
            yield LocalStudent(namespace, which.forbidden)

    return Grader(open_student, seed).grade(exercise)


def check(exercise_id: str, seed: int | None = None) -> float:
    """Check your answer to an exercise, show what came of it, and return the points.

    Args:
        exercise_id: its name, e.g. ``"softmax"``.
        seed: draws the inputs; the same seed draws the same. Fresh by default.

    Raises:
        CourseError: if there is no such exercise.
        GraderFault: if it cannot be graded, for no fault of yours.
    """
    namespace = _namespace(2)
    with surroundings.plain():
        # Rendering, too, must not meet what the kernel has set. Imported here: the command line's
        # status can do without.
        from ..grading.render.html import exercise_html
        from ..grading.render.text import exercise_text

        exercise = course.exercise(exercise_id)
        seed = fresh_seed() if seed is None else seed
        verdict = grade_names(exercise, namespace, seed)
        page, text = exercise_html(verdict), exercise_text(verdict)
    workspace.record(exercise_id, verdict.points, verdict.max_points)
    again = f'The same inputs again: check("{exercise_id}", seed={seed})'
    if verdict.status in ("passed", "not_started"):
        again = ""
    text = f"{text}\n  {again}" if again else text
    _show(text, "checked", verdict=page, again=again)
    if clock := practice.checked(exercise_id, verdict.status):
        print(clock)
    if verdict.status == "passed":
        _tell_why(exercise)
    return verdict.points


def _tell_why(exercise: Exercise) -> None:
    """Show the explanation of a solution; in a terminal, say how to see it."""
    if not exercise.explanation:
        return
    if _shell() is None:
        print(f'  Why, and the usual wrong turns: explain("{exercise.id}")')
        return
    from IPython.display import Markdown, display

    display(Markdown(f"---\n{exercise.explanation}"))


def explain(exercise_id: str, anyway: bool = False) -> None:
    """Show why the solution is right, the usual wrong turns, and what others do.

    Args:
        exercise_id: an exercise that you have passed.
        anyway: show it although you have not: it gives the solution away.

    Raises:
        CourseError: if there is no such exercise, or it has not been passed.
    """
    exercise = course.exercise(exercise_id)
    passed = workspace.progress().get(exercise_id, {}).get("points", 0.0) >= exercise.points
    if not (passed or anyway):
        raise CourseError(
            f"'{exercise_id}' has not passed yet, and its explanation gives the solution away; to "
            f'see it all the same: explain("{exercise_id}", anyway=True)'
        )
    if _shell() is None:
        print(exercise.explanation)
    else:
        _tell_why(exercise)


def hint_text(exercise_id: str, step: int | None = None) -> str:
    """The next hint for an exercise, or the one with number ``step``.

    Raises:
        CourseError: if there is no such exercise or step.
    """
    exercise = course.exercise(exercise_id)
    count = len(exercise.hints)
    if step is None:
        step = min(workspace.hint_given(exercise_id), count)
    if not 1 <= step <= count:
        raise CourseError(f"{exercise_id} has the hints 1 to {count}")
    last = "" if step < count else " This is the last one."
    return f"Hint {step} of {count} for {exercise_id}.{last}\n\n{exercise.hints[step - 1]}"


def hint(exercise_id: str, step: int | None = None) -> None:
    """Show the next hint for an exercise: a nudge, then the idea, then pseudo-code."""
    text = hint_text(exercise_id, step)
    head, body = text.split("\n\n", 1)
    is_code = head.startswith("Hint 3")
    _show(text, "hint", head=head, body=body, is_code=is_code)


def status_text() -> str:
    """What is done and what is next, for a terminal."""
    return "\n".join(
        " ".join(f"{cell:<{w}}" for cell, w in zip(row, (3, 16, 22, 12, 10), strict=True)).rstrip()
        for row in status_rows()
    )


def status_rows() -> list[tuple[str, ...]]:
    """What is done and what is next: the names of the columns, then a row for each exercise.

    A row starts with a check mark if the exercise is done.
    """
    done = workspace.progress()
    rows: list[tuple[str, ...]] = [("", "unit", "exercise", "points", "hints")]
    for exercise in course.exercises().values():
        known = done.get(exercise.id, {})
        best, hints = known.get("points", 0.0), known.get("hints", 0)
        mark = "✓" if best >= exercise.points else "·"
        points = f"{number(best)} of {number(exercise.points)}"
        shown = f"{min(hints, len(exercise.hints))} of {len(exercise.hints)}"
        rows.append((mark, exercise.unit, exercise.id, points, shown))
    return rows


def status() -> None:
    """Show what is done and what is next."""
    header, *rows = status_rows()
    sentences = [*map(predictions.sentence, predictions.summary()), practice.clock()]
    said = [each for each in sentences if each]
    _show("\n".join([status_text(), *said]), "status", header=header, rows=rows, asked=said)


def mine(*names: str) -> Any:
    """Your own earlier work by name, and the course's where yours does not pass yet.

    Args:
        names: ids of exercises of earlier units.

    Returns:
        The function or class; a tuple of them for several names.
    """
    answers = [_mine(course.exercise(name)) for name in names]
    return tuple(answers) if len(answers) != 1 else answers[0]


def _mine(exercise: Exercise) -> Any:
    from ..submissions.read import Unreadable, read_file

    reference = course.reference_namespace(exercise.unit)[exercise.id]
    try:
        answer = read_file(course.unit(exercise.unit).workspace_notebook)
    except Unreadable:
        print(f"{exercise.id}: the course's (yours is not there yet)")
        return reference
    namespace = cells.new_namespace(f"workspace_{exercise.unit}")
    try:
        with surroundings.plain():
            cells.run(answer.cells, namespace, {}, answer.earlier_work)
            verdict = grade_names(exercise, namespace, fresh_seed())
    except GraderFault as fault:
        print(f"{exercise.id}: the course's ({fault})")
        return reference
    if verdict.status == "passed" and not verdict.carried_forward:
        print(f"{exercise.id}: yours")
        return namespace[exercise.id]
    print(f"{exercise.id}: the course's (yours does not pass yet)")
    return reference


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext autograder`` puts what this module has for learners at hand."""
    names = {"check": check, "explain": explain, "hint": hint, "mine": mine, "status": status}
    shell.push({**names, "predict": predictions.predict})
