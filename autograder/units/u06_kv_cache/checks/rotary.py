"""Checks of rotary."""

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.expect_modules import expect_other_device
from autograder.grading.student_protocol import Student
from autograder.units.shared.gradients import expect_gradients
from autograder.units.shared.inputs import as_split, large, many

HEADS = "B H L d_head"
FIVE_AXES = f"N {HEADS}"
# Speeds reach 1 radian per position: in float32, position 30 leaves an angle about 1e-5 of doubt.
FLOAT32_ANGLES = 1e-4
# Beyond any table. In float64, an angle there is in doubt by about 1e-9.
FAR = 1_000_000
FAR_ANGLES = 1e-6


def _rotary_sizes(draw: Draw) -> tuple[int, int, int, int]:
    """(B, H, L, d_head), pairwise different, with an even d_head."""
    b, h, length = draw.sizes("B", "H", "L")
    even = [width for width in (4, 6, 8, 10, 12) if width not in (b, h, length)]
    return b, h, length, even[draw.integer(0, min(1 + draw.level, len(even) - 1))]


def _compare_rotary(
    student: Student,
    reference: Student,
    x: torch.Tensor,
    positions: torch.Tensor,
    *base: float,
    tolerance: float | None = None,
    told: str = "",
) -> None:
    want = reference.rotary(x, positions, *base)
    got = student.rotary(x, positions, *base)
    axes = " ".join(FIVE_AXES.split()[-x.dim() :])
    expect.close(got, want, f"the turned vectors{told}", axes, tolerance)


@check(
    "rotary",
    "turns pairs (i, i + d_head / 2), each at its own speed",
    "Take d_head = 4 at position 1. Which two numbers turn by 1 radian, and which by 0.01?",
    weight=2,
)
def equals_the_reference(student: Student, reference: Student, draw: Draw) -> None:
    for dtype, tolerance in ((torch.float64, None), (torch.float32, FLOAT32_ANGLES)):
        b, h, length, d_head = _rotary_sizes(draw)
        x = as_split(draw.normal(b, h, length, d_head, dtype=dtype))
        _compare_rotary(student, reference, x, torch.arange(length), tolerance=tolerance)
    with torch.no_grad():
        for (length, pairs), told in large(draw, "L", "pairs"):
            x = draw.normal(2, length, 2 * pairs, dtype=torch.float64)
            _compare_rotary(student, reference, x, torch.arange(length), told=told)


@check(
    "rotary",
    "takes positions as they are given, wherever they start",
    "Where does your code use `positions`? The sixth token of a text has position 5.",
    weight=2,
)
def takes_the_given_positions(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = _rotary_sizes(draw)
    x = draw.normal(b, h, length, d_head, dtype=torch.float64)
    start = draw.integer(3, 9)
    _compare_rotary(student, reference, x, torch.arange(start, start + length))
    _compare_rotary(student, reference, x, torch.arange(length).flip(0) * 7 + start)
    far = torch.arange(FAR + start, FAR + start + length)
    _compare_rotary(student, reference, x, far, tolerance=FAR_ANGLES)
    _compare_rotary(student, reference, x[:1, :1, :1], far[-1:], tolerance=FAR_ANGLES)


@check(
    "rotary",
    "uses the base that is given",
    "How fast does the slowest pair turn with base 100, and how fast with 10000?",
)
def uses_the_base(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = _rotary_sizes(draw)
    x = draw.normal(b, h, length, d_head, dtype=torch.float64)
    for base in (100.0, 500000.0):
        _compare_rotary(student, reference, x, torch.arange(2, length + 2), base)


@check(
    "rotary",
    "takes any number of leading axes",
    "From which end do you count the axes of x?",
)
def takes_leading_axes(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = _rotary_sizes(draw)
    positions = torch.arange(1, length + 1)
    for leading in ((), (many(draw, h, 65),), (2, many(draw, b, 65)), (2, h, b)):
        x = draw.normal(*leading, length, d_head, dtype=torch.float64)
        _compare_rotary(student, reference, x, positions)


@check(
    "rotary",
    "half precision: far positions keep their angles, and the dtype stays",
    "Which whole numbers can bfloat16 not hold? In which dtype are your angles?",
)
def far_positions_in_half_precision(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = _rotary_sizes(draw)
    for dtype, start in ((torch.bfloat16, 257), (torch.float16, 2049)):
        x = draw.normal(b, h, length, d_head, dtype=dtype)
        far = start + 2 * draw.integer(0, 40)
        _compare_rotary(student, reference, x, torch.arange(far, far + length))


@check(
    "rotary",
    "refuses an odd d_head",
    "Five numbers make two pairs. What happens to the fifth?",
)
def refuses_an_odd_width(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = _rotary_sizes(draw)
    student.expect_error(
        lambda: student.rotary(draw.normal(b, h, length, d_head + 1), torch.arange(length)),
        ("ValueError", "AssertionError"),
        f"rotary with d_head={d_head + 1} should raise a ValueError: numbers turn in pairs.",
        "no_error_when_odd",
    )
    accepted = student.rotary(draw.normal(b, h, length, d_head), torch.arange(length))
    expect.true(accepted is not None, f"rotary with d_head={d_head} should give something.")


@check(
    "rotary",
    "sends the gradient back, leaves x as it is, and stays on its device",
    "Which of your lines writes into x, and which makes a tensor without x's device?",
)
def rotary_gradient_and_device(student: Student, reference: Student, draw: Draw) -> None:
    b, h, length, d_head = _rotary_sizes(draw)
    x = draw.normal(b, h, length, d_head, dtype=torch.float64).requires_grad_()
    positions = torch.arange(1, length + 1)
    direction = draw.normal(*x.shape, dtype=torch.float64)
    output = student.rotary(x, positions)
    student.expect_inputs_unchanged("the tensor x", "the tensor positions")
    output = expect.tensor(output, "the turned vectors", HEADS, x.shape)
    want = reference.rotary(x, positions)
    expect_gradients(student, output, want, direction, {"x": (x, HEADS)}, HEADS)
    expect_other_device(student.rotary, x.detach(), positions)
