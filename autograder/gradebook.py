"""For ``nbgrader_config.py``: ``from autograder import gradebook``."""

from .classroom.gradebook import (
    Collect,
    Grade,
    LenientExporter,
    ReleaseFeedback,
    SaveGrades,
    adopt_renamed,
    autograde_preprocessors,
    feedback_preprocessors,
    release_preprocessors,
    sanitize_preprocessors,
)
from .classroom.mathml import SHARE, markdown2html

__all__ = [
    "Collect",
    "Grade",
    "LenientExporter",
    "ReleaseFeedback",
    "SHARE",
    "SaveGrades",
    "adopt_renamed",
    "autograde_preprocessors",
    "feedback_preprocessors",
    "markdown2html",
    "release_preprocessors",
    "sanitize_preprocessors",
]
