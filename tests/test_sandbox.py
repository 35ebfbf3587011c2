"""Submissions that misbehave: each ends in a verdict, and costs nobody else anything."""

import contextlib
import errno
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import types
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from autograder import course
from autograder.grading.record import to_json
from autograder.sandbox import bubblewrap, probe, processes
from autograder.sandbox import link as links
from autograder.sandbox.inside import server, wire
from autograder.sandbox.limits import Deadline, Limits
from autograder.sandbox.link import Link, SubmissionDied
from autograder.sandbox.processes import the_server
from autograder.submissions.grade import grade
from autograder.submissions.read import Rebuilt
from autograder.submissions.worker import grade_one

SECONDS = 2.0  # leaves room for what is right, on a busy machine too
forks = pytest.mark.skipif(
    not hasattr(os, "fork") or os.environ.get("AUTOGRADER_SPAWN") == "1", reason="needs fork"
)
GOOD = """
import torch


def padding_mask(lengths, k_len):
    lengths = torch.as_tensor(lengths)
    return torch.arange(k_len, device=lengths.device) < lengths[:, None, None]
"""


def grade_body(
    tmp_path, body, seconds=SECONDS, megabytes=2048, ids=("causal_mask", "padding_mask")
):
    """Grade a file whose ``causal_mask`` has this body and whose ``padding_mask`` is right."""
    lines = "\n".join("    " + line for line in body.strip("\n").splitlines())
    path = tmp_path / "answer.py"
    path.write_text(f"{GOOD}\n\ndef causal_mask(q_len, k_len=None):\n{lines}\n")
    verdict = grade(path, ids, seed=1, limits=Limits(seconds, megabytes))
    return verdict.exercises


