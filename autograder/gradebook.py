"""For ``nbgrader_config.py``: ``from autograder import gradebook``."""

from .classroom.gradebook import (
    Grade,
    LenientExporter,
    SaveGrades,
    adopt_renamed,
    autograde_preprocessors,
    release_preprocessors,
)

__all__ = [
    "Grade",
    "LenientExporter",
    "SaveGrades",
    "adopt_renamed",
    "autograde_preprocessors",
    "release_preprocessors",
]
