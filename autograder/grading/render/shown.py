"""What of a verdict a learner is shown, whether as text or as HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import torch

from ..call import entry
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
        window: where to look in its counterexample, if it has one.
        same: further properties that do not hold, from the same cause.
        also: further properties that do not hold, of which no more is said.
    """

    check: CheckVerdict
    named: bool
    window: Window | None = None
    same: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def shown_checks(verdict: ExerciseVerdict) -> list[ShownCheck]:
    """The checks in their order; of those that would say the same, the first broken one."""
    if verdict.status in _ALIKE:
        first = next(check for check in verdict.checks if not check.passed)
        return [ShownCheck(first, named=False)]
    same: dict[str, list[str]] = {}
    for check in verdict.checks:
        if not check.passed and not check.aside:
            same.setdefault(_cause(check), []).append(check.says)
    also = tuple(check.says for check in verdict.checks if check.aside)
    shown: list[ShownCheck] = []
    for check in verdict.checks:
        if check.passed:
            shown.append(ShownCheck(check, named=True))
        elif not check.aside and (others := same.pop(_cause(check), None)):
            window = Window(check.counterexample) if check.counterexample else None
            shown.append(ShownCheck(check, True, window, tuple(others[1:])))
    if also:
        last = max(i for i, each in enumerate(shown) if not each.check.passed)
        shown[last] = replace(shown[last], also=also)
    return shown


def _cause(check: CheckVerdict) -> str:
    """What a failure is put down to, to tell it once; where that is unknown, the property itself.

    The same line that raises is the same cause, and the same sentence without a counterexample (a
    wrong shape), whatever sizes were drawn.
    """
    names = (check.problem and check.where) or ", ".join(check.misconceptions)
    without_sizes = re.sub(r"\d+", "", check.message)
    return names or (check.id if check.counterexample else without_sizes)


class Window:
    """The part of a counterexample that fits on a screen: two axes, around the largest difference.

    ``expected`` and ``got`` are rows of numbers as text; ``columns`` is the name of the axis that
    runs along a row, empty for a scalar.
    """

    def __init__(self, example: Counterexample):
        tensors = [example.expected, example.got]
        axes = ["" if axis == "1" else axis for axis in example.axes]
        index = list(example.index)
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
        self._pair = tuple(each[tuple(index)].item() for each in tensors)
        dtype = str(example.got.dtype).removeprefix("torch.")
        self._allowed = f"In {dtype}, {example.tolerance:g} of the largest value may differ."
        self._row_axis, self._first_row = axes[-2], corner[0]
        self._difference = tuple(i - c for i, c in zip(index[-2:], corner, strict=True))
        self._place = ", ".join(f"{name} {i}" for name, i in zip(axes, index, strict=True) if name)

    def sentence(self) -> str:
        """The largest difference in words, with as many digits as it takes to see it.

        Where the usual ones do not show it, what may differ is said as well.
        """
        for digits in range(3, 18):
            want, have = (entry(each, digits) for each in self._pair)
            if want != have:
                break
        allowed = "" if digits == 3 else f" {self._allowed}"
        return f"At {self._place}: expected {want}, got {have}.{allowed}"

    def rows(self, plane: list[list[str]]) -> list[tuple[str, list[tuple[str, bool]]]]:
        """Each row of ``expected`` or ``got``: its name, its numbers, and which differs most.

        The name is empty where there is one axis only.
        """
        rows = []
        for i, entries in enumerate(plane):
            name = f"{self._row_axis} {i + self._first_row}" if self._row_axis else ""
            marked = [(entry, (i, j) == self._difference) for j, entry in enumerate(entries)]
            rows.append((name, marked))
        return rows


def _entries(plane: torch.Tensor) -> list[list[str]]:
    return [[entry(value) for value in row] for row in plane.tolist()]