RIGHT = "return torch.ones(q_len, k_len or q_len).tril((k_len or q_len) - q_len).bool()"
ENDS = {
    "an endless loop": ("while True: pass", "timeout"),
    "a loop that swallows everything": (
        """
import signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGXCPU, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
while True:
    try:
        while True: pass
    except BaseException:
        pass
""",
        "timeout",
    ),
    "two busy threads": (
        """
import threading
def busy():
    while True: torch.ones(300, 300) @ torch.ones(300, 300)
threading.Thread(target=busy).start()
busy()
""",
        "timeout",
    ),
    "a minute-long import": (
        """
import importlib.abc, importlib.util, sys, time
class Slow(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        return importlib.util.spec_from_loader(name, self) if name == "slow" else None
    def exec_module(self, module):
        time.sleep(60)
sys.meta_path.insert(0, Slow())
import slow
""",
        "timeout",
    ),
    "endless output": (
        "import sys\nwhile True: print('x' * 9999); print('y', file=sys.stderr)",
        "timeout",
    ),
    "SIGSTOP": ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", "error"),
    "a segfault": ("import ctypes\nctypes.string_at(0)", "crashed"),
    "SIGKILL": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "error"),
    "a process of its own": ("import os\nif not os.fork(): os._exit(0)\n" + RIGHT, "error"),
    "os.abort": ("import os\nos.abort()", "crashed"),
    "os._exit": ("import os\nos._exit(0)", "crashed"),
    "sys.exit": ("import sys\nsys.exit(0)", "error"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "error"),
    "an own BaseException": ("class Odd(BaseException): pass\nraise Odd", "error"),
    "a generator's exit": ("raise GeneratorExit", "error"),
    "endless recursion": ("return causal_mask(q_len, k_len)", "error"),
    "an exception that cannot be printed": (
        "class Odd(Exception):\n    def __str__(self): raise SystemExit\nraise Odd",
        "error",
    ),
    "one large tensor": ("return torch.ones(4 << 30)", "memory"),
    "a large expanded tensor": ("return torch.ones(1).expand(4 << 30)", "memory"),
    "a result beyond a frame": ("return torch.empty(20 << 20, dtype=torch.int8)", "memory"),
    "a text beyond a frame": ("return 'x' * (2 << 20)", "memory"),
    "bytes": ("return bytes(16 << 30)", "memory"),
    "closing every descriptor": ("import os\nos.closerange(0, 4096)\n" + RIGHT, "crashed"),
    "closing them and staying": (
        "import os\nos.closerange(0, 4096)\nwhile True: pass",
        "crashed",
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_every_end_has_a_name_and_costs_only_its_exercise(tmp_path, name):
    body, status = ENDS[name]
    if name == "two busy threads" and os.cpu_count() < 2:
        pytest.skip("needs two cores")
    bad, good = grade_body(tmp_path, body)
    assert (bad.status, bad.points) == (status, 0)
    assert (good.status, good.points) == ("passed", good.max_points)
    assert all(check.message for check in bad.checks)


# As on a busy machine: a fifth of the time is work. It ends two seconds after the first call.
SELDOM = """
import time
began = globals().setdefault("began", time.monotonic())
while time.monotonic() < began + 2:
    worked = time.thread_time() + {work}
    while time.thread_time() < worked:
        pass
    time.sleep(0.04)
"""


@forks
@pytest.mark.parametrize(("work", "status"), [(0.01, "passed"), (0.0, "timeout")])
def test_what_works_is_waited_for_and_what_sleeps_is_not(tmp_path, work, status):
    bad, good = grade_body(tmp_path, SELDOM.format(work=work) + RIGHT, seconds=1)
    assert (bad.status, good.status) == (status, "passed")


def test_a_deadline_moves_with_the_work_that_is_missing():
    deadline = Deadline(10)
    assert deadline.more(waited=10, worked=4) == 6
    assert deadline.more(waited=16, worked=9.5) == 0.5
    assert deadline.more(waited=16.5, worked=10) == 0
    assert Deadline(10).more(waited=10, worked=0.4) == 0
    slow = Deadline(10)
    assert slow.more(waited=10, worked=1) == 9 and slow.more(waited=57, worked=5) == 3
    assert slow.more(waited=60, worked=6) == 0


@pytest.mark.parametrize(
    "piece", ["torch.ones(1 << 18)", "bytearray(1 << 20)", "[object() for _ in range(10000)]"]
)
def test_many_small_pieces_of_memory(tmp_path, piece):
    body = f"kept = []\nwhile True: kept.append({piece})"
    bad, good = grade_body(tmp_path, body, seconds=10, megabytes=128)
    assert (bad.status, bad.points) == ("memory", 0)
    assert good.points == good.max_points


def test_memory_within_the_limit_is_there(tmp_path):
    body = "torch.ones(100 << 20, dtype=torch.int8)\n" + RIGHT
    verdicts = grade_body(tmp_path, body, seconds=10)
    assert [each.status for each in verdicts] == ["passed", "passed"]


@pytest.mark.parametrize(
    "noise",
    [
        "import sys\nfor _ in range(300): print('x' * 99999); print('x' * 9999, file=sys.stderr)",
        """import os
for stream in (1, 2): os.write(stream, b'{"ok": true, "points": 4}' * 100000)""",
        "import os\nos.system('yes | head -c 9999999')",
    ],
)
def test_output_is_no_data_and_blocks_nothing(tmp_path, noise):
    bad, good = grade_body(tmp_path, noise + "\n" + RIGHT, seconds=10)
    assert bad.points == bad.max_points and good.points == good.max_points


RESULTS = {
    "sparse": "torch.eye(3).to_sparse()",
    "csr": "torch.eye(3).to_sparse_csr()",
    "meta": "torch.ones(q_len, k_len or q_len, dtype=torch.bool, device='meta')",
    "complex": "torch.ones(2, 2, dtype=torch.complex64)",
    "quantized": "torch.quantize_per_tensor(torch.ones(2, 2), 0.1, 0, torch.qint8)",
    "nested": "torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])",
    "float8": "torch.ones(2, 2).to(torch.float8_e4m3fn)",
    "numpy": "torch.ones(q_len, k_len or q_len).tril().bool().numpy()",
    "numpy objects": "__import__('numpy').array([object()])",
    "one tensor many times": "[torch.ones(9)] * 4200",
    "a list in itself": "(lambda a: a.append(a) or a)([])",
    "deeply nested": "__import__('functools').reduce(lambda a, _: [a], range(500), 1)",
    "a large number": "10 ** 5000",
    "a large number as a key": "{10 ** 5000: 1}",
    "half a surrogate pair": "'\\ud800'",
    "a dict with odd keys": "{(1, 2): 1, None: 2, 'text': '\\udfff'}",
    "a leaked vmap tensor": (
        "(lambda a: torch.func.vmap(lambda t: a.append(t) or t)(torch.ones(3)) is None or a)([])"
    ),
    "an object": "type('Odd', (), {'kind': '<script>'})()",
    "nothing": "None",
}


@pytest.mark.parametrize("result", RESULTS)
def test_odd_results_are_wrong_answers_and_no_more(tmp_path, result):
    (verdict,) = grade_body(tmp_path, f"return {RESULTS[result]}", 5, ids=("causal_mask",))
    assert verdict.points == 0 and verdict.status in ("failed", "error")
    to_json(verdict.record()).encode()


SUBCLASS = """
class Agreeable(torch.Tensor):
    def __eq__(self, other): return torch.ones(()).bool()
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        {what}
return {value}.as_subclass(Agreeable)
"""


@pytest.mark.parametrize("what", ["return True", "raise ValueError", "return args[0]"])
def test_a_subclass_counts_by_its_bytes(tmp_path, what):
    for value, points in (("torch.zeros(2, 2)", 0), (RIGHT.removeprefix("return "), 4)):
        body = SUBCLASS.format(what=what, value=value)
        (verdict,) = grade_body(tmp_path, body, 5, ids=("causal_mask",))
        assert verdict.points == points


FORGE = """
import gc, json, os, socket, struct
channel = next(each for each in gc.get_objects() if isinstance(each, socket.socket))
def frame(text, blob=b""):
    return struct.pack(">II", len(text), len(blob)) + text + blob
"""
FORGERIES = {
    "noise": "channel.sendall(b'x' * 100000)",
    "a flood": "while True: channel.sendall(b'\\0' * 65536)",
    "a flood of callbacks": (
        'while True: channel.sendall(frame(b\'{"callback": 0, "args": {"tuple": []}}\'))'
    ),
    "an absurd length": "channel.sendall(struct.pack('>II', 2**32 - 1, 2**32 - 1))",
    "half a frame": "channel.sendall(frame(b'{}' * 99)[:20])\nos._exit(0)",
    "half a frame and silence": "channel.sendall(frame(b'{}' * 99)[:20])\nwhile True: pass",
    "an empty message": "channel.sendall(frame(b'{}'))",
    "points": 'channel.sendall(frame(b\'{"ok": true, "points": 4, "passed": true}\'))',
    "an error of odd types": """
error = {"kind": [1], "type": 5, "text": {"tensor": "t0"}, "self": 1, "line": "x", "cell": None}
reply = {"ok": False, "error": {"dict": list(map(list, error.items()))}, "used": {"list": []}}
channel.sendall(frame(json.dumps(reply).encode()))
""",
    "forbidden calls of odd types": """
channel.sendall(frame(b'{"ok": true, "used": {"list": [1, {"list": []}]}}'))
""",
    "a result without its changes": """
channel.sendall(frame(b'{"ok": true, "used": {"list": []}, "value": 1, "changed": 7}'))
""",
    "unpickling": """
import pickle
channel.sendall(frame(b'{"ok": true, "used": {"list": []}, "value": {"tensor": "t0"}}',
                      pickle.dumps(os.system)))
""",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_frames_earn_nothing(tmp_path, name):
    bad, good = grade_body(tmp_path, FORGE + FORGERIES[name] + "\nreturn 1")
    assert bad.points == 0 and bad.status in ("crashed", "timeout", "error", "failed")
    assert good.points == good.max_points


def test_nothing_of_one_exercise_is_left_in_the_next(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(
        GOOD.replace(
            "    return",
            "    assert torch.ones is plain and not hasattr(torch, 'leak')\n    return",
        )
        + "plain = torch.ones\n"
        + "def causal_mask(q_len, k_len=None):\n    import builtins\n"
        + "    torch.leak = builtins.leak = 1\n"
        + "    torch.ones = plain = None\n    globals()['padding_mask'] = None\n    return 1\n"
    )
    for ids in (("causal_mask", "padding_mask"), ("padding_mask",)):
        good = grade(path, ids, seed=1).exercises[-1]
        assert good.points == good.max_points


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def _gone(pid: int) -> bool:
    for _ in range(100):
        if not _alive(pid):
            return True
        time.sleep(0.02)
    return False


proc = pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="needs /proc")


def _serving(server) -> int:
    """The process that serves submissions: the innermost one, behind bubblewrap's own."""
    pid = server._process.pid
    while children := Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        pid = int(children[0])
    return pid


@pytest.mark.slow
@proc
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_server_that_is_gone_is_replaced(tmp_path, monkeypatch, how):
    monkeypatch.setattr(processes, "_ORDER_SECONDS", 1)
    before = the_server()
    before.missing_layers()
    serving = _serving(before)
    os.kill(serving, how)
    bad, good = grade_body(tmp_path, RIGHT)
    assert bad.points + good.points == bad.max_points + good.max_points
    assert the_server() is not before and not before.alive
    assert _gone(serving)


@forks
def test_an_attempt_to_get_out_that_itself_failed_is_made_again():
    begun = []

    def start(limits):
        begun.append(limits)
        if len(begun) > 1:
            return the_server().start(limits)
        ours, theirs = socket.socketpair()
        theirs.close()
        return ours, lambda: 0.0, lambda: None

    assert probe.missing_layers(start) == the_server().missing_layers()
    assert len(begun) == 2


@proc
def test_what_a_kill_from_outside_ended_is_asked_again():
    def answer():
        with Link(Limits()) as link:
            if not asked:
                asked.append(the_server())
                os.kill(_serving(the_server()), signal.SIGKILL)  # its child is further in
            with contextlib.suppress(SubmissionDied):
                return link.request({"verb": "names", "names": []})["names"]

    asked: list = []
    assert processes.by_one_server(answer) == []
    assert asked[0] is not the_server()


@proc
def test_a_submission_is_graded_again_that_a_kill_from_outside_ended(tmp_path, monkeypatch):
    before, call = the_server(), Link.call

    def killed(link, *args, **kwargs):
        if before.alive:
            os.kill(_serving(before), signal.SIGKILL)
        return call(link, *args, **kwargs)

    before.missing_layers()
    monkeypatch.setattr(Link, "call", killed)
    bad, good = grade_body(tmp_path, RIGHT)
    assert bad.points + good.points == bad.max_points + good.max_points
    assert the_server() is not before


@pytest.mark.slow
@forks
def test_a_server_that_died_between_two_submissions(tmp_path):
    before = the_server()
    before.missing_layers()
    os.kill(before._process.pid, signal.SIGKILL)
    bad, good = grade_body(tmp_path, RIGHT)
    assert bad.points + good.points == bad.max_points + good.max_points


@forks
@proc
def test_one_server_serves_them_all_and_leaves_nothing(tmp_path):
    server = the_server()
    for body in (RIGHT, "import os\nos._exit(1)", RIGHT):
        grade_body(tmp_path, body)
    assert the_server() is server
    serving = _serving(server)
    assert b"server.py" in Path(f"/proc/{serving}/cmdline").read_bytes()
    assert len(os.listdir(f"/proc/{serving}/fd")) < 20


@forks
def test_submissions_side_by_side(tmp_path):
    results = []

    def one(number):
        folder = tmp_path / str(number)
        folder.mkdir()
        body = RIGHT if number % 2 else "import os\nos._exit(0)"
        results.append((number % 2, grade_body(folder, body, seconds=20)[0].points))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [(0, 0), (0, 0), (1, 4), (1, 4)]


@pytest.mark.slow
@forks
@pytest.mark.parametrize("wait", [False, True])
def test_the_server_ends_quietly_with_the_grader(wait):
    code = (
        "import os, select\nfrom autograder.sandbox.processes import the_server\n"
        "server = the_server()\n"
        f"if {wait}: select.select([server._control], [], [], 60)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as grader:
        # The end of the output is the end of the server, which shares it.
        assert grader.communicate(timeout=60)[0] == b""


@pytest.mark.slow
def test_spawned_processes_give_the_same_verdict(tmp_path, monkeypatch):
    wrong = "return torch.ones(q_len, k_len or q_len).tril().bool()"
    forked = grade_body(tmp_path, wrong, seconds=10)[:1]
    crashed = grade_body(tmp_path, "import os\nos._exit(0)", ids=("causal_mask",))
    monkeypatch.setenv("AUTOGRADER_SPAWN", "1")
    monkeypatch.setattr(processes, "_server", None)
    spawned = grade_body(tmp_path, wrong, seconds=10, ids=("causal_mask",))
    assert isinstance(the_server(), processes._SpawnServer)
    assert [each.record() for each in spawned] == [each.record() for each in forked]
    spawned = grade_body(tmp_path, "import os\nos._exit(0)", ids=("causal_mask",))
    assert [each.record() for each in spawned] == [each.record() for each in crashed]
    (bad,) = grade_body(tmp_path, "return torch.ones(4 << 30)", 10, ids=("causal_mask",))
    assert bad.status == "memory"


def test_where_fork_is_missing_no_layer_is_said_to_hold():
    assert processes._SpawnServer.missing_layers().keys() == probe.LAYERS.keys()


def test_what_hangs_or_dies_while_its_cells_run(tmp_path):
    path = tmp_path / "answer.py"
    for line, status in (("time.sleep(60)", "timeout"), ("os._exit(0)", "crashed")):
        path.write_text(f"{GOOD}\nimport os, time\n{line}\n")
        (verdict,) = grade(path, ["padding_mask"], seed=1, limits=Limits(0.5)).exercises
        assert (verdict.status, verdict.points) == (status, 0)


def test_a_cell_that_hangs_costs_only_its_own_exercise(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(
        f"# %%\nimport torch\ndef causal_mask(q):\n    pass\nwhile True: pass\n# %%{GOOD}"
    )
    stuck, fine = grade(
        path, ["causal_mask", "padding_mask"], seed=1, limits=Limits(SECONDS)
    ).exercises
    assert (stuck.status, stuck.points) == ("timeout", 0)
    assert fine.status == "passed"


def test_an_added_loop_that_never_ends_costs_time_only(tmp_path):
    path = tmp_path / "answer.py"
    good = GOOD.replace("arange(k_len, ", "arange(k_len, dtype=kind, ")
    endless = "# %%\nstep = 0\nwhile True:\n    step += 1\n"
    path.write_text(f"{endless}# %%\nimport torch\nkind = torch.int64\n# %%{good}")
    verdict = grade(path, ["padding_mask"], seed=1, limits=Limits(2 * SECONDS))
    assert verdict.exercises[0].status == "passed"
    assert len(verdict.notices) == 1 and "no loop" in verdict.notices[0]


@pytest.mark.parametrize("line", ["raise KeyboardInterrupt", "raise SystemExit", "1 / 0"])
def test_what_raises_while_its_cells_run_costs_only_what_follows(tmp_path, line):
    path = tmp_path / "answer.py"
    path.write_text(f"{GOOD}\n{line}\n")
    (verdict,) = grade(path, ["padding_mask"], seed=1, limits=Limits(5)).exercises
    assert verdict.points == verdict.max_points


# A process that cannot be had is no verdict


@pytest.fixture
def no_pauses(monkeypatch):
    monkeypatch.setattr(processes, "_PAUSES", (0, 0, 0))


class Scarce:
    """A server that has a process for a submission only after some failures."""

    alive = True

    def __init__(self, *failures):
        self.failures = list(failures)

    def missing_layers(self):
        return {}

    def start(self, limits):
        if self.failures:
            raise self.failures.pop()
        return "started"


SHORT = [processes.ServerFailed("no process"), BlockingIOError(errno.EAGAIN, "no process")]


@pytest.mark.parametrize("problem", SHORT, ids=["server", "system"])
def test_a_process_is_asked_for_again_then_not_had(monkeypatch, no_pauses, problem):
    monkeypatch.setattr(processes, "_server", Scarce(problem, problem))
    assert processes.start(Limits()) == "started"
    monkeypatch.setattr(processes, "_server", Scarce(problem, problem, problem))
    with pytest.raises(processes.ServerFailed, match="no process"):
        processes.start(Limits())


def test_a_submission_without_a_process_has_no_result(monkeypatch, no_pauses):
    unit = course.unit("02_masks")
    handed_in = Rebuilt(json.loads(unit.released.read_text(encoding="utf-8")))
    monkeypatch.setattr(processes, "_server", Scarce(*SHORT * 9))
    with pytest.raises(processes.ServerFailed):
        grade_one(unit.name, "ada", handed_in, 1, "full")


def test_work_counts_only_if_one_server_lasts(monkeypatch):
    first, second = Scarce(), Scarce()
    monkeypatch.setattr(processes, "_server", first)

    def work():
        now = processes._server
        first.alive = False
        monkeypatch.setattr(processes, "_server", second)
        return now

    assert processes.by_one_server(work) is second
    second.alive = False
    monkeypatch.setattr(processes, "the_server", lambda: second)
    with pytest.raises(processes.ServerFailed):
        processes.by_one_server(lambda: 0)


def fork_with(monkeypatch, reply, said=b""):
    """What comes of a fork whose server replies this, and whose child says that."""
    server = object.__new__(processes._ForkServer)
    ended = []

    def order(order, descriptors):
        if order["verb"] == "end":
            ended.append(order["pid"])
            return {"signal": None, "seconds": 0}
        for descriptor in descriptors:
            with socket.socket(fileno=os.dup(descriptor)) as child:
                child.sendall(said)
        return reply

    monkeypatch.setattr(server, "_order", order)
    try:
        channel, _, _ = server._fork(Limits())
    finally:
        assert ended == ([reply["pid"]] if reply["pid"] and said != b"ready" else [])
    channel.close()


@forks
def test_a_child_serves_when_it_says_that_it_is_confined(monkeypatch):
    fork_with(monkeypatch, {"pid": 7}, b"ready")
    short = [errno.EAGAIN, "short of tasks"]
    for reply, said in (
        ({"pid": 7}, b""),
        ({"pid": 7}, json.dumps(short).encode()),
        ({"pid": 0, "problem": short}, b""),
    ):
        with pytest.raises(processes.ServerFailed) as failed:
            fork_with(monkeypatch, reply, said)
        assert not isinstance(failed.value, processes._Forbidden)
    with pytest.raises(processes._Forbidden):
        fork_with(monkeypatch, {"pid": 0, "problem": [errno.EPERM, "forbidden"]})


class Layers:
    """Confinement in which one step is refused."""

    def __init__(self, step, problem):
        self._step, self._problem = step, problem

    def fork(self):
        if self._step == "fork":
            raise self._problem
        return os.fork()

    def enter(self, megabytes, seconds):
        raise self._problem


@forks
@pytest.mark.parametrize("step", ["fork", "enter"])
@pytest.mark.parametrize(
    ("problem", "number"),
    [
        (OSError(errno.EPERM, "forbidden"), errno.EPERM),
        (OSError(errno.EAGAIN, "no room"), errno.EAGAIN),
        (MemoryError("no room"), errno.ENOMEM),
    ],
)
def test_the_server_says_why_there_is_no_process(pair, step, problem, number):
    ours, theirs = pair
    control, _ = socket.socketpair()
    order = {"megabytes": 1, "seconds": 1}
    with control, _:
        reply = server._fork(control, os.dup(theirs.fileno()), order, Layers(step, problem))
    theirs.close()
    if step == "enter":
        os.waitpid(reply["pid"], 0)
    said = reply.get("problem") or processes._problem(ours)
    assert said[0] == number and str(problem) == said[1]
    assert bool(reply["pid"]) == (step == "enter")


@forks
def test_confinement_is_weaker_where_it_is_forbidden_not_where_something_is_short(monkeypatch):
    server = object.__new__(processes._ForkServer)
    server._bwrap = None
    tried = []
    monkeypatch.setattr(server, "_order", lambda order, _: tried.append(order["namespaces"]))
    for failure, so_far in (
        (processes.ServerFailed, [True]),
        (processes._Forbidden, [True, False]),
    ):
        tried.clear()
        failures = [failure("no process")]

        def try_out(fork, failures=failures):
            if failures:
                raise failures.pop()
            return {"processes": "missing"}

        monkeypatch.setattr(probe, "missing_layers", try_out)
        with contextlib.suppress(processes.ServerFailed):
            assert server._confine() == {"processes": "missing"}
        assert tried == so_far


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.EPERM])
def test_bubblewrap_is_given_up_where_it_is_forbidden_not_where_something_is_short(
    tmp_path, number
):
    script = tmp_path / "bwrap"
    script.write_text(f"#!/bin/sh\necho 'bwrap: no namespace: {os.strerror(number)}' >&2\nexit 1\n")
    script.chmod(0o755)
    if number == errno.EPERM:
        assert not bubblewrap._runs(str(script), False)
    else:
        with pytest.raises(BlockingIOError):
            bubblewrap._runs(str(script), False)


# What is left to a submission

bwrap = pytest.mark.skipif(not bubblewrap.usable(), reason="needs bubblewrap")
ASKS = """
import os, resource, threading

def user():
    return os.getuid()

def threads(most):
    done, started = threading.Event(), 0
    threading.stack_size(1 << 16)
    try:
        while started < most:
            threading.Thread(target=done.wait, daemon=True).start()
            started += 1
    except RuntimeError:
        pass
    done.set()
    return started
"""


@forks
@bwrap
def test_a_few_threads_are_there_and_not_a_thousand():
    with Link(Limits()) as one, Link(Limits()) as other:
        for link in (one, other):
            link.begin([{"id": "asks", "code": ASKS, "define_only": False}], {}, "")
        assert one.call("threads", (200,), {}, False)["value"] < 64
        # Its neighbour has as many, whatever the first one took.
        assert other.call("threads", (20,), {}, False)["value"] == 20
        assert one.call("user", (), {}, False)["value"] != 0


TRIES = """
import ctypes, os, resource

def changes(path):
    done, mode = [], os.stat(path).st_mode & 0o7777
    for name, attempt in {
        "chmod": lambda: os.chmod(path, mode),
        "fchmod": lambda: os.fchmod(os.open(path, os.O_RDONLY), mode),
        "fchmodat": lambda: os.chmod(os.path.basename(path), mode,
                                     dir_fd=os.open(os.path.dirname(path), os.O_RDONLY)),
        "utimensat": lambda: os.utime(path),
        "futimens": lambda: os.utime(os.open(path, os.O_RDONLY)),
        "chown": lambda: os.chown(path, os.getuid(), os.getgid()),
    }.items():
        try:
            attempt()
            done.append(name)
        except PermissionError:
            pass
    return done

def of_its_own():
    path = os.environ["TMPDIR"] + "/file"
    open(path, "w").close()
    return changes(path)

def written(paths):
    return [path for path in paths if not os.statvfs(path).f_flag & os.ST_RDONLY]

def files(most):
    for number in range(most):
        try:
            open(f"{os.environ['TMPDIR']}/{number}", "w").close()
        except OSError:
            return number
    return most

def timers(most):
    libc, made = ctypes.CDLL(None), ctypes.c_int()
    for number in range(most):
        if libc.timer_create(1, None, ctypes.byref(made)):
            return number
    return most
"""


@forks
@bwrap
def test_of_files_it_changes_no_mode_or_time_and_of_nothing_it_takes_all():
    with Link(Limits()) as link:
        link.begin([{"id": "tries", "code": TRIES, "define_only": False}], {}, "")

        def told(*call):
            reply = link.call(call[0], call[1:], {}, False)
            assert reply["ok"], reply
            return reply["value"]

        assert told("of_its_own") == []  # the filter alone says so: the file is its own
        assert told("changes", bubblewrap.DEVICES[0]) == []
        assert told("written", [*bubblewrap.DEVICES, "/"]) == []
        assert 10 < told("files", 5000) < 2000
        assert 10 < told("timers", 1000) <= 64


CAPABILITIES = {"SYS_ADMIN": 21, "SETGID": 6, "SETUID": 7, "KILL": 5}


@forks
@proc
@bwrap
def test_the_server_keeps_the_capabilities_that_it_needs():
    server = the_server()
    server.missing_layers()
    status = Path(f"/proc/{_serving(server)}/status").read_text()
    kept = int(next(line for line in status.splitlines() if line.startswith("CapEff"))[7:], 16)
    needed = ["SYS_ADMIN"] if os.geteuid() else list(CAPABILITIES)
    assert kept == sum(1 << CAPABILITIES[name] for name in needed)


LOCKED = """
import ctypes, errno, os, sys

sys.path.insert(0, sys.argv[1])
import confine

ctypes.set_errno(errno.EPERM)
if sys.argv[2] == "none":
    confine.landlock = None
elif sys.argv[2] == "refused":
    def refused(rules):
        raise OSError("not here")
    confine.landlock.Ruleset.apply = refused
confine.Confinement()._lock_files(["/usr"])
try:
    os.listdir("/")
    print(confine.missing)
except PermissionError:
    print("locked")
"""


@forks
@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_landlock_is_taken_whatever_failed_before_and_missed_by_name():
    inside = Path(processes.__file__).parent / "inside"
    says = {
        package: subprocess.run(
            [sys.executable, "-c", LOCKED, str(inside), package], capture_output=True, text=True
        ).stdout.strip()
        for package in ("installed", "none", "refused")
    }
    assert says == {
        "installed": "locked",
        "none": "{'landlock': 'the package landlock is missing'}",
        "refused": "{'landlock': 'not here'}",
    }


OTHER_USER = 65533
TASKS = """
import os, sys, threading

sys.path.insert(0, sys.argv[1])
import confine

if not os.geteuid():
    os.setresuid(*[int(sys.argv[2])] * 3)
layers = confine.Confinement()
layers._prctl = lambda *arguments: None
layers.enter(4096, 60)
done, started = threading.Event(), 0
threading.stack_size(1 << 16)
try:
    while started < 300:
        threading.Thread(target=done.wait, daemon=True).start()
        started += 1
except RuntimeError:
    pass
done.set()
print(started)
"""


@forks
@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_threads_have_a_limit_without_namespaces_too():
    inside = Path(processes.__file__).parent / "inside"
    command = [sys.executable, "-c", TASKS, str(inside), str(OTHER_USER)]
    started = subprocess.run(command, capture_output=True, text=True)
    # Whatever else the user starts or ends meanwhile counts as well.
    assert 10 < int(started.stdout) < 200, started.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
@pytest.mark.parametrize("allowed", ["chmod", "utime", ""])
def test_the_probe_tells_whose_mode_or_times_it_can_change(tmp_path, monkeypatch, allowed):
    def refused(*args):
        raise PermissionError

    monkeypatch.setitem(sys.modules, "confine", types.SimpleNamespace(missing={}))
    for name in {"chmod", "utime"} - {allowed}:
        monkeypatch.setattr(os, name, refused)
    names = {"open": refused}
    exec(probe._PROBE, names)
    device = tmp_path / "device"
    device.touch()
    missing = names["probe"](str(tmp_path / "none" / "secret"), [], [str(device)], 1)
    told = {"it can change the mode or the times of " + str(device)} if allowed else set()
    assert {missing[name] for name in missing if name == "files"} == told


UNCONFINED = """
from autograder.sandbox import bubblewrap, processes

bubblewrap.binary = lambda: None
print(*processes.missing_layers().items(), sep="\\n")
"""


@pytest.mark.slow
@forks
@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_without_bubblewrap_and_namespaces_what_is_missing_is_named():
    is_root = os.geteuid() == 0
    can_drop = is_root and shutil.which("setpriv")
    drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if can_drop else []
    done = subprocess.run(
        [*drop, sys.executable, "-c", UNCONFINED], capture_output=True, text=True, timeout=120
    )
    assert "('files', 'it can see " in done.stdout, done.stderr
    # The number of tasks has a limit for everyone but root.
    assert ("('limits', 'it can start threads" in done.stdout) == is_root
    assert "('processes'" in done.stdout
    assert "landlock" not in done.stdout


# Frames, without a process


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def frame(text: bytes, blob: bytes = b"") -> bytes:
    """A frame of these parts."""
    return struct.pack(">II", len(text), len(blob)) + text + blob


def received(data: bytes, seconds=5):
    """What ``receive`` makes of these bytes, after which the other side closes."""
    ours, theirs = socket.socketpair()

    def send():
        with theirs, contextlib.suppress(OSError):
            theirs.sendall(data)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        with ours:
            return wire.receive(ours, seconds)
    finally:
        thread.join()


def same(a, b) -> bool:
    """Equal values of equal types, tensors bit for bit."""
    if isinstance(a, torch.Tensor):
        bits = [each.detach().contiguous().reshape(-1).view(torch.uint8) for each in (a, b)]
        return a.dtype == b.dtype and a.shape == b.shape and torch.equal(*bits)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(map(same, a.values(), b.values()))
    if isinstance(a, float):
        return type(b) is float and struct.pack("d", a) == struct.pack("d", b)
    return type(a) is type(b) and a == b


DTYPES = st.sampled_from(list(wire._DTYPES.values()))


@st.composite
def tensors(draw):
    """Tensors of every dtype the channel carries, of any bits and any order of axes."""
    shape = draw(st.lists(st.integers(0, 3), max_size=3))
    dtype = draw(DTYPES)
    count = torch.Size(shape).numel()
    if dtype == torch.bool:
        values = torch.tensor(draw(st.lists(st.booleans(), min_size=count, max_size=count)))
        return values.bool().view(shape).permute(draw(st.permutations(range(len(shape)))))
    size = count * dtype.itemsize
    data = torch.tensor(list(draw(st.binary(min_size=size, max_size=size))), dtype=torch.uint8)
    return data.view(dtype).view(shape).permute(draw(st.permutations(range(len(shape)))))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), TEXTS, DTYPES, st.just(torch.device("cpu")),
    st.floats(allow_nan=False), st.just(float("nan")), tensors(),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(TEXTS, st.integers()), inner, max_size=3),
    ),
    max_leaves=8,
)
quick = settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@quick
@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_values_go_there_and_back(message):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(theirs, message)
        assert same(message, wire.receive(ours, 5))


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["tensor", "grad", "order", "float", "dtype", "device", "handle", "callback"]
                + ["list", "tuple", "dict", "foreign", "other"]
            ),
            inner,
            max_size=2,
        ),
    ),
)
BLOBS = st.one_of(
    st.just(b""),
    st.binary(max_size=40),
    st.just(save({"t0": torch.ones(2, 3)})),
    st.tuples(st.integers(0, 90), st.binary(min_size=1, max_size=4)).map(
        lambda cut: save({"t0": torch.ones(2, 3)})[: cut[0]] + cut[1]
    ),
)
ONLY = (wire.ProtocolError, wire.ChannelClosed, wire.ChannelTimeout)


