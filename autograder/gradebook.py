"""nbgrader's side of the grader: what ``nbgrader_config.py`` puts in place of nbgrader's own parts.

nbgrader keeps the course: gradebook, formgrader, feedback, late penalties, export. Two things are
replaced. Submissions are read by ``LenientExporter``, which rebuilds every one of them on the
released notebook, so that none can stop a class. And ``Grade`` stands in for ``Execute``: the
submission runs in a process apart, and each graded cell gets a verdict and its points.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import logging
import os
import secrets
from pathlib import Path

import nbformat
import nbgrader.api
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    IncludeHeaderFooter,
    LockCells,
    NbGraderPreprocessor,
    SaveAutoGrades,
    SaveCells,
)
from traitlets import Enum, Integer

from . import build, course, submission
from .class_run import grade_one
from .course import CourseError
from .results import Results, key_of
from .submission import Unreadable

_SECRET = course.ROOT / ".course_secret"


def reuse_engine() -> None:
    """For a process that enters a whole class.

    nbgrader opens the gradebook seven times for each submission. With one engine for all of them,
    SQLAlchemy compiles each statement and looks for the tables once, which takes half the time.
    """
    nbgrader.api.create_engine = functools.cache(nbgrader.api.create_engine)
    tables = nbgrader.api.Base.metadata
    tables.create_all = functools.cache(tables.create_all)


def class_seed(unit: course.Unit) -> int:
    """The seed of a class run: the same for a regrade, unknown to learners.

    It comes from the course's secret (``AUTOGRADER_SECRET``, or ``.course_secret``, made at first
    use), the assignment and the version of its checks.
    """
    secret = os.environ.get("AUTOGRADER_SECRET")
    if not secret:
        if not _SECRET.exists():
            with open(os.open(_SECRET, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_hex(16))
        secret = _SECRET.read_text()
    text = f"{secret} {unit.name} {course.checks_version(unit.name)}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


class RemoveExplanations(NbGraderPreprocessor):
    """Leaves the explanations of the solutions out of the release."""

    def preprocess(self, nb, resources):
        """Drop the cells tagged ``explanation``."""
        nb.cells = [cell for cell in nb.cells if "explanation" not in cell.metadata.get("tags", [])]
        return nb, resources


def release_preprocessors() -> list:
    """nbgrader's own steps of generate_assignment, after ours."""
    return [
        RemoveExplanations,
        IncludeHeaderFooter,
        LockCells,
        ClearSolutions,
        ClearOutput,
        CheckCellMetadata,
        ComputeChecksums,
        SaveCells,
        ClearHiddenTests,
        ClearMarkScheme,
        ComputeChecksums,
        CheckCellMetadata,
    ]


def autograde_preprocessors() -> list:
    """The steps of nbgrader autograde, with our ``Grade`` and ``SaveGrades``."""
    return [Grade, SaveGrades, AssignLatePenalties, CheckCellMetadata]


class LenientExporter(NotebookExporter):
    """Reads a submission, whatever it is, as the released notebook with the learner's answers."""

    def from_filename(self, filename, resources=None, **kw):
        """Rebuild a submitted notebook; read an autograded one as it is."""
        if not getattr(self.parent, "_sanitizing", False):
            return super().from_filename(filename, resources, **kw)
        unit = course.unit(resources["nbgrader"]["assignment"])
        resources["metadata"] = {"name": unit.name, "path": str(Path(filename).parent)}
        notebook = nbformat.from_dict(_rebuilt(unit, Path(filename)))
        return self.from_notebook_node(notebook, resources, **kw)


def _rebuilt(unit: course.Unit, path: Path) -> dict:
    try:
        path, renamed = _find(unit, path)
        notebook = submission.rebuild(unit, submission.read_notebook(path))
        if renamed:
            notebook["metadata"]["autograder"]["notices"].append(
                f"the file was called {path.name}, not {unit.name}.ipynb"
            )
    except Unreadable as problem:
        notebook = submission.released(unit)
        error = {"kind": problem.kind, "message": problem.message}
        notebook["metadata"]["autograder"] = {"error": error, "missing": [], "notices": []}
    return notebook


