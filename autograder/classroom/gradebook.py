"""What ``nbgrader_config.py`` puts in place of nbgrader's own parts.

nbgrader keeps the course: gradebook, formgrader, feedback, late penalties, export. Two things are
replaced. Submissions are read by ``LenientExporter``, which rebuilds every one of them on the
released notebook, so that none can stop a class. And ``Grade`` stands in for ``Execute``: the
submission runs in a process apart, and each graded cell gets a verdict and its points.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import msgspec
import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from sqlalchemy.exc import SAWarning
from traitlets import Enum, Integer

from .. import course
from ..authoring import release
from ..course import CourseError
from ..grading.record import Record
from ..submissions.fingerprint import key_of
from ..submissions.handed_in import of_notebook, read_handed_in, to_notebook
from ..submissions.read import grade_id
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


def release_preprocessors() -> list:
    """nbgrader's own steps of generate_assignment, after ours."""
    return release.preprocessors()


def autograde_preprocessors() -> list:
    """The steps of nbgrader autograde, with our ``Grade`` and ``SaveGrades``."""
    return [Grade, SaveGrades, AssignLatePenalties, CheckCellMetadata]


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
    notebooks[:] = [str(folder / f"{folder.name}.ipynb")]


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
        results = Results(self.parent.parent.coursedir.root, unit)
        seed = results.seed(class_seed(unit)) if self.seed is None else self.seed
        learner, rebuilt = info["student"], of_notebook(nb)
        result = results.load(learner)
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

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Save the points of a notebook that ``Grade`` has graded."""
        verdict = msgspec.convert(nb.metadata["autograder"]["verdict"], Record)
        flagged = [exercise.id for exercise in verdict.exercises if exercise.flags]
        self._flagged = {course.exercise(exercise_id).check_id for exercise_id in flagged}
        return super().preprocess(nb, resources)

    def _add_score(self, cell: NotebookNode, resources: dict) -> None:
        super()._add_score(cell, resources)
        name = cell.metadata["nbgrader"]["grade_id"]
        if name in self._flagged:
            notebook = self.notebook_id, self.assignment_id, self.student_id
            self.gradebook.find_grade(name, *notebook).needs_manual_grade = True
            self.gradebook.db.commit()