def _accepted_or_refused(data: bytes) -> None:
    try:
        message = received(data)
    except ONLY:
        return
    assert isinstance(message, dict)
    json.dumps(repr(message)).encode("utf-8")


@quick
@given(JSON, BLOBS)
def test_any_json_in_a_frame(value, blob):
    text = json.dumps({"key": value}).encode()
    _accepted_or_refused(frame(text, blob))
    _accepted_or_refused(frame(json.dumps(value).encode(), blob))


@quick
@given(st.binary(max_size=200), st.binary(max_size=60), st.integers(-3, 3))
def test_any_bytes_in_a_frame(text, blob, off):
    _accepted_or_refused(text + blob)
    _accepted_or_refused(frame(text, blob))
    _accepted_or_refused(struct.pack(">II", max(len(text) + off, 0), len(blob)) + text + blob)


@quick
@given(st.dictionaries(TEXTS, VALUES, max_size=2), st.data())
def test_damaged_frames(message, data):
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            wire.send(theirs, message)
        good = bytearray(ours.recv(1 << 20))
    place = data.draw(st.integers(0, len(good) - 1))
    good[place] = data.draw(st.integers(0, 255))
    _accepted_or_refused(bytes(good))
    _accepted_or_refused(bytes(good[:place]))


ONE = save({"t0": torch.ones(2, 3)})
WRONG_TEXTS = {
    "no JSON": b"{",
    "no text": b"\xff\xfe\xfd",
    "no object": b"[]",
    "null": b"null",
    "a bare list": b'{"a": []}',
    "an unknown tag": b'{"a": {"object": "os.system"}}',
    "an empty tag": b'{"a": {}}',
    "a missing tensor": b'{"a": {"tensor": "t9"}}',
    "a tensor twice": b'{"a": {"tensor": "t0"}, "b": {"tensor": "t0"}}',
    "a tensor in no order": b'{"a": {"tensor": "t0", "order": [0, 0]}}',
    "a tensor in an order of texts": b'{"a": {"tensor": "t0", "order": ["0", "1"]}}',
    "a dtype by name": b'{"a": {"dtype": "complex64"}}',
    "another device": b'{"a": {"device": "cuda:0"}}',
    "a handle that is no number": b'{"a": {"handle": "0"}}',
    "a float by name": b'{"a": {"float": "1e3"}}',
    "a bare NaN": b'{"a": NaN}',
    "a bare infinity": b'{"a": -Infinity}',
    "a dict of triples": b'{"a": {"dict": [["a", 1, 2]]}}',
    "a dict of lists": b'{"a": {"dict": [[["a"], 1]]}}',
    "a number without end": b'{"a": ' + b"9" * 5000 + b"}",
    "a tensor elsewhere with a huge axis": b'{"a": {"elsewhere": [4294967296], "dtype": "int64"}}',
    "a tensor elsewhere without a dtype": b'{"a": {"elsewhere": [2]}}',
    "nested lists": b'{"a": ' + b"[" * 100000 + b"]" * 100000 + b"}",
    "nested tags": b'{"a": ' + b'{"list": [' * 50 + b"]}" * 50 + b"}",
}


