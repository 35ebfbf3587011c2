"""The home page of ``make lab``: what comes next, and how the page stands in a browser."""

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from urllib.parse import unquote

import browser
import pytest
from lab_server import TOKEN, Server
from playwright.sync_api import expect

from autograder import course
from autograder.learner import home, predictions, workspace
from autograder.learner.home import Lesson, Task, Unit

LONG, SHORT = course.exercise("causal_mask"), course.exercise("softmax")
MEMO = course.exercise("memo")
READ = Lesson("Read", "", 10, None, predicted=2, asked=2)
NEW = Lesson("New", "", 10, None, asked=2, cells=5)


def named(*units):
    """The step after these: its verb, object and reason."""
    step = home.next_step(units)
    return step and (step.verb, step.what, step.why)


@pytest.mark.parametrize(
    ("lesson", "tasks", "expected"),
    [
        (NEW, [Task(SHORT)], ("Begin lesson 01:", "New", "not started yet, 10 minutes")),
        (
            Lesson("Half", "", None, None, predicted=1, asked=2),
            [Task(SHORT)],
            ("Go on with lesson 01:", "Half", "1 of 2 predictions made so far"),
        ),
        (READ, [Task(SHORT)], ("Begin with", "softmax", "15 minutes, 5 points")),
        (
            NEW,
            [Task(SHORT, 5.0, True), Task(LONG, 2.0, True)],
            ("Go on with", "causal_mask", f"2 of {LONG.points:g} points so far"),
        ),
        (
            READ,
            [Task(MEMO)],
            ("Begin with", "memo", f"{MEMO.minutes} minutes, {MEMO.points:g} points"),
        ),
        (READ, [Task(SHORT, 5.0, True), Task(MEMO, 0.0, True)], None),
        (None, [], None),
    ],
    ids=["new", "half", "read", "tried", "prose", "end", "empty"],
)
def test_the_next_step_is_the_first_that_is_not_done(lesson, tasks, expected):
    assert named(Unit("01_unit", lesson, tuple(tasks))) == expected


def test_a_lesson_is_left_behind_when_points_were_earned_after_it():
    units = Unit("00_a", NEW), Unit("01_b", READ, (Task(SHORT, 5.0, True), Task(LONG)))
    assert named(*units)[1] == "causal_mask"


def test_states_are_told_in_words():
    told = [Task(LONG), Task(LONG, 0.0, True), Task(LONG, 2.0, True), Task(LONG, LONG.points, True)]
    most = f"{LONG.points:g} points"
    assert [each.says for each in told] == [
        "not started",
        f"0 of {most}",
        f"2 of {most}",
        "passed",
    ]
    assert [each.is_done for each in told] == [False, False, False, True]
    assert Task(MEMO, 0.0, True).says.startswith("written")


HOSTILE = [
    b"{",
    b"[]",
    b'{"exercises": {"softmax": {"points": 1e999, "max_points": 5, "hints": 0}}}',
    b'{"exercises": {"softmax": {"points": 5, "max_points": 5, "hints": Infinity}}}',
    b'{"exercises": {"softmax": {"points": 1e300, "max_points": 5, "hints": 0}}}',
    b'{"exercises": {"softmax": {"points": -7, "max_points": 5, "hints": 0}}}',
    b'{"exercises": {"<script>x</script>": {"points": 1, "max_points": 1, "hints": 0}}}',
]


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_no_file_of_the_workspace_breaks_the_page(empty_workspace, content):
    workspace.prepare()
    for name in (".progress.json", ".predictions.json", ".practice.json"):
        (empty_workspace / name).write_bytes(content)
    (empty_workspace / "02_masks" / "02_masks.ipynb").write_bytes(content)
    (empty_workspace / "01_single_head" / "01_lesson_single_head.ipynb").write_bytes(content)
    page = home.page(lambda path: f"/{path}" if path else "", "/lab")
    assert "softmax" in page and "1e" not in page.split("</style>")[1].split("</main>")[0]
    assert page.count("<script") == 1


