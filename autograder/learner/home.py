"""The home page of ``make lab``: units, progress and the next step, read anew at each visit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError, authenticated

from .. import course
from ..authoring.syllabus import intro
from ..course import Exercise
from . import copies, predictions, updates, workspace

URL = "/home"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_jinja = Environment(
    loader=PackageLoader(__package__, "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Task:
    """An exercise as the learner has it; ``points`` are the best so far."""

    exercise: Exercise
    points: float

    @property
    def passed(self) -> bool:
        """Whether it has all its points."""
        return self.points >= self.exercise.points

    @property
    def says(self) -> str:
        """How it stands, in words."""
        if self.exercise.by_hand:
            return "graded by a person"
        if self.passed:
            return "passed"
        if self.points:
            return f"{self.points:g} of {self.exercise.points:g} points"
        return f"{self.exercise.points:g} points"


@dataclass(frozen=True)
class Chapter:
    """A lesson and its exercises.

    Attributes:
        number, title, minutes: of the lesson; minutes where it plans any.
        lesson, notebook: the learner's copies; no notebook where exercises stand in the lesson.
        tasks: its exercises.
        asked: predictions that were right at first, that were made, and all.
    """

    number: str
    title: str
    minutes: int | None
    lesson: Path
    notebook: Path | None
    tasks: tuple[Task, ...]
    asked: tuple[int, int, int]

    @property
    def checked(self) -> tuple[Task, ...]:
        """The exercises that a check gives points for."""
        return tuple(each for each in self.tasks if not each.exercise.by_hand)

    @property
    def is_begun(self) -> bool:
        """Whether a prediction was made or a point earned."""
        return self.asked[1] > 0 or any(each.points for each in self.tasks)

    @property
    def is_done(self) -> bool:
        """Whether every exercise is passed; without any, whether it was begun."""
        return all(each.passed for each in self.checked) if self.checked else self.is_begun


@dataclass(frozen=True)
class Step:
    """What to do next: a notebook, what it is called, and why it."""

    path: Path
    title: str
    why: str


def chapters() -> list[Chapter]:
    """All lessons with their exercises, in order, as the learner has them now."""
    things = copies.things()
    notebooks = {each.released.stem: each.copy for each in things if not each.is_lesson}
    best = workspace.progress()
    found = []
    for thing in things:
        if not thing.is_lesson:
            continue
        name = thing.released.stem
        notebook = copies.read(thing.released)
        says = intro(copies.texts_of(notebook, "markdown") or [name])
        tasks = tuple(
            Task(each, best.get(each.id, {}).get("points", 0.0))
            for each in course.all_exercises().values()
            if each.unit == name
        )
        asked = predictions.made(predictions.asked_in(notebook))
        path = notebooks.get(name)
        found.append(Chapter(name[:2], says.title, says.minutes, thing.copy, path, tasks, asked))
    return found


def next_step(all_chapters: Sequence[Chapter]) -> Step | None:
    """The first thing that is not done; None if all is.

    A lesson without exercises counts as read as soon as anything behind it was begun.
    """
    for i, chapter in enumerate(all_chapters):
        later = any(each.is_begun for each in all_chapters[i + 1 :])
        if chapter.is_done or (not chapter.checked and later):
            continue
        _, made, asked = chapter.asked
        open_tasks = [each for each in chapter.checked if not each.passed]
        earned = any(each.points for each in chapter.tasks)
        if not open_tasks or not (earned or made == asked > 0):
            why = f"{made} of {asked} predictions made" if made else "a lesson"
            return Step(chapter.lesson, f"{chapter.number} {chapter.title}", why)
        first = open_tasks[0]
        path = chapter.notebook or chapter.lesson
        why = f"{first.exercise.id}, an exercise of unit {chapter.number}: {first.says}"
        return Step(path, first.exercise.title, why)
    return None


def page(address: Callable[[Path], str], files: str) -> str:
    """The page.

    Args:
        address: of a notebook, opened in JupyterLab.
        files: address of JupyterLab itself.
    """
    found = chapters()
    tasks = [task for each in found for task in each.checked]
    return _jinja.get_template("home.html.jinja").render(
        chapters=found,
        step=next_step(found),
        address=address,
        files=files,
        points=sum(min(each.points, each.exercise.points) for each in tasks),
        most=sum(each.exercise.points for each in tasks),
        passed=sum(each.passed for each in tasks),
        tasks=tasks,
        changed=updates.sentences(),
    )


class HomeHandler(JupyterHandler):
    """Serves the page to whoever may use the server."""

    @authenticated
    def get(self) -> None:
        """Answer with the page."""
        root = Path(self.settings["server_root_dir"]).expanduser().resolve()
        lab = f"{self.base_url}lab"

        def address(path: Path) -> str:
            return f"{lab}/tree/{quote(path.resolve().relative_to(root).as_posix())}"

        self.set_header("Content-Security-Policy", _POLICY)
        self.set_header("Cache-Control", "no-store")
        try:
            self.finish(page(address, lab))
        except course.CourseError as problem:
            raise HTTPError(500, str(problem)) from problem


def add_home(server: Any) -> None:
    """Jupyter's call of a server extension: let the server have the page."""
    base = server.web_app.settings["base_url"].rstrip("/")
    server.web_app.add_handlers(".*$", [(base + URL, HomeHandler)])
