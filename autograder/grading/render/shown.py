"""What of a verdict a learner is shown, whether as text or as HTML."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import torch

from ..expect import Counterexample
from ..verdict import CheckVerdict, ExerciseVerdict

MOST = 8
# Every check of such an exercise says the same.
_ALIKE = ("not_started", "missing", "timeout", "crashed", "syntax_error")


@dataclass(frozen=True)
class ShownCheck:
    """One check as a learner is shown it.

    Attributes:
        check: what came of it.
        named: whether the property that was checked is named.
        repeated: whether its cause was told before, so that its details are left out.
        window: where to look in its counterexample, if it has one.
        also: other properties that do not hold either, of which no more is said.
    """

    check: CheckVerdict
    named: bool
    repeated: bool
    window: Window | None
    also: tuple[str, ...] = ()


def shown_checks(verdict: ExerciseVerdict) -> list[ShownCheck]:
    """The checks in their order; only the first broken one where all would say the same."""
    alike = verdict.status in _ALIKE
    checks = [next(c for c in verdict.checks if not c.passed)] if alike else verdict.checks
    also = tuple(check.says for check in checks if check.aside)
    last = next((c for c in reversed(checks) if not c.passed and not c.aside), None)
    shown, told = [], set()
    for check in checks:
        if check.aside:
            continue
        cause = _cause(check)
        example = None if check.passed or cause in told else check.counterexample
        window = Window(example) if example else None
        shown.append(ShownCheck(check, not alike, cause in told, window, also if check is last else ()))
        told |= {cause} - {""}
    return shown


def _cause(check: CheckVerdict) -> str:
    """What a failure is put down to, to tell it once; empty where that is unknown.

    The same line that raises is the same cause, and the same sentence without a counterexample (a
    wrong shape), whatever sizes were drawn.
    """
    told_in_words = not check.passed and check.counterexample is None
    without_sizes = re.sub(r"\d+", "", check.message)
    return check.diagnosis or check.where or (without_sizes if told_in_words else "")


class Window:
    """The part of a counterexample that fits on a screen: two axes, around the first difference.

    ``expected`` and ``got`` are rows of numbers as text; ``columns`` is the name of the axis that
    runs along a row, empty for a scalar.
    """

    def __init__(self, example: Counterexample):
        tensors = [example.expected, example.got]
        axes, index = list(example.axes), list(example.index)
        while len(axes) < 2:
            tensors = [each.unsqueeze(0) for each in tensors]
            axes, index = ["", *axes], [0, *index]
        corner = [
            min(max(i - MOST // 2, 0), max(size - MOST, 0))
            for i, size in zip(index[-2:], tensors[0].shape[-2:], strict=True)
        ]
        rows, columns = (slice(first, first + MOST) for first in corner)
        planes = (each[tuple(index[:-2])] for each in tensors)
        self.expected, self.got = (_entries(plane[rows, columns]) for plane in planes)
        self.columns = axes[-1]
        self._row_axis, self._first_row = axes[-2], corner[0]
        self._difference = tuple(i - c for i, c in zip(index[-2:], corner, strict=True))
        self._place = ", ".join(f"{name} {i}" for name, i in zip(axes, index, strict=True) if name)

    def sentence(self) -> str:
        """The first difference in words."""
        row, column = self._difference
        want, have = self.expected[row][column], self.got[row][column]
        return f"At {self._place}: expected {want}, got {have}."

    def rows(self, plane: list[list[str]]) -> list[tuple[str, list[tuple[str, bool]]]]:
        """Each row of ``expected`` or ``got``: its name, its numbers, and which differs first.

        The name is empty where there is one axis only.
        """
        rows = []
        for i, entries in enumerate(plane):
            name = f"{self._row_axis} {i + self._first_row}" if self._row_axis else ""
            marked = [(entry, (i, j) == self._difference) for j, entry in enumerate(entries)]
            rows.append((name, marked))
        return rows


def _entries(plane: torch.Tensor) -> list[list[str]]:
    return [[_entry(value) for value in row] for row in plane.tolist()]


def _entry(value: float) -> str:
    if isinstance(value, bool):
        return "T" if value else "·"
    if isinstance(value, int):
        return str(value)
    if math.isnan(value) or math.isinf(value):
        return str(value)
    if value != 0 and not 1e-3 <= abs(value) < 1e4:
        return f"{value:.2g}"
    return f"{value:.3f}"