@pytest.mark.parametrize("name", WRONG_TEXTS)
def test_a_wrong_text_is_refused(name):
    with pytest.raises(wire.ProtocolError):
        received(frame(WRONG_TEXTS[name], ONE))


@pytest.mark.parametrize(
    "blob",
    [
        b"\0",
        ONE[:-1],
        ONE + b"\0",
        struct.pack("<Q", 2**63) + ONE[8:],
        ONE.replace(b"[2,3]", b"[3,3]"),
        ONE.replace(b"[2,3]", b"[-2,3]"),
        ONE.replace(b"F32", b"OBJ"),
        ONE.replace(b"[0,24]", b"[0,96]"),
        save({"t0": torch.ones(2, 3, dtype=torch.complex64)}),
        save({"t0": torch.ones(4).to(torch.float8_e5m2)}),
        save({f"t{i}": torch.ones(()) for i in range(wire.MAX_TENSOR_COUNT + 1)}),
    ],
)
def test_wrong_tensors_are_refused(blob):
    with pytest.raises(wire.ProtocolError):
        received(frame(b'{"a": {"tensor": "t0"}}', blob))


def test_lengths_beyond_the_limits_are_refused_before_anything_is_read(pair):
    text, tensors = wire.REQUEST
    for sizes in ((text + 1, 0), (2, tensors + 1), (2**32 - 1, 2**32 - 1)):
        pair[1].sendall(struct.pack(">II", *sizes))
        with pytest.raises(wire.ProtocolError):
            wire.receive(pair[0], 1)


