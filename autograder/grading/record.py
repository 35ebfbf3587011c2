"""The verdict that other programs read: JSON schema 1, in ``verdict.schema.json`` beside this.

The field order is that of the JSON. ``python -m autograder build`` writes the schema anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import msgspec

SCHEMA_FILE = Path(__file__).with_name("verdict.schema.json")

Status = Literal[
    "passed",
    "failed",
    "not_started",
    "forbidden",
    "syntax_error",
    "error",
    "crashed",
    "timeout",
    "memory",
    "missing",
    "manual",
]
Isolation = Literal["full", "partial", "none"]


class CheckRecord(msgspec.Struct, frozen=True):
    """What came of one check; ``misconception`` is the first of ``misconceptions``."""

    id: str
    points: float
    max_points: float
    passed: bool
    message: str
    misconception: str | None
    misconceptions: tuple[str, ...]


class ExerciseRecord(msgspec.Struct, frozen=True):
    """What came of one exercise; ``flags`` are reasons for a person to look at it."""

    id: str
    points: float
    max_points: float
    status: Status
    carried_forward: bool
    flags: tuple[str, ...]
    checks: tuple[CheckRecord, ...]


class ErrorRecord(msgspec.Struct, frozen=True):
    """Why a whole submission could not be read."""

    kind: str
    message: str


class Record(msgspec.Struct, frozen=True):
    """What came of a whole submission."""

    schema: Literal[1]
    submission: str
    points: float
    max_points: float
    exercises: tuple[ExerciseRecord, ...]
    error: ErrorRecord | None
    notices: tuple[str, ...]
    isolation: Isolation
    seed: int
    checks_version: str


def to_json(record: Record | list[Record]) -> str:
    """JSON for people and programs, indented by two."""
    return json.dumps(msgspec.to_builtins(record), indent=2)


def json_schema() -> str:
    """The JSON schema of a record, as it is published."""
    return json.dumps(msgspec.json.schema(Record), indent=2) + "\n"
