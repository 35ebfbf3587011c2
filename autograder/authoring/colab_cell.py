"""The first code cell of built notebooks: in Google Colab it fetches the course.

Nothing of the course is there yet, so the cell only clones it; ``learner/colab.py`` does the rest.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .. import course

# Folded in JupyterLab, in Colab, and left out of the book.
METADATA = {"cellView": "form", "jupyter": {"source_hidden": True}, "tags": ["remove-cell"]}
_CODE = """\
# @title Fetches the course in Google Colab; does nothing anywhere else
if "google.colab" in __import__("sys").modules:
    import pathlib, runpy, shlex, subprocess

    class NotFetched(Exception):
        def _render_traceback_(self):
            return [str(self)]

    folder = pathlib.Path.home() / "attention-heads-course"
    if not folder.exists():
        address = {address} or input("Address of the course's repository: ").strip()
        git = "GIT_TERMINAL_PROMPT=0 git clone --quiet --depth 1 --"
        failed, why = subprocess.getstatusoutput(f"{{git}} {{shlex.quote(address)}} {{folder}}")
        if failed:
            raise NotFetched(f"The course could not be fetched; run this cell again. ({{why}})")
    runpy.run_path(str(folder / "autograder" / "learner" / "colab.py"))["set_up"]()"""


def repository() -> str:
    """Address of the course's repository, which its publisher has put in pyproject.toml, or ''."""
    try:
        text = (course.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    urls = tomllib.loads(text)["project"].get("urls", {})
    return urls.get("Repository", "").removesuffix("/")


def add_to(notebook: NotebookNode) -> NotebookNode:
    """Put the cell where it is the first to be run, below the title."""
    code = _CODE.format(address=json.dumps(repository()))
    cell = nbformat.v4.new_code_cell(code, id=course.COLAB_ID, metadata=METADATA)
    notebook.cells.insert(1, cell)
    return notebook


def forget_address(notebook: Path) -> None:
    """Let the cell of a built notebook ask for the address: a kit lies elsewhere."""
    text = notebook.read_text(encoding="utf-8")
    known, unknown = (
        json.dumps(f"address = {json.dumps(each)} or ") for each in (repository(), "")
    )
    notebook.write_text(text.replace(known[1:-1], unknown[1:-1]), encoding="utf-8", newline="\n")
