"""The home page of ``make lab``: units, progress, and the one next step.

All of it is worked out from the workspace each time that the page is asked for.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Template
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_escape, url_path_join
from tornado.web import authenticated

from .. import course
from ..course import CourseError, Exercise
from ..grading.render import looks
from ..grading.render.wording import number
from . import copies, practice, predictions, updates, workspace

URL = "/home"
_LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")
_TEMPLATE = Path(__file__).with_name("home.html.jinja")
_SENTENCES = 2  # of what a lesson says of itself


@dataclass(frozen=True)
class Lesson:
    """A lesson and how far the learner has come in it.

    Attributes:
        title, about, minutes: what it says of itself; minutes may be missing.
        path: the learner's copy, None if it is gone.
        newer: a copy of a later text that lies beside it, if one does.
        predicted, asked: questions answered, and all.
        ran, cells: code cells run, and all.
    """

    title: str
    about: str
    minutes: int | None
    path: Path | None
    newer: Path | None = None
    predicted: int = 0
    asked: int = 0
    ran: int = 0
    cells: int = 0

    @property
    def is_done(self) -> bool:
        """Whether every question was answered, or every cell run."""
        return 0 < self.asked == self.predicted or 0 < self.cells == self.ran

    @property
    def is_begun(self) -> bool:
        """Whether anything was answered or run."""
        return self.predicted + self.ran > 0

    @property
    def says(self) -> str:
        """How far it has come, in words."""
        if self.is_done:
            return "worked through"
        if not self.is_begun:
            return "not started"
        if self.asked:
            return f"{self.predicted} of {_count(self.asked, 'prediction')} made"
        return f"{self.ran} of {_count(self.cells, 'cell')} run"


@dataclass(frozen=True)
class Task:
    """An exercise and how far the learner has come with it; points are at most those it has."""

    exercise: Exercise
    points: float = 0.0
    is_tried: bool = False

    @property
    def is_done(self) -> bool:
        """Whether it has passed; of prose, whether it is written."""
        if self.exercise.by_hand:
            return self.is_tried
        return self.points >= self.exercise.points

    @property
    def says(self) -> str:
        """How far it has come, in words."""
        if self.exercise.by_hand:
            return "written, a person grades it" if self.is_tried else "not started"
        if self.is_done:
            return "passed"
        return self.points_so_far if self.is_tried else "not started"

    @property
    def points_so_far(self) -> str:
        """Its points, as part of a sentence."""
        return f"{number(self.points)} of {_count(self.exercise.points, 'point')}"


@dataclass(frozen=True)
class Unit:
    """A lesson, its exercises, and the learner's notebook with them, None where there is none."""

    name: str
    lesson: Lesson | None
    tasks: tuple[Task, ...] = ()
    notebook: Path | None = None

    @property
    def title(self) -> str:
        """What it is called."""
        return self.lesson.title if self.lesson else self.name

    @property
    def minutes(self) -> int:
        """Planned minutes of the exercises."""
        return sum(each.exercise.minutes for each in self.tasks)

    @property
    def passed(self) -> int:
        """How many exercises are done."""
        return sum(each.is_done for each in self.tasks)


@dataclass(frozen=True)
class Step:
    """What comes next: a verb, its object, why, and the notebook; ``code`` marks an id."""

    verb: str
    what: str
    why: str
    unit: Unit
    path: Path | None
    code: bool = False


def units() -> list[Unit]:
    """All units in order, as the workspace is now."""
    by_name: dict[str, dict[bool, copies.Thing]] = {}
    for thing in copies.things():
        by_name.setdefault(thing.released.stem, {})[thing.is_lesson] = thing
    try:
        known = course.units()
    except CourseError:  # a kit for another Python, say: lessons can be read all the same
        known = {}
    return [_unit(name, known.get(name), things) for name, things in by_name.items()]


def _unit(name: str, known: course.Unit | None, things: dict[bool, copies.Thing]) -> Unit:
    lesson = _lesson(things[True]) if True in things else None
    if known is None:
        notebook = things[False].copy if False in things else None
        return Unit(name, lesson, (), _there(notebook))
    done = workspace.progress()
    tasks = tuple(_task(known, each, done) for each in known.with_points)
    return Unit(name, lesson, tasks, _there(known.workspace_notebook))


def _there(path: Path | None) -> Path | None:
    return path if path and path.exists() else None


def _lesson(thing: copies.Thing) -> Lesson:
    released, current = copies.read(thing.released), thing.current
    texts = copies.texts_of(released, "markdown") or [f"# {thing.released.stem}"]
    says = course.intro(texts)
    _, predicted, asked = predictions.made(released)
    path = _there(thing.copy) or current
    runs = max((_runs(each) for each in {path, current} if each), default=(0, 0))
    newer = current if current != path else None
    return Lesson(
        says.title, _short(says.about), says.minutes, path, newer, predicted, asked, *runs
    )


def _runs(notebook: Path) -> tuple[int, int]:
    """Code cells of a notebook that were run, and all of them."""
    code = [each for each in workspace.cells_of(notebook) if each.get("cell_type") == "code"]
    return sum(each.get("execution_count") is not None for each in code), len(code)


