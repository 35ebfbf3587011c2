"""The viewer of attention maps: what it refuses, and how it works in a browser."""

import base64

import browser
import nbformat
import numpy as np
import pytest
import torch
import traitlets
from attnlab.viewer import AttentionViewer, attention_viewer
from lab_server import TOKEN, Server, make_course
from nbconvert import HTMLExporter

from autograder import course
from autograder.authoring import build

WORDS = ["a", "cat", "<b>", "sat"]
SHOW = """
import torch
from attnlab.viewer import attention_viewer
weights = torch.eye(4).expand(2, 3, 4, 4).clone()
weights[0, 1] = torch.eye(4).roll(-1, 1)
weights[1, 2, 1] = torch.tensor([0.2, 0.5, 0.3, 0.0])
viewer = attention_viewer(weights, ["a", "cat", "<b>", "sat"])
viewer
"""


def weights():
    """As in ``SHOW``: two layers of three heads; ``(2, 3, 4, 4)``."""
    names: dict = {}
    exec(SHOW, names)
    return names["weights"]


def test_in_a_kernel_it_is_a_widget_that_python_can_read_and_set():
    viewer = attention_viewer(weights(), WORDS, layer=-1, head=2)
    assert isinstance(viewer, AttentionViewer)
    assert (viewer.layer, viewer.head, viewer.token) == (1, 2, 3)
    viewer.token = 0
    for name, axis in (("layer", 2), ("head", 3), ("token", 4)):
        with pytest.raises(traitlets.TraitError, match=f"only {axis}"):
            viewer.set_trait(name, axis)
    sent = np.frombuffer(base64.b64decode(viewer.weights), "<u2").reshape(2, 3, 4, 4) / 65535
    assert np.abs(sent - weights().numpy()).max() < 1e-5


def test_one_layer_needs_no_axis_for_layers():
    assert attention_viewer(weights()[0], WORDS).shape == [1, 3, 4]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (torch.eye(4), r"shape \(4, 4\)"),
        (torch.zeros(2, 3, 4), r"shape \(2, 3, 4\)"),
        (torch.zeros(0, 4, 4), "shape"),
        (torch.full((1, 4, 4), -0.5), "scores"),
        (torch.full((1, 4, 4), float("nan")), "NaN"),
        (torch.zeros(1, 5, 5), "4 names for 5 tokens"),
    ],
)
def test_what_cannot_be_shown_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        attention_viewer(wrong, WORDS)
    with pytest.raises(IndexError):
        attention_viewer(weights(), WORDS, head=3)


def test_half_precision_is_shown():
    half = torch.randn(3, 4, 4).softmax(-1).bfloat16()
    assert attention_viewer(half, WORDS).shape == [1, 3, 4]


def test_where_no_script_runs_it_is_a_picture_with_a_text(monkeypatch):
    monkeypatch.setenv(course.STATIC, "1")
    page = attention_viewer(weights(), WORDS, head=1)
    assert "layer 0, head 1 enlarged" in page.alt and "cat to a 1.00" in page.alt
    before, _, script = page._repr_html_().partition("<script")
    assert 'src="data:image/png;base64' in before and "&lt;b&gt;" in before
    assert "<b>" not in script and "http" not in script


def try_out(page):
    """What mouse and keyboard do, the same in every page."""
    viewer = page.locator(".attention-viewer")
    said, title = viewer.locator("[aria-live]"), viewer.locator("caption")
    assert said.inner_text() == 'Query "sat", heaviest keys: "sat" 1.00'
    viewer.get_by_role("button", name="head 0").click()
    page.keyboard.press("ArrowRight")
    assert title.inner_text().startswith("Layer 0, head 1:")
    viewer.locator("tbody tr").nth(1).hover()
    assert said.inner_text() == 'Query "cat", heaviest keys: "a" 1.00'
    viewer.get_by_label("layer").select_option("1")
    viewer.get_by_role("button", name="head 1").press("End")
    assert title.inner_text().startswith("Layer 1, head 2:")
    viewer.get_by_role("button", name="query cat").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert said.inner_text() == 'Query "cat", heaviest keys: "cat" 0.50, "<b>" 0.30, "a" 0.20'
    assert browser.barriers(page, ".attention-viewer") == []


@pytest.mark.slow
def test_in_a_page_without_a_kernel(tmp_path):
    lesson = tmp_path / "99_maps.py"
    lesson.write_text(f"# %%{SHOW}")
    notebook = build.execute(build.lesson_notebook(lesson))
    with browser.page() as page:
        page.goto(as_page(notebook, tmp_path))
        try_out(page)
        assert page.locator("img").count() == 0


def as_page(notebook, folder):
    """The address of a page that shows a notebook."""
    body, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    (folder / "maps.html").write_text(
        f"<!doctype html><meta charset=utf-8>{body}", encoding="utf-8"
    )
    return (folder / "maps.html").as_uri()


@pytest.mark.slow
def test_the_viewer_of_the_lesson_shuts_nobody_out(tmp_path):
    """Of all layers and heads of MiniLM; also where only the keyboard is used."""
    notebook = nbformat.read(build.LESSONS / "05_what_heads_learn.ipynb", as_version=4)
    with browser.page() as page:
        page.goto(as_page(notebook, tmp_path))
        viewer = page.locator(".attention-viewer")
        layer = viewer.get_by_label("layer")
        layer.press("Home")
        for i in range(6):
            assert layer.input_value() == str(i)
            assert browser.barriers(page, ".attention-viewer") == []
            page.keyboard.press("ArrowDown")
        focused = viewer.locator(":focus")
        reached = []
        for key in ("Tab", "End", "Tab", "Home", "ArrowDown"):
            page.keyboard.press(key)
            reached.append(focused.get_attribute("aria-label"))
        assert reached == ["head 0", "head 11", "query [SEP]", "query [CLS]", "query the"]
        assert viewer.locator("caption").inner_text().startswith("Layer 5, head 11:")
        page.keyboard.press("Tab")
        assert focused.count() == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "rule"),
    [("<p style='color: #aaa'>grey</p>", "color-contrast"), ("<button></button>", "button-name")],
)
def test_a_barrier_is_found(part, rule):
    with browser.page() as page:
        page.set_content(f"<main><p>text</p>{part}</main>")
        (found,) = browser.barriers(page, "main")
        assert found.startswith(f"{rule}: ")


@pytest.mark.slow
def test_in_jupyterlab(tmp_path):
    root = tmp_path / "course"
    make_course(root)
    cells = [nbformat.v4.new_code_cell(each) for each in (SHOW, "(viewer.layer, viewer.head)")]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=build.METADATA)
    (root / "workspace").mkdir()
    nbformat.write(notebook, root / "workspace" / "maps.ipynb")
    server = Server(root)
    try:
        server.wait()
        with browser.page() as page:
            page.set_default_timeout(120_000)
            page.goto(f"http://127.0.0.1:{server.port}/lab/tree/workspace/maps.ipynb?token={TOKEN}")
            page.get_by_text("| Idle").wait_for()
            page.locator(".jp-CodeCell .cm-content").first.click()
            page.keyboard.press("Shift+Enter")
            page.locator(".attention-viewer").wait_for()
            try_out(page)
            page.locator(".jp-CodeCell .cm-content").last.click()
            page.keyboard.press("Shift+Enter")
            page.get_by_text("(1, 2)", exact=True).wait_for()
    finally:
        server.stop()
