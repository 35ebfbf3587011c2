"""Inputs that several units draw: long ones, memory in another order, masks of queries."""

from collections.abc import Callable, Iterator
from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.draw import FULL, Draw

_LENGTHS, _OTHERS = (301, 400), (65, 99)  # how long an axis is that is long


def many(draw: Draw, few: int, least: int = 300) -> int:
    """A number beyond small tables; ``few`` in a case that is drawn to be shown."""
    return least + draw.integer(0, least // 15) if draw.level == FULL else few


def large(draw: Draw, *groups: str) -> Iterator[tuple[list[int], str]]:
    """Sizes beyond small tables: one axis after the other is long, the others are 2.

    Args:
        draw: what draws them.
        groups: names of axes. Those in one text are long at once; let no tensor have two of them.

    Yields:
        A size for each axis, in order, and how a message calls such a case, which runs without
        gradients. Nothing in a case that is drawn to be shown.
    """
    names = " ".join(groups).split()
    for group in groups if draw.level == FULL else ():
        sizes = [
            draw.integer(*(_LENGTHS if name[0] == "L" else _OTHERS)) if name in group.split() else 2
            for name in names
        ]
        yield sizes, at_sizes(draw, **dict(zip(names, sizes, strict=True)))


def at_sizes(draw: Draw, **sizes: int) -> str:
    """How a message calls a case that is large and runs without gradients; else nothing."""
    told = ", ".join(f"{name}={size}" for name, size in sizes.items())
    return f" under torch.no_grad(), for {told}" if draw.level == FULL else ""


def compare_large(
    draw: Draw, call: Callable[[Any], Any], twins: tuple[Any, Any], axes: str, **sizes: int
) -> None:
    """Demand of a module the output of the reference's, without gradients.

    Args:
        draw: has drawn the inputs.
        call: called with each of ``twins``, the learner's module and the reference's.
        twins: these.
        axes: of the output.
        sizes: what a message tells of the case.
    """
    with torch.no_grad():
        got, want = map(call, twins)
    expect.close(got, want, f"the output{at_sizes(draw, **sizes)}", axes)


def as_split(x: torch.Tensor) -> torch.Tensor:
    """The same values ``(..., H, L, d_head)``, in memory as splitting into heads leaves them."""
    return x.transpose(-3, -2).contiguous().transpose(-3, -2)


def of_queries(draw: Draw, b: int, l_q: int) -> torch.Tensor:
    """A mask ``(B, 1, L_q, 1)``: what a query may see does not depend on the key."""
    return draw.mask(b, 1, 1, l_q).transpose(-2, -1)
