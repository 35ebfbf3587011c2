"""What learners open is what authors wrote: exercises byte for byte, lessons cell by cell."""

import ast
import errno
import json
import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from autograder import course
from autograder.authoring import build, edits, release
from autograder.sandbox.inside.cells import defines
from autograder.submissions import read

UNITS = {unit.name: unit for unit in course.units().values() if unit.source.parent != build.LESSONS}
LESSONS = sorted(path.stem for path in build.LESSONS.glob("[0-9][0-9]_*.py"))
NAME = "01_single_head"
COMMAND = "python -m autograder build"


@pytest.fixture(params=UNITS)
def unit(request):
    """Each unit that has an exercise notebook."""
    return UNITS[request.param]


def marked(notebook):
    """nbgrader's cells of a notebook by ``grade_id``, in order."""
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


def released(unit):
    """The exercise notebook as it is committed."""
    return nbformat.read(unit.released, as_version=4)


# What is committed


@pytest.mark.parametrize("name", sorted({*LESSONS, *UNITS}))
def test_what_is_committed_was_built_from_these_sources(name):
    assert build.drift([name]) == []


def test_nothing_built_is_left_without_its_source():
    assert {path.stem for path in build.LESSONS.glob("*.ipynb")} == set(LESSONS)
    found = set((course.ROOT / "exercises").rglob("*.ipynb"))
    assert found == {unit.released for unit in UNITS.values()}


@pytest.mark.parametrize("name", LESSONS)
def test_a_committed_lesson_was_run_from_top_to_bottom(name):
    notebook = nbformat.read(build.LESSONS / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code.pop(0).id == course.COLAB_ID
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert all(output.output_type != "error" for cell in code for output in cell.outputs)


def test_an_exercise_is_built_the_same_byte_for_byte(unit):
    first = release.release_bytes(unit)
    assert release.release_bytes(unit) == first == unit.released.read_bytes()


# What learners get


def test_the_release_is_a_valid_notebook_without_outputs(unit):
    notebook = released(unit)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)


def test_the_release_gives_nothing_away(unit):
    text = unit.released.read_text(encoding="utf-8")
    for word in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "explanation"):
        assert word not in text, word
    cells = marked(released(unit))
    for exercise in unit.exercises:
        answer = cells[exercise.id].source
        assert "YOUR CODE HERE" in answer and "raise NotImplementedError" in answer
        blocks = re.findall(r"### BEGIN SOLUTION\n(.*?)\s*### END", exercise.solution, re.DOTALL)
        lines = {line.strip() for block in blocks for line in block.split("\n")} - {""}
        assert lines and not lines & {line.strip() for line in answer.split("\n")}


def test_the_release_holds_every_task_and_no_explanation(unit):
    prose = [cell for cell in released(unit).cells if cell.cell_type == "markdown"]
    texts = [cell.source for cell in prose if "nbgrader" not in cell.metadata]
    tasks = [cell.text for cell in unit.cells if cell.kind == "markdown" and not cell.tags]
    tasks = [text for text in tasks if course.SOLUTION_MARK not in text]
    explanations = [cell.text for cell in unit.cells if "explanation" in cell.tags]
    assert len(explanations) == len(unit.with_points)
    assert [text for text in texts if not text.startswith("## Exercise ")] == tasks
    headings = [text for text in texts if text.startswith("## Exercise ")]
    for number, (exercise, heading) in enumerate(zip(unit.with_points, headings, strict=True), 1):
        assert heading.startswith(f"## Exercise {number}: {exercise.title}\n")
        assert f"about {exercise.minutes} minutes" in heading
        assert f"{exercise.points:g} points" in heading
        assert heading.count("●") == exercise.difficulty


def test_nbgrader_finds_each_exercise_by_its_id(unit):
    cells = marked(released(unit))
    wanted = [each for one in unit.exercises for each in (one.id, one.check_id)]
    wanted += [each.id for each in unit.by_hand]
    assert [name for name in cells if not name.startswith("setup")] == wanted
    for exercise in unit.exercises:
        answer, test = cells[exercise.id], cells[exercise.check_id]
        marks = answer.metadata.nbgrader
        assert (marks.solution, marks.grade, marks.locked) == (True, False, False)
        assert answer.id == exercise.id
        assert re.search(rf"^(def|class) {exercise.id}[(:]", answer.source, re.MULTILINE)
        marks = test.metadata.nbgrader
        assert (marks.solution, marks.grade, marks.locked) == (False, True, True)
        assert test.source == f'check("{exercise.id}")'
        assert type(marks.points) is int and marks.points == exercise.points


