"""The words and numbers that verdicts are told in, on every medium."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from .safe import printable

if TYPE_CHECKING:  # with torch, which few commands need
    from ..verdict import ExerciseVerdict

Role = Literal["", "title", "passed", "failed", "flag", "diagnosis", "asks"]

SAME = "Also fails, which this explains"
ALSO = "Also fails"
CALLED = "This was called:"
INPUTS = "The numbers that went in"
FLAGGED = "A person should look at this; it costs no points."
LOOKING = "Looking for the mistake behind it ..."
SEARCH_ENDED = "The search for the mistake behind it has reached its bound, and found none so far."
STATUS = {
    "passed": "passed",
    "failed": "not yet",
    "not_started": "not started",
    "forbidden": "forbidden call",
    "syntax_error": "syntax error",
    "error": "stopped with an exception",
    "crashed": "crashed",
    "timeout": "out of time",
    "memory": "out of memory",
    "missing": "missing",
    "manual": "graded by a person",
}


class Styled(NamedTuple):
    """A piece of text and its role, by which a terminal colours it."""

    text: str
    role: Role = ""


def number(value: float) -> str:
    """Points without needless decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def headline(verdict: ExerciseVerdict) -> str:
    """The points of an exercise, and what came of it."""
    points = f"{number(verdict.points)} of {number(verdict.max_points)} points"
    return f"{verdict.id}: {points} ({STATUS[verdict.status]})"


def listed(names: Sequence[str]) -> str:
    """At least one name as part of a sentence: ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def replaced(names: Sequence[str]) -> str:
    """That earlier work was graded with the reference, as a sentence."""
    return f"Graded with the course's {listed(names)} in place of yours."


def plain(lines: Sequence[Styled]) -> str:
    """Lines as text without colours."""
    return printable("\n".join(line.text for line in lines))
