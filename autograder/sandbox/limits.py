"""What one exercise of a submission may use, and what a whole one may take of the grader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one exercise of a submission may use.

    Attributes:
        seconds: time the grader waits for it, all answers together; longer while a busy machine
            gives it less than that to work, see ``Deadline``.
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

    seconds: float = 300.0
    megabytes: int = 1024


class Deadline:
    """How long to wait for what should end after some seconds of work.

    On a busy machine work takes longer, and the same answer should get the same points: what works
    is waited for until it has worked for that long, what sleeps is not.

    Args:
        seconds: time to work, and to wait for what does not work.
    """

    MOST = 6.0
    """Times ``seconds`` that are waited for at most."""
    AWAKE = 0.05
    """Share of the time waited for that is work, at least, where it is not asleep."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waited = self._worked = 0.0

    def more(self, waited: float, worked: float) -> float:
        """Seconds to go on waiting, 0 when its time is over.

        Args:
            waited: seconds waited so far.
            worked: seconds of CPU time that it has had.
        """
        awake = worked - self._worked >= self.AWAKE * (waited - self._waited)
        self._waited, self._worked = waited, worked
        left = min(self._seconds - worked, self.MOST * self._seconds - waited)
        return left if awake and left > self._seconds / 100 else 0.0
