"""Checks of the incidents: why the test passed, and whether the function is mended."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student
from autograder.units.shared.inputs import many
from autograder.units.shared.shared_checks import SharedChecks

_OUTPUT = "B L_q d_v"
_HEADS = "B H L_q d_v"
_DTYPES = (torch.float32, torch.float64)
Compare = Callable[[Any, Any, Draw], None]


@dataclass(frozen=True)
class Incident:
    """What tells one incident from another.

    Attributes:
        exercise: its id.
        reasons: for each wrong letter, why it is not that.
        compare: holds the learner's function against the reference's.
    """

    exercise: str
    reasons: dict[str, str]
    compare: Compare


_property: SharedChecks[Incident] = SharedChecks()


def _answer(of: Student, incident: Incident) -> tuple[Any, Any] | list[Any]:
    pair = getattr(of, incident.exercise)()
    message = "There should be a pair: a letter, and the mended function, not called."
    return expect.pair(pair, message)


@_property(
    "says why the test passed",
    "What does the test ask for? Take each answer in turn: would the test fail if it were not so?",
)
def says_why(incident: Incident, student: Student, reference: Student, draw: Draw) -> None:
    why, _ = _answer(student, incident)
    expect.seen(expect.as_text(why)[:8])
    right, _ = _answer(reference, incident)
    known = isinstance(why, str) and why in {right, *incident.reasons}
    expect.true(known, f"`why` should be one of the letters a, b and c; it is {expect.told(why)}.")
    expect.true(why == right, f"It is not {why}. {incident.reasons.get(why, '')}")


@_property(
    "mends the function, and nothing else",
    "Take the smallest input on which the old function is wrong. What comes out there?",
    weight=3,
)
def mends(incident: Incident, student: Student, reference: Student, draw: Draw) -> None:
    incident.compare(_answer(student, incident)[1], _answer(reference, incident)[1], draw)


def _qkv(
    draw: Draw, *leading: int, l_q: int, l_k: int, d_head: int, dtype: torch.dtype = torch.float32
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    q, k = draw.queries_and_keys(*leading, l_q=l_q, l_k=l_k, d_head=d_head, dtype=dtype)
    return q, k, draw.normal(*leading, l_k, d_head, dtype=dtype)


def _additive(allowed: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    return torch.zeros(allowed.shape, dtype=dtype).masked_fill(~allowed, float("-inf"))


def _compare_1(attend: Any, right: Any, draw: Draw) -> None:
    b, l_q, l_k, d_head = draw.sizes("B", "L_q", "L_k", "d_head")
    allowed = draw.mask(l_q, l_k)
    causal = torch.ones(l_k, l_k, dtype=torch.bool).tril()
    for dtype in _DTYPES:
        for mask in (allowed, causal, torch.ones(l_k, l_k, dtype=torch.bool)):
            q, k, v = _qkv(draw, b, l_q=len(mask), l_k=l_k, d_head=d_head, dtype=dtype)
            given = q, k, v, _additive(mask, dtype)
            message = "There should be two tensors: (output, weights)."
            output, weights = expect.pair(attend(*given), message)
            want, want_weights = right(*given)
            expect.close(output, want, "the output", _OUTPUT)
            expect.close(weights, want_weights, "the weights", "B L_q L_k")


def _compare_2(attend: Any, right: Any, draw: Draw) -> None:
    b, l_q, older, d_head = draw.sizes("B", "L_q", "L_k", "d_head")
    for new, keys in ((l_q, l_q + older), (1, older), (l_q, l_q), (2, many(draw, older + 2))):
        for dtype in _DTYPES:
            q, k, v = _qkv(draw, b, l_q=new, l_k=keys, d_head=d_head, dtype=dtype)
            expect.close(attend(q, k, v), right(q, k, v), "the output", _OUTPUT)
    q, k, v = _qkv(draw, b, 2, l_q=l_q, l_k=l_q + older, d_head=d_head)
    expect.close(attend(q, k, v), right(q, k, v), "the output", _HEADS)


def _compare_3(positions: Any, right: Any, draw: Draw) -> None:
    b, length = draw.sizes("B", "L")
    lengths = [1 + (3 * i + draw.integer(0, 2)) % length for i in range(b)]
    long = many(draw, length + 2)
    for row_lengths, columns in ((lengths, length), ([long, 1, 7], long), ([length] * b, length)):
        real = torch.arange(columns) >= columns - torch.tensor(row_lengths)[:, None]
        got = expect.tensor(positions(real), "the positions", "B L", real.shape)
        whole = not got.dtype.is_floating_point and got.dtype != torch.bool
        expect.true(whole, f"Positions are whole numbers; these are {got.dtype}.")
        want = right(real)
        expect.close(
            got.long() * real, want * real, "the positions of real tokens", "B L", dtype=want.dtype
        )
        expect.true(bool((got >= 0).all()), "A token has a position below 0, though only padding.")


def _compare_4(mask: Any, right: Any, draw: Draw) -> None:
    lengths = [1 + draw.integer(0, 3) for _ in range(3)] + [many(draw, 2)]
    names = [draw.integer(0, 9) * 4 + i for i in range(4)]
    documents = torch.cat([torch.full((n,), name) for n, name in zip(lengths, names, strict=True)])
    for given in (documents, documents.flip(0), documents[:1], torch.full((5,), 3)):
        want = right(given)
        expect.close(mask(given), want, "the mask", "L_q L_k", dtype=torch.bool)


def _compare_5(mask: Any, right: Any, draw: Draw) -> None:
    l_q, more = draw.sizes("L_q", "L_k")
    window = 2 + draw.integer(0, 1)
    cases = [(l_q + more, l_q + more, window), (l_q, l_q + more, window), (1, more + l_q, window)]
    cases += [(l_q, l_q, 1), (l_q, l_q + more, 4096), (more, more, more), (more, more, more - 1)]
    long = many(draw, 9)
    cases += [(3, long, long - 5)]
    for given in cases:
        want = right(*given)
        what = f"the mask for q_len={given[0]}, k_len={given[1]}, window={given[2]}"
        expect.close(mask(*given), want, what, "L_q L_k", dtype=torch.bool)


def _compare_6(cache_class: Any, right_class: Any, draw: Draw) -> None:
    h, first, d_head = draw.sizes("H", "L_k", "d_head")
    chunks = [first + 2, 1, 3, many(draw, 2)]
    for keep in (1, first, first + 2, 0):  # 1 first: it also shows whether heads are cut
        caches = cache_class(), right_class()
        for i, new in enumerate(chunks):
            k, v = draw.normal(h, new, d_head), draw.normal(h, new, d_head)
            (keys, values), want = (cache.append(k, v) for cache in caches)
            expect.close(keys, want[0], "the keys that append returns", "H L d_head")
            expect.close(values, want[1], "the values that append returns", "H L d_head")
            if i == 2:
                continue
            for cache in caches:
                cache.trim(keep if i == 0 else caches[1].length)
            _compare_caches(*caches)


def _compare_caches(cache: Any, right: Any) -> None:
    expect.integer(cache.length, right.length, "length after trim")
    expect.close(cache.keys, right.keys, "cache.keys after trim", "H L d_head")
    expect.close(cache.values, right.values, "cache.values after trim", "H L d_head")


def _compare_7(attend: Any, right: Any, draw: Draw) -> None:
    b, l_q, l_k, d_head = draw.sizes("B", "L_q", "L_k", "d_head")
    for dtype in _DTYPES:
        q, k, v = _qkv(draw, b, l_q=l_q, l_k=l_k, d_head=d_head, dtype=dtype)
        for large, cap in ((30, 20.0), (8, 2.0), (1, 50.0)):
            given = q * large, k, v, cap
            want, want_weights = right(*given, need_weights=True)
            message = "With need_weights there should be two tensors: (output, weights)."
            output, weights = expect.pair(attend(*given, need_weights=True), message)
            expect.close(output, want, "the output with weights", _OUTPUT)
            expect.close(weights, want_weights, "the weights", "B L_q L_k")
            expect.close(attend(*given), want, "the output without weights", _OUTPUT)


def _compare_8(attend: Any, right: Any, draw: Draw) -> None:
    b, h, slots, d_head = draw.sizes("B", "H", "L_k", "d_head")
    slots = many(draw, slots + 2)
    lengths = torch.tensor([1 + (i * 3 + draw.integer(0, 1)) % (slots - 1) for i in range(b)])
    unwritten = torch.arange(slots) >= lengths[:, None]
    for dtype in _DTYPES:
        for rest in (0.0, 7.0, float("nan"), float("inf")):
            q, keys, values = _qkv(draw, b, h, l_q=1, l_k=slots, d_head=d_head, dtype=dtype)
            keys = keys.masked_fill(unwritten[:, None, :, None], rest)
            values = values.masked_fill(unwritten[:, None, :, None], rest)
            given = q, keys, values, lengths
            got = attend(*given)
            expect.close(got, right(*given), f"the output with {rest} in unwritten slots", _HEADS)
    values[0, 0, 0, 0] = float("nan")
    got, want = attend(q, keys, values, lengths), right(q, keys, values, lengths)
    got = expect.tensor(got, "the output", _HEADS, want.shape)
    expect.true(
        bool(got.isnan().equal(want.isnan())),
        "A NaN in a slot that *was* written is to show: it is an alarm.",
    )


_INCIDENTS = (
    Incident(
        "incident_1",
        {
            "b": "With one key or a thousand, the keys that may be seen are those that may not.",
            "c": "A mask turned round is turned round in every dtype.",
        },
        _compare_1,
    ),
    Incident(
        "incident_2",
        {
            "b": "It compares a whole text with its beginnings: a future that leaks would show.",
            "c": "A key that is missing changes the output by far more than that.",
        },
        _compare_2,
    ),
    Incident(
        "incident_3",
        {
            "a": "It has texts of 300 tokens, and garbage begins with the second token.",
            "b": "Exactness helps a test. This one is exact about the wrong inputs.",
        },
        _compare_3,
    ),
    Incident(
        "incident_4",
        {
            "a": "The error is there in a single row: that row holds three documents.",
            "c": "Each document of it follows another one, and sees it.",
        },
        _compare_4,
    ),
    Incident(
        "incident_5",
        {
            "a": "Masks are compared exactly: a key too many would show.",
            "c": "It does: the last row alone is compared with the last row of all.",
        },
        _compare_5,
    ),
    Incident(
        "incident_6",
        {
            "b": "Trimming to 1 leaves as many old keys as trimming to 0 would.",
            "c": "One cache shows it: append, trim, append again.",
        },
        _compare_6,
    ),
    Incident(
        "incident_7",
        {
            "a": "No mask is needed for the two paths to differ.",
            "b": "One of its two paths has the cap: look at the code.",
        },
        _compare_7,
    ),
    Incident(
        "incident_8",
        {
            "a": "softmax makes exactly 0 of -inf. And 0 times 0 is 0.",
            "c": "One query is enough: its output is a sum over all slots.",
        },
        _compare_8,
    ),
)
for each in _INCIDENTS:
    _property.register(each)
