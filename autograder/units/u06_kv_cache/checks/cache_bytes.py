"""Checks of kv_cache_bytes."""

from autograder.grading import expect
from autograder.grading.call import called
from autograder.grading.checks import check
from autograder.grading.draw import FULL, Draw
from autograder.grading.student_protocol import Student


@check(
    "kv_cache_bytes",
    "counts keys and values of all layers, heads, tokens and sequences",
    "Take one stored number. How many choices of layer, sequence, head and so on are there?",
    weight=2,
)
def counts_everything(student: Student, reference: Student, draw: Draw) -> None:
    for _ in range(3):
        _compare_bytes(student, reference, *_sizes(draw))
    batch = 1501 + 2 * draw.integer(0, 9)  # more than a float holds, in 64 bits
    _compare_bytes(student, reference, 127, 63, 255, 1048573, batch, 3)


@check(
    "kv_cache_bytes",
    "one sequence in 16 bits, unless told otherwise",
    "Which values do batch and bytes_per_value have when nobody gives them?",
)
def has_defaults(student: Student, reference: Student, draw: Draw) -> None:
    _compare_bytes(student, reference, *_sizes(draw)[:4])
    _compare_bytes(student, reference, 80, 8, 128, 1)
    _compare_bytes(student, reference, 80, 8, 128, 131072)


def _sizes(draw: Draw) -> tuple[int, ...]:
    """Layers, KV heads, d_head, tokens, batch and bytes of a value.

    Heads are three or five: with two, heads forgotten would look like keys without values.
    """
    if draw.level < FULL:
        return 5, 3, 7, 9, 6, 4
    layers, heads = 2 * draw.integer(5, 9) + 1, 2 * draw.integer(1, 2) + 1
    return layers, heads, draw.integer(19, 23), draw.integer(30, 40), draw.integer(5, 7), 4


def _compare_bytes(student: Student, reference: Student, *numbers: int) -> None:
    want = reference.kv_cache_bytes(*numbers)
    call = called("kv_cache_bytes", *numbers)
    expect.integer(student.kv_cache_bytes(*numbers), want, call)
