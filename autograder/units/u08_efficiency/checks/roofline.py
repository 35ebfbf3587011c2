"""Checks of arithmetic_intensity and roofline_seconds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from autograder.grading import expect
from autograder.grading.call import called
from autograder.grading.checks import check
from autograder.grading.draw import FULL, Draw
from autograder.grading.student_protocol import Student


@check(
    "arithmetic_intensity",
    "gives FLOPs per byte",
    "A decode step does 4 FLOPs for 8 bytes. Is its intensity 0.5 or 2?",
)
def is_flops_per_byte(student: Student, reference: Student, draw: Draw) -> None:
    cases: list[tuple[float, float]] = [
        (draw.integer(2, 9), draw.integer(11, 40)),
        (draw.integer(10**6, 10**7), draw.integer(1000, 2000)),
        (draw.integer(10**6, 10**7) * 0.5, draw.integer(1000, 2000) * 7.0),
    ]
    _expect_numbers(student, reference, "arithmetic_intensity", cases)


def _expect_numbers(
    student: Student, reference: Student, name: str, cases: Sequence[tuple[float, ...]]
) -> None:
    """Demand what the reference gives: first it goes on record which of the answers are right."""
    answers = [getattr(student, name)(*case) for case in cases]
    wanted = [getattr(reference, name)(*case) for case in cases]
    for got, want in zip(answers, wanted, strict=True):
        expect.seen(math.isclose(expect.plain_number(got) or 0, want, rel_tol=1e-6))
    for case, got, want in zip(cases, answers, wanted, strict=True):
        expect.number(got, want, called(name, *case))


def _jobs(draw: Draw, exponent: float) -> Iterator[tuple[int, int, int, int]]:
    """Jobs ``exponent`` powers of ten over the ridge of two machines: ridges of about 2 and 200.

    Yields:
        (FLOPs, bytes, FLOPs per second, bytes per second).
    """
    if draw.level < FULL:
        yield round(100 * 2 * 10**exponent), 100, 20, 10
        return
    for peak in (draw.integer(30, 90) * 10**9, draw.integer(3000, 9000) * 10**9):
        bandwidth, moved = draw.integer(20, 40) * 10**9, draw.integer(1000, 9000) * 1000
        yield round(moved * peak / bandwidth * 10**exponent), moved, peak, bandwidth


@check(
    "roofline_seconds",
    "memory decides where there are few FLOPs for each byte",
    "How long does the reading alone take? And who waits for whom?",
)
def roofline_memory(student: Student, reference: Student, draw: Draw) -> None:
    _expect_numbers(student, reference, "roofline_seconds", [*_jobs(draw, -0.4)])


@check(
    "roofline_seconds",
    "arithmetic decides where there are many FLOPs for each byte",
    "How long does the arithmetic alone take? And who waits for whom?",
)
def roofline_arithmetic(student: Student, reference: Student, draw: Draw) -> None:
    _expect_numbers(student, reference, "roofline_seconds", [*_jobs(draw, 0.4)])
