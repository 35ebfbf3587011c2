"""Code by which an answer could get past what is watched in its own process.

Forbidden calls, changed inputs and peak memory are seen there (``sandbox/inside``). Code that
reaches for frames, for the insides of other modules or for the switches of torch's modes can hide
them. That it does so is no proof of anything: it is named, for a person to look at, and costs no
points. What this finds in the text is evidence too, and no more: names can be put together.
"""

from __future__ import annotations

import ast
import functools
import itertools
import re
import sys
from collections.abc import Iterable, Iterator

from ..grading.render.wording import listed
from ..sandbox.inside import cells
from .read import Submission, statements

# Modules that no answer needs; nor any that begins with one "_".
_MODULES = {
    "IPython.core", "IPython.lib", "asyncio", "bdb", "builtins", "cProfile", "code", "codeop",
    "concurrent", "ctypes", "doctest", "importlib", "linecache", "logging.handlers", "marshal",
    "multiprocessing", "pdb", "pickle", "pkgutil", "pydoc", "runpy", "site", "socketserver",
    "threading", "torch.hub", "torch.jit", "torch.library", "torch.onnx", "torch.overrides",
    "torch.package", "unittest.mock", "zipimport",
    # What stands beside a submission in its process.
    "__main__", "cells", "confine", "memory", "preload", "server", "surroundings",
    "watch", "wire",
}  # fmt: skip
# Of modules that an answer may well use, what none needs; nor what begins with one "_".
_MEMBERS = {
    "gc": {"callbacks", "get_objects", "get_referents", "get_referrers"},
    "inspect": {"currentframe", "getinnerframes", "getouterframes", "stack", "trace"},
    "string": {"Formatter"},
    "sys": {
        "_current_frames", "_getframe", "addaudithook", "meta_path", "modules", "monitoring",
        "path", "path_hooks", "setprofile", "settrace",
    },
    "torch": {"load"},
    "tqdm": {"TMonitor"},
    "traceback": {"extract_stack", "walk_stack"},
}  # fmt: skip
_ATTRIBUTES = {
    "__builtins__", "__closure__", "__code__", "__globals__", "__import__", "__subclasses__",
    "__getattribute__", "__self__", "__torch_dispatch__", "__torch_function__", "ag_frame",
    "cr_frame", "currentframe", "f_back", "f_builtins", "f_globals", "f_locals", "get_objects",
    "gi_frame", "tb_frame", "_current_frames", "_disable_current_modes", "_getframe",
}  # fmt: skip
_BUILTINS = {"__builtins__", "__import__", "__loader__", "compile", "eval", "exec"}
_TEXTS = _ATTRIBUTES | {"_C"}
_PATH = re.compile(r"[\w.\[\]{}]+")  # as of attrgetter, or of a format
_STANDARD = (_MODULES | _MEMBERS.keys()) & sys.stdlib_module_names
# Settings of torch that a program may well make.
_SETTINGS = "torch.backends."
_SEQUENCES = (ast.Tuple, ast.List)
_LONGEST = 60
_MOST_CELLS = 5  # that are told
_MOST_PARTS = 20  # of a name with dots


def flags(submission: Submission, exercise_id: str) -> list[str]:
    """What a person should look at in an answer, and in the cells that were added to all of them.

    Returns:
        A sentence for each cell, the answer's own first; of many, how many more there are.
    """
    answers = {exercise.id for exercise in submission.unit.exercises} - {exercise_id}
    all_found = found(*((cell["code"], cell["define_only"]) for cell in submission.cells))
    ids = [cell["id"] for cell in submission.cells]
    odd = [(cell, names) for cell, names in zip(ids, all_found, strict=True) if names]
    odd = [each for each in odd if each[0] not in answers]
    odd.sort(key=lambda each: each[0] != exercise_id)
    told = [
        f"The cell {cell} uses {listed(names[:5])}, by which code can hide what it does."
        for cell, names in odd
    ]
    more = len(told) - _MOST_CELLS
    return told[:_MOST_CELLS] + ([f"So do {more} further cells."] if more > 0 else [])


@functools.lru_cache(maxsize=1)  # asked for each exercise anew
def found(*code: tuple[str, bool]) -> list[list[str]]:
    """What each cell of a submission uses to that end, each once; nothing if it does not parse.

    Args:
        code: that of its cells, each with whether only what defines something is run.
    """
    all_nodes = [
        [
            node
            for statement in statements(text)
            if not define_only or cells.defines(statement)
            for node in ast.walk(statement)
        ]
        for text, define_only in code
    ]
    look = _Look([*itertools.chain(*all_nodes)])
    return [[name[:_LONGEST] for name in dict.fromkeys(look.found(each))] for each in all_nodes]


