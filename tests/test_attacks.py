"""Every attack of ``attacks/`` in one class, at full confinement, beside honest neighbours."""

from __future__ import annotations

import ast
import contextlib
import csv
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support import gradebook_of, notebook_with, reference_answers, write_notebook

from autograder import course
from autograder.classroom import report
from autograder.classroom.results import Results
from autograder.grading.record import Record, to_json

pytestmark = pytest.mark.slow
ATTACKS = Path(__file__).parent / "attacks"
UNIT = course.unit("02_masks")
FULL = sum(each.points for each in UNIT.exercises)


def header(path: Path) -> dict[str, str]:
    """The lines ``name: value`` of an attack's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    pairs = (line.split(": ", 1) for line in text.split("\n\n")[-1].splitlines())
    return {name: value for name, value in pairs}


ANSWERS = sorted((ATTACKS / "answers").glob("*.py"))
FILES = sorted((ATTACKS / "files").glob("*.py"))
HONEST = ("aaa-neighbour", "neighbour", "zzz-neighbour")


def hand_in(path: Path, folder: Path, port: int) -> None:
    """Write the submission that an attack makes; it is told the port of ``listening``."""
    folder.mkdir(parents=True)
    answers = reference_answers(UNIT)
    if path.parent.name == "answers":
        text = path.read_text(encoding="utf-8").replace("47147", str(port))
        answers[header(path)["exercise"]] = text
        write_notebook(folder / f"{UNIT.name}.ipynb", notebook_with(UNIT, answers))
        return
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.hand_in(notebook_with(UNIT, answers), folder)


@contextlib.contextmanager
def listening():
    """A server on this machine and one on an abstract socket; gives the port and who came."""
    came: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        port = tcp.getsockname()[1]
        unix.bind(f"\0attention-canary-{port}")
        unix.listen()
        yield port, came
        for name, door in (("tcp", tcp), ("unix", unix)):
            door.settimeout(0)
            with contextlib.suppress(BlockingIOError):
                door.accept()
                came.append(name)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """A class in which all attacks were graded: its folder, the process, and who came by."""
    root = tmp_path_factory.mktemp("attacked")
    shutil.copy(course.ROOT / "nbgrader_config.py", root)
    honest = notebook_with(UNIT, reference_answers(UNIT))
    for student in HONEST:
        write_notebook(root / "submitted" / student / UNIT.name / f"{UNIT.name}.ipynb", honest)
    secret = {"AUTOGRADER_SECRET": "canary-secret"}
    with listening() as (port, came):
        for path in (*ANSWERS, *FILES):
            hand_in(path, root / "submitted" / path.stem / UNIT.name, port)
        done = subprocess.run(
            [sys.executable, "-m", "autograder", "grade", UNIT.name],
            cwd=root,
            env=os.environ | secret,
            capture_output=True,
            text=True,
        )
    return root, done, came


def verdict(root: Path, student: str) -> Record:
    """The verdict that was kept."""
    return Results(root, UNIT).load(student).verdict


def points_in_gradebook(root: Path) -> dict[str, float]:
    """What the gradebook says."""
    with gradebook_of(root) as gradebook:
        return {each.student.id: each.score for each in gradebook.assignment_submissions(UNIT.name)}


def test_there_are_attacks_of_every_class():
    assert len(ANSWERS) + len(FILES) >= 80
    classes = {header(path)["class"] for path in (*ANSWERS, *FILES)}
    wanted = {"in-process", "life", "resources", "channel", "files", "policy", "cells"}
    assert classes == wanted


def test_the_class_is_graded_at_full_confinement_and_nothing_is_left_behind(attacked):
    root, done, came = attacked
    assert done.returncode == 0, done.stderr[-2000:]
    assert "0 failed; confinement: full" in done.stdout
    assert came == []
    assert not list(Path("/tmp").glob("attention-canary-*"))
    assert not list(Path("/dev/shm").glob("attention-canary-*"))
    students = {path.name for path in (root / "submitted").iterdir()}
    assert set(points_in_gradebook(root)) == students


@pytest.mark.parametrize("student", HONEST)
def test_neighbours_keep_their_points(attacked, student):
    root, _, _ = attacked
    assert points_in_gradebook(root)[student] == FULL


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_an_answer_earns_nothing_and_harms_no_other(attacked, path):
    root, _, _ = attacked
    says, found = header(path), verdict(root, path.stem)
    attack = next(each for each in found.exercises if each.id == says["exercise"])
    assert "GotThrough" not in to_json(found), attack
    assert attack.status in says["expect"].split(" | "), attack
    assert attack.points <= float(says["points"]), attack
    assert any(each.message for each in attack.checks)
    assert attack.flags or "flagged" not in says
    others = [each for each in found.exercises if each is not attack]
    assert all(each.points == each.max_points for each in others), others
    total = attack.points + sum(each.points for each in others)
    assert points_in_gradebook(root)[path.stem] == pytest.approx(total)


def test_reports_hold_everyone_and_no_markup_of_theirs(attacked, tmp_path):
    root, _, _ = attacked
    known = report.write(UNIT, root, tmp_path)
    students = sorted(path.name for path in (root / "submitted").iterdir())
    assert [each.submission for each in known.verdicts] == students
    assert (tmp_path / "class.json").read_text() == to_json(known.verdicts) + "\n"
    rows = list(csv.DictReader((tmp_path / "grades.csv").open()))
    assert {row["student"]: float(row["points"]) for row in rows} == points_in_gradebook(root)
    suites = ElementTree.parse(tmp_path / "junit.xml").getroot()
    assert [each.get("name") for each in suites] == students
    for student in students:
        page = (tmp_path / student / "feedback.html").read_text()
        assert "<script" not in page and "<img" not in page and "\x1b" not in page
        scope = json.loads((tmp_path / student / "results.json").read_text())
        assert scope["score"] == points_in_gradebook(root)[student]
    assert "returns_zeros" in report.class_text(UNIT, known)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_earns_what_its_code_earns(attacked, path):
    root, _, _ = attacked
    says, found = header(path), verdict(root, path.stem)
    kind = found.error.kind if found.error else "graded"
    assert kind == says["expect"], found.error
    assert points_in_gradebook(root)[path.stem] == float(says["points"])
    if found.error:
        assert found.error.message.endswith((".", "?"))
