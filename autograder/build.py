"""Building what learners open from what authors write.

An exercise notebook is made from its source by nbgrader's own generate_assignment, byte for byte
the same each time. A lesson is made from its source by running it; its outputs differ from machine
to machine, so drift is judged by its cells alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat

from . import course
from .course import ROOT, CourseError, Exercise, Unit

LESSONS = ROOT / "lessons"
SECONDS_PER_CELL = 120
_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def build(names=None, say: Callable[[str], None] = print) -> list[str]:
    """Build exercises and lessons; only those of the named units, if any are named.

    Returns:
        What could not be built, a line each; nothing if all is well.
    """
    for unit in _exercise_units(names):
        source = unit.source.with_suffix(".ipynb")
        source.write_text(nbformat.writes(source_notebook(unit)) + "\n", encoding="utf-8")
        unit.released.parent.mkdir(parents=True, exist_ok=True)
        unit.released.write_bytes(release_bytes(unit))
        say(f"exercises/{unit.name}/{unit.name}.ipynb")
    for lesson in _lessons(names):
        say(f"lessons/{lesson.stem}.ipynb (running)")
        notebook = execute(lesson_notebook(lesson))
        lesson.with_suffix(".ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    return []


def drift(names=None) -> list[str]:
    """What was built from other sources than those that are here, a line each."""
    found = []
    for unit in _exercise_units(names):
        if not unit.released.exists() or unit.released.read_bytes() != release_bytes(unit):
            found.append(_stale(unit.released, unit.source))
    for lesson in _lessons(names):
        built = lesson.with_suffix(".ipynb")
        if not built.exists() or _cells(_read(built)) != _cells(lesson_notebook(lesson)):
            found.append(_stale(built, lesson))
    return found


def _stale(built: Path, source: Path) -> str:
    built, source = (each.relative_to(ROOT).as_posix() for each in (built, source))
    return f"{built} is not what {source} makes; run 'python -m autograder build'"


def _exercise_units(names) -> list[Unit]:
    found = [
        unit for unit in course.units().values() if unit.source.is_relative_to(ROOT / "solutions")
    ]
    return [unit for unit in found if names is None or unit.name in names]


def _lessons(names) -> list[Path]:
    found = sorted(LESSONS.glob("[0-9][0-9]_*.py"))
    return [lesson for lesson in found if names is None or lesson.stem in names]


def _read(path: Path):
    try:
        return nbformat.read(path, as_version=4)
    except Exception as problem:
        raise CourseError(f"{path} is not a readable notebook: {problem}") from problem


def _cells(notebook) -> list[tuple]:
    return [(cell.cell_type, cell.source, cell.id) for cell in notebook.cells]


class _Ids:
    """Cell ids that depend on the content alone."""

    def __init__(self):
        self._used: set[str] = set()

    def __call__(self, text: str) -> str:
        digest = hashlib.sha256(text.encode()).hexdigest()
        for length in range(8, 64):
            if digest[:length] not in self._used:
                self._used.add(digest[:length])
                return digest[:length]
        return self(text + " ")


def source_notebook(unit: Unit):
    """nbgrader's *source* version of a unit: with solutions, explanations and graded cells."""
    ids = _Ids()
    exercises = iter(unit.exercises)
    current: Exercise | None = None
    cells, setups = [], 0
    for cell in unit.cells:
        if cell.kind == "raw":
            current = next(exercises)
            text = _heading(current, unit.exercises.index(current) + 1)
            cells.append(nbformat.v4.new_markdown_cell(text, id=ids(text)))
        elif cell.kind == "markdown":
            made = nbformat.v4.new_markdown_cell(cell.text, id=ids(cell.text))
            if cell.tags:
                made.metadata["tags"] = [tag for tag in cell.tags if tag != "tags"]
            cells.append(made)
        elif current is None:
            setups += 1
            name = "setup" if setups == 1 else f"setup_{setups}"
            cells.append(_code(cell.text, name, locked=True))
        elif cell.text == current.solution:
            cells.append(_code(cell.text, current.id, solution=True))
            test = f'check("{current.id}")'
            cells.append(
                _code(test, current.check_id, grade=True, locked=True, points=current.points)
            )
        else:
            cells.append(nbformat.v4.new_code_cell(cell.text, id=ids(cell.text)))
    return nbformat.v4.new_notebook(cells=cells, metadata=_METADATA)


def _heading(exercise: Exercise, number: int) -> str:
    level = "●" * exercise.difficulty + "○" * (5 - exercise.difficulty)
    needs = ", ".join(f"`{each}`" for each in exercise.prerequisites)
    after = f" · builds on {needs}" if needs else ""
    points = f"{exercise.points:g} points"
    return (
        f"## Exercise {number}: {exercise.title}\n\n"
        f"`{exercise.id}` · about {exercise.minutes} minutes · difficulty {level} · {points}{after}"
    )


def _code(text, name, grade=False, solution=False, locked=False, points=None):
    cell = nbformat.v4.new_code_cell(text, id=name)
    marks = {"grade": grade, "grade_id": name, "locked": locked, "schema_version": 3}
    marks |= {"solution": solution, "task": False}
    if points is not None:
        marks["points"] = int(points) if points == int(points) else points
    cell.metadata["nbgrader"] = marks
    return cell


def release_bytes(unit: Unit) -> bytes:
    """The exercise notebook that nbgrader's generate_assignment makes of a unit."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    from .gradebook import release_preprocessors

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source" / unit.name / f"{unit.name}.ipynb"
        source.parent.mkdir(parents=True)
        source.write_text(nbformat.writes(source_notebook(unit)), encoding="utf-8")
        config = Config()
        config.CourseDirectory.root = folder
        config.CourseDirectory.assignment_id = unit.name
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
        config.GenerateAssignment.preprocessors = release_preprocessors()
        maker = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
        maker.log.setLevel(logging.ERROR)
        maker.start()
        return (Path(folder) / "release" / unit.name / f"{unit.name}.ipynb").read_bytes()


def lesson_notebook(lesson: Path):
    """The notebook of a lesson, not yet executed."""
    ids = _Ids()
    cells = []
    for cell in course.read_percent(lesson.read_text(encoding="utf-8")):
        if cell.kind == "raw":
            continue
        text = "\n".join(line for line in cell.text.split("\n") if " SOLUTION" not in line)
        make = nbformat.v4.new_code_cell if cell.kind == "code" else nbformat.v4.new_markdown_cell
        cells.append(make(text, id=ids(text)))
    return nbformat.v4.new_notebook(cells=cells, metadata=_METADATA)


def execute(notebook, folder: Path = LESSONS):
    """Run a notebook in a kernel and a workspace of its own and return it with its outputs.

    Raises:
        CourseError: if a cell fails, with the cell and what it said.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        with _fresh_event_loop(), tempfile.TemporaryDirectory() as workspace:
            client.execute(env=os.environ | {"AUTOGRADER_WORKSPACE": workspace})
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as problem:
        raise CourseError(f"a lesson does not run: {problem}") from problem
    notebook.metadata = nbformat.from_dict(_METADATA)
    return notebook


@contextlib.contextmanager
def _fresh_event_loop():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()