@pytest.mark.parametrize("data", [b"", b"\0\0", frame(b"{}")[:-1], frame(b"{}", ONE)[:-1]])
def test_truncated_frames(data):
    with pytest.raises(wire.ChannelClosed):
        received(data)


def test_silence_and_single_bytes_run_out_of_time(pair):
    with pytest.raises(wire.ChannelTimeout):
        wire.receive(pair[0], 0.01)
    stop = threading.Event()

    def drip():
        while not stop.wait(0.01):
            pair[1].sendall(b"\0")

    thread = threading.Thread(target=drip)
    thread.start()
    started = time.monotonic()
    with pytest.raises((wire.ChannelTimeout, wire.ProtocolError)):
        wire.receive(pair[0], 0.04)
    assert time.monotonic() - started < 1
    stop.set()
    thread.join()


def test_nobody_has_to_accept_what_is_sent(pair):
    with pytest.raises(wire.ChannelTimeout):
        wire.send(pair[0], {"a": torch.zeros(1 << 20)}, 0.05)
    pair[1].close()
    with pytest.raises(wire.ChannelClosed):
        wire.send(pair[0], {"a": 1})


def test_nothing_too_large_is_sent(pair):
    for value in (torch.zeros(1).expand(1 << 40), "x" * (wire.REQUEST.text + 1)):
        with pytest.raises(wire.TooLarge):
            wire.send(pair[0], {"a": value})
    pair[0].close()
    assert pair[1].recv(1) == b""