class _Look:
    """A look through cells that share their names.

    Args:
        nodes: those of all cells.
    """

    def __init__(self, nodes: list[ast.AST]) -> None:
        self._modules = dict(_imported(nodes))
        if "*" in self._modules:  # it may bring modules along
            self._modules = {name: name for name in _STANDARD} | self._modules
        self._called = {node.func for node in nodes if isinstance(node, ast.Call)}
        for node in nodes:
            for name, value in _assigned(node):
                if full := self._full_name(value):
                    self._modules.setdefault(name, full)

    def found(self, nodes: list[ast.AST]) -> Iterator[str]:
        """What one of the cells uses, in no order."""
        for node in nodes:
            if isinstance(node, ast.Import):
                yield from filter(_is_odd, (each.name for each in node.names))
            elif isinstance(node, ast.ImportFrom):
                yield from filter(_is_odd, (full for _, full in _imported([node])))
            elif isinstance(node, ast.Attribute):
                yield from self._attribute(node)
            elif isinstance(node, ast.Call) and node.args:
                yield from self._call(_called(node), self._full_name(node.args[0]), node.args)
            else:
                yield from _named(node)

    def _attribute(self, node: ast.Attribute) -> Iterator[str]:
        name = self._full_name(node)
        changes = name and not isinstance(node.ctx, ast.Load) and not name.startswith(_SETTINGS)
        if _is_odd(name) or node.attr in _ATTRIBUTES:
            yield name or node.attr
        elif node.attr == "modules" and node not in self._called and "nn" not in name.split("."):
            yield name or "modules"  # of torch.nn it is a module or a method
        elif changes or (name and node.attr == "__dict__"):
            yield f"{name} (changed)" if changes else name

    def _call(self, function: str, of: str, arguments: list[ast.expr]) -> Iterator[str]:
        """Attributes of a module by a text: what they are, or that nobody can tell."""
        if function == "getattr" and of and len(arguments) > 1:
            name = arguments[1].value if isinstance(arguments[1], ast.Constant) else None
            if not isinstance(name, str):
                yield f"getattr on {of}"
            elif _is_odd(f"{of}.{name}") or name in _MEMBERS:
                yield f"{of}.{name}"
        elif function in ("delattr", "setattr", "vars") and of:
            yield f"{function} on {of}"

    def _full_name(self, node: ast.expr) -> str:
        """``torch._C`` for ``t._C`` after ``import torch as t``; empty for what is no module's.

        The type of a value, of which one can be torch's, is ``type()``.
        """
        parts: list[str] = []
        while isinstance(node, ast.Attribute) and len(parts) < _MOST_PARTS and not _is_type(node):
            parts.append(node.attr)
            node = node.value
        of = self._modules.get(node.id, "") if isinstance(node, ast.Name) else ""
        of = "type()" if _is_type(node) else of
        name = ".".join([of, *reversed(parts)])
        # Of a longer one, what it begins with was looked at by itself.
        return name if of and name.count(".") <= _MOST_PARTS else ""


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _is_type(node: ast.expr) -> bool:
    """Whether this is the type of something, other than of ``self``."""
    if isinstance(node, ast.Attribute) and node.attr == "__class__":
        of = node.value
    elif isinstance(node, ast.Call) and _called(node) == "type" and len(node.args) == 1:
        of = node.args[0]
    else:
        return False
    return not (isinstance(of, ast.Name) and of.id == "self")


def _named(node: ast.AST) -> set[str]:
    """What a node names by itself."""
    if isinstance(node, ast.Name):
        return {node.id} & _BUILTINS
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return {node.name} & _ATTRIBUTES
    if isinstance(node, ast.MatchClass):
        return {each for each in node.kwd_attrs if each in _TEXTS | _MEMBERS.keys()}
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        parts = re.findall(r"\w+", node.value) if _PATH.fullmatch(node.value) else []
        is_path = len(parts) > 1 and _is_odd("." + ".".join(parts))
        return {node.value} if is_path or {*parts} & _TEXTS or parts == ["modules"] else set()
    return set()


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names that a node gives to values, each with its value."""
    if isinstance(node, ast.Assign):
        pairs = [(target, node.value) for target in node.targets]
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value:
        pairs = [(node.target, node.value)]
    elif isinstance(node, (ast.For, ast.comprehension)) and isinstance(node.iter, _SEQUENCES):
        pairs = [(node.target, each) for each in node.iter.elts]
    else:
        return
    while pairs:
        target, value = pairs.pop()
        if isinstance(target, ast.Name):
            yield target.id, value
        elif isinstance(target, _SEQUENCES) and isinstance(value, _SEQUENCES):
            pairs += zip(target.elts, value.elts, strict=False)


def _imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Names that imports bind, each with what it stands for."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for each in node.names:
                yield (each.asname, each.name) if each.asname else (each.name.split(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom):
            for each in node.names:
                yield each.asname or each.name, f"{node.module}.{each.name}"


def _is_odd(name: str) -> bool:
    """Whether no answer needs this, a full name."""
    parts = name.split(".")
    first, *others = parts
    starts = {".".join(name.split(".")[:count]) for count in (1, 2)}
    private = any(part.startswith("_") and not part.startswith("__") for part in parts)
    return bool(
        starts & _MODULES
        or any(after in _MEMBERS.get(part, set()) for part, after in itertools.pairwise(parts))
        or set(others) & _STANDARD  # as a module that imports it has it
        or (first and private)
    )
