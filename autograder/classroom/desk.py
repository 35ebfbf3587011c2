"""nbgrader's side of an assignment: submissions, gradebook and autograded notebooks."""

from __future__ import annotations

import contextlib
import functools
import json
import logging
from pathlib import Path

import nbformat
import nbgrader.api
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader

from .. import course
from ..authoring.release import source_notebook
from ..course import CourseError
from ..submissions.handed_in import read_handed_in
from ..submissions.read import Rebuilt
from .results import Results
from .seed import class_seed


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
        self._api = NbGraderAPI(config=app.config)
        self._unit = unit
        self.root = Path(self._api.coursedir.root)
        self.results = Results(self.root, unit)

    def seed(self) -> int:
        """What draws the inputs: the seed that was chosen, else ``class_seed``."""
        return self.results.seed(class_seed(self._unit))

    def learners(self) -> list[str]:
        """Everyone who has handed in a folder for the assignment."""
        folder = self.root / self._api.coursedir.submitted_directory
        return sorted(path.parent.name for path in folder.glob(f"*/{self._unit.name}"))

    def read(self, learner: str) -> Rebuilt:
        """What a learner handed in, rebuilt on the release."""
        folder = self._folder(self._api.coursedir.submitted_directory, learner)
        return read_handed_in(self._unit, folder / f"{self._unit.name}.ipynb")

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
        text = nbformat.writes(source_notebook(self._unit))
        source.write_text(text + "\n", encoding="utf-8")
        done = self._api.generate_assignment(name)
        if not done["success"]:
            raise CourseError(f"nbgrader did not release {name}:\n{done['log'][-2000:]}")
        released = self._api.coursedir.release_directory
        return f"{name} is in the gradebook; hand out {released}/{name}/{name}.ipynb"

    def has(self, learner: str, key: str) -> bool:
        """Whether the gradebook and the autograded notebook hold the result with this key."""
        folder = self._folder(self._api.coursedir.autograded_directory, learner)
        try:
            path = folder / f"{self._unit.name}.ipynb"
            notebook = json.loads(path.read_text(encoding="utf-8"))
            with self._gradebook() as gradebook:
                gradebook.find_submission(self._unit.name, learner)
        except (FileNotFoundError, ValueError, MissingEntry):
            return False
        return notebook["metadata"].get("autograder", {}).get("key") == key

    def enter(self, learner: str) -> str:
        """Have nbgrader enter the result of a learner; returns what went wrong, if anything."""
        if not list(self._folder("submitted", learner).glob("*.ipynb")):
            self._enter_nothing(learner)
            return ""
        done = self._api.autograde(self._unit.name, learner)
        return "" if done["success"] else done.get("log", "")[-500:] or done.get("error", "")[-500:]

    def _enter_nothing(self, learner: str) -> None:
        """A folder without a notebook: nbgrader would pass over it; here it has no points."""
        with self._gradebook() as gradebook:
            gradebook.update_or_create_student(learner)
            entry = gradebook.update_or_create_submission(self._unit.name, learner)
            for notebook in entry.notebooks:
                for grade in notebook.grades:
                    grade.auto_score, grade.needs_manual_grade = 0, False
            gradebook.db.commit()

    def _gradebook(self) -> Gradebook:
        return Gradebook(self._api.coursedir.db_url, self._api.coursedir.course_id)

    def _folder(self, kind: str, learner: str) -> Path:
        return self.root / kind / learner / self._unit.name
