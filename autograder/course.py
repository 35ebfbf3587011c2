"""The course on disk: units, exercises and the reference implementation.

A unit is one jupytext percent source, ``solutions/NN_name/NN_name.py`` (for unit 00, which has no
exercise notebook, ``lessons/00_start_here.py``). Everything about an exercise stands there once:
a raw cell of YAML (title, minutes, difficulty, points, prerequisites, forbidden calls, hints), the
task, the solution cell and the explanation. In a kit, which learners get, the folder is ``kit/``
and the solutions in it are compiled (``authoring/kit.py``).
"""

from __future__ import annotations

import ast
import difflib
import functools
import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .sandbox.inside.cells import defines


def find_root() -> Path:
    """The course's folder: ``AUTOGRADER_COURSE``, else beside this package, else the current one.

    ``sandbox/bubblewrap.py`` hides all three from submissions.
    """
    named = os.environ.get("AUTOGRADER_COURSE")
    beside = Path(__file__).resolve().parent.parent
    if named or sources_of(beside).is_dir():
        return Path(named or beside).resolve()
    return Path.cwd()


def sources_of(root: Path) -> Path:
    """The folder of the units' sources in a course, or in a kit."""
    sources, kit = root / "solutions", root / "kit"
    return kit if kit.is_dir() and not sources.is_dir() else sources


ROOT = find_root()
WORKSPACE = Path(os.environ.get("AUTOGRADER_WORKSPACE") or ROOT / "workspace").absolute()
# Set where a notebook is run for readers without a kernel: widgets would be dead there.
STATIC = "AUTOGRADER_STATIC"
SOLUTION_MARK = "### BEGIN SOLUTION"
# The cell of built notebooks that fetches the course in Google Colab.
COLAB_ID = "colab"
_CELL = re.compile(r"^# %%(.*)$", re.MULTILINE)


def is_static() -> bool:
    """Whether a notebook is run for readers, who have no kernel behind its widgets."""
    return bool(os.environ.get(STATIC))


def is_own(path: Path) -> bool:
    """Whether a file is the learner's or the course's own: code that may run as whoever starts it.

    What was handed in, or lies anywhere else, is not; nor what a link only seems to put there.
    """
    homes = (WORKSPACE, ROOT / "lessons", sources_of(ROOT))
    return any(path.resolve().is_relative_to(home.resolve()) for home in homes)


def lesson_copy(unit_name: str) -> Path:
    """The learner's own copy of a lesson; later texts of it lie beside it.

    Its name is no other's: tabs in JupyterLab show nothing but names.
    """
    number, _, name = unit_name.partition("_")
    return WORKSPACE / unit_name / f"{number}_lesson_{name}.ipynb"


def python_version() -> str:
    """The Python that is running, as ``3.11``: no other can read code that it compiled."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


class CourseError(Exception):
    """The course's own files, or what the user asked of them, are not in order."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback: the sentence."""
        return [f"{type(self).__name__}: {self}"]


class NoCourse(CourseError):
    """The package is installed, but there is no course to it."""


@dataclass(frozen=True)
class Exercise:
    """One function or class a learner writes. ``id`` is its name and its ``grade_id``.

    ``megabytes``, if given, is the memory that its process may take, in place of the usual limit.
    ``by_hand`` marks prose, which a person grades: its answer is a Markdown cell.
    """

    id: str
    unit: str
    title: str
    minutes: int
    difficulty: int
    points: float
    prerequisites: tuple[str, ...]
    forbidden: tuple[str, ...]
    hints: tuple[str, ...]
    solution: str = field(repr=False)
    explanation: str = field(repr=False)
    megabytes: int | None = None
    by_hand: bool = False

    @property
    def check_id(self) -> str:
        """The ``grade_id`` of the cell that has the points of this exercise."""
        return self.id if self.by_hand else f"check_{self.id}"


@dataclass(frozen=True)
class SourceCell:
    """One cell of a percent source: its kind, tags and text, and whether its code is folded."""

    kind: str
    tags: tuple[str, ...]
    text: str
    hidden: bool = False


