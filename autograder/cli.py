"""The command line: ``python -m autograder``."""

from __future__ import annotations

import functools
import os
import sys
import traceback
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from . import course
from .course import CourseError
from .grading.render import safe
from .grading.render.terminal import say, say_table
from .grading.render.wording import LOOKING, Role, Styled, headline, listed

if TYPE_CHECKING:  # with torch, which few commands need
    from .classroom.desk import Desk
    from .classroom.roll import Class
    from .grading.verdict import ExerciseVerdict, SubmissionVerdict

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
NOT_ALL, NOT_GRADED = 1, 2


class Accept(StrEnum):
    """The weakest confinement that will do."""

    full = "full"
    partial = "partial"


def _complain(message: str) -> None:
    """Say what went wrong. Nothing steers the terminal, whoever wrote the message."""
    typer.echo(f"autograder: {safe.printable(message)}", err=True)


def _fail(message: str) -> NoReturn:
    _complain(message)
    raise typer.Exit(NOT_GRADED)


def _say_first(verdict: ExerciseVerdict) -> None:
    """To a person who waits, the points before the search for a name."""
    if sys.stderr.isatty():
        typer.echo(f"{headline(verdict)}. {LOOKING}", err=True)


def _clear_errors(command: Callable[..., None]) -> Callable[..., None]:
    """What the user can mend is said in one sentence, without a traceback."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except CourseError as problem:
            _fail(str(problem))
        except OSError as problem:
            _fail(f"{problem.filename or 'a file'}: {problem.strerror or problem}")
        except typer.Exit:
            raise
        except Exception as problem:
            from .grading.run import GraderFault  # with torch, which few commands need
            from .sandbox.processes import ServerFailed

            if isinstance(problem, (GraderFault, ServerFailed)):
                _fail(str(problem))
            traceback.print_exc()
            _fail("that is a fault of the grader; please report it, with the lines above")

    return run


@app.command()
@_clear_errors
def check(
    path: Path,
    exercise: Annotated[list[str] | None, typer.Option(help="Only this exercise.")] = None,
    seed: Annotated[int | None, typer.Option(help="Draws the inputs; fresh by default.")] = None,
    json_to: Annotated[
        str | None, typer.Option("--json", help="Write JSON to a file, or -.")
    ] = None,
    in_process: Annotated[bool, typer.Option(help="Run in this process, to debug.")] = False,
) -> None:
    """Grade one notebook or Python file. Exit 0: all points, 1: not all, 2: could not be graded.

    Points that a person gives do not count here.
    """
    from .sandbox.processes import missing_layers, the_server

    if not in_process:
        the_server()
    from .grading.record import to_json
    from .grading.render.text import submission_lines
    from .submissions.grade import grade

    missing = {} if in_process else missing_layers()
    if missing:
        _complain(
            f"{path} is confined in part only, without {listed(list(missing))}: check so what you "
            "trust; 'python -m autograder doctor' says more"
        )
    verdict = grade(path, exercise, seed, in_process, before_search=_say_first)
    if json_to:
        text = to_json(verdict.record())
        if json_to == "-":
            typer.echo(text)
        else:
            Path(json_to).write_text(text + "\n", encoding="utf-8")
    if verdict.error:
        _fail(verdict.error.message)
    _keep(path, verdict)
    if json_to != "-":
        say(*submission_lines(verdict))
        _tell_the_time(path, verdict)
    by_hand = sum(each.max_points for each in verdict.exercises if each.status == "manual")
    raise typer.Exit(0 if verdict.points >= verdict.max_points - by_hand else NOT_ALL)


def _keep(path: Path, verdict: SubmissionVerdict) -> None:
    """Keep for ``status`` what was reached in the learner's own notebook of a unit."""
    from .learner import workspace

    for unit in course.units().values():
        own = unit.workspace_notebook
        if own.exists() and own.samefile(path):
            for each in verdict.exercises:
                workspace.record(each.id, each.points, each.max_points)


def _tell_the_time(path: Path, verdict: SubmissionVerdict) -> None:
    """Say how long an exercise has been practised, if the file is the notebook for that."""
    from .learner import practice

    practised = practice.practised_in(path)
    for each in verdict.exercises:
        if each.id == practised and (clock := practice.checked(each.id, each.status, path)):
            typer.echo(clock)


@app.command()
@_clear_errors
def hint(
    exercise: str,
    step: Annotated[int | None, typer.Option(help="1, 2 or 3.")] = None,
) -> None:
    """Show the next hint for an exercise, or the given one."""
    from .learner.notebook import hint_text

    head, body = hint_text(exercise, step).split("\n", 1)
    say(Styled(head, "title"), Styled(body))


