"""Checks of dependency_accuracy and choose_and_test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import FULL, Draw
from autograder.grading.student_protocol import Student
from autograder.units.shared.inputs import as_split, many

from .maps import draw_maps, draw_sizes, large_maps


def _labels(draw: Draw, batch: int, length: int, none: int = 3) -> torch.Tensor:
    """Heads ``(B, L)`` anywhere in the sentence; about one of ``none`` tokens has no label."""
    labels = torch.tensor(
        [
            [
                -1 if draw.integer(1, none) == 1 else (i + draw.integer(1, length - 1)) % length
                for i in range(length)
            ]
            for _ in range(batch)
        ]
    )
    labels[:, 0], labels[:, -1] = length - 1, -1
    return labels


def _towards(
    draw: Draw, batch: int, heads: int, length: int, labels: torch.Tensor, dtype: torch.dtype
) -> torch.Tensor:
    """Maps of which each looks at labelled heads, more often from one head to the next."""
    weights = draw_maps(draw, batch, heads, length=length, dtype=torch.float64)
    for b, i in (labels >= 0).nonzero().tolist():
        for h in range(heads):
            if draw.integer(0, heads) <= h:
                weights[b, h, i, labels[b, i]] += 1.0
    return (weights / weights.sum(-1, keepdim=True)).to(dtype)


def _tied(batch: int, heads: int, length: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Maps that look at the first and the last token alike, and labels on either.

    The first is the head of two words, the last of one, and three offsets are equally frequent.
    """
    rest = 0.2 / (length - 2)
    weights = torch.full((batch, heads, length, length), rest, dtype=torch.float64)
    weights[..., 0] = weights[..., -1] = 0.4
    labels = torch.full((batch, length), -1)
    labels[0, 1:4] = torch.tensor([0, 0, length - 1])
    return weights, labels


def _same_shares(got: Any, want: torch.Tensor, what: str) -> None:
    """A quotient of two whole numbers is float32 in PyTorch: digits beyond that are no matter."""
    if isinstance(got, torch.Tensor) and got.dtype == want.dtype == torch.float64:
        got, want = got.float(), want.float()
    expect.close(got, want, what, "H")


def _compare(
    student: Student,
    reference: Student,
    weights: torch.Tensor,
    labels: torch.Tensor,
    told: str = "",
) -> None:
    message = "There should be two things: (accuracy, baseline)."
    accuracy, baseline = expect.pair(student.dependency_accuracy(weights, labels), message)
    want, want_baseline = reference.dependency_accuracy(weights, labels)
    _same_shares(accuracy, want, f"the accuracy{told}")
    expect.number(baseline, want_baseline, f"the baseline{told}")


@check(
    "dependency_accuracy",
    "is the share of labelled tokens whose heaviest key is their head",
    "Take one row that has a label. Which key is the heaviest, and what does the label say?",
    weight=3,
)
def counts_heaviest_keys(student: Student, reference: Student, draw: Draw) -> None:
    (b, h), length = draw_sizes(draw, "B", "H")
    for dtype in (torch.float64, torch.float32):
        labels = _labels(draw, b, length)
        weights = _towards(draw, b, h, length, labels, dtype)
        accuracy, _ = expect.pair(
            student.dependency_accuracy(weights, labels),
            "There should be two things: (accuracy, baseline).",
        )
        want, _ = reference.dependency_accuracy(weights, labels)
        _same_shares(accuracy, want, "the accuracy")


@check(
    "dependency_accuracy",
    "the baseline is the best fixed offset of all sentences",
    "Which distances from a word to its head are there? Which one is the most frequent?",
    weight=2,
)
def takes_the_best_offset(student: Student, reference: Student, draw: Draw) -> None:
    (b, h), length = draw_sizes(draw, "B", "H")
    place = torch.arange(length)[1:-1:2]
    for step in (-1, 1, 2, -2, 0):
        for steps in ([step] * b, [step if row % 2 else -step for row in range(b)]):
            labels = _labels(draw, b, length, none=4)
            for row, own in enumerate(steps):
                heads = place + own
                labels[row, 1:-1:2] = torch.where((heads >= 0) & (heads < length), heads, -1)
            weights = _towards(draw, b, h, length, labels, torch.float64)
            _, baseline = expect.pair(
                student.dependency_accuracy(weights, labels),
                "There should be two things: (accuracy, baseline).",
            )
            _, want = reference.dependency_accuracy(weights, labels)
            expect.number(baseline, want, "the baseline")


