"""nbgrader's side of an assignment: submissions, gradebook and autograded notebooks."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import functools
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import nbformat
import nbgrader.api
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
from nbgrader.auth import NoAuthPlugin
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import BaseConverter
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from .. import course
from ..authoring.release import source_notebook
from ..course import CourseError
from ..submissions.handed_in import read_handed_in, time_handed_in
from ..submissions.read import Rebuilt
from .gradebook import lateness
from .refit import refit
from .results import Results
from .seed import class_seed
from .standing import Person, Standing, of_entry


def reuse_engine() -> None:
    """For a process that enters a whole class.

    nbgrader opens the gradebook seven times for each submission. With one engine for all of them,
    SQLAlchemy compiles each statement and looks for the tables once, which takes half the time.
    """
    nbgrader.api.create_engine = functools.cache(nbgrader.api.create_engine)
    tables = nbgrader.api.Base.metadata
    tables.create_all = functools.cache(tables.create_all)


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
        # Who sees which course is JupyterHub's matter; no shell outside of it can ask it.
        app.config.Authenticator.plugin_class = NoAuthPlugin
        self._api = NbGraderAPI(config=app.config)
        self._unit = unit
        self.root = Path(self._api.coursedir.root)
        self.results = Results(self.root, unit)

    def seed(self) -> int:
        """What draws the inputs: the seed that was chosen, else ``class_seed``."""
        return self.results.seed(class_seed(self._unit, self.root))

    def learners(self) -> list[str]:
        """Everyone who has handed in a folder for the assignment."""
        before, _, after = str(self.folder("\0")).partition("\0")
        try:
            return sorted(name for name in os.listdir(before) if _is_there(before + name + after))
        except FileNotFoundError:
            return []

    def read(self, learner: str) -> Rebuilt:
        """What a learner handed in, rebuilt on the release.

        Raises:
            OSError: if the folder may not be read, or nbgrader cannot take its name.
        """
        folder = self.folder(learner)
        if "\n" in learner or not _is_utf_8(learner):
            says = "nbgrader takes names in UTF-8 without line breaks only"
            raise OSError(errno.EILSEQ, says, str(folder))
        return read_handed_in(self._unit, folder / f"{self._unit.name}.ipynb")

    def folder(self, learner: str) -> Path:
        """Where a learner's submission lies."""
        return self._path(self._api.coursedir.submitted_directory, learner)

    def see_to_release(self) -> None:
        """Register the assignment where the gradebook does not know it, or counts other points.

        Raises:
            CourseError: if it knows other exercises; only ``release`` takes any out.
        """
        ours = {each.check_id: each.points for each in self._unit.with_points}
        known = self._known_points()
        if known and ours.keys() != known.keys():
            gone, new = sorted(known.keys() - ours.keys()), sorted(ours.keys() - known.keys())
            raise CourseError(
                f"the gradebook knows other exercises of {self._unit.name} (no more in the course: "
                f"{', '.join(gone) or 'none'}; new: {', '.join(new) or 'none'}); 'python -m "
                f"autograder release {self._unit.name}' changes that, then grade again"
            )
        if known != ours:
            self.release()

    def _known_points(self) -> dict[str, float]:
        """The graded cells that the gradebook knows, and their points."""
        name = self._unit.name
        with self._gradebook() as gradebook, contextlib.suppress(MissingEntry):
            cells = gradebook.find_notebook(name, name).grade_cells
            return {cell.name: cell.max_score for cell in cells}
        return {}

    def release(self) -> str:
        """Register the assignment in the gradebook, anew if it is there; says what was done.

        Exercises that the course has no more are taken out of the gradebook; their grades are kept
        beside the results.

        Raises:
            CourseError: if it has no exercises, or nbgrader refuses.
        """
        name = self._unit.name
        if not self._unit.with_points:
            raise CourseError(f"unit {name} has no graded exercises")
        if self._unit.is_lesson:
            raise CourseError(f"{name} is for practice: its exercise stands in the lesson")
        source = self._path(self._api.coursedir.source_directory, ".") / f"{name}.ipynb"
        source.parent.mkdir(parents=True, exist_ok=True)
        notebook = source_notebook(self._unit)
        source.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
        taken = self._refit(notebook)
        problem = self._run(GenerateAssignment(coursedir=self._api.coursedir, parent=self._api))
        if problem:
            raise CourseError(f"nbgrader did not release {name}: {problem}")
        released = self._path(self._api.coursedir.release_directory, ".") / f"{name}.ipynb"
        says = f"{name} is in the gradebook; hand out {os.path.relpath(released, self.root)}"
        return f"{says}\n{taken}" if taken else says

    def _refit(self, notebook: NotebookNode) -> str:
        """See ``refit``; says what was taken out, if anything."""
        name = self._unit.name
        with self._gradebook() as gradebook, contextlib.suppress(MissingEntry):
            known = gradebook.find_notebook(name, name)
            # Without submissions, nbgrader does it.
            taken = refit(gradebook, known, notebook) if known.submissions else []
            kept = self.results.keep_removed(taken) if taken else None
            gradebook.db.commit()
            if kept:
                names = ", ".join(sorted({grade["name"] for grade in taken}))
                return f"taken out of the gradebook: {names}; {len(taken)} grades are in {kept}"
        return ""

    def standings(self) -> dict[str, Standing | None]:
        """What the gradebook says of each student it knows; None for who handed in nothing."""
        name = self._unit.name
        with self._gradebook() as gradebook:
            found: dict[str, Standing | None] = {each.id: None for each in gradebook.students}
            with contextlib.suppress(MissingEntry):
                entries = gradebook.assignment_submissions(name)
                found |= {each.student.id: of_entry(each) for each in entries}
        return found

    def people(self) -> dict[str, Person]:
        """What the gradebook knows of each student beside the id."""
        with self._gradebook() as gradebook:
            names = [each.name for each in dataclasses.fields(Person)]
            return {
                each.id: Person(*(getattr(each, name) or "" for name in names))
                for each in gradebook.students
            }

    def has(self, learner: str, key: str) -> bool:
        """Whether the gradebook and the autograded notebook hold the result with this key.

        Not so if a due date, an extension, the time of the submission or the points of a late one
        are others by now.
        """
        entered = self._entered(learner)
        try:
            with self._gradebook() as gradebook:
                entry = gradebook.find_submission(self._unit.name, learner)
                late = lateness(entry, time_handed_in(self.folder(learner))[0])
        except MissingEntry:
            return False
        return entered.get("key") == key and entered.get("lateness") == late

    def _entered(self, learner: str) -> dict:
        """What ``Grade`` and ``SaveGrades`` have left in the autograded notebook."""
        return self._autograded(learner).get("metadata", {}).get("autograder", {})

    def code(self, learner: str) -> str | None:
        """The code that a learner wrote, by the autograded notebook; None where that is gone."""
        cells = self._autograded(learner).get("cells")
        if cells is None:
            return None
        ids = {each.id for each in self._unit.exercises}
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        own = [e for e in code if "autograder" in e["metadata"] or course.grade_id(e) in ids]
        return "\n".join("".join(cell["source"]) for cell in own)

    def _autograded(self, learner: str) -> dict:
        """The autograded notebook, which the grader has rebuilt; empty where there is none."""
        folder = self._path(self._api.coursedir.autograded_directory, learner)
        try:
            return json.loads((folder / f"{self._unit.name}.ipynb").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}

    def enter(self, learner: str, seed: int, accept: str) -> str:
        """Have nbgrader enter the result of a learner.

        Args:
            learner: whose.
            seed, accept: as the result was made, so that ``Grade`` takes it.

        Returns:
            What went wrong, if anything, in one sentence.
        """
        entry = _Entry(coursedir=self._api.coursedir, parent=self._api)
        entry.student = learner
        known = self._entered(learner).get("key", "")
        grade = {"seed": seed, "accept": accept}
        entry.update_config(Config({"Grade": grade, "SaveGrades": {"known": known}}))
        return self._run(entry)

    def _run(self, converter: BaseConverter) -> str:
        """Have one of nbgrader's converters do its work; returns what went wrong, if anything."""
        converter.force = True
        self._api.coursedir.assignment_id = self._unit.name
        heard = _Heard(logging.ERROR)
        logs = (converter.log, logging.getLogger("tornado.application"))  # the gradebook's
        for log in logs:
            log.addHandler(heard)
        try:
            converter.start()
        except (Exception, SystemExit) as problem:
            return reason([*heard.messages, f"{type(problem).__name__}: {problem}"])
        finally:
            for log in logs:
                log.removeHandler(heard)
        return ""

    @contextlib.contextmanager
    def _gradebook(self) -> Iterator[Gradebook]:
        try:
            with Gradebook(self._api.coursedir.db_url, self._api.coursedir.course_id) as gradebook:
                yield gradebook
        except SQLAlchemyError as problem:
            raise CourseError(f"the gradebook cannot be used: {problem}".splitlines()[0]) from None

    def _path(self, kind: str, learner: str) -> Path:
        return Path(self._api.coursedir.format_path(kind, learner, self._unit.name))


class _Nothing(BaseConverter):
    """Comes after nbgrader's own converter, in place of the step that it builds on.

    The step copies what lies beside a notebook. In a learner's folder that may be a link, a pipe or
    a million files.
    """

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy nothing."""


class _Entry(Autograde, _Nothing):
    """nbgrader's autograde for one learner of any name, also where no notebook was handed in."""

    student = ""

    def init_notebooks(self) -> None:
        """Name the notebook; nbgrader would take a learner's name for a pattern, and trim it."""
        name = self.coursedir.assignment_id
        folder = self._format_source(name, self.student)
        self.assignments = {folder: [os.path.join(folder, f"{name}.ipynb")]}


def _is_there(path: str) -> bool:
    """Whether there is something, or may be, as it cannot be seen."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _is_utf_8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


class _Heard(logging.Handler):
    """What nbgrader logs, for it raises nothing that says why."""

    def __init__(self, level: int):
        super().__init__(level)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def reason(messages: list[str]) -> str:
    """The first exception of which these messages hold a traceback, else the first message."""
    for message in messages:
        _, found, told = message.rpartition("Traceback (most recent call last):\n")
        if found:
            return next((line for line in told.splitlines() if line[:1].strip()), told)[:500]
    return messages[0].strip()[:500]
