"""What a check may do with the code under test, whoever wrote it and wherever it runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

import torch


class Student(Protocol):
    """The code under test, or the reference in its place.

    ``student.name`` is what the code calls ``name``: a function or class of the learner's to be
    called as in the lesson. What a call gives is a tensor, a number, a text, a list, tuple or
    dictionary of these, or an object of the learner's, whose attributes and calls work likewise.
    Of a module, ``parameters()`` gives its parameters by name; of any object, ``holds_graph()``
    tells whether a tensor that it keeps hangs on a graph. Tensors are passed as copies.

    Whatever keeps the learner's code from answering is raised as ``student.StudentProblem``: by an
    attribute that is missing, by a call, or by what a call gave.

    Attributes:
        changed: for each tensor of the last call, in order, and then for each list and dictionary
            among its arguments, whether the call changed what it holds.
        limited: whether the code runs in a process of its own, with a limit on memory.
    """

    changed: list[bool]
    limited: bool

    def __getattr__(self, name: str) -> Any:
        """The learner's function, class or object of that name.

        Raises:
            StudentProblem: there is none (``missing``).
        """

    def expect_inputs_unchanged(self, *names: str) -> None:
        """Demand that the last call left its arguments, named as in ``changed``, as they were.

        Raises:
            expect.Failed: it wrote into one of them.
        """

    def expect_error(
        self,
        call: Callable[[], object],
        types: Collection[str],
        message: str,
        misconception: str | None = None,
    ) -> None:
        """Demand that ``call()``, which calls the learner's code, raises one of ``types``.

        Args:
            types: names of built-in exceptions; a subclass will do.
            message: what should raise and why, for the learner.
            misconception: the name of the mistake, if it raises none of them.

        Raises:
            expect.Failed: it raises none of them.
            StudentProblem: it is stopped otherwise than by an exception.
        """

    def peak_bytes(self, function: Callable[..., object], *args: Any) -> int:
        """Bytes of the new tensors that ``function(*args)`` has alive at once, at most.

        Counted without gradients. ``function`` belongs to this student, or calls it once and
        compares what comes back.

        Raises:
            StudentProblem: the call gives no answer.
        """

    def made_by(self, function: Callable[..., Any], *args: Any) -> Any:
        """What ``function(*args)`` gives as an object with attributes, a named tuple too.

        ``function`` belongs to this student.

        Raises:
            StudentProblem: the call gives no answer.
        """

    def gradients(
        self, output: Any, inputs: Sequence[torch.Tensor], direction: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        """Gradients of ``(output * direction).sum()`` to each of ``inputs``; zeros if unused.

        Args:
            output: what a call of the learner's code gave.
            inputs: tensors that went into that call, or parameters, that require a gradient.
            direction: a tensor of the shape of ``output``.

        Returns:
            For each input a tensor of its shape.

        Raises:
            expect.Failed: the output is no tensor or hangs on no graph.
            StudentProblem: the learner's code fails on the way back.
        """
