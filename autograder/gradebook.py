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

__all__ = [
    "Collect",
    "Grade",
    "LenientExporter",
    "ReleaseFeedback",
    "SaveGrades",
    "adopt_renamed",
    "autograde_preprocessors",
    "feedback_preprocessors",
    "release_preprocessors",
    "sanitize_preprocessors",
]
