"""What was graded, kept beside the gradebook: one JSON file for each submission.

Only the process that runs a class writes here. A file is written whole or not at all, so that a
run which was killed goes on where it stopped.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
from importlib import metadata
from pathlib import Path

from . import course
from .submission import Submission

FOLDER = ".grading"


class Results:
    """The results of one assignment.

    Args:
        root: the course's folder, where the gradebook lies.
        unit: the assignment.
    """

    def __init__(self, root: Path, unit: course.Unit):
        self.folder = Path(root) / FOLDER / unit.name

    def load(self, student: str) -> dict | None:
        """What is known of a student: ``key``, ``verdict``, ``pages``; None if nothing is."""
        try:
            return json.loads(self._path(student).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None

    def save(self, student: str, result: dict) -> None:
        """Record a result; it is on the disk when this returns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(student)
        part = path.with_suffix(".part")
        with open(part, "w", encoding="utf-8") as file:
            json.dump(result, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)

    def students(self) -> list[str]:
        """Everyone of whom there is a result."""
        return sorted(path.stem for path in self.folder.glob("*.json"))

    def seed(self, default: int) -> int:
        """The seed that was chosen for this assignment, else ``default``."""
        try:
            return int((self.folder / "seed").read_text())
        except (FileNotFoundError, ValueError):
            return default

    def choose_seed(self, seed: int) -> None:
        """Grade this assignment with a seed of one's own from now on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "seed").write_text(f"{seed}\n")

    def _path(self, student: str) -> Path:
        return self.folder / f"{student}.json"


def key_of(found: Submission | dict, unit: course.Unit, seed: int, isolation: str) -> str:
    """What a result depends on, as a digest: answers, checks, seed and environment.

    Args:
        found: the submission, or the error if it cannot be read.
    """
    answers = found if isinstance(found, dict) else [found.cells, found.missing, found.notices]
    parts = [answers, course.checks_version(unit.name), seed, *_environment(), isolation]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


@functools.cache
def _environment() -> list[str]:
    versions = [metadata.version(each) for each in ("torch", "numpy")]
    return [platform.python_version(), platform.machine(), *versions]
