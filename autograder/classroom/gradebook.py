"""What ``nbgrader_config.py`` puts in place of nbgrader's own parts.

nbgrader keeps the course: gradebook, formgrader, feedback, late penalties, export. Two things are
replaced. Submissions are read by ``LenientExporter``, which rebuilds every one of them on the
released notebook, so that none can stop a class. And ``Grade`` stands in for ``Execute``: the
submission runs in a process apart, and each graded cell gets a verdict and its points.

Of what lies beside a notebook, only what nbgrader's exchange has written goes along: ``Collect``
and ``CarryAlong`` see to that. ``ReleaseFeedback`` copes where the exchange has written nothing.
"""

from __future__ import annotations

import fnmatch
import glob
import os
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import nbformat
import nbgrader.utils
from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseFeedback
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    GetGrades,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from sqlalchemy.exc import SAWarning
from traitlets import Enum, Integer, Unicode

from .. import course
from ..authoring import release
from ..course import CourseError, grade_id
from ..grading.record import Record
from ..submissions.fingerprint import key_of
from ..submissions.handed_in import (
    SECRET,
    TIMESTAMP,
    carry_along,
    of_notebook,
    read_handed_in,
    time_handed_in,
    to_notebook,
)
from ..submissions.result import NoGrade, Result
from .local_pool import grade_watched
from .results import Results
from .seed import class_seed

# nbgrader ties a new submission to its learner first and adds it to the session a few lines later;
# SQLAlchemy 2.1 warns in between. Nothing is lost.
warnings.filterwarnings(
    "ignore",
    r"Object of type <Submitted(Assignment|Notebook)> not in session, add operation along "
    r"'(Student|Assignment|Notebook)\.submissions' will not proceed",
    SAWarning,
)


def _existing_timestamp(coursedir: CourseDirectory, folder: str) -> datetime | None:
    when, notice = time_handed_in(Path(folder))
    if notice:
        coursedir.log.warning("%s: %s", folder, notice)
    return when


def _is_ignored(filename: str, patterns: list[str] | None = None) -> bool:
    return any(fnmatch.fnmatch(Path(filename).name, pattern) for pattern in patterns or ())


def _init_notebooks(converter: BaseConverter) -> None:
    coursedir = converter.coursedir
    assignment, student = coursedir.assignment_id, coursedir.student_id
    before, _, after = converter._format_source(assignment, "\0").partition("\0")
    names = [student]
    if student == "*" or not os.path.lexists(before + student + after):
        names = [name for name in _matching(before, student) if "\n" not in name]
    folders = [before + name + after for name in names]
    found = {folder: _matching(folder, f"{coursedir.notebook_id}.ipynb") for folder in folders}
    if isinstance(converter, Autograde):  # what was handed in may be called anything, or lie deeper
        own = [f"{assignment}.ipynb"]
        found = {folder: files or own for folder, files in found.items() if os.path.isdir(folder)}
    converter.notebooks = []
    converter.assignments = {
        folder: [os.path.join(folder, name) for name in files]
        for folder, files in found.items()
        if files
    }
    if not converter.assignments:
        _init_notebooks_of_nbgrader(converter)  # which says why


def _matching(folder: str, pattern: str) -> list[str]:
    """Names in a folder that fit a pattern, but for hidden ones; none if it cannot be read."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted(name for name in fnmatch.filter(names, pattern) if not name.startswith("."))


# nbgrader would take the name of a folder for a pattern, and leave it out or take another one.
_init_notebooks_of_nbgrader = BaseConverter.init_notebooks
BaseConverter.init_notebooks = _init_notebooks
# nbgrader would open whatever is called timestamp.txt, and wait at a pipe for ever.
CourseDirectory.get_existing_timestamp = _existing_timestamp
# nbgrader would list a folder anew for each file and pattern; where a folder's name holds brackets,
# no pattern would fit, and all files be copied.
nbgrader.utils.is_ignored = _is_ignored


def release_preprocessors() -> list:
    """nbgrader's own steps of generate_assignment, after ours."""
    return release.preprocessors()


def autograde_preprocessors() -> list:
    """The steps of nbgrader autograde, with our ``Grade`` and ``SaveGrades``."""
    return [Grade, SaveGrades, AssignLatePenalties, CheckCellMetadata]


def sanitize_preprocessors() -> list:
    """What nbgrader autograde does to a rebuilt submission before it is graded."""
    return [CheckCellMetadata, CarryAlong]


def feedback_preprocessors() -> list:
    """nbgrader's own steps of generate_feedback, and ours."""
    return [GetGrades, CSSHTMLHeaderPreprocessor, CarryAlong]


class LenientExporter(NotebookExporter):
    """Reads a submission, whatever it is, as the released notebook with the learner's answers."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """Rebuild a submitted notebook; read an autograded one as it is."""
        if not getattr(self.parent, "_sanitizing", False):
            return super().from_filename(filename, resources, **kw)
        unit = course.unit(resources["nbgrader"]["assignment"])
        resources["metadata"] = {"name": unit.name, "path": str(Path(filename).parent)}
        notebook = nbformat.from_dict(to_notebook(read_handed_in(unit, Path(filename))))
        return self.from_notebook_node(notebook, resources, **kw)


def adopt_renamed(assignment: str, student: str, notebooks: list[str]) -> None:
    """Have a submission graded whose notebook does not bear the assignment's name."""
    folder = Path(notebooks[0]).parent
    notebooks[:] = [str(folder / f"{assignment}.ipynb")]