def test_halves_of_surrogate_pairs_do_not_arrive(pair):
    wire.send(pair[0], {"a": "x\ud800", "b": {"\udc00": 1}})
    assert wire.receive(pair[1], 1) == {"a": "x?", "b": {"?": 1}}


# The trusted side of a link, against a fake submission


def scripted_link(monkeypatch, *replies):
    """A link to a submission that answers with these bytes, whatever it is asked."""
    ours, theirs = socket.socketpair()
    theirs.sendall(b"".join(replies))
    end = {"signal": None, "exit": None}
    monkeypatch.setattr(links, "start", lambda limits: (ours, float, lambda: theirs.close() or end))
    return Link(Limits(0.3))


def reply(**parts) -> bytes:
    """A reply frame."""
    return frame(json.dumps({"ok": True, "used": {"list": []}} | parts).encode())


CALLBACK = {"args": {"tuple": []}, "kwargs": {"dict": []}}


@pytest.mark.parametrize(
    "answer",
    [
        frame(json.dumps({"callback": 0}).encode()),
        frame(json.dumps({"callback": -1} | CALLBACK).encode()),
        frame(json.dumps({"callback": "0"} | CALLBACK).encode()),
        frame(json.dumps({"callback": 0} | CALLBACK).encode()),
        reply(used=None),
        reply(ok=False),
        reply(ok=1, error="text"),
    ],
)
def test_replies_that_no_honest_side_sends(monkeypatch, answer):
    with scripted_link(monkeypatch, answer) as link, pytest.raises(SubmissionDied) as died:
        link.request({"verb": "names", "names": []})
    assert died.value.kind == "protocol"
    with pytest.raises(SubmissionDied):
        link.request({"verb": "names", "names": []})


