"""A real JupyterLab, started as ``make lab`` starts it, on a free port of this machine."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

EMPTY = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
EXERCISES = "exercises/01_single_head/01_single_head"
SOLUTION = "solutions/01_single_head/01_single_head"
TOKEN = "only-for-this-test"
START = """
import sys
from pathlib import Path
from autograder import course
from autograder.learner import lab
course.ROOT = Path(sys.argv[1])
course.WORKSPACE = course.ROOT / "workspace"
lab.main(sys.argv[2:])
"""


def make_course(root):
    """A course folder with two lessons, one exercise notebook and a solution."""
    for name in ("lessons/00_start_here", "lessons/01_single_head", EXERCISES, SOLUTION):
        path = root / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(EMPTY), encoding="utf-8")


def free_port():
    """A loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A running JupyterLab and its REST API."""

    def __init__(self, root, *more):
        self.root = root
        self.port = free_port()
        options = [
            "--no-browser",
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={TOKEN}",
            *more,
        ]
        self.log = (root / "server.log").open("w+")
        home = root / "home"
        home.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, str(root), *options],
            env=os.environ | {"HOME": str(home)},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def ask(self, method, path, content=None):
        """Status and JSON answer of one request."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}",
            method=method,
            data=None if content is None else json.dumps(content).encode(),
            headers={"Authorization": f"token {TOKEN}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as problem:
            return problem.code, json.loads(problem.read() or "null")

    def wait(self, seconds=90, path="api"):
        """Wait until it answers; show its log if it does not."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                self.ask("GET", path)
                return self
            except OSError:
                time.sleep(0.2)
        self.log.seek(0)
        raise AssertionError(f"JupyterLab did not start:\n{self.log.read()}")

    def stop(self):
        """End the server, and nothing else."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
