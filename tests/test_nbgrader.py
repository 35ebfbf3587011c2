"""nbgrader with the course's configuration: samples and mangled notebooks, up to the export."""

import copy
import csv
import json
import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from support import cell_of, gradebook_of, write_notebook
from traitlets.config.loader import PyFileConfigLoader

from autograder import course, gradebook
from autograder.authoring.release import source_notebook
from autograder.classroom import seed
from autograder.submissions.grade import grade
from autograder.submissions.handed_in import SECRET, TIMESTAMP

pytestmark = pytest.mark.slow
UNIT = "01_single_head"
SAMPLES = Path(__file__).parent / "samples" / "submitted"
SEED = 5
ADA = json.loads((SAMPLES / "ada" / UNIT / f"{UNIT}.ipynb").read_text(encoding="utf-8"))
FULL = 21.0


def deleted(notebook):
    """The cell with the answer to scaled_scores is gone."""
    notebook["cells"].remove(cell_of(notebook, "scaled_scores"))


def duplicated(notebook):
    """The check of softmax and the answer to attention stand there twice."""
    for name in ("check_softmax", "attention"):
        cell = cell_of(notebook, name)
        notebook["cells"].insert(notebook["cells"].index(cell), copy.deepcopy(cell))


def foreign(notebook):
    """A graded cell that the course does not know."""
    marks = {"grade": True, "grade_id": "gift", "points": 100, "solution": False, "locked": True}
    notebook["cells"].append(
        {
            "cell_type": "code",
            "execution_count": 1,
            "id": "gift",
            "metadata": {"nbgrader": marks | {"schema_version": 3, "task": False}},
            "outputs": [],
            "source": ["100"],
        }
    )


def check_replaced(notebook):
    """Checks are replaced by numbers, with forged results and a tag that skips execution."""
    cell = cell_of(notebook, "check_softmax")
    cell["source"] = ["5.0"]
    cell["metadata"]["tags"] = ["skip-execution"]
    cell["metadata"]["nbgrader"]["points"] = 500
    forged = {"output_type": "execute_result", "metadata": {}, "execution_count": 1}
    cell["outputs"] = [forged | {"data": {"text/plain": ["500.0"]}}]
    cell_of(notebook, "softmax")["source"] = ["def softmax(scores, dim=-1):\n", "    return scores"]


