"""The reference, as a check talks to it: what it answered once is kept.

A check asks the reference the same of every answer and of every misconception, because the seed
draws the same inputs. Its answers are written down, and later runs are answered from that for as
long as they ask the same in the same order. At the first question that differs, or that values
cannot answer (gradients), the reference is asked all over again and speaks for itself from there.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch

from ..sandbox.inside import surroundings, wire
from .checks import Check
from .student import LocalStudent, StudentProblem, _LocalObject

_LARGEST = 1 << 16  # elements of a tensor that is kept
_PLAIN = (bool, int, float, str, type(None), torch.dtype, torch.device)


@dataclass(frozen=True)
class _Object:
    """Stands in what was written down for an object of the reference's."""

    number: int
    kind: str


class _Asked(NamedTuple):
    """A question to the reference (what, of which object, with which arguments), and the answer."""

    question: tuple
    answer: Any


class _CannotKeep(Exception):
    """A value of a kind, or of a size, that is not written down."""


@functools.lru_cache(maxsize=1024)
def _asked_before(check: Check, seed: int, level: int) -> list[_Asked]:
    """What was asked when this check ran on these inputs; grows."""
    return []


class Reference(LocalStudent):
    """The reference of a unit, for one run of a check.

    Args:
        namespace: its names.
        check, seed, level: which check is run, on which inputs.
    """

    def __init__(self, namespace: Mapping[str, Any], check: Check, seed: int, level: int) -> None:
        super().__init__(namespace)
        self._known = _asked_before(check, seed, level)
        self._at = 0
        self._objects: list[_LocalObject] = []
        self._awake = self._keeping = False

    def __getattr__(self, name: str) -> Any:
        return self._ask("name", name)

    def peak_bytes(self, function: Callable[..., object], *args: Any) -> int:
        """As any student's; a number of bytes is not kept."""
        self.speak()
        return super().peak_bytes(function, *args)

    def made_by(self, function: Callable[..., Any], *args: Any) -> Any:
        """As any student's."""
        self.speak()
        return super().made_by(function, *args)

    def _call(self, *call: Any) -> Any:
        with surroundings.random_numbers_kept():  # a learner's go on beside it, in a kernel
            return super()._call(*call)

    def speak(self) -> None:
        """From here on nothing is answered from what was kept, and nothing more is kept."""
        self._wake()
        self._keeping = False

    def _ask(self, *question: Any) -> Any:
        if not self._awake:
            if self._at < len(self._known) and _same(self._known[self._at].question, question):
                self._at += 1
                return self._handed_out(self._known[self._at - 1].answer)
            self._wake()
        return self._keep(question) if self._keeping else self._answer(question)

    def _wake(self) -> None:
        """Ask the reference itself all that was asked up to here."""
        if self._awake:
            return
        self._awake, self._keeping = True, self._at == len(self._known)
        for asked in self._known[: self._at]:
            self._number(self._answer(asked.question))

    def _answer(self, question: tuple) -> Any:
        what, of, *arguments = question
        if what == "name":
            return super().__getattr__(of)
        owner = self._objects[of.number]
        if what == "get":
            return getattr(owner, *arguments)
        args, kwargs = wire.mapped(self._real, arguments)
        return owner(*args, **kwargs)

    def _keep(self, question: tuple) -> Any:
        """The reference's answer, written down if it can be."""
        kept: tuple = ()
        try:
            kept = wire.mapped(_kept_question, question)
            answer = self._answer(question)
            kept_answer = wire.mapped(_kept, self._number(answer))
        except _CannotKeep:
            self._keeping = False
            return answer if kept else self._answer(question)
        except StudentProblem:
            self._keeping = False
            raise
        self._known.append(_Asked(kept, kept_answer))
        return self._handed_out(kept_answer)

    def _number(self, answer: Any) -> Any:
        """The answer with its objects numbered, in the order in which they come."""

        def number(value: Any) -> Any:
            if not isinstance(value, _LocalObject):
                return value
            self._objects.append(value)
            return _Object(len(self._objects) - 1, value.kind)

        return wire.mapped(number, answer)

    def _handed_out(self, answer: Any) -> Any:
        """A kept answer as the check gets it."""

        def handed_out(value: Any) -> Any:
            if isinstance(value, _Object):
                return _KeptObject(self, value)
            return value.clone() if isinstance(value, torch.Tensor) else value

        return wire.mapped(handed_out, answer)

    def _real(self, value: Any) -> Any:
        return self._objects[value.number] if isinstance(value, _Object) else value


class _KeptObject(_LocalObject):
    """An object of the reference's; there is one only if the reference has to speak for itself."""

    def __init__(self, reference: Reference, this: _Object) -> None:
        self._reference = reference
        self._this = this

    @property
    def kind(self) -> str:
        return self._this.kind

    @property
    def _object(self) -> Any:
        self._reference.speak()
        return self._reference._objects[self._this.number]._object

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = wire.mapped(_as_object, (args, kwargs))
        return self._reference._ask("call", self._this, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        return self._reference._ask("get", self._this, name)


def _as_object(value: Any) -> Any:
    return value._this if isinstance(value, _KeptObject) else value


def _kept_question(value: Any) -> Any:
    if isinstance(value, torch.Tensor) and value.requires_grad:
        raise _CannotKeep
    return _kept(value)


def _kept(value: Any) -> Any:
    """A value of a question or answer as it is written down.

    Raises:
        _CannotKeep: for anything but small tensors, plain values and objects of the reference's.
    """
    if isinstance(value, torch.Tensor) and value.numel() <= _LARGEST:
        return value.detach().clone()
    if isinstance(value, (*_PLAIN, _Object)):
        return value
    raise _CannotKeep


def _same(kept: Any, asked: Any) -> bool:
    """Whether a question was asked in just this way; one with gradients never was."""
    if type(kept) is not type(asked):
        return False
    if isinstance(kept, torch.Tensor):
        alike = kept.shape == asked.shape and kept.dtype == asked.dtype and not asked.requires_grad
        return alike and torch.equal(kept, asked)
    if isinstance(kept, (list, tuple)):
        return len(kept) == len(asked) and all(map(_same, kept, asked))
    if isinstance(kept, dict):
        return kept.keys() == asked.keys() and all(_same(kept[key], asked[key]) for key in kept)
    return kept == asked
