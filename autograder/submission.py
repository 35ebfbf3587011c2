"""Reading a submission: a notebook or a Python file, however mangled.

``rebuild`` takes the released notebook and copies nothing into it but the text of the learner's
answers, found by ``grade_id``, and of the code cells they added. Locked cells, metadata, tags and
outputs of the submission are left behind. Everything that grades starts from the result.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from . import course
from .course import CourseError, Unit

MAX_BYTES = 50 << 20
_MINE = re.compile(r"\bmine\(([^)]*)\)")


class Unreadable(Exception):
    """A file that cannot be graded.

    Args:
        kind: ``missing_file``, ``too_large``, ``not_a_notebook`` or ``foreign``.
        message: one sentence that says what to do.
    """

    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind = kind
        self.message = message


@dataclass
class Submission:
    """The learner's code, ready to run.

    Attributes:
        cells: dicts with ``id``, ``code`` and ``define_only``, see ``sandbox.cells.run``.
        missing: ids of exercises whose answer is nowhere in the file.
        notices: what was odd about the file.
    """

    unit: Unit
    cells: list[dict]
    missing: tuple[str, ...] = ()
    notices: list[str] = field(default_factory=list)

    @property
    def earlier_work(self) -> str:
        """Source of the reference that ``mine`` gives: what the unit's set-up asks for, no more."""
        wanted = re.findall(r"\w+", " ".join(_MINE.findall(self.unit.setup)))
        return course.reference_source(wanted) if wanted else ""


def read(path: Path) -> Submission:
    """Read a submission.

    Raises:
        Unreadable: if it cannot be graded at all.
    """
    notebook = read_notebook(path)
    unit = unit_of(path, notebook)
    return from_rebuilt(rebuild(unit, notebook), unit)


def read_notebook(path: Path):
    """The file as a notebook of format 4, whatever it is.

    Raises:
        Unreadable: if it is none.
    """
    if not path.is_file():
        raise Unreadable("missing_file", f"There is no file {path}; check the path.")
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(
            "too_large",
            f"{path.name} is larger than {MAX_BYTES >> 20} MiB; clear the outputs and save it again.",
        )
    try:
        text = path.read_bytes().decode("utf-8")
        if path.suffix == ".py":
            return _from_python(text)
        notebook = nbformat.reads(text, as_version=4)
        notebook.cells = [_tidy(cell) for cell in notebook.cells]
        return notebook
    except (Exception, RecursionError) as problem:
        raise Unreadable(
            "not_a_notebook",
            f"{path.name} is not a readable notebook ({type(problem).__name__}); open it in "
            "Jupyter, save it again, or copy your answers into a fresh one.",
        ) from problem


def _tidy(cell):
    """A cell with the fields that grading looks at, each of its type."""
    source = cell.get("source", "")
    source = "".join(source) if isinstance(source, list) else str(source)
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
    kind = cell.get("cell_type", "raw")
    return nbformat.NotebookNode(cell_type=kind, source=source, grade_id=grade_id)


def _from_python(text: str):
    import jupytext

    if "# %%" not in text:
        cells = [nbformat.NotebookNode(cell_type="code", source=text, grade_id=None)]
        return nbformat.NotebookNode(cells=cells)
    notebook = jupytext.reads(text, fmt="py:percent")
    return nbformat.NotebookNode(cells=[_tidy(cell) for cell in notebook.cells])


def unit_of(path: Path, notebook) -> Unit:
    """The unit a submission answers: by its file name, its cells, or the names it defines.

    Raises:
        Unreadable: if it holds no exercise of the course.
    """
    with contextlib.suppress(CourseError):
        return course.unit(path.stem)
    names = {cell.grade_id for cell in notebook.cells if isinstance(cell.grade_id, str)}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            names |= defined_names(cell.source)
    counts = {
        unit: sum(exercise.id in names for exercise in unit.exercises)
        for unit in course.units().values()
    }
    best = max(counts, key=counts.get)
    if not counts[best]:
        raise Unreadable(
            "foreign",
            f"{path.name} holds none of the course's exercises; is it the right file?",
        )
    return best


