"""Checks of causality_test, a test that the learner writes."""

from __future__ import annotations

from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student

from .attentions import faint_ones, hidden_ones, open_ones, right_ones, tame_ones
from .tested import judge

_NAME = "causality_test"


@check(
    _NAME,
    "tells attention without a mask from attention with one",
    "You change x from position t on. Which outputs may change, and which may not?",
    weight=3,
)
def catches_open_leaks(student: Student, reference: Student, draw: Draw) -> None:
    judge(student.causality_test, [*tame_ones(draw), *open_ones()], _NAME, draw)


@check(
    _NAME,
    "catches leaks at some positions, in some rows, from some length on",
    "Which positions, rows and lengths has your test not looked at? A leak can sit in any of them.",
    weight=3,
)
def catches_hidden_leaks(student: Student, reference: Student, draw: Draw) -> None:
    judge(student.causality_test, [*tame_ones(draw), *hidden_ones(draw)], _NAME, draw)


@check(
    _NAME,
    "catches leaks that are small",
    "How large a difference does your comparison let pass? How large is rounding?",
    weight=2,
)
def catches_faint_leaks(student: Student, reference: Student, draw: Draw) -> None:
    judge(student.causality_test, [*tame_ones(draw), *faint_ones()], _NAME, draw)


@check(
    _NAME,
    "accepts every causal attention, whichever way it computes",
    "Two right ways differ by rounding. Does your comparison allow for it, near zero as well?",
    weight=3,
)
def accepts_what_is_right(student: Student, reference: Student, draw: Draw) -> None:
    judge(student.causality_test, [*right_ones(draw), open_ones()[0]], _NAME, draw)
