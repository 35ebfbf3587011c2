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


def key_of(handed_in: Rebuilt, unit: course.Unit, seed: int, isolation: str) -> str:
    """What the result of a submission depends on: answers, checks, seed and environment."""
    if handed_in.error:
        answers: object = msgspec.to_builtins(handed_in.error)
    else:
        submission = from_rebuilt(handed_in, unit)
        answers = [submission.cells, submission.missing, submission.notices]
    parts = [answers, checks_version(unit.name), seed, *_environment(), isolation]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


@functools.cache
def _environment() -> list[str]:
    versions = [metadata.version(name) for name in ("torch", "numpy")]
    return [platform.python_version(), platform.machine(), *versions]


@functools.cache
def checks_version(unit_name: str) -> str:
    """Short fingerprint of the checks of a unit: its source, its checks and what these demand."""
    units = _PACKAGE / "units"
    files = [
        course.unit(unit_name).source,
        *(_PACKAGE / "grading" / f"{name}.py" for name in ("draw", "expect", "expect_modules")),
        *sorted((units / "shared").rglob("*.py")),
        *sorted((units / f"u{unit_name}").rglob("*.py")),
    ]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
