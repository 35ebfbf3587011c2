"""Checks of kv_cache_bytes."""

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student


@check(
    "kv_cache_bytes",
    "counts keys and values of all layers, heads, tokens and sequences",
    "Take one stored number. How many choices of layer, sequence, head and so on are there?",
    weight=2,
)
def counts_everything(student: Student, reference: Student, draw: Draw) -> None:
    for _ in range(3):
        layers, heads, d_head = 2 * draw.integer(5, 9) + 1, _kv_heads(draw), draw.integer(19, 23)
        tokens, batch, size = draw.integer(30, 40), draw.integer(5, 7), 4
        _compare_bytes(student, reference, layers, heads, d_head, tokens, batch, size)
    batch = 1501 + 2 * draw.integer(0, 9)  # more than a float holds, in 64 bits
    _compare_bytes(student, reference, 127, 63, 255, 1048573, batch, 3)


@check(
    "kv_cache_bytes",
    "one sequence in 16 bits, unless told otherwise",
    "Which values do batch and bytes_per_value have when nobody gives them?",
)
def has_defaults(student: Student, reference: Student, draw: Draw) -> None:
    layers, heads, d_head = draw.integer(11, 19), _kv_heads(draw), draw.integer(21, 29)
    _compare_bytes(student, reference, layers, heads, d_head, draw.integer(30, 40))
    _compare_bytes(student, reference, 80, 8, 128, 1)
    _compare_bytes(student, reference, 80, 8, 128, 131072)


def _kv_heads(draw: Draw) -> int:
    """Three or five: with two, heads forgotten would look like keys without values."""
    return 2 * draw.integer(1, 2) + 1


def _compare_bytes(student: Student, reference: Student, *numbers: int) -> None:
    want = reference.kv_cache_bytes(*numbers)
    text = ", ".join(map(str, numbers))
    expect.integer(student.kv_cache_bytes(*numbers), want, f"kv_cache_bytes({text})")
