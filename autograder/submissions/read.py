"""Reading a submission: a notebook or a Python file, however mangled.

``rebuild`` takes the released notebook and copies nothing into it but the text of the learner's
answers, found by ``grade_id``, and of the cells they added. Locked cells, metadata, tags and
outputs of the submission are left behind. Everything that grades starts from the result.

Notebooks are plain JSON here: importing nbformat takes as long as grading a whole submission.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import itertools
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import course
from ..course import CourseError, Unit, grade_id
from ..grading.record import ErrorRecord
from ..sandbox.inside.cells import BODIES, SILENT, defines, parsed, run_at_once
from . import damaged

MAX_BYTES = 50 << 20
MAX_VALUES = 4_000_000  # numbers, texts, lists and objects in the JSON
MAX_CELLS = 1000
MAX_CELL = 128 << 10  # characters of code
MAX_CODE = 256 << 10
MAX_PROSE = 64 << 10  # of the learner's own Markdown cells, kept for whoever reads the notebook
# Of the line above a cell of a Python file, more than anyone writes there.
_MARKER = re.compile(r"^(# %%.{,1000}).*", re.MULTILINE)
# Calls that nobody misses.
_SHOWS = {"print", "display", *SILENT}
_MOST_PLACES = 6  # of code that is not run, named in a notice


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
class Cell:
    """A cell of a submitted file: what grading looks at, and nothing else."""

    kind: str
    source: str
    grade_id: str | None = None

    @property
    def is_code(self) -> bool:
        """Whether it holds any code."""
        return self.kind == "code" and bool(self.source.strip())


@dataclass(frozen=True)
class Rebuilt:
    """A submission on the released notebook: what everything that grades starts from.

    Attributes:
        notebook: the release with the learner's answers and added cells in it, as JSON.
        missing: ids of exercises whose answer is nowhere in the file.
        notices: what was odd about the file.
        error: why it cannot be read, if it cannot; the notebook is as released then.
    """

    notebook: dict
    missing: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    error: ErrorRecord | None = None


@dataclass
class Submission:
    """The learner's code, ready to run.

    Attributes:
        cells: dicts with ``id``, ``code`` and ``define_only``, see ``sandbox.inside.cells.run``.
        missing: ids of exercises whose answer is nowhere in the file.
        notices: what was odd about the file.
        written: ids of the exercises that a person grades and that were answered.
    """

    unit: Unit
    cells: list[dict]
    missing: tuple[str, ...] = ()
    notices: list[str] = field(default_factory=list)
    written: tuple[str, ...] = ()

    @functools.cached_property
    def earlier_work(self) -> str:
        """Source of the reference that ``mine`` gives: earlier exercises that are asked for."""
        code = [self.unit.setup, *(cell["code"] for cell in self.cells)]
        asked = set().union(*map(_asked_of_mine, code))
        wanted = [
            exercise.id
            for exercise in course.exercises().values()
            if exercise.id in asked and exercise.unit < self.unit.name
        ]
        return course.reference_source(wanted) if wanted else ""


def _asked_of_mine(code: str) -> set[str]:
    calls = (
        node
        for statement in (statements(code) if "mine" in code else [])
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and _called(node) == "mine"
    )
    return {
        argument.value
        for call in calls
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def _called(call: ast.Call) -> str | None:
    """The name of what is called, without the module or object that it belongs to."""
    return getattr(call.func, "id", getattr(call.func, "attr", None))


def read_file(path: Path, wanted: Iterable[str] | None = None) -> Submission:
    """Read a submission.

    Args:
        path: the file.
        wanted: ids of the exercises that will be graded, where not all of its unit.

    Raises:
        Unreadable: if it cannot be graded at all.
        CourseError: if there is no such exercise.
    """
    try:
        cells, notices = read_notebook(path)
    except OSError as problem:
        raise _no_notebook(path, f"cannot be opened ({problem.strerror})") from problem
    unit, doubt = unit_of(path, cells, wanted)
    submission = from_rebuilt(rebuild(unit, cells), unit)
    submission.notices += [*notices, *doubt]
    return submission


def read_notebook(
    path: Path, opener: Callable[[str, int], int] | None = None, stem: str | None = None
) -> tuple[list[Cell], list[str]]:
    """The cells of the file, whatever it is, and what was odd about it.

    Args:
        path: the file.
        opener: what opens it, as for ``open``.
        stem: what the notebook is called that is meant, where this is a zip of several.

    Raises:
        Unreadable: if it has none, or more than anyone writes.
        OSError: if it may not be read.
    """
    cells, notices = _cells(path, _data(path, opener), stem or path.stem)
    sizes = [len(cell.source) for cell in cells if cell.kind == "code" or cell.grade_id]
    for count, most, what in (
        (len(cells), MAX_CELLS, "cells"),
        (max(sizes, default=0), MAX_CELL, "characters of code in one cell"),
        (sum(sizes), MAX_CODE, "characters of code"),
    ):
        if count > most:
            raise _too_large(path, f"{most:,} {what}")
    return cells, notices


def _too_large(path: Path, most: str) -> Unreadable:
    return Unreadable(
        "too_large",
        f"{path.name} holds more than {most}; clear the outputs and take out code that answers no "
        "exercise.",
    )


def _no_notebook(path: Path, why: str) -> Unreadable:
    return Unreadable(
        "not_a_notebook",
        f"{path.name} {why}; open your notebook in Jupyter, save it again and hand in that file.",
    )


def _data(path: Path, opener: Callable[[str, int], int] | None) -> bytes:
    try:
        with open(path, "rb", opener=opener) as file:
            return file.read(MAX_BYTES + 1)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise Unreadable("missing_file", f"There is no file {path}; check the path.") from None


def _cells(path: Path, data: bytes, stem: str) -> tuple[list[Cell], list[str]]:
    name = path.name
    try:
        if damaged.is_zip(data):
            name, data = damaged.unzipped(data, stem, MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise Unreadable(
                "too_large",
                f"{path.name} is larger than {MAX_BYTES >> 20} MiB; clear the outputs and save "
                "again.",
            )
        text, notices = damaged.text_of(data)
        if name.lower().endswith(".py"):
            return _cells_of_python(path, text), notices
        if len(data) > MAX_VALUES and _values(text.encode()) > MAX_VALUES:
            raise _too_large(path, f"{MAX_VALUES:,} values in its JSON")
        notebook, mended = damaged.parsed(text)
        # Older formats hold their cells in sheets.
        sheets = [notebook] if notebook["nbformat"] == 4 else notebook["worksheets"]
        cells = itertools.chain.from_iterable(sheet["cells"] for sheet in sheets)
        tidy = [_tidy(cell) for cell in itertools.islice(cells, MAX_CELLS + 1)]
        return tidy, [*notices, *mended]
    except Unreadable:
        raise
    except damaged.Damaged as problem:
        raise _no_notebook(path, str(problem)) from problem
    except (Exception, RecursionError) as problem:
        says = f"is not a readable notebook ({type(problem).__name__})"
        raise _no_notebook(path, says) from problem


def _values(text: bytes) -> int:
    """At least as many as there are values in JSON: these, not its bytes, are what fills memory."""
    text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    texts = text.count(b'"') // 2  # of which what is no JSON can hold many without a comma
    if texts > MAX_VALUES:
        return texts
    outside = re.sub(rb'"[^"]*"?', b"", text)
    return max(texts, sum(map(outside.count, (b",", b"[", b"{"))) + 1)


def _tidy(cell: dict) -> Cell:
    source = cell.get("source", cell.get("input", ""))  # the latter in older formats
    source = "".join(source) if isinstance(source, list) else str(source)
    # Halves of surrogate pairs, which JSON can hold and no file or channel can.
    source = source.encode("utf-8", "replace").decode()
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    mark = marks.get("grade_id") if isinstance(marks, dict) else None
    return Cell(str(cell.get("cell_type", "raw")), source, mark if isinstance(mark, str) else None)


def _cells_of_python(path: Path, text: str) -> list[Cell]:
    if "# %%" not in text:
        return [Cell("code", text)]
    if len(text) > 2 * MAX_CODE or text.count("# %%") > MAX_CELLS:
        raise _too_large(path, f"{MAX_CELLS:,} cells or {2 * MAX_CODE:,} characters")
    import jupytext

    # A header is YAML, which can unfold without end; after a first line of code there is none. For
    # the options of a cell, jupytext takes a time that grows with the square of their length.
    text = _MARKER.sub(r"\1", text)
    cells = jupytext.reads(f"# %%\n{text}", fmt="py:percent").cells
    return [_tidy(cell) for cell in cells if cell["source"].strip()]


def unit_of(
    path: Path, cells: list[Cell], wanted: Iterable[str] | None = None
) -> tuple[Unit, list[str]]:
    """The unit a submission answers, and a notice if another one can be meant.

    Its file name tells, else its marks, else the exercises that are wanted, else the names that it
    defines: a helper may be called like an exercise of an earlier unit.

    Raises:
        Unreadable: if it holds no exercise of the course.
        CourseError: if there is no such exercise.
    """
    with contextlib.suppress(CourseError):
        return course.unit(path.stem), []
    marked = answered_units(cell.grade_id for cell in cells)
    if marked:
        return marked[0], []
    chosen = next(iter(wanted or ()), None)
    if chosen:
        return course.unit(course.exercise(chosen).unit), []
    code = (cell.source for cell in cells if cell.kind == "code")
    found = answered_units(set().union(*map(defined_names, code)))
    if not found:
        raise Unreadable(
            "foreign",
            f"{path.name} holds none of the course's exercises; is it the right file?",
        )
    others = ", ".join(unit.name for unit in found[1:])
    doubt = (
        f"taken for {found[0].name}, though it defines names of {others} as well; --exercise ID "
        "says which is meant"
    )
    return found[0], [doubt] if others else []


def answered_units(names: Iterable[str | None]) -> list[Unit]:
    """The units with exercises of these names: that with the most first, of equals the latest."""
    names = set(names)
    counts = {
        unit: sum(exercise.id in names for exercise in unit.exercises)
        for unit in reversed(course.units().values())
    }
    return sorted(filter(counts.get, counts), key=counts.__getitem__, reverse=True)


def statements(code: str) -> list[ast.stmt]:
    """The statements at the top level of ``code``; none if it does not parse."""
    try:
        return parsed(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def defined_names(code: str) -> set[str]:
    """Names that ``code`` gives to something of its own at its top level.

    Functions and classes, found by text if it does not parse, and what is assigned.
    """
    return _look_at(code)[0]


def _look_at(code: str) -> tuple[set[str], list[str]]:
    """The names as in ``defined_names``; and, of an added cell, lines that are not run.

    The latter without those that only show something, and no more than are told.
    """
    found = statements(code)
    if not found:
        return set(re.findall(r"^(?:def|class)\s+(\w+)", code, re.MULTILINE)), []
    names: set[str] = set()
    left_out: list[str] = []
    for statement in found:
        nodes = list(run_at_once(statement))
        for node in nodes:
            if isinstance(node, BODIES):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
        may_do_more = len(left_out) <= _MOST_PLACES and any(map(_is_missed, nodes))
        if may_do_more and not defines(statement):
            first, last = statement.lineno, statement.end_lineno
            left_out.append(f"line {first}" if first == last else f"lines {first} to {last}")
    return names, left_out


def released(unit: Unit) -> dict:
    """The released notebook of a unit.

    Raises:
        CourseError: if it was never built.
    """
    if not unit.released.exists():
        raise CourseError(f"{unit.released} is missing; run 'python -m autograder build' first")
    return json.loads(unit.released.read_text(encoding="utf-8"))


def _text(cell: dict) -> str:
    return "".join(cell["source"])


def rebuild(unit: Unit, submitted: list[Cell]) -> Rebuilt:
    """The released notebook with the learner's answers and added cells in it."""
    notebook = _skeleton(unit)
    exercises = [exercise.id for exercise in unit.exercises]
    by_hand = [exercise.id for exercise in unit.by_hand]
    ours = {mark: cell for cell in notebook["cells"] if (mark := grade_id(cell))}
    work = _sort_cells(submitted, ours, [*exercises, *by_hand])
    missing = [exercise for exercise in exercises if exercise not in work.answers]
    defined = work.defined_names(exercises) if missing else {}
    for exercise in list(missing):
        if work.adopt(exercise, defined):
            missing.remove(exercise)
            if any(cell.grade_id for cell in submitted):
                work.notices.append(f"the cell of {exercise} had lost its mark; found by its name")
    _leave_out_released(work, notebook["cells"])
    for exercise in by_hand:
        if exercise not in work.answers and not work.adopt_prose(exercise):
            missing.append(exercise)
    for exercise, text in work.answers.items():
        if exercise in exercises:
            ours[exercise]["source"] = text
        elif text.strip() not in (_text(ours[exercise]).strip(), ""):
            ours[exercise]["source"] = _in_fence(text[:MAX_PROSE])
            ours[exercise]["metadata"]["autograder"] = {"written": True}
    cells = _as_cells(work.added, None)
    for cell in notebook["cells"]:
        cells += [cell, *(_as_cells(work.added, grade_id(cell)) if grade_id(cell) else [])]
    notebook["cells"] = cells
    return Rebuilt(notebook, tuple(sorted(missing)), tuple(dict.fromkeys(work.notices)))


