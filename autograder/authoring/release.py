"""The exercise notebook that learners get, made from its source by nbgrader's generate_assignment.

Byte for byte the same each time: cell ids come from the exercise or from the content.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    IncludeHeaderFooter,
    LockCells,
    NbGraderPreprocessor,
    SaveCells,
)
from traitlets.config import Config

from ..course import Exercise, Unit
from . import colab_cell

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class RemoveExplanations(NbGraderPreprocessor):
    """Leaves the explanations of the solutions out of the release."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Drop the cells tagged ``explanation``."""
        nb.cells = [cell for cell in nb.cells if "explanation" not in cell.metadata.get("tags", [])]
        return nb, resources


def preprocessors() -> list:
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


class CellIds:
    """Cell ids that depend on the content alone."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def __call__(self, text: str) -> str:
        digest = hashlib.sha256(text.encode()).hexdigest()
        for length in range(8, 64):
            if digest[:length] not in self._used:
                self._used.add(digest[:length])
                return digest[:length]
        return self(text + " ")


def source_notebook(unit: Unit) -> NotebookNode:
    """nbgrader's *source* version of a unit: with solutions, explanations and graded cells."""
    ids = CellIds()
    exercises = iter(unit.with_points)
    current: Exercise | None = None
    cells, setups = [], 0
    for cell in unit.cells:
        if cell.kind == "raw":
            current = next(exercises)
            text = _heading(current, unit.with_points.index(current) + 1)
            cells.append(nbformat.v4.new_markdown_cell(text, id=ids(text)))
        elif current and current.by_hand and cell.text == current.solution:
            made = nbformat.v4.new_markdown_cell(cell.text, id=current.id)
            cells.append(_marked(made, current.id, True, solution=True, points=current.points))
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
    return colab_cell.add_to(nbformat.v4.new_notebook(cells=cells, metadata=METADATA))


def _heading(exercise: Exercise, number: int) -> str:
    level = "●" * exercise.difficulty + "○" * (5 - exercise.difficulty)
    needs = ", ".join(f"`{earlier}`" for earlier in exercise.prerequisites)
    after = f" · builds on {needs}" if needs else ""
    points = f"{exercise.points:g} points"
    return (
        f"## Exercise {number}: {exercise.title}\n\n"
        f"`{exercise.id}` · about {exercise.minutes} minutes · difficulty {level} · {points}{after}"
    )


def _code(
    text: str,
    name: str,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> NotebookNode:
    cell = nbformat.v4.new_code_cell(text, id=name)
    return _marked(cell, name, grade, solution, locked, points)


def _marked(
    cell: NotebookNode,
    name: str,
    grade: bool,
    solution: bool,
    locked: bool = False,
    points: float | None = None,
) -> NotebookNode:
    marks = {
        "grade": grade,
        "grade_id": name,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        marks |= {"points": int(points) if points == int(points) else points}
    cell.metadata["nbgrader"] = marks
    return cell


def release_bytes(unit: Unit) -> bytes:
    """The exercise notebook that nbgrader's generate_assignment makes of a unit."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source" / unit.name / f"{unit.name}.ipynb"
        source.parent.mkdir(parents=True)
        source.write_text(nbformat.writes(source_notebook(unit)), encoding="utf-8")
        config = Config()
        config.CourseDirectory.root = folder
        config.CourseDirectory.assignment_id = unit.name
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
        config.GenerateAssignment.preprocessors = preprocessors()
        maker = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
        maker.log.setLevel(logging.ERROR)
        maker.start()
        return (Path(folder) / "release" / unit.name / f"{unit.name}.ipynb").read_bytes()
