"""What was handed in: the notebook in a folder, whatever its name, rebuilt on the release.

Between nbgrader's steps a rebuilt submission is a notebook file; what was odd about it stands in
the notebook's metadata then.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec

from ..course import Unit
from ..grading.record import ErrorRecord
from .read import Rebuilt, Unreadable, read_notebook, rebuild, released


def read_handed_in(unit: Unit, path: Path) -> Rebuilt:
    """The submission that lies at ``path``, or beside it under another name."""
    try:
        path, renamed = _find(unit, path)
        rebuilt = rebuild(unit, read_notebook(path))
    except Unreadable as problem:
        return Rebuilt(released(unit), error=ErrorRecord(problem.kind, problem.message))
    if renamed:
        notice = f"the file was called {path.name}, not {unit.name}.ipynb"
        return dataclasses.replace(rebuilt, notices=(*rebuilt.notices, notice))
    return rebuilt


def _find(unit: Unit, path: Path) -> tuple[Path, bool]:
    """The submitted file, also where it was renamed."""
    others = sorted(path.parent.glob("*.ipynb"))
    notebook = path if path in others else others[0] if len(others) == 1 else None
    if not notebook:
        names = ", ".join(other.name for other in others) or "no notebook"
        raise Unreadable(
            "missing_file", f"{path.name} is missing; this was handed in: {names}; hand it in."
        )
    if notebook.is_symlink() or path.parent.is_symlink() or not notebook.is_file():
        raise Unreadable(
            "missing_file",
            f"{notebook.name} is not a file of its own; hand in the notebook itself.",
        )
    return notebook, notebook != path


def to_notebook(rebuilt: Rebuilt) -> dict:
    """The rebuilt notebook with all else that is known of the submission in its metadata."""
    state: dict = {"missing": list(rebuilt.missing), "notices": list(rebuilt.notices)}
    if rebuilt.error:
        state["error"] = msgspec.to_builtins(rebuilt.error)
    metadata = rebuilt.notebook["metadata"] | {"autograder": state}
    return rebuilt.notebook | {"metadata": metadata}


def of_notebook(notebook: dict) -> Rebuilt:
    """The inverse of ``to_notebook``."""
    state = notebook["metadata"].get("autograder", {})
    error = ErrorRecord(**state["error"]) if "error" in state else None
    return Rebuilt(
        notebook, tuple(state.get("missing", ())), tuple(state.get("notices", ())), error
    )
