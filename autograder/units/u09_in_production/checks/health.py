"""Checks of health_report: five numbers by value, alarms by what they catch and let pass."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student
from autograder.units.shared.inputs import many

from .attentions import seen_keys

_NAMES = ("entropy", "sink", "leak", "alike", "largest")
_HEALTHY, _FALSE_ALARMS = range(7_500, 7_550), 2
_FAULTY = range(8_000, 8_003)
Trace = tuple[torch.Tensor, torch.Tensor]  # weights and logits


def _weights(logits: torch.Tensor, allowed: torch.Tensor | None = None) -> torch.Tensor:
    allowed = seen_keys(logits.shape[-1]) if allowed is None else allowed
    return logits.masked_fill(~allowed, -math.inf).softmax(-1)


def _trace(
    draw: Draw, layers: int, heads: int, length: int, dtype: torch.dtype = torch.float64
) -> Trace:
    logits = draw.normal(layers, heads, length, length, std=1.5, dtype=dtype)
    logits[..., 0] += 2 * draw.normal(layers, heads, 1, dtype=dtype)
    return _weights(logits), logits


def _report(student: Student, *given: torch.Tensor) -> dict:
    got = expect.dictionary(student.health_report(*given), "There should be a dictionary.")
    for name in (*_NAMES, "alarms"):
        expect.part(name in got, f"There is no `{name}` in the dictionary.")
    return got


def _alarms(student: Student, *given: torch.Tensor) -> list[str]:
    """The alarms; they are not on record, since everybody's limits are right in another way."""
    got = student.health_report(*given)
    alarms = got.get("alarms") if isinstance(got, dict) else None
    if not isinstance(alarms, (list, tuple)) or not all(isinstance(each, str) for each in alarms):
        kind = expect.kind_of(alarms)
        raise expect.Failed(f"`alarms` should be a list of names; it is of type {kind}.")
    for name in alarms:
        if name not in (*_NAMES, "nan"):
            raise expect.Failed(f"`alarms` lists {expect.told(name)}, which is no number's name.")
    return list(alarms)


def _compare(
    student: Student, reference: Student, given: Iterable[torch.Tensor], names: str, what: str
) -> None:
    given = tuple(given)
    want = reference.health_report(*given)
    got = _report(student, *given)
    for name in names.split():
        if want[name] is None:
            expect.seen(got[name] is None)
            expect.true(
                got[name] is None,
                f"`{name}` {what} should be None; it is {expect.told(got[name])}.",
            )
        elif want[name] == 0:
            number = expect.plain_number(got[name])
            expect.seen(number if number is None else float(f"{number:.6g}"))
            expect.true(
                number is not None and abs(number) < 1e-9,
                f"`{name}` {what} should be 0; it is {expect.told(got[name])}.",
            )
        else:
            expect.number(got[name], want[name], f"`{name}` {what}", tolerance=1e-4)


@check(
    "health_report",
    "measures the entropy and the share of heads on the first token",
    "Which axes does the mean of the entropy take? What is counted for the sink, and over which "
    "queries?",
    weight=2,
)
def measures_entropy_and_sink(student: Student, reference: Student, draw: Draw) -> None:
    layers, heads, length = draw.sizes("B", "H", "L_q")
    names = "entropy sink"
    for _ in range(2):
        trace = _trace(draw, layers, heads + 2, length + 2)
        _compare(student, reference, trace, names, "of a text")
    weights, logits = _trace(draw, layers, heads + 2, length + 2)
    hard = torch.nn.functional.one_hot(weights.argmax(-1), length + 2).double()
    _compare(student, reference, (hard, logits), names, "where each weight is 0 or 1")
    trace = _trace(draw, 2, 2, many(draw, 6), torch.float32)
    _compare(student, reference, trace, names, "of a long text, in float32")
    _compare(student, reference, _trace(draw, 2, many(draw, 5, 40), 4), names, "of many heads")


@check(
    "health_report",
    "finds what leaks, and the two heads of a layer that are most alike",
    "Which keys come after a query? Which pairs of heads stand in the same layer?",
    weight=2,
)
def finds_leak_and_likeness(student: Student, reference: Student, draw: Draw) -> None:
    layers, heads, length = draw.sizes("B", "H", "L_q")
    heads, length = heads + 2, length + 3
    trace = _trace(draw, layers, heads, length)
    _compare(student, reference, trace, "leak alike", "of a text")
    weights, logits = _trace(draw, layers, heads, length)
    ahead = seen_keys(length, 1)
    leaking = weights.clone()
    leaking[-1, 0] = _weights(logits[-1, 0], ahead)
    _compare(student, reference, (leaking, logits), "leak alike", "where one head sees a key ahead")
    twice = weights.clone()
    twice[0, -1] = weights[-1, 0]
    _compare(student, reference, (twice, logits), "alike", "where heads of two layers are the same")
    twice = weights.clone()
    twice[-1, -1] = weights[-1, 0]
    _compare(
        student,
        reference,
        (twice, logits),
        "alike",
        "where two heads of the last layer are the same",
    )


@check(
    "health_report",
    "takes the largest logit of keys that may be seen",
    "Which logits has the mask not taken away? Is -40 a large logit?",
)
def takes_the_largest_logit(student: Student, reference: Student, draw: Draw) -> None:
    layers, heads, length = draw.sizes("B", "H", "L_q")
    weights, logits = _trace(draw, layers, heads + 1, length + 3)
    _compare(student, reference, (weights, logits), "largest", "of a text")
    later = logits + 50 * torch.ones(length + 3, length + 3).triu(1)
    _compare(student, reference, (weights, later), "largest", "where a later key has a large logit")
    low = logits.clone()
    low[-1, -1, -1, 0] = -40.0
    _compare(student, reference, (weights, low), "largest", "where one logit is -40")
    _compare(student, reference, (weights,), "largest", "without logits")