def _short(about: str) -> str:
    """The first sentences of a paragraph, without links."""
    plain = _LINK.sub(r"\1", " ".join(about.split())).replace("**", "")
    return " ".join(re.split(r"(?<=[.?!]) ", plain)[:_SENTENCES])


def _task(unit: course.Unit, exercise: Exercise, done: dict[str, dict]) -> Task:
    if exercise.by_hand:
        own, blank = (
            _answer(each, exercise.id) for each in (unit.workspace_notebook, unit.released)
        )
        return Task(exercise, 0.0, bool(own.strip()) and own != blank)
    best = done.get(exercise.id, {}).get("points", 0.0)
    points = min(max(best, 0.0), exercise.points)
    # An entry may be of hints alone, which have no points to reach.
    tried = done.get(exercise.id, {}).get("max_points", 0.0) > 0
    return Task(exercise, points, tried or points > 0)


def _answer(notebook: Path, exercise_id: str) -> str:
    cells = workspace.cells_of(notebook)
    found = (each for each in cells if course.grade_id(each) == exercise_id)
    return next(("".join(each["source"]) for each in found), "")


def next_step(every: Sequence[Unit]) -> Step | None:
    """The first lesson not worked through or exercise not passed; None at the end of the course.

    A lesson is left behind when points were earned after it: exercises show what was learned.
    """
    for i, unit in enumerate(every):
        later = any(each.is_tried for after in every[i:] for each in after.tasks)
        if unit.lesson and not later and not unit.lesson.is_done:
            return _lesson_step(unit, unit.lesson)
        for task in unit.tasks:
            if not task.is_done:
                return _task_step(unit, task)
    return None


def _lesson_step(unit: Unit, lesson: Lesson) -> Step:
    why = f"{lesson.says} so far"
    if not lesson.is_begun:
        why = "not started yet" + (f", {lesson.minutes} minutes" if lesson.minutes else "")
    verb = f"{'Go on with' if lesson.is_begun else 'Begin'} lesson {unit.name[:2]}:"
    return Step(verb, lesson.title, why, unit, lesson.path)


def _task_step(unit: Unit, task: Task) -> Step:
    exercise = task.exercise
    why = f"{task.points_so_far} so far"
    if not task.is_tried:
        why = f"{exercise.minutes} minutes, {_count(exercise.points, 'point')}"
    verb = "Go on with" if task.is_tried else "Begin with"
    return Step(verb, exercise.id, why, unit, unit.notebook, code=True)


def _count(many: float, what: str) -> str:
    return f"{number(many)} {what}{'' if many == 1 else 's'}"


def page(address: Callable[[Path | None], str], files: str) -> str:
    """The page as HTML.

    Args:
        address: the URL of a notebook in JupyterLab; empty where it cannot be opened.
        files: the URL of JupyterLab itself.
    """
    every = units()
    tasks = [each for unit in every for each in unit.tasks]
    graded = [each for each in tasks if not each.exercise.by_hand]
    return _template().render(
        units=every,
        step=next_step(every),
        passed=sum(each.is_done for each in tasks),
        tasks=len(tasks),
        points=sum(each.points for each in graded),
        max_points=sum(each.exercise.points for each in graded),
        notes=_notes(),
        address=address,
        files=files,
    )


@functools.cache
def _template() -> Template:
    return looks.page(_TEMPLATE)


@functools.cache
def _policy() -> str:
    """Allows the page's own style sheet and script, by their hashes, and to ask for the page."""
    text = _TEMPLATE.read_text(encoding="utf-8")
    allowed = []
    for tag in ("style", "script"):
        own = text.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        allowed.append(f"{tag}-src 'sha256-{digest}'")
    rest = "connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; {'; '.join(allowed)}; {rest}"


def _notes() -> list[str]:
    """Exercises that changed, and the clock of practice."""
    try:
        return [each for each in (*updates.sentences(), practice.clock()) if each]
    except (CourseError, KeyError, TypeError, AttributeError):  # a notebook written by hand
        return []


class HomeHandler(JupyterHandler):
    """Answers with the page, to whoever is logged in."""

    @property
    def content_security_policy(self) -> str:
        """Jupyter's own, and nothing but what the page itself holds."""
        return f"{super().content_security_policy}; {_policy()}"

    @authenticated
    def get(self) -> None:
        """The page, never kept by the browser."""
        self.set_header("Cache-Control", "no-store")
        self.finish(page(self.address, url_path_join(self.base_url, "lab")))

    def address(self, notebook: Path | None) -> str:
        """Where JupyterLab opens a notebook; empty if it lies outside the server's folder."""
        root = Path(self.contents_manager.root_dir)
        if notebook is None or not notebook.is_relative_to(root):
            return ""
        inside = url_escape(notebook.relative_to(root).as_posix())
        return url_path_join(self.base_url, "lab/tree", inside)


def add_home(server: Any) -> None:
    """Serve the page, below the server's base URL."""
    app = server.web_app
    app.add_handlers(".*$", [(url_path_join(app.settings["base_url"], URL), HomeHandler)])
