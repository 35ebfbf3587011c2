"""Checks of explain_steps."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import FULL, Draw
from autograder.grading.student_protocol import Student

Step = tuple[int, float]
_KEYS = ("bandwidth", "start", "memory_from", "gain")


def _pairs(draw: Draw) -> Iterator[tuple[Step, Step, int]]:
    """Two steps, the one that reads fewer bytes first, and a group size.

    First a pair in which the start takes longer than the reading, then one in which it is the
    other way round.
    """
    if draw.level < FULL:
        yield (3_000_000, 35e-6), (8_000_000, 60e-6), 5
        return
    for least, group_size in ((1, 3), (40, draw.integer(5, 9))):
        bandwidth, start = draw.integer(900, 1500) * 10**9, draw.integer(21, 29) * 1e-6
        sizes = (least * draw.integer(lo, lo + 2) * 1_048_576 for lo in (2, 7))
        fewer, more = ((size, round(start + size / bandwidth, 9)) for size in sizes)
        yield fewer, more, group_size


def _told(first: Step, second: Step, group_size: int) -> str:
    """The call, for a message."""
    return f"explain_steps({first}, {second}, {group_size})"


def _explained(student: Student, first: Step, second: Step, group_size: int) -> dict:
    """The learner's answer, if it is a dictionary with all keys."""
    found = student.explain_steps(first, second, group_size)
    call = _told(first, second, group_size)
    kind = expect.kind_of(found)
    expect.dictionary(found, f"{call} should be a dictionary; it is of type {kind}.")
    lost = ", ".join(f"`{key}`" for key in _KEYS if key not in found)
    expect.part(not lost, f"There is no {lost} in what {call} gives.")
    return found


def _compare(student: Student, reference: Student, draw: Draw, key: str) -> None:
    for steps in _pairs(draw):
        want = reference.explain_steps(*steps)[key]
        expect.number(_explained(student, *steps)[key], want, f"`{key}` of {_told(*steps)}")


@check(
    "explain_steps",
    "finds the bandwidth from what the two steps differ in",
    "Both steps contain the start. What is left of it in their difference?",
)
def explains_bandwidth(student: Student, reference: Student, draw: Draw) -> None:
    _compare(student, reference, draw, "bandwidth")


@check(
    "explain_steps",
    "finds the start: what a step takes beside the reading",
    "How many seconds of a step are reading? What is left?",
)
def explains_start(student: Student, reference: Student, draw: Draw) -> None:
    _compare(student, reference, draw, "start")


@check(
    "explain_steps",
    "says from how many bytes on memory bounds the step",
    "How many bytes are read in as many seconds as the start takes?",
)
def explains_bound(student: Student, reference: Student, draw: Draw) -> None:
    _compare(student, reference, draw, "memory_from")


@check(
    "explain_steps",
    "predicts the gain: fewer bytes, the same start",
    "Which seconds of the larger step does a group of query heads save, and which stay?",
    weight=2,
)
def explains_gain(student: Student, reference: Student, draw: Draw) -> None:
    _compare(student, reference, draw, "gain")


@check(
    "explain_steps",
    "takes the two steps in either order",
    "What if the step that reads more comes first?",
)
def explains_either_order(student: Student, reference: Student, draw: Draw) -> None:
    for fewer, more, group_size in _pairs(draw):
        steps = more, fewer, group_size
        want, found = reference.explain_steps(*steps), _explained(student, *steps)
        for key in _KEYS:
            expect.number(found[key], want[key], f"`{key}` of {_told(*steps)}")


@check(
    "explain_steps",
    "refuses what no such machine does, and nothing else",
    "Which sign has the bandwidth if more bytes take less time? And the start, if twice the bytes "
    "take three times as long?",
)
def refuses_contradictions(student: Student, reference: Student, draw: Draw) -> None:
    fewer = 1 << 20, 2.0**-15
    # Twice the bytes in twice the time: the start is 0, which is no contradiction.
    _start_on_record(student, fewer, (1 << 21, 2.0**-14))
    for seconds, why in (
        (2.0**-16, "More bytes took less time"),
        (2.0**-15, "More bytes took as long"),
        (2.0**-13, "Twice the bytes took four times as long, so the start is below 0"),
    ):
        more = 1 << 21, seconds
        for first, second in ((fewer, more), (more, fewer)):
            student.expect_error(
                partial(_start_on_record, student, first, second),
                ("ValueError", "AssertionError"),
                f"{why}: {_told(first, second, 3)} should raise a ValueError.",
            )


def _start_on_record(student: Student, first: Step, second: Step) -> None:
    """Ask, and put on record what start is given."""
    start = expect.plain_number(_explained(student, first, second, 3)["start"])
    expect.seen(None if start is None else float(f"{start:.6g}"))