def _shuffled(draw: Draw, trace: Trace) -> Trace:
    """Layers, and heads within them, in another order: no number of the report changes."""
    layers, heads = trace[0].shape[:2]
    order = draw.normal(layers).argsort()
    within = draw.normal(heads).argsort()
    weights, logits = (each[order][:, within] for each in trace)
    return weights, logits


@check(
    "health_report",
    "lets healthy texts pass, and sees that one is not",
    "How far do the numbers of healthy_trace(0) to (19) spread? Will the next text stay inside?",
    weight=2,
)
def lets_healthy_texts_pass(student: Student, reference: Student, draw: Draw) -> None:
    _, logits = reference.healthy_trace(_FAULTY[0])
    wrong = _weights(6 * logits), 6 * logits
    expect.true(
        bool(_alarms(student, *_shuffled(draw, wrong))),
        "Logits six times too large give no alarm: limits that let everything pass watch nothing.",
    )
    counts: Counter[str] = Counter()
    texts = 0
    for seed in _HEALTHY:
        alarms = _alarms(student, *_shuffled(draw, reference.healthy_trace(seed)))
        counts.update(alarms)
        texts += bool(alarms)
    told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    expect.true(
        texts <= _FALSE_ALARMS,
        f"{texts} of {len(_HEALTHY)} healthy texts give an alarm ({told}); "
        f"at most {_FALSE_ALARMS} should.",
    )


def _one_head(logits: torch.Tensor, factor: float) -> torch.Tensor:
    changed = logits.clone()
    changed[2, 1] *= factor
    return changed


def _leaking(logits: torch.Tensor) -> torch.Tensor:
    weights = _weights(logits)
    weights[1, 2, 5, 6] = weights[1, 2, 5, 0] * 1e-3
    weights[1, 2, 5, 0] *= 1 - 1e-3
    return weights


def _not_finite(logits: torch.Tensor, value: float) -> torch.Tensor:
    weights = _weights(logits)
    weights[0, 3, 7, :8] = value
    return weights


@check(
    "health_report",
    "names what is wrong with single heads",
    "One head of twelve is broken. What is left of that in a mean over all? Is nan < limit true?",
    weight=2,
)
def names_single_heads(student: Student, reference: Student, draw: Draw) -> None:
    for seed in _FAULTY:
        _, logits = reference.healthy_trace(seed)
        copied = logits.clone()
        copied[1, 3] = copied[1, 0]
        loud = _one_head(logits, 10)
        for name, what, trace in (
            ("leak", "a weight of 0.1 % or less on a later key", (_leaking(logits), logits)),
            ("alike", "two heads of a layer that are copies", (_weights(copied), copied)),
            ("largest", "one head with logits ten times too large", (_weights(loud), loud)),
            ("nan", "a row of NaN in one head", (_not_finite(logits, math.nan), logits)),
            ("nan", "a row of infinities in one head", (_not_finite(logits, math.inf), logits)),
        ):
            alarms = _alarms(student, *_shuffled(draw, trace))
            where, none = f"{what[0].upper()}{what[1:]}", "" if alarms else "; there are none"
            expect.true(name in alarms, f'{where}: "{name}" should be among the alarms{none}.')
            others = sorted({"leak", "alike", "nan"}.intersection(alarms) - {name})
            told = ", ".join(others)
            expect.true(not others, f"{where}: there is no reason for the alarm {told}.")
    weights = _not_finite(reference.healthy_trace(_FAULTY[0])[1], math.nan)
    got = _report(student, weights)
    nothing = all(got[name] is None for name in _NAMES)
    expect.seen(nothing)
    expect.true(nothing, "Where a weight is NaN, the five numbers should be None.")
    alarms = _alarms(student, weights)
    expect.true(alarms == ["nan"], 'Where a weight is NaN, "nan" should be the only alarm.')


_KEYS = torch.arange(24)
_GROWING = {
    "all logits grow": (
        (1.5, 2.0, 2.5),
        lambda logits, size: (_weights(size * logits), size * logits),
    ),
    "all logits shrink": (
        (1.5, 2.0, 3.0),
        lambda logits, size: (_weights(logits / size), logits / size),
    ),
    "one head's logits grow": (
        (2.0, 4.0, 8.0),
        lambda logits, size: (_weights(_one_head(logits, size)), _one_head(logits, size)),
    ),
    "the pull of the first token grows": (
        (1.0, 2.0, 5.0),
        lambda logits, size: (_weights(logits + size * (_KEYS == 0)), logits),
    ),
    "the window shrinks and loses the first token": (
        (16.0, 8.0, 4.0),
        lambda logits, size: (
            _weights(logits, seen_keys(24) & ~seen_keys(24, -int(size))),
            logits,
        ),
    ),
}


@check(
    "health_report",
    "sees in time what grows",
    "How much room do your limits leave beyond the healthiest and the sickest of 20 texts?",
)
def sees_what_grows(student: Student, reference: Student, draw: Draw) -> None:
    for what, (sizes, change) in _GROWING.items():
        for seed in _FAULTY:
            _, logits = reference.healthy_trace(seed)
            grown = (change(logits, size) for size in sizes)
            expect.true(
                any(_alarms(student, *_shuffled(draw, each)) for each in grown),
                f"When {what} (by {sizes[-1]:g} at last), no alarm comes: the limits are too wide.",
            )