def _skeleton(unit: Unit) -> dict:
    if unit.source.parent.name != "lessons":
        return released(unit)
    marks = {"grade": False, "solution": True}
    return {
        "metadata": {},
        "cells": [
            _code_cell(
                "raise NotImplementedError()",
                exercise.id,
                nbgrader=marks | {"grade_id": exercise.id},
            )
            for exercise in unit.exercises
        ],
    }


def _code_cell(text: str, cell_id: str, **metadata: dict) -> dict:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": cell_id,
        "metadata": metadata,
        "outputs": [],
        "source": text,
    }


@dataclass
class _Work:
    """What a learner wrote.

    Attributes:
        answers: the text of each answer, by exercise.
        added: other cells, of code or prose, by the mark of the cell before them; None at the
            beginning.
        notices: what was odd about the cells.
    """

    answers: dict[str, str] = field(default_factory=dict)
    added: dict[str | None, list[Cell]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def take_answer(self, exercise: str, cell: Cell, released: str, kind: str) -> None:
        """Of several cells with the mark of an exercise the last that was changed counts."""
        if exercise in self.answers:
            self.notices.append(
                f"there are several cells marked {exercise}; the last one changed counts"
            )
        if cell.kind != kind:
            kinds = {"code": "code", "markdown": "Markdown"}
            self.notices.append(f"the answer to {exercise} was not in a {kinds[kind]} cell")
        if exercise not in self.answers or cell.source != released:
            self.answers[exercise] = cell.source

    def take_locked(self, mark: str, cell: Cell, released: str) -> None:
        """A locked cell stays as released; what stood there instead becomes added code."""
        if cell.source != released:
            self.take_added(mark, cell)
            self.notices.append(f"the locked cell {mark} was changed; the original is used")

    def take_added(self, anchor: str | None, cell: Cell) -> None:
        """A cell of the learner's own."""
        self.added.setdefault(anchor, []).append(cell)

    def defined_names(self, exercises: list[str]) -> dict[str, set[str]]:
        """By the text of each added cell, which of these exercises it defines."""
        added = {cell.source for cells in self.added.values() for cell in cells if cell.is_code}
        return {text: defined_names(text).intersection(exercises) for text in added}

    def adopt(self, exercise: str, defined: dict[str, set[str]]) -> bool:
        """Take an added cell that defines the exercise and no other of the unit as its answer."""
        for cells in self.added.values():
            for cell in cells:
                if cell.is_code and defined[cell.source] == {exercise}:
                    cells.remove(cell)
                    self.answers[exercise] = cell.source
                    return True
        return False

    def adopt_prose(self, exercise: str) -> bool:
        """Take the longest added prose as the answer to an exercise that a person grades."""
        prose = [(cells, cell) for cells in self.added.values() for cell in cells]
        prose = [(cells, cell) for cells, cell in prose if not cell.is_code]
        if not prose:
            return False
        cells, cell = max(prose, key=lambda each: len(each[1].source))
        cells.remove(cell)
        self.answers[exercise] = cell.source
        self.notices.append(f"the cell of {exercise} had lost its mark; the longest prose counts")
        return True


def _sort_cells(submitted: list[Cell], ours: dict[str, dict], exercises: list[str]) -> _Work:
    """Sort the submitted cells into answers and added cells, by the marked cell before them."""
    work = _Work()
    anchor = None
    for cell in submitted:
        mark = cell.grade_id if cell.grade_id in ours else None
        if mark in exercises:
            work.take_answer(mark, cell, _text(ours[mark]), ours[mark]["cell_type"])
        elif mark and cell.is_code:
            work.take_locked(mark, cell, _text(ours[mark]))
        elif cell.is_code or cell.kind == "markdown":
            work.take_added(anchor, cell)
        anchor = mark or anchor
    return work


def _leave_out_released(work: _Work, released: list[dict]) -> None:
    """Leave out released prose, and more of the learner's own than anyone reads.

    Also the cell for Google Colab, whatever address it has.
    """
    ours = {_text(cell).strip() for cell in released if cell["cell_type"] == "markdown"} | {""}
    colab = {_unaddressed(_text(cell)) for cell in released if cell.get("id") == course.COLAB_ID}
    left = MAX_PROSE
    for anchor, cells in work.added.items():
        own = [each for each in cells if _compared(each) not in (colab if each.is_code else ours)]
        for cell in own:
            if not cell.is_code:
                cell.source = cell.source[:left]
                left -= len(cell.source)
        work.added[anchor] = [each for each in own if each.source]


def _compared(cell: Cell) -> str:
    return _unaddressed(cell.source) if cell.is_code else cell.source.strip()


def _unaddressed(code: str) -> str:
    return re.sub(r"^ *address = .*$", "", code, flags=re.MULTILINE)


def _as_cells(added: dict[str | None, list[Cell]], anchor: str | None) -> list[dict]:
    cells = []
    for number, cell in enumerate(added.get(anchor, []), 1):
        name = f"added-{anchor or 'first'}-{number}"[:64]
        made = _code_cell if cell.is_code else _prose_cell
        cells.append(made(cell.source, name, autograder={"added": True}))
    return cells


def _prose_cell(text: str, cell_id: str, **metadata: dict) -> dict:
    source = _in_fence(text)
    return {"cell_type": "markdown", "id": cell_id, "metadata": metadata, "source": source}


def _in_fence(text: str) -> str:
    """Prose as it was typed: in a fence, so that none of its markup reaches a page."""
    fence = "~" * max(3, 1 + max(map(len, re.findall("~+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def from_rebuilt(rebuilt: Rebuilt, unit: Unit) -> Submission:
    """The code of a rebuilt notebook, ready to run.

    Released cells without a mark only show something; of these the learner's copies count, as added
    cells.
    """
    absent = rebuilt.missing
    cells: list[dict[str, Any]] = []
    numbers = itertools.count(1)
    shown, written = set(), []
    for cell in rebuilt.notebook["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        is_added = "autograder" in cell["metadata"]
        is_ours = bool(mark) and not mark.get("grade") and mark.get("grade_id") not in absent
        if cell["cell_type"] != "code":
            if is_added and mark:
                written.append(mark["grade_id"])
            continue
        if is_added or is_ours:
            name = f"added cell {next(numbers)}" if is_added else mark.get("grade_id", "set-up")
            cells.append({"id": name, "code": _text(cell), "define_only": is_added})
        elif not mark:
            shown.add(_text(cell))
    defined: set[str] = set()
    places: list[str] = []
    for cell in cells:
        if cell["define_only"]:
            names, left_out = _look_at(cell["code"])
            defined |= names
            if cell["code"] not in shown:
                places += [f"{lines} of {cell['id']}" for lines in left_out]
    missing = tuple(exercise for exercise in absent if exercise not in defined)
    notices = [*rebuilt.notices, *_not_run(places)]
    return Submission(unit, cells, missing, notices, tuple(written))


def _not_run(places: list[str]) -> list[str]:
    """A notice of what is not run in added cells, if anything."""
    if not places:
        return []
    named = ", ".join(places[:_MOST_PLACES]) + (" and more" if places[_MOST_PLACES:] else "")
    return [f"in added cells only what defines something is run; left out: {named}"]


def _is_missed(node: ast.AST) -> bool:
    """Whether this is an expression that may do more than show something."""
    if not isinstance(node, ast.Expr) or isinstance(node.value, ast.Constant):
        return False
    if isinstance(node.value, ast.Call) and _called(node.value) in _SHOWS:
        return False
    return any(isinstance(each, ast.Call) for each in ast.walk(node))