@check(
    "dependency_accuracy",
    "as many sentences as heads, or one without an axis; the dtype, and the arguments as they are",
    "Which axis holds the heads if there are three, and which if there are four? Which dtype has "
    "your accuracy? Does a line write into an argument?",
)
def other_shapes(student: Student, reference: Student, draw: Draw) -> None:
    (h,), length = draw_sizes(draw, "H")
    labels = _labels(draw, h, length)
    weights = _towards(draw, h, h, length, labels, torch.float64)
    _compare(student, reference, as_split(weights), labels)
    student.expect_inputs_unchanged("the tensor of weights", "the tensor of head indices")
    _compare(student, reference, weights[0], labels[0])
    _compare(student, reference, weights[:1], labels[:1])


@check(
    "dependency_accuracy",
    "no token counts, one counts, many do; keys and offsets that tie",
    "By how many do you divide if no token has a label? Of equally heavy keys, which one counts?",
)
def other_counts(student: Student, reference: Student, draw: Draw) -> None:
    (b, h), length = draw_sizes(draw, "B", "H")
    weights = draw_maps(draw, b, h, length=length, dtype=torch.float64)
    labels = torch.full((b, length), -1)
    _compare(student, reference, weights, labels, " where no token counts")
    labels[0, 2] = int(weights[0, 0, 2].argmax())
    _compare(student, reference, weights, labels, " where one token counts")
    _compare(student, reference, *_tied(b, h, length), " where two keys are equally heavy")
    if draw.level == FULL:
        with torch.no_grad():
            for b, h, length, told in large_maps(draw):
                weights = draw_maps(draw, b, h, length=length)
                labels = weights[:, 0].argmax(-1)
                labels[:, ::3] = -1
                _compare(student, reference, weights, labels, told)


def _scores(draw: Draw, sentences: int, heads: int) -> torch.Tensor:
    """Scores whose best head differs by the half of the sentences, and over all of them."""
    scores = draw.normal(sentences, heads, dtype=torch.float64)
    scores[0::2, heads - 1] += 2.0
    scores[1::2, 0] += 2.5
    scores[:, 1] += 1.4
    return scores


def _choice(student: Student, scores: torch.Tensor) -> Sequence[Any]:
    """What the learner's function gives: three things."""
    got: Any = student.choose_and_test(scores)
    is_triple = isinstance(got, (tuple, list)) and len(got) == 3
    expect.part(is_triple, "There should be three things: (head, chosen, held_out).")
    return got


def _compare_choice(
    student: Student, reference: Student, scores: torch.Tensor, what: str = ""
) -> None:
    got = _choice(student, scores)
    head, chosen, held_out = reference.choose_and_test(scores)
    expect.integer(got[0], head, f"The head{what}", place=True)
    expect.number(got[1], chosen, f"the score it was chosen by{what}")
    expect.number(got[2], held_out, f"its score on the held-out sentences{what}")


@check(
    "choose_and_test",
    "chooses on one half and reports the other",
    "On which sentences was the head chosen? Is one of these in the score that you report?",
    weight=3,
)
def holds_out(student: Student, reference: Student, draw: Draw) -> None:
    (heads,), sentences = draw_sizes(draw, "H")
    tables = [_scores(draw, count, heads + 1) for count in (sentences, sentences + 1)]
    # Two wrong ways of choosing often agree on one table, hardly on many: on record for the name.
    others = [draw.normal(sentences, 9, dtype=torch.float64) for _ in range(10)]
    for scores in (*tables, *others):
        expect.seen(_choice(student, scores)[0])
    for scores in (*tables, *others):
        _compare_choice(student, reference, scores)


@check(
    "choose_and_test",
    "reports the chosen head, not the best of the other half",
    "Which head is the best on the other half? Was it chosen?",
    weight=2,
)
def reports_the_chosen(student: Student, reference: Student, draw: Draw) -> None:
    (heads,), sentences = draw_sizes(draw, "H")
    scores = draw.normal(2 * sentences, heads + 2, dtype=torch.float64)
    scores[0::2, heads] += 3.0
    scores[1::2, heads] -= 1.0
    scores[1::2, 1] += 3.0
    _compare_choice(student, reference, scores, " where the halves disagree")
    _compare_choice(student, reference, scores.flip(1), " where the halves disagree")


@check(
    "choose_and_test",
    "ties, two sentences, one head, hundreds of both; the scores stay as they are",
    "Of equally good heads, which one is chosen? Does your code know how many there are, or write "
    "into the scores?",
)
def at_the_ends(student: Student, reference: Student, draw: Draw) -> None:
    scores = draw.normal(2, 1, dtype=torch.float64)
    _compare_choice(student, reference, scores, " of one head and two sentences")
    tied = torch.zeros(6, 4, dtype=torch.float64)
    tied[0::2, 1:3] = 1.0
    tied[1::2] = torch.arange(4)
    _compare_choice(student, reference, tied, " where two heads are equally good")
    large = draw.normal(many(draw, 7), many(draw, 5, 99), dtype=torch.float64)
    _compare_choice(student, reference, large, " of many")
    student.expect_inputs_unchanged("the tensor of scores")
