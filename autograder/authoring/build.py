"""Building what learners open from what authors write.

An exercise notebook is made from its source by nbgrader's own generate_assignment, byte for byte
the same each time. A lesson is made from its source by running it; its outputs differ from machine
to machine, so drift is judged by its cells alone. The JSON schema of verdicts is made from their
types, the syllabus from the lessons and exercises.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from traitlets.config import Config

from .. import course
from ..course import ROOT, CourseError, Unit
from ..grading.record import SCHEMA_FILE, json_schema
from . import colab_cell, edits
from .release import METADATA, CellIds, release_bytes, source_notebook
from .syllabus import syllabus

LESSONS = ROOT / "lessons"
SECONDS_PER_CELL = 120
_SCHEMA = f"autograder/grading/{SCHEMA_FILE.name}"


def build(names: Collection[str] | None = None, say: Callable[[str], None] = print) -> list[str]:
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
        notebook = colab_cell.add_to(execute(lesson_notebook(lesson)))
        lesson.with_suffix(".ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    if names is None and _schema_drifts():
        SCHEMA_FILE.write_text(json_schema(), encoding="utf-8")
        say(_SCHEMA)
    page = LESSONS.parent / "docs" / "syllabus.md"
    page.parent.mkdir(exist_ok=True)
    page.write_text(syllabus(LESSONS), encoding="utf-8")
    return []


def drift(names: Collection[str] | None = None) -> list[str]:
    """What was built from other sources than those that are here, a line each.

    Also the misconceptions that a change of a model solution has made stale.
    """
    stale = edits.stale(names)
    for unit in _exercise_units(names):
        if not unit.released.exists() or unit.released.read_bytes() != release_bytes(unit):
            stale.append(_stale(unit.released, unit.source))
    for lesson in _lessons(names):
        built = lesson.with_suffix(".ipynb")
        if not built.exists() or _cells(_read(built)) != _built(lesson):
            stale.append(_stale(built, lesson))
    if names is None and _schema_drifts():
        stale.append(_stale(ROOT / _SCHEMA, ROOT / "autograder/grading/record.py"))
    return stale


def _schema_drifts() -> bool:
    return not SCHEMA_FILE.exists() or SCHEMA_FILE.read_text(encoding="utf-8") != json_schema()


def _stale(built: Path, source: Path) -> str:
    product, origin = (path.relative_to(ROOT).as_posix() for path in (built, source))
    return f"{product} is not what {origin} makes; run 'python -m autograder build'"


def known(name: str) -> str:
    """The full name of a unit, or of a lesson without exercises.

    Raises:
        CourseError: if there is neither.
    """
    return name if (LESSONS / f"{name}.py").exists() else course.unit(name).name


def _exercise_units(names: Collection[str] | None) -> list[Unit]:
    units = [unit for unit in course.units().values() if not unit.is_lesson]
    return [unit for unit in units if names is None or unit.name in names]


def _lessons(names: Collection[str] | None) -> list[Path]:
    lessons = sorted(LESSONS.glob("[0-9][0-9]_*.py"))
    return [lesson for lesson in lessons if names is None or lesson.stem in names]


def _read(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except Exception as problem:
        raise CourseError(f"{path} is not a readable notebook: {problem}") from problem


def _cells(notebook: NotebookNode) -> list[tuple]:
    return [
        (cell.cell_type, cell.source, cell.id, cell.metadata.get("jupyter"))
        for cell in notebook.cells
    ]


def _built(lesson: Path) -> list[tuple]:
    return _cells(colab_cell.add_to(lesson_notebook(lesson)))


def lesson_notebook(lesson: Path) -> NotebookNode:
    """The notebook of a lesson, not yet executed."""
    ids = CellIds()
    cells = []
    for cell in course.read_percent(lesson.read_text(encoding="utf-8")):
        if cell.kind == "raw":
            continue
        text = "\n".join(line for line in cell.text.split("\n") if " SOLUTION" not in line)
        make = nbformat.v4.new_code_cell if cell.kind == "code" else nbformat.v4.new_markdown_cell
        cells.append(make(text, id=ids(text), metadata=_metadata(cell)))
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def _metadata(cell: course.SourceCell) -> dict:
    """What Jupyter, and Jupyter Book by its tag, fold away."""
    folded = {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}
    return folded if cell.hidden else {}


def execute(notebook: NotebookNode, folder: Path = LESSONS) -> NotebookNode:
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
        with _fresh_event_loop(), _quiet_end(), tempfile.TemporaryDirectory() as workspace:
            client.update_config(_private_kernel(workspace))
            client.execute(env=os.environ | {"AUTOGRADER_WORKSPACE": workspace, course.STATIC: "1"})
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as problem:
        raise CourseError(f"a lesson does not run: {problem}") from problem
    notebook.metadata = nbformat.from_dict(METADATA)
    return notebook


def _private_kernel(folder: str) -> Config:
    """Settings by which no other user of the machine can talk to the kernel, or it would warn."""
    if os.name == "nt":
        return Config()
    return Config(KernelManager={"transport": "ipc", "ip": f"{folder}/kernel"})


@contextlib.contextmanager
def _quiet_end() -> Iterator[None]:
    """Keep quiet about a socket that a last event asks for when its kernel is done with already."""

    def matters(record: logging.LogRecord) -> bool:
        problem = record.exc_info[1] if record.exc_info else None
        return getattr(problem, "errno", None) != errno.ENOTSOCK

    log = logging.getLogger("tornado.general")
    log.addFilter(matters)
    try:
        yield
    finally:
        log.removeFilter(matters)


@contextlib.contextmanager
def _fresh_event_loop() -> Iterator[None]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()