def _find(unit: course.Unit, path: Path) -> tuple[Path, bool]:
    """The submitted file, also where it was renamed."""
    others = sorted(path.parent.glob("*.ipynb"))
    found = path if path in others else others[0] if len(others) == 1 else None
    if not found:
        names = ", ".join(each.name for each in others) or "no notebook"
        raise Unreadable(
            "missing_file", f"{path.name} is missing; this was handed in: {names}; hand it in."
        )
    if found.is_symlink() or path.parent.is_symlink() or not found.is_file():
        raise Unreadable(
            "missing_file", f"{found.name} is not a file of its own; hand in the notebook itself."
        )
    return found, found != path


def adopt_renamed(assignment, student, notebooks) -> None:
    """Have a submission graded whose notebook does not bear the assignment's name."""
    folder = Path(notebooks[0]).parent
    notebooks[:] = [str(folder / f"{folder.name}.ipynb")]


class Grade(NbGraderPreprocessor):
    """Grades a rebuilt notebook in place of executing it."""

    seed = Integer(None, allow_none=True, help="Draws the inputs; by default class_seed.").tag(
        config=True
    )
    accept = Enum(["full", "partial"], "full", help="The weakest confinement that will do.").tag(
        config=True
    )

    def preprocess(self, nb, resources):
        """Give each graded code cell its verdict and, as its result, its points."""
        info = resources["nbgrader"]
        unit = course.unit(info["assignment"])
        results = Results(self.parent.parent.coursedir.root, unit)
        seed = results.seed(class_seed(unit)) if self.seed is None else self.seed
        handed_in = {"notebook": nb, "error": nb.metadata.get("autograder", {}).get("error")}
        found = handed_in["error"] or submission.from_rebuilt(nb, unit)
        result = results.load(info["student"])
        if not result or result["key"] != key_of(found, unit, seed, result["verdict"]["isolation"]):
            result = grade_one(unit.name, info["student"], handed_in, seed, self.accept)
            results.save(info["student"], result)
        self._write(nb, unit, result)
        nb.metadata["autograder"] = {"verdict": result["verdict"], "key": result["key"]}
        return nb, resources

    def _write(self, nb, unit, result) -> None:
        by_cell = {course.exercise(each["id"]).check_id: each for each in _exercises(result)}
        notes = result["notes"]
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            cell.outputs, cell.execution_count = [], None
            found = by_cell.get(submission.grade_id(cell))
            if found:
                page = result["pages"][found["id"]] + notes
                points = repr(float(found["points"]))
                cell.outputs = [
                    nbformat.v4.new_output("display_data", {"text/html": page}),
                    nbformat.v4.new_output("execute_result", {"text/plain": points}),
                ]
                notes = ""


class SaveGrades(SaveAutoGrades):
    """Saves the points; what a person should look at goes into formgrader's manual grading."""

    def preprocess(self, nb, resources):
        """Save the points of a notebook that ``Grade`` has graded."""
        verdict = nb.metadata["autograder"]["verdict"]
        flagged = [each["id"] for each in verdict["exercises"] if each["flags"]]
        self._flagged = {course.exercise(each).check_id for each in flagged}
        return super().preprocess(nb, resources)

    def _add_score(self, cell, resources):
        super()._add_score(cell, resources)
        name = cell.metadata["nbgrader"]["grade_id"]
        if name in self._flagged:
            notebook = self.notebook_id, self.assignment_id, self.student_id
            self.gradebook.find_grade(name, *notebook).needs_manual_grade = True
            self.gradebook.db.commit()


def _exercises(result: dict) -> list[dict]:
    return result["verdict"]["exercises"]