def test_what_a_person_grades_is_one_markdown_cell(unit):
    for exercise in unit.by_hand:
        cell = marked(released(unit))[exercise.id]
        marks = cell.metadata.nbgrader
        assert (marks.solution, marks.grade, marks.locked) == (True, True, False)
        assert (cell.cell_type, cell.source) == ("markdown", "YOUR ANSWER HERE")
        assert marks.points == exercise.points


def test_checksums_are_those_of_the_cells(unit):
    cells = marked(released(unit))
    assert cells
    for name, cell in cells.items():
        assert cell.metadata.nbgrader.checksum == compute_checksum(cell), name


def test_the_source_version_holds_the_model_solutions(unit):
    notebook = release.source_notebook(unit)
    nbformat.validate(notebook)
    cells = marked(notebook)
    assert all(cells[each.id].source == each.solution for each in unit.with_points)
    setup = "\n".join(cell.source for name, cell in cells.items() if name.startswith("setup"))
    assert setup == unit.setup


# Cells keep their ids


def write(folder, text):
    """A lesson of this text."""
    path = folder / "90_lesson.py"
    path.write_text(text, encoding="utf-8")
    return path


def ids_of(notebook):
    """Cell ids by text; where a text stands twice, the last."""
    return {cell.source: cell.id for cell in notebook.cells}


def test_a_new_cell_leaves_the_ids_of_the_others(tmp_path):
    cells = ["# %% [markdown]\n# # 90. A lesson\n", "# %%\none = 1\n", "# %%\ntwo = 2\n"]
    before = ids_of(build.lesson_notebook(write(tmp_path, "\n".join(cells))))
    cells.insert(1, "# %%\nnew = 0\n")
    after = ids_of(build.lesson_notebook(write(tmp_path, "\n".join(cells))))
    assert before.items() < after.items()


def test_the_same_text_twice_gets_two_ids(tmp_path):
    lesson = write(tmp_path, "# %%\nstatus()\n\n# %%\nstatus()\n\n# %%\nstatus()\n")
    ids = [cell.id for cell in build.lesson_notebook(lesson).cells]
    assert len(set(ids)) == 3
    assert [cell.id for cell in build.lesson_notebook(lesson).cells] == ids


def test_a_lesson_shows_no_metadata_and_no_marks(tmp_path):
    lesson = write(
        tmp_path,
        "# %% [markdown]\n# Text\n\n# %% [raw]\n# exercise: x\n\n"
        "# %%\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n",
    )
    assert [cell.source for cell in build.lesson_notebook(lesson).cells] == ["Text", "x = 1"]


def test_a_lesson_that_fails_names_the_cell_and_the_error(tmp_path):
    lesson = write(tmp_path, "# %%\nfine = 1\n\n# %%\nmissing + 1\n")
    with pytest.raises(course.CourseError) as failed:
        build.execute(build.lesson_notebook(lesson), tmp_path)
    assert "a lesson does not run" in str(failed.value)
    assert "missing + 1" in str(failed.value) and "NameError" in str(failed.value)


# Drift


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A course folder with the first unit alone, in place of this one.

    Misconceptions that are registered by now may be of other units: those are looked at before.
    """
    edits.stale()
    for name in (f"solutions/{NAME}/{NAME}.py", f"exercises/{NAME}/{NAME}.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True)
        shutil.copy(course.ROOT / name, tmp_path / name)
    (tmp_path / "lessons").mkdir()
    for ending in ("py", "ipynb"):
        shutil.copy(build.LESSONS / f"{NAME}.{ending}", tmp_path / "lessons")
    monkeypatch.setattr(course, "ROOT", tmp_path)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "LESSONS", tmp_path / "lessons")
    course.units.cache_clear()
    yield tmp_path
    course.units.cache_clear()


SOURCE, RELEASE = f"solutions/{NAME}/{NAME}.py", f"exercises/{NAME}/{NAME}.ipynb"
LESSON, BUILT = f"lessons/{NAME}.py", f"lessons/{NAME}.ipynb"
STALE_EXERCISE = f"{RELEASE} is not what {SOURCE} makes; run '{COMMAND}'"
STALE_LESSON = f"{BUILT} is not what {LESSON} makes; run '{COMMAND}'"


def replace(path, old, new):
    """Change a file at one place."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    course.units.cache_clear()


