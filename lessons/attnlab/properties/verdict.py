"""What a property says of an attention: it holds, or the smallest case where it does not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor

TOLERANCE = {
    torch.float64: 1e-10,
    torch.float32: 1e-5,
    torch.bfloat16: 2e-2,
    torch.float16: 2e-3,
}
"""Differences allowed, relative to the largest expected value."""


_MOST = 200  # smaller cases that are tried: a large model is slow


class PropertyViolated(AssertionError):
    """A property does not hold; the message is the verdict's sentence."""


@dataclass(frozen=True)
class Case:
    """One set of inputs: sizes, and the seed that they are drawn by."""

    batch: int
    length: int
    seed: int

    def generator(self) -> torch.Generator:
        """A fresh source of random numbers, the same each time."""
        return torch.Generator().manual_seed(self.seed)


@dataclass(frozen=True)
class Cases:
    """The cases that a property is tried on.

    Attributes:
        lengths: of the sequences. One must lie beyond the window, if there is one.
        batches: numbers of sequences.
        seeds: each size is drawn once with each.
        tolerance: relative to the largest value expected; None takes that of the dtype.
    """

    lengths: tuple[int, ...] = (1, 2, 3, 5, 9)
    batches: tuple[int, ...] = (1, 3)
    seeds: tuple[int, ...] = (0, 1)
    tolerance: float | None = None


CASES = Cases()


@dataclass(frozen=True)
class Mismatch:
    """Two results that should be equal.

    Attributes:
        where: the first element that differs, axis by axis: ``{"row": 0, "position": 3}``.
        difference: the largest there is; infinite for NaN, infinity or another shape.
        allowed: the largest that rounding would explain.
        when: what was done, a phrase: "position 3 and later were changed".
    """

    where: dict[str, int]
    difference: float
    allowed: float
    when: str = ""


@dataclass(frozen=True)
class Counterexample:
    """The smallest failing case and what came of it."""

    case: Case
    mismatch: Mismatch

    def __str__(self) -> str:
        place = ", ".join(f"{axis} {index}" for axis, index in self.mismatch.where.items())
        return (
            f"batch {self.case.batch}, length {self.case.length}, seed {self.case.seed}: "
            f"{self.mismatch.when}; {place or 'the shape'} differs, at most by "
            f"{self.mismatch.difference:.3g} where {self.mismatch.allowed:.1g} is allowed"
        )


@dataclass(frozen=True)
class Verdict:
    """Whether a property holds. True or false in an ``if``.

    Attributes:
        name: the property's.
        holds: whether no case failed.
        tried: number of comparisons.
        counterexample: the smallest failing case; None if it holds.
        left_out: parts that were not tried, since the adapter has no means for them.
    """

    name: str
    holds: bool
    tried: int
    counterexample: Counterexample | None = None
    left_out: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        if self.counterexample:
            return f"{self.name} does not hold: {self.counterexample}."
        rest = f"; not tried: {', '.join(self.left_out)}" if self.left_out else ""
        return f"{self.name} holds in {self.tried} comparisons{rest}."

    def __bool__(self) -> bool:
        return self.holds

    def __str__(self) -> str:
        return self.sentence

    def expect(self) -> None:
        """Nothing if the property holds: a line for pytest.

        Raises:
            PropertyViolated: it does not.
        """
        if not self.holds:
            raise PropertyViolated(self.sentence)


def compare(
    got: Tensor,
    want: Tensor,
    when: str,
    axes: Sequence[str] = ("row", "position"),
    tolerance: float | None = None,
    slack: float = 1.0,
) -> Mismatch | None:
    """None if two results are equal up to rounding, else where they part.

    Args:
        got, want: tensors of one shape, ``axes`` first.
        when: the phrase for the mismatch.
        axes: names of the first axes.
        tolerance: relative to the largest of ``want``; None takes that of the coarser dtype.
        slack: a factor on what is allowed.
    """
    if tolerance is None:
        tolerance = max(TOLERANCE.get(each.dtype, 0.0) for each in (got, want))
    got, want = (each.detach().to("cpu", torch.float64) for each in (got, want))
    largest = float(want.nan_to_num(0, 0, 0).abs().amax()) if want.numel() else 0.0
    allowed = slack * tolerance * largest
    if got.shape != want.shape:
        return Mismatch({}, math.inf, allowed, when)
    difference = (got - want).abs().nan_to_num(math.inf, math.inf)
    wrong = difference > allowed
    if not wrong.any():
        return None
    first = wrong.nonzero()[0].tolist()
    where = dict(zip(axes, first, strict=False))
    return Mismatch(where, float(difference.max()), allowed, when)


def search(
    name: str,
    attempt: Callable[[Case], Iterable[Mismatch | None]],
    cases: Cases,
    shortest: int = 1,
    left_out: tuple[str, ...] = (),
) -> Verdict:
    """Try a property on cases; one that fails is replaced by the smallest that fails.

    Args:
        name: of the property.
        attempt: compares what should be equal in one case.
        cases: sizes and seeds.
        shortest: a shorter case would show nothing.
        left_out: see ``Verdict``.

    Raises:
        ValueError: no length is as long as ``shortest``.
    """
    lengths = [length for length in sorted(cases.lengths) if length >= shortest]
    tried = 0
    with torch.no_grad():
        for length, batch, seed in product(lengths, sorted(cases.batches), cases.seeds):
            case = Case(batch, length, seed)
            for mismatch in attempt(case):
                tried += 1
                if mismatch:
                    found = _smallest(attempt, case, shortest) or Counterexample(case, mismatch)
                    return Verdict(name, False, tried, found, left_out)
    if not tried:
        raise ValueError(f"{name}: there is no case of length {shortest} or more")
    return Verdict(name, True, tried, left_out=left_out)


def _smallest(
    attempt: Callable[[Case], Iterable[Mismatch | None]], failed: Case, shortest: int
) -> Counterexample | None:
    """The first failing case of the smaller ones, smallest first."""
    sizes = product(range(shortest, failed.length + 1), range(1, failed.batch + 1))
    for length, batch in sorted(sizes, key=lambda size: (size[0] * size[1], size))[:_MOST]:
        case = Case(batch, length, failed.seed)
        for mismatch in attempt(case):
            if mismatch:
                return Counterexample(case, mismatch)
    return None
