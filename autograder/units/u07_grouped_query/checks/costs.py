"""Checks of attention_cost."""

from collections.abc import Iterable, Iterator

from autograder.grading import expect
from autograder.grading.call import called
from autograder.grading.checks import check
from autograder.grading.draw import FULL, Draw
from autograder.grading.student_protocol import Student

# With two KV heads, or two query heads on each, a factor of 2 that is lost looks like these.
_HEADS = ((12, 3), (15, 5), (20, 5))
_COSTS = ("parameters", "projection_flops", "attention_flops", "kv_bytes")


def _compare_costs(
    student: Student, reference: Student, names: Iterable[str], *numbers: int
) -> None:
    want = reference.attention_cost(*numbers)
    got = student.attention_cost(*numbers)
    call = called("attention_cost", *numbers)
    what = expect.kind_of(got)
    expect.dictionary(got, f"{call} should be a dictionary; it is of type {what}.")
    keys = f"{call} should have the keys {', '.join(_COSTS)} and no others."
    expect.part(set(got) >= set(_COSTS), keys)
    expect.true(set(got) == set(_COSTS), keys)
    for name in names:
        expect.integer(got[name], want[name], f"{name} of {call}")


def _cost_sizes(draw: Draw) -> tuple[int, int, int, int]:
    """(d_model, H, H_kv, d_head)."""
    if draw.level < FULL:
        return 7, 12, 3, 4
    h, h_kv = _HEADS[draw.integer(0, len(_HEADS) - 1)]
    d_model, d_head = draw.integer(50, 60), draw.integer(11, 17)
    return d_model, h, h_kv, d_head


def _lengths(draw: Draw) -> Iterator[tuple[int, int, int, int]]:
    """(L_q, L_k, B, bytes of a value), of a decode step and of a longer one."""
    if draw.level < FULL:
        yield from ((1, 5, 2, 4), (3, 5, 2, 4))
        return
    for q_len in (1, draw.integer(18, 25)):
        yield q_len, draw.integer(30, 40), draw.integer(3, 5), draw.integer(3, 4)


def _register_costs(name: str, says: str, asks: str) -> None:
    def counted(student: Student, reference: Student, draw: Draw) -> None:
        for lengths in _lengths(draw):
            _compare_costs(student, reference, [name], *_cost_sizes(draw), *lengths)

    counted.__name__ = f"counts_{name}"
    check("attention_cost", says, asks)(counted)


_register_costs(
    "parameters",
    "counts the weights of the four projections",
    "Two of the four matrices know the number of KV heads. Which?",
)
_register_costs(
    "projection_flops",
    "counts the FLOPs of the projections, for the new tokens only",
    "Which tokens pass the projections in a decode step?",
)
_register_costs(
    "attention_flops",
    "counts the FLOPs of scores and weighted sum, over all pairs and query heads",
    "Two query heads share a KV head. Do they share a row of scores?",
)
_register_costs(
    "kv_bytes",
    "counts the bytes of keys and values of all positions",
    "What does one KV head hold for one position, of how many sequences?",
)


@check(
    "attention_cost",
    "one sequence in 16 bits, unless told otherwise; the shape of a real model",
    "Which values do batch and bytes_per_value have when nobody gives them?",
)
def costs_of_real_models(student: Student, reference: Student, draw: Draw) -> None:
    length = draw.integer(1001, 4000) if draw.level == FULL else 9
    _compare_costs(student, reference, _COSTS, *_cost_sizes(draw), 1, length)
    _compare_costs(student, reference, _COSTS, 4096, 32, 8, 128, length, length)


@check(
    "attention_cost",
    "gives whole numbers, exactly",
    "Which of your operators makes a float out of whole numbers?",
    weight=2,
)
def costs_are_exact(student: Student, reference: Student, draw: Draw) -> None:
    sizes = _cost_sizes(draw)
    _compare_costs(student, reference, _COSTS, *sizes, 7, 131, 3, 4)
    _compare_costs(student, reference, _COSTS, 8191, 64, 8, 127, 65537, 1048573, 3, 2)
    # Beyond what a float holds, in 64 bits.
    _compare_costs(student, reference, _COSTS, 8191, 63, 7, 127, 251, 1048573, 1048573, 13)
