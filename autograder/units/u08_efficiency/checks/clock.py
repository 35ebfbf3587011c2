"""What the checks of this unit demand of samples of a clock and of their summary."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import Any

import torch

from autograder.grading import expect
from autograder.units.shared import samples

from .cases import Row, entry

SUMMARY = ("median", "low", "high")
# Seconds that the calls of a timed function take.
PAUSES = [0.0002 * step for step in (1, 3, 2, 2, 1, 4, 1, 2, samples.SLOW, 1, 3, 5)]


def demand_samples(value: Any, what: str) -> list[float]:
    """Demand samples: a list, tuple or 1-d tensor of numbers above 0, and not too many.

    Args:
        value: what the learner returned.
        what: how the message calls it.
    """
    count = value.numel() if isinstance(value, torch.Tensor) else len(_listed(value))
    most = f"{what} should hold at most {samples.MOST:,} samples; it holds {count:,}."
    expect.true(count <= samples.MOST, most)
    numbers = samples.numbers(value)
    told = f"it is of type {expect.kind_of(value)}"
    for sample in _listed(value) if numbers is None else ():
        number = expect.plain_number(sample)
        if number is None:
            told = f"one is of type {expect.kind_of(sample)}"
        elif not 0 < number < math.inf:
            told = f"one is {number:g}"
    expect.true(numbers is not None, f"{what} should be a list of floats, all above 0; {told}.")
    assert numbers is not None
    return numbers


def samples_of(row: Row, where: str) -> list[float]:
    """Demand the samples of a row; ``where`` is how the message calls the row."""
    return demand_samples(entry(row, "samples", where), f"`samples` in {where}")


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


def demand_number(value: Any, what: str) -> float:
    """Demand a number, or a tensor with one; ``what`` is how the message calls it."""
    number = expect.plain_number(value)
    expect.true(number is not None, f"{what} should be a number.")
    assert number is not None
    return number


def expect_summary(rows: Iterable[tuple[Sequence[Any], list[float]]], what: str) -> None:
    """Demand that medians and quartiles are those of their samples.

    Args:
        rows: pairs of (median, low, high), as the learner has them, and the samples.
        what: where they stand, for the message.
    """
    for summary, own_samples in rows:
        low, median, high = statistics.quantiles(own_samples, n=4)
        wanted = {"median": median, "low": low, "high": high}
        for name, value in zip(SUMMARY, summary, strict=True):
            number = demand_number(value, f"`{name}` {what}")
            statistic = samples.statistic(number, own_samples, name)
            expect.seen(statistic)
            called = "median" if name == "median" else f"{name} quartile"
            expect.true(
                statistic == name,
                f"`{name}` {what} should be the {called} of the samples, "
                f"{wanted[name]:.6g}; it is {number:.6g}.",
            )
