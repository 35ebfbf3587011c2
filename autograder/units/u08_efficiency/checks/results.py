"""Checks of my_results, the rows that a learner has kept."""

from __future__ import annotations

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student
from autograder.units.shared import samples

from .cases import Case, Row, cases_asked, expect_counts, theory
from .clock import SUMMARY, demand_samples, expect_summary

_RECORD = 1 << 20  # bytes of tensors; the keys of CASES alone take more
_POSSIBLE = 3e8, 1e16  # FLOPs per second, from the smallest computer to the largest processor


def own_table(student: Student) -> tuple[list[Row], list[Case]]:
    """The learner's rows, if they are one for each case; and the cases."""
    rows, cases = student.my_results(), cases_asked()
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
        other = [name for name, value in case.items() if row.get(name) != value]
        expect.seen(" ".join(other))
        asked = ", ".join(f"{name}={case[name]!r}" for name in other)
        expect.true(not other, f"Row {number} should be the case with {asked}.")
    return rows, cases


@check(
    "my_results",
    "gives the same rows whenever it is called",
    "Does your function measure, or does it hold what was printed?",
)
def results_are_kept(student: Student, reference: Student, draw: Draw) -> None:
    took = student.peak_bytes(student.my_results)
    first, _ = own_table(student)
    same = str(student.my_results()) == str(first)
    expect.seen(same)
    expect.true(
        same and took < _RECORD,
        "A second call gives other rows. my_results is a record: copy the printed rows into it."
        if not same
        else "It makes tensors, so it measures. my_results is a record: copy the printed rows into "
        "it.",
        "measured_again",
    )


@check(
    "my_results",
    "has a row for each case, with the counts that theory gives",
    "Do the rows stand in the order of CASES? Which columns need no clock?",
    weight=3,
)
def results_hold_the_counts(student: Student, reference: Student, draw: Draw) -> None:
    rows, cases = own_table(student)
    expect_counts(reference, [(*pair, 4) for pair in zip(rows, cases, strict=True)])


@check(
    "my_results",
    "holds at least 10 samples for each row, and their median and quartiles",
    "Do median, low and high belong to these samples, or to those of another run?",
    weight=3,
)
def results_hold_their_samples(student: Student, reference: Student, draw: Draw) -> None:
    rows, cases = own_table(student)
    kept_samples = []
    for number, row in enumerate(rows, 1):
        kept = demand_samples(row.get("samples"), f"`samples` in row {number}")
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
        expect_summary([([row.get(name) for name in SUMMARY], kept)], f"in row {number}")
