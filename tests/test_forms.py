"""An instructor's pages in Chromium: formgrader's buttons, feedback, the report on the class."""

import shutil

import pytest
from browser import barriers, page
from class_folders import run
from lab_server import TOKEN, Server
from playwright.sync_api import expect
from support import notebook_with, reference_answers, write_notebook

from autograder import course
from autograder.authoring.formulas import mathml

UNIT = course.unit("01_single_head")
FULL = sum(each.points for each in UNIT.exercises)
WAIT = 120_000  # milliseconds
# What is wrong with nbgrader's own templates, by axe-core's names: dialogs, buttons and fields
# without a name, links told by colour alone, lists of other things than items, text too pale.
OF_NBGRADER = {
    "aria-dialog-name",
    "color-contrast",
    "label",
    "link-in-text-block",
    "link-name",
    "list",
    "nested-interactive",
    "scrollable-region-focusable",
}


def further_barriers(opened):
    """What nbgrader's pages would not have without us."""
    return [each for each in barriers(opened, "body") if each.split(":")[0] not in OF_NBGRADER]


@pytest.mark.slow
def test_from_autograde_to_feedback_by_formgraders_buttons(tmp_path):
    root = tmp_path / "class"
    left_out = shutil.ignore_patterns("attnlab", "data", "pictures")
    for part in ("solutions", "exercises", "lessons"):
        shutil.copytree(course.ROOT / part, root / part, ignore=left_out)
    shutil.copy(course.ROOT / "nbgrader_config.py", root)
    right = reference_answers(UNIT)
    wrong = right | {"softmax": "def softmax(scores, dim=-1):\n    return scores / scores.sum()"}
    for student, answers in {"ada": right, "bea": wrong}.items():
        path = root / "submitted" / student / UNIT.name / f"{UNIT.name}.ipynb"
        write_notebook(path, notebook_with(UNIT, answers))
    run(root, "release", UNIT.name, AUTOGRADER_COURSE=str(root))
    server = Server(root, "--teach")
    try:
        server.wait()
        home = f"http://127.0.0.1:{server.port}"
        with page() as opened:
            opened.set_default_timeout(WAIT)
            submissions = f"formgrader/manage_submissions/{UNIT.name}"
            opened.goto(f"{home}/login?next=/{submissions}&token={TOKEN}")
            for student, score in (("ada", FULL), ("bea", None)):
                row = opened.get_by_role("row").filter(has_text=student)
                expect(row.locator(".status")).to_have_text("needs autograding", timeout=WAIT)
                row.locator(".autograde a").click()
                opened.get_by_text(f"Successfully autograded '{UNIT.name}'").wait_for()
                assert further_barriers(opened) == []
                opened.locator("#success-modal").get_by_role("button", name="Close").first.click()
                expect(row.locator(".status")).to_have_text("graded", timeout=WAIT)
                points, most = map(float, row.locator(".score").inner_text().split(" / "))
                assert most == FULL and (points == score if score else 0 < points < FULL)
            row.locator(".generate-feedback a").click()
            opened.get_by_text("Successfully generated feedback").wait_for()

            opened.goto(f"{home}/formgrader/gradebook/{UNIT.name}/{UNIT.name}")
            opened.get_by_role("link", name="Submission #1").wait_for()
            assert further_barriers(opened) == []
            opened.get_by_role("link", name="Submission #1").click()
            opened.locator(".nbgrader_cell .score").first.wait_for()
            assert opened.locator("math").count() >= 3
            assert further_barriers(opened) == []
    finally:
        server.stop()
    run(root, "report", UNIT.name, AUTOGRADER_COURSE=str(root))
    with page() as opened:
        opened.goto((root / "feedback" / "bea" / UNIT.name / f"{UNIT.name}.html").as_uri())
        assert opened.locator("math").count() >= 3
        assert further_barriers(opened) == []
        assert barriers(opened, ".output_html") == []
        opened.goto((root / "reports" / UNIT.name / "class.html").as_uri())
        assert barriers(opened, "body") == []


def test_a_formula_is_drawn_and_leads_nowhere():
    assert "<msqrt>" in mathml(r"\sqrt{d_\text{head}}", "inline")
    assert "<script" not in mathml(r"\text{<script>alert(1)</script>}", "inline")
    for hostile in (r"\href{javascript:alert(1)}{x}", r"\style{position:fixed}{x}"):
        assert "javascript" not in mathml(hostile, "block")
        assert "fixed" not in mathml(hostile, "block")


@pytest.mark.parametrize("tex", [r"\frac{1}{", "{" * 900, "x" * 3000])
def test_what_is_no_formula_stays_as_it_was_typed(tex):
    assert mathml(tex, "inline") == ""