def defined_names(code: str) -> set[str]:
    """Functions and classes that ``code`` defines at its top level; none if it does not parse."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"^(?:def|class)\s+(\w+)", code, re.MULTILINE))
    return {node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


@functools.cache
def _released(path: Path, changed: float):
    notebook = nbformat.read(path, as_version=4)
    return notebook


def released(unit: Unit):
    """The released notebook of a unit (a copy of its own).

    Raises:
        CourseError: if it was never built.
    """
    if not unit.released.exists():
        raise CourseError(f"{unit.released} is missing; run 'python -m autograder build' first")
    return copy.deepcopy(_released(unit.released, unit.released.stat().st_mtime))


def grade_id(cell) -> str | None:
    """The ``grade_id`` of a cell of a released or rebuilt notebook."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def rebuild(unit: Unit, submitted):
    """The released notebook with the learner's answers and added code cells in it.

    What was odd about the submission stands in its metadata under ``autograder``.
    """
    notebook = _skeleton(unit)
    answers = {exercise.id for exercise in unit.exercises}
    ours = {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}
    found, added, notices = _sort_cells(submitted, ours, answers)
    missing = [exercise for exercise in answers if exercise not in found]
    for exercise in list(missing):
        if _adopt(exercise, added, found):
            missing.remove(exercise)
            if any(cell.grade_id for cell in submitted.cells):
                notices.append(f"the cell of {exercise} had lost its mark; found by its name")
    for exercise, text in found.items():
        ours[exercise].source = text
    notebook.cells = [
        each for cell in notebook.cells for each in (cell, *_as_cells(added, grade_id(cell)))
    ]
    notebook.cells[:0] = _as_cells(added, None)
    notebook.metadata["autograder"] = {"missing": sorted(missing), "notices": sorted(set(notices))}
    return notebook


def _skeleton(unit: Unit):
    if unit.released.exists() or unit.source.parent.name != "lessons":
        return released(unit)
    cells = []
    for exercise in unit.exercises:
        cell = nbformat.v4.new_code_cell("raise NotImplementedError()", id=exercise.id)
        cell.metadata["nbgrader"] = {"grade_id": exercise.id, "solution": True, "grade": False}
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells)


def _sort_cells(submitted, ours, answers):
    """Sort the submitted cells into answers and added code, by the marked cell before it."""
    found: dict[str, str] = {}
    added: dict[str | None, list[str]] = {}
    notices: list[str] = []
    anchor = None
    for cell in submitted.cells:
        mark = cell.grade_id if cell.grade_id in ours else None
        if mark in answers:
            untouched = cell.source == ours[mark].source
            if mark in found:
                notices.append(
                    f"there are several cells marked {mark}; the last one changed counts"
                )
            if cell.cell_type != "code":
                notices.append(f"the answer to {mark} was not in a code cell")
            if mark not in found or not untouched:
                found[mark] = cell.source
        elif cell.cell_type == "code" and cell.source.strip():
            if mark is None or cell.source != ours[mark].source:
                added.setdefault(mark or anchor, []).append(cell.source)
            if mark is not None and cell.source != ours[mark].source:
                notices.append(f"the locked cell {mark} was changed; the original is used")
        anchor = mark or anchor
    return found, added, notices


def _adopt(exercise: str, added, found) -> bool:
    """Take an added cell that defines the exercise and no other as its answer."""
    for texts in added.values():
        for text in texts:
            if defined_names(text) & set(course.exercises()) == {exercise}:
                texts.remove(text)
                found[exercise] = text
                return True
    return False


def _as_cells(added, anchor):
    cells = []
    for number, text in enumerate(added.get(anchor, []), 1):
        cell = nbformat.v4.new_code_cell(text, id=f"added-{anchor or 'first'}-{number}"[:64])
        cell.metadata["autograder"] = {"added": True}
        cells.append(cell)
    return cells


def from_rebuilt(notebook, unit: Unit) -> Submission:
    """The code of a rebuilt notebook, ready to run."""
    cells = []
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or mark.get("grade"):
            continue
        is_added = "autograder" in cell.metadata
        name = f"added cell {len(cells)}" if is_added else mark.get("grade_id", "set-up")
        cells.append({"id": name, "code": cell.source, "define_only": is_added})
    state = notebook.metadata.get("autograder", {})
    defined = {
        name for cell in cells if cell["define_only"] for name in defined_names(cell["code"])
    }
    missing = tuple(each for each in state.get("missing", ()) if each not in defined)
    absent = set(state.get("missing", ()))
    cells = [cell for cell in cells if cell["id"] not in absent]
    return Submission(unit, cells, missing, list(state.get("notices", ())))