@app.command()
@_clear_errors
def status() -> None:
    """Show what is done and what is next."""
    from .learner.notebook import status_rows, status_sentences, status_text

    header, *rows = status_rows()
    say_table(header, [("passed" if row[0] == "✓" else "", row) for row in rows], status_text())
    for sentence in status_sentences():
        typer.echo(safe.one_line(sentence))


@app.command()
@_clear_errors
def reset(exercise: str) -> None:
    """Bring one exercise of your workspace back to its beginning; your answer is kept beside it."""
    from .learner import workspace

    typer.echo(workspace.reset(exercise).message)


@app.command()
@_clear_errors
def practice(
    exercise: Annotated[str | None, typer.Argument(help="Chosen for you by default.")] = None,
) -> None:
    """Do an exercise once more, blank and by the clock: one that failed, or passed long ago."""
    from .learner import practice as practising

    notebook = practising.start(exercise)
    shown = notebook.relative_to(course.ROOT) if notebook.is_relative_to(course.ROOT) else notebook
    typer.echo(
        f"{shown} is new, and the clock is running; 'status' and each check tell the time. Open "
        "it in JupyterLab. Your own notebook stays as it is."
    )


@app.command()
@_clear_errors
def build(
    units: Annotated[list[str] | None, typer.Argument(help="Only these units.")] = None,
    check_only: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail on drift and stale edits.")
    ] = False,
) -> None:
    """Make the exercise notebooks and the executed lessons from their sources."""
    from .authoring import build as building

    course.needs_sources()
    names = [building.known(each) for each in units] if units else None
    drift = building.drift(names) if check_only else building.build(names, typer.echo)
    for line in drift:
        typer.echo(line, err=True)
    raise typer.Exit(1 if drift else 0)


@app.command()
@_clear_errors
def kit(
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
    python: Annotated[
        list[str] | None,
        typer.Option(help="Another Python to make it for, such as python3.13; may be repeated."),
    ] = None,
) -> None:
    """Write what learners get: the course without its solutions, which are compiled."""
    from .authoring import kit as making

    making.write(folder, python or [], typer.echo)


@app.command()
@_clear_errors
def book(
    folder: Annotated[Path, typer.Argument(help="A new folder, or that of an earlier book.")],
    explanations: Annotated[
        bool, typer.Option(help="Whether it has pages that explain the solutions.")
    ] = True,
) -> None:
    """Make the book: a site to be read without Jupyter, from the executed lessons."""
    from .authoring import book as making

    making.write(folder, explanations)
    typer.echo(f"{folder / 'index.html'}")


@app.command()
@_clear_errors
def misconceptions(
    exercise: str, name: Annotated[str | None, typer.Argument(help="Only this one.")] = None
) -> None:
    """Show the misconceptions of an exercise and what each does to the model solution."""
    from .authoring import edits

    course.needs_sources()
    typer.echo(edits.described(course.exercise(exercise), name))


@app.command()
def models() -> None:
    """Fetch and verify the real models. Exit 3: could not be fetched, 4: a wrong file came."""
    from .authoring import models as real

    for each in real.MODELS:
        try:
            real.fetch(each, typer.echo)
        except real.ModelError as problem:
            typer.echo(f"autograder: {problem}", err=True)
            raise typer.Exit(problem.code) from None
        typer.echo(f"{each.name}: here, and verified.")


@app.command()
@_clear_errors
def release(assignment: str) -> None:
    """Register an assignment in nbgrader's gradebook, so that it can be collected and graded."""
    from .classroom.run import open_desk

    typer.echo(open_desk(course.unit(assignment)).release())


