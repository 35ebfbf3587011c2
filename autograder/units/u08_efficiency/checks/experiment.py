"""Checks of run_experiment, with a stand-in for attention."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student
from autograder.units.shared import samples

from .cases import SIZES, Case, Row, described, entry, expect_counts
from .clock import PAUSES, SUMMARY, expect_summary, samples_of


class _Attend:
    """Stands for an attention function: notes what it is called with, and takes a while.

    Attributes:
        calls: of each call its query, key and value.
        clock: when they began and ended.
    """

    def __init__(self, pauses: Iterable[float]) -> None:
        self.calls: list[tuple[_Given, _Given, _Given]] = []
        self.clock = samples.Timed(pauses)

    def __call__(self, q: Any, k: Any, v: Any) -> torch.Tensor | None:
        self.calls.append((_Given.of(q), _Given.of(k), _Given.of(v)))
        self.clock()
        return q if isinstance(q, torch.Tensor) else None


@dataclass(frozen=True)
class _Given:
    """What is kept of an argument: any number of calls may come, each with as much as fits.

    Attributes:
        told: how a message calls it.
        shape: its sizes; None if it is no tensor.
        digest: of its numbers, which tell one draw from another.
        varied: whether these are not all the same.
    """

    told: str
    shape: tuple[int, ...] | None
    digest: bytes
    varied: bool

    @classmethod
    def of(cls, value: object) -> Self:
        """What is kept of this one."""
        shape = tuple(value.shape) if isinstance(value, torch.Tensor) else None
        numbers = _numbers(value)
        varied = bool((numbers != numbers[:1]).any())
        return cls(_shape_and_dtype(value), shape, _digest(numbers), varied)


def _shape_and_dtype(value: object) -> str:
    if not isinstance(value, torch.Tensor):
        return f"of type {expect.kind_of(value)}"
    return f"{tuple(value.shape)} in {str(value.dtype).removeprefix('torch.')}"


def _cases(draw: Draw, count: int) -> list[Case]:
    """Cases with pairwise different sizes, and a batch that is not the group size."""
    names = ("H", "H_kv", "d_head", "L_q", "L_k", "B")
    cases = []
    for i in range(count):
        sizes = draw.sizes(*names)
        while sizes[0] // sizes[1] == sizes[-1]:
            sizes = draw.sizes(*names)
        named = dict(zip(SIZES, sizes, strict=True))
        cases.append({"name": f"case {i}", "note": draw.integer(1, 99), **named})
    return cases


def _query_shape(case: Case) -> tuple[int, ...]:
    return tuple(case[name] for name in ("batch", "num_heads", "q_len", "d_head"))


def _experiment(
    student: Student,
    cases: list[Case],
    *dtype: torch.dtype,
    pauses: Sequence[float] = (0, 0, 0, 0.001),
) -> tuple[list[Row], _Attend]:
    """Rows of the learner's experiment and the stand-in for attention that it called."""
    attend = _Attend(pauses)
    rows = student.run_experiment(attend, cases, *dtype)
    expect.true(
        isinstance(rows, list) and len(rows) == len(cases) and all(type(r) is dict for r in rows),
        f"There should be a list of {len(cases)} dictionaries, one for each case; this is of type "
        f"{expect.kind_of(rows)}"
        + (f" with {len(rows)} entries." if isinstance(rows, list) else "."),
    )
    return rows, attend


@check(
    "run_experiment",
    "measures `attend` on queries, keys and values of the case's sizes and dtype",
    "How many heads do your keys have? And which dtype?",
    weight=3,
)
def measures_the_case(student: Student, reference: Student, draw: Draw) -> None:
    for case, dtype in zip(_cases(draw, 2), (torch.float32, torch.bfloat16), strict=True):
        _, attend = _experiment(student, [case], *([] if dtype == torch.float32 else [dtype]))
        calls = attend.calls
        expect.true(bool(calls), "`attend` was never called.")
        h, h_kv, d_head, l_q, l_k, b = (case[name] for name in SIZES)
        for given in {tuple(each.told for each in call): call for call in calls}.values():
            for name, tensor, heads, length in zip(
                "qkv", given, (h, h_kv, h_kv), (l_q, l_k, l_k), strict=True
            ):
                got = tensor.told
                want = _shape_and_dtype(torch.empty(b, heads, length, d_head, dtype=dtype))
                expect.seen(got)
                expect.true(
                    got == want,
                    f"For {described(case, dtype.itemsize)}, {name} should be "
                    f"{want}; `attend` gets {got}.",
                )
                expect.true(
                    tensor.varied,
                    f"The inputs should be random; the numbers of {name} are all equal.",
                )


