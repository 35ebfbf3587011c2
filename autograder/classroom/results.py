"""What was graded, kept beside the gradebook: one JSON file for each submission.

Only the process that runs a class writes here. A file is written whole or not at all, so that a
run which was killed goes on where it stopped.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec

from .. import course
from ..submissions.result import Result

FOLDER = ".grading"


class Results:
    """The results of one assignment.

    Args:
        root: the course's folder, where the gradebook lies.
        unit: the assignment.
    """

    def __init__(self, root: Path, unit: course.Unit):
        self.folder = Path(root) / FOLDER / unit.name

    def load(self, learner: str) -> Result | None:
        """What came of a learner's submission; None if that is not known."""
        try:
            text = self._path(learner).read_text(encoding="utf-8")
            return msgspec.convert(json.loads(text), Result)
        except (FileNotFoundError, ValueError):
            return None

    def save(self, learner: str, result: Result) -> None:
        """Record a result; it is on the disk when this returns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(learner)
        part = path.with_suffix(".part")
        with open(part, "w", encoding="utf-8") as file:
            json.dump(msgspec.to_builtins(result), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)

    def learners(self) -> list[str]:
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

    def _path(self, learner: str) -> Path:
        return self.folder / f"{learner}.json"
