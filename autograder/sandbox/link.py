"""The trusted side of the sandbox: talks to one submission and ends it.

Nothing that comes from a submission is imported, unpickled or evaluated here; ``wire.receive``
rebuilds tensors from bytes and everything else from plain JSON.
"""

from __future__ import annotations

import time

import torch

from . import wire
from .processes import Limits, the_server


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

    def __init__(self, limits: Limits, forbidden=()):
        self.forbidden = list(forbidden)
        self._limits = limits
        self._left = limits.seconds
        self._channel, self._end = the_server().start(limits)
        self._callbacks: list = []
        self._calls = 0
        self._ended: SubmissionDied | None = None

    def close(self) -> dict:
        """End the process; returns how it ended."""
        self._channel.close()
        end, self._end = self._end, lambda: {"killed": False, "signal": None, "exit": None}
        return end()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def begin(self, cells, replace, earlier_work) -> list:
        """Run the cells of a submission; for each, what went wrong or None."""
        reply = self.request(
            {"verb": "begin", "cells": cells, "replace": replace, "earlier_work": earlier_work}
        )
        problems = reply.get("problems")
        if not isinstance(problems, list) or len(problems) != len(cells):
            self._die("protocol", "The submission interfered with the grading process.")
        return [each if isinstance(each, dict) else None for each in problems]

    def call(self, target: dict, args: tuple, kwargs: dict, grad: bool) -> dict:
        """Call something of the submission's; the reply, with ``call``, the number of this call."""
        self._calls += 1
        reply = self.request(
            {"verb": "call", "call": self._calls, "grad": grad, "forbidden": self.forbidden}
            | target
            | {"args": self._outgoing(args), "kwargs": self._outgoing(kwargs)}
        )
        return reply | {"call": self._calls}

    def request(self, message: dict) -> dict:
        """Send a request and wait for its reply, answering callbacks in between.

        Raises:
            SubmissionDied: if no valid reply comes in time.
        """
        if self._ended:
            raise self._ended
        started = time.monotonic()
        try:
            self._channel.settimeout(max(self._left, 0.01))
            wire.send(self._channel, message)
            while True:
                left = self._left - (time.monotonic() - started)
                reply = wire.receive(self._channel, left)
                if "callback" not in reply:
                    return self._valid(reply)
                wire.send(self._channel, {"value": self._answer(reply)})
        except wire.ChannelTimeout:
            self._die(
                "timeout", f"Stopped after {self._limits.seconds:g} seconds without an answer."
            )
        except wire.ChannelClosed:
            self._die(*self._how_it_died())
        except wire.ProtocolError:
            self._die("protocol", "The submission interfered with the grading process.")
        finally:
            self._left -= time.monotonic() - started

    def _valid(self, reply: dict) -> dict:
        error, used = reply.get("error"), reply.get("used")
        fits = (isinstance(error, dict) or reply.get("ok") is True) and isinstance(used, list)
        if not fits or not all(isinstance(each, str) for each in used):
            raise wire.ProtocolError("not a reply")
        return reply

    def _how_it_died(self) -> tuple[str, str]:
        how = self.close()
        if how["signal"]:
            return "crashed", f"The process of the submission was ended by signal {how['signal']}."
        return "crashed", "The process of the submission ended before it answered."

    def _die(self, kind: str, message: str):
        self.close()
        self._ended = SubmissionDied(kind, message)
        raise self._ended

    def _outgoing(self, value):
        """Arguments as they go out; functions stay here and are called back by number."""
        if isinstance(value, (list, tuple)):
            return type(value)(self._outgoing(each) for each in value)
        if isinstance(value, dict):
            return {key: self._outgoing(each) for key, each in value.items()}
        handle = getattr(value, "_handle", None)
        if isinstance(handle, wire.Handle):
            return handle
        if callable(value) and not isinstance(value, (torch.Tensor, torch.dtype)):
            self._callbacks.append(value)
            return wire.Callback(len(self._callbacks) - 1)
        return value

    def _answer(self, reply: dict):
        number, args, kwargs = reply["callback"], reply.get("args"), reply.get("kwargs")
        known = isinstance(number, int) and 0 <= number < len(self._callbacks)
        if not known or not isinstance(args, tuple) or not isinstance(kwargs, dict):
            raise wire.ProtocolError("an unknown callback")
        return self._callbacks[number](*args, **kwargs)
