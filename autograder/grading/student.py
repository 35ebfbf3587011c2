"""The student: what a check talks to.

``student.causal_mask(5, 7)`` calls the learner's function and
``student.SingleHeadAttention(12, 5)`` builds the learner's module, in the learner's own kernel
(``LocalStudent``) or in a process apart (``RemoteStudent``). A check cannot tell which. In both,
tensors are passed as copies, results can be differentiated by ``torch.autograd.grad``, and whatever
goes wrong arrives as ``StudentProblem``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import torch

from ..sandbox.inside import cells, memory, surroundings, watch, wire
from ..sandbox.link import INTERFERED, Link, SubmissionDied
from .call import Call
from .expect import Demand, Failed, seen, true, unchanged
from .stopwatch import OutOfTime, Stopwatch
from .student_protocol import Student


class StudentProblem(Exception):
    """The learner's code gave no answer.

    Attributes:
        kind: ``not_started``, ``missing``, ``forbidden``, ``syntax_error``, ``error``, ``memory``,
            ``timeout``, ``crashed`` or ``protocol``.
        details: type, text, cell, line and source of an exception, and ``builtin``, the nearest
            type of Python's own; for forbidden calls ``calls``.
        call: the call that the check had made.
    """

    call: Call | None = None

    def __init__(self, kind: str, **details: Any) -> None:
        super().__init__(f"{kind}: {details.get('text') or details.get('calls') or ''}")
        self.kind = kind
        self.details = details

    @property
    def fatal(self) -> bool:
        """Whether nothing more can be asked of this submission."""
        return self.kind in ("timeout", "crashed", "protocol")

    def raised(self, types: Collection[str]) -> bool:
        """Whether an exception of one of these built-in types, or of a subclass, was raised."""
        return self.details.get("builtin") in types


def refuses(problem: StudentProblem, types: Collection[str], message: str) -> bool:
    """Whether an exception is one of these built-in types, or of a subclass.

    Raises:
        StudentProblem: the learner's code was stopped otherwise.
        Failed: it says ``raise`` itself, with an exception of another type.
    """
    if problem.kind != "error":
        raise problem
    refused = problem.raised(types)
    if not refused and str(problem.details.get("source")).startswith("raise "):
        seen("another error")
        raise Failed(message, demand=Demand("another error", "error")) from None
    return refused


class _Student(Student):
    """What both kinds share: whether the last call changed its arguments, and calls back.

    ``limited`` tells whether it runs in a process of its own, with a limit on memory;
    ``last_call`` is what was asked of it last, for a message; ``luck`` begins the random numbers
    anew in the next call.
    """

    changed: list[bool] = []
    limited: bool = False
    last_call: Call | None = None
    luck: str | None = None
    _raised: Exception | None = None
    _counting = False
    _peak = 0
    _whole = False

    def _next_luck(self) -> str | None:
        luck, self.luck = self.luck, None
        return luck

    def _note(self, path: str, args: Any, kwargs: Any) -> None:
        call = Call(path, args, kwargs)
        if call.tells:
            self.last_call = call

    def _callback(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function of the check's as the learner's code gets it.

        What it demands of the learner (``Failed``) ends the check, not the learner's code.
        """

        def called(*args: Any, **kwargs: Any) -> Any:
            try:
                return self._sent(function(*self._wrap(args), **self._wrap(kwargs)))
            except (Failed, StudentProblem) as problem:
                self._raised = problem
                raise

        return called

    def _sent(self, value: Any) -> Any:
        """An argument as the learner's code gets it, tensors aside."""
        return wire.mapped(self._sent_one, value)

    def _sent_one(self, value: Any) -> Any:
        if isinstance(value, (_LocalObject, _RemoteObject)):
            return value._sendable()
        plain = isinstance(value, (torch.Tensor, torch.dtype)) or not callable(value)
        return value if plain else self._callback(value)

    def expect_inputs_unchanged(self, *names: str) -> None:
        """Demand that the last call left its arguments, named in order, as they were."""
        for name, changed in zip(names, self.changed, strict=False):
            before = torch.zeros(1)
            unchanged(before, before + 1 if changed else before, name)

    def expect_error(
        self,
        call: Callable[[], object],
        types: Collection[str],
        message: str,
        misconception: str | None = None,
    ) -> None:
        """Demand that ``call()`` raises one of ``types`` (names), for the reason ``message``."""
        try:
            call()
        except StudentProblem as problem:
            raised = refuses(problem, types, message)
            message += f" It stopped with {problem.details.get('builtin', 'another error')}."
        else:
            raised = False
        true(raised, message, misconception)

    def peak_bytes(self, function: Callable[..., object], *args: Any) -> int:
        """Bytes of the new tensors that a call has alive at once, at most (``memory.Peak``)."""
        self._counting = True
        try:
            with torch.no_grad():
                function(*args)
        finally:
            self._counting = False
        return self._peak

    def made_by(self, function: Callable[..., Any], *args: Any) -> Any:
        """What a call gives as an object with attributes, a named tuple too."""
        self._whole = True
        try:
            return function(*args)
        finally:
            self._whole = False

    def gradients(
        self, output: Any, inputs: Sequence[torch.Tensor], direction: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        """Gradients of ``(output * direction).sum()`` to each of ``inputs``; zeros if unused."""
        flows = isinstance(output, torch.Tensor) and output.requires_grad
        seen(flows)
        if not flows:
            message = "No gradient flows from the output back to the inputs."
            raise Failed(message, demand=Demand(output, "gradient"))
        try:
            return torch.autograd.grad(
                output, inputs, direction, allow_unused=True, materialize_grads=True
            )
        except StudentProblem:
            raise
        except RuntimeError as problem:
            raise _problem(problem) from problem


class LocalStudent(_Student):
    """The learner's names in this process.

    Args:
        namespace: mapping of names.
        forbidden: families of calls to watch for.
        stopwatch: limits what the learner's code takes, all calls together.
    """

    def __init__(
        self,
        namespace: Mapping[str, Any],
        forbidden: Sequence[str] = (),
        stopwatch: Stopwatch | None = None,
    ) -> None:
        self._namespace = namespace
        self._forbidden = forbidden
        self._running = stopwatch.running if stopwatch else contextlib.nullcontext
        self._spotter = watch.Watch(())

    def __getattr__(self, name: str) -> Any:
        if name not in self._namespace:
            raise StudentProblem("missing", text=name)
        return _LocalObject(self, self._namespace[name], name)

    def _call(self, function: Callable[..., Any], args: Any, kwargs: Any, path: str) -> Any:
        self._note(path, args, kwargs)
        given = wire.tensors_of([args, kwargs])
        passed: list[torch.Tensor] = []
        args, kwargs = _copied(self._sent(args), passed), _copied(self._sent(kwargs), passed)
        before = wire.copied([*args, *kwargs.values()])
        outer, self._spotter = self._spotter, watch.Watch(self._forbidden)
        spotter, self._raised = self._spotter, None
        whole, self._whole = self._whole, False  # calls from within give what they always do
        counter = memory.Peak() if self._counting else None
        try:
            with self._running(), spotter:
                surroundings.seed_random_numbers(self._next_luck())
                with counter or contextlib.nullcontext():
                    result = function(*args, **kwargs)
                if not whole:  # lists of the learner's own can compute when they are read
                    result = self._wrap(result, f"{path}()")
        except OutOfTime as over:
            raise _problem(over, "timeout") from None
        except (Exception, SystemExit) as problem:
            if spotter.seen:
                raise StudentProblem("forbidden", calls=spotter.seen) from None
            if self._raised:
                raise self._raised from None
            raise _problem(problem) from problem
        finally:
            self._spotter = outer
        if spotter.seen:
            raise StudentProblem("forbidden", calls=spotter.seen)
        self.changed = watch.inputs_changed(given, passed, wire.tensors_of([args, kwargs]))
        self.changed += watch.containers_changed(before, [*args, *kwargs.values()])
        self._peak = counter.bytes if counter else 0
        return _LocalObject(self, result, f"{path}()") if whole else result

    def _callback(self, function: Callable[..., Any]) -> Callable[..., Any]:
        called = super()._callback(function)

        def unwatched(*args: Any, **kwargs: Any) -> Any:
            with self._spotter.paused():
                return called(*args, **kwargs)

        return unwatched

    def _wrap(self, value: Any, path: str = "") -> Any:
        return wire.mapped(lambda each: self._wrap_one(each, path), value)

    def _wrap_one(self, value: Any, path: str) -> Any:
        plain = (bool, int, float, str, torch.Tensor, type(None), torch.dtype, torch.device)
        if isinstance(value, plain) or type(value).__module__ == "numpy":
            return value
        return _LocalObject(self, value, path)


def last_call(student: Student) -> Call | None:
    """What was asked of a student last, if it can be asked anything."""
    return student.last_call if isinstance(student, _Student) else None


def begin_luck(student: Student, seed: int) -> None:
    """What a student's code draws from its next call on is the same wherever it is graded."""
    if isinstance(student, _Student):
        student.luck = f"{seed:032x}"


def _problem(problem: BaseException, kind: str | None = None) -> StudentProblem:
    details = cells.describe(problem)
    its_kind = details.pop("kind")
    return StudentProblem(kind or its_kind, **details)


def _copied(value: Any, copies: list[torch.Tensor]) -> Any:
    """``value`` with copies of its tensors, to see afterwards whether they were changed."""

    def copy(each: Any) -> Any:
        if isinstance(each, wire.Elsewhere):
            return each.tensor()
        if not isinstance(each, torch.Tensor):
            return each
        copies.append(each.clone())
        return copies[-1]

    return wire.mapped(copy, value)


class _LocalObject:
    """An object of the learner's, or a function: calls are watched, problems described.

    Args:
        student: whose it is.
        value: the object.
        path: how the check came by it, as in ``Call``.
    """

    def __init__(self, student: LocalStudent, value: Any, path: str) -> None:
        self._student = student
        self._object = value
        self._path = path

    @property
    def kind(self) -> str:
        return type(self._object).__name__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._student._call(self._object, args, kwargs, self._path)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._student._wrap(getattr(self._object, name), f"{self._path}.{name}")
        except Exception as problem:
            raise _problem(problem) from problem

    def _sendable(self) -> Any:
        return self._object

    def parameters(self) -> dict[str, torch.Tensor]:
        """Parameters of a module by name; gradients can be taken with respect to them."""
        try:
            return dict(self._object.named_parameters())
        except Exception as problem:
            raise _problem(problem) from problem

    def holds_graph(self) -> bool:
        """Whether a tensor that the object keeps hangs on a graph: evidence, not a proof."""
        try:
            return memory.holds_graph(self._object)
        except Exception as problem:
            raise _problem(problem) from problem


class RemoteStudent(_Student):
    """A submission in a process apart, behind a ``Link``."""

    limited = True

    def __init__(self, link: Link) -> None:
        self._link = link

    def __getattr__(self, name: str) -> Any:
        reply = self._ask({"verb": "names", "names": [name]})
        if reply.get("names") != [name]:
            raise StudentProblem("missing", text=name)
        return _RemoteObject(self, name, name)

    def _ask(self, message: dict) -> dict:
        try:
            return self._read(self._link.request(message))
        except SubmissionDied as death:
            raise StudentProblem(death.kind, text=death.message) from None

    def _call(self, called: _RemoteObject, args: Any, kwargs: Any, module: _RemoteObject) -> Any:
        self._note(called._path, args, kwargs)
        args, kwargs = self._sent(args), self._sent(kwargs)
        given = wire.tensors_of([args, kwargs])
        inputs = [*given, *module._parameters.values()]
        keep = torch.is_grad_enabled() and any(each.requires_grad for each in inputs)
        self._raised = None
        owner = module._of if module._parameters else None
        try:
            counting, whole, self._whole = self._counting, self._whole, False
            asked = self._link.call(
                called._of,
                args,
                kwargs,
                keep,
                owner,
                counting,
                whole,
                self._next_luck(),
            )
            reply = self._read(asked)
        except SubmissionDied as death:
            raise StudentProblem(death.kind, text=death.message) from None
        except StudentProblem as problem:
            if self._raised and problem.kind != "forbidden":
                raise self._raised from None
            raise
        changed = reply.get("changed")
        containers = [each for each in (*args, *kwargs.values()) if isinstance(each, (list, dict))]
        if not isinstance(changed, list) or len(changed) != len(given) + len(containers):
            raise StudentProblem("protocol", text=INTERFERED)
        self.changed = [each is True for each in changed]
        self._peak = reply.get("peak", 0)
        if type(self._peak) is not int:
            raise StudentProblem("protocol", text=INTERFERED)
        value = self._wrap(reply.get("value"), f"{called._path}()")
        return _attach(self, reply["call"], value, inputs) if keep else value

    def _read(self, reply: dict) -> dict:
        if reply["used"]:
            raise StudentProblem("forbidden", calls=reply["used"])
        if reply.get("ok") is not True:
            details = dict(reply["error"])
            kind = details.pop("kind", "error")
            known = ("not_started", "memory", "syntax_error")
            raise StudentProblem(kind if kind in known else "error", **details)
        return reply

    def _wrap(self, value: Any, path: str = "") -> Any:
        def wrap(each: Any) -> Any:
            return _RemoteObject(self, each, path) if isinstance(each, wire.Handle) else each

        return wire.mapped(wrap, value)


class _RemoteObject:
    """An object of the submission's, or a function, that stays in its process.

    Args:
        student: the submission it belongs to.
        of: its name there, or its ``wire.Handle``.
        path: how the check came by it, as in ``Call``.
        owner: the object it was an attribute of.
    """

    def __init__(
        self,
        student: RemoteStudent,
        of: str | wire.Handle,
        path: str,
        owner: _RemoteObject | None = None,
    ) -> None:
        self.kind = of.kind if isinstance(of, wire.Handle) else "object"
        self._student = student
        self._of = of
        self._path = path
        self._owner = owner
        self._parameters: dict[str, torch.Tensor] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        module = self
        while module._owner and not module._parameters:
            module = module._owner
        return self._student._call(self, args, kwargs, module)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        reply = self._student._ask({"verb": "get", "of": self._of, "attribute": name})
        value, path = reply.get("value"), f"{self._path}.{name}"
        if isinstance(value, wire.Handle):
            return _RemoteObject(self._student, value, path, self)
        return self._student._wrap(value, path)

    def _sendable(self) -> Any:
        """Its handle: names are for the grader, the submission's code gets the object."""
        if not isinstance(self._of, wire.Handle):
            reply = self._student._ask({"verb": "get", "of": self._of, "attribute": None})
            if not isinstance(reply.get("value"), wire.Handle):
                return reply.get("value")
            self._of = reply["value"]
        return self._of

    def parameters(self) -> dict[str, torch.Tensor]:
        """Parameters of a module by name; gradients can be taken with respect to them."""
        reply = self._student._ask({"verb": "parameters", "of": self._of})
        found = reply.get("value")
        if not isinstance(found, dict) or not all(
            isinstance(each, torch.Tensor) and each.is_floating_point() for each in found.values()
        ):
            raise StudentProblem("protocol", text=INTERFERED)
        self._parameters = found
        return found

    def holds_graph(self) -> bool:
        """Whether a tensor that the object keeps hangs on a graph: evidence, not a proof."""
        reply = self._student._ask({"verb": "holds_graph", "of": self._of})
        return reply.get("value") is True


class _RemoteCall(torch.autograd.Function):
    """Stands in the parent's graph for a call in the other process; backward asks it."""

    @staticmethod
    def forward(
        ctx: Any,
        student: RemoteStudent,
        call: int,
        outputs: Sequence[torch.Tensor],
        *inputs: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:
        ctx.student, ctx.call, ctx.inputs = student, call, inputs
        return tuple(each.detach().clone() for each in outputs)

    @staticmethod
    def backward(ctx: Any, *cotangents: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        reply = ctx.student._ask(
            {"verb": "backward", "call": ctx.call, "cotangents": list(cotangents)}
        )
        value = reply.get("value")
        found = iter(value if isinstance(value, list) else [])
        gradients = []
        for each in ctx.inputs:
            gradient: Any = next(found, None) if each.requires_grad else None
            fits = isinstance(gradient, torch.Tensor) and gradient.shape == each.shape
            gradients.append(gradient.to(each.dtype) if fits else None)
        return None, None, None, *gradients


def _attach(student: RemoteStudent, call: int, value: Any, inputs: Sequence[torch.Tensor]) -> Any:
    """Give the result of a remote call a place in the graph, so that it can be differentiated."""
    outputs = [each for each in wire.tensors_of(value) if each.requires_grad]
    if not outputs:
        return value
    attached = iter(_RemoteCall.apply(student, call, outputs, *inputs))

    def attach(each: Any) -> Any:
        return next(attached) if isinstance(each, torch.Tensor) and each.requires_grad else each

    return wire.mapped(attach, value)
