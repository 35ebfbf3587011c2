"""The learner's workspace: copies, resets and progress."""

import json
import re

import nbformat
import pytest

from autograder import course
from autograder.learner import copies, workspace
from autograder.submissions import read

NAME = "01_single_head"


def cell(kind, text, cell_id, grade_id=None):
    """A notebook cell as JSON."""
    metadata = {"nbgrader": {"grade_id": grade_id, "solution": True}} if grade_id else {}
    made = {"cell_type": kind, "id": cell_id, "metadata": metadata, "source": [text]}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


RELEASED = [
    cell("markdown", "# Single head", "intro"),
    cell("code", "import torch", "imports"),
    cell("markdown", "Task one", "task-one"),
    cell("code", "def softmax(scores): ...", "softmax", "softmax"),
    cell("markdown", "Task two", "task-two"),
    cell("code", "def attention(q, k, v): ...", "attention", "attention"),
]


def save(path, cells):
    """Write a notebook of these cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = {"cells": cells, "metadata": {"mine": 1}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), encoding="utf-8")


def load(path):
    """The texts of a notebook's cells."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(each["source"]) for each in cells]


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """The learner's notebook in a course folder of its own with one released notebook."""
    real = course.units()[NAME]
    source = tmp_path / "solutions" / NAME / f"{NAME}.py"
    unit = course.Unit(NAME, source, real.cells, real.exercises)
    monkeypatch.setattr(course, "unit", lambda name: unit)
    monkeypatch.setattr(course, "ROOT", tmp_path)
    monkeypatch.setattr(course, "WORKSPACE", tmp_path / "workspace")
    monkeypatch.setattr(workspace, "_unsaved", {})
    save(unit.released, RELEASED)
    return unit.workspace_notebook


def answered(text="def softmax(scores): return mine"):
    """The learner's cells: one answer changed, one cell added."""
    cells = json.loads(json.dumps(RELEASED))
    cells[3]["source"] = text
    cells.insert(2, cell("code", "notes = 1", "own"))
    return cells


def test_prepare_copies_what_is_missing_and_nothing_else(notebook):
    assert workspace.prepare() == [notebook]
    notebook.write_text("mine")
    assert workspace.prepare() == []
    assert notebook.read_text() == "mine"


LESSON = [
    cell("markdown", "# 1. Single head", "title"),
    cell("code", "1 + 1", "sum") | {"outputs": [{"output_type": "stream"}], "execution_count": 3},
]


@pytest.fixture
def lesson(notebook):
    """A lesson of the course, run, and another one after it."""
    for name in (NAME, "02_masks"):
        save(course.ROOT / "lessons" / f"{name}.ipynb", LESSON)
    return course.ROOT / "lessons" / f"{NAME}.ipynb"


def copies_of_lesson():
    """The learner's copies of the lesson, by name."""
    return sorted(path.name for path in (course.WORKSPACE / NAME).glob("*lesson*"))


def test_a_copy_of_a_lesson_answers_no_prediction(lesson):
    workspace.prepare()
    copied = json.loads((course.WORKSPACE / NAME / "01_lesson_single_head.ipynb").read_text())
    assert [each["source"] for each in copied["cells"][:2]] == [["# 1. Single head"], ["1 + 1"]]
    assert (copied["cells"][1]["outputs"], copied["cells"][1]["execution_count"]) == ([], None)
    assert "stream" in lesson.read_text()


def test_the_way_leads_from_lesson_to_exercises_to_the_next_lesson(lesson, notebook):
    workspace.prepare()
    here = notebook.parent
    found = [load(each)[-1] for each in (here / "01_lesson_single_head.ipynb", notebook)]
    assert found == [
        f"**Next: [Single head]({NAME}.ipynb)**",
        "**Next: [Lesson 1. Single head](../02_masks/02_lesson_masks.ipynb)**",
    ]
    assert (here / "../02_masks/02_lesson_masks.ipynb").exists()
    assert "Next" not in load(course.WORKSPACE / "02_masks" / "02_lesson_masks.ipynb")[-1]