def lateness(entry: SubmittedAssignment, when: datetime | None = None) -> list[float | str]:
    """What the late penalty of a submission depends on: seconds late, when it came, its points.

    Args:
        entry: the submission, in an open gradebook.
        when: when it came, if the gradebook is not to say.
    """
    when = when or entry.timestamp
    due = entry.duedate if entry.assignment.duedate else None
    late = max(0.0, (when - due).total_seconds()) if when and due else 0.0
    return [late, str(when), entry.score if late else 0.0]


class Collect(ExchangeCollect):
    """nbgrader's collect, which keeps the time of a submission and the key to its feedback."""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a submission from the exchange."""
        super().do_copy(src, dest, log)
        carry_along(Path(src), Path(dest))


class ReleaseFeedback(ExchangeReleaseFeedback):
    """nbgrader's release_feedback, which goes on after a submission that came another way."""

    src_path: str

    def copy_files(self) -> None:
        """Copy feedback to the exchange, where the learner's key to it is known."""
        for folder in sorted(glob.glob(self.src_path)):
            if all(os.path.isfile(os.path.join(folder, name)) for name in (TIMESTAMP, SECRET)):
                self.src_path = glob.escape(folder)
                super().copy_files()
            else:
                self.log.warning("%s: not by the exchange, so not released there either", folder)


class CarryAlong(NbGraderPreprocessor):
    """Takes what the exchange has written beside a submission from one of nbgrader's folders on."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Copy it beside what is being written; nbgrader's ``release_feedback`` asks for it."""
        info, converter = resources["nbgrader"], self.parent.parent
        ids = info["assignment"], info["student"]
        carry_along(Path(converter._format_source(*ids)), Path(converter._format_dest(*ids)))
        return nb, resources


class Grade(NbGraderPreprocessor):
    """Grades a rebuilt notebook in place of executing it."""

    seed = Integer(None, allow_none=True, help="Draws the inputs; by default class_seed.").tag(
        config=True
    )
    accept = Enum(["full", "partial"], "full", help="The weakest isolation that will do.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Give each graded code cell its verdict and, as its result, its points."""
        info = resources["nbgrader"]
        unit = course.unit(info["assignment"])
        root = Path(self.parent.parent.coursedir.root)
        results = Results(root, unit)
        seed = results.seed(class_seed(unit, root)) if self.seed is None else self.seed
        learner, rebuilt = info["student"], of_notebook(nb)
        result = results.load(learner, self.accept)
        if not result or result.key != key_of(rebuilt, unit, seed, result.verdict.isolation):
            outcome = grade_watched(unit.name, learner, rebuilt, seed, self.accept)
            if isinstance(outcome, NoGrade):
                raise CourseError(outcome.reason)
            result = outcome
            results.save(learner, result)
        self._write(nb, result)
        verdict = msgspec.to_builtins(result.verdict)
        nb.metadata["autograder"] = {"verdict": verdict, "key": result.key}
        return nb, resources

    def _write(self, nb: NotebookNode, result: Result) -> None:
        exercises = {
            course.exercise(exercise.id).check_id: exercise for exercise in result.verdict.exercises
        }
        notes = result.notes
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            cell.outputs, cell.execution_count = [], None
            exercise = exercises.get(grade_id(cell) or "")
            if exercise:
                page = result.pages[exercise.id] + notes
                points = repr(float(exercise.points))
                cell.outputs = [
                    nbformat.v4.new_output("display_data", {"text/html": page}),
                    nbformat.v4.new_output("execute_result", {"text/plain": points}),
                ]
                notes = ""


class SaveGrades(SaveAutoGrades):
    """Saves the points; what a person should look at goes into formgrader's manual grading."""

    known = Unicode("", help="Key of the result that was entered before.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Save the points of a notebook that ``Grade`` has graded."""
        verdict = msgspec.convert(nb.metadata["autograder"]["verdict"], Record)
        flagged = [exercise.id for exercise in verdict.exercises if exercise.flags]
        self._flagged = {course.exercise(exercise_id).check_id for exercise_id in flagged}
        self._is_known = nb.metadata["autograder"]["key"] == self.known
        nb, resources = super().preprocess(nb, resources)
        info = resources["nbgrader"]
        with Gradebook(info["db_url"]) as gradebook:
            entry = gradebook.find_submission(info["assignment"], info["student"])
            nb.metadata["autograder"]["lateness"] = lateness(entry)
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: dict) -> None:
        name = cell.metadata["nbgrader"]["grade_id"]
        notebook = self.notebook_id, self.assignment_id, self.student_id
        grade = self.gradebook.find_grade(name, *notebook)
        waits = grade.needs_manual_grade
        super()._add_score(cell, resources)
        # Of the same result once more a person has seen what there is to see.
        if self._is_known:
            grade.needs_manual_grade = waits
        elif name in self._flagged:
            grade.needs_manual_grade = True
        self.gradebook.db.commit()
