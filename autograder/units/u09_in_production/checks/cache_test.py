"""Checks of cache_test, a test that the learner writes."""

from __future__ import annotations

from autograder.grading.checks import check
from autograder.grading.draw import Draw
from autograder.grading.student_protocol import Student

from .caches import reading_ones, right_ones, sharing_ones, tame_ones, trimming_ones, writing_ones
from .tested import judge

_NAME = "cache_test"


@check(
    _NAME,
    "catches caches that store wrongly",
    "You know what you appended. What must come back, in which order, after each append?",
    weight=3,
)
def catches_wrong_writing(student: Student, reference: Student, draw: Draw) -> None:
    judge(student.cache_test, [*tame_ones(), *writing_ones()], _NAME, draw)


@check(
    _NAME,
    "catches caches that trim wrongly",
    "What should be stored after trim, and what after the next append? Which lengths did you try?",
    weight=4,
)
def catches_wrong_trimming(student: Student, reference: Student, draw: Draw) -> None:
    judge(student.cache_test, [*tame_ones(), *trimming_ones()], _NAME, draw)


@check(
    _NAME,
    "catches caches whose reader and writer disagree",
    "append and read both say what is stored. Do you compare both, each time? What about twice?",
    weight=2,
)
def catches_wrong_reading(student: Student, reference: Student, draw: Draw) -> None:
    judge(student.cache_test, [*tame_ones(), *reading_ones()], _NAME, draw)


@check(
    _NAME,
    "catches caches that share memory",
    "A server has a cache for each user. How many does your test make, and when does it use them?",
    weight=3,
)
def catches_sharing(student: Student, reference: Student, draw: Draw) -> None:
    judge(student.cache_test, [*tame_ones(), *sharing_ones()], _NAME, draw)


@check(
    _NAME,
    "accepts every right cache, however it stores",
    "What did the task promise, and what does your test demand beyond it?",
    weight=3,
)
def accepts_what_is_right(student: Student, reference: Student, draw: Draw) -> None:
    judge(student.cache_test, [*right_ones(), trimming_ones()[0]], _NAME, draw)