def test_links_between_lessons_lead_to_the_learners_copies(lesson, notebook):
    text = (
        "[Two](02_masks.ipynb#a), [web](https://x.y/02_masks.ipynb), "
        "[exercises](../exercises/01_single_head/01_single_head.ipynb)"
    )
    save(lesson, [*LESSON, cell("markdown", text, "links")])
    workspace.prepare()
    assert load(notebook.with_name("01_lesson_single_head.ipynb"))[2:] == [
        "[Two](../02_masks/02_lesson_masks.ipynb#a), [web](https://x.y/02_masks.ipynb), "
        "[exercises](01_single_head.ipynb)"  # which come next, so that no other link is needed
    ]


def test_a_new_text_of_a_lesson_comes_beside_the_learners_copy_once(lesson):
    workspace.prepare()
    mine = course.WORKSPACE / NAME / "01_lesson_single_head.ipynb"
    notes = json.loads(mine.read_text())
    notes["cells"].append(cell("markdown", "my notes", "own"))
    mine.write_text(json.dumps(notes))
    assert workspace.prepare() == []

    save(lesson, [*LESSON, cell("markdown", "more", "more")])
    (new,) = workspace.prepare()
    assert new.name == "01_lesson_single_head-2.ipynb" and "more" in load(new)
    assert "my notes" in load(mine) and "more" not in load(mine)
    said = workspace.described(new)
    assert "has changed" in said and "your 01_lesson_single_head.ipynb stays" in said
    assert workspace.prepare() == []
    mine.unlink()
    assert workspace.prepare() == [] and copies_of_lesson() == ["01_lesson_single_head-2.ipynb"]


def test_a_new_run_of_a_lesson_is_no_new_lesson(lesson):
    workspace.prepare()
    save(lesson, [LESSON[0], LESSON[1] | {"execution_count": 9, "outputs": []}])
    assert workspace.prepare() == []


def test_a_broken_copy_of_a_lesson_stays_too(lesson):
    workspace.prepare()
    mine = course.WORKSPACE / NAME / "01_lesson_single_head.ipynb"
    mine.write_text("{")
    assert [path.name for path in workspace.prepare()] == ["01_lesson_single_head-2.ipynb"]
    assert mine.read_text() == "{" and workspace.prepare() == []


def test_a_tutors_rules_lie_in_the_workspace_and_may_be_changed(lesson):
    workspace.prepare()
    rules, pointer = (course.WORKSPACE / name for name in ("AGENTS.md", "CLAUDE.md"))
    assert "solutions/" in rules.read_text() and "AGENTS.md" in pointer.read_text()
    rules.write_text("mine")
    workspace.prepare()
    assert rules.read_text() == "mine"


def test_a_copied_notebook_still_is_a_submission_without_oddities(empty_workspace):
    for unit in [each for each in course.units().values() if each.released.exists()]:
        copied = json.loads(copies.content_of(copies.Thing(unit.released, unit.workspace_notebook)))
        nbformat.validate(copied)
        cells = [read.Cell(each["cell_type"], "", read.grade_id(each)) for each in copied["cells"]]
        assert read.rebuild(unit, cells).notices == ()


def test_every_link_between_notebooks_leads_somewhere(empty_workspace):
    paths = workspace.prepare()
    links = {
        (path.name, link): (path.parent / link).exists()
        for path in paths
        for link in re.findall(r"\]\(([^):]+\.ipynb)", path.read_text(encoding="utf-8"))
    }
    assert len(links) >= 2 * len(course.units()) and all(links.values()), links


def test_reset_restores_one_answer_and_keeps_the_old_one(notebook):
    save(notebook, answered())
    done = workspace.reset("softmax")
    texts = load(notebook)
    assert texts[4] == "def softmax(scores): ..."
    assert texts[2] == "notes = 1"
    assert [path.name for path in done.kept] == ["softmax-1.py"]
    assert done.kept[0].read_text() == "def softmax(scores): return mine\n"
    assert "old_answers/softmax-1.py" in done.message


def test_reset_never_overwrites_an_old_answer(notebook):
    for n in (1, 2):
        save(notebook, answered(f"answer {n}"))
        done = workspace.reset("softmax")
    kept = notebook.parent / "old_answers"
    assert done.kept == (kept / "softmax-2.py",)
    assert (kept / "softmax-1.py").read_text() == "answer 1\n"


