"""A limit on time for code that runs in the learner's own kernel."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator

from ..sandbox.limits import Deadline


class OutOfTime(KeyboardInterrupt):
    """It ran for too long. Like the learner's own interrupt, ``except Exception`` lets it pass."""


class Stopwatch:
    """Ends what runs inside ``running`` once all of it together has worked for ``seconds``.

    Or slept for so long, see ``Deadline``. It rings in the main thread, and where the system has
    interval timers (not on Windows); elsewhere it never does.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._left = max(seconds, 1e-3)
        self._deadline = Deadline(seconds)
        self._waited = self._worked = 0.0
        self._runs = self._over = False

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Count the time inside; what is called from within counts once.

        Raises:
            OutOfTime: in whatever is running when the time is over.
        """
        rings = hasattr(signal, "setitimer")
        if self._runs or not rings or threading.current_thread() is not threading.main_thread():
            yield
            return
        self._runs, before = True, signal.signal(signal.SIGALRM, self._ring)
        self._waited -= time.monotonic()
        self._worked -= time.thread_time()
        try:
            # Again each second: an answer may catch whatever is raised in it.
            signal.setitimer(signal.ITIMER_REAL, self._left, 1.0)
            yield
        finally:
            left = signal.setitimer(signal.ITIMER_REAL, 0)[0]
            self._waited += time.monotonic()
            self._worked += time.thread_time()
            self._left = 1e-3 if self._over else max(left, 1e-3)
            # None stands for a handler that is not Python's.
            signal.signal(signal.SIGALRM, before or signal.SIG_DFL)
            self._runs = False

    def _ring(self, *signalled: object) -> None:
        waited, worked = self._waited + time.monotonic(), self._worked + time.thread_time()
        if not self._over and (more := self._deadline.more(waited, worked)):
            signal.setitimer(signal.ITIMER_REAL, more, 1.0)
            return
        self._over = True
        raise OutOfTime(f"Stopped after {self.seconds:g} seconds without an answer.")
