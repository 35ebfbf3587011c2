"""The student: what a check talks to.

``student.causal_mask(5, 7)`` calls the learner's function and ``student.SingleHeadAttention(12, 5)``
builds the learner's module, in the learner's own kernel (``LocalStudent``) or in a process apart
(``RemoteStudent``). A check cannot tell which. In both, tensors are passed as copies, results can be
differentiated by ``torch.autograd.grad``, and whatever goes wrong arrives as ``StudentProblem``.
"""

from __future__ import annotations


import torch

from .expect import true, unchanged
from .sandbox import cells, watch, wire
from .sandbox.link import Link, SubmissionDied


class StudentProblem(Exception):
    """The learner's code gave no answer.

    Attributes:
        kind: ``not_started``, ``missing``, ``forbidden``, ``syntax_error``, ``error``, ``memory``,
            ``timeout``, ``crashed`` or ``protocol``.
        details: type, text, cell, line and source of an exception; for forbidden calls ``calls``.
    """

    def __init__(self, kind: str, **details):
        super().__init__(f"{kind}: {details.get('text') or details.get('calls') or ''}")
        self.kind = kind
        self.details = details

    @property
    def fatal(self) -> bool:
        """Whether nothing more can be asked of this submission."""
        return self.kind in ("timeout", "crashed", "protocol")


class _Inputs:
    """Copies of the tensors among the arguments, to see afterwards whether they were changed."""

    def __init__(self):
        self.given: list[torch.Tensor] = []
        self.passed: list[torch.Tensor] = []

    def copy(self, value):
        if isinstance(value, torch.Tensor):
            self.given.append(value)
            self.passed.append(value.clone())
            return self.passed[-1]
        if isinstance(value, (list, tuple)):
            return type(value)(self.copy(each) for each in value)
        if isinstance(value, dict):
            return {key: self.copy(each) for key, each in value.items()}
        return getattr(value, "_object", value)

    def changed(self) -> list[bool]:
        return watch.inputs_changed(self.given, self.passed)


class _Student:
    """What both kinds share: whether the last call changed its tensors."""

    changed: list[bool] = []

    def expect_inputs_unchanged(self, *names: str) -> None:
        """Demand that the last call left its tensors, named in order, as they were."""
        for name, changed in zip(names, self.changed, strict=False):
            before = torch.zeros(1)
            unchanged(before, before + 1 if changed else before, name)

    def gradients(self, output, inputs, direction) -> tuple[torch.Tensor, ...]:
        """Gradients of ``(output * direction).sum()`` with respect to ``inputs``; zeros if unused."""
        true(output.requires_grad, "No gradient flows from the output back to the inputs.")
        try:
            return torch.autograd.grad(
                output, inputs, direction, allow_unused=True, materialize_grads=True
            )
        except StudentProblem:
            raise
        except RuntimeError as problem:
            details = cells.describe(problem)
            raise StudentProblem(details.pop("kind"), **details) from problem


class LocalStudent(_Student):
    """The learner's names in this process.

    Args:
        namespace: mapping of names.
        forbidden: families of calls to watch for.
    """

    def __init__(self, namespace, forbidden=()):
        self._namespace = namespace
        self._forbidden = forbidden

    def __getattr__(self, name: str):
        if name not in self._namespace:
            raise StudentProblem("missing", text=name)
        return _LocalObject(self, self._namespace[name])

    def _call(self, function, args, kwargs):
        inputs = _Inputs()
        args, kwargs = inputs.copy(args), inputs.copy(kwargs)
        spotter = watch.Watch(self._forbidden)
        try:
            with spotter:
                result = function(*args, **kwargs)
        except (Exception, SystemExit) as problem:
            if spotter.seen:
                raise StudentProblem("forbidden", calls=spotter.seen) from None
            details = cells.describe(problem)
            raise StudentProblem(details.pop("kind"), **details) from problem
        if spotter.seen:
            raise StudentProblem("forbidden", calls=spotter.seen)
        self.changed = inputs.changed()
        return self._wrap(result)

    def _wrap(self, value):
        if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
            return type(value)(self._wrap(each) for each in value)
        plain = (bool, int, float, str, torch.Tensor, dict, type(None), torch.dtype, torch.device)
        if isinstance(value, plain) or type(value).__module__ == "numpy":
            return value
        return _LocalObject(self, value)


class _LocalObject:
    """An object of the learner's, or a function: calls are watched, problems described."""

    def __init__(self, student: LocalStudent, value):
        self._student = student
        self._object = value

    @property
    def kind(self) -> str:
        return type(self._object).__name__

    def __call__(self, *args, **kwargs):
        return self._student._call(self._object, args, kwargs)

    def __getattr__(self, name: str):
        try:
            return self._student._wrap(getattr(self._object, name))
        except AttributeError as problem:
            details = cells.describe(problem)
            raise StudentProblem(details.pop("kind"), **details) from problem

    def parameters(self) -> dict[str, torch.Tensor]:
        """Parameters of a module by name; gradients can be taken with respect to them."""
        return dict(self._object.named_parameters())