def test_reset_of_an_untouched_answer_keeps_nothing(notebook):
    save(notebook, RELEASED)
    assert workspace.reset("softmax").kept == ()
    assert not (notebook.parent / "old_answers").exists()


def test_reset_copies_a_missing_notebook(notebook):
    done = workspace.reset("softmax")
    assert "was not there" in done.message
    assert load(notebook) == load(course.unit(NAME).released)


@pytest.mark.parametrize("gone", [[3], [2, 3], [0, 1, 2, 3]])
def test_reset_puts_a_deleted_answer_back_at_its_place(notebook, gone):
    save(notebook, [each for i, each in enumerate(RELEASED) if i not in gone])
    workspace.reset("softmax")
    texts = load(notebook)
    here = texts.index("def softmax(scores): ...")
    assert texts[here + 1] == "Task two"
    assert texts[:here] == [
        "".join(each["source"]) for i, each in enumerate(RELEASED[:3]) if i not in gone
    ]


def test_reset_leaves_one_cell_of_a_duplicated_answer(notebook):
    save(notebook, [*answered(), cell("code", "another try", "copied", "softmax")])
    done = workspace.reset("softmax")
    assert len(done.kept) == 2
    assert load(notebook).count("def softmax(scores): ...") == 1
    assert "another try" not in load(notebook)


def test_reset_gives_a_taken_cell_id_away(notebook):
    cells = answered()
    del cells[4]
    cells[2]["id"] = "softmax"
    save(notebook, cells)
    workspace.reset("softmax")
    ids = [each["id"] for each in json.loads(notebook.read_text())["cells"]]
    assert len(ids) == len(set(ids)) and "softmax-1" in ids


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"cells": [1]}', b"null"])
def test_an_unreadable_notebook_is_kept_and_replaced(notebook, content):
    notebook.parent.mkdir(parents=True)
    notebook.write_bytes(content)
    done = workspace.reset("softmax")
    assert done.kept == (notebook.with_name(f"{NAME}.broken-1.ipynb"),)
    assert done.kept[0].read_bytes() == content
    assert load(notebook) == load(course.unit(NAME).released)
    assert "could not be read" in done.message


def test_reset_of_an_answer_with_a_lone_surrogate(notebook):
    save(notebook, answered("x = '\ud800'"))
    assert workspace.reset("softmax").kept[0].read_text() == "x = '\\ud800'\n"


def test_reset_without_a_release_says_how_to_make_it(notebook):
    course.unit(NAME).released.unlink()
    with pytest.raises(course.CourseError, match="autograder build"):
        workspace.reset("softmax")


def test_reset_of_an_unknown_exercise_names_the_known_ones(notebook):
    with pytest.raises(course.CourseError, match="there are: "):
        workspace.reset("no_such")


def test_the_best_points_stay(notebook):
    for points in (2, 5, 3, float("nan")):
        workspace.record("softmax", points, 5)
    assert workspace.progress() == {"softmax": {"points": 5.0, "max_points": 5.0, "hints": 0}}


def test_points_of_an_exercise_that_changed_count_anew(notebook):
    workspace.record("softmax", 5, 5)
    workspace.record("softmax", 4, 8)
    assert workspace.progress()["softmax"]["points"] == 4


def test_hints_are_counted_beside_the_points(notebook):
    workspace.record("softmax", 2, 5)
    assert [workspace.hint_given("softmax") for _ in range(3)] == [1, 2, 3]
    assert workspace.progress()["softmax"] == {"points": 2.0, "max_points": 5.0, "hints": 3}


@pytest.mark.parametrize("content", ["{", "[]", '{"exercises": {"softmax": {"points": "many"}}}'])
def test_a_broken_progress_file_is_set_aside(notebook, content):
    file = course.WORKSPACE / ".progress.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(content)
    assert workspace.progress() == {}
    assert (course.WORKSPACE / ".progress.broken-1.json").read_text() == content
    workspace.record("softmax", 1, 5)
    assert workspace.progress()["softmax"]["points"] == 1


def test_progress_goes_on_in_memory_where_nothing_can_be_written(notebook):
    course.WORKSPACE.write_text("a file where the folder should be")
    workspace.record("softmax", 2, 5)
    assert [workspace.hint_given("softmax") for _ in range(2)] == [1, 2]
    assert workspace.progress()["softmax"]["points"] == 2
