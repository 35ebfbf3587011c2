"""Misconceptions of a kit: compiled, because their sources would show the solutions.

``authoring/kit.py`` puts one zip file into the package of each unit. It holds, for each exercise,
``ID.json`` (what each misconception says and asks, the names of each mutant, the pairs of mutants
that can be made at once) and, for each Python, ``ID.VERSION.singles`` and ``ID.VERSION.pairs``:
lists of code objects, marshalled.
"""

from __future__ import annotations

import functools
import json
import marshal
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from .. import course

FILE = "misconceptions.zip"
_PACKAGE = Path(__file__).resolve().parent.parent / "units"


@dataclass(frozen=True)
class Compiled:
    """The misconceptions of an exercise, compiled.

    Attributes:
        texts: name, what is wrong, and the question that leads out of it, of each misconception.
        names: of each mutant, the name of its misconception.
        fails: of each mutant, the check that must catch it.
        code: of each mutant.
    """

    texts: list[tuple[str, str, str]]
    names: list[str]
    fails: list[str]
    code: list[CodeType]
    _file: Path
    _exercise: str

    @functools.cached_property
    def pairs(self) -> dict[tuple[int, int], CodeType]:
        """The code of two mutants at once, by their numbers."""
        with zipfile.ZipFile(self._file) as kept:
            places = json.loads(kept.read(f"{self._exercise}.json"))["pairs"]
            codes = marshal.loads(
                kept.read(member(self._exercise, course.python_version(), "pairs"))
            )
        return dict(zip(map(tuple, places), codes, strict=True))


def member(exercise: str, python: str, what: str) -> str:
    """The name of a list of code objects in the zip file: ``what`` is ``singles`` or ``pairs``."""
    return f"{exercise}.{python}.{what}"


@functools.cache
def of(exercise: str, unit: str) -> Compiled | None:
    """The misconceptions of an exercise of a unit; ``None`` where the sources are there."""
    file = _PACKAGE / f"u{unit}" / FILE
    if not file.exists():
        return None
    with zipfile.ZipFile(file) as kept:
        told = json.loads(kept.read(f"{exercise}.json"))
        code = marshal.loads(kept.read(member(exercise, course.python_version(), "singles")))
    texts = [tuple(each) for each in told["texts"]]
    return Compiled(texts, told["names"], told["fails"], code, file, exercise)
