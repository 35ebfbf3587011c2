"""Checks of pareto_front."""

from __future__ import annotations

import itertools
from typing import Any

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import FULL, Draw
from autograder.grading.student_protocol import Student

Point = tuple[float, float]  # (cost, quality)
_SHOWN = 20  # of points and of indices, in a message


def _expect_fronts(student: Student, reference: Student, questions: list[list[Point]]) -> None:
    """Demand the fronts of lists of points: first all answers go on record."""
    answers = [student.pareto_front(points) for points in questions]
    for got in answers:
        expect.seen(expect.as_text(got))
    for points, got in zip(questions, answers, strict=True):
        _expect_front(points, got, reference.pareto_front(points))


def _expect_front(points: list[Point], got: Any, want: list[int]) -> None:
    shown = points if len(points) <= _SHOWN else f"{len(points)} points"
    call = f"pareto_front({shown})"
    expect.true(
        isinstance(got, list), f"{call} should be a list; it is of type {expect.kind_of(got)}."
    )
    wrong = [expect.kind_of(index) for index in got if type(index) is not int]
    expect.true(
        not wrong,
        f"{call} should hold ints, indices into the points; one is of type {[*wrong, ''][0]}.",
    )
    places, wanted = range(len(points)), set(want)
    expect.true(
        all(index in places for index in got) and len(set(got)) == len(got),
        f"{call} should hold indices from 0 to {len(points) - 1}, each once; it is {got[:_SHOWN]}.",
    )
    for i in filter(lambda i: i not in wanted, got):
        better = next((points[j] for j in want if _beats(points[j], points[i])), None)
        expect.true(not better, f"{call} keeps {points[i]} (index {i}), which {better} beats.")
    dropped = [f"{points[i]} (index {i})" for i in want if i not in got][:_SHOWN]
    expect.true(not dropped, f"{call} drops {', '.join(dropped)}, which no point beats.")
    expect.true(
        got == want,
        f"{call} holds the right indices, but by rising cost they are {want[:_SHOWN]}, not "
        f"{got[:_SHOWN]}.",
    )


def _beats(a: Point, b: Point) -> bool:
    return a[0] <= b[0] and a[1] >= b[1] and a != b


def _staircase(draw: Draw, steps: int) -> list[Point]:
    """A front with dents, and a worse point under each of its points, in a drawn order."""
    rises = [1, 6, 2, 7, 3][:steps]
    costs = list(itertools.accumulate(draw.integer(2, 4) + 10 - rise for rise in rises))
    qualities = list(itertools.accumulate(rises))
    front = list(zip(costs, qualities, strict=True))
    worse = [(cost + 1, quality - 2) for cost, quality in front]
    less_bad = [(cost + 2, quality - 1) for cost, quality in front]
    points = [*front, *worse, *less_bad]
    order = sorted(range(len(points)), key=lambda _: draw.integer(0, 10**6))
    return [points[i] for i in order]


@check(
    "pareto_front",
    "keeps the points that no other point beats, by rising cost",
    "Take one kept point: is there a cheaper one that is better? Take one that you dropped: which "
    "point beats it?",
    weight=4,
)
def keeps_what_nothing_beats(student: Student, reference: Student, draw: Draw) -> None:
    most = (2, 3, 5)[draw.level]
    for _ in range(3):
        _expect_fronts(student, reference, [_staircase(draw, most)])
    for _ in range(3):
        drawn = [(draw.integer(1, 30), draw.integer(1, 30)) for _ in range(2 * most)]
        costs, qualities = ({point[axis]: point for point in drawn}.values() for axis in (0, 1))
        _expect_fronts(student, reference, [[point for point in costs if point in qualities]])
    if draw.level == FULL:
        _expect_fronts(student, reference, [_many_points(draw, draw.integer(301, 400))])


def _many_points(draw: Draw, count: int) -> list[Point]:
    """Points of which many are kept, no two alike in either, in a drawn order.

    Some differ in their fractions only.
    """
    points = [(i / 4, ((i + draw.integer(0, 9)) * 1000 + i) / 1000) for i in range(count)]
    order = sorted(range(count), key=lambda _: draw.integer(0, 10**6))
    return [points[i] for i in order]


@check(
    "pareto_front",
    "of equal costs or qualities only what is better in the other stays; equal points stay",
    "Two points cost the same and one is better: would you ever choose the other? And two that are "
    "equal in both?",
    weight=2,
)
def settles_ties(student: Student, reference: Student, draw: Draw) -> None:
    cost, quality = draw.integer(3, 6), draw.integer(3, 6)
    better, twin = (cost + 2, quality + 3), (cost, quality)
    points: list[Point] = [better, twin, (cost, quality - 1), better, twin, (cost + 3, quality + 3)]
    questions: list[list[Point]] = [
        [(cost, quality), (cost, quality + 1)],
        [(cost + 1, quality), (cost, quality)],
        [(cost, quality + 1), (cost, quality)],
        points,
    ]
    _expect_fronts(student, reference, questions)


@check(
    "pareto_front",
    "no points, one point, and points of which one beats all",
    "What does your loop do when there is nothing to go through?",
)
def pareto_ends(student: Student, reference: Student, draw: Draw) -> None:
    cost, quality = draw.integer(5, 9), -draw.integer(1, 4)
    best = (cost - 3, quality + 2.5)
    questions: list[list[Point]] = [
        [],
        [(cost, quality)],
        [(cost, quality), best, (cost + 1, quality + 1)],
        [(cost, 0.5), (cost + 1, 0.75), (cost + 2.5, 1.5)],
    ]
    for points in questions:
        _expect_fronts(student, reference, [points])