def old_schema(notebook):
    """nbgrader's metadata of an old version."""
    for cell in notebook["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["schema_version"] = 1


def marks_lost(notebook):
    """All metadata is gone, as after a passage through another editor."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}


def became_text(notebook):
    """An answer has become a markdown cell, another a raw one."""
    for name, kind in (("softmax", "markdown"), ("attention", "raw")):
        cell = cell_of(notebook, name)
        cell["cell_type"] = kind
        del cell["outputs"], cell["execution_count"]


def hostile_text(notebook):
    """Markup in an exception, in a cell's own outputs and in a Markdown cell."""
    text = "a remark\n~~~\n<script>alert(3)</script>\n~~~~ \n<script>alert(4)</script>"
    notebook["cells"].append({"cell_type": "markdown", "id": "own", "metadata": {}, "source": text})
    cell_of(notebook, "scaled_scores")["source"] = [
        "def scaled_scores(q, k):\n",
        "    raise ValueError('<script>alert(1)</script>')  # <script>alert(2)</script>\n",
    ]


def syntax_error(notebook):
    """One answer is not Python."""
    cell_of(notebook, "softmax")["source"] = ["def softmax(scores, dim=-1)\n", "    return scores"]


def magics(notebook):
    """Magics and shell lines among the answers, and a locked cell with an import of one's own."""
    cell_of(notebook, "softmax")["source"].insert(0, "%matplotlib inline\n!ls\n")
    cell_of(notebook, "setup")["source"].append("\nimport itertools as mine_too\n")


MANGLED = {
    deleted: FULL - 3,
    duplicated: FULL,
    foreign: FULL,
    check_replaced: FULL - 5,
    old_schema: FULL,
    marks_lost: FULL,
    became_text: FULL,
    hostile_text: FULL - 3,
    syntax_error: FULL - 5,
    magics: FULL,
}
EXCHANGED = {TIMESTAMP: "2024-05-06 07:08:09.123456 UTC", SECRET: "ab" * 64}
RAW_FILES = {"empty": b"", "binary": bytes(range(256)) * 20, "no_cells": b'{"nbformat": 4}'}


def hand_in(root, student, content, name=f"{UNIT}.ipynb"):
    folder = root / "submitted" / student / UNIT
    (folder / name).parent.mkdir(parents=True)
    if isinstance(content, bytes):
        (folder / name).write_bytes(content)
    else:
        write_notebook(folder / name, content)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course in which the samples and the mangled notebooks were graded."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(course.ROOT / "nbgrader_config.py", root)
    shutil.copytree(SAMPLES, root / "submitted")
    source = root / "solutions" / UNIT / f"{UNIT}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(nbformat.writes(source_notebook(course.unit(UNIT))), encoding="utf-8")
    for mangle in MANGLED:
        notebook = copy.deepcopy(ADA)
        mangle(notebook)
        hand_in(root, mangle.__name__, notebook)
    for student, content in RAW_FILES.items():
        hand_in(root, student, content)
    hand_in(root, "renamed", ADA, "my work (1).ipynb")
    for student in ("exchanged", "pipe", "a[b]", "*"):
        hand_in(root, student, ADA)
    hand_in(root, "deep", ADA, f"{UNIT}/{UNIT}.ipynb")
    for name, text in EXCHANGED.items():
        (root / "submitted" / "exchanged" / UNIT / name).write_text(text)
    os.mkfifo(root / "submitted" / "pipe" / UNIT / TIMESTAMP)
    environment = os.environ | {
        "PATH": os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    }
    for command in (
        ["generate_assignment", UNIT],
        ["autograde", UNIT, f"--Grade.seed={SEED}"],
        ["generate_feedback", UNIT],
        ["export"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, (command, done.stderr[-3000:])
    return root


def verdict_of(root, student):
    path = root / "autograded" / student / UNIT / f"{UNIT}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))["metadata"]["autograder"]["verdict"]


def scores(root):
    with gradebook_of(root) as gradebook:
        return {
            each.student.id: (each.score, each.needs_manual_grade)
            for each in gradebook.assignment_submissions(UNIT)
        }


def students(root):
    return sorted(folder.name for folder in (root / "submitted").iterdir())


def test_every_submission_has_a_grade_that_no_person_need_look_at(graded):
    found = scores(graded)
    assert sorted(found) == students(graded)
    assert not any(manual for _, manual in found.values())


def test_mangled_notebooks_lose_only_what_their_code_loses(graded):
    found = scores(graded)
    expected = {mangle.__name__: points for mangle, points in MANGLED.items()}
    expected |= dict.fromkeys(RAW_FILES, 0.0) | {"ada": FULL, "cleo": 0.0}
    expected |= dict.fromkeys(("renamed", "deep", "a[b]", "*"), FULL)
    assert {student: found[student][0] for student in expected} == expected


def test_grades_are_those_of_the_command_line(graded):
    found = scores(graded)
    for student in students(graded):
        path = next((graded / "submitted" / student / UNIT).rglob("*.ipynb"))
        verdict = grade(path, seed=SEED)
        assert found[student][0] == verdict.points, student


def test_statuses_tell_apart_what_happened(graded):
    status = {
        student: {each["id"]: each["status"] for each in verdict_of(graded, student)["exercises"]}
        for student in students(graded)
    }
    assert status["deleted"]["scaled_scores"] == "missing"
    assert status["syntax_error"]["softmax"] == "syntax_error"
    assert status["hostile_text"]["scaled_scores"] == "error"
    assert status["ben"]["softmax"] == "failed"
    assert verdict_of(graded, "empty")["error"]["kind"] == "not_a_notebook"
    assert verdict_of(graded, "cleo")["error"]["kind"] == "not_a_notebook"


def test_several_misconceptions_at_once_are_each_named(graded):
    named = {
        each["id"]: {check["misconception"] for check in each["checks"]} - {None}
        for each in verdict_of(graded, "ben")["exercises"]
    }
    assert named["softmax"] == {"unstable_softmax"}
    assert named["scaled_scores"] == {"scale_by_d"}
    assert named["attention"] == {"softmax_over_queries"}
    assert named["SingleHeadAttention"] == {"context_ignored"}


def test_a_notice_says_what_was_odd_and_costs_nothing(graded):
    assert any("several cells" in each for each in verdict_of(graded, "duplicated")["notices"])
    assert any(
        "not in a code cell" in each for each in verdict_of(graded, "became_text")["notices"]
    )
    assert any("my work (1).ipynb" in each for each in verdict_of(graded, "renamed")["notices"])


def test_everyone_has_feedback_whatever_they_are_called(graded):
    pages = {path.parent.parent.name for path in (graded / "feedback").rglob(f"{UNIT}.html")}
    assert sorted(pages) == students(graded)


def test_feedback_shows_the_verdict_and_nothing_of_a_learner_s_markup(graded):
    page = graded / "feedback" / "ben" / UNIT / f"{UNIT}.html"
    assert "the softmax runs over the queries" in page.read_text(encoding="utf-8")
    page = graded / "feedback" / "hostile_text" / UNIT / f"{UNIT}.html"
    text = page.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "ValueError" in text and "a remark" in text


def test_what_the_exchange_wrote_goes_along_to_the_feedback(graded):
    for step in ("autograded", "feedback"):
        folder = graded / step / "exchanged" / UNIT
        assert {name: (folder / name).read_text() for name in EXCHANGED} == EXCHANGED
        assert not (graded / step / "pipe" / UNIT / TIMESTAMP).exists()
    with gradebook_of(graded) as book:
        entry = book.find_submission(UNIT, "exchanged")
        assert entry.timestamp == datetime(2024, 5, 6, 7, 8, 9, 123456)
        assert book.find_submission(UNIT, "pipe").timestamp is None


def test_collecting_from_the_exchange_keeps_time_and_key_and_nothing_else(tmp_path):
    came, kept = tmp_path / "came", tmp_path / "kept"
    write_notebook(came / f"{UNIT}.ipynb", ADA)
    for name, text in (EXCHANGED | {"own.py": ""}).items():
        (came / name).write_text(text)
    config = PyFileConfigLoader("nbgrader_config.py", str(course.ROOT)).load_config()
    assert config.ExchangeFactory.collect is gradebook.Collect
    coursedir = CourseDirectory(config=config)
    gradebook.Collect(coursedir=coursedir, config=config).do_copy(str(came), str(kept))
    assert {path.name for path in kept.iterdir()} == {f"{UNIT}.ipynb", *EXCHANGED}


def test_feedback_is_released_to_all_who_handed_in_by_the_exchange(tmp_path):
    config = PyFileConfigLoader("nbgrader_config.py", str(course.ROOT)).load_config()
    config.CourseDirectory.root, config.Exchange.root = str(tmp_path), str(tmp_path / "exchange")
    wanted = {"a[b]": EXCHANGED, "by mail": {}, "half": {SECRET: "cd" * 64}, "zoe": EXCHANGED}
    for student, files in wanted.items():
        folder = tmp_path / "feedback" / student / UNIT
        folder.mkdir(parents=True)
        for name, text in {f"{UNIT}.html": student, **files}.items():
            # Each has a secret of their own.
            (folder / name).write_text(text.replace("ab", student) if name == SECRET else text)
    (tmp_path / "exchange").mkdir(mode=0o777)
    api = NbGraderAPI(config=config)
    assert api.release_feedback(UNIT)["success"]
    there = (tmp_path / "exchange").rglob("*.html")
    assert sorted(path.read_text() for path in there) == ["a[b]", "zoe"]


def test_nbgrader_reads_the_time_of_a_submission_as_the_class_run_does(tmp_path):
    told = CourseDirectory().get_existing_timestamp
    for text, when in (("2024-05-06", datetime(2024, 5, 6)), ("0001-01-01", None)):
        (tmp_path / TIMESTAMP).write_text(text)
        assert told(str(tmp_path)) == when


def test_the_export_holds_the_class(graded):
    with open(graded / "grades.csv", newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert rows == {student: score for student, (score, _) in scores(graded).items()}


def test_the_class_seed_is_secret_and_stays(tmp_path, monkeypatch):
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    unit, root = course.unit(UNIT), tmp_path / "class"
    monkeypatch.setattr(course, "ROOT", tmp_path / "course")
    root.mkdir()
    (root / seed.FILE).touch()  # as a kill at the wrong moment might leave it
    first = seed.class_seed(unit, root)
    assert seed.class_seed(unit, root) == first
    assert (root / seed.FILE).stat().st_mode & 0o077 == 0
    assert [path.name for path in root.iterdir()] == [seed.FILE]
    moved = tmp_path / "moved"
    moved.mkdir()
    assert seed.class_seed(unit, moved) != first
    shutil.copy(root / seed.FILE, moved)
    assert seed.class_seed(unit, moved) == first
    monkeypatch.setenv("AUTOGRADER_SECRET", "another")
    assert seed.class_seed(unit, root) != first


def test_two_first_starts_at_once_have_one_seed(tmp_path, monkeypatch):
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    monkeypatch.setattr(course, "ROOT", tmp_path / "course")
    unit, others, fsync = course.unit(UNIT), [], os.fsync

    def meanwhile(descriptor):
        monkeypatch.setattr(os, "fsync", fsync)
        others.append(seed.class_seed(unit, tmp_path))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", meanwhile)
    assert [seed.class_seed(unit, tmp_path)] == others == [seed.class_seed(unit, tmp_path)]
    assert [path.name for path in tmp_path.iterdir()] == [seed.FILE]


def test_where_there_are_no_links_there_is_a_secret_all_the_same(tmp_path, monkeypatch):
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    monkeypatch.setattr(course, "ROOT", tmp_path / "course")

    def link(source, target):
        raise PermissionError

    monkeypatch.setattr(os, "link", link)
    first = seed.class_seed(course.unit(UNIT), tmp_path)
    assert seed.class_seed(course.unit(UNIT), tmp_path) == first


def test_a_secret_beside_the_course_counts_for_a_class_elsewhere(tmp_path, monkeypatch):
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    unit = course.unit(UNIT)
    monkeypatch.setattr(course, "ROOT", tmp_path / "course")
    for folder in ("course", "class"):
        (tmp_path / folder).mkdir()
    (tmp_path / "course" / seed.FILE).write_text("kept")
    first = seed.class_seed(unit, tmp_path / "class")
    assert first == seed.class_seed(unit, tmp_path / "course")
    assert not list((tmp_path / "class").iterdir())


def test_the_class_seed_is_too_long_to_be_found_by_trying(monkeypatch, tmp_path):
    seeds = []
    for secret in "abcdefgh":
        monkeypatch.setenv("AUTOGRADER_SECRET", secret)
        seeds.append(seed.class_seed(course.unit(UNIT), tmp_path))
    assert max(seeds) >= 2**60
