"""Verdicts as text. Control characters are taken out of everything."""

from __future__ import annotations

from ..verdict import ExerciseVerdict, SubmissionVerdict
from .safe import one_line
from .shown import ShownCheck, Window, shown_checks
from .wording import (
    ALSO,
    CALLED,
    FLAGGED,
    SAME,
    SEARCH_ENDED,
    Role,
    Styled,
    headline,
    number,
    plain,
    replaced,
)

_MOST_LINES = 24  # of numbers that went in; a page folds away what is longer


def exercise_text(verdict: ExerciseVerdict) -> str:
    """A verdict as text."""
    return plain(_exercise_lines(verdict))


def submission_text(verdict: SubmissionVerdict) -> str:
    """A whole submission as text."""
    return plain(submission_lines(verdict))


def submission_lines(verdict: SubmissionVerdict) -> list[Styled]:
    """The lines of ``submission_text``, for a terminal with colours."""
    lines = []
    for exercise in verdict.exercises:
        lines += [*_exercise_lines(exercise), Styled("")]
    for notice in verdict.notices:
        lines += [Styled(f"Note: {notice}."), Styled("")]
    points = f"{number(verdict.points)} of {number(verdict.max_points)} points"
    total = f"{points} (seed {verdict.seed}, checks {verdict.checks_version})"
    return [*lines, Styled(total, "title")]


def _exercise_lines(verdict: ExerciseVerdict) -> list[Styled]:
    role: Role = "passed" if verdict.status == "passed" else "failed"
    lines = [Styled(headline(verdict), role)]
    if verdict.replaced:
        lines.append(Styled(f"  {replaced(verdict.replaced)}"))
    lines += [Styled(f"  {FLAGGED} {flag}", "flag") for flag in verdict.flags]
    for shown in shown_checks(verdict):
        lines += _check_lines(shown)
    if verdict.search_ended:
        lines.append(Styled(f"  {SEARCH_ENDED}"))
    return lines


def _check_lines(shown: ShownCheck) -> list[Styled]:
    lines, check = [], shown.check
    if shown.named:
        lines.append(
            Styled(f"  ✓ {check.says}", "passed")
            if check.passed
            else Styled(f"  ✗ {check.says}", "failed")
        )
    indent = "      " if shown.named else "  "
    if not check.passed:
        # A learner's words must not pass for lines of ours.
        lines += [Styled(indent + one_line(text), role) for text, role in _details(shown)]
    for which, others in ((SAME, shown.same), (ALSO, shown.also)):
        if others:
            lines.append(Styled(f"  ✗ {which}: {'; '.join(others)}.", "failed"))
    return lines


def _details(shown: ShownCheck) -> list[Styled]:
    check = shown.check
    lines = [Styled(check.message)]
    if check.where:
        lines.append(Styled(f"in {check.where}"))
    if check.call:
        lines.append(Styled(f"{CALLED} {check.call.text}"))
    if shown.window:
        lines += map(Styled, _side_by_side(shown.window))
    if check.call:
        numbers = check.call.numbers()
        lines += map(Styled, numbers if len(numbers) <= _MOST_LINES else ())
    ends = (Styled(check.diagnosis, "diagnosis"), Styled(check.asks, "asks"))
    return lines + [line for line in ends if line.text]


def _side_by_side(window: Window) -> list[str]:
    cells = [cell for plane in (window.expected, window.got) for row in plane for cell in row]
    width = max(map(len, cells)) + 2
    rows = window.rows(window.got)
    margin = max(len(name) for name, _ in rows)
    block = len(window.expected[0]) * width
    lines = [window.sentence(), f"{'':{margin}}  {'expected':<{block}}   got"]
    for want, (name, got) in zip(window.expected, rows, strict=True):
        left = "".join(f"{entry:>{width}}" for entry in want)
        marked = [f"[{entry}]" if is_first else f"{entry} " for entry, is_first in got]
        right = "".join(f"{entry:>{width + 1}}" for entry in marked)
        lines.append(f"{name:{margin}}{left}   {right}")
    return lines
