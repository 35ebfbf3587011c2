"""What one exercise of a submission may use, and what a whole one may take of the grader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one exercise of a submission may use.

    Attributes:
        seconds: time the grader waits for it, all answers together.
        megabytes: memory beyond that of a bare process with torch.
    """

    seconds: float = 10.0
    megabytes: int = 2048


@dataclass(frozen=True)
class Budget:
    """What grading one submission may take of the grader's process, all exercises together.

    Attributes:
        seconds: from when the process begins with it.
        megabytes: memory beyond what the process had then.
    """

    seconds: float = 180.0
    megabytes: int = 1024
