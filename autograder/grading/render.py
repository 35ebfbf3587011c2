"""Verdicts as text and as HTML: what the rest of the autograder calls."""

from .looks import escape
from .render_html import exercise_html, notices_html
from .render_text import exercise_text, submission_lines, submission_text
from .wording import number

__all__ = [
    "escape",
    "exercise_html",
    "exercise_text",
    "notices_html",
    "number",
    "submission_lines",
    "submission_text",
]