@dataclass(frozen=True)
class Unit:
    """One lesson with its exercises: those that are checked, and those that a person grades."""

    name: str
    source: Path
    cells: tuple[SourceCell, ...] = field(repr=False)
    exercises: tuple[Exercise, ...] = field(repr=False)
    by_hand: tuple[Exercise, ...] = field(repr=False, default=())

    @property
    def with_points(self) -> tuple[Exercise, ...]:
        """All its exercises, those that a person grades at the end."""
        return (*self.exercises, *self.by_hand)

    @property
    def setup(self) -> str:
        """The code that stands before the first exercise: imports and earlier work."""
        first = next(i for i, cell in enumerate(self.cells) if cell.kind == "raw")
        return "\n".join(cell.text for cell in self.cells[:first] if cell.kind == "code")

    @property
    def released(self) -> Path:
        """The exercise notebook that learners open."""
        return ROOT / "exercises" / self.name / f"{self.name}.ipynb"

    @property
    def is_lesson(self) -> bool:
        """Whether its exercises stand in its lesson, and not in a notebook of their own."""
        return self.source.parent == ROOT / "lessons"

    @property
    def workspace_notebook(self) -> Path:
        """The learner's own copy of it."""
        if self.is_lesson:
            return lesson_copy(self.name)
        return WORKSPACE / self.name / f"{self.name}.ipynb"


def read_percent(text: str) -> tuple[SourceCell, ...]:
    """Split a jupytext percent source into cells.

    A small reader of our own, because every ``check()`` needs the exercises and jupytext takes
    longer to import than a check takes to run; ``tests/test_course.py`` holds it to jupytext.
    """
    marks = list(_CELL.finditer(text))
    cells = []
    for i, mark in enumerate(marks):
        end = marks[i + 1].start() if i + 1 < len(marks) else len(text)
        body = text[mark.end() : end].strip("\n")
        header = mark[1]
        kind = "markdown" if "[markdown]" in header else "raw" if "[raw]" in header else "code"
        if kind != "code":
            body = re.sub(r"^# ?", "", body, flags=re.MULTILINE)
        tags = re.search(r"tags=(\[.*?\])", header)
        hidden = '"source_hidden": true' in header
        cells.append(SourceCell(kind, tuple(json.loads(tags[1]) if tags else ()), body, hidden))
    return tuple(cells)


@dataclass(frozen=True)
class Intro:
    """What a lesson says of itself: title, a paragraph, and planned minutes where it gives them."""

    title: str
    about: str
    minutes: int | None


def intro(texts: Sequence[str]) -> Intro:
    """What the Markdown cells of a lesson say of it; at least one cell."""
    title, about, *_ = [*re.split(r"\n\s*\n", texts[0]), ""]
    plan = re.search(r"Plan (\d+) minutes", " ".join("\n".join(texts).split()))
    return Intro(re.sub(r"^# (\d+\. )?", "", title), about, int(plan[1]) if plan else None)


def grade_id(cell: dict) -> str | None:
    """nbgrader's mark of a cell of a notebook, if it has one."""
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def solution_of(cells: Sequence[SourceCell], start: int) -> SourceCell:
    """The solution cell that belongs to the raw cell at ``start``."""
    for cell in cells[start + 1 :]:
        if cell.kind == "raw":
            break
        if SOLUTION_MARK in cell.text:
            return cell
    raise CourseError(f"no cell with '{SOLUTION_MARK}' follows this exercise:\n{cells[start].text}")


def _explanation_of(cells: Sequence[SourceCell], start: int) -> str:
    """Text that explains the solution of the raw cell at ``start``, or nothing."""
    for cell in cells[start + 1 :]:
        if cell.kind == "raw":
            break
        if "explanation" in cell.tags:
            return cell.text
    return ""


