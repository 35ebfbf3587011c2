"""Checks of the scores that average over rows: previous token, first token, entropy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.draw import FULL, Draw
from autograder.grading.student_protocol import Student
from autograder.units.shared.inputs import as_split
from autograder.units.shared.shared_checks import SharedChecks

from .maps import draw_maps, draw_padding, draw_sizes, large_maps

WHAT, AXES = "the scores", "H"


@dataclass(frozen=True)
class Score:
    """A score of heads, what its basic check says and asks, and its tolerance in float64."""

    exercise: str
    says: str
    asks: str
    tolerance: float | None = None

    def of(self, student: Student, *arguments: Any) -> Any:
        """What the function of a student, or of the reference, gives."""
        return getattr(student, self.exercise)(*arguments)

    def compare(
        self, student: Student, reference: Student, *arguments: Any, told: str = ""
    ) -> None:
        """Demand the reference's scores."""
        want = self.of(reference, *arguments)
        tolerance = self.tolerance if want.dtype == torch.float64 else None
        got = self.of(student, *arguments)
        expect.close(got, want, f"{WHAT}{told}", AXES, tolerance=tolerance)


_SCORES = (
    Score(
        "previous_token_score",
        "is the mean weight on the token before",
        "Row i is what token i looks at. Which weight of it counts, and which row has none?",
    ),
    Score(
        "sink_mass",
        "is the mean weight on the first token",
        "Which column belongs to the first token, and whose row does not count?",
    ),
    Score(
        "head_entropy",
        "is the mean entropy of the rows, in nats",
        "What is the entropy of a row that has one weight of 1, and of one with four of 0.25?",
        # A constant up to 1e-8 in the logarithm is no mistake where it is not rounded to 0.
        tolerance=2e-7,
    ),
)


def _register_basic(score: Score) -> None:
    @check(score.exercise, score.says, score.asks, weight=3)
    def averages_over_rows(student: Student, reference: Student, draw: Draw) -> None:
        (b, h), length = draw_sizes(draw, "B", "H")
        for dtype in (torch.float64, torch.float32):
            for causal in (False, True):
                maps = draw_maps(draw, b, h, length=length, causal=causal, dtype=dtype)
                score.compare(student, reference, maps)


_property: SharedChecks[Score] = SharedChecks()


@_property(
    "one sentence without an axis of the batch, and a batch of one",
    "Which axis holds the heads if there are three, and which if there are four?",
)
def one_sentence(score: Score, student: Student, reference: Student, draw: Draw) -> None:
    (h,), length = draw_sizes(draw, "H")
    maps = draw_maps(draw, 1, h, length=length, dtype=torch.float64)
    score.compare(student, reference, maps)
    score.compare(student, reference, maps[0])
    score.compare(student, reference, maps[0], draw_padding(draw, 1, length)[0])


@_property(
    "padding behind the tokens does not count",
    "Which rows belong to padding? By how many rows do you divide?",
    weight=2,
)
def padding_behind(score: Score, student: Student, reference: Student, draw: Draw) -> None:
    (b, h), length = draw_sizes(draw, "B", "H")
    for dtype in (torch.float64, torch.float32):
        mask = draw_padding(draw, b, length)
        maps = draw_maps(draw, b, h, length=length, mask=mask, dtype=dtype)
        score.compare(student, reference, maps, mask)
    score.compare(student, reference, maps, torch.ones_like(mask))


@_property(
    "padding in front of the tokens does not count either",
    "Where does each sentence begin if padding stands in front of it?",
)
def padding_in_front(score: Score, student: Student, reference: Student, draw: Draw) -> None:
    (b, h), length = draw_sizes(draw, "B", "H")
    mask = draw_padding(draw, b, length, left=True)
    maps = draw_maps(draw, b, h, length=length, causal=True, mask=mask, dtype=torch.float64)
    score.compare(student, reference, maps, mask)


@_property(
    "as many sentences as heads",
    "Write the shapes of the weights and of the mask one below the other, from the right. Under "
    "which axis does B stand?",
)
def as_many_sentences_as_heads(
    score: Score, student: Student, reference: Student, draw: Draw
) -> None:
    (h,), length = draw_sizes(draw, "H")
    mask = draw_padding(draw, h, length)
    maps = draw_maps(draw, h, h, length=length, mask=mask, dtype=torch.float64)
    score.compare(student, reference, maps, mask)


@_property(
    "many heads, many sentences, long sentences",
    "Is there a number in your code that should be a size of the weights?",
)
def large_sizes(score: Score, student: Student, reference: Student, draw: Draw) -> None:
    with torch.no_grad():
        for b, h, length, told in large_maps(draw):
            mask = draw_padding(draw, b, length)
            maps = draw_maps(draw, b, h, length=length, mask=mask)
            score.compare(student, reference, maps, mask, told=told)
    if draw.level != FULL:
        (b, h), length = draw_sizes(draw, "B", "H")
        score.compare(student, reference, draw_maps(draw, b, h, length=length))


@_property(
    "half precision, another order in memory, and the arguments stay as they are",
    "Which dtype has your result? Does a line of yours write into the weights or the mask?",
)
def leaves_its_arguments(score: Score, student: Student, reference: Student, draw: Draw) -> None:
    (b, h), length = draw_sizes(draw, "B", "H")
    mask = draw_padding(draw, b, length)
    maps = as_split(draw_maps(draw, b, h, length=length, mask=mask, dtype=torch.float64))
    score.compare(student, reference, maps, mask)
    student.expect_inputs_unchanged("the tensor of weights", "the mask")
    for dtype in (torch.float16, torch.bfloat16):
        want = score.of(reference, maps, mask)
        got = score.of(student, maps.to(dtype), mask)
        expect.close(got, want, WHAT, AXES, tolerance=4e-2, dtype=dtype)


@_property(
    "zeros where no row counts",
    "What is 0 / 0? What does the task say comes back?",
)
def nothing_counts(score: Score, student: Student, reference: Student, draw: Draw) -> None:
    (b, h), length = draw_sizes(draw, "B", "H")
    maps = draw_maps(draw, b, h, length=length)
    score.compare(student, reference, maps, torch.zeros(b, length, dtype=torch.bool))
    score.compare(student, reference, draw_maps(draw, b, h, length=1))


for _score in _SCORES:
    _register_basic(_score)
    _property.register(_score)