@pytest.mark.parametrize("problems", [None, 1, {"list": []}, {"list": [1, 2]}, {"dict": []}])
def test_a_list_of_problems_has_its_length(monkeypatch, problems):
    with (
        scripted_link(monkeypatch, reply(problems=problems)) as link,
        pytest.raises(SubmissionDied),
    ):
        link.begin([{"id": "a", "code": "", "define_only": False}], {}, "")


def test_descriptions_of_problems_are_plain(monkeypatch):
    """Only a line that the cell really has is told, and from the grader's own copy of it."""
    odd = {"kind": 1, "type": "x" * 999, "text": {"list": []}, "self": 1, "line": 2, "cell": "a"}
    odd |= {"source": "words of its own", "builtin": "os"}
    beyond = odd | {"line": 3}
    sent = {"list": [{"dict": [list(item) for item in each.items()]} for each in (odd, beyond)]}
    cells = [{"id": name, "code": "a = 1\nb = 2", "define_only": False} for name in "ab"]
    with scripted_link(monkeypatch, reply(problems=sent)) as link:
        told, untold = link.begin(cells, {}, "")
    plain = {"type": "x" * 80, "builtin": "Exception"}
    assert told == plain | {"line": 2, "cell": "a", "source": "b = 2"}
    assert untold == plain


