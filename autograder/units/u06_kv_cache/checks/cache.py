"""Checks of KVCache."""

from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.expect_modules import expect_other_device
from autograder.grading.student import StudentProblem, refuses
from autograder.grading.student_protocol import Student
from autograder.units.shared.inputs import as_split, large, many

STORED = "B H_kv length d_head"
_ROOM_LEFT = "Token {0} of {0} should still fit; append raises a ValueError."


def _cache_sizes(draw: Draw) -> tuple[int, int, int, int]:
    """(B, H_kv, max_len, d_head)."""
    b, h_kv, length, d_head = draw.sizes("B", "H_kv", "L", "d_head")
    return b, h_kv, length + 3, d_head


def _new(
    draw: Draw, b: int, h_kv: int, length: int, d_head: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Keys and values of ``length`` tokens, each ``(b, h_kv, length, d_head)``."""
    k, v = (draw.normal(b, h_kv, length, d_head) for _ in range(2))
    return as_split(k), as_split(v)


def _append_and_compare(
    cache: Any, twin: Any, k: torch.Tensor, v: torch.Tensor, told: str = ""
) -> None:
    """Append to the learner's cache and to the reference's; demand the same of both."""
    want = twin.append(k, v)
    got = cache.append(k, v)
    expect.pair(got, "append should return two tensors, (keys, values).")
    for stored, right, name in zip(got, want, ("keys", "values"), strict=True):
        expect.close(stored, right, f"the {name} after {twin.length} tokens{told}", STORED)
    expect.integer(cache.length, twin.length, f"length after {twin.length} tokens")


@check(
    "KVCache",
    "returns all keys and values so far, in order",
    "Where in your memory do the new tokens go, and which part of it do you return?",
    weight=2,
)
def returns_what_was_stored(student: Student, reference: Student, draw: Draw) -> None:
    b, h_kv, max_len, d_head = _cache_sizes(draw)
    max_len = many(draw, max_len)
    cache, twin = (of.KVCache(b, h_kv, max_len, d_head) for of in (student, reference))
    _length(cache)
    expect.integer(cache.length, 0, "length of a new cache")
    for new in (2, 1, max_len - 3):
        _append_and_compare(cache, twin, *_new(draw, b, h_kv, new, d_head))
    with torch.no_grad():
        for (b, h_kv, d_head), told in large(draw, "B", "H_kv", "d_head"):
            cache, twin = (of.KVCache(b, h_kv, 3, d_head) for of in (student, reference))
            _append_and_compare(cache, twin, *_new(draw, b, h_kv, 2, d_head), told)


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
            refused = stored == max_len - 1 and problem.raised({"ValueError"})
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
        f"length, read twice, should be the same number; it is {expect.told(first)} "
        f"and then {expect.told(again)}.",
        "cache_advanced_on_read",
    )
    return first


def _expect_refused(
    cache: Any,
    k: torch.Tensor,
    v: torch.Tensor,
    message: str,
    misconception: str | None = None,
) -> None:
    """Demand a ValueError, and as many positions as before."""
    length = _length(cache)
    try:
        got = cache.append(k, v)
    except StudentProblem as problem:
        refused = refuses(problem, ("ValueError", "AssertionError"), message)
    else:
        refused = False
        for value in got if isinstance(got, tuple | list) else [got]:
            expect.seen(value)
    stored = _length(cache)
    expect.true(refused, message, misconception)
    expect.true(
        stored == length,
        f"An append that is refused should leave length at {expect.told(length)}; it is "
        f"{expect.told(stored)}.",
        "written_before_checked",
    )


def _appended(cache: Any, k: torch.Tensor, v: torch.Tensor) -> list[torch.Tensor]:
    """What append gives, as it is then."""
    got = cache.append(k, v)
    got = got if isinstance(got, tuple | list) else [got]
    return [each.clone() for each in got if isinstance(each, torch.Tensor)]


def _expect_kept(before: list[torch.Tensor], after: list[torch.Tensor]) -> None:
    """Demand of what append gives that all stands there as before, in front of what is new."""
    for name, old, whole in zip(("keys", "values"), before, after, strict=False):
        expect.seen(whole)
        length = old.shape[2] if old.dim() == whole.dim() == 4 else 0
        if length and whole[:, :, :length].shape == old.shape:
            expect.close(whole[:, :, :length], old, f"the {name} that were stored before", STORED)


@check(
    "KVCache",
    "refuses what does not fit, and is as it was",
    "One row assigned to a slice of no rows: does Python complain? What holds the cache then?",
    weight=2,
)
def refuses_overflow(student: Student, reference: Student, draw: Draw) -> None:
    b, h_kv, max_len, d_head = _cache_sizes(draw)
    cache = student.KVCache(b, h_kv, max_len, d_head)
    stored = _appended(cache, *_new(draw, b, h_kv, max_len - 1, d_head))
    for room in (1, 0):
        for too_many in (room + 1, room + 2):
            k, v = _new(draw, b, h_kv, too_many, d_head)
            _expect_refused(
                cache,
                k,
                v,
                f"There is room for {room} more; append of {too_many} should raise a ValueError.",
            )
        if room:
            _expect_kept(stored, _appended(cache, *_new(draw, b, h_kv, 1, d_head)))


@check(
    "KVCache",
    "refuses another batch, other heads and another width, and is as it was",
    "Into which shapes does a tensor with an axis of 1 broadcast, without a word?",
    weight=2,
)
def refuses_other_shapes(student: Student, reference: Student, draw: Draw) -> None:
    b, h_kv, max_len, d_head = _cache_sizes(draw)
    b += 1
    cache = student.KVCache(b, h_kv, max_len, d_head)
    stored = _appended(cache, *_new(draw, b, h_kv, 1, d_head))
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
            f"{what[0].upper()}{what[1:]} in a cache for ({b}, {h_kv}, ..., {d_head}) should raise "
            "a ValueError.",
            "no_shape_check",
        )
    _expect_kept(stored, _appended(cache, k, v))


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
            f"A new cache should have length 0; this one begins with {expect.told(empty)}.",
            "shared_between_instances",
        )
    for new in (2, 1):
        for cache, twin in zip(caches, twins, strict=True):
            _append_and_compare(cache, twin, *_new(draw, b, h_kv, new, d_head))


@check(
    "KVCache",
    "keeps numbers, no gradients, in its own dtype, device and memory; k and v stay as they are",
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
    expect.true(
        not cache.holds_graph(),
        "What the cache stores still hangs on the graph that made k and v.",
        "graph_kept",
    )
    cache = student.KVCache(b, h_kv, max_len, d_head, torch.float32, "meta")
    expect_other_device(lambda k, v: cache.append(k, v)[0], k.detach(), v.detach())