@check(
    "run_experiment",
    "each sample is the seconds of one call of `attend` on the tensors of its case",
    "Which lines run each time the timed function is called? Which have to run once?",
    weight=2,
)
def times_attend_alone(student: Student, reference: Student, draw: Draw) -> None:
    cases = _cases(draw, 2)
    while _query_shape(cases[0]) == _query_shape(cases[1]):
        cases = _cases(draw, 2)
    rows, attend = _experiment(student, cases, pauses=PAUSES)
    shapes = [q.shape for q, _, _ in attend.calls]
    one_for_all = len(set(shapes)) == 1
    limits = attend.clock.limits()
    for row, case in zip(rows, cases, strict=True):
        kept_samples = samples_of(row, "the row")
        calls = [i for i, shape in enumerate(shapes) if shape == _query_shape(case)]
        expect.seen(len(kept_samples) - len(calls))
        expect.seen(kept_samples == sorted(kept_samples))
        expect.true(
            len(kept_samples) >= 2 and len(calls) > len(kept_samples),
            f"For {described(case)}, `attend` was called {len(calls)} times with queries of that "
            f"size, and {len(kept_samples)} samples were kept; there should be a few calls to warm "
            "up and then one for each sample.",
            "one_case_for_all" if one_for_all else None,
        )
        for place, name in enumerate("qkv"):
            given = {attend.calls[i][place].digest for i in calls}
            expect.true(
                len(given) < len(calls),
                f"Each call of `attend` gets a {name} of its own: is drawing it timed as well?",
                "inputs_inside_the_clock",
            )
        unit = samples.unit(kept_samples, [limits[i] for i in calls[-len(kept_samples) :]])
        expect.seen(unit)
        told = f"They are in {unit}." if unit else "They are not."
        expect.true(
            unit == "seconds",
            f"For {described(case)}, `samples` should be the seconds of the calls of `attend`, in "
            f"order. {told}",
        )


def _numbers(value: object) -> torch.Tensor:
    """The numbers of a tensor, each as a row of bytes; no rows where it has no data."""
    if not isinstance(value, torch.Tensor) or value.layout != torch.strided or value.is_meta:
        return torch.empty(0, 1, dtype=torch.uint8)
    return value.detach().reshape(-1, 1).contiguous().view(torch.uint8)


def _digest(numbers: torch.Tensor) -> bytes:
    return hashlib.blake2b(numbers.numpy().tobytes(), digest_size=16).digest()


@check(
    "run_experiment",
    "counts FLOPs, bytes and intensity of each case",
    "Which of H and H_kv do the scores know, and which the bytes? How many bytes has a value?",
    weight=4,
)
def counts_each_case(student: Student, reference: Student, draw: Draw) -> None:
    cases = _cases(draw, 3)
    counted: list[tuple[Row, Case, int]] = []
    for dtype in (torch.float16, torch.float32, torch.float64):
        rows, _ = _experiment(student, cases, dtype)
        # In front: a message shows the last call.
        counted = [(*pair, dtype.itemsize) for pair in zip(rows, cases, strict=True)] + counted
    expect_counts(reference, counted)


@check(
    "run_experiment",
    "keeps the entries of the case, all samples, and their median and quartiles",
    "Which entries has a row that you did not measure? Are the samples those that `measure` gave?",
    weight=3,
)
def keeps_case_and_samples(student: Student, reference: Student, draw: Draw) -> None:
    cases = _cases(draw, 2)
    rows, _ = _experiment(student, cases, pauses=PAUSES)
    for row, case in zip(rows, cases, strict=True):
        lost = [name for name, value in case.items() if row.get(name) != value]
        expect.seen(" ".join(lost))
        expect.true(
            not lost, f"The row should keep the entries of its case; lost: {', '.join(lost)}."
        )
        kept_samples = samples_of(row, "the row")
        count = len(kept_samples)
        in_order = kept_samples == sorted(kept_samples)
        expect.seen((count > 20) - (count < 20))
        expect.seen(count > 2 and in_order)
        expect.true(
            count == 20,
            f"`measure` keeps 20 samples unless told otherwise; there are {count} in the row.",
        )
        expect.true(not in_order, "The samples should stand in the order of the calls.")
        summary = [entry(row, name, "the row") for name in SUMMARY]
        expect_summary([(summary, kept_samples)], "of a row")