def test_what_was_answered_or_run_counts_as_begun(empty_workspace):
    workspace.prepare()
    assert home.next_step(home.units()).what == "Start here"
    path = course.lesson_copy("01_single_head")
    lesson = json.loads(path.read_bytes())
    next(each for each in lesson["cells"] if each["cell_type"] == "code")["execution_count"] = 1
    path.write_text(json.dumps(lesson))
    asked = predictions.made(json.loads((course.ROOT / "lessons/02_masks.ipynb").read_bytes()))
    by_name = {each.name: each.lesson for each in home.units()}
    first, second = by_name["01_single_head"], by_name["02_masks"]
    assert (first.ran, first.is_begun, first.is_done) == (1, True, False)
    assert (second.is_begun, second.asked) == (False, asked[-1])


def test_a_lesson_that_changed_is_named_with_the_new_one_beside_it(empty_workspace):
    workspace.prepare()
    path = course.lesson_copy("02_masks")
    lesson = json.loads(path.read_bytes())
    lesson["metadata"]["attention_heads"]["lesson"] = "an older text"
    path.write_text(json.dumps(lesson))
    workspace.prepare()
    changed = [each for each in home.units() if each.lesson.newer]
    assert [each.lesson.newer.name for each in changed] == ["02_lesson_masks-2.ipynb"]
    assert changed[0].lesson.path == path


def test_torch_is_not_imported_for_the_page():
    code = (
        "import sys\nfrom autograder.learner import home\n"
        "home.page(str, '')\nprint('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """JupyterLab as ``make lab`` starts it, in a course of three units below another address."""
    root = tmp_path_factory.mktemp("home") / "my course"
    for kind in ("lessons", "exercises", "solutions"):
        for unit in ("00_*", "01_*", "02_*"):
            for path in (course.ROOT / kind).glob(unit):
                copy = shutil.copytree if path.is_dir() else shutil.copy
                (root / kind).mkdir(parents=True, exist_ok=True)
                copy(path, root / kind / path.name)
    running = Server(root, "--ServerApp.base_url=/me/")
    try:
        yield running.wait(path="me/api")
    finally:
        running.stop()


def end_kernel(server):
    """Wait for the notebook's kernel and end it: a server takes long to end one that starts."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for kernel in server.ask("GET", "me/api/kernels")[1]:
            if kernel["execution_state"] == "idle":
                assert server.ask("DELETE", f"me/api/kernels/{kernel['id']}")[0] == 204
                return
        time.sleep(0.1)
    raise AssertionError("the notebook's kernel did not start")


def record(server, points):
    """Points of ``softmax``, after the warm-up, as checks in a kernel write them."""
    done = {"weighted_average": (1.0, 1.0), "softmax": (points, 5.0)}
    known = {
        name: {"points": best, "max_points": most, "hints": 0}
        for name, (best, most) in done.items()
    }
    text = json.dumps({"schema": 1, "exercises": known})
    (server.root / "workspace" / ".progress.json").write_text(text)


@pytest.mark.slow
def test_the_page_leads_into_jupyterlab_and_shows_what_was_checked(server):
    with browser.page() as page:
        page.goto(f"http://127.0.0.1:{server.port}/me/?token={TOKEN}")
        assert page.url.split("?")[0].endswith("/me/home")
        assert page.locator("h3").count() == 4
        go = page.locator("a.go")
        assert go.inner_text() == "Begin lesson 00: Start here"
        for width in (1200, 380):
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert browser.barriers(page, "html") == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width

        page.set_viewport_size({"width": 1200, "height": 800})
        with page.expect_popup() as opened:
            go.click()
        lab = opened.value
        lab.wait_for_selector(".jp-Notebook", timeout=60_000)
        assert (
            unquote(lab.url)
            .split("?")[0]
            .endswith("/me/lab/tree/workspace/00_start_here/00_lesson_start_here.ipynb")
        )
        end_kernel(server)
        lab.close()

        record(server, 2.0)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(go).to_have_text("Go on with softmax", timeout=30_000)
        assert "2 of 5 points so far" in page.locator("#next-step").inner_text()
        record(server, 5.0)
        page.reload()
        assert "scaled_scores" in page.locator("a.go").inner_text()
        assert "✓ passed" in page.locator("#unit-3").inner_text()


@pytest.mark.slow
def test_the_page_is_for_who_has_the_token_and_loads_nothing(server):
    address = f"http://127.0.0.1:{server.port}/me/home"
    with urllib.request.urlopen(address, timeout=30) as answer:
        assert "/login" in answer.url and b"Next step" not in answer.read()
    request = urllib.request.Request(address, headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store" and b"Next step" in answer.read()
    assert "default-src 'none'" in policy and "frame-ancestors" in policy
    assert "unsafe" not in policy
