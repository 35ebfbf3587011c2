"""What a learner calls in a notebook: ``check``, ``hint``, ``explain``, ``status``, ``mine``.

``check`` runs in the learner's own kernel, on the names that are defined there: honest feedback,
not proof.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .. import course
from ..course import CourseError, Exercise
from ..grading.grader import Grader, OpenStudent, fresh_seed, replaced_names
from ..grading.render.wording import LOOKING, headline, listed, number
from ..grading.run import GraderFault
from ..grading.stopwatch import OutOfTime, Stopwatch
from ..grading.student import LocalStudent
from ..grading.student_protocol import Student
from ..grading.verdict import ExerciseVerdict
from ..sandbox.inside import cells, surroundings
from ..sandbox.limits import Limits
from . import history, practice, predictions, prints, screen, updates, workspace

SECONDS = Limits().seconds
SEARCH_SECONDS = 2.0
_INTERRUPTED = "Interrupted while the mistake behind it was looked for."


class _Points(float):
    """Points that show nothing below a verdict, which tells them; nbgrader reads the plain text."""

    def _repr_html_(self) -> str:
        return ""


class _Html:
    """An object that a notebook shows as HTML and a terminal as text."""

    def __init__(self, page: str, text: str):
        self._page = page
        self._text = text

    def _repr_html_(self) -> str:
        return self._page

    def __repr__(self) -> str:
        return self._text


def _show(text: str, template: str, replaced: Any = None, **values: object) -> Any:
    """Show a text; in a notebook as HTML, from a template with these values.

    Returns:
        In a notebook, what can be ``replaced`` by what is shown next.
    """
    if not screen.in_notebook():
        print(text)
        return None
    from IPython.display import display

    from ..grading.render import looks

    shown = _Html(looks.template(template).render(values), text)
    if replaced is None:
        return display(shown, display_id=True)
    replaced.update(shown)
    return replaced


def _namespace(depth: int) -> dict[str, Any]:
    shell = screen.shell()
    return shell.user_ns if shell else sys._getframe(depth).f_globals


@functools.cache
def session_seed() -> int:
    """The seed of this process: what misconceptions give for it is kept from check to check."""
    return fresh_seed()


def grade_names(
    exercise: Exercise,
    namespace: dict[str, Any],
    seed: int,
    seconds: float = SECONDS,
    before_search: Callable[[ExerciseVerdict], None] = lambda verdict: None,
) -> ExerciseVerdict:
    """Grade an exercise on names of this process; the namespace is left as it was.

    Args:
        exercise, namespace, seed: what is graded, on which inputs.
        seconds: what the answer may take.
        before_search: called with the verdict before a name is looked for (``Grader``).
    """
    opener = _opener(namespace, seconds)
    return Grader(opener, seed, None, before_search, SEARCH_SECONDS).grade(exercise)


def _opener(namespace: dict[str, Any], seconds: float) -> OpenStudent:
    @contextlib.contextmanager
    def open_student(which: Exercise, replaced: tuple[str, ...]) -> Iterator[Student]:
        with replaced_names(namespace, replaced):
            yield LocalStudent(namespace, which.forbidden, Stopwatch(seconds))

    return open_student


class Interrupted(KeyboardInterrupt):
    """The learner's own interrupt, in a sentence."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback: the sentence."""
        return [str(self)]


class _Report:
    """What ``check`` shows: a verdict and, when the search is over, in its place what it found.

    Args:
        exercise: that is checked.
        note: a sentence that stands above.

    Attributes:
        seed: that draws the inputs.
        verdict: the last one that was shown.
    """

    def __init__(self, exercise: Exercise, note: str) -> None:
        self._id, self._note = exercise.id, note
        self._screen = sys.stdout
        self._shown: Any = None
        self.seed = 0
        self.verdict: ExerciseVerdict | None = None

    def begin(self, verdict: ExerciseVerdict) -> None:
        """Show a verdict without its name."""
        self.verdict = verdict
        if screen.in_notebook():
            self._show(verdict, LOOKING)
        elif self._screen.isatty():
            print(f"{headline(verdict)}. {LOOKING}", file=self._screen, flush=True)

    def end(self, verdict: ExerciseVerdict, interrupted: bool = False) -> None:
        """Show all there is to say."""
        self.verdict = verdict
        again = f'The same inputs again: check("{self._id}", seed={self.seed})'
        if verdict.status in ("passed", "not_started"):
            again = ""
        if verdict.search_ended:
            again = f"Check again, and the search goes on from there. {again}"
        self._show(verdict, f"{_INTERRUPTED} {again}" if interrupted else again)

    def _show(self, verdict: ExerciseVerdict, below: str) -> None:
        # Imported here: the command line's status can do without.
        from ..grading.render.html import exercise_html
        from ..grading.render.text import exercise_text

        page, text = exercise_html(verdict), exercise_text(verdict)
        lines = [self._note, text, f"  {below}" if below else ""]
        text = "\n".join(filter(None, lines))
        values = {"verdict": page, "above": self._note, "below": below}
        self._shown = _show(text, "checked", self._shown, **values)