def test_a_copy_without_changes_does_not_drift(copy):
    assert build.drift() == []


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (SOURCE, "title: A softmax that never overflows", "title: Softmax", STALE_EXERCISE),
        (SOURCE, "finite even for scores", "finite for scores", STALE_EXERCISE),
        (SOURCE, "points: 5", "points: 6", STALE_EXERCISE),
        (RELEASE, "YOUR CODE HERE", "your code here", STALE_EXERCISE),
        (RELEASE, '"points": 5', '"points": 50', STALE_EXERCISE),
        (LESSON, "# # 1. One attention head", "# # 1. One head", STALE_LESSON),
        (BUILT, "# 1. One attention head", "# 1. One head", STALE_LESSON),
    ],
)
def test_a_change_on_either_side_is_told_in_one_sentence(copy, file, old, new, sentence):
    replace(copy / file, old, new)
    assert build.drift() == [sentence]


@pytest.mark.parametrize(("file", "sentence"), [(RELEASE, STALE_EXERCISE), (BUILT, STALE_LESSON)])
def test_a_missing_notebook_is_drift(copy, file, sentence):
    (copy / file).unlink()
    assert build.drift() == [sentence]


def test_what_learners_do_not_see_is_no_drift(copy):
    replace(copy / SOURCE, "**Why it is right.**", "**Why this is right.**")
    replace(copy / SOURCE, "Which number could you subtract", "Which number can you subtract")
    notebook = json.loads((copy / BUILT).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    (copy / BUILT).write_text(json.dumps(notebook), encoding="utf-8")
    assert build.drift() == []


def test_an_unreadable_lesson_is_told_in_a_sentence(copy):
    (copy / BUILT).write_text("{", encoding="utf-8")
    with pytest.raises(course.CourseError, match=rf"{BUILT} is not a readable notebook"):
        build.drift()


def test_building_mends_the_drift_of_an_exercise(copy):
    replace(copy / SOURCE, "points: 5", "points: 6")
    for path in (copy / "lessons").iterdir():
        path.unlink()
    said = []
    assert build.build(say=said.append) == []
    assert said == [RELEASE]
    assert build.drift() == []


@pytest.mark.slow
def test_the_command_fails_on_drift_and_changes_nothing(copy):
    here = Path(build.__file__).parent.parent
    shutil.copytree(here, copy / "autograder", ignore=shutil.ignore_patterns("__pycache__"))

    def check():
        return subprocess.run(
            [sys.executable, "-m", "autograder", "build", "--check"],
            cwd=copy,
            env=os.environ | {"PYTHONPATH": str(copy)},
            capture_output=True,
            text=True,
            timeout=120,
        )

    clean = check()
    assert (clean.returncode, clean.stdout, clean.stderr) == (0, "", "")
    replace(copy / RELEASE, "YOUR CODE HERE", "your code here")
    replace(copy / LESSON, "# # 1. One attention head", "# # 1. One head")
    before = {path: path.read_bytes() for path in copy.rglob("*.ipynb")}
    stale = check()
    assert stale.returncode == 1
    assert stale.stderr.splitlines() == [STALE_EXERCISE, STALE_LESSON]
    assert {path: path.read_bytes() for path in copy.rglob("*.ipynb")} == before


def test_cells_that_only_show_something_do_nothing_while_a_submission_is_graded(unit):
    kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    for cell in read.released(unit)["cells"]:
        # That for Colab is looked at in test_online.py.
        ours = cell["id"] == course.COLAB_ID or read.grade_id(cell)
        if cell["cell_type"] == "code" and not ours:
            nodes = filter(defines, ast.parse("".join(cell["source"])).body)
            assert all(isinstance(node, kept) for node in nodes), "".join(cell["source"])


def test_only_the_end_of_a_kernel_is_passed_over_in_silence(caplog):
    log = logging.getLogger("tornado.general")
    with build._quiet_end():
        for number in (errno.ENOTSOCK, errno.EPIPE):
            problem = OSError(number, "no socket")
            log.error("uncaught", exc_info=(OSError, problem, None))
    log.error("uncaught", exc_info=(OSError, OSError(errno.ENOTSOCK, "later"), None))
    assert [record.exc_info[1].errno for record in caplog.records] == [errno.EPIPE, errno.ENOTSOCK]
