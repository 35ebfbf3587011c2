"""The gradebook's exercises, made those of the course where they are others by now.

nbgrader refuses to add or remove any once something was handed in.
"""

from __future__ import annotations

from collections.abc import Iterable

from nbformat import NotebookNode
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
)


def refit(gradebook: Gradebook, notebook: Notebook, source: NotebookNode) -> list[dict]:
    """Take cells that the source does not have out of the gradebook, and put in those it lacks.

    The caller commits that, once it has kept what is returned.

    Args:
        gradebook: an open one.
        notebook: the assignment's, in it.
        source: nbgrader's *source* version of the assignment.

    Returns:
        The grades, and comments by hand, that were taken out with their cells.
    """
    marked = [cell for cell in source.cells if "nbgrader" in cell.metadata]
    kinds = {cell.metadata.nbgrader.grade_id: cell.cell_type for cell in marked}
    marks = [cell.metadata.nbgrader for cell in marked]
    graded = {mark.grade_id: mark for mark in marks if mark.grade}
    solved = {mark.grade_id for mark in marks if mark.solution}
    taken = [
        grade.to_dict() for cell in _others(notebook.grade_cells, graded) for grade in cell.grades
    ]
    taken += [
        comment.to_dict()
        for cell in _others(notebook.solution_cells, solved)
        for comment in cell.comments
        if comment.manual_comment
    ]
    for cell in _others(notebook.grade_cells, graded):
        _delete(gradebook, [*cell.grades, cell])
    for cell in _others(notebook.solution_cells, solved):
        _delete(gradebook, [*cell.comments, cell])
    _delete(gradebook, _others(notebook.source_cells, kinds))
    for name in graded.keys() - _names(notebook.grade_cells):
        points = float(graded[name].points)
        cell = GradeCell(name=name, notebook=notebook, max_score=points, cell_type=kinds[name])
        gradebook.db.add(cell)
        gradebook.db.add_all(Grade(cell=cell, notebook=each) for each in notebook.submissions)
    for name in solved - _names(notebook.solution_cells):
        cell = SolutionCell(name=name, notebook=notebook)
        gradebook.db.add(cell)
        gradebook.db.add_all(Comment(cell=cell, notebook=each) for each in notebook.submissions)
    for name in kinds.keys() - _names(notebook.source_cells):
        gradebook.db.add(SourceCell(name=name, notebook=notebook, cell_type=kinds[name]))
    return taken


def _names(cells: Iterable[BaseCell]) -> set[str]:
    return {cell.name for cell in cells}


def _others(cells: Iterable[BaseCell], wanted: Iterable[str]) -> list[BaseCell]:
    return [cell for cell in cells if cell.name not in wanted]


def _delete(gradebook: Gradebook, rows: Iterable[object]) -> None:
    for row in rows:
        gradebook.db.delete(row)