def check(exercise_id: str, seed: int | None = None, seconds: float = SECONDS) -> float:
    """Check your answer to an exercise, show what came of it, and return the points.

    Args:
        exercise_id: its name, e.g. ``"softmax"``.
        seed: draws the inputs; the same seed draws the same. By default those that your kernel
            keeps, so that you meet a failure again, and then fresh ones.
        seconds: how long your code may take.

    Raises:
        CourseError: if there is no such exercise.
        GraderFault: if it cannot be graded, for no fault of yours.
    """
    namespace = _namespace(2)
    exercise = course.exercise(exercise_id)
    if exercise.by_hand:
        print(f"{exercise_id} is prose, and graded by a person: save the notebook and hand it in.")
        return _Points(0.0)
    shell = screen.shell()
    report = _Report(exercise, history.outdated(exercise_id, shell) if shell else "")
    # Rendering, too, must not meet what the kernel has set.
    with surroundings.plain():
        try:
            with prints.cut_short():
                for report.seed in (session_seed(), fresh_seed()) if seed is None else (seed,):
                    verdict = grade_names(exercise, namespace, report.seed, seconds, report.begin)
                    if verdict.status != "passed":
                        break
            report.end(verdict)
        except KeyboardInterrupt:
            if report.verdict is None:
                raise Interrupted(f"{exercise_id}: interrupted, and not graded.") from None
            verdict = report.verdict
            report.end(verdict, interrupted=True)
    workspace.record(exercise_id, verdict.points, verdict.max_points)
    if clock := practice.checked(exercise_id, verdict.status):
        print(clock)
    if verdict.status == "passed":
        _tell_why(exercise)
    return _Points(verdict.points)


def _tell_why(exercise: Exercise) -> None:
    """Show the explanation of a solution; in a terminal, say how to see it."""
    if not exercise.explanation:
        return
    if not screen.in_notebook():
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
    if not screen.in_notebook():
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
    for exercise in course.all_exercises().values():
        known = done.get(exercise.id, {})
        best, hints = known.get("points", 0.0), known.get("hints", 0)
        mark = "✓" if best >= exercise.points else "·"
        points = f"{number(best)} of {number(exercise.points)}"
        if exercise.by_hand:
            points = "by hand"
        shown = f"{min(hints, len(exercise.hints))} of {len(exercise.hints)}"
        rows.append((mark, exercise.unit, exercise.id, points, shown))
    return rows


def status_sentences() -> list[str]:
    """What else there is to say: exercises that changed, predictions, the clock of practice."""
    predicted = map(predictions.sentence, predictions.summary())
    return [each for each in (*updates.sentences(), *predicted, practice.clock()) if each]


def status() -> None:
    """Show what is done and what is next."""
    header, *rows = status_rows()
    said = status_sentences()
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
    if exercise.by_hand:
        raise CourseError(f"'{exercise.id}' is prose; mine() gives functions and classes")
    try:
        answer = _passing_answer(exercise)
    except _NotYours as why:
        print(f"{exercise.id}: the course's ({why})")
        return course.reference_namespace(exercise.unit)[exercise.id]
    print(f"{exercise.id}: yours")
    return answer


class _NotYours(Exception):
    """Why the course's answer stands in for the learner's."""


def _passing_answer(exercise: Exercise) -> Any:
    """The learner's answer, from the notebook as it is saved.

    Raises:
        _NotYours: there is none that passes.
    """
    from ..submissions.read import Unreadable, read_file

    notebook = course.unit(exercise.unit).workspace_notebook
    try:
        answer = read_file(notebook)
    except Unreadable as problem:
        raise _NotYours(_why_unread(notebook, problem.kind, problem.message)) from None
    namespace = cells.new_namespace(f"workspace_{exercise.unit}")
    grader = Grader(_opener(namespace, SECONDS), fresh_seed())
    try:
        with surroundings.plain():
            with Stopwatch(SECONDS).running():
                cells.run(answer.cells, namespace, {}, answer.earlier_work)
            passes = grader.passes_alone(exercise)
    except OutOfTime:
        raise _NotYours(f"a cell of yours does not end within {SECONDS:g} seconds") from None
    except KeyboardInterrupt:
        raise Interrupted(f"{exercise.id}: interrupted.") from None
    except GraderFault as fault:
        raise _NotYours(str(fault)) from None
    if passes:
        return namespace[exercise.id]
    best = workspace.progress().get(exercise.id, {}).get("points", 0.0)
    if best >= exercise.points:
        raise _NotYours(f"yours has passed, but not as saved: save {notebook.name}, run this again")
    raise _NotYours("yours does not pass yet")


def _why_unread(notebook: Path, kind: str, message: str) -> str:
    if kind != "missing_file":
        return message
    lesson = course.lesson_copy(notebook.stem).stem
    found = sorted(notebook.parent.glob("*.ipynb"))
    others = [each.name for each in found if not each.stem.startswith(lesson)]
    if not others:
        return "yours is not there yet"
    return f"there is no {notebook.name}, only {listed(others)}: give yours that name again"


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext autograder`` puts what this module has for learners at hand."""
    names = {"check": check, "explain": explain, "hint": hint, "mine": mine, "status": status}
    shell.push({**names, "predict": predictions.predict})