class RemoteStudent(_Student):
    """A submission in a process apart, behind a ``Link``."""

    def __init__(self, link: Link):
        self._link = link

    def __getattr__(self, name: str):
        reply = self._ask({"verb": "names", "names": [name]})
        if reply.get("names") != [name]:
            raise StudentProblem("missing", text=name)
        return _RemoteObject(self, {"handle": None, "name": name})

    def _ask(self, message: dict) -> dict:
        try:
            return self._read(self._link.request(message))
        except SubmissionDied as death:
            raise StudentProblem(death.kind, text=death.message) from None

    def _call(self, target: dict, args, kwargs, parameters):
        grad = torch.is_grad_enabled() and any(
            each.requires_grad for each in (*_tensors(args), *_tensors(kwargs), *parameters)
        )
        try:
            reply = self._read(self._link.call(target, args, kwargs, grad))
        except SubmissionDied as death:
            raise StudentProblem(death.kind, text=death.message) from None
        changed = reply.get("changed")
        given = [*_tensors(args), *_tensors(kwargs)]
        if not isinstance(changed, list) or len(changed) != len(given):
            raise StudentProblem("protocol", text="The submission interfered with the grading.")
        self.changed = [each is True for each in changed]
        value = self._wrap(reply.get("value"))
        return _attach(self, reply["call"], value, [*given, *parameters]) if grad else value

    def _read(self, reply: dict) -> dict:
        if reply["used"]:
            raise StudentProblem("forbidden", calls=reply["used"])
        if reply.get("ok") is not True:
            details = {key: value for key, value in reply["error"].items() if value is not None}
            kind = details.pop("kind", "error")
            known = ("not_started", "memory", "syntax_error")
            raise StudentProblem(kind if kind in known else "error", **details)
        return reply

    def _wrap(self, value):
        if isinstance(value, (list, tuple)):
            return type(value)(self._wrap(each) for each in value)
        if isinstance(value, wire.Handle):
            return _RemoteObject(self, {"handle": value.number, "name": None})
        return value


class _RemoteObject:
    """An object of the submission's, or a function, that stays in its process."""

    kind = "object"

    def __init__(self, student: RemoteStudent, target: dict):
        self._student = student
        self._target = target
        self._parameters: dict[str, torch.Tensor] = {}
        if target["handle"] is not None and not target.get("method"):
            self._handle = wire.Handle(target["handle"])

    def __call__(self, *args, **kwargs):
        own = list(self._parameters.values())
        return self._student._call(self._target, args, kwargs, own)

    def __getattr__(self, name: str):
        if name.startswith("_"):
            raise AttributeError(name)
        reply = self._student._ask({"verb": "get", "attribute": name} | self._target)
        value = reply.get("value")
        if isinstance(value, wire.Handle):
            return _RemoteObject(self._student, self._target | {"method": name})
        return self._student._wrap(value)

    def parameters(self) -> dict[str, torch.Tensor]:
        """Parameters of a module by name; gradients can be taken with respect to them."""
        reply = self._student._ask({"verb": "parameters"} | self._target)
        found = reply.get("value")
        if not isinstance(found, dict) or not all(
            isinstance(each, torch.Tensor) and each.is_floating_point() for each in found.values()
        ):
            raise StudentProblem("protocol", text="The submission interfered with the grading.")
        self._parameters = found
        return found


def _tensors(value) -> list[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [found for each in value for found in _tensors(each)]
    if isinstance(value, dict):
        return [found for each in value.values() for found in _tensors(each)]
    return []


class _RemoteCall(torch.autograd.Function):
    """Stands in the parent's graph for a call in the other process; backward asks it."""

    @staticmethod
    def forward(ctx, student, call, outputs, *inputs):
        ctx.student, ctx.call, ctx.inputs = student, call, inputs
        return tuple(each.detach().clone() for each in outputs)

    @staticmethod
    def backward(ctx, *cotangents):
        reply = ctx.student._ask(
            {"verb": "backward", "call": ctx.call, "cotangents": list(cotangents)}
        )
        found = iter(reply.get("value") or [])
        gradients = []
        for each in ctx.inputs:
            gradient = next(found, None) if each.requires_grad else None
            fits = isinstance(gradient, torch.Tensor) and gradient.shape == each.shape
            gradients.append(gradient.to(each.dtype) if fits else None)
        return None, None, None, *gradients


def _attach(student, call, value, inputs):
    """Give the result of a remote call a place in the graph, so that it can be differentiated."""
    outputs = [each for each in _tensors(value) if each.requires_grad]
    if not outputs:
        return value
    attached = iter(_RemoteCall.apply(student, call, outputs, *inputs))
    return _replace(value, attached)


def _replace(value, attached):
    if isinstance(value, torch.Tensor):
        return next(attached) if value.requires_grad else value
    if isinstance(value, (list, tuple)):
        return type(value)(_replace(each, attached) for each in value)
    if isinstance(value, dict):
        return {key: _replace(each, attached) for key, each in value.items()}
    return value
