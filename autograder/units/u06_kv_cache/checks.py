"""Checks of unit 06: rotary positions, the cache, attention that continues, the bytes it costs."""

from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.expect_modules import expect_other_device
from autograder.grading.student import StudentProblem
from autograder.grading.student_protocol import Student
from autograder.units.shared import cached_module

HEADS = "B H L d_head"
STORED = "B H_kv length d_head"
_ROOM_LEFT = "Token {0} of {0} should still fit; append raises a ValueError."
# Speeds reach 1 radian per position: in float32, position 30 leaves an angle about 1e-5 of doubt.
FLOAT32_ANGLES = 1e-4


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
) -> None:
    want = reference.rotary(x, positions, *base)
    got = student.rotary(x, positions, *base)
    axes = " ".join(HEADS.split()[-x.dim() :])
    expect.close(got, want, "the turned vectors", axes, tolerance)


@check(
    "rotary",
    "turns pairs (i, i + d_head / 2), each at its own speed",
    "Take d_head = 4 at position 1. Which two numbers turn by 1 radian, and which by 0.01?",
    weight=2,
)
def equals_the_reference(student: Student, reference: Student, draw: Draw) -> None:
    for dtype, tolerance in ((torch.float64, None), (torch.float32, FLOAT32_ANGLES)):
        b, h, length, d_head = _rotary_sizes(draw)
        x = draw.normal(b, h, length, d_head, dtype=dtype)
        _compare_rotary(student, reference, x, torch.arange(length), tolerance=tolerance)


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
    for leading in ((), (h,), (h, b)):
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
    x = draw.normal(b, h, length, d_head, dtype=torch.float64)
    _compare_rotary(student, reference, x, torch.arange(length))


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
    (want,) = torch.autograd.grad(reference.rotary(x, positions), x, direction)
    output = student.rotary(x, positions)
    student.expect_inputs_unchanged("the tensor x", "the tensor positions")
    output = expect.tensor(output, "the turned vectors", HEADS, x.shape)
    (got,) = student.gradients(output, [x], direction)
    expect.close(got, want, "the gradient of x", HEADS)
    expect_other_device(student.rotary, x.detach(), positions)


def _cache_sizes(draw: Draw) -> tuple[int, int, int, int]:
    """(B, H_kv, max_len, d_head)."""
    b, h_kv, length, d_head = draw.sizes("B", "H_kv", "L", "d_head")
    return b, h_kv, length + 3, d_head


