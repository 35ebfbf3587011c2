"""Code by which an answer could get past what is watched in its own process.

Forbidden calls, changed inputs and peak memory are seen there (``sandbox/inside``). Code that
reaches for frames, for the insides of other modules or for the switches of torch's modes can hide
them. That it does so is no proof of anything: it is named, for a person to look at, and costs no
points. What this finds in the text is evidence too, and no more: names can be put together.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator

from ..grading.render.wording import listed
from ..sandbox.inside import cells
from .read import Submission, statements

# Modules that no answer needs.
_MODULES = {
    "_ctypes", "_thread", "builtins", "concurrent", "ctypes", "importlib", "linecache",
    "multiprocessing", "threading", "torch.jit", "torch.library", "torch.overrides",
    # What stands beside a submission in its process.
    "__main__", "cells", "confine", "memory", "preload", "server", "surroundings",
    "watch", "wire",
}  # fmt: skip
# Of modules that an answer may well use, what none needs; of torch, whatever begins with "_".
_MEMBERS = {
    "gc": {"callbacks", "get_objects", "get_referents", "get_referrers"},
    "inspect": {"currentframe", "getinnerframes", "getouterframes", "stack", "trace"},
    "sys": {"_current_frames", "_getframe", "meta_path", "modules", "setprofile", "settrace"},
    "traceback": {"extract_stack", "walk_stack"},
}
_ATTRIBUTES = {
    "__builtins__", "__closure__", "__code__", "__globals__", "__import__", "__subclasses__",
    "__torch_dispatch__", "__torch_function__", "ag_frame", "cr_frame", "f_back", "f_builtins",
    "f_globals", "f_locals", "gi_frame", "tb_frame", "_disable_current_modes",
}  # fmt: skip
_BUILTINS = {"__builtins__", "__import__", "__loader__", "compile", "eval", "exec"}
_TEXTS = _ATTRIBUTES | {"_C", "_current_frames", "_getframe", "currentframe", "get_objects"}
# Settings of torch that a program may well make.
_SETTINGS = "torch.backends."
_LONGEST = 60
_MOST_PARTS = 20  # of a name with dots


def flags(submission: Submission, exercise_id: str) -> list[str]:
    """What a person should look at in an answer, and in the cells that were added to all of them.

    Returns:
        A sentence for each cell.
    """
    answers = {exercise.id for exercise in submission.unit.exercises} - {exercise_id}
    looked_at = [cell for cell in submission.cells if cell["id"] not in answers]
    return [
        f"The cell {cell['id']} uses {listed(names[:5])}, by which code can hide what it does."
        for cell in looked_at
        if (names := found(cell["code"], cell["define_only"]))
    ]


@functools.lru_cache(maxsize=64)  # the set-up is everyone's
def found(code: str, define_only: bool = False) -> list[str]:
    """What the code of a cell uses to that end, each once; nothing if it does not parse."""
    nodes = [
        node
        for statement in statements(code)
        if not define_only or cells.defines(statement)
        for node in ast.walk(statement)
    ]
    names = _Look(nodes).found()
    return [name[:_LONGEST] for name in dict.fromkeys(names)]


class _Look:
    """A look through the nodes of one cell."""

    def __init__(self, nodes: list[ast.AST]) -> None:
        self._nodes = nodes
        self._modules = dict(_imported(nodes))
        for node in nodes:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self._modules.setdefault(node.targets[0].id, self._full_name(node.value))

    def found(self) -> Iterator[str]:
        """What is used, in no order."""
        for node in self._nodes:
            if isinstance(node, ast.Import):
                yield from filter(_is_odd, (each.name for each in node.names))
            elif isinstance(node, ast.ImportFrom):
                yield from filter(_is_odd, (full for _, full in _imported([node])))
            elif isinstance(node, ast.Attribute):
                yield from self._attribute(node)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                yield from self._call(node.func.id, self._full_name(node.args[0]), node.args)
            else:
                yield from _named(node)

    def _attribute(self, node: ast.Attribute) -> Iterator[str]:
        name = self._full_name(node)
        changes = name and not isinstance(node.ctx, ast.Load) and not name.startswith(_SETTINGS)
        if _is_odd(name) or node.attr in _ATTRIBUTES:
            yield name or node.attr
        elif changes or (name and node.attr == "__dict__"):
            yield f"{name} (changed)" if changes else name

    def _call(self, function: str, of: str, arguments: list[ast.expr]) -> Iterator[str]:
        """Attributes of a module by a text: what they are, or that nobody can tell."""
        if function == "getattr" and of and len(arguments) > 1:
            name = arguments[1].value if isinstance(arguments[1], ast.Constant) else None
            if not isinstance(name, str):
                yield f"getattr on {of}"
            elif _is_odd(f"{of}.{name}"):
                yield f"{of}.{name}"
        elif function in ("delattr", "setattr", "vars") and of:
            yield f"{function} on {of}"

    def _full_name(self, node: ast.expr) -> str:
        """``torch._C`` for ``t._C`` after ``import torch as t``; empty for what is no module's."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute) and len(parts) < _MOST_PARTS:
            parts.append(node.attr)
            node = node.value
        of = self._modules.get(node.id, "") if isinstance(node, ast.Name) else ""
        name = ".".join([of, *reversed(parts)])
        # Of a longer one, what it begins with was looked at by itself.
        return name if of and name.count(".") <= _MOST_PARTS else ""


def _named(node: ast.AST) -> set[str]:
    """What a node names by itself."""
    if isinstance(node, ast.Name):
        return {node.id} & _BUILTINS
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return {node.name} & _ATTRIBUTES
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value} & _TEXTS
    return set()


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
    first, *others = name.split(".")
    starts = {".".join(name.split(".")[:count]) for count in (1, 2)}
    private = any(part.startswith("_") and not part.startswith("__") for part in others)
    return bool(
        starts & _MODULES
        or set(others[:1]) & _MEMBERS.get(first, set())
        or (first == "torch" and private)
    )
