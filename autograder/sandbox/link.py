"""The trusted side of the sandbox: talks to one submission and ends it.

Nothing that comes from a submission is imported, unpickled or evaluated here; ``wire.receive``
rebuilds tensors from bytes and everything else from plain JSON.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import select
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn, Self, TypeGuard

import torch

from .inside import cells, watch, wire
from .limits import Deadline, Limits
from .processes import Ending, start

MAX_CALLBACK_DEPTH = 16
_ONE_FRAME = 1.0  # seconds that a frame may take once it has begun
INTERFERED = "The submission interfered with the grading process."
_LENGTHS = {"kind": 20, "type": 80, "text": 500}


class SubmissionDied(Exception):
    """The process of a submission is gone.

    Args:
        kind: ``timeout``, ``memory``, ``crashed`` or ``protocol``.
        message: one sentence for the learner.
    """

    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind = kind
        self.message = message


class Link:
    """The connection to one submission in a process apart.

    Args:
        limits: time and memory it may use.
        forbidden: families of calls to watch for, see ``watch.FAMILIES``.
    """

    def __init__(self, limits: Limits, forbidden: Iterable[str] = ()):
        self.forbidden = list(forbidden)
        self._limits = limits
        self._deadline = Deadline(limits.seconds)
        self._waited = 0.0
        self._limit = limits.seconds
        self._channel, self._worked, self._end = start(limits)
        self._callbacks: list[Callable] = []
        self._depth = 0
        self._calls = 0
        self._ended: SubmissionDied | None = None
        self._code: dict[str, str] = {}
        # A submission can say of a thousand cells that the largest is not valid.
        self._syntax_error = functools.cache(cells.syntax_error)
        self._lines = functools.cache(lambda code: code.split("\n"))

    def close(self) -> Ending:
        """End the process; returns how it ended."""
        self._channel.close()
        end, self._end = self._end, lambda: {"signal": None, "seconds": 0}
        return end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def begin(
        self, submitted: list[dict], replace: dict[str, str], earlier_work: str
    ) -> list[dict | None]:
        """Run the cells of a submission; for each, what went wrong or None."""
        self._code = {cell["id"]: cell["code"] for cell in submitted}
        reply = self.request(
            {"verb": "begin", "cells": submitted, "replace": replace, "earlier_work": earlier_work}
        )
        problems = reply.get("problems")
        if not isinstance(problems, list) or len(problems) != len(submitted):
            self._die("protocol", INTERFERED)
        return [self._tidy(each) if isinstance(each, dict) else None for each in problems]

    def call(
        self,
        of: str | wire.Handle,
        args: tuple,
        kwargs: dict[str, Any],
        keep: bool,
        module: str | wire.Handle | None = None,
        count: bool = False,
        whole: bool = False,
        luck: str | None = None,
    ) -> dict[str, Any]:
        """Call something of the submission's.

        Args:
            of: what to call: a name, or a ``wire.Handle``.
            args, kwargs: its arguments.
            keep: whether the submission's side keeps the graph of this call for ``backward``.
            module: the module, if any, whose parameters ``backward`` differentiates to as well.
            count: whether to count the memory that the call takes.
            whole: whether the result stays there as an object, whatever it is.
            luck: begins the random numbers in the call anew; by default they go on.

        Returns:
            The reply, with ``call``, the number of this call.
        """
        self._calls += 1
        number = self._calls
        request = {
            "verb": "call",
            "of": of,
            "call": number,
            "keep": keep,
            "module": module,
            "args": self._outgoing(args),
            "kwargs": self._outgoing(kwargs),
            "grad": torch.is_grad_enabled(),
            "count": count,
            "whole": whole,
            "luck": luck,
        }
        return self.request(request) | {"call": number}

    def request(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a request and wait for its reply, answering callbacks in between.

        Raises:
            SubmissionDied: if no valid reply comes in time.
        """
        if self._ended:
            raise self._ended
        try:
            with self._clock():
                self._send(message | {"forbidden": self.forbidden})
                while True:
                    reply = self._receive()
                    if "callback" not in reply:
                        return self._valid(reply)
                    self._send(self._answer(reply))
        except wire.TooLarge as problem:
            self._die("protocol", f"This submission cannot be graded: it needs {problem}.")
        except wire.ChannelTimeout:
            self._die(
                "timeout", f"Stopped after {self._limits.seconds:g} seconds without an answer."
            )
        except wire.ChannelClosed:
            self._die(*self._how_it_died())
        except wire.ProtocolError:
            self._die("protocol", INTERFERED)

    def _send(self, message: dict[str, Any]) -> None:
        wire.send(self._channel, message, max(self._left(), _ONE_FRAME))

    def _receive(self) -> dict[str, Any]:
        while not select.select([self._channel], [], [], max(self._left(), 0))[0]:
            waited = time.monotonic() - self._since
            more = self._deadline.more(waited, self._worked())
            if not more:
                raise wire.ChannelTimeout
            self._limit = waited + more
        return wire.receive(self._channel, max(self._left(), _ONE_FRAME), wire.REPLY)

    def _left(self) -> float:
        """Seconds left to wait for its answers."""
        return self._since + self._limit - time.monotonic()

    @contextlib.contextmanager
    def _clock(self) -> Iterator[None]:
        """Count the time inside as waited for; requests within callbacks count once."""
        self._depth += 1
        if self._depth == 1:
            self._since = time.monotonic() - self._waited
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                self._waited = time.monotonic() - self._since

    def _valid(self, reply: dict) -> dict:
        error, used = reply.get("error"), reply.get("used")
        if not isinstance(error, dict) and reply.get("ok") is not True:
            raise wire.ProtocolError("not a reply")
        if not isinstance(used, list) or not all(isinstance(name, str) for name in used):
            raise wire.ProtocolError("not a reply")
        tidy = {"error": self._tidy(error)} if isinstance(error, dict) else {}
        return reply | tidy | {"used": watch.known(used[:20])}

    def _tidy(self, error: dict) -> dict:
        """The description of an exception as ``cells.describe`` makes it, whatever was sent.

        In the submission's words are ``type`` and ``text``, no more: lines, and what Python says
        of code that does not parse, come from the grader's own copy of the cells.
        """
        texts = {name: error.get(name) for name in _LENGTHS}
        tidy: dict[str, str | int] = {
            key: text[: _LENGTHS[key]] for key, text in texts.items() if isinstance(text, str)
        }
        tidy["builtin"] = _builtin(error.get("builtin"))
        cell, line = str(error.get("cell")), error.get("line")
        code = self._code.get(cell, "")
        if tidy.get("kind") == "syntax_error":
            tidy["text"] = self._syntax_error(code)
        lines = self._lines(code)
        if code and type(line) is int and 0 < line <= len(lines):
            source = lines[line - 1].strip()[:200]
            tidy |= {"cell": cell, "line": line, "source": source}
        return tidy

    def _how_it_died(self) -> tuple[str, str]:
        how = self.close()
        worked = how["seconds"] > self._limits.seconds
        if how["signal"] == getattr(signal, "SIGXCPU", -1) or (how["signal"] and worked):
            return "timeout", f"Stopped after more than {self._limits.seconds:g} seconds of work."
        if how["signal"]:
            return "crashed", f"The process of the submission was ended by signal {how['signal']}."
        return "crashed", "The process of the submission ended before it answered."

    def _die(self, kind: str, message: str) -> NoReturn:
        self.close()
        self._ended = SubmissionDied(kind, message)
        raise self._ended

    def _outgoing(self, value: Any) -> Any:
        """Arguments as they go out; functions stay here and are called back by number."""
        return wire.mapped(self._outgoing_one, value)

    def _outgoing_one(self, value: Any) -> Any:
        if callable(value) and not isinstance(value, (torch.Tensor, torch.dtype)):
            self._callbacks.append(value)
            return wire.Callback(len(self._callbacks) - 1)
        return value

    def _answer(self, reply: dict) -> dict:
        number, args, kwargs = reply["callback"], reply.get("args"), reply.get("kwargs")
        known = isinstance(number, int) and 0 <= number < len(self._callbacks)
        known = known and self._depth <= MAX_CALLBACK_DEPTH
        if not known or not isinstance(args, tuple) or not _is_named(kwargs):
            raise wire.ProtocolError("an unknown callback")
        try:
            return {"value": self._outgoing(self._callbacks[number](*args, **kwargs))}
        except Exception as problem:  # its text may hold more than a submission should know
            if self._ended:
                raise self._ended from None
            kind, is_plain = type(problem).__name__, type(problem).__module__ == builtins.__name__
            return {"raised": {"kind": kind, "text": str(problem) if is_plain else ""}}


def _builtin(name: object) -> str:
    """The name if it is that of an exception of Python's own."""
    known = vars(builtins).get(name) if isinstance(name, str) else None
    if isinstance(known, type) and issubclass(known, BaseException):
        return known.__name__
    return "Exception"


def _is_named(kwargs: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(kwargs, dict) and all(isinstance(name, str) for name in kwargs)
