"""Running the cells of a submission in a namespace, one after the other.

Used on the untrusted side and, for the learner's own code, in the learner's own kernel.
"""

from __future__ import annotations

import ast
import codeop
import contextlib
import dis
import linecache
import re
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

_MAGIC = re.compile(r"^([ \t]*)(?:[%!].*|\?{1,2}[\w.]+|[\w.]+\?{1,2})[ \t]*$", re.MULTILINE)
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


BODIES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# What the course's package has for learners to call, and does nothing where an answer is graded.
SILENT = ("check", "explain", "hint", "predict", "status")
_ASSIGNS = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.NamedExpr, ast.Delete)
_TRUE = ast.Constant(True, lineno=1, col_offset=0)
_ALIAS = getattr(ast, "TypeAlias", ast.Assign)  # from Python 3.12 on
_DEFINES = (ast.Import, ast.ImportFrom, *BODIES, *_ASSIGNS, _ALIAS)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
# Methods that change what they are called on; those of tensors end in an underscore.
_CHANGES = re.compile(
    r"add|append(left)?|clear|discard|extend(left)?|insert|pop(item|left)?|remove|reverse|"
    r"setdefault|sort|update|.*[^_]_"
)


def new_namespace(name: str = "submission") -> dict[str, Any]:
    """The names of a new module, which ``sys.modules`` holds: dataclasses and pickle look there."""
    module = sys.modules[name] = types.ModuleType(name)
    return vars(module)


def defines(statement: ast.stmt, loops: bool = True) -> bool:
    """Whether a statement of an added cell is run: it, or part of it, defines or changes something.

    Args:
        statement: a statement at the top level of the cell; it is run as a whole or not at all.
        loops: whether one with a loop in it may be run.
    """
    parts = list(run_at_once(statement))
    if not loops and any(isinstance(each, _LOOPS) for each in parts):
        return False
    return any(isinstance(each, _DEFINES) or _is_change(each) for each in parts)


def run_at_once(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all in it but the insides of functions and classes."""
    queue = [node]
    while queue:
        each = queue.pop()
        yield each
        if not isinstance(each, (*BODIES, ast.Lambda)):
            queue += ast.iter_child_nodes(each)


def _is_change(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    return bool(_CHANGES.fullmatch(node.func.attr))


def parsed(code: str, name: str = "<unknown>") -> ast.Module:
    """``code`` with ``pass`` for what only IPython reads, if it does not parse as it is.

    Without Python's warnings, of which a cell can have one a word.
    """
    with warnings.catch_warnings(action="ignore"):
        with contextlib.suppress(SyntaxError):
            return ast.parse(code, name)
        return ast.parse(_MAGIC.sub(r"\1pass", code), name)


def syntax_error(code: str) -> str:
    """What Python says of code that is not valid; empty if it is."""
    try:
        tree = _Unrepeated().visit(parsed(code))
        with warnings.catch_warnings(action="ignore"):
            compile(tree, "<cell>", "exec", dont_inherit=True)
    except SyntaxError as problem:
        return problem.msg
    except (ValueError, RecursionError, MemoryError):
        return "it cannot be read"
    return ""


class _Unrepeated(ast.NodeTransformer):
    """Puts what ends a ``try`` behind it, where it is as valid.

    The compiler repeats it at each way out: a short text can become more than fits in memory.
    """

    def visit_Try(self, node: ast.Try | ast.TryStar) -> list[ast.AST]:
        self.generic_visit(node)
        last, node.finalbody = node.finalbody, []
        whole = node if node.handlers else ast.copy_location(ast.If(_TRUE, node.body, []), node)
        return [whole, *last]

    def visit_TryStar(self, node: ast.TryStar) -> list[ast.AST]:
        return self.visit_Try(node)


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
    if isinstance(error, NotImplementedError) and _is_raised_by_hand(error):
        return "not_started"
    if isinstance(error, SyntaxError) and str(error.filename).startswith(_CELL):
        return "syntax_error"
    if isinstance(error, MemoryError) or any(sign in text.lower() for sign in _OUT_OF_MEMORY):
        return "memory"
    return "error"


def _is_raised_by_hand(error: BaseException) -> bool:
    """Whether a ``raise`` of the submission's raised it, as in the skeleton, and no library.

    torch says NotImplementedError of a module without ``forward``, and of a dtype that an
    operation does not know.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return False
    code = trace.tb_frame.f_code
    is_own = code.co_filename.startswith("<") or _is_cell(code.co_filename)
    return is_own and code.co_code[trace.tb_lasti] == dis.opmap["RAISE_VARARGS"]


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
            exec(compile(earlier_work, "<earlier work>", "exec", dont_inherit=True), reference)
        asked_for = tuple(reference[name] for name in names)
        return asked_for if len(asked_for) > 1 else asked_for[0]

    def nothing(*args: object, **kwargs: object) -> None:
        return None

    silent = (*SILENT, "load_ipython_extension")
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
        cells: dicts with ``id``, ``code``, ``define_only`` (run only what ``defines`` something,
            and go on after an error) and ``loops`` (False: run no loop among that).
        namespace: the names they share, those of a ``new_namespace``; changed in place.
        replace: by exercise id, source that defines it instead of the learner's.
        earlier_work: source that ``mine`` draws on.
        caught: what counts as going wrong; an interrupt of the learner's own kernel does not.

    Returns:
        For each cell None, or the description of what went wrong.
    """
    replacements = {}
    for name, source in replace.items():
        its_names: dict[str, Any] = {"__name__": "earlier_work"}
        code = compile(source, f"<reference of {name}>", "exec", dont_inherit=True)
        exec(code, its_names)
        replacements[name] = its_names[name]
    previous = sys.modules.get("autograder")
    sys.modules["autograder"] = course_stub(earlier_work)
    problems: list[dict | None] = []
    compiler = codeop.Compile()  # as in a notebook, a future statement holds for later cells too
    try:
        for cell in cells:
            problems.append(_run_one(cell, namespace, compiler, caught))
            namespace.update(replacements)
    finally:
        if previous is not None:
            sys.modules["autograder"] = previous
    return problems


def _run_one(
    cell: dict,
    namespace: dict[str, Any],
    compiler: Callable[..., types.CodeType],
    caught: tuple[type[BaseException], ...],
) -> dict | None:
    """Run a cell statement by statement, as a notebook does; describe what went wrong first."""
    name = f"{_CELL}{cell['id']}>"
    code, define_only = cell["code"], cell["define_only"]
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    problem = None
    try:
        statements = parsed(code, name).body
        if define_only:
            loops = cell.get("loops", True)
            statements = [each for each in statements if defines(each, loops)]
    except caught as raised:
        return describe(raised)
    for statement in statements:
        try:
            exec(compiler(ast.Module([statement], []), name, "exec"), namespace)
        except caught as raised:
            problem = problem or describe(raised)
            if not define_only:
                break
    return problem
