"""What was graded, kept beside the gradebook: one JSON file for each submission.

Only the process that runs a class, or nbgrader, writes here. A file is written whole or not at all,
so that a run which was killed goes on where it stopped.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import get_args

import msgspec

from .. import course
from ..course import CourseError
from ..grading.record import Isolation
from ..submissions.result import Result

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

FOLDER = ".grading"
KEPT = "mend that and grade again: what was graded until now is kept"
# No file of a result has such a name.
_FAILED, _REMOVED = "failed", "removed-grades"
_STRONGEST_FIRST = get_args(Isolation)


class Results:
    """The results of one assignment.

    Args:
        root: the course's folder, where the gradebook lies.
        unit: the assignment.
    """

    def __init__(self, root: Path, unit: course.Unit):
        self.folder = Path(root) / FOLDER / unit.name

    def load(self, learner: str, accept: str = "none") -> Result | None:
        """What came of a learner's submission.

        Args:
            learner: whose.
            accept: the weakest isolation that will do.

        Returns:
            The result; None if none is known, or only one at a weaker isolation.
        """
        try:
            text = self._path(learner).read_text(encoding="utf-8")
            result = msgspec.convert(json.loads(text), Result)
        except (FileNotFoundError, ValueError, msgspec.ValidationError):
            return None
        rank = _STRONGEST_FIRST.index
        return result if rank(result.verdict.isolation) <= rank(accept) else None

    def save(self, learner: str, result: Result) -> None:
        """Record a result; it is on the disk when this returns."""
        self._put(self._path(learner), json.dumps(msgspec.to_builtins(result)))

    def failures(self) -> dict[str, str]:
        """By learner, why the last run gave no grade."""
        try:
            text = (self.folder / _FAILED).read_text(encoding="utf-8")
            return msgspec.convert(json.loads(text), dict[str, str])
        except (FileNotFoundError, ValueError):  # ValidationError is one of these
            return {}

    def save_failures(self, failures: dict[str, str]) -> None:
        """Record who has no grade, and why, in place of what was known."""
        self._put(self.folder / _FAILED, json.dumps(failures))

    def keep_removed(self, grades: list[dict]) -> Path:
        """Keep grades that leave the gradebook, beside those that left it before; says where."""
        path = self.folder / _REMOVED
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        self._put(path, json.dumps(kept + grades, indent=1))
        return path

    def _put(self, path: Path, text: str) -> None:
        """Write a file whole, or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        try:
            with open(part, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except OSError:
            part.unlink(missing_ok=True)
            raise

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
        self._put(self.folder / "seed", f"{seed}\n")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep another run out of this assignment meanwhile; one that was killed keeps nobody out.

        Raises:
            CourseError: if there is another run, or nothing can be written here.
        """
        path = self.folder / "lock"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as problem:
            raise self.unwritable(problem) from None
        try:
            self._take(file)
            yield
        finally:
            os.close(file)

    def _take(self, lock: int) -> None:
        try:
            if fcntl:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.truncate(lock, 0)
            holder = (
                f"process {os.getpid()} on {socket.gethostname()}, since {datetime.now():%H:%M}"
            )
            os.write(lock, holder.encode())
        except BlockingIOError:
            holder = os.read(lock, 200).decode(errors="replace")
            raise CourseError(
                f"{self.folder.name} is being graded already ({holder}); wait until that has ended"
            ) from None
        except OSError as problem:
            raise self.unwritable(problem) from None

    def unwritable(self, problem: OSError) -> CourseError:
        """What to say where no result can be kept any more."""
        return CourseError(f"nothing can be written to {self.folder} ({problem.strerror}); {KEPT}")

    def _path(self, learner: str) -> Path:
        return self.folder / f"{learner}.json"