def test_a_cell_is_parsed_once_however_often_it_is_said_to_be_invalid(monkeypatch):
    parsed = []
    monkeypatch.setattr(links.cells, "syntax_error", lambda code: parsed.append(code) or "invalid")
    said = {"dict": [["kind", "syntax_error"], ["cell", "7"]]}
    cells = [{"id": str(i), "code": f"a = {i}", "define_only": False} for i in range(50)]
    with scripted_link(monkeypatch, reply(problems={"list": [said] * 50})) as link:
        told = link.begin(cells, {}, "")
    assert {each["text"] for each in told} == {"invalid"}
    assert parsed == ["a = 7"]


@pytest.mark.parametrize("depth", [3, 1000])
def test_callbacks_within_callbacks_end(monkeypatch, depth):
    call = frame(json.dumps({"callback": 0} | CALLBACK).encode())
    link = scripted_link(monkeypatch, call * depth, reply(value=1) * 9)

    def again():
        return link.call("f", (again,), {}, False)["value"]

    with link:
        if depth == 3:
            assert link.call("f", (again,), {}, False)["value"] == 1
        else:
            with pytest.raises(SubmissionDied):
                link.call("f", (again,), {}, False)


@pytest.mark.parametrize("sizes", [(wire.REPLY.text + 1, 0), (2, wire.REPLY.tensors + 1)])
def test_a_submission_sends_less_than_it_gets(monkeypatch, sizes):
    assert all(few < many for few, many in zip(wire.REPLY, wire.REQUEST, strict=True))
    link = scripted_link(monkeypatch, struct.pack(">II", *sizes))
    with link, pytest.raises(SubmissionDied) as died:
        link.call("f", (len,), {}, False)
    assert died.value.kind == "protocol"


EXPANDED = """
def grouped_attention(q, k, v, mask=None):
    group = q.shape[1] // k.shape[1]
    if group * k.shape[1] != q.shape[1]:
        raise ValueError("KV heads do not divide the query heads")
    k, v = (each.repeat_interleave(group, dim=1) for each in (k, v))
    return masked_attention(q, k, v, mask)[0]
"""
FORGED_COUNT = """
import sys

from autograder import mine

masked_attention = mine("masked_attention")
counter = sys.modules.get("memory")
if counter:
    counter.Peak.bytes = property(lambda self: 0, lambda self, value: None)
"""


@forks
def test_memory_is_limited_from_outside_as_well_as_counted(tmp_path):
    path = tmp_path / "answer.py"
    for head, says in (
        (FORGED_COUNT.split("counter")[0], "the memory of a copy"),
        (FORGED_COUNT, "more memory than it may use"),
    ):
        path.write_text(head + EXPANDED)
        exercise = grade(path, ["grouped_attention"], seed=3).exercises[0]
        failed = {each.id: each.message for each in exercise.checks if not each.passed}
        assert list(failed) == ["copies_no_keys"] and says in failed["copies_no_keys"]


@pytest.mark.slow
@forks
@proc
def test_a_twin_serves_for_itself_and_ends_with_its_lender(tmp_path, monkeypatch):
    lender = processes._ForkServer()
    twin = processes._ForkServer(lender.lend())
    monkeypatch.setattr(processes, "_server", twin)
    bad, good = grade_body(tmp_path, RIGHT)
    assert bad.points + good.points == bad.max_points + good.max_points
    assert the_server() is twin and twin.missing_layers() == lender.missing_layers()
    lender.close()
    bad, good = grade_body(tmp_path, RIGHT)
    assert bad.points + good.points == bad.max_points + good.max_points
    assert the_server() is not twin and not twin.alive
    the_server().close()


@pytest.mark.slow
@forks
def test_a_lender_that_is_gone_lends_nothing_and_stops_nothing():
    lender = processes._ForkServer()
    lender.close()
    server = processes._ForkServer(lender.lend())
    assert server.missing_layers() == the_server().missing_layers()
    server.close()
