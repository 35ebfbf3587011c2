"""What came of grading one submission of a class."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from ..grading.record import Record


class Result(msgspec.Struct, frozen=True):
    """A graded submission, as it is kept.

    Attributes:
        key: what it depends on, see ``fingerprint.key_of``.
        verdict: the verdict.
        pages: by exercise, the verdict as HTML.
        notes: what was odd about the submission, as HTML.
    """

    key: str
    verdict: Record
    pages: dict[str, str]
    notes: str


@dataclass(frozen=True)
class NoGrade:
    """A submission that has no grade, and why."""

    reason: str
