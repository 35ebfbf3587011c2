"""Checks of my_results, the rows that a learner has kept."""

from __future__ import annotations

from typing import Any

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student import StudentProblem
from autograder.grading.student_protocol import Student
from autograder.units.shared import samples

from .cases import Case, Row, cases_asked, entry, expect_counts, theory
from .clock import SUMMARY, expect_summary, samples_of

_RECORD = 1 << 20  # bytes of tensors; the keys of CASES alone take more
_POSSIBLE = 3e8, 1e16  # FLOPs per second, from the smallest computer to the largest processor


def _record(student: Student) -> Any:
    """What my_results gives, if it gives that without measuring."""
    kept = []
    try:
        took = student.peak_bytes(lambda: kept.append(student.my_results()))
    except StudentProblem as problem:
        if problem.kind != "timeout":
            raise
        took = _RECORD  # what does nothing but return rows takes no time
    expect.true(
        took < _RECORD,
        "It measures. my_results is a record: copy the printed rows into it.",
        "measured_again",
    )
    return kept[0]


def own_table(student: Student) -> tuple[list[Row], list[Case]]:
    """The learner's rows, if they are one for each case; and the cases."""
    rows, cases = _record(student), cases_asked()
    hint = " Is `return` missing?" if rows is None else ""
    fits = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    expect.true(
        fits,
        f"There should be a list of dictionaries; this is of type {expect.kind_of(rows)}.{hint}",
    )
    expect.seen((len(rows) > len(cases)) - (len(rows) < len(cases)))
    expect.true(
        len(rows) == len(cases), f"There should be {len(cases)} rows; there are {len(rows)}."
    )
    for number, (row, case) in enumerate(zip(rows, cases, strict=True), 1):
        for name in case:
            entry(row, name, f"row {number}")
        other = [name for name, value in case.items() if row[name] != value]
        expect.seen(" ".join(other))
        asked = ", ".join(f"{name}={case[name]!r}" for name in other)
        expect.true(not other, f"Row {number} should be the case with {asked}.")
    return rows, cases


@check(
    "my_results",
    "holds the rows of CASES, the same in each call",
    "Does your function measure, or does it hold what was printed?",
)
def results_are_kept(student: Student, reference: Student, draw: Draw) -> None:
    first, _ = own_table(student)
    same = expect.as_text(student.my_results()) == expect.as_text(first)
    expect.seen(same)
    expect.true(
        same,
        "A second call gives other rows. my_results is a record: copy the printed rows into it.",
        "measured_again",
    )


@check(
    "my_results",
    "has a row for each case, with the counts that theory gives",
    "Do the rows stand in the order of CASES? Which columns need no clock?",
)
def results_hold_the_counts(student: Student, reference: Student, draw: Draw) -> None:
    rows, cases = own_table(student)
    expect_counts(reference, [(*pair, 4) for pair in zip(rows, cases, strict=True)])


@check(
    "my_results",
    "holds at least 10 samples for each row, and their median and quartiles",
    "Are these the rows as the cell printed them: every sample, no number rounded, and median, low "
    "and high of the same run?",
)
def results_hold_their_samples(student: Student, reference: Student, draw: Draw) -> None:
    rows, cases = own_table(student)
    kept_samples = []
    for number, row in enumerate(rows, 1):
        kept = samples_of(row, f"row {number}")
        expect.true(
            len(kept) >= 10, f"Row {number} should have at least 10 samples; it has {len(kept)}."
        )
        kept_samples.append(kept)
    for reason in samples.look_made_up(kept_samples):
        expect.flag(f"In my_results, {reason}.")
    courses = [row["samples"] for row in reference.my_results()]
    if any(map(samples.copied, kept_samples, courses)):
        expect.flag("In my_results, samples are those of the course's own solution.")
    least, most = _POSSIBLE
    flops = [theory(reference, case)["flops"] for case in cases]
    best = max(done / min(kept) for done, kept in zip(flops, kept_samples, strict=True))
    if not least < best < most:
        expect.flag(f"In my_results, {best:.1g} FLOPs per second are reached: are these seconds?")
    for number, (row, kept) in enumerate(zip(rows, kept_samples, strict=True), 1):
        summary = [entry(row, name, f"row {number}") for name in SUMMARY]
        expect_summary([(summary, kept)], f"in row {number}")
