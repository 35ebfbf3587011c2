"""A learner's test is given right and wrong implementations, which stay on the grader's side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.draw import Draw

MOST_CALLS = 5000
MOST_NUMBERS = 1 << 22


@dataclass(frozen=True)
class Tested:
    """An implementation that a test is given.

    Attributes:
        name: what it does, as a clause for a message.
        is_right: whether a test should accept it.
        make: makes it anew.
    """

    name: str
    is_right: bool
    make: Callable[[], Callable[..., Any]]


class Allowance:
    """What one run of a test may ask of an implementation: it is in the grader's process."""

    def __init__(self) -> None:
        self._calls = MOST_CALLS
        self._numbers = MOST_NUMBERS

    def spend(self, *tensors: torch.Tensor) -> None:
        """Count a call and the numbers that come with it.

        Raises:
            expect.Failed: that is too much.
        """
        self._calls -= 1
        self._numbers -= sum(each.numel() for each in tensors)
        if self._calls < 0 or self._numbers < 0:
            raise expect.Failed(
                f"The test makes more than {MOST_CALLS:,} calls of one implementation, or passes "
                f"it more than {MOST_NUMBERS:,} numbers."
            )


def is_floats(value: object, axes: int, most: int) -> bool:
    """Whether it is a tensor of floats with so many axes, none empty or longer than ``most``."""
    return (
        isinstance(value, torch.Tensor)
        and value.dtype in (torch.float32, torch.float64)
        and value.dim() == axes
        and all(0 < size <= most for size in value.shape)
    )


def judge(test: Callable[..., Any], given: Sequence[Tested], name: str, draw: Draw) -> None:
    """Demand that a test accepts what is right and rejects what is wrong.

    Args:
        test: the learner's.
        given: right ones and wrong ones.
        name: of the test.
        draw: chooses their order.
    """
    order = sorted(range(len(given)), key=lambda _: draw.integer(0, 10**6))
    answers = dict.fromkeys(range(len(given)), False)
    for i in order:
        answers[i] = _answer(test(given[i].make()), name)
    for i in range(len(given)):
        expect.seen(answers[i])
    refused = [each.name for i, each in enumerate(given) if each.is_right and not answers[i]]
    missed = [each.name for i, each in enumerate(given) if not each.is_right and answers[i]]
    rights = sum(each.is_right for each in given)
    wrongs = len(given) - rights
    expect.true(
        not refused,
        f"{name} should return True for what is right. Of {rights} right ones it rejects "
        f"{len(refused)}: {'; '.join(refused)}.",
    )
    expect.true(
        not missed,
        f"{name} should return False for what is wrong. Of {wrongs} wrong ones it catches "
        f"{wrongs - len(missed)}. Missed: {'; '.join(missed)}.",
    )


def _answer(value: Any, name: str) -> bool:
    if isinstance(value, torch.Tensor) and value.dtype == torch.bool and value.numel() == 1:
        value = bool(value)
    if not isinstance(value, bool):
        expect.seen(expect.kind_of(value))
        kind = expect.kind_of(value)
        raise expect.Failed(f"{name} should return True or False; what it returns is {kind}.")
    return value
