"""``make lab`` and ``make teach``: the real server, asked over its REST API."""

import asyncio
import json
import re
import sys
import urllib.request
from pathlib import Path

import pytest
from lab_server import EMPTY, SOLUTION, TOKEN, Server, make_course
from tornado.websocket import websocket_connect


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """JupyterLab as ``make lab`` starts it, in a small course folder."""
    yield from serve(tmp_path_factory)


@pytest.fixture(scope="module")
def teaching(tmp_path_factory):
    """JupyterLab as ``make teach`` starts it."""
    yield from serve(tmp_path_factory, "--teach")


def serve(tmp_path_factory, *options):
    """A server in a course folder of its own, ended at last."""
    root = tmp_path_factory.mktemp("lab") / "my course"
    make_course(root)
    running = Server(root, *options)
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
        ("PUT", f"api/contents/{SOLUTION}.ipynb", notebook()),
        ("PUT", "api/contents/mine.ipynb", notebook()),
    ],
)
def test_no_other_way_changes_the_shelf(server, method, path, content):
    status, answer = server.ask(method, path, content)
    assert status == 403 and "Work in workspace/" in answer["message"]
    lessons = sorted(each.name for each in (server.root / "lessons").glob("*"))
    assert lessons == ["00_start_here.ipynb", "01_single_head.ipynb"]


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


def opened(server, path=""):
    """Where a path of the server leads, and the extensions that JupyterLab leaves out there."""
    headers = {"Authorization": f"token {TOKEN}"}
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        page = answer.read().decode()
    config = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    return answer.url, json.loads(config[1])["disabledExtensions"] if config else None


def names(server, path=""):
    """The names that the file browser lists in a folder."""
    _, model = server.ask("GET", f"api/contents/{path}")
    return sorted(each["name"] for each in model["content"])


def test_a_learner_comes_home_and_sees_the_desk(server):
    assert opened(server)[0].endswith("/home")
    _, disabled = opened(server, "lab")
    assert disabled == ["@jupyter/nbgrader"]
    assert names(server) == ["workspace"]
    assert names(server, "workspace/01_single_head") == [
        "01_lesson_single_head.ipynb",
        "01_single_head.ipynb",
    ]


@pytest.mark.slow
def test_whoever_teaches_sees_the_course_and_has_nbgraders_buttons(teaching):
    url, disabled = opened(teaching)
    assert url.endswith("/lab") and "@jupyter/nbgrader" not in disabled
    assert {"exercises", "lessons", "solutions", "workspace"} <= set(names(teaching))
    assert teaching.ask("PUT", LESSON, notebook())[0] == 403
    assert teaching.ask("PUT", f"api/contents/{SOLUTION}.ipynb", notebook())[0] == 200


def test_nobody_is_asked_about_news(server):
    name = "@jupyterlab/apputils-extension:notification"
    status, settings = server.ask("GET", f"lab/api/settings/{name}")
    assert status == 200
    assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"


def test_a_terminal_has_the_commands_of_the_course(server):
    """The server's output is no screen here, where Jupyter would choose a login shell."""
    _, terminal = server.ask("POST", "api/terminals", {})
    said = asyncio.run(told(server, terminal["name"], "command -v autograder\r"))
    assert str(Path(sys.executable).with_name("autograder")) in said


async def told(server, name, line):
    """What a terminal shows after a line, up to the prompt that follows."""
    url = f"ws://127.0.0.1:{server.port}/terminals/websocket/{name}?token={TOKEN}"
    connection = await websocket_connect(url)
    await connection.write_message(json.dumps(["stdin", line]))
    said = ""
    async with asyncio.timeout(30):
        while "bin/autograder\r" not in said:
            kind, *text = json.loads(await connection.read_message())
            said += "".join(text) if kind == "stdout" else ""
    connection.close()
    return said
