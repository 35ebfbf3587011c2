"""Checks of measure, the stopwatch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student import StudentProblem
from autograder.grading.student_protocol import Student
from autograder.units.shared import samples
from autograder.units.shared.samples import Meaning

from .clock import PAUSES, SUMMARY, demand_samples, expect_summary

# Beside PAUSES: no place is that of the median in both; the fastest call is the last one here, and
# not in the middle.
_MOSTLY_SLOW = [0.00015 * step for step in (9, 7, 8, 9, 2, 9, 8, 9, 7, 9, 8, 1)]


def _timing(
    student: Student, pauses: Sequence[float], *args: int
) -> tuple[samples.Timed, Any, list[float]]:
    """What ``measure`` gives: (the function that it timed, the object, its samples)."""
    fn = samples.Timed(pauses)
    timed = student.made_by(student.measure, fn, *args)
    return fn, timed, demand_samples(_attribute(timed, "samples"), "`samples`")


def _attribute(timed: Any, name: str) -> Any:
    try:
        return getattr(timed, name)
    except StudentProblem as problem:
        if not problem.raised({"AttributeError"}):
            raise
    expect.seen(timed.kind)
    raise expect.Failed(
        "measure should return an object with the attributes samples, median, low and high; what "
        f"it returns, of type {timed.kind}, has no `{name}`.",
        demand=expect.Demand(None, "part"),
    )


@check(
    "measure",
    "calls fn `warmup` times and then `repeats` times, and keeps a sample of each of the latter",
    "How often is fn called in all, for warmup=3 and repeats=8? How many samples do you keep?",
    weight=3,
)
def counts_its_calls(student: Student, reference: Student, draw: Draw) -> None:
    asked = (2 + draw.integer(0, 3), 9 + draw.integer(0, 4))
    without_warmup = (0, 8 + draw.integer(0, 3))
    counted = [_counted(student, *numbers) for numbers in (asked, ())]
    expect.seen(all(each.kept == 1 for each in counted))
    expect.seen(all(each.kept == each.warmup for each in counted))
    for each in counted:
        _expect_counts(each)
    _expect_counts(_counted(student, *without_warmup))


class _Counted(NamedTuple):
    """What was asked of ``measure``, as a call too, and the calls and samples that came of it."""

    told: str
    warmup: int
    repeats: int
    calls: int
    kept: int


def _counted(student: Student, *numbers: int) -> _Counted:
    warmup, repeats = numbers or (3, 20)
    fn, _, kept_samples = _timing(student, PAUSES, *numbers)
    arguments = ", ".join(["fn", *map(str, numbers)])
    return _Counted(f"measure({arguments})", warmup, repeats, fn.calls, len(kept_samples))


def _expect_counts(counted: _Counted) -> None:
    told, warmup, repeats, calls, kept = counted
    expect.seen(calls - warmup - repeats)
    expect.seen((kept > repeats) - (kept < repeats))
    expect.true(
        (calls, kept) == (warmup + repeats, repeats),
        f"{told} should call fn {warmup} times to warm up and {repeats} times to measure, and keep "
        f"{repeats} samples; it made {calls} calls and kept {kept} samples.",
    )


def _timed_calls(
    student: Student, pauses: Sequence[float]
) -> tuple[samples.Timed, Any, list[float], int]:
    """An unhurried function, measured: (the function, the object, its samples, the warm-up)."""
    warmup = 2
    timing = _timing(student, [0.004, 0.002, *pauses], warmup, len(pauses))
    return *timing, warmup


_MEASURED = {
    Meaning.MILLISECONDS: "They are in milliseconds.",
    Meaning.MICROSECONDS: "They are in microseconds.",
    Meaning.NANOSECONDS: "They are in nanoseconds.",
    Meaning.SORTED: "They are those seconds, but not in the order of the calls.",
    Meaning.CUMULATIVE: "They grow from call to call.",
    Meaning.AVERAGE: "They are all the same number.",
    Meaning.WORK: "They are shorter than the calls: waiting does not count in them.",
    Meaning.NOTHING: "They are far shorter than any call: does fn run between start and stop?",
    Meaning.SCALED: "They are all too large, or all too small, by the same factor.",
    Meaning.FIRST_CALLS: "They are the seconds of earlier calls, the warm-up among them.",
}


@check(
    "measure",
    "each sample is the seconds of one call, in the order of the calls",
    "What does your clock show right before a call, and right after it? In which unit?",
    weight=4,
)
def times_each_call(student: Student, reference: Student, draw: Draw) -> None:
    fn, _, kept_samples, warmup = _timed_calls(student, PAUSES)
    meaning = fn.what_are(kept_samples, warmup)
    of_day = _is_time_of_day(kept_samples)
    expect.seen(of_day)
    expect.seen(meaning.value)
    expect.seen(len(kept_samples) < 12)
    expect.seen(meaning is Meaning.OTHER and fn.are_in_another_order(kept_samples, warmup))
    expect.seen(len(kept_samples) >= samples.FEWEST and kept_samples == sorted(kept_samples))
    expect.true(
        meaning is Meaning.CALLS,
        "The samples should be the seconds of single calls of fn, after the warm-up, in order. "
        f"They are not. {_MEASURED.get(meaning, '')}".strip(),
    )
    expect.true(
        not of_day,
        "The clock is `time.time()`, the time of day. It can be set while you "
        "measure, and tells nothing shorter than 0.24 microseconds.",
        "time_of_day",
    )


def _is_time_of_day(kept_samples: Sequence[float]) -> bool:
    """Whether all are differences of seconds since 1970: until 2038 multiples of 2**-22."""
    return any(kept_samples) and all((2**22 * each).is_integer() for each in kept_samples)


@check(
    "measure",
    "median, low and high are the median and the quartiles of the samples",
    "Sort the samples. Which stands in the middle, and which a quarter from each end?",
    weight=3,
)
def summarises_its_samples(student: Student, reference: Student, draw: Draw) -> None:
    measured = [_timed_calls(student, pauses) for pauses in (PAUSES, _MOSTLY_SLOW)]
    enough = all(len(kept_samples) >= samples.FEWEST for _, _, kept_samples, _ in measured)
    expect.true(enough, "There should be a sample for each of the 12 calls.")
    rows = []
    for _, timed, kept_samples, _ in measured:
        rows.append(([_attribute(timed, name) for name in SUMMARY], kept_samples))
    medians = [(expect.plain_number(summary[0]), kept_samples) for summary, kept_samples in rows]
    in_the_middle = all(value in _middle(kept_samples) for value, kept_samples in medians)
    expect.true(
        not in_the_middle
        or all(
            value is not None and samples.statistic(value, kept_samples) == "median"
            for value, kept_samples in medians
        ),
        "`median` is the sample in the middle of the calls, not in the middle by size.",
        "not_sorted",
    )
    expect_summary(rows, "of the result")


def _middle(in_order: list[float]) -> list[float]:
    """The samples of the calls in the middle."""
    return in_order[(len(in_order) - 1) // 2 : len(in_order) // 2 + 1]
