"""Compiles sources for the Python that runs this file: ``python compiling.py JOBS FOLDER``.

JOBS is a JSON file: a list of sources for each name. What comes of a list goes into the file of
that name in FOLDER, marshalled. The standard library only: any Python from 3.11 on runs it.
"""

import ast
import json
import marshal
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import CodeType

_OPTIMIZED = 1  # inspect.CO_OPTIMIZED: the locals of a function
_STARS = 4 | 8  # inspect.CO_VARARGS, inspect.CO_VARKEYWORDS


def compiled(source: str) -> CodeType:
    """A source without what only readers need: docstrings, comments, names of local variables."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            has_one = ast.get_docstring(node, clean=False) is not None
            node.body = node.body[has_one:] or [ast.Pass()]
    return _nameless(compile(ast.fix_missing_locations(tree), "<course>", "exec"))


def _nameless(code: CodeType) -> CodeType:
    consts = tuple(
        _nameless(each) if isinstance(each, CodeType) else each for each in code.co_consts
    )
    names = list(code.co_varnames)
    if code.co_flags & _OPTIMIZED:
        stars = (code.co_flags & _STARS).bit_count()
        first = code.co_argcount + code.co_kwonlyargcount + stars
        shared = {*code.co_cellvars, *code.co_freevars}
        names[first:] = [
            each if each in shared else f"_{i}" for i, each in enumerate(names[first:])
        ]
    return code.replace(co_consts=consts, co_varnames=tuple(names))


def marshalled(sources: list[str]) -> bytes:
    """What comes of a list of sources, as bytes."""
    return marshal.dumps([compiled(source) for source in sources])


def main(jobs: Path, folder: Path) -> None:
    """Compile what a file asks for, on all cores."""
    wanted = json.loads(jobs.read_text(encoding="utf-8"))
    with ProcessPoolExecutor() as pool:
        for name, code in zip(wanted, pool.map(marshalled, wanted.values()), strict=True):
            (folder / name).write_bytes(code)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
