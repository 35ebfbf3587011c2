"""``make lab``: the real server, asked over its REST API."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

TOKEN = "only-for-this-test"
EMPTY = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
START = """
import sys
from pathlib import Path
from autograder import course
from autograder.learner import lab
course.ROOT = Path(sys.argv[1])
course.WORKSPACE = course.ROOT / "workspace"
lab.main(sys.argv[2:])
"""


def free_port():
    """A loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_course(root):
    """A course folder with one lesson and one released exercise."""
    for name in ("lessons/00_start_here", "exercises/01_single_head/01_single_head"):
        path = root / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(EMPTY), encoding="utf-8")


class Server:
    """A running JupyterLab and its REST API."""

    def __init__(self, root):
        self.root = root
        self.port = free_port()
        options = [
            "--no-browser",
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={TOKEN}",
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

    def wait(self, seconds=90):
        """Wait until it answers; show its log if it does not."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                self.ask("GET", "api")
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


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """JupyterLab as ``make lab`` starts it, in a small course folder."""
    root = tmp_path_factory.mktemp("lab") / "my course"
    make_course(root)
    running = Server(root)
    try:
        yield running.wait()
    finally:
        running.stop()


def notebook():
    """The body of a request that saves a notebook with one cell."""
    cell = {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": "mine"}
    return {"type": "notebook", "format": "json", "content": EMPTY | {"cells": [cell]}}


LESSON = "api/contents/lessons/00_start_here.ipynb"
RELEASED = "api/contents/exercises/01_single_head/01_single_head.ipynb"
DESK = "api/contents/workspace/01_single_head/01_single_head.ipynb"


@pytest.mark.parametrize("path", [LESSON, RELEASED])
def test_the_shelf_can_be_read_but_not_saved(server, path):
    status, model = server.ask("GET", path)
    assert (status, model["writable"]) == (200, False)
    status, answer = server.ask("PUT", path, notebook())
    assert status == 403
    assert "Work in workspace/" in answer["message"]
    assert "Save Notebook As" in answer["message"]
    assert json.loads((server.root / path.removeprefix("api/contents/")).read_text()) == EMPTY


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("DELETE", LESSON, None),
        ("PATCH", LESSON, {"path": "workspace/moved.ipynb"}),
        ("PATCH", DESK, {"path": "lessons/mine.ipynb"}),
        ("POST", "api/contents/lessons", {"type": "notebook"}),
        ("POST", "api/contents/lessons", {"copy_from": "lessons/00_start_here.ipynb"}),
        ("PUT", "api/contents/workspace/../lessons/00_start_here.ipynb", notebook()),
    ],
)
def test_no_other_way_changes_the_shelf(server, method, path, content):
    status, answer = server.ask(method, path, content)
    assert status == 403 and "Work in workspace/" in answer["message"]
    assert [each.name for each in (server.root / "lessons").glob("*")] == ["00_start_here.ipynb"]


def test_the_workspace_is_laid_out_and_can_be_saved(server):
    status, model = server.ask("GET", DESK)
    assert (status, model["writable"]) == (200, True)
    status, _ = server.ask("PUT", DESK, notebook())
    assert status == 200
    status, model = server.ask("GET", DESK)
    assert model["content"]["cells"][0]["source"] == "mine"


def test_a_copy_of_a_lesson_can_be_kept_in_the_workspace(server):
    status, _ = server.ask("PUT", "api/contents/workspace/my_00_start_here.ipynb", notebook())
    assert status == 201
    copied = {"copy_from": "lessons/00_start_here.ipynb"}
    status, model = server.ask("POST", "api/contents/workspace", copied)
    assert (status, model["writable"]) == (201, True)


def test_jupyterlab_opens_at_the_first_lesson(server):
    headers = {"Authorization": f"token {TOKEN}"}
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.url.endswith("/lab/tree/lessons/00_start_here.ipynb")


def test_nobody_is_asked_about_news(server):
    name = "@jupyterlab/apputils-extension:notification"
    status, settings = server.ask("GET", f"lab/api/settings/{name}")
    assert status == 200
    assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"