def _new(
    draw: Draw, b: int, h_kv: int, length: int, d_head: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Keys and values of ``length`` tokens, each ``(b, h_kv, length, d_head)``."""
    return draw.normal(b, h_kv, length, d_head), draw.normal(b, h_kv, length, d_head)


def _append_and_compare(cache: Any, twin: Any, k: torch.Tensor, v: torch.Tensor) -> None:
    """Append to the learner's cache and to the reference's; demand the same of both."""
    want = twin.append(k, v)
    got = cache.append(k, v)
    expect.true(
        isinstance(got, tuple | list) and len(got) == 2,
        "append should return two tensors, (keys, values).",
    )
    for stored, right, name in zip(got, want, ("keys", "values"), strict=True):
        expect.close(stored, right, f"the {name} after {twin.length} tokens", STORED)
    expect.integer(cache.length, twin.length, f"length after {twin.length} tokens")


@check(
    "KVCache",
    "returns all keys and values so far, in order",
    "Where in your memory do the new tokens go, and which part of it do you return?",
    weight=2,
)
def returns_what_was_stored(student: Student, reference: Student, draw: Draw) -> None:
    b, h_kv, max_len, d_head = _cache_sizes(draw)
    cache, twin = (of.KVCache(b, h_kv, max_len, d_head) for of in (student, reference))
    _length(cache)
    expect.integer(cache.length, 0, "length of a new cache")
    for new in (2, 1, max_len - 3):
        _append_and_compare(cache, twin, *_new(draw, b, h_kv, new, d_head))


@check(
    "KVCache",
    "can be filled to the last position, token by token",
    "How many positions are left when max_len - 1 are stored?",
)
def fills_to_the_last_position(student: Student, reference: Student, draw: Draw) -> None:
    b, h_kv, max_len, d_head = _cache_sizes(draw)
    cache, twin = (of.KVCache(b, h_kv, max_len, d_head) for of in (student, reference))
    for stored in range(max_len):
        try:
            _append_and_compare(cache, twin, *_new(draw, b, h_kv, 1, d_head))
        except StudentProblem as problem:
            refused = stored == max_len - 1 and problem.details.get("type") == "ValueError"
            expect.true(not refused, _ROOM_LEFT.format(max_len), "room_off_by_one")
            raise
        for _ in range(2):
            expect.integer(cache.length, twin.length, "length, read again")


def _length(cache: Any) -> Any:
    """What ``length`` says, twice."""
    first, again = cache.length, cache.length
    expect.seen(first)
    expect.true(
        first == again,
        f"length, read twice, should be the same number; it is {first} and then {again}.",
        "cache_advanced_on_read",
    )
    return first


def _expect_refused(
    cache: Any,
    k: torch.Tensor,
    v: torch.Tensor,
    length: int,
    message: str,
    misconception: str | None = None,
) -> None:
    """Demand a ValueError, and that the cache holds ``length`` positions as before."""
    try:
        got = cache.append(k, v)
    except StudentProblem as problem:
        if problem.kind != "error":
            raise
        refused = problem.details.get("type") in ("ValueError", "AssertionError")
    else:
        refused = False
        for value in got if isinstance(got, tuple | list) else [got]:
            expect.seen(value)
    stored = _length(cache)
    expect.true(refused, message, misconception)
    expect.true(
        stored == length,
        f"An append that is refused should leave length at {length}; it is {stored}.",
        "written_before_checked",
    )


@check(
    "KVCache",
    "refuses what does not fit, and is as it was",
    "One row assigned to a slice of no rows: does Python complain? What holds the cache then?",
    weight=2,
)
def refuses_overflow(student: Student, reference: Student, draw: Draw) -> None:
    b, h_kv, max_len, d_head = _cache_sizes(draw)
    cache, twin = (of.KVCache(b, h_kv, max_len, d_head) for of in (student, reference))
    _append_and_compare(cache, twin, *_new(draw, b, h_kv, max_len - 1, d_head))
    for room in (1, 0):
        for too_many in (room + 1, room + 2):
            k, v = _new(draw, b, h_kv, too_many, d_head)
            _expect_refused(
                cache,
                k,
                v,
                max_len - room,
                f"There is room for {room} more; append of {too_many} should raise a ValueError.",
            )
        if room:
            _append_and_compare(cache, twin, *_new(draw, b, h_kv, 1, d_head))


@check(
    "KVCache",
    "refuses another batch, other heads and another width, and is as it was",
    "Into which shapes does a tensor with an axis of 1 broadcast, without a word?",
    weight=2,
)
def refuses_other_shapes(student: Student, reference: Student, draw: Draw) -> None:
    b, h_kv, max_len, d_head = _cache_sizes(draw)
    b += 1
    cache, twin = (of.KVCache(b, h_kv, max_len, d_head) for of in (student, reference))
    _append_and_compare(cache, twin, *_new(draw, b, h_kv, 1, d_head))
    k, v = _new(draw, b, h_kv, 2, d_head)
    wrong = {
        "a batch of 1": (k[:1], v[:1]),
        "a single KV head": (k[:, :1], v[:, :1]),
        "a d_head of 1": (k[..., :1], v[..., :1]),
        "a larger batch": (k.repeat(2, 1, 1, 1), v.repeat(2, 1, 1, 1)),
        "values with a batch of 1": (k, v[:1]),
        "two keys and one value": (k, v[:, :, :1]),
    }
    for what, (k_wrong, v_wrong) in wrong.items():
        _expect_refused(
            cache,
            k_wrong,
            v_wrong,
            1,
            f"{what[0].upper()}{what[1:]} in a cache for ({b}, {h_kv}, ..., {d_head}) should raise "
            "a ValueError.",
            "no_shape_check",
        )
    _append_and_compare(cache, twin, k, v)


@check(
    "KVCache",
    "two caches know nothing of each other",
    "Where is your memory made: once for the class, or for each cache?",
)
def caches_are_separate(student: Student, reference: Student, draw: Draw) -> None:
    b, h_kv, max_len, d_head = _cache_sizes(draw)
    caches = [student.KVCache(b, h_kv, max_len, d_head) for _ in range(2)]
    twins = [reference.KVCache(b, h_kv, max_len, d_head) for _ in range(2)]
    for cache in caches:
        empty = _length(cache)
        expect.true(
            empty == 0,
            f"A new cache should have length 0; this one begins with {empty}.",
            "shared_between_instances",
        )
    for new in (2, 1):
        for cache, twin in zip(caches, twins, strict=True):
            _append_and_compare(cache, twin, *_new(draw, b, h_kv, new, d_head))


@check(
    "KVCache",
    "keeps numbers in its own dtype and on its own device, no gradients, and no hand in k and v",
    "What do dtype and device decide? What would a stored graph cost after 1000 tokens?",
)
def stores_numbers(student: Student, reference: Student, draw: Draw) -> None:
    b, h_kv, max_len, d_head = _cache_sizes(draw)
    for dtype in (torch.float64, torch.bfloat16):
        cache, twin = (of.KVCache(b, h_kv, max_len, d_head, dtype) for of in (student, reference))
        _append_and_compare(cache, twin, *_new(draw, b, h_kv, 2, d_head))
        student.expect_inputs_unchanged("the tensor k", "the tensor v")
    k, v = _new(draw, b, h_kv, 1, d_head)
    cache = student.KVCache(b, h_kv, max_len, d_head)
    keys, values = cache.append(k.requires_grad_(), v.requires_grad_())
    stored = isinstance(keys, torch.Tensor) and isinstance(values, torch.Tensor)
    expect.true(
        stored and not keys.requires_grad and not values.requires_grad,
        "What the cache returns still hangs on the graph that made k and v.",
        "graph_kept",
    )
    cache = student.KVCache(b, h_kv, max_len, d_head, torch.float32, "meta")
    expect_other_device(lambda k, v: cache.append(k, v)[0], k.detach(), v.detach())


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


@check(
    "kv_cache_bytes",
    "one sequence in 16 bits, unless told otherwise",
    "Which values do batch and bytes_per_value have when nobody gives them?",
)
def has_defaults(student: Student, reference: Student, draw: Draw) -> None:
    layers, heads, d_head = draw.integer(11, 19), _kv_heads(draw), draw.integer(21, 29)
    _compare_bytes(student, reference, layers, heads, d_head, draw.integer(30, 40))
    _compare_bytes(student, reference, 80, 8, 128, 1)


def _kv_heads(draw: Draw) -> int:
    """Three or five: with two, heads forgotten would look like keys without values."""
    return 2 * draw.integer(1, 2) + 1


def _compare_bytes(student: Student, reference: Student, *numbers: int) -> None:
    want = reference.kv_cache_bytes(*numbers)
    text = ", ".join(map(str, numbers))
    expect.integer(student.kv_cache_bytes(*numbers), want, f"kv_cache_bytes({text})")


cached_module.register(cached_module.Kind("CachedAttention", grouped=False))
