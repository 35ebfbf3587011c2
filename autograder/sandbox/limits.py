"""What one exercise of a submission may use."""

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
