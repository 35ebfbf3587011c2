"""Cases of an experiment: their sizes, what theory says of them, what a message calls them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograder import course
from autograder.grading import expect
from autograder.grading.student_protocol import Student

Case = dict[str, Any]  # its name, its sizes, and what else it says of itself
Row = dict[str, Any]  # a case, its samples, their summary and its counts
SIZES = ("num_heads", "num_kv_heads", "d_head", "q_len", "k_len", "batch")
_COUNTED = ("flops", "kv_bytes", "intensity")


def cases_asked() -> list[Case]:
    """The cases of the unit, in their order."""
    return course.reference_namespace("08_efficiency")["CASES"]


def theory(reference: Student, case: Case, size: int = 4) -> dict[str, Any]:
    """``flops``, ``kv_bytes`` and ``intensity`` of a case, with ``size`` bytes a value."""
    h, h_kv, d_head, l_q, l_k, b = (case[name] for name in SIZES)
    cost = reference.attention_cost(h * d_head, h, h_kv, d_head, l_q, l_k, b, size)
    flops, kv_bytes = cost["attention_flops"], cost["kv_bytes"]
    return {"flops": flops, "kv_bytes": kv_bytes, "intensity": flops / kv_bytes}


def described(case: Case, size: int = 4) -> str:
    """The sizes of a case, for a message."""
    h, h_kv, d_head, l_q, l_k, b = (case[name] for name in SIZES)
    return f"H={h}, H_kv={h_kv}, d_head={d_head}, L_q={l_q}, L_k={l_k}, B={b}, {size} bytes a value"


def entry(row: Row, name: str, where: str) -> Any:
    """Demand an entry of a row or another dictionary, which a message calls ``where``."""
    expect.part(name in row, f"There is no `{name}` in {where}.")
    return row[name]


def expect_counts(reference: Student, counted: Sequence[tuple[Row, Case, int]]) -> None:
    """Demand the exact columns of (row, case, bytes of a value): first all go on record."""
    for row, case, size in counted:
        for name in _COUNTED:
            given = entry(row, name, f"the row for {described(case, size)}")
            value = expect.plain_number(given)
            expect.seen(given if value is None else float(f"{value:.6g}"))
    for row, case, size in counted:
        want, told = theory(reference, case, size), described(case, size)
        for name in ("flops", "kv_bytes"):
            expect.integer(row[name], want[name], f"`{name}` for {told}")
        expect.number(row["intensity"], want["intensity"], f"`intensity` for {told}")
