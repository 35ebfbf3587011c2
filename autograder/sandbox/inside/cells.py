"""Running the cells of a submission in a namespace, one after the other.

Used on the untrusted side and, for the learner's own code, in the learner's own kernel.
"""

from __future__ import annotations

import ast
import contextlib
import linecache
import re
import sys
import traceback
import types
from typing import Any

_MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)
_CELL = "<cell "  # what the name begins with under which a cell is compiled
_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "cannot allocate memory")
_NO_ROOM = {
    "kind": "memory",
    "type": "MemoryError",
    "builtin": "MemoryError",
    "text": "",
    "cell": None,
    "line": None,
    "source": "",
}


def definitions(code: str) -> str:
    """The part of ``code`` that defines things: imports, functions, classes, assignments.

    Imports from ``autograder`` are left out as well. Lines keep their numbers.

    Raises:
        SyntaxError: if ``code`` does not parse.
    """
    kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    lines = code.split("\n")
    for node in ast.parse(code).body:
        of_autograder = isinstance(node, ast.ImportFrom) and node.module == "autograder"
        if of_autograder or not isinstance(node, kept):
            for number in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[number] = ""
    return "\n".join(lines)


def without_magics(code: str) -> str:
    """``code`` with IPython magics and shell lines made comments, if it does not parse as it is."""
    with contextlib.suppress(SyntaxError):
        ast.parse(code)
        return code
    return _MAGIC.sub("pass", code)


def syntax_error(code: str) -> str:
    """What Python says of code that is not valid; empty if it is."""
    try:
        compile(without_magics(code), "<cell>", "exec")
    except SyntaxError as problem:
        return problem.msg
    except (ValueError, RecursionError, MemoryError):
        return "it cannot be read"
    return ""


def describe(error: BaseException) -> dict:
    """What there is to say about an exception from a submission: plain JSON."""
    try:
        return _description(error)
    except MemoryError:
        return dict(_NO_ROOM)
    except BaseException:  # an exception class of the learner's that cannot even be printed
        return _NO_ROOM | {"kind": "error"} | _types_of(error)


def _description(error: BaseException) -> dict:
    text = str(error)
    kind = _kind_of(error, text)
    if isinstance(error, SyntaxError) and kind == "syntax_error":
        file, line, text = error.filename, error.lineno, error.msg
    else:
        file, line = _place_of(error)
    source = linecache.getline(file, line).strip() if file and line else ""
    return {
        "kind": kind,
        **_types_of(error),
        "text": text[:500],
        "cell": _cell_of(file),
        "line": line,
        "source": source[:200],
    }


def _types_of(error: BaseException) -> dict[str, str]:
    """The name of its type, and of the nearest type of Python's own that it is one of."""
    builtin = next(each for each in type(error).mro() if each.__module__ == "builtins")
    return {"type": type(error).__name__, "builtin": builtin.__name__}


def _kind_of(error: BaseException, text: str) -> str:
    if isinstance(error, NotImplementedError):
        return "not_started"
    if isinstance(error, SyntaxError) and str(error.filename).startswith(_CELL):
        return "syntax_error"
    if isinstance(error, MemoryError) or any(sign in text.lower() for sign in _OUT_OF_MEMORY):
        return "memory"
    return "error"


def _place_of(error: BaseException) -> tuple[str | None, int | None]:
    """File and line of the innermost call that stands in a cell, if any does."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if _is_cell(frame.filename):
            return frame.filename, frame.lineno
    return None, None


def _cell_of(file: str | None) -> str | None:
    """The id of the cell that is compiled under this name; a kernel has names of its own."""
    if file is None:
        return None
    return file.removeprefix(_CELL)[:-1] if file.startswith(_CELL) else "your cell"


def _is_cell(file: str) -> bool:
    """Whether this is a cell of a submission, or one of the notebook that runs in this kernel."""
    return file.startswith((_CELL, "<ipython-input-")) or "ipykernel_" in file


def course_stub(earlier_work: str) -> types.ModuleType:
    """A stand-in for ``autograder`` inside a submission: nothing to check, earlier work at hand."""
    stub = types.ModuleType("autograder")
    # Without a __name__, a class belongs to builtins and is not carried as an object.
    reference: dict[str, Any] = {"__name__": "earlier_work"}

    def mine(*names: str) -> Any:
        if len(reference) == 1:
            exec(compile(earlier_work, "<earlier work>", "exec"), reference)
        asked_for = tuple(reference[name] for name in names)
        return asked_for if len(asked_for) > 1 else asked_for[0]

    def nothing(*args: object, **kwargs: object) -> None:
        return None

    silent = ("check", "hint", "status", "load_ipython_extension")
    vars(stub).update({"mine": mine} | dict.fromkeys(silent, nothing))
    return stub


def run(
    cells: list[dict],
    namespace: dict[str, Any],
    replace: dict[str, str],
    earlier_work: str,
    caught: tuple[type[BaseException], ...] = (Exception, SystemExit),
) -> list[dict | None]:
    """Run cells in ``namespace``; what goes wrong in one does not stop the next.

    Args:
        cells: dicts with ``id``, ``code`` and ``define_only`` (take definitions, run nothing else).
        namespace: the names they share; changed in place.
        replace: by exercise id, source that defines it instead of the learner's.
        earlier_work: source that ``mine`` draws on.
        caught: what counts as going wrong; an interrupt of the learner's own kernel does not.

    Returns:
        For each cell None, or the description of what went wrong.
    """
    replacements = {}
    for name, source in replace.items():
        its_names: dict[str, Any] = {"__name__": "earlier_work"}
        exec(compile(source, f"<reference of {name}>", "exec"), its_names)
        replacements[name] = its_names[name]
    previous = sys.modules.get("autograder")
    sys.modules["autograder"] = course_stub(earlier_work)
    problems: list[dict | None] = []
    try:
        for cell in cells:
            problems.append(_run_one(cell, namespace, caught))
            namespace.update(replacements)
    finally:
        if previous is not None:
            sys.modules["autograder"] = previous
    return problems


def _run_one(
    cell: dict, namespace: dict[str, Any], caught: tuple[type[BaseException], ...]
) -> dict | None:
    name = f"{_CELL}{cell['id']}>"
    code = cell["code"]
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    try:
        code = without_magics(code)
        code = compile(code, name, "exec") and (definitions(code) if cell["define_only"] else code)
        exec(compile(code, name, "exec"), namespace)
    except caught as problem:
        return describe(problem)
    return None
