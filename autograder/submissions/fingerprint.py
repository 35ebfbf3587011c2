"""What a result depends on, as digests: a result with the same fingerprint needs no new grading."""

from __future__ import annotations

import functools
import hashlib
import json
import platform
from importlib import metadata
from pathlib import Path

import msgspec

from .. import course
from .read import Rebuilt, from_rebuilt

_PACKAGE = Path(__file__).parent.parent
_SUFFIXES = (".py", ".jinja")


def key_of(handed_in: Rebuilt, unit: course.Unit, seed: int, isolation: str) -> str:
    """What the result of a submission depends on: answers, checks, seed and environment."""
    if handed_in.error:
        answers: object = msgspec.to_builtins(handed_in.error)
    else:
        submission = from_rebuilt(handed_in, unit)
        prose = [cell["source"] for cell in handed_in.notebook["cells"] if _is_prose(cell)]
        answers = [submission.cells, submission.missing, submission.notices, prose]
    parts = [answers, checks_version(unit.name), seed, *_environment(), isolation]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _is_prose(cell: dict) -> bool:
    """Whether this is a Markdown cell of the learner's own."""
    return cell["cell_type"] == "markdown" and "autograder" in cell["metadata"]


@functools.cache
def _environment() -> list[str]:
    versions = [metadata.version(name) for name in ("torch", "numpy")]
    return [platform.python_version(), platform.machine(), *versions]


def deciding(unit_name: str) -> list[Path]:
    """The files that decide a verdict on this unit, and how it is told.

    Its own and all earlier model solutions, checks and misconceptions, which later ones build on;
    all that reads, runs, grades and renders.
    """
    units = list(course.units().values())
    units = units[: units.index(course.unit(unit_name)) + 1]
    places = [_PACKAGE / each for each in ("grading", "sandbox", "submissions", "units/shared")]
    places += [_PACKAGE / "units" / f"u{each.name}" for each in units]
    found = [file for place in places for file in place.rglob("*") if file.suffix in _SUFFIXES]
    found += [_PACKAGE / each for each in ("__init__.py", "course.py", "units/__init__.py")]
    found += [each.source for each in units]
    return sorted([*found, units[-1].released])


@functools.cache
def checks_version(unit_name: str) -> str:
    """Short fingerprint of everything of the course that decides a verdict on a unit."""
    digest = hashlib.sha256()
    for file in deciding(unit_name):
        digest.update(hashlib.sha256(file.read_bytes()).digest() if file.exists() else b"none")
    return digest.hexdigest()[:12]
