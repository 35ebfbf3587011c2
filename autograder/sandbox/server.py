"""The untrusted side: a process that imports torch once and forks one child for each exercise.

Run as a script, never imported by the trusted side. Started as ``server.py --control FD`` it waits
on that socket for orders (fork, end). Started as ``server.py --connect PORT`` it serves a single
submission over a loopback connection, where fork is missing.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cells  # noqa: E402
import torch  # noqa: E402
import watch  # noqa: E402
import wire  # noqa: E402

sys.path.pop(0)


class Child:
    """Serves one submission over one channel: see ``PROTOCOL.md`` for the verbs."""

    def __init__(self, channel):
        self.channel = channel
        self.namespace: dict = {"__name__": "submission"}
        self.objects: list = []
        self.calls: dict[int, tuple] = {}

    def serve(self) -> None:
        """Answer requests until the grader closes the channel."""
        while True:
            try:
                request = wire.receive(self.channel)
            except wire.ChannelClosed:
                return
            wire.send(self.channel, self.answer(request))

    def answer(self, request: dict) -> dict:
        """The reply to one request; whatever the submission raises becomes part of it."""
        verb = getattr(self, "do_" + request["verb"])
        self.used: list = []
        try:
            return {"ok": True, **verb(request), "used": self.used}
        except (Exception, SystemExit, KeyboardInterrupt) as problem:
            return {"ok": False, "error": cells.describe(problem), "used": self.used}

    def do_begin(self, request):
        problems = cells.run(
            request["cells"], self.namespace, request["replace"], request["earlier_work"]
        )
        return {"problems": problems}

    def do_names(self, request):
        return {"names": [name for name in request["names"] if name in self.namespace]}

    def do_get(self, request):
        return {"value": self.keep(getattr(self.target(request), request["attribute"]))}

    def do_parameters(self, request):
        return {"value": dict(self.target(request).named_parameters())}

    def do_call(self, request):
        function = self.target(request)
        given: list = []
        passed: list = []
        args = self.local(request["args"], given, passed)
        kwargs = self.local(request["kwargs"], given, passed)
        with torch.set_grad_enabled(bool(request["grad"])):
            spotter = watch.Watch(request["forbidden"])
            self.used = spotter.seen
            with spotter:
                result = function(*args, **kwargs)
        if request["grad"]:
            is_module = isinstance(function, torch.nn.Module)
            parameters = list(function.parameters()) if is_module else []
            self.calls[request["call"]] = (result, given, parameters)
        return {"value": self.keep(result), "changed": watch.inputs_changed(given, passed)}

    def do_backward(self, request):
        result, given, parameters = self.calls[request["call"]]
        outputs = [each for each in _tensors(result) if each.requires_grad]
        wanted = [each for each in (*given, *parameters) if each.requires_grad]
        found = torch.autograd.grad(
            outputs, wanted, request["cotangents"], retain_graph=True, allow_unused=True
        )
        return {"value": list(found)}

    def target(self, request):
        """What a request is about: a name of the submission or a method of one of its objects."""
        if request["handle"] is None:
            return self.namespace[request["name"]]
        found = self.objects[request["handle"]]
        return getattr(found, request["method"]) if request.get("method") else found

    def local(self, value, given, passed):
        """Arguments as the submission sees them; tensors are copied, to see whether it changes them."""
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
        if isinstance(value, wire.Callback):
            return lambda *args, **kwargs: self.call_back(value.number, args, kwargs)
        return value

    def call_back(self, number, args, kwargs):
        """Call a function of the grader's from within the submission."""
        wire.send(self.channel, {"callback": number, "args": self.keep(args), "kwargs": kwargs})
        return self.local(wire.receive(self.channel)["value"], [], [])

    def keep(self, value):
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
        if type(value).__module__ == "numpy" or not hasattr(value, "__dict__"):
            return wire.Foreign(type(value).__name__)
        self.objects.append(value)
        return wire.Handle(len(self.objects) - 1)


def _tensors(value) -> list:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [found for each in value for found in _tensors(each)]
    if isinstance(value, dict):
        return [found for each in value.values() for found in _tensors(each)]
    return []


def _limit(megabytes: int, seconds: int) -> None:
    """Limits that the system enforces, whatever the submission does."""
    import resource

    with contextlib.suppress(OSError):
        with open("/proc/self/statm") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
        most = now + (megabytes << 20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    for name, value in (("CORE", 0), ("CPU", seconds + 1), ("FSIZE", 16 << 20)):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def _silence() -> None:
    """Standard streams of a submission lead nowhere: what it prints is never data."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def _fork(control, channel_fd: int, order: dict) -> int:
    pid = os.fork()
    if pid:
        os.close(channel_fd)
        return pid
    try:
        control.close()
        os.setsid()
        _silence()
        _limit(order["megabytes"], order["seconds"])
        with socket.socket(fileno=channel_fd) as channel:
            Child(channel).serve()
    finally:
        os._exit(0)


def _end(pid: int) -> dict:
    """Reap a child, killing it and what it started if it is still there."""
    for _ in range(10):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            break
        time.sleep(0.002)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if not found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return {"killed": True, "signal": None, "exit": None}
    crashed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    return {"killed": False, "signal": crashed, "exit": None if crashed else os.WEXITSTATUS(status)}


def serve_forks(control: socket.socket) -> None:
    """Take orders from the grader: ``fork`` (a descriptor comes along) and ``end``."""
    children: set[int] = set()
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 65536, 1)
        if not data:
            break
        order = json.loads(data)
        if order["verb"] == "fork":
            pid = _fork(control, descriptors[0], order)
            children.add(pid)
            reply = {"pid": pid}
        elif order["pid"] in children:
            children.discard(order["pid"])
            reply = _end(order["pid"])
        else:
            reply = {"killed": False, "signal": None, "exit": None}
        control.sendall(json.dumps(reply).encode())
    for pid in children:
        _end(pid)


def main() -> None:
    """Entry point of the script."""
    torch.set_num_threads(1)
    mode, value = sys.argv[1:3]
    if mode == "--control":
        control = socket.socket(fileno=int(value))
        control.sendall(b"ready")
        serve_forks(control)
    else:
        channel = socket.create_connection(("127.0.0.1", int(value)))
        channel.sendall(os.environ.pop("AUTOGRADER_TOKEN").encode())
        _silence()
        Child(channel).serve()


if __name__ == "__main__":
    main()
