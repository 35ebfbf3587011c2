"""Checks of canary."""

import math
from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student
from autograder.units.shared.inputs import many


def _compare(
    student: Student,
    reference: Student,
    logits: torch.Tensor,
    recorded: torch.Tensor,
    *limit: float,
    what: str,
) -> None:
    got = expect.dictionary(
        student.canary(logits, recorded, *limit), "There should be a dictionary."
    )
    want = reference.canary(logits, recorded, *limit)
    for name in want:
        expect.part(name in got, f"There is no `{name}` in the dictionary.")
    _same_number(got["worst"], want["worst"], f"`worst` {what}")
    passes, first = got["passes"], got["first"]
    expect.seen(expect.as_text(passes)[:5])
    expect.true(
        isinstance(passes, bool), f"`passes` should be a bool; it is {expect.told(passes)}."
    )
    expect.true(
        passes == want["passes"],
        f"`passes` {what} should be {want['passes']}: the largest divergence is "
        f"{want['worst']:.4g} nats, the limit {limit[0] if limit else 0.05}.",
    )
    if want["first"] is None:
        expect.seen(first is None)
        expect.true(first is None, f"`first` {what} should be None; it is {expect.told(first)}.")
    else:
        expect.integer(first, want["first"], f"`first` {what}", place=True)


def _same_number(got: Any, want: float, what: str) -> None:
    if math.isfinite(want):
        expect.number(got, want, what, tolerance=1e-4)
        return
    number = expect.plain_number(got)
    expect.seen(str(number))
    expect.true(number == math.inf, f"{what} should be infinite; it is {expect.told(got)}.")


def _run(draw: Draw, length: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    """Recorded logits ``(L, vocabulary)``."""
    l_q, vocabulary = draw.sizes("L_q", "L_k")
    return draw.normal(length or l_q + 2, vocabulary + 3, std=2.0, dtype=dtype)


def _noisy(draw: Draw, recorded: torch.Tensor, std: float) -> torch.Tensor:
    return recorded + draw.normal(*recorded.shape, std=std, dtype=recorded.dtype)


@check(
    "canary",
    "measures the divergence of the worst position",
    "Which two distributions stand at a position? Whose probabilities weigh the difference?",
    weight=2,
)
def measures_the_worst(student: Student, reference: Student, draw: Draw) -> None:
    recorded = _run(draw)
    for std in (0.3, 1.5):
        _compare(student, reference, _noisy(draw, recorded, std), recorded, what="of a noisy run")
    recorded = _run(draw, dtype=torch.float32)
    _compare(student, reference, _noisy(draw, recorded, 1.0), recorded, what="in float32")
    recorded = _run(draw, many(draw, 5))
    _compare(student, reference, _noisy(draw, recorded, 0.4), recorded, what="of a long text")


@check(
    "canary",
    "passes what is healthy",
    "What does a constant on all logits of a position change? What does rounding change?",
)
def passes_the_healthy(student: Student, reference: Student, draw: Draw) -> None:
    recorded = _run(draw)
    noisy = _noisy(draw, recorded, 0.02)
    _compare(student, reference, noisy, recorded, what="of a run with a little noise")
    moved = noisy + draw.normal(len(recorded), 1, std=30.0, dtype=recorded.dtype)
    _compare(student, reference, moved, recorded, what="with a constant at each position")
    with torch.no_grad():
        half = recorded.bfloat16().to(recorded.dtype)
        _compare(student, reference, half, recorded, 0.2, what="of a run in bfloat16")


@check(
    "canary",
    "finds a single position, and says where it is",
    "How much of one bad position is left in a mean over all? Which one is the first?",
    weight=2,
)
def finds_one_position(student: Student, reference: Student, draw: Draw) -> None:
    recorded = _run(draw, 12 + draw.integer(0, 9))
    for bad in ((0,), (len(recorded) - 1,), (4, 5, 9), (3, 7)):
        logits = _noisy(draw, recorded, 0.01)
        for place, size in zip(bad, (0.7, 2.0, 1.2), strict=False):
            logits[place] -= size * recorded[place]  # flatter, then turned round
        _compare(student, reference, logits, recorded, what=f"with positions {bad} off")
    logits = _noisy(draw, recorded, 0.01)
    logits[5] = recorded[5] * 1.4  # the likeliest token stays
    _compare(student, reference, logits, recorded, what="with one position too sure of itself")


@check(
    "canary",
    "obeys the limit it is given",
    "Where does your function read its third argument?",
)
def obeys_its_limit(student: Student, reference: Student, draw: Draw) -> None:
    recorded = _run(draw)
    logits = _noisy(draw, recorded, 0.5)
    worst = reference.canary(logits, recorded)["worst"]
    for limit in (0.9 * worst, 1.1 * worst, 0.3 * worst, 1e-9):
        _compare(student, reference, logits, recorded, limit, what=f"at a limit of {limit:.4g}")


@check(
    "canary",
    "lets no NaN and no infinity pass",
    "Is nan > 0.05 true or false? Is nan <= 0.05?",
    weight=1.5,
)
def lets_no_nan_pass(student: Student, reference: Student, draw: Draw) -> None:
    recorded = _run(draw, 9)
    for bad in (math.nan, math.inf, -math.inf):
        logits = _noisy(draw, recorded, 0.01)
        logits[4, 2] = bad
        _compare(student, reference, logits, recorded, what=f"with {bad} among the logits")
    logits = _noisy(draw, recorded, 0.01)
    logits[2], logits[6] = recorded[2] * 3, math.nan
    _compare(student, reference, logits, recorded, what="with a bad position before a row of NaN")