@app.command()
@_clear_errors
def grade(
    assignment: str,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; by default as fit cores and free memory.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="A dask scheduler, tcp://host:port.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Grade with these inputs from now on.")] = None,
    accept: Annotated[Accept, typer.Option(help="The weakest confinement.")] = Accept.full,
    student: Annotated[
        list[str] | None, typer.Option(help="Only this student; may be repeated.")
    ] = None,
) -> None:
    """Grade a class: submitted/*/ASSIGNMENT. Exit 0: all have a grade, 1: not all, 2: none."""
    from tqdm import tqdm

    from .classroom.run import grade_class

    bar = tqdm(unit="submission", disable=None)

    def progress(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    with bar:
        unit = course.unit(assignment)
        students = student or ()
        summary = grade_class(unit, workers, scheduler, seed, accept.value, progress, students)
    confined = ", ".join(sorted(summary.isolation)) or "none"
    counts = (
        f"{assignment}: {len(summary.graded)} graded, {len(summary.unchanged)} unchanged, "
        f"{len(summary.failed)} failed; confinement: {confined}."
    )
    say(Styled(counts, "failed" if summary.failed else "passed"))
    for learner, problem in summary.unreadable.items():
        says = f"{learner} has 0 points, for nothing could be read: {problem}"
        say(Styled(safe.one_line(says), "flag"))
    for learner, problem in summary.failed.items():
        _complain(safe.one_line(f"{learner} has no grade: {problem}"))
    raise typer.Exit(NOT_ALL if summary.failed else 0)


@app.command()
@_clear_errors
def report(
    assignment: Annotated[str | None, typer.Argument(help="Of the whole course if none.")] = None,
    to: Annotated[Path | None, typer.Option(help="Folder; reports/ASSIGNMENT by default.")] = None,
    hide_names: Annotated[bool, typer.Option(help="No names on the pages on a class.")] = False,
) -> None:
    """Say what a class misunderstands, as pages too; write JSON, CSV, JUnit, feedback."""
    from .classroom import report as reports
    from .classroom.run import open_desk

    folder = to or Path("reports")
    if assignment:
        unit = course.unit(assignment)
        own = to or folder / unit.name
        _report(open_desk(unit), unit, own, hide_names)
        say(Styled(f"\nReports are in {own}."))
        return
    desks = {unit: open_desk(unit) for unit in course.units().values()}
    classes = {
        unit.name: _report(desk, unit, folder / unit.name, hide_names)
        for unit, desk in desks.items()
        if desk.results.learners()
    }
    reports.write_course(classes, folder, hide_names)
    say(Styled(f"\nReports are in {folder}; begin with {reports.COURSE_PAGE}."))


def _report(desk: Desk, unit: course.Unit, folder: Path, hide_names: bool) -> Class:
    """Write the reports on an assignment, say what they say, and give who is in them."""
    from .classroom import alike
    from .classroom import report as reports

    learners, book = desk.learners(), desk.standings()
    pairs = alike.compare(unit, {who: desk.code(who) for who in learners})
    known = reports.write(unit, desk.root, folder, learners, book, hide_names, desk.people(), pairs)
    say(*reports.class_lines(unit, known))
    for gone in sorted({*desk.results.learners(), *filter(book.get, book)}.difference(learners)):
        says = f"Left out: {gone}, for whom there is no {desk.folder(gone)} any more"
        if book.get(gone):
            says += "; nbgrader goes on to export points (nbgrader db student remove)"
        say(Styled(safe.one_line(f"{says}."), "flag"))
    return known


@app.command()
@_clear_errors
def gradescope(
    assignment: str,
    to: Annotated[Path | None, typer.Option(help="The zip; gradescope/ASSIGNMENT.zip.")] = None,
) -> None:
    """Write an assignment as an autograder for Gradescope: a zip to upload there."""
    from .classroom.gradescope import write_zip
    from .classroom.run import open_desk

    unit = course.unit(assignment)
    path = to or Path("gradescope") / f"{unit.name}.zip"
    write_zip(unit, path, open_desk(unit).root)
    say(Styled(f"{path} holds the solutions: upload it, and give it to no student."))


@app.command()
@_clear_errors
def doctor() -> None:
    """Tell what confinement this machine gives submissions. Exit 0: all of it, 1: not all."""
    from .sandbox import probe
    from .sandbox.processes import missing_layers

    missing = missing_layers()
    rows: list[tuple[Role, tuple[str, str, str]]] = []
    for name, says in probe.LAYERS.items():
        state = f"MISSING: {missing[name]}" if name in missing else "holds"
        rows.append(("failed" if name in missing else "passed", (name, state, says)))
    text = "\n".join(f"{name:13} {state:8} {says}" for _, (name, state, says) in rows)
    say_table(("layer", "state", "what it means"), rows, text)
    role: Role = "failed" if missing else "passed"
    say(Styled(f"Confinement: {probe.isolation(missing)}.", role))
    if missing:
        typer.echo(probe.ADVICE)
    raise typer.Exit(NOT_ALL if missing else 0)


def _use_utf_8() -> None:
    """Start anew where names of files would be read in another encoding than they are written."""
    if sys.getfilesystemencoding() != "utf-8" and os.environ.get("PYTHONUTF8") != "1":
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def main() -> None:
    """Entry point; also ``python -m autograder``."""
    _use_utf_8()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()
