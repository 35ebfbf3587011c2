"""The untrusted side: a process that imports torch once and forks one child for each exercise.

Run as a script, never imported by the trusted side. Started as ``server.py --control FD`` it waits
on that socket for orders. Started as ``server.py --connect PORT`` it serves a single
submission over a loopback connection, where fork is missing.
"""

from __future__ import annotations

import builtins
import contextlib
import errno
import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from . import cells, confine, memory, surroundings, watch, wire
else:  # a script has neighbours and no package
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import cells

    try:
        import confine
    except ImportError:  # Windows has no module resource
        confine = None
    import memory
    import surroundings
    import watch
    import wire

    sys.path.pop(0)

READY = b"ready"


class Child:
    """Serves one submission over one channel: see ``PROTOCOL.md`` for the verbs."""

    def __init__(self, channel: socket.socket):
        self.channel = channel
        self.namespace = cells.new_namespace()
        self.objects: list[Any] = []
        self.surroundings = contextlib.ExitStack()
        self.calls: dict[int, tuple[Any, list[torch.Tensor], list[torch.Tensor]]] = {}
        self.threads = watch.Watch(())

    def serve(self) -> None:
        """Answer requests until the grader closes the channel.

        Forbidden calls are watched for also while a request is read, which methods of a type can
        see, and in threads that the cells of the submission start.
        """
        forbidden: list[str] = []
        while True:
            with watch.Watch(forbidden) as spotter:
                self.threads.seen = spotter.seen
                try:
                    request = wire.receive(self.channel)
                    self.reply(request, spotter)
                except wire.ChannelClosed:
                    return
            forbidden = request["forbidden"]

    def reply(self, request: dict[str, Any], spotter: watch.Watch) -> None:
        """Answer one request; a result that cannot be sent becomes an error.

        Forbidden calls are watched for until it is packed: types of the submission's own can
        compute when they are read. ``used`` is packed last.
        """
        answer = self.answer(request) | {"used": spotter.seen}
        try:
            wire.send(self.channel, answer, room=wire.REPLY)
        except wire.ChannelClosed:
            raise
        except BaseException as problem:
            error = cells.describe(problem)
            wire.send(self.channel, {"ok": False, "error": error, "used": spotter.seen})

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The reply to one request; whatever the submission raises becomes part of it."""
        verb = getattr(self, "do_" + request["verb"])
        try:
            return {"ok": True, **verb(request)}
        except wire.ChannelClosed:
            raise
        except BaseException as problem:
            return {"ok": False, "error": cells.describe(problem)}

    def do_begin(self, request: dict[str, Any]) -> dict[str, Any]:
        self.threads = watch.Watch(request["forbidden"])
        self.surroundings.enter_context(self.threads.threads())
        problems = cells.run(
            request["cells"],
            self.namespace,
            request["replace"],
            request["earlier_work"],
            caught=(BaseException,),
        )
        self.surroundings.enter_context(surroundings.plain())
        return {"problems": problems}

    def do_names(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"names": [name for name in request["names"] if name in self.namespace]}

    def do_get(self, request: dict[str, Any]) -> dict[str, Any]:
        target, attribute = self.target(request["of"]), request["attribute"]
        return {"value": self.keep(target if attribute is None else getattr(target, attribute))}

    def do_parameters(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"value": dict(self.target(request["of"]).named_parameters())}

    def do_holds_graph(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"value": memory.holds_graph(self.target(request["of"]))}

    def do_call(self, request: dict[str, Any]) -> dict[str, Any]:
        function = self.target(request["of"])
        given: list[torch.Tensor] = []
        passed: list[torch.Tensor] = []
        with torch.set_grad_enabled(request["grad"]):
            args = self.local(request["args"], given, passed)
            kwargs = self.local(request["kwargs"], given, passed)
            before = wire.copied([*args, *kwargs.values()])
            counter = memory.Peak() if request["count"] else None
            surroundings.seed_random_numbers(request["luck"])
            with counter or contextlib.nullcontext():
                result = function(*args, **kwargs)
        if request["keep"]:
            module = self.target(request["module"]) if request["module"] else None
            parameters = list(module.parameters()) if module else []
            self.calls[request["call"]] = (result, given, parameters)
        counted = {"peak": counter.bytes} if counter else {}
        value = self.store(result) if request["whole"] else self.keep(result)
        changed = watch.inputs_changed(given, passed, wire.tensors_of([args, kwargs]))
        changed += watch.containers_changed(before, [*args, *kwargs.values()])
        return {"value": value, "changed": changed} | counted

    def do_backward(self, request: dict[str, Any]) -> dict[str, Any]:
        result, given, parameters = self.calls[request["call"]]
        outputs = [tensor for tensor in wire.tensors_of(result) if tensor.requires_grad]
        inputs = [tensor for tensor in (*given, *parameters) if tensor.requires_grad]
        gradients = torch.autograd.grad(
            outputs, inputs, request["cotangents"], retain_graph=True, allow_unused=True
        )
        return {"value": list(gradients)}

    def target(self, of: str | wire.Handle) -> Any:
        """What a request is about: a name of the submission or one of its objects."""
        return self.objects[of.number] if isinstance(of, wire.Handle) else self.namespace[of]

    def local(self, value: Any, given: list[torch.Tensor], passed: list[torch.Tensor]) -> Any:
        """Arguments as the submission sees them: tensors as copies, to see if it changes them."""
        if isinstance(value, torch.Tensor):
            given.append(value)
            passed.append(value.clone())
            return passed[-1]
        if isinstance(value, (list, tuple)):
            return type(value)(self.local(each, given, passed) for each in value)
        if isinstance(value, dict):
            return {key: self.local(each, given, passed) for key, each in value.items()}
        if isinstance(value, wire.Handle):
            return self.objects[value.number]
        if isinstance(value, wire.Elsewhere):
            return value.tensor()
        if isinstance(value, wire.Callback):
            return lambda *args, **kwargs: self.call_back(value.number, args, kwargs)
        return value

    def call_back(self, number: int, args: tuple, kwargs: dict[str, Any]) -> Any:
        """Call a function of the grader's, which may ask for more before it returns."""
        kept = {"args": self.keep(args), "kwargs": self.keep(kwargs)}
        wire.send(self.channel, {"callback": number} | kept, room=wire.REPLY)
        while "verb" in (answer := wire.receive(self.channel)):
            with watch.Watch(answer["forbidden"]) as spotter:
                self.reply(answer, spotter)
        if "raised" in answer:
            raise _exception(**answer["raised"])
        return self.local(answer["value"], [], [])

    def keep(self, value: Any) -> Any:
        """A result as it goes out: objects that the channel does not carry stay here, by number."""
        if isinstance(value, (list, tuple)):
            items = [self.keep(each) for each in value]
            return tuple(items) if isinstance(value, tuple) else items
        if isinstance(value, dict):
            return {key: self.keep(each) for key, each in value.items()}
        if value is None or isinstance(
            value, (bool, int, float, str, torch.Tensor, torch.dtype, torch.device)
        ):
            return value
        if type(value).__module__ in ("builtins", "numpy") and not callable(value):
            return wire.Foreign(type(value).__name__)
        return self.store(value)

    def store(self, value: Any) -> wire.Handle:
        """Keep an object here; its number goes out."""
        self.objects.append(value)
        return wire.Handle(len(self.objects) - 1, type(value).__name__)


