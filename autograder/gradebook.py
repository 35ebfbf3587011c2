"""nbgrader's side of the grader: what ``nbgrader_config.py`` puts in place of nbgrader's own parts.

nbgrader keeps the course: gradebook, formgrader, feedback, late penalties, export. Two things are
replaced. Submissions are read by ``LenientExporter``, which rebuilds every one of them on the
released notebook, so that none can stop a class. And ``Grade`` stands in for ``Execute``: the
submission runs in a process apart, and each graded cell gets a verdict and its points.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    IncludeHeaderFooter,
    LockCells,
    NbGraderPreprocessor,
    SaveAutoGrades,
    SaveCells,
)
from traitlets import Integer

from . import course, render, submission
from .grade_submission import grade_read, unreadable
from .submission import Unreadable

_SECRET = course.ROOT / ".course_secret"


def class_seed(unit: course.Unit) -> int:
    """The seed of a class run: the same for a regrade, unknown to learners.

    It comes from the course's secret (``AUTOGRADER_SECRET``, or ``.course_secret``, made at first
    use), the assignment and the version of its checks.
    """
    secret = os.environ.get("AUTOGRADER_SECRET")
    if not secret:
        if not _SECRET.exists():
            with open(os.open(_SECRET, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_hex(16))
        secret = _SECRET.read_text()
    text = f"{secret} {unit.name} {course.checks_version(unit.name)}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


class RemoveExplanations(NbGraderPreprocessor):
    """Leaves the explanations of the solutions out of the release."""

    def preprocess(self, nb, resources):
        """Drop the cells tagged ``explanation``."""
        nb.cells = [cell for cell in nb.cells if "explanation" not in cell.metadata.get("tags", [])]
        return nb, resources


def release_preprocessors() -> list:
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


def autograde_preprocessors() -> list:
    """The steps of nbgrader autograde, with ``Grade`` in place of ``Execute``."""
    return [Grade, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]


class LenientExporter(NotebookExporter):
    """Reads a submission, whatever it is, as the released notebook with the learner's answers."""

    def from_filename(self, filename, resources=None, **kw):
        """Rebuild a submitted notebook; read an autograded one as it is."""
        if not getattr(self.parent, "_sanitizing", False):
            return super().from_filename(filename, resources, **kw)
        unit = course.unit(resources["nbgrader"]["assignment"])
        resources["metadata"] = {"name": unit.name, "path": str(Path(filename).parent)}
        return self.from_notebook_node(_rebuilt(unit, Path(filename)), resources, **kw)


def _rebuilt(unit: course.Unit, path: Path):
    try:
        path, renamed = _find(unit, path)
        notebook = submission.rebuild(unit, submission.read_notebook(path))
        if renamed:
            notebook["metadata"]["autograder"]["notices"].append(
                f"the file was called {path.name}, not {unit.name}.ipynb"
            )
    except Unreadable as problem:
        notebook = submission.released(unit)
        error = {"kind": problem.kind, "message": problem.message}
        notebook["metadata"]["autograder"] = {"error": error, "missing": [], "notices": []}
    return nbformat.from_dict(notebook)


def _find(unit: course.Unit, path: Path) -> tuple[Path, bool]:
    """The submitted file, also where it was renamed."""
    if path.exists():
        return path, False
    others = sorted(path.parent.glob("*.ipynb"))
    if len(others) == 1:
        return others[0], True
    names = ", ".join(each.name for each in others)
    raise Unreadable(
        "missing_file", f"{path.name} is missing; these files were handed in: {names}."
    )


def adopt_renamed(assignment, student, notebooks) -> None:
    """Have a submission graded whose notebook does not bear the assignment's name."""
    folder = Path(notebooks[0]).parent
    notebooks[:] = [str(folder / f"{folder.name}.ipynb")]


class Grade(NbGraderPreprocessor):
    """Grades a rebuilt notebook in place of executing it."""

    seed = Integer(None, allow_none=True, help="Draws the inputs; by default class_seed.").tag(
        config=True
    )

    def preprocess(self, nb, resources):
        """Give each graded code cell its verdict and, as its result, its points."""
        info = resources["nbgrader"]
        unit = course.unit(info["assignment"])
        seed = class_seed(unit) if self.seed is None else self.seed
        state = nb.metadata.get("autograder", {})
        if state.get("error"):
            verdict = unreadable(unit, info["student"], state["error"], seed)
        else:
            found = submission.from_rebuilt(nb, unit)
            verdict = grade_read(found, info["student"], seed=seed, show_text=False)
        self._write(nb, unit, verdict)
        nb.metadata["autograder"] = {"verdict": verdict.to_json()}
        return nb, resources

    def _write(self, nb, unit, verdict) -> None:
        by_cell = {course.exercise(each.id).check_id: each for each in verdict.exercises}
        notes = "".join(f"<div>Note: {render.escape(each)}.</div>" for each in verdict.notices)
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            cell.outputs, cell.execution_count = [], None
            found = by_cell.get(submission.grade_id(cell))
            if found:
                page = render.exercise_html(found) + notes
                cell.outputs = [
                    nbformat.v4.new_output("display_data", {"text/html": page}),
                    nbformat.v4.new_output("execute_result", {"text/plain": repr(found.points)}),
                ]
                notes = ""