class Desk:
    """The course in the current folder, as nbgrader knows it, and one assignment of it.

    Raises:
        CourseError: if the folder is not a course's.
    """

    def __init__(self, unit: course.Unit):
        if not Path("nbgrader_config.py").exists():
            raise CourseError("there is no nbgrader_config.py here; go to the course's folder")
        app = NbGrader()
        app.initialize([])
        app.config.Application.log_level = logging.ERROR
        self._api = NbGraderAPI(config=app.config)
        self._unit = unit
        self.root = Path(self._api.coursedir.root)
        self.results = Results(self.root, unit)

    def seed(self) -> int:
        """What draws the inputs: the seed that was chosen, else ``class_seed``."""
        return self.results.seed(class_seed(self._unit))

    def students(self) -> list[str]:
        """Everyone who has handed in a folder for the assignment."""
        folder = self.root / self._api.coursedir.submitted_directory
        return sorted(each.parent.name for each in folder.glob(f"*/{self._unit.name}"))

    def read(self, student: str) -> dict:
        """What a student handed in, rebuilt on the release; see ``class_run.grade_one``."""
        folder = self._folder(self._api.coursedir.submitted_directory, student)
        notebook = _rebuilt(self._unit, folder / f"{self._unit.name}.ipynb")
        return {"notebook": notebook, "error": notebook["metadata"]["autograder"].get("error")}

    def is_released(self) -> bool:
        """Whether the gradebook knows the assignment."""
        with self._gradebook() as gradebook, contextlib.suppress(MissingEntry):
            return bool(gradebook.find_assignment(self._unit.name))
        return False

    def release(self) -> str:
        """Register the assignment in the gradebook, anew if it is there; says what was done.

        Raises:
            CourseError: if it has no exercises, or nbgrader refuses.
        """
        name = self._unit.name
        if not self._unit.exercises:
            raise CourseError(f"unit {name} has no graded exercises")
        source = self.root / self._api.coursedir.source_directory / name / f"{name}.ipynb"
        source.parent.mkdir(parents=True, exist_ok=True)
        text = nbformat.writes(build.source_notebook(self._unit))
        source.write_text(text + "\n", encoding="utf-8")
        done = self._api.generate_assignment(name)
        if not done["success"]:
            raise CourseError(f"nbgrader did not release {name}:\n{done['log'][-2000:]}")
        released = self._api.coursedir.release_directory
        return f"{name} is in the gradebook; hand out {released}/{name}/{name}.ipynb"

    def has(self, student: str, key: str) -> bool:
        """Whether the gradebook and the autograded notebook hold the result with this key."""
        folder = self._folder(self._api.coursedir.autograded_directory, student)
        try:
            path = folder / f"{self._unit.name}.ipynb"
            notebook = json.loads(path.read_text(encoding="utf-8"))
            with self._gradebook() as gradebook:
                gradebook.find_submission(self._unit.name, student)
        except (FileNotFoundError, ValueError, MissingEntry):
            return False
        return notebook["metadata"].get("autograder", {}).get("key") == key

    def enter(self, student: str) -> str:
        """Have nbgrader enter the result of a student; returns what went wrong, if anything."""
        if not list(self._folder("submitted", student).glob("*.ipynb")):
            self._enter_nothing(student)
            return ""
        done = self._api.autograde(self._unit.name, student)
        return "" if done["success"] else done.get("log", "")[-500:] or done.get("error", "")[-500:]

    def _enter_nothing(self, student: str) -> None:
        """A folder without a notebook: nbgrader would pass over it; here it has no points."""
        with self._gradebook() as gradebook:
            gradebook.update_or_create_student(student)
            entry = gradebook.update_or_create_submission(self._unit.name, student)
            for notebook in entry.notebooks:
                for grade in notebook.grades:
                    grade.auto_score, grade.needs_manual_grade = 0, False
            gradebook.db.commit()

    def _gradebook(self):
        return Gradebook(self._api.coursedir.db_url, self._api.coursedir.course_id)

    def _folder(self, kind: str, student: str) -> Path:
        return self.root / kind / student / self._unit.name