def _exception(kind: str, text: str) -> Exception:
    """What a function of the grader's raised, for the submission to catch or not."""
    known = getattr(builtins, kind, None)
    if isinstance(known, type) and issubclass(known, Exception):
        with contextlib.suppress(TypeError):
            return known(text)
    return type(kind, (Exception,), {})(text)


def _silence() -> None:
    """Standard streams of a submission lead nowhere: what it prints is never data."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def _problem(error: OSError | MemoryError) -> tuple[int, str]:
    """Why there is no child: an error number, if there is one, and a text."""
    return getattr(error, "errno", None) or errno.ENOMEM, str(error)


def _fork(
    control: socket.socket, channel_fd: int, order: dict[str, Any], layers: confine.Confinement
) -> dict[str, Any]:
    """Fork a child that serves one submission; returns its process id, 0 if there is none.

    The child says ``READY`` on its channel once it is confined, or what it could not do.
    """
    try:
        pid = layers.fork()
    except (OSError, MemoryError) as error:
        os.close(channel_fd)
        return {"pid": 0, "problem": _problem(error)}
    if pid:
        os.close(channel_fd)
        return {"pid": pid}
    try:
        control.close()
        os.setsid()
        _silence()
        with socket.socket(fileno=channel_fd) as channel:
            try:
                layers.enter(order["megabytes"], int(order["seconds"]) + 2)
                os.closerange(3, channel_fd)
                os.closerange(channel_fd + 1, 1024)
            except (OSError, MemoryError) as error:
                channel.sendall(json.dumps(_problem(error)).encode())
                return {}
            channel.sendall(READY)
            Child(channel).serve()
    finally:
        os._exit(0)


def _end(pid: int) -> dict:
    """Reap a child, killing it and what it started if it is still there."""
    for _ in range(10):
        reaped, status, used = os.wait4(pid, os.WNOHANG)
        if reaped:
            break
        time.sleep(0.002)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if not reaped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return {"signal": None, "seconds": 0}
    crashed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    return {"signal": crashed, "seconds": used.ru_utime + used.ru_stime}


def _worked(pid: int) -> dict[str, float]:
    """The CPU time of a child in seconds, 0 where the system has no such clock."""
    try:
        return {"seconds": time.clock_gettime(~pid << 3 | 2)}  # as clock_getcpuclockid(3) makes it
    except (AttributeError, OSError):
        return {"seconds": 0.0}


def serve_forks(control: socket.socket) -> None:
    """Take orders from the grader: ``twin``, ``layers``, ``fork``, ``worked`` and ``end``."""
    children: set[int] = set()
    layers: confine.Confinement  # comes before the first fork
    with contextlib.suppress(ConnectionError):  # the grader is gone; nothing is left to do
        control.sendall(READY)
        while True:
            data, descriptors, _, _ = socket.recv_fds(control, 65536, 1)
            if not data:
                break
            order = json.loads(data)
            reply: dict[str, Any] = {}
            if order["verb"] == "twin":
                if _twin():
                    control.close()
                    serve_forks(socket.socket(fileno=descriptors[0]))
                    return
                os.close(descriptors[0])
                continue
            if order["verb"] == "layers":
                layers = confine.Confinement(
                    bytes.fromhex(order["filter"]),
                    order["namespaces"],
                    order["readable"],
                    order["private"],
                    order["devices"],
                    order["user"],
                )
            elif order["verb"] == "fork":
                reply = _fork(control, descriptors[0], order, layers)
                children |= {reply["pid"]} - {0}
            elif order["verb"] == "worked":
                reply = _worked(order["pid"])
            else:
                children.remove(order["pid"])
                reply = _end(order["pid"])
            control.sendall(json.dumps(reply).encode())
    for pid in children:
        _end(pid)


def _twin() -> bool:
    """Fork a server like this one, an orphan at once; returns whether this process is it.

    Where no process is to be had, whoever wanted it finds its control socket closed.
    """
    with contextlib.suppress(OSError):
        pid = os.fork()
        if pid:
            os.waitpid(pid, 0)
            return False
        with contextlib.suppress(OSError):
            if not os.fork():
                return True
        os._exit(0)
    return False


def main() -> None:
    """Entry point of the script."""
    torch.set_num_threads(1)
    mode, value = sys.argv[1:3]
    if mode == "--control":
        importlib.import_module("preload")
        gc.freeze()  # what was imported is never garbage: a child need not look through it
        serve_forks(socket.socket(fileno=int(value)))
        os._exit(0)  # at once: taking all of torch down in order takes longer than it lived
    else:
        channel = socket.create_connection(("127.0.0.1", int(value)))
        token = os.environ.pop("AUTOGRADER_TOKEN").encode()
        _silence()
        if confine:
            confine.Confinement().enter(int(sys.argv[3]), int(float(sys.argv[4])) + 2)
        channel.sendall(token)
        Child(channel).serve()


if __name__ == "__main__":
    main()