def _read_exercise(unit: str, cells: Sequence[SourceCell], index: int) -> Exercise:
    try:
        info = yaml.safe_load(cells[index].text)
        if len(info["hints"]) != 3:
            raise ValueError(f"{info['exercise']} has {len(info['hints'])} hints, not three")
        solution = solution_of(cells, index)
        return Exercise(
            id=info["exercise"],
            unit=unit,
            title=info["title"],
            minutes=int(info["minutes"]),
            difficulty=int(info["difficulty"]),
            points=float(info["points"]),
            prerequisites=tuple(info["prerequisites"]),
            forbidden=tuple(info["forbidden"]),
            hints=tuple(hint.rstrip("\n") for hint in info["hints"]),
            solution=solution.text,
            explanation=_explanation_of(cells, index),
            megabytes=info.get("megabytes"),
            by_hand=solution.kind == "markdown",
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as problem:
        raise CourseError(
            f"{unit}: the raw cell of an exercise needs exercise, title, minutes, difficulty, "
            f"points, prerequisites, forbidden and hints; {type(problem).__name__}: {problem}"
        ) from problem


@functools.cache
def units() -> dict[str, Unit]:
    """All units by name, in order.

    Raises:
        NoCourse: if there are none.
    """
    sources = sorted(sources_of(ROOT).glob("[0-9][0-9]_*/[0-9][0-9]_*.py"))
    _expect_its_python()
    warm_up = ROOT / "lessons" / "00_start_here.py"
    by_name = {}
    for source in ([warm_up] if warm_up.exists() else []) + sources:
        cells = read_percent(source.read_text(encoding="utf-8"))
        infos = [i for i, cell in enumerate(cells) if cell.kind == "raw"]
        found = [_read_exercise(source.stem, cells, i) for i in infos]
        checked = tuple(each for each in found if not each.by_hand)
        by_hand = tuple(each for each in found if each.by_hand)
        if found:
            by_name[source.stem] = Unit(source.stem, source, cells, checked, by_hand)
    if not by_name:
        raise NoCourse(
            f"no course is in {ROOT}: go to the course's folder, the one with solutions/ in it, or "
            "set AUTOGRADER_COURSE to it"
        )
    return by_name


def needs_sources() -> None:
    """Refuse what cannot be done in a kit.

    Raises:
        CourseError: this is one.
    """
    if sources_of(ROOT).name == "kit":
        raise CourseError("this is a learner's kit: for that you need the course it was made from")


def _expect_its_python() -> None:
    """Refuse a kit whose compiled parts are for another Python.

    Raises:
        NoCourse: it is one.
    """
    made_for = sources_of(ROOT) / "pythons.txt"
    if made_for.exists():
        versions = made_for.read_text(encoding="utf-8").split()
        if (here := python_version()) not in versions:
            raise NoCourse(
                f"this kit was made for Python {' and '.join(versions)}, and this is {here}: start "
                "it with one of those, or ask whoever gave it to you for another"
            )


def unit(name: str) -> Unit:
    """The unit of that name; its number alone (``"02"``) will do."""
    for candidate in units().values():
        if name == candidate.name or name == candidate.name.split("_")[0]:
            return candidate
    raise CourseError(f"there is no unit '{name}'; the units are: {', '.join(units())}")


@functools.cache
def exercises() -> dict[str, Exercise]:
    """All exercises that are checked, by id, in the order in which they are taught."""
    return {name: each for name, each in all_exercises().items() if not each.by_hand}


@functools.cache
def all_exercises() -> dict[str, Exercise]:
    """The same with those that a person grades, at the end of their unit."""
    by_id: dict[str, Exercise] = {}
    for unit in units().values():
        for exercise in unit.with_points:
            if exercise.id in by_id:
                raise CourseError(f"two exercises are called '{exercise.id}'")
            by_id[exercise.id] = exercise
    return by_id


def exercise(exercise_id: str) -> Exercise:
    """The exercise with that id."""
    try:
        return all_exercises()[exercise_id]
    except KeyError:
        by_letters = {each.lower(): each for each in all_exercises()}
        near = difflib.get_close_matches(str(exercise_id).lower(), by_letters)
        meant = " or ".join(by_letters[each] for each in near)
        which = f"did you mean {meant}?" if meant else f"there are: {', '.join(all_exercises())}"
        raise CourseError(f"there is no exercise '{exercise_id}'; {which}") from None


def prerequisites_of(exercise_id: str) -> list[str]:
    """Everything the exercise builds on, directly or not, in the order of the course."""
    needed: set[str] = set()
    queue = [exercise_id]
    while queue:
        for earlier in exercise(queue.pop()).prerequisites:
            if earlier not in needed:
                needed.add(earlier)
                queue.append(earlier)
    return [exercise_id for exercise_id in exercises() if exercise_id in needed]


def reference_source(wanted: Iterable[str]) -> str:
    """Code that defines the reference of the wanted exercises and of what they build on.

    The model solutions themselves, taken from their sources: this is the reference that grades, and
    what a confined process receives in place of earlier work.
    """
    needed: set[str] = set()
    for exercise_id in wanted:
        needed |= {exercise_id, *prerequisites_of(exercise_id)}
    parts = []
    for unit in units().values():
        solutions = [exercise.solution for exercise in unit.exercises if exercise.id in needed]
        if solutions:
            setup = map(ast.unparse, filter(defines, ast.parse(unit.setup).body))
            parts += [each for each in setup if "mine(" not in each and "autograder" not in each]
            parts += solutions
    return "\n\n".join(parts)


@functools.cache
def reference_namespace(unit_name: str) -> dict[str, Any]:
    """Names of the reference implementation of a unit, with the earlier work it builds on."""
    namespace: dict[str, Any] = {"__name__": f"reference_{unit_name}"}
    code = reference_source(exercise.id for exercise in unit(unit_name).exercises)
    exec(compile(code, f"<reference of {unit_name}>", "exec", dont_inherit=True), namespace)
    return namespace
