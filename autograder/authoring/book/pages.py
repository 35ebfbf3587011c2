"""What Sphinx reads: lessons, exercises and guides.

Pages lie as their sources do in the course's folder, so that links between them hold.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nbformat import NotebookNode

from ... import course
from ...course import ROOT, CourseError, Exercise, Unit
from .. import colab_cell
from ..build import LESSONS

_GUIDES = ("docs/learning.md", "docs/online.md", "docs/syllabus.md")
_TO_TAKE = ("docs/properties.md", "docs/calculator.md")
_TO_TEACH = ("docs/teaching.md", "docs/jupyterhub.md", "docs/graders.md")
_TO_HELP = ("CONTRIBUTING.md", "docs/checks.md", "SECURITY.md")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]*)(#[^)\s]*)?\)")


def repository() -> str:
    """Address of the course's repository, or nothing.

    ``BOOK_REPOSITORY``, which a workflow knows, else what its publisher has put in pyproject.toml.
    """
    if "BOOK_REPOSITORY" in os.environ:
        return os.environ["BOOK_REPOSITORY"].removesuffix("/")
    return colab_cell.repository()


def lay_out(sources: Path, explanations: bool) -> None:
    """Write what Sphinx reads."""
    pages = dict(_pages(explanations))
    copied = [*_GUIDES, *_TO_TAKE, *_TO_TEACH, *_TO_HELP]
    for guide in sorted((ROOT / "docs").glob("*.md")):
        if f"docs/{guide.name}" not in copied:
            place = Path(__file__).relative_to(ROOT).as_posix()
            raise CourseError(f"docs/{guide.name} has no place in the book: name it in {place}")
    lessons = sorted(each.stem for each in LESSONS.glob("[0-9][0-9]_*.ipynb"))
    known = {*pages, *copied, *(f"lessons/{each}.ipynb" for each in lessons)}
    pages["index.md"] = _index(lessons, explanations)
    pages |= {name: (ROOT / name).read_text(encoding="utf-8") for name in copied}
    for name, text in pages.items():
        path = sources / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_linked(text, name, known), encoding="utf-8")
    (sources / "lessons").mkdir()
    for each in lessons:
        notebook = _lesson(LESSONS / f"{each}.ipynb", known)
        nbformat.write(notebook, sources / "lessons" / f"{each}.ipynb")
    shutil.copytree(LESSONS / "pictures", sources / "lessons" / "pictures")


def _index(lessons: list[str], explanations: bool) -> str:
    """The README, and the order of all pages."""
    units = [each.name for each in _units()]
    chapters = {
        "Guides": _GUIDES,
        "Lessons": [f"lessons/{each}" for each in lessons],
        "Exercises": [f"exercises/{each}/index" for each in units],
        "Explanations": [f"explanations/{each}/index" for each in units] if explanations else [],
        "To take home": _TO_TAKE,
        "To teach": _TO_TEACH,
        "To contribute": _TO_HELP,
    }
    trees = [_tree(pages, caption) for caption, pages in chapters.items() if pages]
    return "\n\n".join([(ROOT / "README.md").read_text(encoding="utf-8"), *trees])


def _tree(pages: Sequence[str], caption: str = "") -> str:
    named = [f":caption: {caption}"] if caption else []
    return "\n".join(["```{toctree}", ":hidden:", *named, "", *pages, "```", ""])


def _units() -> list[Unit]:
    return [unit for unit in course.units().values() if not unit.is_lesson]


def _pages(explanations: bool) -> Iterator[tuple[str, str]]:
    """Names and texts of the pages on exercises."""
    jinja = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "files"),
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=False,
    )
    template = jinja.get_template("exercise.md.jinja")
    for unit in _units():
        about, parts = _released(unit)
        yield f"exercises/{unit.name}/index.md", _contents(about, unit.with_points)
        for exercise in unit.with_points:
            facts, *told = parts[exercise.id]
            explained = explanations and bool(exercise.explanation)
            text = template.render(exercise=exercise, facts=facts, parts=told, explained=explained)
            yield f"exercises/{unit.name}/{exercise.id}.md", text
        if explanations:
            yield from _explanations(unit)


def _contents(head: str, exercises: Sequence[Exercise]) -> str:
    """A page that leads to those of exercises."""
    rows = [f"- [{each.title}]({each.id}.md): `{each.id}`" for each in exercises]
    return "\n\n".join([head, "\n".join(rows), _tree([each.id for each in exercises])])


def _explanations(unit: Unit) -> Iterator[tuple[str, str]]:
    explained = [each for each in unit.with_points if each.explanation]
    head = f"# Explanations {unit.name[:2]}\n\nRead one after your own answer has passed."
    yield f"explanations/{unit.name}/index.md", _contents(head, explained)
    for each in explained:
        back = f"Explains [{each.id}](../../exercises/{unit.name}/{each.id}.md)."
        text = "\n\n".join([f"# {each.title}: why", back, each.explanation])
        yield f"explanations/{unit.name}/{each.id}.md", text


def _released(unit: Unit) -> tuple[str, dict[str, list[str]]]:
    """What the exercise notebook says before its exercises, and then of each, part by part."""
    before: list[str] = []
    parts: dict[str, list[str]] = {}
    exercises = iter(unit.with_points)
    checks = {each.check_id for each in unit.exercises}
    here = before
    for cell in nbformat.read(unit.released, as_version=4).cells:
        text = cell.source
        if cell.cell_type == "markdown" and text.startswith("## Exercise "):
            here = parts.setdefault(next(exercises).id, [])
            text = text.partition("\n\n")[2]
        elif course.grade_id(cell) in checks or cell.id == course.COLAB_ID:
            continue
        elif cell.cell_type == "code":
            text = f"```python\n{text}\n```"
        here.append(text)
    return "\n\n".join(before), parts


def _lesson(path: Path, known: set[str]) -> NotebookNode:
    """A lesson with the way on to its exercises."""
    notebook = nbformat.read(path, as_version=4)
    exercises = f"exercises/{path.stem}/index.md"
    if exercises in known:
        text = f"[The exercises of this unit](../{exercises})"
        notebook.cells.append(nbformat.v4.new_markdown_cell(text, id="exercises"))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _linked(cell.source, f"lessons/{path.name}", known)
        elif cell.source.startswith("predict("):
            # The question says all; its source would be a line to unfold above it.
            cell.metadata["tags"] = ["remove-input"]
    return notebook


def _linked(text: str, page: str, known: set[str]) -> str:
    """The text of a page; its links to files that are no pages lead to the repository.

    Where the repository has no address, they are plain text.
    """

    address = repository()

    def link(found: re.Match[str]) -> str:
        picture, words, target, _ = found.groups()
        if not target or picture or ":" in target:
            return found[0]
        place = posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
        if place in known:
            return found[0]
        if not (ROOT / place).exists():
            raise CourseError(f"{page} has a link to {target}, which is not there")
        return f"[{words}]({address}/blob/HEAD/{place})" if address else words

    return _LINK.sub(link, text)
