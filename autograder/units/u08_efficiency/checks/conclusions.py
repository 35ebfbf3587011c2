"""Checks of my_conclusions, against theory and the learner's own rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student
from autograder.units.shared import samples

from .cases import Case, Row, cases_asked, entry, theory
from .clock import SUMMARY, demand_number, samples_of
from .results import own_table

_NAMES = ("long", "short", "prefill")


def _conclusions(student: Student, *keys: str) -> dict[str, Any]:
    """The learner's conclusions, if these keys are among them."""
    conclusions = student.my_conclusions()
    expect.true(
        isinstance(conclusions, dict),
        f"There should be a dictionary; this is of type {expect.kind_of(conclusions)}.",
    )
    for key in keys:
        entry(conclusions, key, "the dictionary")
    return conclusions


def _ratios(kv_bytes: Sequence[float], many: Row, two: Row, one: Row) -> dict[str, float]:
    """What a stated speed-up can be, by name, from rows with 8, 2 and 1 KV heads."""
    ratio = many["median"] / one["median"]
    of_many, of_one = (samples.numbers(row["samples"]) or [] for row in (many, one))
    return {
        "right": ratio,
        "predicted": kv_bytes[0] / kv_bytes[1],
        "inverted": 1 / ratio,
        "percent": (ratio - 1) * 100,
        "difference": many["median"] - one["median"],
        "two heads": many["median"] / two["median"],
        "minima": min(of_many) / min(of_one),
        "means": sum(of_many) / len(of_many) / (sum(of_one) / len(of_one)),
        "mean of ratios": sum(a / b for a, b in zip(of_many, of_one, strict=False)) / len(of_many),
    }


@check(
    "my_conclusions",
    "says what theory says of bytes and FLOPs",
    "What shrinks with the KV heads, and what does not?",
    weight=2,
)
def concludes_the_counts(student: Student, reference: Student, draw: Draw) -> None:
    columns = {"bytes_ratio": "kv_bytes", "flops_ratio": "flops"}
    conclusions = _conclusions(student, *columns)
    many, one = _ends("long")
    for key in columns:
        value = expect.plain_number(conclusions[key])
        expect.seen(None if value is None else float(f"{value:.2g}"))
    for key, column in columns.items():
        want = theory(reference, many)[column] / theory(reference, one)[column]
        expect.number(conclusions[key], want, f"`{key}`", 0.02)


def _named(name: str) -> list[Case]:
    """The cases of that name: 8, 2 and 1 KV heads."""
    return [case for case in cases_asked() if case["name"] == name]


def _ends(name: str) -> tuple[Case, Case]:
    """The cases of that name with the most and the fewest KV heads."""
    many, _, one = _named(name)
    return many, one


@check(
    "my_conclusions",
    "says what bounds MHA, by its intensity",
    "How many FLOPs for each byte does that step do with 8 KV heads: fewer than 3, or more?",
    weight=2,
)
def concludes_the_bound(student: Student, reference: Student, draw: Draw) -> None:
    bound = _conclusions(student, "bound")["bound"]
    expect.true(isinstance(bound, dict), "`bound` should be a dictionary from name to text.")
    for name in _NAMES:
        held = entry(bound, name, "`bound`")
        expect.true(
            held in ("memory", "compute"),
            f"`bound` should hold 'memory' or 'compute' for {name!r}; it holds "
            f"{expect.told(held)}.",
        )
        expect.seen(held)
    for name in _NAMES:
        want = "memory" if theory(reference, _ends(name)[0])["intensity"] < 3 else "compute"
        expect.true(
            bound[name] == want,
            f"In {name!r}, {bound[name]} is not what decides.",
        )


def _own_rows(student: Student) -> dict[tuple[str, int], Row]:
    """The learner's rows by (name, KV heads), with samples and their summary above 0."""
    rows, _ = own_table(student)
    for number, row in enumerate(rows, 1):
        where = f"row {number} of my_results"
        for name in SUMMARY:
            value = expect.plain_number(entry(row, name, where)) or 0
            expect.true(value > 0, f"`{name}` in {where} should be a number above 0.")
        samples_of(row, where)
    return {(row["name"], row["num_kv_heads"]): row for row in rows}


@check(
    "my_conclusions",
    "the speed-ups are those of your own table",
    "Divide the medians of your two rows. Which one goes on top?",
    weight=3,
)
def concludes_the_speedups(student: Student, reference: Student, draw: Draw) -> None:
    keys = [f"{name}_speedup" for name in _NAMES]
    rows = _own_rows(student)
    conclusions = _conclusions(student, *keys)
    for name, key in zip(_NAMES, keys, strict=True):
        cases = _named(name)
        many, two, one = (rows[name, case["num_kv_heads"]] for case in cases)
        value = demand_number(conclusions[key], f"`{key}`")
        kv_bytes = [theory(reference, case)["kv_bytes"] for case in _ends(name)]
        known = _ratios(kv_bytes, many, two, one)
        away = {which: abs(value / ratio - 1) for which, ratio in known.items() if ratio}
        nearest = min(away, key=lambda which: away[which])
        is_right = away["right"] <= 0.02
        expect.seen("right" if is_right else nearest if away[nearest] <= 0.02 else "other")
        expect.true(
            is_right,
            f"`{key}` should be the median with 8 KV heads over that with 1, {known['right']:.3g} "
            f"in your table; it is {value:.3g}.",
        )


@check(
    "my_conclusions",
    "names the differences that are larger than the spread of your own table",
    "Do the ranges from low to high of the two rows overlap?",
    weight=3,
)
def concludes_what_is_told_apart(student: Student, reference: Student, draw: Draw) -> None:
    rows = _own_rows(student)
    given = _conclusions(student, "told_apart")["told_apart"]
    expect.true(
        isinstance(given, (list, tuple)),
        f"`told_apart` should be a list of names; it is of type {expect.kind_of(given)}.",
    )
    named = {expect.as_text(name) for name in given}
    unknown = sorted(named - set(_NAMES))
    odd = ", ".join(map(expect.told, unknown[:3]))
    expect.true(not unknown, f"`told_apart` should hold names of {_NAMES}; it holds {odd}.")
    told = []
    for name in _NAMES:
        many, one = (rows[name, case["num_kv_heads"]] for case in _ends(name))
        apart = many["low"] > one["high"] or one["low"] > many["high"]
        if apart != (name in named):
            ranges = [f"{row['low']:.3g} to {row['high']:.3g} s" for row in (many, one)]
            told.append(f"{name}: {ranges[0]} with 8 KV heads, {ranges[1]} with 1")
    some = "inverted" if len(told) == len(_NAMES) else "some"
    what = {0: "none", len(_NAMES): "all"}.get(len(named), some)
    expect.seen("right" if not told else what)
    expect.true(not told, f"`told_apart` does not fit your table; {'; '.join(told)}.")
