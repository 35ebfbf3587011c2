"""Samples of a clock: what a number says of them, whether they are those of calls that the check
timed itself, and whether they look as no clock gives them.

Seconds differ from run to run, so what goes on record is which of these holds, never the seconds.
"""

from __future__ import annotations

import enum
import itertools
import math
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch

from autograder.grading import expect

# Samples may have passed through float32, or been rounded to nanoseconds.
_ROUNDING = 2e-6
_NANOSECOND = 1e-9
_NOTHING = 2e-6  # seconds; a clock that is read twice in a row shows less
MOST = 10_000
SLOW = math.inf  # for a pause: longer than the calls before, however busy the machine is
_SLOW = 4  # times the longest of the eight calls before: outside any fence of a box plot
_SLOWEST = 0.1  # seconds
FEWEST = 8  # with fewer samples the definitions of a quartile reach to the extremes
_UNITS = {"milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9}
Bounds = list[tuple[float, float]]  # for each call, the least and the most seconds it can have had


class Meaning(enum.Enum):
    """What samples are, beside the calls that the check timed itself."""

    CALLS = "calls"  # the seconds of each, in order, after the warm-up
    MILLISECONDS = "milliseconds"
    MICROSECONDS = "microseconds"
    NANOSECONDS = "nanoseconds"
    AVERAGE = "average"
    SORTED = "sorted"
    CUMULATIVE = "cumulative"
    SCALED = "scaled"  # by one factor
    NOTHING = "nothing"  # far shorter than any call
    WORK = "work"  # waiting is left out
    FIRST_CALLS = "first calls"
    OTHER = "other"


def numbers(values: Any) -> list[float] | None:
    """A list, tuple or 1-d tensor of up to ``MOST`` positive numbers as floats; else None."""
    if isinstance(values, torch.Tensor) and values.numel() <= MOST:
        values = values.tolist()
    if not isinstance(values, (list, tuple)) or len(values) > MOST:
        return None
    given = [expect.plain_number(value) for value in values]
    positive = [number for number in given if number is not None and 0 < number < math.inf]
    return positive if len(positive) == len(given) else None


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= _ROUNDING * max(abs(a), abs(b))


def _between(value: float, low: float, high: float) -> bool:
    slack = _NANOSECOND + _ROUNDING * abs(high)
    return low - slack <= value <= high + slack


def statistic(value: float, samples: list[float], wanted: str = "median") -> str:
    """Which statistic of the samples a number is; quartiles by any of the usual definitions.

    Args:
        wanted: what it should be. It is that if it can be, also where samples are equal.

    Returns:
        ``"median"``, ``"low"``, ``"high"``, ``"mean"``, ``"least"``, ``"most"``, ``"deviation"``
        (that far from the centre), the same with the name of a unit behind it, or ``"other"``.
    """
    known = _statistics(samples)
    known = {wanted: known[wanted]} | known

    def name_of(number: float) -> str:
        fits = (name for name, ranges in known.items() if any(_between(number, *r) for r in ranges))
        return next(fits, "other")

    scaled = ((name_of(value / scale), f" in {unit}") for unit, scale in _UNITS.items())
    named = ((name, unit) for name, unit in [(name_of(value), ""), *scaled] if name != "other")
    return "".join(next(named, ("other", "")))


def _statistics(samples: list[float]) -> dict[str, list[tuple[float, float]]]:
    """Ranges that a number of each name lies in, first of those that are one value."""
    ordered, count = sorted(samples), len(samples)
    first, last = count // 4, math.ceil((count - 1) / 4 + 1)  # from 1, by all usual definitions
    low = ordered[max(first, 1) - 1], ordered[min(last, count) - 1]
    high = ordered[count - min(last, count)], ordered[count - max(first, 1)]
    median, mean = statistics.median(ordered), statistics.fmean(ordered)
    spreads = [statistics.stdev(ordered), statistics.pstdev(ordered)] if count > 1 else []
    away = [c + sign * s for c in (mean, median) for s in spreads for sign in (1, -1)]
    return {
        "mean": [(mean, mean)],
        "least": [(ordered[0], ordered[0])],
        "most": [(ordered[-1], ordered[-1])],
        "deviation": [(each, each) for each in away],
        "median": [(ordered[(count - 1) // 2], ordered[count // 2])],
        "low": [low],
        "high": [high],
    }


class Timed:
    """A function that takes a while and notes when each of its calls began and ended.

    Args:
        pauses: seconds that the calls take, in order, and again from the first; ``SLOW`` for a
            call that is slower by far than those before.
    """

    def __init__(self, pauses: Iterable[float]) -> None:
        self._pauses = itertools.cycle(pauses)
        self._begins: list[float] = []
        self._ends: list[float] = []
        self._start = time.perf_counter()

    def __call__(self) -> None:
        self._begins.append(time.perf_counter())
        pause = next(self._pauses)
        time.sleep(self._slow() if pause == SLOW else pause)
        self._ends.append(time.perf_counter())

    def _slow(self) -> float:
        apart = [b - a for a, b in itertools.pairwise(self._begins[-9:])]
        return min(_SLOW * max(apart, default=0), _SLOWEST)

    @property
    def calls(self) -> int:
        """How often it was called."""
        return len(self._begins)

    def what_are(self, samples: list[float], warmup: int) -> Meaning:
        """What the samples are: ``Meaning.CALLS``, if each is that of its call after the warm-up.

        A sample is longer than the call inside it and shorter than the gap between the calls beside
        it, by one clock, however busy the machine is.
        """
        count = len(samples)
        if count + warmup != self.calls:
            return Meaning.OTHER
        limits = self.limits()
        compared = _Compared(samples, limits[warmup:], limits[:count])
        return next((meaning for meaning, holds in _MEANINGS if holds(compared)), Meaning.OTHER)

    def are_in_another_order(self, samples: list[float], warmup: int) -> bool:
        """Whether samples are those of the calls after the warm-up, in whatever order."""
        measured = self.limits()[warmup:]
        return len(samples) == len(measured) and _fit_by_size(samples, measured)

    def limits(self) -> Bounds:
        """For each call, the least and the most seconds that a clock around it can have shown."""
        before = [self._start, *self._ends[:-1]]
        after = [*self._begins[1:], time.perf_counter()]
        calls = zip(before, self._begins, self._ends, after, strict=True)
        return [(end - begin, last - first) for first, begin, end, last in calls]


def unit(samples: list[float], limits: Bounds) -> str:
    """The unit in which each sample is that of its call; ``""`` if there is none.

    Args:
        samples: numbers, one for each call.
        limits: the least and the most seconds of each of these calls.
    """
    for name, scale in ({"seconds": 1.0} | _UNITS).items():
        if _inside([sample / scale for sample in samples], limits):
            return name
    return ""


def _inside(samples: Iterable[float], limits: Iterable[tuple[float, float]]) -> bool:
    """Whether each sample lies between the limits at its place."""
    return all(
        low * (1 - _ROUNDING) <= sample <= high * (1 + _ROUNDING)
        for sample, (low, high) in zip(samples, limits, strict=True)
    )


@dataclass(frozen=True)
class _Compared:
    """Samples beside the calls of a function.

    Attributes:
        samples: as they were handed in.
        measured: limits of the calls after the warm-up, one for each sample.
        first: limits of as many calls, counted from the first.
    """

    samples: list[float]
    measured: Bounds
    first: Bounds


def _in_unit(scale: float) -> Callable[[_Compared], bool]:
    """Tests whether each sample is that of its call in a unit, ``scale`` of which are a second."""
    return lambda compared: _inside(
        [sample / scale for sample in compared.samples], compared.measured
    )


def _are_equal(compared: _Compared) -> bool:
    return all(_near(sample, compared.samples[0]) for sample in compared.samples)


def _fit_by_size(samples: list[float], limits: Bounds) -> bool:
    """Whether the smallest sample is between the smallest limits, and so on."""
    lows, highs = (sorted(each) for each in zip(*limits, strict=True))
    return _inside(sorted(samples), zip(lows, highs, strict=True))


def _are_ranked(compared: _Compared) -> bool:
    """The seconds of the calls, by size in place of order."""
    in_order = compared.samples == sorted(compared.samples)
    return in_order and _fit_by_size(compared.samples, compared.measured)


def _add_up(compared: _Compared) -> bool:
    """Seconds since the first call began: only their differences are those of single calls."""
    differences = [b - a for a, b in itertools.pairwise(compared.samples)]
    return _inside(differences, compared.measured[1:])


def _are_scaled(compared: _Compared) -> bool:
    """The seconds of the calls, all times one factor that is well away from 1."""
    factors = [
        (low / sample, high / sample)
        for sample, (low, high) in zip(compared.samples, compared.measured, strict=True)
    ]
    least, most = max(low for low, _ in factors), min(high for _, high in factors)
    return least <= most and (least > 1.5 or most < 1 / 1.5)


def _are_nothing(compared: _Compared) -> bool:
    return statistics.median(compared.samples) < _NOTHING


def _are_work(compared: _Compared) -> bool:
    """The long calls do not show; the short ones need little less work than time, if they have to
    be asked for in another process."""
    pairs = zip(compared.samples, compared.measured, strict=True)
    long = sorted(low for low, _ in compared.measured)[-3:]
    return max(compared.samples) < long[0] and all(sample <= high for sample, (_, high) in pairs)


def _are_first(compared: _Compared) -> bool:
    return _inside(compared.samples, compared.first)


# The first that holds decides.
_MEANINGS: list[tuple[Meaning, Callable[[_Compared], bool]]] = [
    (Meaning.CALLS, _in_unit(1.0)),
    *((Meaning(name), _in_unit(scale)) for name, scale in _UNITS.items()),
    (Meaning.AVERAGE, _are_equal),
    (Meaning.SORTED, _are_ranked),
    (Meaning.CUMULATIVE, _add_up),
    (Meaning.SCALED, _are_scaled),
    (Meaning.NOTHING, _are_nothing),
    (Meaning.WORK, _are_work),
    (Meaning.FIRST_CALLS, _are_first),
]


def look_made_up(rows: list[list[float]]) -> list[str]:
    """Why the samples of a table look as no clock gives them; nothing if they look measured.

    Evidence for a person, not a proof either way: an honest table can be odd, and whoever knows
    these rules can draw numbers that keep them.

    Args:
        rows: samples of each row, in the order of the calls.
    """
    reasons = {
        "most samples of a row are equal": _too_equal(rows),
        "the samples are sorted": all(row == sorted(row) for row in rows),
        "the samples are round numbers": all(_is_round(row) for row in rows),
        "the samples of a row are evenly spaced": any(_evenly_spaced(row) for row in rows),
        "samples repeat or follow those of another row": any(
            copied(a, b) for a, b in itertools.combinations(rows, 2)
        ),
    }
    return [reason for reason, holds in reasons.items() if holds]


def _too_equal(rows: list[list[float]]) -> bool:
    """Whether samples are equal that the clock could have told apart.

    The ticks of a coarse clock (0.1 microseconds on Windows) are as long as the differences within
    a row of short calls.
    """
    if all(_mostly_equal(row) for row in rows):
        return True
    shown = sorted({sample for row in rows for sample in row})
    tick = max(min(b - a for a, b in itertools.pairwise(shown)), _NANOSECOND / 2)
    return any(_mostly_equal(row) and statistics.median(row) > 1000 * tick for row in rows)


def _mostly_equal(row: list[float]) -> bool:
    return len(set(row)) <= len(row) / 2


def _is_round(row: list[float]) -> bool:
    """At most three digits, where a clock of nanoseconds shows four and more."""
    digits = (len(f"{each:.12e}".split("e")[0].rstrip("0").replace(".", "")) for each in row)
    return statistics.median(digits) <= 3


def _evenly_spaced(row: list[float]) -> bool:
    steps = [b - a for a, b in itertools.pairwise(sorted(row))]
    return len(steps) > 2 and max(steps) - min(steps) <= 0.02 * max(map(abs, steps))


def copied(a: list[float], b: list[float]) -> bool:
    """Whether two rows are the same numbers up to a factor, or nearly the same in their order.

    The latter by their ranks: honest rows can have slow or fast samples at the same places, but not
    the same order among all the others.
    """
    if len(set(a) & set(b)) > len(a) / 2:
        return True
    if len(a) != len(b) or len(a) < FEWEST or _mostly_equal(a) or _mostly_equal(b):
        return False
    logs = [[math.log(each) for each in row] for row in (a, b)]
    apart = [x - y for x, y in zip(*map(sorted, logs), strict=True)]
    scaled = statistics.pstdev(apart) < 1e-3 * statistics.pstdev(logs[0])
    in_order = a == sorted(a) and b == sorted(b)
    return scaled or not in_order and statistics.correlation(_ranks(a), _ranks(b)) > 0.97


def _ranks(row: list[float]) -> list[int]:
    first: dict[float, int] = {}
    for rank, each in enumerate(sorted(row)):
        first.setdefault(each, rank)
    return [first[each] for each in row]
